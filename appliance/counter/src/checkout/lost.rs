//! Somebody else has a seat that a guest has chosen here, or may have it: whoever holds it loses it, and what was taken goes back. Where that somebody
//! is the guest whose payment is under way, of which this side has forgotten the outcome, the payment says so itself.

use std::sync::Arc;

use box_office::checkout::PurchaseFact;
use box_office::{CinemaId, Epoch, HoldId, SeatId, ShowtimeId, TicketId};
use database::Tx;
use wire::Generation;
use wire::event::{CustodyTold, LifeOfHub, SeatAtEpoch, TicketAdmitted, TicketsStanding};

use super::purchase::Purchase;
use super::sale;
use super::takeover::readable;
use crate::Fault;
use crate::catalogue::{self, Scheduled};
use crate::counter::{At, Counter};
use crate::custody::{self, Admission, Hears, NotAdmitted, Scan};
use crate::holds;

/// Lets in whoever holds this code before a device, once. A ticket that no record knows proves its seat: whoever holds that has not bought it.
///
/// # Errors
/// Why not.
pub async fn admit(at: &At, scan: Scan) -> Result<Admission, NotAdmitted> {
    custody::admit(at, scan, lose_to).await
}

/// The hub hears that a guest was let in, in the transaction that moves the stream's position; gives what does not fit, in words.
///
/// # Errors
/// The database's, and that this side is stopped: the position does not move then.
pub fn hear_admitted(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &TicketAdmitted,
) -> Result<Vec<String>, Fault> {
    let showtime = &told.showtime;
    if told.found
        && !custody::was_let_in(tx, cinema, &told.ticket)?
        && let Some((at, scheduled)) = known(tx, counter, cinema, showtime)?
        && let Some(hold) = custody::holder_of(tx, &at, &scheduled, &told.seat)?
    {
        custody::keep_for_its_guest(tx, &at, showtime, &told.seat)?;
        lose_to(tx, &at, &hold, (&told.ticket, &told.seat))?;
    }
    custody::hear_admitted(tx, counter, cinema, told)
}

/// The hub is told who has custody of the seats of a showtime. What somebody has chosen since it has forgotten that is not the seat that it was.
///
/// # Errors
/// The database's.
pub fn hear_custody(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &CustodyTold,
) -> Result<(), Fault> {
    let is_other = |ours: Epoch, theirs: Epoch| ours < theirs;
    if is_of_now(counter, told.generation) {
        lose_all(tx, counter, cinema, (&told.showtime, &told.seats), is_other)?;
    }
    custody::hear_custody(tx, counter, cinema, told)
}

/// The hub is told for which seats of a showtime the cinema knows a ticket of its own that stands.
///
/// # Errors
/// The database's.
pub fn hear_standing(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &TicketsStanding,
) -> Result<(), Fault> {
    // It is known before it is free here.
    custody::hear_standing(tx, counter, cinema, told)?;
    let is_sold = |ours: Epoch, theirs: Epoch| ours == theirs;
    match is_of_now(counter, told.generation) {
        true => lose_all(tx, counter, cinema, (&told.showtime, &told.seats), is_sold),
        false => Ok(()),
    }
}

/// Whether it was told to this life of the hub: what a life before was told may have changed since.
fn is_of_now(counter: &Counter, generation: LifeOfHub) -> bool {
    Generation::from(generation).0 == counter.life
}

/// Those of these seats are lost that somebody has chosen since the hub has forgotten what became of them. Who holds one since before is who may have
/// it, and their payment says whether they do.
fn lose_all(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    (showtime, told): (&ShowtimeId, &[SeatAtEpoch]),
    is_lost: impl Fn(Epoch, Epoch) -> bool,
) -> Result<(), Fault> {
    if custody::hears(tx, counter, cinema)? != Hears::AllButSeats {
        return Ok(());
    }
    let Some((at, scheduled)) = known(tx, counter, cinema, showtime)? else {
        return Ok(());
    };
    for (epoch, told, hold) in custody::holders_of(tx, &at, &scheduled, told)? {
        if let Some(mut purchase) = held(tx, &at, &hold)?
            && is_lost(epoch, told)
            && !purchase.hold.is_doubted
        {
            holds::doubt(tx, &mut purchase.hold)?;
            purchase.happens(tx, PurchaseFact::SeatLost)?;
        }
    }
    Ok(())
}

/// Whoever holds a seat loses it to the guest of this ticket, unless they are one.
fn lose_to(
    tx: &mut Tx<'_>,
    at: &At,
    hold: &HoldId,
    (ticket, seat): (&TicketId, &SeatId),
) -> Result<(), Fault> {
    let Some(mut purchase) = held(tx, at, hold)? else {
        return Ok(());
    };
    match sale::may_become(&purchase.payments, seat, ticket) {
        true => Ok(()),
        false => purchase.happens(tx, PurchaseFact::SeatLost),
    }
}

/// A showtime of a cinema that is known here and can be read.
fn known(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
) -> Result<Option<(At, Arc<Scheduled>)>, Fault> {
    let Some(at) = counter.at_in(tx, cinema)? else {
        return Ok(None);
    };
    let scheduled = readable(catalogue::scheduled(tx, &at.catalogue(), showtime))?;
    Ok(scheduled.map(|scheduled| (at, scheduled)))
}

/// A purchase that can be read.
fn held(tx: &mut Tx<'_>, at: &At, hold: &HoldId) -> Result<Option<Purchase>, Fault> {
    readable(Purchase::with(tx, at, hold).map(Some))
}
