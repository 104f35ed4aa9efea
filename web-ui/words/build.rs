//! Turns the message files into Rust tables, one of each program, so that a text that one language lacks stops the build, and a program
//! links no text of another.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The languages, by the names of their files. The first one decides which keys there are.
const LANGUAGES: [&str; 4] = ["en", "de", "es", "fr"];

/// Where they stand, beside the screens that say them.
const MESSAGES: &str = "../messages";

/// The table of what every program says. Each other table stands on it, as far as it stands on none that does.
const SHARED: &str = "shared";

/// What those say that sell to guests, and the tables that stand on it.
const BUYING: &str = "buying";
const BUY: [&str; 2] = ["kiosk", "online"];

/// The table that this one stands on.
fn ground(name: &str) -> Option<&'static str> {
    match name {
        SHARED => None,
        name if BUY.contains(&name) => Some(BUYING),
        _ => Some(SHARED),
    }
}

/// The tables of one language: the name of the section, then its keys with their texts. A section of a section, `[kiosk.genre]`, is a family:
/// it is looked up by a word that arrives while the program runs, and its keys have its name in front.
type Tables = BTreeMap<String, Table>;

#[derive(Default)]
struct Table {
    texts: BTreeMap<String, String>,
    /// The words of each family and the keys of their texts.
    families: BTreeMap<String, BTreeMap<String, String>>,
}

fn main() {
    println!("cargo:rerun-if-changed={MESSAGES}");
    let languages: Vec<(&str, Tables)> = LANGUAGES
        .iter()
        .map(|language| {
            let path = format!("{MESSAGES}/{language}.toml");
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            (*language, read(&path, &text))
        })
        .collect();
    let first = &languages[0].1;
    for (language, tables) in &languages[1..] {
        compare(first, tables, language);
    }
    refuse_keys_that_hide(first);
    let folder = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    for (name, table) in first {
        let of_languages: Vec<_> = languages
            .iter()
            .map(|(language, tables)| (*language, &tables[name]))
            .collect();
        fs::write(
            Path::new(&folder).join(format!("{name}_words.rs")),
            write_table(
                (name, table),
                ground(name).map(|below| &first[below]),
                &of_languages,
            ),
        )
        .expect("OUT_DIR can be written");
    }
}

/// Lines of `key = "text"`, comments, and the headers of tables and families.
fn read(path: &str, text: &str) -> Tables {
    let mut tables = Tables::new();
    let (mut name, mut family) = (String::new(), String::new());
    for (number, line) in text.lines().map(str::trim).enumerate() {
        let at = format!("{path}:{}", number + 1);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(header) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            let (of, kin) = header.split_once('.').unwrap_or((header, ""));
            (name, family) = (of.to_owned(), kin.to_owned());
            continue;
        }
        let (key, value) = line
            .split_once(" = ")
            .unwrap_or_else(|| panic!("{at}: expected key = \"text\""));
        let value = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or_else(|| panic!("{at}: a text stands in double quotes"));
        assert!(!name.is_empty(), "{at}: {key} stands in no table");
        let table = tables.entry(name.clone()).or_default();
        let word = key.to_lowercase().replace('-', "_");
        let key = match family.is_empty() {
            true => word,
            false => {
                let key = format!("{family}_{word}");
                let kin = table.families.entry(family.clone()).or_default();
                kin.insert(word, key.clone());
                key
            }
        };
        assert!(
            table.texts.insert(key.clone(), value.to_owned()).is_none(),
            "{at}: {key} stands here twice"
        );
    }
    tables
}

fn compare(first: &Tables, tables: &Tables, language: &str) {
    for name in first.keys().chain(tables.keys()) {
        let table = |tables: &Tables, file: &str| {
            let texts = tables.get(name).map(|table| table.texts.clone());
            texts.unwrap_or_else(|| panic!("messages/{file}.toml lacks the table {name}"))
        };
        compare_texts(
            &table(first, LANGUAGES[0]),
            &table(tables, language),
            language,
        );
    }
}

fn compare_texts(
    first: &BTreeMap<String, String>,
    texts: &BTreeMap<String, String>,
    language: &str,
) {
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

/// A program's own text of the same name would hide that of a table that it stands on.
fn refuse_keys_that_hide(tables: &Tables) {
    for (name, table) in tables {
        for below in std::iter::successors(ground(name), |name| ground(name)) {
            let Some(stands) = tables.get(below) else {
                panic!("messages: the table {below} is missing");
            };
            for key in table.texts.keys() {
                assert!(
                    !stands.texts.contains_key(key),
                    "messages: {key} stands in {name} and in {below}"
                );
            }
        }
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

/// A table as the struct `Words`, its texts in each language, and `Language::kiosk`, which gives them. A word that its family lacks is looked up
/// in the family of that name of the table `below` it.
fn write_table(
    (name, table): (&str, &Table),
    below: Option<&Table>,
    languages: &[(&str, &Table)],
) -> String {
    let ground = ground(name).map(|name| match name {
        SHARED => "crate".to_owned(),
        name => format!("crate::{name}"),
    });
    let mut code =
        format!("/// The texts of the table `{name}` in one language.\npub struct Words {{\n");
    for (key, text) in &table.texts {
        let _ = writeln!(code, "    /// \"{text}\"\n    pub {key}: &'static str,");
    }
    if let Some(ground) = &ground {
        let _ = writeln!(code, "    ground: &'static {ground}::Words,");
    }
    code.push_str("}\n");
    for (language, table) in languages {
        let constant = language.to_uppercase();
        let _ = writeln!(code, "pub(crate) static {constant}: Words = Words {{");
        for (key, text) in &table.texts {
            let _ = writeln!(code, "    {key}: {text:?},");
        }
        if let Some(ground) = &ground {
            let _ = writeln!(code, "    ground: &{ground}::{constant},");
        }
        code.push_str("};\n");
    }
    let _ = writeln!(
        code,
        "impl crate::Language {{\n    /// The texts of the table `{name}` in this language.\n    pub fn {name}(self) -> &'static Words {{\n        match self {{\n            Self::English => &EN,\n            Self::German => &DE,\n            Self::Spanish => &ES,\n            Self::French => &FR,\n        }}\n    }}\n}}"
    );
    if let Some(ground) = &ground {
        let _ = writeln!(
            code,
            "impl std::ops::Deref for Words {{\n    type Target = {ground}::Words;\n    fn deref(&self) -> &Self::Target {{\n        self.ground\n    }}\n}}"
        );
    }
    code.push_str("impl Words {\n");
    for (family, kin) in &table.families {
        let _ = writeln!(
            code,
            "    /// The text of the family `{family}` for a word that arrives, if there is one.\n    pub fn {family}(&self, word: &str) -> Option<&'static str> {{\n        Some(match word {{"
        );
        for (word, key) in kin {
            let _ = writeln!(code, "            {} => self.{key},", patterns(word));
        }
        let is_below = below.is_some_and(|below| below.families.contains_key(family));
        let other = match is_below {
            true => format!("self.ground.{family}(word)"),
            false => "None".to_owned(),
        };
        let _ = writeln!(
            code,
            "            _ => return {other},\n        }})\n    }}"
        );
    }
    code.push_str("}\n");
    code
}
