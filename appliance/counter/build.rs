//! Writes down what every language is called in the languages of our papers and pages, by the CLDR data of `icu_locale`: its names in all languages of
//! the world would make each program three MiB larger.

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

use icu_locale::names::{DisplayNamesPreferences, LanguageIdentifierDisplayName};
use icu_locale::subtags::Language;
use icu_locale::{LanguageIdentifier, Locale};

/// In the order of the table's columns.
const PAPERS: [&str; 4] = ["en", "de", "es", "fr"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let papers: Vec<Locale> = PAPERS
        .iter()
        .map(|tag| tag.parse())
        .collect::<Result<_, _>>()?;
    let mut tags: Vec<String> = two_letters().collect();
    tags.extend(
        two_letters().flat_map(|two| ('a'..='z').map(move |third| format!("{two}{third}"))),
    );
    tags.sort_unstable();
    let mut table = String::from("[\n");
    for tag in tags {
        let names = papers
            .iter()
            .map(|paper| name(&tag, paper))
            .collect::<Result<Vec<_>, _>>()?;
        if names[0] != tag {
            writeln!(table, "    ({tag:?}, {names:?}),")?;
        }
    }
    table.push(']');
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo names no folder")?);
    std::fs::write(folder.join("languages.rs"), table)?;
    Ok(())
}

fn two_letters() -> impl Iterator<Item = String> {
    ('a'..='z').flat_map(|first| ('a'..='z').map(move |second| format!("{first}{second}")))
}

/// What a language is called on such a paper; its tag if nobody says.
fn name(tag: &str, paper: &Locale) -> Result<String, Box<dyn Error>> {
    let language = LanguageIdentifier::from(tag.parse::<Language>()?);
    let paper = DisplayNamesPreferences::from(paper);
    let name = LanguageIdentifierDisplayName::try_new_heavy(paper, language, Default::default())?;
    Ok(name.as_borrowed().to_string())
}
