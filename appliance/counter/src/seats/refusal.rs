//! Why seats are refused, as a clerk would say it.

use axum::http::StatusCode;
use box_office::ledger::{HoldRefusal, SeatsRefusal};
use service::http::Refusal;

use crate::Fault;
use crate::catalogue::CatalogueRefused;
use crate::fault::with_faults;

/// Why what was asked of a showtime's seats is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeatsRefused {
    /// The ledger refuses.
    Seats(HoldRefusal),
    /// The programme does.
    Programme(CatalogueRefused),
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(SeatsRefused);

impl From<HoldRefusal> for SeatsRefused {
    fn from(refusal: HoldRefusal) -> Self {
        Self::Seats(refusal)
    }
}

impl From<SeatsRefusal> for SeatsRefused {
    fn from(refusal: SeatsRefusal) -> Self {
        Self::Seats(HoldRefusal::Seats(refusal))
    }
}

impl From<CatalogueRefused> for SeatsRefused {
    fn from(refused: CatalogueRefused) -> Self {
        Self::Programme(refused)
    }
}

impl From<SeatsRefused> for Refusal {
    fn from(refused: SeatsRefused) -> Self {
        match refused {
            SeatsRefused::Seats(refusal) => ledger(&refusal),
            SeatsRefused::Programme(refused) => refused.into(),
            SeatsRefused::Fault(fault) => fault.into(),
        }
    }
}

fn ledger(refusal: &HoldRefusal) -> Refusal {
    use StatusCode as S;
    let words = format!("{}.", capital(&refusal.to_string()));
    let of = |status, code, title| Refusal::new(status, code, title, words.clone());
    match refusal {
        HoldRefusal::NoneGiven => of(S::UNPROCESSABLE_ENTITY, "no_seats", "No seat was chosen"),
        HoldRefusal::TooMany { .. } => of(
            S::UNPROCESSABLE_ENTITY,
            "too_many_seats",
            "Too many seats at once",
        ),
        HoldRefusal::Seats(SeatsRefusal::Unknown { seats }) => of(
            S::UNPROCESSABLE_ENTITY,
            "unknown_seats",
            "Some seats are not in this room",
        )
        .about_seats(seats),
        HoldRefusal::Seats(SeatsRefusal::Repeated { seats }) => of(
            S::UNPROCESSABLE_ENTITY,
            "repeated_seats",
            "A seat was chosen twice",
        )
        .about_seats(seats),
        HoldRefusal::Taken { held, sold } => of(S::CONFLICT, "seats_taken", "Some seats are taken")
            .about_seats(held.iter().chain(sold)),
        HoldRefusal::Blocked { seats } => {
            of(S::CONFLICT, "seats_blocked", "Some seats are kept back").about_seats(seats)
        }
        HoldRefusal::NotOurs { seats } => of(
            S::CONFLICT,
            "seats_out_of_reach",
            "Some seats are sold online only now",
        )
        .about_seats(seats),
        HoldRefusal::LoveSeatSplit { seats } => of(
            S::CONFLICT,
            "love_seat_split",
            "A love seat is sold as a whole",
        )
        .about_seats(seats),
        HoldRefusal::CompanionWithoutWheelchair { seats } => of(
            S::CONFLICT,
            "companion_without_wheelchair",
            "A companion seat is sold with its wheelchair place",
        )
        .about_seats(seats),
        HoldRefusal::SingleSeatLeft { seats } => of(
            S::CONFLICT,
            "single_seat_left",
            "A single seat would be left over",
        )
        .about_seats(seats),
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
