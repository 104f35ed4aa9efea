//! Purchases of seats that the other side has, and what a guest of the other side wants of this one's.

use std::future::Future;

use box_office::checkout::{Purchase as State, PurchaseTrigger};
use box_office::ledger::HoldRefusal;
use box_office::{CinemaId, HoldId, SeatId, ShowtimeId};
use counter_api::SeatChoice;
use database::Tx;
use wire::{Reply, Wish};

use super::CheckoutRefused;
use super::purchase::Purchase;
use crate::Fault;
use crate::asking::{Left, Waits};
use crate::counter::{At, Counter};
use crate::custody::{self, Fetched, Floor, Yields};
use crate::holds::{self, HoldRefused};
use crate::seats::SeatsRefused;

/// What a guest wants, of either side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) showtime: &'a ShowtimeId,
    pub(super) seats: &'a [SeatChoice],
    /// Their hold, if they have one.
    pub(super) hold: Option<&'a HoldId>,
}

/// Tries something that takes seats of this side. If the other side has some of them they are asked for, and it is tried once more, with
/// those that were asked for.
pub(super) async fn reaching<T, F>(
    at: &At,
    wanted: Wanted<'_>,
    attempt: impl Fn(Vec<SeatId>) -> F,
) -> Result<T, CheckoutRefused>
where
    F: Future<Output = Result<T, CheckoutRefused>>,
{
    match attempt(Vec::new()).await {
        Err(refused) if is_out_of_reach(&refused) => after(at, wanted, refused, attempt).await,
        done => done,
    }
}

/// The second try of [`reaching`], after the first was refused.
pub(super) async fn after<T, F>(
    at: &At,
    wanted: Wanted<'_>,
    refused: CheckoutRefused,
    attempt: impl Fn(Vec<SeatId>) -> F,
) -> Result<T, CheckoutRefused>
where
    F: Future<Output = Result<T, CheckoutRefused>>,
{
    let (Some(away), Some(scheduled)) = (away(&refused), at.showtime(wanted.showtime)) else {
        return Err(refused);
    };
    let away = away.to_vec();
    let own = wanted.seats.iter().map(|choice| &choice.seat);
    // Until the second try is over: what the guest has here stays theirs, as far as it can.
    let _waiting = at.asking.wait(Waits {
        showtime: scheduled.key,
        seats: own.filter(|seat| !away.contains(seat)).cloned().collect(),
        hold: wanted.hold.cloned(),
    });
    // Whatever becomes of this guest: they may have left, and seats that were given arrive all the same.
    let mut arriving = Arriving {
        at,
        showtime: wanted.showtime,
        seats: away,
    };
    let fetched = custody::fetch(at, &scheduled, &arriving.seats).await?;
    // Whether or not they came: the same request may have been made twice at once, and the other one have what it wants.
    match (attempt(arriving.seats.clone()).await, fetched) {
        (Ok(done), _) => {
            arriving.seats.clear();
            Ok(done)
        }
        (Err(refused), Fetched::Arrived) => {
            let seats = std::mem::take(&mut arriving.seats);
            custody::send_home(at, wanted.showtime, seats).await?;
            Err(refused)
        }
        (Err(refused), Fetched::NotFree(held)) if is_out_of_reach(&refused) => {
            arriving.seats.clear();
            Err(taken(held))
        }
        (Err(refused), Fetched::NotFree(_) | Fetched::OutOfReach) => {
            arriving.seats.clear();
            Err(refused)
        }
        (Err(refused), Fetched::Late) => Err(refused),
    }
}

/// Whether the other side can be asked for those of these seats that are not this side's: it is. What it gives is on sale here then, and goes home
/// if nobody buys it.
///
/// # Errors
/// Only the database's.
pub(super) async fn can_be_had(
    at: &At,
    showtime: &ShowtimeId,
    seats: Vec<SeatId>,
) -> Result<bool, Fault> {
    let Some(scheduled) = at.showtime(showtime) else {
        return Ok(false);
    };
    let asked = Arriving {
        at,
        showtime,
        seats: custody::not_here(at, showtime, seats).await?,
    };
    Ok(custody::is_answered_for(at, &scheduled, &asked.seats).await)
}

/// Seats that were asked for and that nobody may have wanted in the end: dropped, they go home as soon as they can have arrived.
struct Arriving<'a> {
    at: &'a At,
    showtime: &'a ShowtimeId,
    seats: Vec<SeatId>,
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        let seats = std::mem::take(&mut self.seats);
        if seats.is_empty() {
            return;
        }
        self.at.asking.leave(Left {
            cinema: self.at.cinema().clone(),
            showtime: self.showtime.clone(),
            seats,
            arrived: self.at.clock.monotonic() + custody::ARRIVED_AFTER,
        });
    }
}

/// A guest of the other side has some of these.
fn taken(held: Vec<SeatId>) -> CheckoutRefused {
    let sold = Vec::new();
    HoldRefused::Seats(SeatsRefused::Seats(HoldRefusal::Taken { held, sold })).into()
}

/// Whether it is refused for seats that the other side has.
pub(super) fn is_out_of_reach(refused: &CheckoutRefused) -> bool {
    away(refused).is_some()
}

fn away(refused: &CheckoutRefused) -> Option<&[SeatId]> {
    let CheckoutRefused::Hold(HoldRefused::Seats(SeatsRefused::Seats(refused))) = refused else {
        return None;
    };
    if let HoldRefusal::NotOurs { seats } = refused {
        Some(seats)
    } else {
        None
    }
}

/// Answers what a guest of the other side wants: all of the seats are given in this transaction, or none is. At the hub a guest who waits for
/// an answer themselves, and holds some of them, gives way.
///
/// # Errors
/// Only the database's: nothing is given then.
pub(crate) fn answer_ask(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    wish: &Wish,
    floor: Floor,
) -> Result<Reply, Fault> {
    let mut waiting = Vec::new();
    for hold in counter.asking.holds() {
        // One that is being paid for stays.
        let row = holds::by_id(tx, &hold)?;
        if row.is_some_and(|row| matches!(row.state, State::Open { .. })) {
            waiting.push(hold);
        }
    }
    let yields = Yields {
        floor,
        waiting,
        give_up,
    };
    custody::answer(tx, counter, cinema, wish, &yields)
}

/// Others were faster.
fn give_up(tx: &mut Tx<'_>, at: &At, hold: &HoldId) -> Result<(), Fault> {
    let mut purchase = Purchase::with(tx, at, hold)?;
    let sums = purchase.sums(tx)?;
    let step = purchase
        .ask(tx, PurchaseTrigger::Release, &sums)
        .map_err(|refused| Fault::Broken(format!("{hold} does not give way: {refused:?}")))?;
    let given_up = purchase.take(tx, step, None);
    given_up.map_err(CheckoutRefused::into_fault).map(drop)
}
