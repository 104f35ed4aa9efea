//! How the texts of the screens are written, in every language, as far as a rule can say it. What they say, only a reader can judge.

use std::collections::BTreeMap;

use crate::checkout::Checkout;

/// Where the texts stand, one file a language.
const MESSAGES: &str = "web-ui/messages/";

/// Where the programs are that say them.
const PROGRAMS: [&str; 3] = ["web-ui/src/", "web-ui/words/src/", "cloud-hub/src/"];

/// Where else than in a folder of its name the texts of a table are said.
const SAID_IN: [(&str, &[&str]); 3] = [
    ("buying", &["/buying", "/kiosk", "/storefront"]),
    ("mail", &["/booking/letter"]),
    ("online", &["/storefront"]),
];

/// Texts that are the same word in all four languages.
const SAME_EVERYWHERE: [&str; 3] = [
    "shared.genre.western",
    "kiosk.size_normal",
    "shared.kind_premium",
];

/// What may not stand in any text, and what stands there instead.
const NEVER: [(&str, &str); 7] = [
    ("'", "the apostrophe ’"),
    ("\"", "the quotation marks of the language"),
    ("...", "the ellipsis …, or a sentence that ends"),
    ("  ", "one space"),
    (" - ", "a dash –, or another sentence"),
    (" ,", "no space before a comma"),
    (" .", "no space before a full stop"),
];

/// The quotation marks of each language.
const QUOTES: [(&str, &str); 4] = [("de", "„“"), ("en", "“”"), ("es", "«»"), ("fr", "«»")];

/// A space at which no line ends, wide and narrow.
const NO_BREAK: [char; 2] = ['\u{a0}', '\u{202f}'];

pub(crate) fn typography(checkout: &Checkout) -> Vec<String> {
    let mut complaints = Vec::new();
    for (language, texts) in languages(checkout) {
        for (key, text) in &texts {
            let mut complain = |what: String| {
                complaints.push(format!("{MESSAGES}{language}.toml: {key} {what}"));
            };
            for (never, instead) in NEVER {
                if text.contains(never) {
                    complain(format!("holds {never:?}. Write {instead}."));
                }
            }
            if text.trim() != text {
                complain("begins or ends with a space.".to_owned());
            }
            let own = QUOTES.iter().find(|(of, _)| *of == language);
            let own = own.map_or("", |(_, quotes)| *quotes);
            for quote in "„“”«»".chars().filter(|quote| !own.contains(*quote)) {
                if text.contains(quote) {
                    complain(format!("quotes with {quote}. Its language writes {own}."));
                }
            }
            match language {
                "fr" => french_spaces(text).into_iter().for_each(complain),
                "es" => spanish_marks(text).into_iter().for_each(complain),
                _ => {}
            }
        }
    }
    complaints
}

/// French puts a space before its high marks and inside its quotation marks, and no line ends there.
fn french_spaces(text: &str) -> Vec<String> {
    let signs: Vec<char> = text.chars().collect();
    let mut complaints = Vec::new();
    for pair in signs.windows(2) {
        let is_missing = match pair {
            [before, ';' | ':' | '!' | '?' | '»'] => !NO_BREAK.contains(before),
            ['«', after] => !NO_BREAK.contains(after),
            _ => false,
        };
        if is_missing {
            complaints.push(format!(
                "lacks the no-break space (U+00A0) in {:?}.",
                pair.iter().collect::<String>()
            ));
        }
    }
    complaints
}

/// Spanish opens what it asks and exclaims.
fn spanish_marks(text: &str) -> Vec<String> {
    let count = |sign: char| text.chars().filter(|of| *of == sign).count();
    [('¿', '?'), ('¡', '!')]
        .into_iter()
        .filter(|(open, close)| count(*open) != count(*close))
        .map(|(open, close)| format!("has not as many {open} as {close}."))
        .collect()
}

pub(crate) fn translated(checkout: &Checkout) -> Vec<String> {
    let languages = languages(checkout);
    let Some(first) = languages.get("en") else {
        return Vec::new();
    };
    let is_same =
        |key: &String, text: &String| languages.values().all(|texts| texts.get(key) == Some(text));
    first
        .iter()
        .filter(|(key, text)| is_same(key, text) && !SAME_EVERYWHERE.contains(&key.as_str()))
        .map(|(key, text)| {
            format!("{MESSAGES}: {key} is {text:?} in every language. Translate it, or add it to the list in tests/tidy/words.rs.")
        })
        .collect()
}

pub(crate) fn used(checkout: &Checkout) -> Vec<String> {
    let languages = languages(checkout);
    let Some(first) = languages.get("en") else {
        return Vec::new();
    };
    first
        .keys()
        .filter(|key| !is_used(checkout, key))
        .map(|key| format!("{MESSAGES}: no screen says {key}. Take it out of every language."))
        .collect()
}

/// Whether a program names a text of its own: `words.total`, and for a family `words.genre(`.
fn is_used(checkout: &Checkout, key: &str) -> bool {
    let mut parts = key.split('.');
    let (table, name) = (parts.next().unwrap_or_default(), parts.next());
    let named = match (name, parts.next()) {
        (Some(family), Some(_)) => format!(".{family}("),
        (Some(name), None) => format!(".{name}"),
        (None, _) => return false,
    };
    let is_there = |text: &str| {
        text.match_indices(&named).any(|(at, _)| {
            let after = text[at + named.len()..].chars().next();
            named.ends_with('(')
                || !after.is_some_and(|sign| sign.is_alphanumeric() || "_(".contains(sign))
        })
    };
    let own = format!("/{table}");
    let said_in = SAID_IN.iter().find(|(of, _)| *of == table);
    let says = |path: &str| match said_in {
        Some((_, folders)) => folders.iter().any(|folder| path.contains(folder)),
        None => table == "shared" || path.contains(&own),
    };
    checkout
        .rust()
        .filter(|(path, _)| PROGRAMS.iter().any(|of| path.starts_with(of)))
        .filter(|(path, _)| says(path))
        .any(|(_, text)| is_there(text))
}

/// The texts of each language, by `table.key` and `table.family.word`.
fn languages(checkout: &Checkout) -> BTreeMap<&str, BTreeMap<String, String>> {
    let files = checkout.files().filter_map(|(path, text)| {
        let language = path.strip_prefix(MESSAGES)?.strip_suffix(".toml")?;
        let mut texts = BTreeMap::new();
        gather("", &text.parse().unwrap_or_default(), &mut texts);
        Some((language, texts))
    });
    files.collect()
}

fn gather(within: &str, table: &toml::Table, texts: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let key = match within {
            "" => key.clone(),
            within => format!("{within}.{key}"),
        };
        if let Some(inside) = value.as_table() {
            gather(&key, inside, texts);
        } else {
            texts.insert(key, value.as_str().unwrap_or_default().to_owned());
        }
    }
}

#[cfg(test)]
fn count(rule: fn(&Checkout) -> Vec<String>, files: &[(&str, &str)]) -> usize {
    rule(&Checkout::of(files)).len()
}

#[test]
fn a_text_in_wrong_signs_is_seen() {
    let check = |wrong: usize, language: &str, text: &str| {
        let path = format!("{MESSAGES}{language}.toml");
        let file = format!("[kiosk]\ntext = {}\n", toml::Value::from(text));
        let complaints = typography(&Checkout::of(&[(&path, &file)]));
        assert_eq!(complaints.len(), wrong, "{text}: {complaints:?}");
    };
    check(0, "en", "It’s “free”: choose, please.");
    check(1, "en", "It's free.");
    check(1, "en", "Wait...");
    check(1, "en", "Choose  a seat.");
    check(1, "de", "Mit «Mehr Zeit.");
    check(0, "fr", "Payé\u{a0}: merci\u{a0}!");
    check(2, "fr", "Payé : merci !");
    check(2, "fr", "« Plus »");
    check(1, "es", "Sigue ahí?");
    check(0, "es", "¿Sigue ahí?");
}

#[test]
fn a_text_that_nobody_translated_is_seen() {
    let files = |german: &'static str| {
        [
            ("web-ui/messages/en.toml", "[kiosk]\nback = \"Back\"\n"),
            ("web-ui/messages/de.toml", german),
        ]
    };
    assert_eq!(count(translated, &files("[kiosk]\nback = \"Back\"\n")), 1);
    assert_eq!(count(translated, &files("[kiosk]\nback = \"Zurück\"\n")), 0);
}

#[test]
fn a_text_that_no_screen_says_is_seen() {
    let messages = "[kiosk]\nback = \"Back\"\n[kiosk.genre]\nwar = \"War\"\n";
    let check = |unused: usize, path: &str, code: &str| {
        let files = [("web-ui/messages/en.toml", messages), (path, code)];
        assert_eq!(count(used, &files), unused, "{code}");
    };
    check(
        0,
        "web-ui/src/kiosk/seats.rs",
        "words.back; words.genre(word)",
    );
    check(
        1,
        "web-ui/src/kiosk/seats.rs",
        "words.backwards; words.genre(word)",
    );
    check(
        2,
        "web-ui/src/head_office.rs",
        "words.back; words.genre(word)",
    );
}
