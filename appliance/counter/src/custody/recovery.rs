//! A hub that has forgotten begins another life, and each cinema tells it who has custody of every seat: the higher epoch is right. What the hub
//! had free it may have sold and forgotten, so that it is in quarantine; what the cinema had not heard is told again. Then it is whole at that
//! cinema.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use box_office::custody::{
    Authority, LoadedSeat, SeatRecord, SeatState, Stopped, Testimony, recover,
};
use box_office::{CinemaId, Custodian, Epoch, ShowtimeId};
use database::{Snapshot, Tx};
use jiff::{SignedDuration, Timestamp};
use mailbox::{StreamId, outbox, stream};
use wire::event::{AppliedOfLife, CustodyTold, CustodyToldAll, SeatAtEpoch, TicketsStanding};
use wire::{Body, Generation, Meaning, Position};

use super::keeping::{is_unsold, keep_for_their_guests, save_kept_back};
use super::{Here, Names, at_epoch, door, standing_of, stopped, store};
use crate::cases::{self, By, Move};
use crate::catalogue::{self, Scheduled};
use crate::counter::{At, Counter};
use crate::{Fault, seats, standing};

/// Of what ended so long ago no custody is told: by then somebody has put a clock right that was wrong. What is not told is sold by nobody.
const TOLD_AFTER_END: SignedDuration = SignedDuration::from_hours(7 * 24);

/// So many lives of the hub are told of, the latest: each is a restore or a fail-over.
const MOST_LIVES: usize = 32;

/// What this side may apply of what the other tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hears {
    /// All of it.
    All,
    /// Nothing: it begins with a new Hello.
    Nothing,
    /// What a hub is told that recovers, where custody stands as it is told in the end.
    ToRecover,
    /// All of it but the seats that were given to a hub that has forgotten, which a person took as it is: they may have been sold in what it
    /// forgot. Custody stands as it is told in the end.
    AllButSeats,
}

/// What this side may apply of what the other tells.
///
/// # Errors
/// The database's.
pub fn hears(
    db: &mut Snapshot<'_>,
    counter: &Counter,
    cinema: &CinemaId,
) -> Result<Hears, database::Error> {
    let standing = standing_of(db, counter, cinema)?;
    Ok(match (standing.authority, counter.side) {
        (Authority::Whole, Custodian::Hub)
            if standing::accepted(db, cinema)? == Some(Stopped::Copy) =>
        {
            Hears::AllButSeats
        }
        (Authority::Whole, _) => Hears::All,
        (Authority::Lost(Stopped::Copy), Custodian::Hub) if counter.ports.stopped().is_none() => {
            Hears::ToRecover
        }
        (Authority::Lost(_), _) => Hears::Nothing,
    })
}

/// Whether a seat of the cinema is held here still of what is not over: a hub that recovers waits until each of them is sold or free. What is over
/// nobody sells again, whatever becomes of a payment for it.
///
/// # Errors
/// The database's.
pub fn is_any_held(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    now: Timestamp,
) -> Result<bool, database::Error> {
    seats::is_any_held(db, cinema, now)
}

/// Whether a seat of the cinema, of what is not over, is held still since before what this side has forgotten, as a person has accepted.
///
/// # Errors
/// The database's.
pub fn is_any_doubted(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    now: Timestamp,
) -> Result<bool, database::Error> {
    seats::is_any_doubted(db, cinema, now)
}

/// A hub that recovers hears what it is told as if it were whole, until the end of this transaction.
///
/// # Errors
/// The database's.
pub fn begin_to_hear(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<(), database::Error> {
    standing::accept(tx, cinema).map(drop)
}

/// The end of that, where it is not whole by now.
///
/// # Errors
/// The database's.
pub fn end_to_hear(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<(), database::Error> {
    standing::stop_again(tx, cinema, Stopped::Copy)
}

/// Custody is told of the showtimes that end later than this, whether or not they are on sale: one that is closed, or over by a clock that is
/// wrong, may come on sale again.
pub fn told_since(now: Timestamp) -> Timestamp {
    now.checked_sub(TOLD_AFTER_END).unwrap_or(Timestamp::MIN)
}

/// The box tells a hub in another life than the one that it knew all that it knows of custody, in the transaction that takes the hub for what it
/// is from there on.
///
/// # Errors
/// The database's.
pub fn tell_all(
    tx: &mut Tx<'_>,
    at: &At,
    generation: Generation,
    former: Generation,
) -> Result<(), Fault> {
    let cinema = at.cinema();
    let mut bodies = Vec::new();
    for known in catalogue::ending_after(tx, cinema, told_since(at.clock.now()))? {
        let id = known.stored.showtime.id;
        let Some(scheduled) = whole(tx, at, &id)? else {
            continue;
        };
        let given = seats::all_known(tx, &scheduled)?.into_iter();
        let given = given.filter(|seat| seat.record.epoch > Epoch::FIRST);
        let given = given.map(|seat| (seat.seat, seat.record.epoch));
        // What it had in a room before a hub that has forgotten the move may have there.
        let before = seats::epochs_before(tx, scheduled.key)?;
        let seats: Vec<_> = given
            .chain(before)
            .map(|(seat, epoch)| SeatAtEpoch {
                epoch: epoch.number().into(),
                seat,
            })
            .collect();
        for seats in seats.chunks(super::MOST_SEATS_TOLD) {
            bodies.push(Body::from(CustodyTold {
                generation: generation.into(),
                showtime: id.clone(),
                auditorium: scheduled.auditorium.id.clone(),
                plan: scheduled.plan.layout().version,
                seats: seats.to_vec(),
            }));
        }
        let sold = door::sold_there(tx, cinema, &id)?;
        for seats in sold.chunks(super::MOST_SEATS_TOLD) {
            bodies.push(Body::from(TicketsStanding {
                generation: generation.into(),
                showtime: id.clone(),
                seats: seats.to_vec(),
            }));
        }
    }
    let lives = stream::all_down(tx, cinema)?;
    let of_former = lives.iter().find(|(_, life, _)| *life == former);
    let applied = of_former.map_or(Position::START, |(_, _, applied)| *applied);
    let before = lives.iter().rev();
    let before = before.filter(|(_, life, _)| life.0.number < former.0.number);
    let mut before: Vec<AppliedOfLife> = before
        .take(MOST_LIVES)
        .map(|(_, life, applied)| AppliedOfLife {
            life: (*life).into(),
            applied: *applied,
        })
        .collect();
    before.reverse();
    bodies.push(Body::from(CustodyToldAll {
        generation: generation.into(),
        former: former.into(),
        applied,
        before,
    }));
    mailbox::session::forget(tx, cinema)?;
    at.tell(tx, cinema, bodies)
}

fn whole(
    tx: &mut Tx<'_>,
    at: &At,
    showtime: &ShowtimeId,
) -> Result<Option<std::sync::Arc<Scheduled>>, Fault> {
    match catalogue::scheduled(tx, &at.catalogue(), showtime) {
        Err(fault) if fault.is_unreadable() => Ok(None),
        found => found,
    }
}

/// The hub is told who has custody of the seats of a showtime.
///
/// # Errors
/// The database's.
pub(crate) fn hear_custody(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &CustodyTold,
) -> Result<(), Fault> {
    if Generation::from(told.generation).0 != counter.life {
        return Ok(());
    }
    let here = Here::at(tx, counter, cinema)?;
    let names = Names {
        showtime: &told.showtime,
        auditorium: Some(&told.auditorium),
        plan: told.plan,
    };
    let named = told.seats.iter().map(|told| &told.seat);
    let known = here.load(tx, &told.showtime, Some(names), named)?;
    let (Some(at), Some(scheduled)) = (&here.at, &known.scheduled) else {
        tracing::error!(%cinema, showtime = %told.showtime, "custody is told of what is not known here: nothing of it is sold");
        return Ok(());
    };
    let epochs: BTreeMap<_, _> = told.seats.iter().map(at_epoch).collect();
    let told_of = |ours: &LoadedSeat, state: &SeatState| {
        let epoch = *epochs.get(&ours.seat)?;
        Some(LoadedSeat {
            record: SeatRecord {
                epoch,
                state: state.clone(),
            },
            ..ours.clone()
        })
    };
    // Whoever holds one has lost it by now: it is nothing of the hold's any more, which ends without it.
    let is_held = |seat: &LoadedSeat| matches!(seat.record.state, SeatState::Held(_));
    let (held, known): (Vec<_>, Vec<_>) = known.seats.into_iter().partition(is_held);
    let (mut before, mut lost) = (Vec::new(), Vec::new());
    for ours in held {
        if let Some(theirs) = told_of(&ours, &SeatState::Free)
            && ours.record.epoch < theirs.record.epoch
        {
            before.push(ours);
            lost.push(theirs);
        }
    }
    let theirs: Vec<_> = (known.iter())
        .filter_map(|ours| told_of(ours, &SeatState::Free))
        .collect();
    let testimony = Testimony {
        seats: &theirs,
        forgotten: &[],
        unheard: &[],
        untold: &[],
    };
    // What was on its way to the box is told again with the rest that it has not heard.
    let recovered = recover(&known, &BTreeMap::new(), &testimony, &[]);
    let has_come = |seat: &LoadedSeat| {
        let before = known.iter().find(|known| known.seat == seat.seat);
        before.is_none_or(|before| before.record.epoch < seat.record.epoch)
    };
    before.extend_from_slice(&known);
    lost.extend(recovered.seats);
    save_kept_back(tx, at, scheduled, (&before, lost), has_come)
}

/// The hub is told for which seats of a showtime the cinema knows a ticket of its own that stands: what is free of them here was sold in what it has
/// forgotten. It is kept back, and no person's word sells it again.
///
/// # Errors
/// The database's.
pub(crate) fn hear_standing(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &TicketsStanding,
) -> Result<(), Fault> {
    if Generation::from(told.generation).0 != counter.life {
        return Ok(());
    }
    let here = Here::at(tx, counter, cinema)?;
    let named = told.seats.iter().map(|told| &told.seat);
    let known = here.load(tx, &told.showtime, None, named)?;
    let (Some(at), Some(scheduled)) = (&here.at, &known.scheduled) else {
        return Ok(());
    };
    let sold: BTreeSet<_> = told.seats.iter().map(at_epoch).collect();
    let mut forgotten = known.seats;
    forgotten.retain(|seat| {
        let SeatRecord { epoch, state } = &seat.record;
        is_unsold(state)
            && epoch.custodian() == Custodian::Hub
            && sold.contains(&(seat.seat.clone(), *epoch))
    });
    keep_for_their_guests(tx, at, scheduled, &forgotten)
}

/// The hub has been told all. What it had free is in quarantine if it `is_recovering`; what the cinema has not heard is told again, and the hub
/// is whole. Says whether that was said to this life of the hub.
///
/// # Errors
/// The database's.
pub fn hear_all_told(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    (told, is_recovering): (&CustodyToldAll, bool),
) -> Result<bool, Fault> {
    if Generation::from(told.generation).0 != counter.life {
        return Ok(false);
    }
    let untold = untold(tx, counter, cinema, told)?;
    counter.tell(tx, cinema, untold)?;
    if is_recovering {
        let why = "the cinema has told what the hub had forgotten";
        recovered(tx, counter, cinema, why)?;
    }
    standing::forget_accepted(tx, cinema)?;
    Ok(true)
}

/// The box that could tell what this side has forgotten is lost, in the transaction in which another takes its place.
///
/// # Errors
/// The database's.
pub fn go_on_without_former(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
) -> Result<(), Fault> {
    let why = "the box that knew what the hub has forgotten is lost, and another has its place";
    recovered(tx, counter, cinema, why)?;
    Ok(standing::forget_accepted(tx, cinema)?)
}

/// This side is whole again at a cinema.
fn recovered(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    reason: &str,
) -> Result<(), Fault> {
    keep_all_back(tx, counter, cinema)?;
    standing::accept(tx, cinema)?;
    let step = Move {
        by: By::Counter,
        what: "recovered",
        reason,
        at: counter.clock.now(),
    };
    let stopped = stopped::stopped_at(cinema);
    Ok(cases::put(tx, stopped, cinema, "closed", false, step)?)
}

/// What this side has free of a cinema may be sold in what it has forgotten, of any showtime and whatever its state: it is kept back, and the hub's
/// is told to be.
///
/// # Errors
/// The database's.
pub(crate) fn keep_all_back(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
) -> Result<(), Fault> {
    if let Some(at) = counter.at_in(tx, cinema)? {
        for known in catalogue::ending_after(tx, cinema, told_since(counter.clock.now()))? {
            if let Some(scheduled) = whole(tx, &at, &known.stored.showtime.id)? {
                let known = seats::all_known(tx, &scheduled)?;
                save_kept_back(tx, &at, &scheduled, (&known, known.clone()), |_| true)?;
            }
        }
    }
    // And what cannot be read, or ended long ago by a clock that may be wrong.
    let kept = seats::all_free_in_quarantine(tx, cinema, counter.side)?;
    if kept.is_empty() {
        return Ok(());
    }
    counter.reload(tx, cinema, kept)
}

/// What this side wrote in lives before this one and the cinema has not applied. Of each life that it has met the cinema says how far it has, for
/// one may have ended before it was told all; of later ones it has nothing. What was told again in a later life stands in that one's stream.
fn untold(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &CustodyToldAll,
) -> Result<Vec<Body>, Fault> {
    let met = told.before.iter().map(|it| (it.life, it.applied));
    let met: HashMap<Generation, Position> = met
        .chain([(told.former, told.applied)])
        .map(|(life, applied)| (Generation::from(life), applied))
        .collect();
    let mut bodies = Vec::new();
    for (stream, life, _) in stream::all_down(tx, cinema)? {
        let is_later = life.0.number > told.former.number;
        let applied = match met.get(&life) {
            Some(applied) => *applied,
            None if is_later && life.0 != counter.life => Position::START,
            None => continue,
        };
        if store::tell_again(tx, cinema, life)? {
            bodies.extend(written_after(tx, stream, applied)?);
        }
    }
    // What each said of custody then is said anew, where it still differs.
    bodies.retain(|body| !matches!(body, Body::CustodyClaimed(_)));
    Ok(bodies)
}

/// What a stream has after a position; nothing, if that is not of it.
fn written_after(
    db: &mut Snapshot<'_>,
    stream: StreamId,
    mut position: Position,
) -> Result<Vec<Body>, Fault> {
    let mut bodies = Vec::new();
    loop {
        let events = match outbox::after(db, stream, position.seq) {
            Err(error @ mailbox::Error::NotKept { .. }) => {
                tracing::error!(%error, "what this side wrote in an earlier life is not told again, for the other stands before what is kept of it");
                return Ok(Vec::new());
            }
            events => events?,
        };
        let Some(last) = events.last().map(wire::Event::position) else {
            return Ok(bodies);
        };
        for event in events {
            if !event.follows(&position) {
                return Ok(Vec::new());
            }
            position = event.position();
            if let Meaning::Known(body) = event.meaning() {
                bodies.push((**body).clone());
            }
        }
        position = last;
    }
}
