//! Custody by hand-over code: at the hub free seats are given as always, and what the box has not heard of can be carried to it; at the box a
//! code moves custody by the epoch rule alone, and no position of the stream.

use std::collections::{BTreeMap, BTreeSet};

use box_office::custody::allotment::whole_blocks;
use box_office::custody::{self as rule, Case, Effect, Fact, Input, decide};
use box_office::{CinemaId, Epoch, SeatId, ShowtimeId};
use database::{Snapshot, Tx};
use mailbox::{outbox, stream};
use wire::event::{SeatAtEpoch, SeatsGranted};
use wire::{Body, Generation, HandOver, Hash, Incarnation, Meaning};

use super::{CustodyRefused, Here, Names, at_epoch, comparison, give_in, store};
use crate::catalogue::{self, local};
use crate::counter::{At, Counter};
use crate::{Fault, seats};

/// Which of the hub's free seats of a showtime a person hands over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All of them.
    All,
    /// So many at most, in whole blocks.
    Count(usize),
    /// These; what is on its way to the cinema already stays so.
    Named(BTreeSet<SeatId>),
}

/// A showtime of which this side has free seats, or whose seats are on their way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToHandOver {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The film's title.
    pub film: String,
    /// The room as guests call it.
    pub auditorium: String,
    /// When it begins, with the cinema's offset.
    pub starts_at: String,
    /// So many seats are this side's and free.
    pub free: usize,
    /// So many were given, and were not told to have arrived.
    pub on_their_way: usize,
}

/// What a code came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scanned {
    /// So many seats are this side's by it.
    pub taken: usize,
    /// So many are of a showtime or plan that is not known here yet, and wait until it is.
    pub waiting: usize,
    /// Of so many it says nothing new.
    pub known: usize,
    /// So many are given out of turn: each is a case.
    pub out_of_turn: usize,
}

/// Gives free seats of a showtime to the cinema, in a transaction; says how many.
///
/// # Errors
/// This side is stopped, the showtime is not known, or what is named is not all its own and free.
pub fn hand_over(
    tx: &mut Tx<'_>,
    at: &At,
    showtime: &ShowtimeId,
    wanted: &Wanted,
) -> Result<usize, CustodyRefused> {
    let scheduled = catalogue::scheduled(tx, &at.catalogue(), showtime)?;
    let scheduled = scheduled.ok_or(CustodyRefused::UnknownShowtime)?;
    let known = seats::all_known(tx, &scheduled)?;
    let wanted: BTreeSet<SeatId> = match wanted {
        Wanted::All => {
            let free = known.iter().filter(|it| it.record.is_free_for(at.side));
            free.map(|it| it.seat.clone()).collect()
        }
        Wanted::Count(most) => {
            let blocks = whole_blocks(at.side, &scheduled.plan, &known, *most);
            blocks.into_iter().collect()
        }
        Wanted::Named(named) => {
            let on_their_way = on_their_way(tx, at)?;
            let goes = |seat: &&SeatId| {
                let mut given = on_their_way.iter().filter(|it| it.showtime == *showtime);
                !given.any(|it| it.seats.iter().any(|it| it.seat == **seat))
            };
            let is_free = |seat: &&SeatId| {
                let mut free = known.iter().filter(|it| it.record.is_free_for(at.side));
                free.any(|it| it.seat == **seat)
            };
            // Half a love seat is of use to nobody, on neither side.
            let halves = named
                .iter()
                .filter_map(|seat| scheduled.plan.other_half(seat));
            let named = named.iter().chain(halves.filter(is_free));
            named.filter(goes).cloned().collect()
        }
    };
    give_in(tx, at, showtime, &wanted)?;
    Ok(wanted.len())
}

/// The showtimes that are not over of which seats can be handed over or are on their way, the next first.
///
/// # Errors
/// The database's.
pub fn to_hand_over(db: &mut Snapshot<'_>, at: &At) -> Result<Vec<ToHandOver>, Fault> {
    let given = on_their_way(db, at)?;
    let catalogue = at.catalogue();
    let mut found = Vec::new();
    for scheduled in catalogue.not_over(at.clock.now()) {
        let showtime = &scheduled.showtime;
        let known = seats::all_known(db, &scheduled)?;
        let free = known.iter().filter(|it| it.record.is_free_for(at.side));
        let given = given.iter().filter(|it| it.showtime == showtime.id);
        let seats = ToHandOver {
            showtime: showtime.id.clone(),
            film: scheduled.film.title.clone(),
            auditorium: scheduled.auditorium.name.clone(),
            starts_at: local(showtime.starts_at, catalogue.zone()),
            free: free.count(),
            on_their_way: given.map(|it| it.seats.len()).sum(),
        };
        if seats.free + seats.on_their_way > 0 {
            found.push(seats);
        }
    }
    Ok(found)
}

/// What this side has given to the other and was not told to have arrived, by showtime and plan; what has come back since is not among it.
///
/// # Errors
/// The database's.
pub fn on_their_way(db: &mut Snapshot<'_>, at: &At) -> Result<Vec<SeatsGranted>, Fault> {
    let Some(own) = stream::find(db, at.stream())? else {
        return Ok(Vec::new());
    };
    let mut given = BTreeMap::<_, BTreeMap<SeatId, u64>>::new();
    for event in outbox::all_unacknowledged_of(db, own, "seats_granted")? {
        if let Meaning::Known(body) = event.meaning()
            && let Body::SeatsGranted(granted) = &**body
        {
            let plan = (
                granted.showtime.clone(),
                granted.auditorium.clone(),
                granted.plan,
            );
            let seats = granted.seats.iter().map(|it| (it.seat.clone(), it.epoch));
            given.entry(plan).or_default().extend(seats);
        }
    }
    let mut all = Vec::new();
    for ((showtime, auditorium, plan), given) in given {
        let scheduled = match catalogue::scheduled(db, &at.catalogue(), &showtime) {
            Err(fault) if fault.is_unreadable() => None,
            found => found?,
        };
        let known = match &scheduled {
            Some(scheduled) => seats::all_known(db, scheduled)?,
            None => Vec::new(),
        };
        let is_still = |seat: &SeatId, epoch: u64| {
            let known = known.iter().find(|known| known.seat == *seat);
            known.is_none_or(|known| u64::from(known.record.epoch.number()) == epoch)
        };
        let seats: Vec<_> = (given.into_iter())
            .filter(|(seat, epoch)| is_still(seat, *epoch))
            .map(|(seat, epoch)| SeatAtEpoch { seat, epoch })
            .collect();
        if !seats.is_empty() {
            all.push(SeatsGranted {
                showtime,
                auditorium,
                plan,
                seats,
            });
        }
    }
    Ok(all)
}

/// Applies a code whose signature is right, once and by the epoch rule: what the stream brings later changes nothing more. What names a
/// showtime, plan or seat that is not known here waits until it is. `hub` is the other side's life as this side knows it.
///
/// # Errors
/// This side is stopped, or the code is for another life of one of the two.
pub fn scan(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    (code, name): (&HandOver, Hash),
    hub: Generation,
) -> Result<Scanned, CustodyRefused> {
    let mut here = Here::at(tx, counter, cinema)?;
    here.standing.other = Some(life(hub.0));
    let names = Names {
        showtime: &code.showtime,
        auditorium: Some(&code.auditorium),
        plan: code.plan,
    };
    let told: BTreeSet<(SeatId, Epoch)> = code.seats.iter().map(at_epoch).collect();
    let told: Vec<_> = told.into_iter().collect();
    let named = told.iter().map(|(seat, _)| seat);
    let known = here.load(tx, names.showtime, Some(names), named)?;
    let all = told.len();
    let told = known.still_to_come(tx, told)?;
    comparison::left_to_us(tx, &here, names.showtime, (&known.seats, &told))?;
    let (Incarnation(incarnation), Generation(generation)) = (code.incarnation, code.generation);
    let scan = Input::Scan(rule::HandOver {
        incarnation: life(incarnation),
        generation: life(generation),
        plan: code.plan,
        seats: told.clone(),
    });
    let mut decision = decide(&here.standing, &known.loaded(), &scan)?;
    if decision.moves_position {
        return Err(Fault::Broken("a code moves no position".into()).into());
    }
    let (mut listed, mut kept) = (Vec::new(), Vec::new());
    decision.effects.retain(|effect| match effect {
        Effect::ListInHello(seat, epoch) => {
            listed.push((seat.clone(), *epoch));
            false
        }
        Effect::Keep {
            fact: Fact::Given(seats),
            ..
        } => {
            kept.extend(seats.iter().cloned());
            true
        }
        Effect::Keep { .. } | Effect::Tell(_) | Effect::Refund(..) | Effect::Case(_) => true,
    });
    let waited = store::kept_of(tx, cinema, names.showtime)?;
    kept.retain(|seat| !waited.contains(seat));
    let taken = listed.len();
    let is_out_of_turn = |it: &&Effect| matches!(it, Effect::Case(Case::OutOfTurn { .. }));
    let out_of_turn = decision.effects.iter().filter(is_out_of_turn).count();
    for trouble in here.store(tx, names, &known, decision)? {
        tracing::error!(%cinema, trouble, "what a hand-over code gives does not fit");
    }
    let waiting = kept.len();
    listed.append(&mut kept);
    if !listed.is_empty() {
        store::list_scanned(tx, cinema, names.showtime, &listed)?;
        store::note_code(tx, cinema, (name, listed.len()), counter.clock.now())?;
    }
    Ok(Scanned {
        taken,
        waiting,
        known: all - taken - waiting - out_of_turn,
        out_of_turn,
    })
}

fn life(life: wire::Life) -> rule::Life {
    rule::Life {
        number: life.number,
        random: *life.random.as_bytes(),
    }
}
