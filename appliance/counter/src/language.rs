//! The languages that guests are spoken to in where no screen of theirs helps: on paper, and on the page of a ticket. How each writes days
//! and amounts. All clocks have 24 hours.

mod names;
mod words;

use box_office::Money;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

pub use names::name_of;
pub use words::Words;

/// A language that guests are spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// Spanish.
    Es,
    /// French.
    Fr,
}

impl Language {
    /// The language of a tag as `de-AT`, English if we do not speak it.
    pub fn of_tag(tag: &str) -> Self {
        match main_part(tag).as_str() {
            "de" => Self::De,
            "es" => Self::Es,
            "fr" => Self::Fr,
            _ => Self::En,
        }
    }

    /// Its tag: `de`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Es => "es",
            Self::Fr => "fr",
        }
    }

    /// The day in full: `Monday, 23 November 2026`.
    pub fn day(self, date: Date) -> String {
        let weekday = self.weekdays()[usize::from(weekday_from_monday(date.weekday()))];
        let month = usize::try_from(date.month() - 1)
            .ok()
            .and_then(|month| self.months().get(month).copied())
            .unwrap_or_default();
        let (day, year) = (date.day(), date.year());
        match self {
            Self::En => format!("{weekday}, {day} {month} {year}"),
            Self::De => format!("{weekday}, {day}. {month} {year}"),
            Self::Es => format!("{weekday}, {day} de {month} de {year}"),
            Self::Fr if day == 1 => format!("{weekday} 1er {month} {year}"),
            Self::Fr => format!("{weekday} {day} {month} {year}"),
        }
    }

    /// The day in short, without its year: `Mon 23 Nov`.
    pub fn short_day(self, date: Date) -> String {
        let weekday = self.weekdays()[usize::from(weekday_from_monday(date.weekday()))];
        let first = |of: &str, letters: usize| of.chars().take(letters).collect::<String>();
        let (day, month) = (date.day(), date.month());
        match self {
            Self::En => {
                let months = self.months().into_iter();
                let name = months.zip(1_i8..).find(|(_, number)| *number == month);
                let name = name.map_or_else(String::new, |(name, _)| first(name, 3));
                format!("{} {day} {name}", first(weekday, 3))
            }
            Self::De => format!("{} {day}.{month}.", first(weekday, 2)),
            Self::Es => format!("{} {day}/{month}", first(weekday, 3)),
            Self::Fr => format!("{}. {day}/{month}", first(weekday, 3)),
        }
    }

    /// An amount: `€12.50`, `12,50 €`.
    pub fn amount(self, money: Money) -> String {
        let plain = money.to_string();
        let (number, code) = plain.split_once(' ').unwrap_or((&plain, ""));
        let symbol = match code {
            "EUR" => "€",
            "GBP" => "£",
            "USD" => "$",
            code => code,
        };
        match self {
            Self::En if symbol == code => format!("{code} {number}"),
            Self::En => format!("{symbol}{number}"),
            Self::De | Self::Es | Self::Fr => format!("{} {symbol}", number.replace('.', ",")),
        }
    }

    /// A rate in hundredths of a per cent: `5.5 %`, `5,5 %`.
    pub fn rate(self, basis_points: u32) -> String {
        let (whole, rest) = (basis_points / 100, basis_points % 100);
        let point = match self {
            Self::En => '.',
            Self::De | Self::Es | Self::Fr => ',',
        };
        match rest {
            0 => format!("{whole} %"),
            _ if rest % 10 == 0 => format!("{whole}{point}{} %", rest / 10),
            _ => format!("{whole}{point}{rest:02} %"),
        }
    }

    fn weekdays(self) -> [&'static str; 7] {
        match self {
            Self::En => [
                "Monday",
                "Tuesday",
                "Wednesday",
                "Thursday",
                "Friday",
                "Saturday",
                "Sunday",
            ],
            Self::De => [
                "Montag",
                "Dienstag",
                "Mittwoch",
                "Donnerstag",
                "Freitag",
                "Samstag",
                "Sonntag",
            ],
            Self::Es => [
                "lunes",
                "martes",
                "miércoles",
                "jueves",
                "viernes",
                "sábado",
                "domingo",
            ],
            Self::Fr => [
                "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
            ],
        }
    }

    #[rustfmt::skip]
    fn months(self) -> [&'static str; 12] {
        match self {
            Self::En => ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
            Self::De => ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
            Self::Es => ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
            Self::Fr => ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
        }
    }
}

/// The language of a tag: `de` of `de-AT`.
pub fn main_part(tag: &str) -> String {
    let main = tag.split(['-', '_']).next();
    main.unwrap_or_default().to_ascii_lowercase()
}

fn weekday_from_monday(weekday: Weekday) -> u8 {
    weekday.to_monday_zero_offset().unsigned_abs()
}

#[cfg(test)]
mod tests;
