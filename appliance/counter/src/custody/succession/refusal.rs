//! Why a box does not take another's place, or seats do not go on sale again.

use box_office::SeatId;
use service::http::Refusal;
use wire::enrolment::EnrolmentError;

use crate::Fault;
use crate::fault::with_faults;

/// Why a box does not take another's place, or seats do not go on sale again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuccessionRefused {
    /// It has held or sold a seat itself.
    NotBlank,
    /// What the hub tells cannot be read.
    Unreadable(EnrolmentError),
    /// There is no such showtime.
    UnknownShowtime,
    /// No seat of it is in quarantine.
    NothingInDoubt,
    /// Box and hub both say that these seats are theirs, and nothing else of it is in quarantine.
    ClaimedByBoth(Vec<SeatId>),
    /// These seats are named, and are not in quarantine.
    NotInDoubt(Vec<SeatId>),
    /// Something broke on our side.
    Fault(Fault),
}

with_faults!(SuccessionRefused);

impl From<EnrolmentError> for SuccessionRefused {
    fn from(why: EnrolmentError) -> Self {
        Self::Unreadable(why)
    }
}

impl From<SuccessionRefused> for Refusal {
    fn from(refused: SuccessionRefused) -> Self {
        use SuccessionRefused as R;
        match refused {
            R::NotBlank => Refusal::conflict(
                "not_blank",
                "This box has sold itself",
                "A box that takes another's place has never held or sold a seat: begin with an empty data folder, import the programme, and \
                 enrol it before its first guest.",
            ),
            R::Unreadable(why) => Refusal::conflict(
                "unreadable_succession",
                "What the hub tells of the box before cannot be read",
                format!("{why}: update this box, and enrol it again with another code."),
            ),
            R::UnknownShowtime => Refusal::not_found(
                "unknown_showtime",
                "There is no such showtime",
                "`appliance status`, or `cloud-hub cases` at the hub, lists those with seats that may be sold.",
            ),
            R::NothingInDoubt => Refusal::conflict(
                "nothing_in_doubt",
                "No seat of it is in doubt",
                "What is free of it is on sale. `appliance status`, or `cloud-hub cases` at the hub, lists the showtimes with seats that may be sold.",
            ),
            R::ClaimedByBoth(seats) => {
                let named: Vec<&str> = seats.iter().map(SeatId::as_str).collect();
                Refusal::conflict(
                    "claimed_by_both",
                    "Box and hub both say that these seats are theirs",
                    format!(
                        "{}: sold by both they would be sold twice. The cases of either side list them: `close-case` on one of them leaves a seat to the other, which \
                         releases it then.",
                        named.join(", ")
                    ),
                )
            }
            R::NotInDoubt(seats) => {
                let named: Vec<&str> = seats.iter().map(SeatId::as_str).collect();
                Refusal::conflict(
                    "not_in_doubt",
                    "These seats are not in doubt",
                    format!(
                        "{}: nobody sells them as it is, or they are on sale or sold here. Nothing is released. Look at their names, or leave them out.",
                        named.join(", ")
                    ),
                )
            }
            R::Fault(fault) => fault.into(),
        }
    }
}
