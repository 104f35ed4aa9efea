//! Why a guest is not let in, as an usher would say it.

use box_office::custody::CustodyRefusal;
use box_office::{CinemaId, ShowtimeId};
use service::http::Refusal;
use wire::TicketRefusal;

use super::Admission;
use crate::Fault;
use crate::catalogue::CatalogueRefused;
use crate::fault::with_faults;
use crate::repeats::KeyReused;

/// Why a guest is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAdmitted {
    /// The code proves nothing.
    Code(TicketRefusal),
    /// It says that it is of another cinema, whose keys are not known here.
    OtherCinema(CinemaId),
    /// Its key was stolen, and no record knows it: a thief may have signed it.
    StolenKey,
    /// It is for another showtime than the one that the usher has open.
    OtherShowtime(ShowtimeId),
    /// The showtime does not take place.
    Cancelled,
    /// Its guest is inside.
    AlreadyAdmitted {
        /// Who was.
        first: Box<Admission>,
        /// When, RFC 3339 with the cinema's offset.
        at: String,
    },
    /// The rules of custody.
    Custody(CustodyRefusal),
    /// There is no such showtime.
    Programme(CatalogueRefused),
    /// The key was used for another request.
    Repeat(KeyReused),
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(NotAdmitted);

impl From<CustodyRefusal> for NotAdmitted {
    fn from(refusal: CustodyRefusal) -> Self {
        Self::Custody(refusal)
    }
}

impl From<CatalogueRefused> for NotAdmitted {
    fn from(refused: CatalogueRefused) -> Self {
        Self::Programme(refused)
    }
}

impl From<KeyReused> for NotAdmitted {
    fn from(reused: KeyReused) -> Self {
        Self::Repeat(reused)
    }
}

impl From<NotAdmitted> for Refusal {
    fn from(refused: NotAdmitted) -> Self {
        match refused {
            NotAdmitted::Code(refusal) => code(refusal),
            NotAdmitted::OtherCinema(cinema) => Refusal::unprocessable(
                "ticket_of_another_cinema",
                "This ticket is of another cinema",
                format!("It says that it is for {cinema}."),
            ),
            NotAdmitted::StolenKey => Refusal::unprocessable(
                "ticket_of_a_stolen_key",
                "This ticket may be forged",
                "The key that signed it was stolen, and no record knows this ticket as its code says. Let the guest open their order once more, which shows a new code; \
                 if they cannot, ask a manager.",
            ),
            NotAdmitted::OtherShowtime(showtime) => Refusal::conflict(
                "ticket_for_another_showtime",
                "This ticket is for another showtime",
                format!("It is for {showtime}."),
            )
            .with("showtime", &showtime),
            NotAdmitted::Cancelled => Refusal::conflict(
                "showtime_cancelled",
                "This showtime does not take place",
                "Nobody is let in to it; its guests get their money back.",
            ),
            NotAdmitted::AlreadyAdmitted { first, at } => Refusal::conflict(
                "already_admitted",
                "Somebody has been let in with this ticket",
                format!("That was at {at}."),
            )
            .with("admitted_at", &at)
            .about_seats([&first.seat]),
            NotAdmitted::Custody(refusal) => custody(&refusal),
            NotAdmitted::Programme(refused) => refused.into(),
            NotAdmitted::Repeat(reused) => reused.into(),
            NotAdmitted::Fault(fault) => fault.into(),
        }
    }
}

fn code(refusal: TicketRefusal) -> Refusal {
    let (code, title, help) = match refusal {
        TicketRefusal::NotOurs => (
            "not_a_ticket",
            "This code is not a ticket",
            "Ask the guest for the code of their ticket.",
        ),
        TicketRefusal::Unreadable => (
            "unreadable_ticket",
            "This ticket's code cannot be read",
            "It is damaged, or of a later version than this box knows.",
        ),
        TicketRefusal::UnknownKey(_) => (
            "unknown_ticket_key",
            "Nobody known here has signed this ticket",
            "Neither this box nor its hub made it, as far as this box knows their keys.",
        ),
        TicketRefusal::Forged => (
            "forged_ticket",
            "This ticket is forged",
            "Its signature does not fit what it says.",
        ),
        TicketRefusal::ForeignKey => (
            "ticket_of_another_cinema",
            "This ticket is of another cinema",
            "It was signed for another cinema than this one.",
        ),
    };
    Refusal::unprocessable(code, title, help)
}

fn custody(refusal: &CustodyRefusal) -> Refusal {
    let conflict = |code, title, help: &str| Refusal::conflict(code, title, help);
    match refusal {
        CustodyRefusal::AlreadyAdmitted => conflict(
            "already_admitted",
            "Somebody has been let in with this ticket",
            "Nobody knows when.",
        ),
        CustodyRefusal::Revoked => conflict(
            "ticket_revoked",
            "This ticket was taken back",
            "Its money went back; it lets nobody in any more.",
        ),
        CustodyRefusal::Superseded => conflict(
            "ticket_superseded",
            "A later ticket was sold for this seat",
            "The seat was sold again, or this ticket was replaced: ask for the latest one.",
        ),
        CustodyRefusal::NotThisSide(_)
        | CustodyRefusal::Stopped
        | CustodyRefusal::NotOurs(_)
        | CustodyRefusal::NotFree(_)
        | CustodyRefusal::Unknown
        | CustodyRefusal::Floor
        | CustodyRefusal::OtherPlan
        | CustodyRefusal::NotBegun
        | CustodyRefusal::OldCode => {
            let words = refusal.to_string();
            Refusal::broken(
                "state",
                &format_args!("the door does not refuse so: {words}"),
            )
        }
    }
}
