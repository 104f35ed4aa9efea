//! Why nothing is handed over.

use box_office::SeatId;
use box_office::custody::CustodyRefusal;
use counter::catalogue::CatalogueRefused;
use counter::custody::CustodyRefused;
use counter::{Fault, KeyReused};
use service::http::Refusal;

/// Why nothing is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HandOverRefused {
    /// The cinema or its showtime.
    Catalogue(CatalogueRefused),
    /// The cinema has no box whose keys count.
    NoBox,
    /// A hub of before gave the seats, and did not say of which room.
    UnknownRoom,
    /// The hub is stopped at this cinema.
    Stopped,
    /// These are not the hub's.
    NotOurs(Vec<SeatId>),
    /// These are held or sold.
    NotFree(Vec<SeatId>),
    /// There is no such seat.
    UnknownSeat,
    /// Seats are named and counted.
    NamedAndCounted,
    /// The picture of what is no code.
    NotACode,
    /// The key was used for another request.
    KeyReused(KeyReused),
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(HandOverRefused);

impl From<CatalogueRefused> for HandOverRefused {
    fn from(refused: CatalogueRefused) -> Self {
        Self::Catalogue(refused)
    }
}

impl From<KeyReused> for HandOverRefused {
    fn from(reused: KeyReused) -> Self {
        Self::KeyReused(reused)
    }
}

impl From<CustodyRefused> for HandOverRefused {
    fn from(refused: CustodyRefused) -> Self {
        match refused {
            CustodyRefused::Fault(fault) => Self::Fault(fault),
            CustodyRefused::UnknownShowtime => Self::Catalogue(CatalogueRefused::UnknownShowtime),
            CustodyRefused::Custody(refusal) => match refusal {
                CustodyRefusal::Stopped => Self::Stopped,
                CustodyRefusal::NotOurs(seats) => Self::NotOurs(seats),
                CustodyRefusal::NotFree(seats) => Self::NotFree(seats),
                CustodyRefusal::Unknown => Self::UnknownSeat,
                CustodyRefusal::Floor
                | CustodyRefusal::OtherPlan
                | CustodyRefusal::AlreadyAdmitted
                | CustodyRefusal::Revoked
                | CustodyRefusal::Superseded
                | CustodyRefusal::NotThisSide(_)
                | CustodyRefusal::NotBegun
                | CustodyRefusal::OldCode => {
                    Self::Fault(Fault::Broken(format!("seats are not given: {refusal}")))
                }
            },
        }
    }
}

impl From<HandOverRefused> for Refusal {
    fn from(refused: HandOverRefused) -> Self {
        use HandOverRefused as R;
        match refused {
            R::Catalogue(refused) => refused.into(),
            R::NoBox => Refusal::conflict(
                "no_box",
                "This cinema has no box",
                "Nobody there could take the seats over: no box is enrolled, or its keys are revoked.",
            ),
            R::UnknownRoom => Refusal::conflict(
                "room_not_known",
                "The seats cannot be carried by a code",
                "They were given by an earlier version of the hub, which did not say of which room they are. They arrive when the line is back.",
            ),
            R::Stopped => Refusal::conflict(
                "hub_stopped",
                "The hub gives nothing to this cinema now",
                "It has forgotten something of it and waits for its box: `cloud-hub cases` says what to do.",
            ),
            R::NotOurs(seats) => Refusal::conflict(
                "seats_not_ours",
                "Some of these seats are the cinema's",
                "The cinema has them already. Leave them out.",
            )
            .with("seats", &listed(&seats)),
            R::NotFree(seats) => Refusal::conflict(
                "seats_not_free",
                "Some of these seats are not free",
                "They are held or sold online. Leave them out, or wait.",
            )
            .with("seats", &listed(&seats)),
            R::UnknownSeat => Refusal::not_found(
                "unknown_seat",
                "There is no such seat",
                "Name seats as they stand on the chairs: `F7`.",
            ),
            R::NamedAndCounted => Refusal::unprocessable(
                "named_and_counted",
                "Seats are either named or counted",
                "Say how many, or which, or neither for all of them.",
            ),
            R::NotACode => Refusal::unprocessable(
                "not_a_hand_over_code",
                "This is not a hand-over code",
                "Only hand-over codes are drawn here.",
            ),
            R::KeyReused(reused) => reused.into(),
            R::Fault(fault) => fault.into(),
        }
    }
}

fn listed(seats: &[SeatId]) -> String {
    let names = seats.iter().map(SeatId::as_str);
    names.collect::<Vec<_>>().join(", ")
}
