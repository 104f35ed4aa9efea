//! The words of a paper in the guest's language, and how each language writes dates and amounts. All clocks have 24 hours.

mod languages;

use box_office::Money;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// A language that papers are printed in.
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

/// The words of one language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) row: &'static str,
    pub(super) seat: &'static str,
    pub(super) tax_included: &'static str,
    pub(super) paid_in_cash: &'static str,
    pub(super) paid_by_card: &'static str,
    pub(super) authorisation: &'static str,
    pub(super) receipt: &'static str,
    pub(super) ticket: &'static str,
    pub(super) of: &'static str,
    pub(super) sold: &'static str,
    pub(super) tax_number: &'static str,
    pub(super) copy: &'static str,
    pub(super) copy_because: &'static str,
    pub(super) cancelled: &'static str,
    pub(super) new_time: &'static str,
    pub(super) before: &'static str,
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

    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::En => &ENGLISH,
            Self::De => &GERMAN,
            Self::Es => &SPANISH,
            Self::Fr => &FRENCH,
        }
    }

    /// The day in full: `Monday, 23 November 2026`.
    pub(super) fn day(self, date: Date) -> String {
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

    /// An amount: `€12.50`, `12,50 €`.
    pub(super) fn amount(self, money: Money) -> String {
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
    pub(super) fn rate(self, basis_points: u32) -> String {
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
fn main_part(tag: &str) -> String {
    let main = tag.split(['-', '_']).next();
    main.unwrap_or_default().to_ascii_lowercase()
}

fn weekday_from_monday(weekday: Weekday) -> u8 {
    weekday.to_monday_zero_offset().unsigned_abs()
}

static ENGLISH: Words = Words {
    row: "Row",
    seat: "Seat",
    tax_included: "VAT included",
    paid_in_cash: "Paid in cash",
    paid_by_card: "Paid by card",
    authorisation: "Authorisation",
    receipt: "Receipt",
    ticket: "Ticket",
    of: "of",
    sold: "Sold",
    tax_number: "VAT number",
    copy: "COPY",
    copy_because: "Printed again: the first paper may be incomplete.",
    cancelled: "CANCELLED",
    new_time: "NEW TIME",
    before: "Before:",
};

static GERMAN: Words = Words {
    row: "Reihe",
    seat: "Platz",
    tax_included: "inkl. MwSt.",
    paid_in_cash: "Bar bezahlt",
    paid_by_card: "Mit Karte bezahlt",
    authorisation: "Genehmigung",
    receipt: "Beleg",
    ticket: "Karte",
    of: "von",
    sold: "Verkauft",
    tax_number: "Steuernummer",
    copy: "COPY · KOPIE",
    copy_because: "Erneut gedruckt: Das erste Papier ist vielleicht unvollständig.",
    cancelled: "ENTFÄLLT",
    new_time: "NEUE ZEIT",
    before: "Vorher:",
};

static SPANISH: Words = Words {
    row: "Fila",
    seat: "Butaca",
    tax_included: "IVA incluido",
    paid_in_cash: "Pagado en efectivo",
    paid_by_card: "Pagado con tarjeta",
    authorisation: "Autorización",
    receipt: "Recibo",
    ticket: "Entrada",
    of: "de",
    sold: "Vendida",
    tax_number: "NIF",
    copy: "COPY · COPIA",
    copy_because: "Impresa de nuevo: el primer papel puede estar incompleto.",
    cancelled: "CANCELADA",
    new_time: "NUEVA HORA",
    before: "Antes:",
};

static FRENCH: Words = Words {
    row: "Rang",
    seat: "Siège",
    tax_included: "TVA incluse",
    paid_in_cash: "Payé en espèces",
    paid_by_card: "Payé par carte",
    authorisation: "Autorisation",
    receipt: "Reçu",
    ticket: "Billet",
    of: "sur",
    sold: "Vendu",
    tax_number: "N° TVA",
    copy: "COPY · DUPLICATA",
    copy_because: "Réimprimé : le premier papier est peut-être incomplet.",
    cancelled: "ANNULÉE",
    new_time: "NOUVELLE HEURE",
    before: "Avant :",
};

#[cfg(test)]
mod tests;
