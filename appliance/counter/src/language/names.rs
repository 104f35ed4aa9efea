//! What each language calls the languages that films speak, by the CLDR: `build.rs` writes the table.

use super::{Language, main_part};

/// By tag, in the order of the tags: in English, German, Spanish and French; the tag where there is no name.
const NAMES: &[(&str, [&str; 4])] = &include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// A film in which nobody speaks.
const WITHOUT_DIALOGUE: &str = "zxx";

/// The name of the language with this tag; the tag in capitals if we have no name for it.
pub fn name_of(language: Language, tag: &str) -> String {
    let main = main_part(tag);
    if main == WITHOUT_DIALOGUE {
        return without_dialogue(language).to_owned();
    }
    let Ok(found) = NAMES.binary_search_by_key(&main.as_str(), |(known, _)| known) else {
        return main.to_ascii_uppercase();
    };
    let (known, names @ [english, german, spanish, french]) = NAMES[found];
    let name = match language {
        Language::En => english,
        Language::De => german,
        Language::Es => spanish,
        Language::Fr => french,
    };
    if name == known { names[0] } else { name }.to_owned()
}

fn without_dialogue(language: Language) -> &'static str {
    match language {
        Language::En => "without dialogue",
        Language::De => "ohne Dialog",
        Language::Es => "sin diálogos",
        Language::Fr => "sans dialogue",
    }
}

#[cfg(test)]
mod tests;
