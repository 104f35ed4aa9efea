#![doc = include_str!("../README.md")]

pub mod booking;
pub mod buying;
pub mod head_office;
pub mod kiosk;
pub mod mail;
pub mod online;
pub mod storefront;

include!(concat!(env!("OUT_DIR"), "/shared_words.rs"));

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

/// Seats of one row as they are spoken: "Row F, seats 7, 8"; in a hall of several blocks "Left, row F, seats 7, 8".
pub fn seats_name(words: &Words, block: Option<&str>, row: &str, numbers: &str) -> String {
    let values = [("row", row), ("seats", numbers)];
    match block {
        Some(block) => {
            let [row, seats] = values;
            fill(words.block_row_and_seats, &[row, seats, ("block", block)])
        }
        None => fill(words.row_and_seats, &values),
    }
}

#[cfg(test)]
mod tests {
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
    fn a_tag_names_its_language() {
        assert_eq!(Language::of_tag("de-AT"), Some(Language::German));
        assert_eq!(Language::of_tag("ja"), None);
    }
}
