//! Seats that one side has and a guest of the other wants: asked for and awaited, or given whole with the event that tells of it; and sent
//! home when nobody has bought them.

use std::time::Duration;

use box_office::custody::ask::{self, Ask, Keeping};
use box_office::custody::{CustodyRefusal, Input, LoadedSeat, decide};
use box_office::{CinemaId, Custodian, HoldId, SeatId, ShowtimeId};
use database::{Snapshot, Tx};
use service::Due;
use wire::{Answered, NotGiven, Reply, Wish};

use super::recovery::{self, Hears};
use super::{Here, Names, keeping, takeover};
use crate::Fault;
use crate::catalogue::{Scheduled, ShowtimeKey};
use crate::counter::{At, Counter};
use crate::seats;

/// How long a guest waits for seats that are given and have not arrived: longer than a stream that flows takes.
const ARRIVES_WITHIN: Duration = Duration::from_secs(3);

/// After so long what was asked for has arrived, or does not: longer than an answer is waited for and the stream takes.
pub(crate) const ARRIVED_AFTER: Duration = Duration::from_secs(6);

/// What became of seats that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fetched {
    /// All of them are here.
    Arrived,
    /// A guest of the other side has these of them.
    NotFree(Vec<SeatId>),
    /// They cannot be had now, for another reason.
    OutOfReach,
    /// Nobody has said so in time; they may still arrive.
    Late,
}

/// Asks the other side for seats that it has, for a guest who waits. Those that it keeps are shown as held for a while.
///
/// # Errors
/// Only the database's.
pub(crate) async fn fetch(
    at: &At,
    scheduled: &Scheduled,
    seats: &[SeatId],
) -> Result<Fetched, Fault> {
    let mut arrivals = at.asking.arrivals();
    let keeps = |kept: &[SeatId]| {
        let (live, now) = (&at.shop.live, at.clock.monotonic());
        live.not_given(&scheduled.showtime.id, kept, now);
    };
    match at.ports.ask(at.cinema(), wish(scheduled, seats)).await {
        // Somebody else here may have asked for them before, and they are on their way.
        Answered::Replied(Reply::Given | Reply::Refused(NotGiven::NotOurs)) => {}
        Answered::Replied(Reply::Taken(taken)) => {
            // No more than was asked for, whatever the other side says.
            let taken: Vec<_> = (seats.iter())
                .filter(|seat| taken.contains(seat))
                .cloned()
                .collect();
            keeps(&taken);
            return Ok(Fetched::NotFree(taken));
        }
        Answered::Replied(Reply::Refused(NotGiven::NotFree)) => {
            keeps(seats);
            return Ok(Fetched::NotFree(seats.to_vec()));
        }
        Answered::Replied(Reply::Refused(why)) => {
            if why == NotGiven::Floor {
                keeps(seats);
            }
            return Ok(Fetched::OutOfReach);
        }
        Answered::OutOfReach => return Ok(Fetched::OutOfReach),
        Answered::Late => return Ok(Fetched::Late),
    }
    let until = at.clock.monotonic() + ARRIVES_WITHIN;
    loop {
        arrivals.borrow_and_update();
        if are_here(at, &scheduled.showtime.id, seats).await? {
            return Ok(Fetched::Arrived);
        }
        tokio::select! {
            biased;
            // Whoever tells of them lives as long as the counter.
            _ = arrivals.changed() => {}
            () = at.clock.reached(until) => return Ok(Fetched::Late),
        }
    }
}

/// Whether all of these are in this side's custody.
async fn are_here(at: &At, showtime: &ShowtimeId, seats: &[SeatId]) -> Result<bool, Fault> {
    Ok(not_here(at, showtime, seats.to_vec()).await?.is_empty())
}

/// Those of these that are not in this side's custody.
///
/// # Errors
/// Only the database's.
pub(crate) async fn not_here(
    at: &At,
    showtime: &ShowtimeId,
    mut seats: Vec<SeatId>,
) -> Result<Vec<SeatId>, Fault> {
    let (acting, showtime) = (at.clone(), showtime.clone());
    let read = at.database.read(move |db| {
        let here = Here::at(db, &acting, acting.cinema())?;
        let known = here.load(db, &showtime, None, seats.iter())?;
        let is_here = |seat: &SeatId| {
            let mut known = known.seats.iter();
            known.any(|it| it.seat == *seat && it.record.epoch.custodian() == acting.side)
        };
        seats.retain(|seat| !is_here(seat));
        Ok::<_, Fault>(seats)
    });
    read.await
}

/// Whether the other side says what becomes of these seats. One that is stopped does not, nor one that does not know them; and nobody does over a line
/// that brings no answer.
pub(crate) async fn is_answered_for(at: &At, scheduled: &Scheduled, seats: &[SeatId]) -> bool {
    if seats.is_empty() {
        return true;
    }
    let answered = at.ports.ask(at.cinema(), wish(scheduled, seats)).await;
    match answered {
        Answered::Replied(
            Reply::Given
            | Reply::Taken(_)
            | Reply::Refused(
                NotGiven::NotOurs | NotGiven::NotFree | NotGiven::Floor | NotGiven::TooSlow,
            ),
        ) => true,
        Answered::Replied(Reply::Refused(
            NotGiven::Stopped | NotGiven::Unknown | NotGiven::OtherPlan,
        ))
        | Answered::OutOfReach
        | Answered::Late => false,
    }
}

fn wish(scheduled: &Scheduled, seats: &[SeatId]) -> Wish {
    Wish {
        showtime: scheduled.showtime.id.clone(),
        auditorium: scheduled.auditorium.id.clone(),
        plan: scheduled.plan.layout().version,
        seats: seats.to_vec(),
    }
}

/// How many free seats of a showtime this side keeps for its own guests.
pub(crate) type Floor = fn(&mut Snapshot<'_>, &At, &Scheduled) -> Result<usize, Fault>;

/// What answering an ask needs of the rooms above.
#[derive(Debug, Clone)]
pub(crate) struct Yields {
    /// How many free seats of the showtime asks cannot take.
    pub(crate) floor: Floor,
    /// Those whose guests wait for an answer of the other side, and that can be given up.
    pub(crate) waiting: Vec<HoldId>,
    /// Gives one of them up.
    pub(crate) give_up: fn(&mut Tx<'_>, &At, &HoldId) -> Result<(), Fault>,
}

/// Gives what a guest of the other side wants, or says why not.
///
/// # Errors
/// Only the database's.
pub(crate) fn answer(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    wish: &Wish,
    yields: &Yields,
) -> Result<Reply, Fault> {
    let here = Here::at(tx, counter, cinema)?;
    let known = here.load(tx, &wish.showtime, None, wish.seats.iter())?;
    let (Some(at), Some(scheduled)) = (&here.at, known.scheduled.clone()) else {
        return Ok(Reply::Refused(NotGiven::Unknown));
    };
    let names = Names {
        showtime: &wish.showtime,
        auditorium: Some(&wish.auditorium),
        plan: wish.plan,
    };
    if !names.are_of(&scheduled) {
        return Ok(Reply::Refused(NotGiven::OtherPlan));
    }
    // If two groups collide, the guest at the cinema wins.
    if counter.side == Custodian::Cinema {
        let wanted = counter.asking.wanted(scheduled.key, &wish.seats);
        if !wanted.is_empty() {
            return Ok(Reply::Taken(wanted));
        }
    }
    let free = seats::free_seats(tx, counter.side, &[scheduled.key])?;
    let free = free.get(&scheduled.key).copied().unwrap_or(0) as usize;
    let keeping = Keeping {
        free,
        floor: (yields.floor)(tx, at, &scheduled)?,
        waiting: &yields.waiting,
    };
    let ask = Ask {
        plan: wish.plan,
        seats: wish.seats.clone(),
    };
    let granted = match ask::answer(&here.standing, &known.loaded(), &ask, &keeping) {
        Ok(granted) => granted,
        Err(CustodyRefusal::NotFree(taken)) => return Ok(Reply::Taken(taken)),
        Err(refusal) => return reason(&refusal).map(Reply::Refused),
    };
    if granted.yields.is_empty() {
        here.store(tx, names, &known, granted.decision)?;
        return Ok(Reply::Given);
    }
    for hold in &granted.yields {
        (yields.give_up)(tx, at, hold)?;
    }
    // Their seats are free by now, or on their way home, which is where they are wanted.
    send_home_in(tx, at, &wish.showtime, &wish.seats)?;
    let left = here.load(tx, &wish.showtime, None, wish.seats.iter())?;
    let is_ours = |seat: &LoadedSeat| seat.record.epoch.custodian() == counter.side;
    if left.seats.iter().any(is_ours) {
        return Err(Fault::Broken("a hold that gave way has its seats".into()));
    }
    Ok(Reply::Given)
}

fn reason(refusal: &CustodyRefusal) -> Result<NotGiven, Fault> {
    Ok(match refusal {
        CustodyRefusal::Stopped => NotGiven::Stopped,
        CustodyRefusal::NotOurs(_) => NotGiven::NotOurs,
        CustodyRefusal::Unknown => NotGiven::Unknown,
        CustodyRefusal::Floor => NotGiven::Floor,
        CustodyRefusal::OtherPlan => NotGiven::OtherPlan,
        CustodyRefusal::AlreadyAdmitted
        | CustodyRefusal::Revoked
        | CustodyRefusal::Superseded
        | CustodyRefusal::NotThisSide(_)
        | CustodyRefusal::NotBegun
        | CustodyRefusal::NotFree(_)
        | CustodyRefusal::OldCode => {
            return Err(Fault::Broken(format!("an ask is refused by {refusal}")));
        }
    })
}

/// As a job: sends home what was asked for by guests who have left.
pub async fn send_left_home(counter: Counter, now: Duration) -> Due {
    let (due, next) = counter.asking.left_by(now);
    for left in due {
        let Some(at) = counter.at(&left.cinema) else {
            continue;
        };
        if let Err(fault) = send_home(&at, &left.showtime, left.seats).await {
            counter.broke(&fault);
            tracing::warn!(%fault, "seats that nobody wants could not be sent home; they are free here");
        }
    }
    next.map_or(Due::WhenRung, Due::At)
}

/// The seats of a hold that ends unsold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unsold<'a> {
    /// All of them, free by now.
    pub(crate) seats: &'a [SeatId],
    /// Those that came by an ask.
    pub(crate) fetched: &'a [SeatId],
    /// Whether it is of before what this side has forgotten.
    pub(crate) is_doubted: bool,
}

/// What becomes of them, in the transaction that frees them: what may be sold is kept back, and what came by an ask goes home.
///
/// # Errors
/// Only the database's.
pub(crate) fn end_unsold(
    tx: &mut Tx<'_>,
    at: &At,
    (key, showtime): (ShowtimeKey, &ShowtimeId),
    unsold: Unsold<'_>,
) -> Result<(), Fault> {
    let freed = (unsold.seats, unsold.is_doubted);
    // At the hub somebody at the cinema has what came from there and is sold: it goes home all the same.
    let goes_home_first = at.side == Custodian::Hub && !unsold.is_doubted;
    if !goes_home_first {
        keeping::keep_freed_back(tx, at, (key, showtime), freed)?;
    }
    send_home_in(tx, at, showtime, unsold.fetched)?;
    if goes_home_first {
        keeping::keep_freed_back(tx, at, (key, showtime), freed)?;
    }
    Ok(())
}

/// Gives back those of these seats that are free and this side's: they came by an ask, and nobody has bought them.
///
/// # Errors
/// Only the database's.
pub(crate) async fn send_home(
    at: &At,
    showtime: &ShowtimeId,
    seats: Vec<SeatId>,
) -> Result<(), Fault> {
    let (acting, showtime) = (at.clone(), showtime.clone());
    at.database
        .write(at.scope(), move |tx| {
            send_home_in(tx, &acting, &showtime, &seats)
        })
        .await
}

/// The same in a transaction. Whoever is stopped keeps them, and so does everybody while the line is down: what cannot arrive would be
/// nobody's. They are free here then, as all others; but what the other side has taken over goes, for somebody has it there, and is kept back
/// where it may be sold in what this side has forgotten.
///
/// # Errors
/// Only the database's.
pub(crate) fn send_home_in(
    tx: &mut Tx<'_>,
    at: &At,
    showtime: &ShowtimeId,
    seats: &[SeatId],
) -> Result<(), Fault> {
    if seats.is_empty() {
        return Ok(());
    }
    let here = Here::at(tx, at, at.cinema())?;
    let known = here.load(tx, showtime, None, seats.iter())?;
    let Some(scheduled) = known.scheduled.clone() else {
        return Ok(());
    };
    let is_linked = at.ports.is_linked(at.cinema());
    let (mut free, mut taken_over) = (Vec::new(), Vec::new());
    for known in &known.seats {
        if !known.record.is_free_for(at.side) {
            continue;
        }
        let of_seat = (&known.seat, known.record.epoch);
        if seats::is_heard_sold(tx, scheduled.key, of_seat)? {
            taken_over.push(known.clone());
        } else if is_linked {
            free.push(known.seat.clone());
        }
    }
    if recovery::hears(tx, at, at.cinema())? == Hears::AllButSeats {
        keeping::keep_back(tx, at, &scheduled, &taken_over)?;
        taken_over.clear();
    }
    free.extend(taken_over.iter().map(|known| known.seat.clone()));
    if free.is_empty() {
        return Ok(());
    }
    let names = Names {
        showtime,
        auditorium: Some(&scheduled.auditorium.id),
        plan: scheduled.plan.layout().version,
    };
    let Ok(decision) = decide(&here.standing, &known.loaded(), &Input::Give(free)) else {
        return Ok(());
    };
    here.store(tx, names, &known, decision)?;
    takeover::given(tx, at, (scheduled.key, showtime), &taken_over)
}
