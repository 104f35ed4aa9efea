//! Ids are types: a seat is never mistaken for a showtime. Those that people write (a showtime, a seat) are short words;
//! those that the system makes (a hold, a ticket) are ULIDs.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::{ULID_LEN, Ulid};

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was given.
    #[error("an id may not be empty")]
    Empty,
    /// Longer than [`LONGEST_ID`] bytes.
    #[error("an id has at most {LONGEST_ID} characters")]
    TooLong,
    /// Nothing but dots, which a path reads as a way up.
    #[error("an id has more in it than dots")]
    Dots,
    /// A character outside the allowed ones.
    #[error("an id has only letters, digits, '-', '_' and '.', not {0:?}")]
    Character(char),
}

/// The longest id in bytes: long enough for `screen-12-2026-11-23-2015`, short enough to print and to index.
pub const LONGEST_ID: usize = 64;

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > LONGEST_ID {
        return Err(IdError::TooLong);
    }
    if text.bytes().all(|sign| sign == b'.') {
        return Err(IdError::Dots);
    }
    match text
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
    {
        Some(c) => Err(IdError::Character(c)),
        None => Ok(()),
    }
}

fn lower_case(ulid: Ulid) -> Box<str> {
    let mut text = [0; ULID_LEN];
    let text = ulid.array_to_str(&mut text);
    text.make_ascii_lowercase();
    (&*text).into()
}

/// The bits of a ULID after its time of which the first ten tell the microsecond.
const RANDOM_BITS: u32 = 70;

fn ulid(at: Timestamp, random: [u8; 9]) -> Ulid {
    let at_us = u64::try_from(at.as_microsecond()).unwrap_or(0);
    let mut bits = [0; 16];
    bits[7..].copy_from_slice(&random);
    let random = u128::from_be_bytes(bits) & ((1 << RANDOM_BITS) - 1);
    Ulid::from_parts(
        at_us / 1_000,
        u128::from(at_us % 1_000) << RANDOM_BITS | random,
    )
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, pattern = "^[A-Za-z0-9._-]{1,64}$"))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The id as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// A new id as a [ULID](https://github.com/ulid/spec), in lower case: the time in milliseconds since the Unix epoch in 48
            /// bits, the microseconds of it in 10, then 70 random ones. What is made one after the other so lies in this order in every
            /// index, and a database grows at the ends of its trees instead of all over them. A time before the epoch counts as the
            /// epoch.
            pub fn new(at: Timestamp, random: [u8; 9]) -> Self {
                Self(lower_case(ulid(at, random)))
            }

            /// The id of these 128 bits: 26 characters of Crockford's base 32.
            pub fn from_bits(bits: [u8; 16]) -> Self {
                Self(lower_case(Ulid::from_bytes(bits)))
            }

            /// When it was made, if it is one that the system made at a moment.
            pub fn made_at(&self) -> Option<Timestamp> {
                let ulid = Ulid::from_bytes(self.bits()?);
                let at_ms = i64::try_from(ulid.timestamp_ms()).ok()?;
                Timestamp::from_millisecond(at_ms).ok()
            }

            /// The bits that this id was made from, if it was.
            pub fn bits(&self) -> Option<[u8; 16]> {
                let ulid = Ulid::from_string(&self.0).ok()?;
                (lower_case(ulid) == self.0).then(|| ulid.to_bytes())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                check(text)?;
                Ok(Self(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                check(&text)?;
                Ok(Self(text.into_boxed_str()))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.into_string()
            }
        }
    )*};
}

ids! {
    /// A cinema: one site with one appliance.
    CinemaId;
    /// A room with a screen, shown to guests as "Screen 3".
    AuditoriumId;
    /// A seat of one auditorium, as it is written on the chair: `F7`. Unique within its layout.
    SeatId;
    /// A film.
    FilmId;
    /// A price book.
    PriceBookId;
    /// A kind of ticket: `adult`, `child`.
    TicketKindId;
    /// One screening of one film in one auditorium.
    ShowtimeId;
    /// Seats kept for one guest for a while.
    HoldId;
    /// One attempt to pay.
    TenderId;
    /// One customer's seats, tickets and payments at the cinema.
    SaleId;
    /// One ticket for one seat.
    TicketId;
    /// One job of a printer.
    PrintJobId;
    /// A paired kiosk, till, door or office browser.
    DeviceId;
    /// An event of the link.
    EventId;
    /// Why seats are blocked: `house`, `school-group`.
    BlockId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_short_word() {
        assert_eq!("F7".parse::<SeatId>().map(String::from), Ok("F7".into()));
        assert_eq!("".parse::<SeatId>(), Err(IdError::Empty));
        assert_eq!("F 7".parse::<SeatId>(), Err(IdError::Character(' ')));
        for dots in [".", "..", "..."] {
            assert_eq!(dots.parse::<FilmId>(), Err(IdError::Dots));
        }
        assert!("a..".parse::<FilmId>().is_ok());
        assert_eq!("x".repeat(65).parse::<SeatId>(), Err(IdError::TooLong));
        assert_eq!(
            SeatId::try_from("é".to_owned()),
            Err(IdError::Character('é'))
        );
    }

    #[test]
    fn a_random_id_keeps_every_bit() {
        assert_eq!(HoldId::from_bits([0; 16]).as_str(), "0".repeat(26));
        assert_eq!(
            HoldId::from_bits([0xff; 16]).as_str(),
            format!("7{}", "z".repeat(25))
        );
        assert_ne!(HoldId::from_bits([1; 16]), HoldId::from_bits([2; 16]));
        assert_eq!(HoldId::from_bits([0xa5; 16]).bits(), Some([0xa5; 16]));
        let written = |text: &str| text.parse::<HoldId>().unwrap().bits();
        assert_eq!(written("01aryz6s41"), None, "too short");
        assert_eq!(written(&"Z".repeat(26)), None, "more than 128 bits");
        assert_eq!(
            written(&format!("0O{}", "0".repeat(24))),
            None,
            "not as made"
        );
    }

    /// The time is the example of the ULID specification.
    #[test]
    fn a_new_id_begins_with_its_time() {
        let at = |us| Timestamp::from_microsecond(us).unwrap();
        let id = TicketId::new(at(1_469_918_176_385_999), [0xff; 9]);
        assert_eq!(id.as_str(), "01aryz6s41z7zzzzzzzzzzzzzz");
        assert!(id < TicketId::new(at(1_469_918_176_386_000), [0; 9]));
        assert!(TicketId::new(at(7), [0xff; 9]) < TicketId::new(at(8), [0; 9]));
        assert_eq!(TicketId::new(at(-1), [0; 9]), TicketId::new(at(0), [0; 9]));
        assert_ne!(TicketId::new(at(7), [0; 9]), TicketId::new(at(7), [1; 9]));
    }
}
