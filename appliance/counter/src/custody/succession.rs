//! A box takes the place of another that is lost: it begins from what the hub knows. What was in the lost box's custody, or on its way to it,
//! and is not proven sold, is in quarantine until its guest shows a ticket, or a person at the cinema answers for it.

mod refusal;
mod store;

use std::collections::{BTreeMap, BTreeSet};

use box_office::custody::{
    AtHub, Input, LoadedSeat, Proof, Sale, SeatRecord, SeatState, TicketRecord, TicketState,
    decide, snapshot,
};
use box_office::text::counted;
use box_office::{CinemaId, Custodian, Epoch, SeatId, ShowtimeId, TicketId, TicketKindId};
use database::{Snapshot, Tx};
use jiff::Timestamp;
use mailbox::StreamKey;
use serde::{Deserialize, Serialize};
use service::http::Refusal;
use wire::enrolment::{FormerSeat, FormerShowtime, FormerTicket, Succession, TakenBack};
use wire::{PublicKey, Tickets};

use super::{Here, Names, comparison, door, keeping};
use crate::cases::{self, By, CaseKey, Move};
use crate::catalogue::{self, ShowtimeKey};
use crate::counter::{At, Counter};
use crate::{Fault, seats, tickets};

pub use refusal::SuccessionRefused;

/// The kind of the cases in which a person has answered for seats that may be sold.
const KIND: &str = "quarantine";

/// A showtime as the boxes before told of it.
#[derive(Debug, Clone)]
pub struct Told {
    /// Which.
    pub showtime: ShowtimeId,
    /// Whether it has begun, so that seats of the hub may have been taken over.
    pub has_begun: bool,
    /// When it ends.
    pub ends_at: Timestamp,
    /// The tickets that they sold.
    pub tickets: Vec<(TicketId, Sale, TicketKindId)>,
}

/// What the hub knows of showtimes of a cinema, for the box that takes the place of another.
///
/// # Errors
/// The database refuses.
pub fn for_successor(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: Vec<Told>,
) -> Result<Vec<FormerShowtime>, Fault> {
    let here = Here::at(tx, counter, cinema)?;
    told.into_iter()
        .map(|told| as_known(tx, &here, told))
        .collect()
}

fn as_known(tx: &mut Tx<'_>, here: &Here<'_>, told: Told) -> Result<FormerShowtime, Fault> {
    let Told {
        showtime,
        has_begun,
        ends_at,
        tickets,
    } = told;
    let mut kinds = BTreeMap::new();
    let mut records = BTreeMap::new();
    for (ticket, sale, kind) in tickets {
        kinds.insert(ticket.clone(), kind);
        records.insert(ticket, TicketRecord::sold(sale));
    }
    let scheduled = match &here.at {
        None => None,
        Some(at) => match catalogue::scheduled(tx, &at.catalogue(), &showtime) {
            Err(fault) if fault.is_unreadable() => None,
            found => found?,
        },
    };
    let mut seats = Vec::new();
    let (mut left, mut plans_before) = (Vec::new(), Vec::new());
    if let Some(scheduled) = &scheduled {
        for (seat, epoch, edition) in seats::before(tx, scheduled.key)? {
            left.push((seat, epoch.number(), edition));
        }
        plans_before = super::store::plans_before(tx, scheduled.key)?;
        let places = scheduled.plan.layout().places.iter();
        let all = places.map(|place| &place.seat);
        seats = seats::load(tx, here.counter.side, scheduled, all)?;
        for (ticket, record, kind) in tickets::sold_of(tx, scheduled.key, here.counter.side)? {
            kinds.insert(ticket.clone(), kind);
            records.insert(ticket, record);
        }
    }
    let of_hub = AtHub {
        seats: &seats,
        tickets: &records,
        // What is on its way is the cinema's here already.
        on_their_way: &[],
        has_begun,
    };
    let (known, _) = snapshot(&of_hub, false);
    let seats = match scheduled.is_some() {
        true => known.seats.iter().filter_map(former_seat).collect(),
        false => {
            let standing = records.iter().filter(|(_, record)| record.stands());
            standing.map(sold_seat).collect()
        }
    };
    let mut tickets = Vec::with_capacity(records.len());
    for (ticket, record) in &records {
        let admitted = door::admission_of(tx, here.cinema, ticket)?;
        tickets.push(FormerTicket {
            ticket: ticket.clone(),
            seat: record.sale.seat.clone(),
            seller: record.sale.seller,
            epoch: record.sale.epoch.number(),
            edition: record.sale.edition,
            kind: kinds[ticket].clone(),
            admitted: admitted.map(|was| {
                let is_proven = was.proof == Proof::Proven;
                (was.at.as_millisecond(), was.device, is_proven)
            }),
            taken_back: match record.state {
                TicketState::Live | TicketState::Revoking => None,
                TicketState::Revoked => Some(TakenBack::Revoked),
                TicketState::Unproven => Some(TakenBack::Unproven),
            },
        });
    }
    Ok(FormerShowtime {
        showtime,
        ends: Some(ends_at.as_millisecond()),
        seats,
        tickets,
        left,
        plans_before,
    })
}

/// A seat as it is told; nothing of one that nobody need name.
fn former_seat(loaded: &LoadedSeat) -> Option<FormerSeat> {
    let SeatRecord { epoch, state } = &loaded.record;
    let is_in_doubt = *state == SeatState::Quarantine;
    let ticket = state.ticket().cloned();
    (!is_in_doubt || *epoch > Epoch::FIRST).then(|| FormerSeat {
        seat: loaded.seat.clone(),
        epoch: epoch.number(),
        ticket,
        is_in_doubt,
    })
}

/// A seat of a showtime of which only its tickets are known.
fn sold_seat((ticket, record): (&TicketId, &TicketRecord)) -> FormerSeat {
    FormerSeat {
        seat: record.sale.seat.clone(),
        epoch: record.sale.epoch.number(),
        ticket: Some(ticket.clone()),
        is_in_doubt: false,
    }
}

/// Whether a box has never held, sold or received a seat.
///
/// # Errors
/// The database refuses.
pub fn is_blank(db: &mut Snapshot<'_>) -> Result<bool, database::Error> {
    store::is_blank(db)
}

/// Whether a box has taken nobody's place yet, and has held, sold or received no seat.
///
/// # Errors
/// The database refuses.
pub(crate) fn may_succeed(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<bool, database::Error> {
    Ok(!store::has_succeeded(db, cinema)? && store::is_blank(db)?)
}

/// A box takes the place of those before it, in the transaction in which it is enrolled. Every showtime that it knows by then is theirs,
/// whether or not the hub has heard of it; what is imported later is theirs where the hub has. Once: nothing is done if it was done before.
/// The hub's stream `down` is applied from behind what was told.
///
/// # Errors
/// It has held or sold a seat itself, or what the hub tells cannot be read.
pub fn succeed(
    tx: &mut Tx<'_>,
    at: &At,
    (succession, down): (&Succession, &StreamKey),
) -> Result<(), SuccessionRefused> {
    let cinema = at.cinema();
    if store::has_succeeded(tx, cinema)? {
        return Ok(());
    }
    if !store::is_blank(tx)? {
        return Err(SuccessionRefused::NotBlank);
    }
    mailbox::stream::open_at(tx, down, succession.head()?)?;
    let keys: Vec<PublicKey<Tickets>> = succession.keys(cinema)?;
    store::forget_something(tx, cinema)?;
    store::begin_series(tx, cinema, i64::from(succession.before) + 1)?;
    store::keep_keys(tx, cinema, &keys)?;
    for former in &succession.showtimes {
        store::keep_showtime(tx, cinema, former)?;
        door::hear_former(tx, (cinema, at.clock.now()), former)?;
    }
    let listed: BTreeSet<&ShowtimeId> = (succession.showtimes.iter())
        .map(|former| &former.showtime)
        .collect();
    let mut changed = receive_former(tx, cinema)?;
    for known in catalogue::ending_after(tx, cinema, Timestamp::MIN)? {
        let id = known.stored.showtime.id;
        if !listed.contains(&id) {
            seats::all_in_quarantine(tx, known.key)?;
            changed.push(id);
        }
    }
    at.reload(tx, cinema, changed)?;
    Ok(())
}

/// Applies what was told of showtimes that are known by now; gives which those are.
pub(crate) fn receive_former(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<Vec<ShowtimeId>, Fault> {
    let waiting = store::waiting(tx, cinema)?;
    let ids = waiting.iter().map(|former| &former.showtime);
    let keys: BTreeMap<ShowtimeId, ShowtimeKey> = catalogue::showtime_keys(tx, cinema, ids)?
        .into_iter()
        .collect();
    let mut applied = Vec::new();
    for former in waiting {
        let Some(key) = keys.get(&former.showtime) else {
            continue;
        };
        seats::all_in_quarantine(tx, *key)?;
        for seat in &former.seats {
            let edition = seat.ticket.as_ref().and_then(|ticket| {
                let mut sold = former.tickets.iter();
                sold.find(|sold| sold.ticket == *ticket)
                    .map(|sold| sold.edition)
            });
            let record = SeatRecord {
                epoch: Epoch::new(seat.epoch),
                state: state_of(seat),
            };
            let edition = edition.unwrap_or(0);
            if !seats::put_former(tx, *key, (&seat.seat, &record), edition)? {
                let (showtime, seat) = (&former.showtime, &seat.seat);
                tracing::error!(%cinema, %showtime, %seat, "the room has no such seat, and the box before had: look whether the programme is the same");
            }
        }
        for (seat, epoch, edition) in &former.left {
            // The file may have it in a room that has the seat.
            let record = SeatRecord {
                epoch: Epoch::new(*epoch),
                state: SeatState::Quarantine,
            };
            if !seats::put_former(tx, *key, (seat, &record), *edition)? {
                seats::put_before(tx, *key, [(seat, record.epoch, *edition)].into_iter())?;
            }
        }
        for (auditorium, plan, moved_ms) in &former.plans_before {
            let moved_at = Timestamp::from_millisecond(*moved_ms).unwrap_or(Timestamp::UNIX_EPOCH);
            super::note_moved(tx, *key, (auditorium, *plan), moved_at)?;
        }
        store::mark_applied(tx, cinema, &former.showtime)?;
        applied.push(former.showtime);
    }
    Ok(applied)
}

fn state_of(told: &FormerSeat) -> SeatState {
    let is_the_cinemas = Epoch::new(told.epoch).custodian() == Custodian::Cinema;
    match (&told.ticket, told.is_in_doubt, is_the_cinemas) {
        (Some(ticket), _, true) => SeatState::Sold(ticket.clone()),
        (Some(ticket), _, false) => SeatState::TakenOver(ticket.clone()),
        (None, true, _) | (None, false, true) => SeatState::Quarantine,
        (None, false, false) => SeatState::Free,
    }
}

/// Whether nobody can say which seats of a showtime the box before has sold, whose place this one has taken.
///
/// # Errors
/// The database's.
pub(crate) fn is_former_in_doubt(
    db: &mut Snapshot<'_>,
    (side, cinema): (Custodian, &CinemaId),
    (showtime, now): (&ShowtimeId, Timestamp),
) -> Result<bool, Fault> {
    if !store::has_succeeded(db, cinema)? {
        return Ok(false);
    }
    let in_doubt = store::in_doubt(db, (side, cinema), now)?;
    Ok(in_doubt.iter().any(|(id, _)| id == showtime))
}

/// For what a person answers: the seats of these showtimes that are in quarantine are not sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredFor {
    /// One showtime, but for these seats of it: papers were counted, or a guest has called. They are kept back for good.
    Showtime(ShowtimeId, Vec<SeatId>),
    /// Every showtime of a later business day than today's: the day is closed, and who has a ticket for a later one comes with it.
    LaterDays,
}

/// What came of it at one showtime.
#[derive(Debug)]
pub struct Released {
    /// Which.
    pub showtime: ShowtimeId,
    /// How many seats are on sale again, or why none is.
    pub seats: Result<usize, SuccessionRefused>,
}

/// A person answers for seats that are in quarantine; says what came of it at each showtime. Each is released by itself, so that one that cannot be
/// read keeps back no other.
///
/// # Errors
/// There is no such showtime, no seat is in quarantine that is answered for, one is named that is not, or this side is stopped.
pub async fn release(
    at: &At,
    answered: AnsweredFor,
    reason: String,
) -> Result<Vec<Released>, SuccessionRefused> {
    let mut released = Vec::new();
    match answered {
        AnsweredFor::Showtime(showtime, but) => {
            let seats = Ok(release_of(at, showtime.clone(), but, reason).await?);
            released.push(Released { showtime, seats });
        }
        AnsweredFor::LaterDays => {
            let catalogue = at.catalogue();
            let today = catalogue.days.day_of(at.clock.now());
            for (showtime, _) in in_doubt(at).await? {
                let known = catalogue.showtime(&showtime);
                let seats = match known.map(|known| known.showtime.business_day > today) {
                    Some(false) => continue,
                    // Nobody can say of which day it is.
                    None => Err(SuccessionRefused::UnknownShowtime),
                    Some(true) => {
                        release_of(at, showtime.clone(), Vec::new(), reason.clone()).await
                    }
                };
                released.push(Released { showtime, seats });
            }
            if released.is_empty() {
                return Err(SuccessionRefused::NothingInDoubt);
            }
        }
    }
    Ok(released)
}

async fn release_of(
    at: &At,
    showtime: ShowtimeId,
    but: Vec<SeatId>,
    reason: String,
) -> Result<usize, SuccessionRefused> {
    let acting = at.clone();
    let releasing = at.database.write(at.scope(), move |tx| {
        release_in(tx, &acting, (&showtime, &but), &reason)
    });
    releasing.await
}

fn release_in(
    tx: &mut Tx<'_>,
    at: &At,
    (showtime, but): (&ShowtimeId, &[SeatId]),
    reason: &str,
) -> Result<usize, SuccessionRefused> {
    let here = Here::at(tx, at, at.cinema())?;
    let scheduled = catalogue::scheduled(tx, &at.catalogue(), showtime)?;
    let scheduled = scheduled.ok_or(SuccessionRefused::UnknownShowtime)?;
    let claimed = comparison::claimed_by_both(tx, at.cinema(), showtime)?;
    let (mut in_doubt, mut sold) = (Vec::new(), Vec::new());
    for seat in seats::all_known(tx, &scheduled)? {
        let SeatRecord { epoch, state } = &seat.record;
        // What the other side has sold meanwhile, at its own risk, nobody sells again.
        if *state != SeatState::Quarantine
            || epoch.custodian() != at.side
            || claimed.contains(&seat.seat)
            || seats::is_heard_sold(tx, scheduled.key, (&seat.seat, *epoch))?
        {
            continue;
        }
        match but.contains(&seat.seat) {
            true => sold.push(seat),
            false => in_doubt.push(seat.seat),
        }
    }
    let is_sold = |seat: &SeatId| sold.iter().any(|sold| sold.seat == *seat);
    let others: Vec<SeatId> = but.iter().filter(|seat| !is_sold(seat)).cloned().collect();
    if !others.is_empty() {
        return Err(SuccessionRefused::NotInDoubt(others));
    }
    if in_doubt.is_empty() && sold.is_empty() {
        return Err(match claimed.is_empty() {
            true => SuccessionRefused::NothingInDoubt,
            false => SuccessionRefused::ClaimedByBoth(claimed),
        });
    }
    if !here.standing.is_whole() {
        return Err(SuccessionRefused::Fault(Fault::Stopped));
    }
    keeping::keep_for_their_guests(tx, at, &scheduled, &sold)?;
    let released = in_doubt.len();
    if released > 0 {
        let known = here.load(tx, showtime, None, in_doubt.iter())?;
        let leave = Input::LeaveQuarantine(in_doubt);
        let decision = decide(&here.standing, &known.loaded(), &leave)
            .map_err(|_| SuccessionRefused::Fault(Fault::Stopped))?;
        let names = Names {
            showtime,
            auditorium: Some(&scheduled.auditorium.id),
            plan: scheduled.plan.layout().version,
        };
        here.store(tx, names, &known, decision)?;
        let freed = known.seats.iter().map(|it| (&it.seat, it.record.epoch));
        super::store::doubt(tx, scheduled.key, freed)?;
    }
    let about = format!("{}/{showtime}", at.cinema());
    let key = CaseKey {
        kind: KIND,
        about: &about,
    };
    let but: Vec<&str> = but.iter().map(SeatId::as_str).collect();
    let words = match but.is_empty() {
        true => reason.to_owned(),
        false => format!("{reason} (sold: {})", but.join(", ")),
    };
    let step = Move {
        by: By::Person,
        what: "released",
        reason: &words,
        at: at.clock.now(),
    };
    cases::put(tx, key, at.cinema(), "released", false, step)?;
    let (giving, showtime) = (at.clone(), showtime.clone());
    tx.after_commit(move || {
        giving.allotting.ring();
        tracing::warn!(%showtime, seats = released, "seats that may be sold are on sale again, as a person has said");
    });
    Ok(released)
}

/// What came of it, in words; a line a showtime. Seats that nobody answered for are kept back still.
#[must_use]
pub fn released_in_words(released: Vec<Released>) -> String {
    let line = |Released { showtime, seats }| match seats {
        Ok(seats) => format!(
            "{showtime}: {} on sale again; whoever comes with a ticket for one of them is let in",
            counted(seats, "seat", "seats")
        ),
        Err(why) => format!(
            "{showtime}: kept back still: {}",
            Refusal::from(why).detail()
        ),
    };
    let lines: Vec<String> = released.into_iter().map(line).collect();
    lines.join("\n")
}

/// The showtimes of the boxes before that are not over and not known here, each with the tickets of it that let somebody in.
///
/// # Errors
/// The database refuses.
pub async fn not_known(at: &At) -> Result<Vec<(ShowtimeId, usize)>, Fault> {
    let (cinema, now) = (at.cinema().clone(), at.clock.now());
    let waiting = at
        .database
        .read(move |db| store::waiting(db, &cinema))
        .await?;
    let is_to_come =
        |former: &FormerShowtime| former.ends.is_none_or(|ends| ends > now.as_millisecond());
    let standing = waiting.into_iter().filter(is_to_come).map(|former| {
        let tickets = former.tickets.iter();
        let good = tickets.filter(|ticket| ticket.taken_back.is_none());
        let good = good.count();
        (former.showtime, good)
    });
    Ok(standing.filter(|(_, tickets)| *tickets > 0).collect())
}

/// The showtimes to come with seats of this side in quarantine, each with how many.
///
/// # Errors
/// The database refuses.
pub async fn in_doubt(at: &At) -> Result<Vec<(ShowtimeId, u64)>, Fault> {
    let acting = at.clone();
    at.database.read(move |db| kept_back(db, &acting)).await
}

/// The same, beside what else is read.
///
/// # Errors
/// The database refuses.
pub fn kept_back(db: &mut Snapshot<'_>, at: &At) -> Result<Vec<(ShowtimeId, u64)>, Fault> {
    Ok(store::in_doubt(db, (at.side, at.cinema()), at.clock.now())?)
}
