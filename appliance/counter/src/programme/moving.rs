//! A showtime goes to another room with everybody who has, or may have, a seat of it: each has the seat of that name there. Both sides do it
//! alike, the cinema when it decides so, and the hub when it is told.

use box_office::custody::moving::MoveRefusal;
use box_office::programme::Auditorium;
use box_office::{Custodian, Plan, SeatId};
use database::Tx;
use jiff::Timestamp;
use wire::event::SeatAtEpoch;

use crate::catalogue::Known;
use crate::{Fault, custody, holds, seats, tickets};

/// So many seats are named one by one: more than anybody reads.
const MOST_NAMED: usize = 20;

/// Puts what this side has of a showtime into the plan of another room: seats, holds under way and tickets; gives the seats that are left, each
/// with its epoch. Nothing is done if somebody who has, or may have, a seat would be nowhere.
pub(super) fn move_to(
    tx: &mut Tx<'_>,
    side: Custodian,
    known: &Known,
    room: &Auditorium,
    now: Timestamp,
) -> Result<Result<Vec<SeatAtEpoch>, MoveRefusal>, Fault> {
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

/// Why a showtime cannot go to another room, for whoever wrote the file.
pub(super) fn in_words(refusal: &MoveRefusal, to: &str) -> String {
    let (seats, why) = match refusal {
        MoveRefusal::Nowhere(seats) | MoveRefusal::Unknown(seats) => {
            (seats, format!("{to} has no seats of these names"))
        }
        MoveRefusal::Twice(seats) => (seats, "two seats would be one".to_owned()),
    };
    let named = named(seats);
    format!(
        "{named} of it are held or sold, or the hub has them, and {why}, so it cannot be put into that room; what the hub has and has not sold comes home by a hand-over (`cloud-hub hand-over`); or leave it in its room, or cancel it and plan a new one"
    )
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
