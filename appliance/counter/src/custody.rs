//! Custody that comes from the other side: it takes effect only if its epoch is exactly one above the known one, and a seat that carries a
//! ticket keeps it. Applying never fails: what does not fit changes nothing and is told in words, for a person.

use std::collections::BTreeMap;

use box_office::custody::{
    Authority, Case, Decision, Effect, Fact, Input, Life, Loaded, LoadedSeat, Standing, decide,
};
use box_office::{Epoch, ShowtimeId};
use database::Tx;
use wire::event::SeatAtEpoch;

use crate::Fault;
use crate::catalogue;
use crate::counter::At;
use crate::seats;

/// Receives custody of seats; gives what did not fit, in words.
///
/// # Errors
/// Only the database's.
pub fn receive(
    tx: &mut Tx<'_>,
    at: &At,
    (showtime, told): (&ShowtimeId, &[SeatAtEpoch]),
) -> Result<Vec<String>, Fault> {
    let Some(scheduled) = catalogue::scheduled(tx, &at.catalogue(), showtime)? else {
        return Ok(vec![format!(
            "custody of seats of the unknown showtime {showtime}"
        )]);
    };
    let mut troubles = Vec::new();
    for told in told {
        let seat = &told.seat;
        let Some(place) = scheduled.plan.place_of(seat) else {
            troubles.push(format!("{showtime} has no seat {seat}"));
            continue;
        };
        let known = LoadedSeat {
            place,
            seat: seat.clone(),
            record: seats::known(tx, scheduled.key, place, seat)?,
        };
        let epoch = Epoch::new(u32::try_from(told.epoch).unwrap_or(u32::MAX));
        let decision = received(at, &known, epoch);
        seats::save(tx, at, (scheduled.key, showtime), &decision.seats)?;
        let cases = decision.effects.iter().filter_map(|effect| match effect {
            Effect::Case(case) => Some(in_words(showtime, case)),
            Effect::Tell(_)
            | Effect::Keep { .. }
            | Effect::Refund(..)
            | Effect::ListInHello(..) => None,
        });
        troubles.extend(cases);
    }
    Ok(troubles)
}

fn received(at: &At, known: &LoadedSeat, epoch: Epoch) -> Decision {
    let standing = Standing {
        side: at.side,
        life: Life {
            number: at.life.number,
            random: *at.life.random.as_bytes(),
        },
        other: None,
        authority: Authority::Whole,
        has_forgotten: false,
    };
    let loaded = Loaded {
        plan: Some(0),
        seats: std::slice::from_ref(known),
        tickets: &BTreeMap::new(),
        has_begun: false,
    };
    let fact = Fact::Given(vec![(known.seat.clone(), epoch)]);
    // Only who is stopped is refused.
    decide(&standing, &loaded, &Input::Heard { plan: 0, fact }).unwrap_or_default()
}

fn in_words(showtime: &ShowtimeId, case: &Case) -> String {
    match case {
        Case::GivenWithTicket { seat, ticket } => {
            format!("seat {seat} of {showtime} was given and carries the ticket {ticket}")
        }
        Case::OutOfTurn { seat, told, known } => format!(
            "seat {seat} of {showtime} is given at epoch {}, after {}",
            told.number(),
            known.number()
        ),
        Case::TwoTickets { seat, ours, theirs } => {
            format!("seat {seat} of {showtime} has the tickets {ours} and {theirs}")
        }
        Case::TakenOver { seat, ticket } => {
            format!("seat {seat} of {showtime} was taken over for the ticket {ticket}")
        }
        Case::AdmittedUnproven(ticket) => {
            format!("ticket {ticket} of {showtime} was let in without proof")
        }
        Case::FoundSale(ticket) => format!("ticket {ticket} of {showtime} was in no record"),
    }
}
