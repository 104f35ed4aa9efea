//! Why seats are refused, as a clerk would say it.

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
    let words = format!("{}.", capital(&refusal.to_string()));
    let wrong = |code, title| Refusal::unprocessable(code, title, words.clone());
    let conflict = |code, title| Refusal::conflict(code, title, words.clone());
    match refusal {
        HoldRefusal::NoneGiven => wrong("no_seats", "No seat was chosen"),
        HoldRefusal::TooMany { .. } => wrong("too_many_seats", "Too many seats at once"),
        HoldRefusal::Seats(SeatsRefusal::Unknown { seats }) => {
            wrong("unknown_seats", "Some seats are not in this room").about_seats(seats)
        }
        HoldRefusal::Seats(SeatsRefusal::Repeated { seats }) => {
            wrong("repeated_seats", "A seat was chosen twice").about_seats(seats)
        }
        HoldRefusal::Taken { held, sold } => {
            conflict("seats_taken", "Some seats are taken").about_seats(held.iter().chain(sold))
        }
        HoldRefusal::Blocked { seats } => {
            conflict("seats_blocked", "Some seats are kept back").about_seats(seats)
        }
        HoldRefusal::NotOurs { seats } => {
            let title = "Some seats are sold at the other counter only now";
            conflict("seats_out_of_reach", title).about_seats(seats)
        }
        HoldRefusal::LoveSeatSplit { seats } => {
            conflict("love_seat_split", "A love seat is sold as a whole").about_seats(seats)
        }
        HoldRefusal::CompanionWithoutWheelchair { seats } => conflict(
            "companion_without_wheelchair",
            "A companion seat is sold with its wheelchair place",
        )
        .about_seats(seats),
        HoldRefusal::SingleSeatLeft { seats } => {
            conflict("single_seat_left", "A single seat would be left over").about_seats(seats)
        }
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
