//! What each language calls the languages that films speak, by the CLDR: `build.rs` writes the table.

use super::{Language, main_part};

/// By tag, in the order of the tags: in English, German, Spanish and French; the tag where there is no name.
const NAMES: &[(&str, [&str; 4])] = &include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// A film in which nobody speaks.
const WITHOUT_DIALOGUE: &str = "zxx";

impl Language {
    /// The name of the language with this tag; the tag in capitals if we have no name for it.
    pub fn name_of(self, tag: &str) -> String {
        let main = main_part(tag);
        if main == WITHOUT_DIALOGUE {
            return self.without_dialogue().to_owned();
        }
        let Ok(found) = NAMES.binary_search_by_key(&main.as_str(), |(known, _)| known) else {
            return main.to_ascii_uppercase();
        };
        let (known, names @ [english, german, spanish, french]) = NAMES[found];
        let name = match self {
            Self::En => english,
            Self::De => german,
            Self::Es => spanish,
            Self::Fr => french,
        };
        if name == known { names[0] } else { name }.to_owned()
    }

    fn without_dialogue(self) -> &'static str {
        match self {
            Self::En => "without dialogue",
            Self::De => "ohne Dialog",
            Self::Es => "sin diálogos",
            Self::Fr => "sans dialogue",
        }
    }

    /// That there are subtitles in the language with this tag.
    pub fn subtitled(self, tag: &str) -> String {
        let word = match self {
            Self::En => "subtitles",
            Self::De => "Untertitel",
            Self::Es => "subtítulos",
            Self::Fr => "sous-titres",
        };
        format!("{word}: {}", self.name_of(tag))
    }
}

#[cfg(test)]
mod tests;
