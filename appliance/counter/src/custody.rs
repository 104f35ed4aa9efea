//! Custody that comes from the other side: it takes effect only if its epoch is exactly one above the known one, and a seat that carries a
//! ticket keeps it. Applying never fails: what does not fit changes nothing and is told in words, for a person.

use box_office::Epoch;
use box_office::ShowtimeId;
use box_office::ledger::{Granted, Ledger};
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
        let known = seats::known(tx, scheduled.key, place, seat)?;
        let ledger = Ledger::new(&scheduled.plan, at.side, [(place, known.clone())]);
        let epoch = Epoch::new(u32::try_from(told.epoch).unwrap_or(u32::MAX));
        let name = (scheduled.key, showtime);
        match ledger.apply_grant(seat, epoch) {
            Granted::TakesEffect(changes) => seats::save(tx, at, name, &changes)?,
            Granted::CarriesATicket { changes, ticket } => {
                seats::save(tx, at, name, &changes)?;
                troubles.push(format!(
                    "seat {seat} of {showtime} was given and carries the ticket {ticket}"
                ));
            }
            Granted::Old => {}
            Granted::OutOfTurn | Granted::UnknownSeat => troubles.push(format!(
                "seat {seat} of {showtime} is given at epoch {}, after {}",
                told.epoch,
                known.epoch.number()
            )),
        }
    }
    Ok(troubles)
}
