//! The words that paper and pages share: a guest reads the same on both.

use super::Language;

/// The words of one language.
#[derive(Debug)]
pub struct Words {
    /// Over the name of a row.
    pub row: &'static str,
    /// Over the number of a seat.
    pub seat: &'static str,
    /// The showtime begins at another time than was sold.
    pub new_time: &'static str,
    /// Before the time that was sold.
    pub before: &'static str,
}

impl Language {
    /// Its words.
    pub fn words(self) -> &'static Words {
        match self {
            Self::En => &ENGLISH,
            Self::De => &GERMAN,
            Self::Es => &SPANISH,
            Self::Fr => &FRENCH,
        }
    }
}

static ENGLISH: Words = Words {
    row: "Row",
    seat: "Seat",
    new_time: "New time",
    before: "Before:",
};

static GERMAN: Words = Words {
    row: "Reihe",
    seat: "Platz",
    new_time: "Neue Zeit",
    before: "Vorher:",
};

static SPANISH: Words = Words {
    row: "Fila",
    seat: "Butaca",
    new_time: "Nueva hora",
    before: "Antes:",
};

static FRENCH: Words = Words {
    row: "Rang",
    seat: "Place",
    new_time: "Nouvel horaire",
    before: "Avant :",
};
