//! Turns the message files into a Rust table, so that a text that one language lacks stops the build.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The languages, by the names of their files. The first one decides which keys there are.
const LANGUAGES: [&str; 4] = ["en", "de", "es", "fr"];

/// Sections that are looked up by a word that arrives while the program runs; every other section is only for the reader.
const FAMILIES: [&str; 4] = ["genre", "problem", "fault", "trouble"];

type Texts = BTreeMap<String, String>;

fn main() {
    println!("cargo:rerun-if-changed=messages");
    let languages: Vec<(&str, Texts)> = LANGUAGES
        .iter()
        .map(|language| {
            let path = format!("messages/{language}.toml");
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            (*language, read(&path, &text))
        })
        .collect();
    let first = &languages[0].1;
    for (language, texts) in &languages[1..] {
        compare(first, texts, language);
    }
    let folder = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&folder).join("words.rs"), write_table(&languages))
        .expect("OUT_DIR can be written");
}

/// Lines of `key = "text"`, comments, and `[family]` headers, whose keys get the family's name in front.
fn read(path: &str, text: &str) -> Texts {
    let mut texts = Texts::new();
    let mut prefix = String::new();
    for (number, line) in text.lines().map(str::trim).enumerate() {
        let at = format!("{path}:{}", number + 1);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            prefix = if FAMILIES.contains(&name) {
                format!("{name}_")
            } else {
                String::new()
            };
            continue;
        }
        let (key, value) = line
            .split_once(" = ")
            .unwrap_or_else(|| panic!("{at}: expected key = \"text\""));
        let value = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or_else(|| panic!("{at}: a text stands in double quotes"));
        let key = format!("{prefix}{}", key.to_lowercase().replace('-', "_"));
        assert!(
            texts.insert(key.clone(), value.to_owned()).is_none(),
            "{at}: {key} stands here twice"
        );
    }
    texts
}

fn compare(first: &Texts, texts: &Texts, language: &str) {
    for (key, text) in first {
        let other = texts
            .get(key)
            .unwrap_or_else(|| panic!("messages/{language}.toml lacks {key}"));
        assert_eq!(
            forms(text).count(),
            forms(other).count(),
            "messages/{language}.toml: {key} has other forms for one and many than in English"
        );
        for form in forms(text).chain(forms(other)) {
            assert_eq!(
                gaps(text.split('|').next().unwrap_or_default()),
                gaps(form),
                "messages/{language}.toml: {key} has other {{gaps}} than in English"
            );
        }
    }
    for key in texts.keys() {
        assert!(
            first.contains_key(key),
            "messages/{language}.toml has {key}, which no other language has"
        );
    }
}

/// What a text is for one, and for many: "{count} sale|{count} sales".
fn forms(text: &str) -> impl Iterator<Item = &str> {
    text.split('|')
}

/// The `{names}` in a text that are filled in later, sorted.
fn gaps(text: &str) -> Vec<&str> {
    let mut gaps: Vec<&str> = text
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .collect();
    gaps.sort_unstable();
    gaps
}

/// A key is written with underscores and in lower case; the box also writes `science-fiction` and `F03`.
fn patterns(word: &str) -> String {
    let spellings = [word.to_owned(), word.replace('_', "-"), word.to_uppercase()];
    let mut patterns: Vec<String> = spellings.iter().map(|word| format!("{word:?}")).collect();
    patterns.dedup();
    patterns.join(" | ")
}

fn write_table(languages: &[(&str, Texts)]) -> String {
    let mut code =
        String::from("/// Every text of the screens in one language.\npub struct Words {\n");
    for (key, text) in &languages[0].1 {
        let _ = writeln!(code, "    /// \"{text}\"\n    pub {key}: &'static str,");
    }
    code.push_str("}\n");
    for (language, texts) in languages {
        let _ = writeln!(code, "const {}: Words = Words {{", language.to_uppercase());
        for (key, text) in texts {
            let _ = writeln!(code, "    {key}: {text:?},");
        }
        code.push_str("};\n");
    }
    code.push_str("impl Words {\n");
    for family in FAMILIES {
        let _ = writeln!(
            code,
            "    /// The text of the family `{family}` for a word from the box, if there is one.\n    pub fn {family}(&self, word: &str) -> Option<&'static str> {{\n        Some(match word {{"
        );
        let prefix = format!("{family}_");
        for key in languages[0].1.keys().filter(|key| key.starts_with(&prefix)) {
            let word = &key[prefix.len()..];
            let pattern = patterns(word);
            let _ = writeln!(code, "            {pattern} => self.{key},");
        }
        code.push_str("            _ => return None,\n        })\n    }\n");
    }
    code.push_str("}\n");
    code
}
