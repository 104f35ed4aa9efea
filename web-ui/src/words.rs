//! The texts of the screens in four languages, and which language is spoken. The texts stand in `messages/*.toml`.

use leptos::prelude::*;

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// A language that the screens speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// Spanish.
    Spanish,
    /// French.
    French,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::English, Self::German, Self::Spanish, Self::French];

    /// The BCP 47 tag, with the region whose conventions for numbers and dates are used.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en-GB",
            Self::German => "de-DE",
            Self::Spanish => "es-ES",
            Self::French => "fr-FR",
        }
    }

    /// The two letters that the box's texts are keyed by: `en`.
    pub fn short(self) -> &'static str {
        &self.tag()[..2]
    }

    /// The language's name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Spanish => "Español",
            Self::French => "Français",
        }
    }

    /// Its texts.
    pub const fn words(self) -> &'static Words {
        match self {
            Self::English => &EN,
            Self::German => &DE,
            Self::Spanish => &ES,
            Self::French => &FR,
        }
    }

    /// The language of a tag or of its first two letters, if the screens speak it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| tag.starts_with(language.short()))
    }

    /// The text for this language among texts keyed by language; English or any other one where it lacks.
    pub fn pick(self, texts: &std::collections::BTreeMap<String, String>) -> Option<&str> {
        texts
            .get(self.short())
            .or_else(|| texts.get(Self::English.short()))
            .or_else(|| texts.values().next())
            .map(String::as_str)
    }
}

/// The text with each `{name}` replaced by its value.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// The form of a text for so many: "one form|form of many". Nothing at all is one in French, and many elsewhere.
pub fn counted(language: Language, text: &str, count: u64) -> String {
    let is_one = match language {
        Language::French => count < 2,
        Language::English | Language::German | Language::Spanish => count == 1,
    };
    let form = match text.split_once('|') {
        Some((one, _)) if is_one => one,
        Some((_, many)) => many,
        None => text,
    };
    fill(form, &[("count", &count.to_string())])
}

/// A row as it is spoken: "Row F"; in a hall of several blocks "Left, row F".
pub fn row_name(words: &Words, block: Option<&str>, row: &str) -> String {
    match block {
        Some(block) => fill(words.block_and_row, &[("row", row), ("block", block)]),
        None => fill(words.row, &[("row", row)]),
    }
}

/// A seat as it is spoken: "Row F, seat 7"; in a hall of several blocks "Left, row F, seat 7".
pub fn seat_name(words: &Words, block: Option<&str>, row: &str, number: &str) -> String {
    let values = [("row", row), ("seat", number)];
    match block {
        Some(block) => {
            let [row, seat] = values;
            fill(words.block_row_and_seat, &[row, seat, ("block", block)])
        }
        None => fill(words.row_and_seat, &values),
    }
}

/// The language that is spoken, for every component below the one that gave it as context.
pub fn spoken() -> RwSignal<Language> {
    use_context().unwrap_or_else(|| RwSignal::new(Language::default()))
}

/// A text that follows the language: `{say(|words| words.start_again)}`.
pub fn say(
    pick: fn(&'static Words) -> &'static str,
) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let language = spoken();
    move || pick(language.get().words())
}

#[cfg(test)]
mod tests {
    use box_office::LinkTrouble;

    use super::{Language, counted, fill};

    #[test]
    fn gaps_are_filled_by_name() {
        assert_eq!(
            fill("Row {row}, seat {seat}", &[("seat", "7"), ("row", "F")]),
            "Row F, seat 7"
        );
    }

    #[test]
    fn one_is_not_many() {
        let tickets = |language, count| counted(language, "{count} ticket|{count} tickets", count);
        assert_eq!(tickets(Language::English, 1), "1 ticket");
        assert_eq!(tickets(Language::English, 0), "0 tickets");
        assert_eq!(tickets(Language::French, 0), "0 ticket");
        assert_eq!(tickets(Language::German, 21), "21 tickets");
        assert_eq!(counted(Language::English, "{count} free", 1), "1 free");
    }

    #[test]
    fn a_word_of_the_box_has_a_text_in_every_language() {
        for language in Language::ALL {
            assert!(language.words().genre("science-fiction").is_some());
            assert!(language.words().problem("seats_taken").is_some());
            assert!(language.words().genre("no such genre").is_none());
            for trouble in LinkTrouble::ALL {
                let words = language.words().trouble(trouble.code());
                assert!(words.is_some(), "{} in {language:?}", trouble.code());
            }
        }
    }

    #[test]
    fn a_tag_names_its_language() {
        assert_eq!(Language::of_tag("de-AT"), Some(Language::German));
        assert_eq!(Language::of_tag("ja"), None);
    }
}
