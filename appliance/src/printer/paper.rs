//! The paper of a ticket as data: what a guest must find and what a receipt must say (seller, tax number, number, tax, card slip).

use box_office::Money;
use counter_api::sale::CardSlip;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

pub use super::words::Language;

/// A ticket's paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// The guest's language, for everything that is not a name.
    pub language: Language,
    /// Who sells.
    pub seller: Seller,
    /// The cinema's name.
    pub cinema: String,
    /// The film's title.
    pub film: String,
    /// Age rating, language version and format, as they stand on the screens: `FSK 12`, `OmU`, `3D`.
    pub facts: Vec<String>,
    /// The auditorium as the signs in the building call it: `Screen 3`.
    pub auditorium: String,
    /// The block that the seat stands in, where the room has more than one: `Left`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// The seat's row: `F`.
    pub row: String,
    /// The seat's number: `7`.
    pub number: String,
    /// When the showtime begins, at the cinema.
    pub starts_at: DateTime,
    /// Whether the showtime does not take place.
    pub is_cancelled: bool,
    /// When it was to begin when the ticket was sold, if that was another time.
    pub moved_from: Option<DateTime>,
    /// The kind of ticket: `Adult`.
    pub ticket_kind: String,
    /// The price, tax included.
    pub price: Money,
    /// The tax inside it.
    pub tax: Tax,
    /// How it was paid.
    pub paid: Vec<Paid>,
    /// The number on the receipt: `1-000042`.
    pub receipt_number: String,
    /// Which ticket of the sale this is, counted from 1, and how many there are.
    pub ticket_of_sale: (u32, u32),
    /// When it was sold, at the cinema.
    pub sold_at: DateTime,
    /// The text of the QR code.
    pub code: String,
    /// Six characters that name the sale to the staff.
    pub collection_code: String,
    /// Printed before, perhaps: says COPY.
    pub copy: bool,
}

/// Who sells, as the law wants it on a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    /// The company.
    pub name: String,
    /// Its address, a line each.
    pub address: Vec<String>,
    /// Its tax number.
    pub tax_number: String,
}

/// A tax inside a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    /// The rate in hundredths of a per cent: 550 is 5.5 %.
    pub basis_points: u32,
    /// The amount.
    pub amount: Money,
}

/// How a sale was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paid {
    /// In cash.
    Cash,
    /// By card, with what the slip says.
    Card(CardSlip),
}
