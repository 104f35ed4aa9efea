//! Allotment: while the line is up, each side gives the other free seats by itself, so that both can sell when it is down. How many is
//! policy (`box_office::custody::allotment`); here it is asked every minute of each showtime that is sold, and given in whole blocks. While
//! the line is down nobody gives anything: what cannot arrive would be nobody's.

mod cut;
mod store;

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use box_office::custody::LoadedSeat;
use box_office::custody::allotment::{self as policy, Outlook, Sales, to_give};
use box_office::{CinemaId, Custodian, SeatId, SeatState, ShowtimeId, ShowtimeStatus};
use database::{Snapshot, Tx};
use jiff::Timestamp;
use service::Due;
use wire::event as told;
use wire::{Reply, Wish};

use crate::Fault;
use crate::catalogue::{self, Scheduled};
use crate::checkout;
use crate::counter::{At, Counter, scope};
use crate::custody::{self, CustodyRefused};
use crate::ports::OnlineSales;
use crate::seats;

pub use cut::if_cut;

/// How often it is looked how each showtime sells; besides, when the line comes up and when the hub says whether it sells.
const EVERY: Duration = Duration::from_secs(60);

/// The cinema tops the hub up no more from so many minutes before online sales end: clocks differ, and what is on its way then is nobody's
/// when it is wanted most.
const TOPPED_UP_UNTIL_MIN: i64 = 15;

/// A seat that has changed hands so often stays where it is, but for guests who ask: whatever the two sides disagree about (a clock, what may
/// be sold), seats do not go to and fro for ever. Hands that guests have made it change count as well, so that it is many more than any
/// evening's policy needs.
const MOST_HANDS: u32 = 100;

/// As long before every start that nobody sells online any more.
const NOT_AT_ALL: i64 = i64::MAX;

/// Does what has come due: the hub tells each cinema whether it sells, and each side gives what is above its share.
pub async fn run_due(counter: Counter, now: Duration) -> Due {
    for cinema in counter.cinemas() {
        if !counter.ports.is_linked(&cinema) {
            continue;
        }
        if let Err(fault) = look_after(&counter, &cinema).await {
            counter.broke(&fault);
            tracing::warn!(%cinema, %fault, "seats could not be allotted; it is tried again in a minute");
        }
    }
    Due::At(now + EVERY)
}

/// The hub tells whether, and how, it sells this cinema's seats.
///
/// # Errors
/// Only the database's.
pub fn hear(tx: &mut Tx<'_>, at: &At, told: &told::OnlineSales) -> Result<(), Fault> {
    let sales = told.is_open.then_some(OnlineSales {
        end_before_start_min: told.end_before_start_min,
    });
    store::put(tx, at.cinema(), sales)?;
    let acting = at.clone();
    tx.after_commit(move || acting.allotting.ring());
    Ok(())
}

/// Answers what a guest of the other side wants: all of the seats are given in this transaction, or none is.
///
/// # Errors
/// Only the database's: nothing is given then.
pub fn answer_ask(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    wish: &Wish,
) -> Result<Reply, Fault> {
    checkout::answer_ask(tx, counter, cinema, wish, floor)
}

/// How many of this side's free seats asks cannot take.
fn floor(db: &mut Snapshot<'_>, at: &At, scheduled: &Scheduled) -> Result<usize, Fault> {
    let end_before_start_min = match at.side {
        Custodian::Hub => at.ports.online_sales().map(|it| it.end_before_start_min),
        // A hub that has never said whether it sells by itself asks for whoever sells there.
        Custodian::Cinema => match store::find(db, at.cinema())? {
            None => Some(0),
            Some(sales) => sales.map(|it| it.end_before_start_min),
        },
    };
    let known = seats::all_known(db, scheduled)?;
    let sales = sales(db, at.side, scheduled, &known)?;
    let until_start = (scheduled.showtime.starts_at).duration_since(at.clock.now());
    let end_before_start_min = end_before_start_min.map_or(NOT_AT_ALL, i64::from);
    let outlook = Outlook::of(&sales, until_start.as_mins(), end_before_start_min);
    Ok(policy::floor(at.side, &outlook))
}

async fn look_after(counter: &Counter, cinema: &CinemaId) -> Result<(), Fault> {
    let Some(at) = counter.at(cinema) else {
        return Ok(());
    };
    let Some(end_before_start_min) = online_sales(&at).await? else {
        return Ok(());
    };
    let now = at.clock.now();
    let asking = at.clone();
    let found = at.database.read(move |db| {
        let mut found = Vec::new();
        for scheduled in asking.catalogue().not_over(now) {
            let id = &scheduled.showtime.id;
            if !what_is_above(db, &asking, id, end_before_start_min, now)?.is_empty() {
                found.push(id.clone());
            }
        }
        Ok::<_, Fault>(found)
    });
    for showtime in found.await? {
        give(&at, showtime, end_before_start_min).await?;
    }
    Ok(())
}

/// How long before their starts seats go back to the cinema; nothing, where this side has nothing to give by itself. The hub says so first.
async fn online_sales(at: &At) -> Result<Option<i64>, Fault> {
    let cinema = at.cinema().clone();
    let known = at.database.read(move |db| store::find(db, &cinema)).await?;
    if at.side == Custodian::Cinema {
        return Ok(known
            .flatten()
            .map(|sales| sales.end_before_start_min.into()));
    }
    let sales = at.ports.online_sales();
    // Whoever was never told that seats are sold here has given none for it.
    if known.is_none() && sales.is_none() {
        return Ok(None);
    }
    // Once in each life too: a box of before passes over it, and one that was put back has forgotten it.
    let is_told = at.shop.is_told_how_it_sells.swap(true, Ordering::Relaxed);
    if !is_told || known.unwrap_or_default() != sales {
        let acting = at.clone();
        let telling = at.database.write(at.scope(), move |tx| {
            store::put(tx, acting.cinema(), sales)?;
            let told = told::OnlineSales {
                is_open: sales.is_some(),
                end_before_start_min: sales.map_or(0, |sales| sales.end_before_start_min),
            };
            acting.tell(tx, acting.cinema(), [told.into()])
        });
        telling.await?;
    }
    Ok(Some(sales.map_or(NOT_AT_ALL, |sales| {
        sales.end_before_start_min.into()
    })))
}

/// Another box stands at a cinema, which was told nothing yet.
pub fn tell_anew(counter: &Counter, cinema: &CinemaId) {
    if let Some(at) = counter.at(cinema) {
        at.shop.is_told_how_it_sells.store(false, Ordering::Relaxed);
        counter.allotting.ring();
    }
}

async fn give(at: &At, showtime: ShowtimeId, end_before_start_min: i64) -> Result<(), Fault> {
    let (acting, id) = (at.clone(), showtime.clone());
    let giving = at.database.write(scope(at.cinema()), move |tx| {
        let now = acting.clock.now();
        let seats = what_is_above(tx, &acting, &id, end_before_start_min, now)?;
        custody::give_in(tx, &acting, &id, &seats)?;
        Ok::<_, CustodyRefused>(seats.len())
    });
    match giving.await {
        Ok(seats) => {
            tracing::info!(cinema = %at.cinema(), %showtime, seats, "seats are given to the other side");
            Ok(())
        }
        Err(CustodyRefused::Fault(fault)) => Err(fault),
        // It is frozen, or the showtime has gone: there is nothing to give.
        Err(CustodyRefused::UnknownShowtime | CustodyRefused::Custody(_)) => Ok(()),
    }
}

/// The seats of a showtime that this side has above its share.
fn what_is_above(
    db: &mut Snapshot<'_>,
    at: &At,
    showtime: &ShowtimeId,
    end_before_start_min: i64,
    now: Timestamp,
) -> Result<BTreeSet<SeatId>, Fault> {
    let scheduled = match catalogue::scheduled(db, &at.catalogue(), showtime) {
        // Whoever mends it has its seats allotted.
        Err(fault) if fault.is_unreadable() => None,
        found => found?,
    };
    let is_open = |it: &Scheduled| it.showtime.status == ShowtimeStatus::Open;
    // What is closed is the cinema's to do with as it likes: to put it into another room, for one.
    let gives = |it: &Scheduled| match (at.side, it.showtime.status) {
        (_, ShowtimeStatus::Open) | (Custodian::Hub, ShowtimeStatus::Closed) => true,
        (Custodian::Cinema, ShowtimeStatus::Closed) | (_, ShowtimeStatus::Cancelled) => false,
    };
    let Some(scheduled) = scheduled.filter(|it| gives(it)) else {
        return Ok(BTreeSet::new());
    };
    let known = seats::all_known(db, &scheduled)?;
    let is_empty_handed = !known.iter().any(|seat| seat.record.is_free_for(at.side));
    if is_empty_handed || now >= scheduled.showtime.ends_at {
        return Ok(BTreeSet::new());
    }
    let sales = sales(db, at.side, &scheduled, &known)?;
    let starts_in_min = scheduled.showtime.starts_at.duration_since(now).as_mins();
    let (may_go, end_before_start_min) = match at.side {
        // What may not be sold here is of use at the cinema only.
        Custodian::Hub if !is_open(&scheduled) || catalogue::is_withheld(db, scheduled.key)? => {
            (known, NOT_AT_ALL)
        }
        Custodian::Hub => (known, end_before_start_min),
        Custodian::Cinema => {
            // The hub may have said since that it sells no more.
            let Some(sales) = store::find(db, at.cinema())?.flatten() else {
                return Ok(BTreeSet::new());
            };
            let end_before_start_min = sales.end_before_start_min.into();
            let last_min = i64::saturating_add(end_before_start_min, TOPPED_UP_UNTIL_MIN);
            let may_go = |seat: &LoadedSeat| {
                starts_in_min >= last_min && seat.record.epoch.number() < MOST_HANDS
            };
            let known = known.into_iter().filter(may_go);
            (known.collect(), end_before_start_min)
        }
    };
    let outlook = Outlook::of(&sales, starts_in_min, end_before_start_min);
    let seats = to_give(at.side, &scheduled.plan, &may_go, &outlook);
    Ok(seats.into_iter().collect())
}

/// How a showtime has sold, by what is in this side's custody and what was heard of the rest.
fn sales(
    db: &mut Snapshot<'_>,
    side: Custodian,
    scheduled: &Scheduled,
    known: &[LoadedSeat],
) -> Result<Sales, Fault> {
    let is_sold = |seat: &&LoadedSeat| {
        use SeatState::{Revoking, Sold, TakenOver};
        matches!(seat.record.state, Sold(_) | Revoking(_) | TakenOver(_))
    };
    let is_ours = |seat: &&LoadedSeat| seat.record.epoch.custodian() == side;
    let ours: HashSet<&SeatId> = known.iter().filter(is_ours).map(|it| &it.seat).collect();
    let heard = seats::heard_sold(db, scheduled)?;
    let theirs = heard.iter().filter(|seat| !ours.contains(seat)).count();
    let sold = known.iter().filter(is_ours).filter(is_sold).count();
    let free = known.iter().filter(|seat| seat.record.is_free_for(side));
    let all = scheduled.plan.len();
    let free_there = all.saturating_sub(ours.len() + theirs);
    let (lobby, online) = match side {
        Custodian::Cinema => (sold, theirs),
        Custodian::Hub => (theirs, sold),
    };
    Ok(Sales {
        lobby,
        online,
        free: free.count() + free_there,
        seats: all,
    })
}
