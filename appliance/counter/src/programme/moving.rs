//! A showtime goes to another room, or gets another layout of its own, with everybody who has, or may have, a seat of it: each has the seat of
//! that name there. Both sides do it alike, the cinema when it decides so, and the hub when it is told.

use box_office::custody::moving::Nowhere;
use box_office::programme::Auditorium;
use box_office::{Custodian, Plan, SeatId, ShowtimeId};
use database::Tx;
use jiff::Timestamp;
use wire::event::SeatAtEpoch;

use crate::catalogue::Known;
use crate::{Fault, custody, holds, seats, tickets};

/// So many seats are named one by one: more than anybody reads.
const MOST_NAMED: usize = 20;

/// Puts what this side has of a showtime into another plan: seats, holds under way and tickets; gives the seats that are left, each
/// with its epoch. Nothing is done if somebody who has, or may have, a seat would be nowhere.
pub(super) fn move_to(
    tx: &mut Tx<'_>,
    side: Custodian,
    known: &Known,
    room: &Auditorium,
    now: Timestamp,
) -> Result<Result<Vec<SeatAtEpoch>, Nowhere>, Fault> {
    let to = Plan::new(room.layout.clone());
    let left = match seats::move_to(tx, side, known.key, &to)? {
        Ok(left) => left,
        Err(refusal) => return Ok(Err(refusal)),
    };
    holds::move_to(tx, known.key, &to)?;
    tickets::move_to(tx, known.key, (&to, &room.name))?;
    let former = (&known.stored.showtime.auditorium, known.stored.plan);
    custody::note_moved(tx, known.key, former, now)?;
    let left = left.into_iter().map(|(seat, epoch)| SeatAtEpoch {
        seat,
        epoch: epoch.number().into(),
    });
    Ok(Ok(left.collect()))
}

/// Why a showtime of which people have seats stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stays {
    /// This box cannot prove what it has.
    Stopped,
    /// The hub has not said that it can go along.
    HubMayBeOld,
    /// The box before may have sold any of its seats.
    FormerInDoubt,
    /// The other plan lacks seats that somebody has or may have.
    Seats(Nowhere),
}

impl Stays {
    /// For whoever wrote the file: why it cannot have the plan of this room, and what to do.
    pub(super) fn in_words(&self, showtime: &ShowtimeId, to: &Auditorium) -> String {
        let room = format!("{}, layout {}", to.id, to.layout.version);
        match self {
            Self::Stopped => {
                "seats of it are held or sold, or the hub has some, and this box is stopped, for it cannot prove what it has; import the file again when the box sells again".to_owned()
            }
            Self::HubMayBeOld => {
                "seats of it are held or sold, or the hub has some, and the hub has not said that it can go along, which an older version cannot; update it if need be, let it be heard once, and import the file again".to_owned()
            }
            Self::FormerInDoubt => format!(
                "nobody can say which of its seats the box before has sold, here or there; answer for it first with `appliance release {showtime} --reason ..`, and import the file again"
            ),
            Self::Seats(Nowhere(seats)) => {
                let are = if seats.len() == 1 { "is" } else { "are" };
                format!(
                    "{} of it {are} held or sold, or with the hub, and {room} has no seats of these names; what the hub has and has not sold comes home once the showtime is closed (`status = \"closed\"`) and the line is up, or by a hand-over (`cloud-hub hand-over`), and what is kept back once a person answers for it (`appliance status` and `cloud-hub cases` say how); import the file again then; or leave it where it is, or cancel it and plan a new one",
                    named(seats)
                )
            }
        }
    }
}

/// Seats by their names.
pub(super) fn named(seats: &[SeatId]) -> String {
    let names: Vec<&str> = seats.iter().take(MOST_NAMED).map(SeatId::as_str).collect();
    let more = match seats.len().saturating_sub(names.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let word = if seats.len() == 1 { "seat" } else { "seats" };
    format!("{word} {}{more}", names.join(", "))
}
