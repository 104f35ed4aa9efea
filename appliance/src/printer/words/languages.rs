//! What each language calls the languages that films speak. (`isolang` knows the names in English and in the language itself only; those
//! of `icu` are experimental, and in every language of the world.)

use super::{Language, main_part};

/// By tag: in English, German, Spanish and French.
const NAMES: [(&str, [&str; 4]); 17] = [
    (
        "zxx",
        [
            "without dialogue",
            "ohne Dialog",
            "sin diálogos",
            "sans dialogue",
        ],
    ),
    ("en", ["English", "Englisch", "inglés", "anglais"]),
    ("de", ["German", "Deutsch", "alemán", "allemand"]),
    ("es", ["Spanish", "Spanisch", "español", "espagnol"]),
    ("fr", ["French", "Französisch", "francés", "français"]),
    ("it", ["Italian", "Italienisch", "italiano", "italien"]),
    (
        "pt",
        ["Portuguese", "Portugiesisch", "portugués", "portugais"],
    ),
    ("ja", ["Japanese", "Japanisch", "japonés", "japonais"]),
    ("ko", ["Korean", "Koreanisch", "coreano", "coréen"]),
    ("zh", ["Chinese", "Chinesisch", "chino", "chinois"]),
    ("ru", ["Russian", "Russisch", "ruso", "russe"]),
    ("uk", ["Ukrainian", "Ukrainisch", "ucraniano", "ukrainien"]),
    ("pl", ["Polish", "Polnisch", "polaco", "polonais"]),
    ("tr", ["Turkish", "Türkisch", "turco", "turc"]),
    ("ar", ["Arabic", "Arabisch", "árabe", "arabe"]),
    ("da", ["Danish", "Dänisch", "danés", "danois"]),
    ("sv", ["Swedish", "Schwedisch", "sueco", "suédois"]),
];

impl Language {
    /// The name of the language with this tag; the tag in capitals if we have no name for it.
    pub fn name_of(self, tag: &str) -> String {
        let main = main_part(tag);
        let Some((_, names)) = NAMES.iter().find(|(known, _)| *known == main) else {
            return main.to_ascii_uppercase();
        };
        let [english, german, spanish, french] = *names;
        match self {
            Self::En => english,
            Self::De => german,
            Self::Es => spanish,
            Self::Fr => french,
        }
        .to_owned()
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
