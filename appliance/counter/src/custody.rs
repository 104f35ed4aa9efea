//! Custody passes from one side to the other: given in one transaction with the event that tells of it, received in one with the stream's
//! position. `box_office::custody` decides; here it is given what was loaded, and what it comes to is stored.

mod asks;
mod by_code;
mod comparison;
mod door;
mod keeping;
mod passed_over;
mod recovery;
mod refusal;
mod revocation;
mod stopped;
mod store;
mod succession;
mod takeover;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use box_office::custody::{
    Case, Changes, Decision, Effect, Fact, Input, Loaded, LoadedSeat, SeatMove, Standing, Stopped,
    TicketRecord, decide,
};
use box_office::{AuditoriumId, CinemaId, Custodian, Epoch, SeatId, ShowtimeId, TicketId};
use database::{Snapshot, Tx};
use jiff::Timestamp;
use wire::Body;
use wire::event::{SeatAtEpoch, SeatsFreed, SeatsGranted, SeatsReleased};

use crate::Fault;
use crate::cases::{self, By, CaseKey, Move};
use crate::catalogue::{self, Scheduled, ShowtimeKey};
use crate::counter::{At, Counter, scope};
use crate::{seats, standing};

pub use asks::send_left_home;
pub(crate) use asks::{
    ARRIVED_AFTER, Fetched, Floor, Unsold, Yields, answer, end_unsold, fetch, is_answered_for,
    not_here, send_home, send_home_in,
};
pub use by_code::{Scanned, ToHandOver, Wanted, hand_over, on_their_way, scan, to_hand_over};
pub use comparison::{Disagreed, compare, hashes, hear_claimed};
pub use door::{
    Admission, AtTheDoor, NotAdmitted, Scan, SeatInWords, at_the_door, hear_sold, seat_in_words,
};
pub(crate) use door::{
    admit, admitted_to_seat, count_heard, hear_admitted, heard_of_seat, let_in_at,
    tell_all_admissions, was_let_in,
};
pub(crate) use keeping::keep_for_its_guest;
pub use passed_over::{list_passed_over, pass_over};
pub use recovery::{
    Hears, begin_to_hear, end_to_hear, go_on_without_former, hear_all_told, hears, is_any_doubted,
    is_any_held, tell_all, told_since,
};
pub(crate) use recovery::{hear_custody, hear_standing, keep_all_back};
pub use refusal::CustodyRefused;
pub(crate) use revocation::{answered, ask_back, unanswered};
pub use revocation::{ask_again, hear_asked_back, hear_freed, hear_quarantined};
pub use stopped::{
    AsItIs, IsAnother, agree, begin_anew_as_accepted, go_on_with_another_box, has_forgotten,
    has_forgotten_of, list_stopped, stop, stop_copy, stop_to_hear, stop_without_box,
};
pub(crate) use stopped::{take_as_it_is, was_ever_stopped_at};
use store::Kept;
pub(crate) use store::{Passed, passed, rooms_before};
pub use succession::{
    AnsweredFor, Released, SuccessionRefused, Told, for_successor, in_doubt, is_blank, kept_back,
    not_known, release, released_in_words, succeed,
};
pub(crate) use succession::{is_former_in_doubt, may_succeed, receive_former};
pub(crate) use takeover::{
    CanAsk, hear_sold_there, hear_taken_over, holder_of, holders_of, may_take_over, take_over,
};
pub use takeover::{KnowsAll, NotTakenOver};

/// The kind of these cases.
const KIND: &str = "custody";

/// The kinds of case that are closed once somebody has looked.
const KINDS: [&str; 3] = [KIND, comparison::KIND, passed_over::KIND];

/// As many seats as an event tells of: it has room for some more.
const MOST_SEATS_TOLD: usize = 400;

/// A transfer names no ticket.
static NO_TICKETS: BTreeMap<TicketId, TicketRecord> = BTreeMap::new();

/// Custody of seats as the other side tells that it gives it.
#[derive(Debug, Clone, Copy)]
pub struct Transfer<'a> {
    /// The showtime.
    pub showtime: &'a ShowtimeId,
    /// The room, where the other side says it.
    pub auditorium: Option<&'a AuditoriumId>,
    /// The version of the room's plan, which names the seats.
    pub plan: u32,
    /// The seats, each with the epoch that the transfer gives it.
    pub seats: &'a [SeatAtEpoch],
}

/// What names seats: a showtime, and the plan of its room.
#[derive(Debug, Clone, Copy)]
struct Names<'a> {
    showtime: &'a ShowtimeId,
    auditorium: Option<&'a AuditoriumId>,
    plan: u32,
}

impl Names<'_> {
    /// Whether the plan is the one that this showtime has here. A room has its own first version, as every other.
    fn are_of(&self, known: &Scheduled) -> bool {
        let of_the_room = (self.auditorium).is_none_or(|room| *room == known.auditorium.id);
        of_the_room && self.plan == known.plan.layout().version
    }
}

impl<'a> From<&'a SeatsReleased> for Transfer<'a> {
    fn from(released: &'a SeatsReleased) -> Self {
        Self {
            showtime: &released.showtime,
            auditorium: released.auditorium.as_ref(),
            plan: released.plan,
            seats: &released.seats,
        }
    }
}

impl<'a> From<&'a SeatsGranted> for Transfer<'a> {
    fn from(granted: &'a SeatsGranted) -> Self {
        Self {
            showtime: &granted.showtime,
            auditorium: granted.auditorium.as_ref(),
            plan: granted.plan,
            seats: &granted.seats,
        }
    }
}

/// Whether this side may apply what the other tells. While it is stopped it may not: it begins with a new Hello.
///
/// # Errors
/// The database's.
pub fn may_hear(
    db: &mut Snapshot<'_>,
    counter: &Counter,
    cinema: &CinemaId,
) -> Result<bool, database::Error> {
    Ok(standing_of(db, counter, cinema)?.is_whole())
}

/// Where this side stands at a cinema, with what stops it by itself.
fn standing_of(
    db: &mut Snapshot<'_>,
    counter: &Counter,
    cinema: &CinemaId,
) -> Result<Standing, database::Error> {
    let standing = standing::read(db, cinema, counter.side, counter.life)?;
    Ok(match counter.ports.stopped() {
        None => standing,
        Some(_) => standing.stopped(Stopped::Copy),
    })
}

/// Receives custody of seats, in the transaction that moves the stream's position; gives what did not fit, in words. What names a
/// showtime, plan or seat that is not known here is kept until it is.
///
/// # Errors
/// The database's, and that this side is stopped: the position does not move then.
pub fn receive(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: Transfer<'_>,
) -> Result<Vec<String>, Fault> {
    // Each once: whoever tells it twice means it once.
    let seats: BTreeSet<_> = told.seats.iter().map(at_epoch).collect();
    let here = Here::at(tx, counter, cinema)?;
    let Transfer {
        showtime,
        auditorium,
        plan,
        seats: _,
    } = told;
    let names = Names {
        showtime,
        auditorium,
        plan,
    };
    let seats: Vec<_> = seats.into_iter().collect();
    store::forget_scanned(tx, cinema, showtime, &seats)?;
    here.hear(tx, names, seats)
}

pub(crate) fn at_epoch(told: &SeatAtEpoch) -> (SeatId, Epoch) {
    let epoch = Epoch::new(u32::try_from(told.epoch).unwrap_or(u32::MAX));
    (told.seat.clone(), epoch)
}

/// Receives what waited for what is known by now; to be called when that has become more. What still names something unknown waits on.
///
/// # Errors
/// Only the database's.
pub(crate) fn receive_kept(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
) -> Result<(), Fault> {
    let kept = store::all_kept(tx, cinema)?;
    if kept.is_empty() {
        return Ok(());
    }
    let here = Here::at(tx, counter, cinema)?;
    if !here.standing.is_whole() {
        return Ok(());
    }
    for kept in kept.chunk_by(Kept::is_told_with) {
        let names = kept[0].names();
        let known = here.load(
            tx,
            names.showtime,
            Some(names),
            kept.iter().map(|it| &it.seat),
        )?;
        let is_known = |it: &&Kept| known.seats.iter().any(|seat| seat.seat == it.seat);
        let seats: Vec<_> = (kept.iter().filter(is_known))
            .map(|it| (it.seat.clone(), it.epoch))
            .collect();
        if seats.is_empty() {
            continue;
        }
        store::forget(tx, cinema, names.showtime, &seats)?;
        for trouble in here.hear(tx, names, seats)? {
            tracing::error!(%cinema, trouble, "custody that was kept does not fit");
        }
    }
    Ok(())
}

/// The same when a process begins: whoever was stopped when it became known may be whole by now. A cinema that cannot have its own is in
/// nobody's way.
pub(crate) async fn receive_all_kept(counter: &Counter) {
    for cinema in counter.cinemas() {
        if let Err(fault) = receive_all_kept_at(counter, &cinema).await {
            counter.broke(&fault);
            tracing::error!(%cinema, %fault, "custody that waits could not be received; it waits on");
        }
    }
}

async fn receive_all_kept_at(counter: &Counter, cinema: &CinemaId) -> Result<(), Fault> {
    let asked = cinema.clone();
    let kept = (counter.database).read(move |db| store::all_kept(db, &asked));
    if kept.await?.is_empty() {
        return Ok(());
    }
    let (acting, cinema) = (counter.clone(), cinema.clone());
    let receiving =
        (counter.database).write(scope(&cinema), move |tx| receive_kept(tx, &acting, &cinema));
    receiving.await
}

/// Gives custody of free seats to the other side, all or none. From the commit on they are in transit, and nobody's until the other side
/// has applied what it is told.
///
/// # Errors
/// This side is stopped, the showtime is not known, or not all of them are its own and free.
pub async fn give(
    at: &At,
    showtime: &ShowtimeId,
    seats: BTreeSet<SeatId>,
) -> Result<(), CustodyRefused> {
    let (acting, showtime) = (at.clone(), showtime.clone());
    at.database
        .write(at.scope(), move |tx| {
            give_in(tx, &acting, &showtime, &seats)
        })
        .await
}

/// The same in a transaction.
pub(crate) fn give_in(
    tx: &mut Tx<'_>,
    at: &At,
    showtime: &ShowtimeId,
    seats: &BTreeSet<SeatId>,
) -> Result<(), CustodyRefused> {
    if seats.is_empty() {
        return Ok(());
    }
    let here = Here::at(tx, at, at.cinema())?;
    let known = here.load(tx, showtime, None, seats.iter())?;
    let Some(scheduled) = known.scheduled.clone() else {
        return Err(CustodyRefused::UnknownShowtime);
    };
    let names = Names {
        showtime,
        auditorium: Some(&scheduled.auditorium.id),
        plan: scheduled.plan.layout().version,
    };
    let give = Input::Give(seats.iter().cloned().collect());
    let decision = decide(&here.standing, &known.loaded(), &give)?;
    here.store(tx, names, &known, decision)?;
    Ok(())
}

/// The open cases of custody in words, one a line.
///
/// # Errors
/// The database refuses.
pub async fn list(counter: &Counter) -> Result<Vec<String>, Fault> {
    let lines = counter.database.read(|db| {
        let mut open = cases::open_of(db, KIND)?;
        open.extend(cases::open_of(db, comparison::KIND)?);
        open.sort_by(|one, other| {
            (one.opened_at, &one.about).cmp(&(other.opened_at, &other.about))
        });
        let words = |case: cases::Case| {
            let stage = case.stage.replace('_', " ");
            let what = match comparison::is_of_both(&case.stage) {
                true => ": closed here it is left to the other side, which releases it then",
                false => "",
            };
            format!("{}  since {}  {stage}{what}", case.about, case.opened_at)
        };
        Ok::<_, Fault>(open.into_iter().map(words).collect())
    });
    lines.await
}

/// What came of closing a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// It is closed.
    Only,
    /// It is closed, and the seat, which both sides claimed, is the other's from here on.
    LeftToTheOther,
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Only => "closed",
            Self::LeftToTheOther => {
                "closed; the seat is the other side's from here on: what is in quarantine there its `release` sells, once that has been heard"
            }
        })
    }
}

/// A person has looked at a seat, and what is open of it is closed; nothing, where nothing is open. A seat that both sides claim, and that nobody
/// has here, is left to the other.
///
/// # Errors
/// The database refuses, or a seat would be left to the other side while this one is stopped.
pub async fn close_case(at: &At, about: String, reason: String) -> Result<Option<Closed>, Fault> {
    let acting = at.clone();
    let closed = at.database.write(at.scope(), move |tx| {
        let step = Move {
            by: By::Person,
            what: "closed",
            reason: &reason,
            at: acting.clock.now(),
        };
        let mut closed = None;
        for kind in KINDS {
            let about = &about;
            let key = CaseKey { kind, about };
            let Some(case) = cases::find(tx, key)?.filter(|case| case.open) else {
                continue;
            };
            let is_left = comparison::is_of_both(&case.stage)
                && comparison::leave_to_the_other(tx, &acting, about)?;
            cases::put(tx, key, acting.cinema(), "closed", false, step)?;
            closed = Some(match is_left {
                true => Closed::LeftToTheOther,
                false => Closed::Only,
            });
        }
        Ok::<_, Fault>(closed)
    });
    closed.await
}

/// A counter at a cinema, which may not be known yet, as a transaction has it.
struct Here<'a> {
    counter: &'a Counter,
    cinema: &'a CinemaId,
    at: Option<At>,
    standing: Standing,
}

/// What was loaded of a showtime.
struct Known {
    scheduled: Option<Arc<Scheduled>>,
    /// The version of the plan under whose names it was loaded: one of a room where it was before names the same seats.
    plan: Option<u32>,
    seats: Vec<LoadedSeat>,
    /// Whether it has begun, so that seats of the other side may have been taken over.
    has_begun: bool,
}

impl Known {
    fn loaded(&self) -> Loaded<'_> {
        Loaded {
            plan: self.plan,
            seats: &self.seats,
            tickets: &NO_TICKETS,
            has_begun: self.has_begun,
            doubted: None,
        }
    }
}

impl Known {
    /// Those of these transfers that may still take effect: not those of a seat that the showtime had in a room before, which it had then.
    fn still_to_come(
        &self,
        db: &mut Snapshot<'_>,
        mut told: Vec<(SeatId, Epoch)>,
    ) -> Result<Vec<(SeatId, Epoch)>, database::Error> {
        let Some(scheduled) = &self.scheduled else {
            return Ok(told);
        };
        if self.seats.len() < told.len() {
            let before = seats::epochs_before(db, scheduled.key)?;
            told.retain(|(seat, epoch)| before.get(seat).is_none_or(|known| known < epoch));
        }
        Ok(told)
    }
}

/// A showtime goes to another room, with what somebody has or may have of it: what is told under the names of the room before is of its seats.
pub(crate) fn note_moved(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    former: (&AuditoriumId, u32),
    at: Timestamp,
) -> Result<(), database::Error> {
    store::note_plan(tx, showtime, former, at)
}

/// It is said to have gone to this room, where this side may not go along yet: what is told under the names there is of its seats as well.
pub(crate) fn expect_moved(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    to: (&AuditoriumId, u32),
) -> Result<(), database::Error> {
    store::expect_plan(tx, showtime, to)
}

/// Whether what is told under the names of this plan is of its seats: it was in that room, or is said to have gone there.
pub(crate) fn has_moved(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    (auditorium, plan): (&AuditoriumId, u32),
) -> Result<bool, database::Error> {
    store::had_plan(db, showtime, (Some(auditorium), plan))
}

impl<'a> Here<'a> {
    fn at(
        db: &mut Snapshot<'_>,
        counter: &'a Counter,
        cinema: &'a CinemaId,
    ) -> Result<Self, Fault> {
        let standing = standing_of(db, counter, cinema)?;
        Ok(Self {
            at: counter.at_in(db, cinema)?,
            counter,
            cinema,
            standing,
        })
    }

    /// Loads these seats of a showtime, if `names` are of its plan.
    fn load<'s>(
        &self,
        db: &mut Snapshot<'_>,
        showtime: &ShowtimeId,
        names: Option<Names<'_>>,
        seats: impl Iterator<Item = &'s SeatId>,
    ) -> Result<Known, Fault> {
        let scheduled = match &self.at {
            None => None,
            Some(at) => match catalogue::scheduled(db, &at.catalogue(), showtime) {
                // It is known again once somebody has mended it.
                Err(fault) if fault.is_unreadable() => None,
                found => found?,
            },
        };
        // Of another room's plan nothing is known here, whatever its version, unless the showtime was there.
        let scheduled = match (scheduled, names) {
            (Some(known), Some(names)) if !names.are_of(&known) => {
                let of = (names.auditorium, names.plan);
                store::had_plan(db, known.key, of)?.then_some(known)
            }
            (scheduled, _) => scheduled,
        };
        let seats = match &scheduled {
            Some(known) => seats::load(db, self.counter.side, known, seats)?,
            None => Vec::new(),
        };
        let plan = scheduled.as_ref().map(|known| {
            let version = known.plan.layout().version;
            names.map_or(version, |names| names.plan)
        });
        let now = self.counter.clock.now();
        let has_begun = |known: &Arc<Scheduled>| known.showtime.starts_at <= now;
        Ok(Known {
            has_begun: scheduled.as_ref().is_some_and(has_begun),
            scheduled,
            plan,
            seats,
        })
    }

    fn hear(
        &self,
        tx: &mut Tx<'_>,
        names: Names<'_>,
        seats: Vec<(SeatId, Epoch)>,
    ) -> Result<Vec<String>, Fault> {
        let named = seats.iter().map(|(seat, _)| seat);
        let known = self.load(tx, names.showtime, Some(names), named)?;
        let seats = known.still_to_come(tx, seats)?;
        comparison::left_to_us(tx, self, names.showtime, (&known.seats, &seats))?;
        let (plan, fact) = (names.plan, Fact::Given(seats));
        let heard = Input::Heard { plan, fact };
        // Only who is stopped is refused.
        let decision =
            decide(&self.standing, &known.loaded(), &heard).map_err(|_| Fault::Stopped)?;
        if !decision.moves_position {
            return Err(Fault::Broken("what is heard moves the position".into()));
        }
        self.store(tx, names, &known, decision)
    }

    /// Stores what a decision comes to, and gives its cases in words.
    fn store(
        &self,
        tx: &mut Tx<'_>,
        names: Names<'_>,
        known: &Known,
        decision: Decision,
    ) -> Result<Vec<String>, Fault> {
        if !decision.tickets.is_empty() {
            return Err(Fault::Broken("a transfer changes no ticket".into()));
        }
        let showtime = names.showtime;
        if let (Some(at), Some(scheduled)) = (&self.at, &known.scheduled) {
            seats::save_transfer(tx, at, (scheduled.key, showtime), &decision.seats)?;
            store::note_passed(tx, scheduled.key, &decision.seats, at.clock.now())?;
            takeover::proven(tx, at, showtime, &decision.seats)?;
            self.keep_what_is_sold(tx, showtime, &decision.seats)?;
            let counter = self.counter.clone();
            tx.after_commit(move || {
                counter.asking.arrived();
                // What was on its way when the hub said that it sells no more goes back at once.
                if counter.side == Custodian::Hub && counter.ports.online_sales().is_none() {
                    counter.allotting.ring();
                }
            });
        }
        let mut cases = Vec::new();
        for effect in decision.effects {
            match effect {
                Effect::Tell(fact) => {
                    self.counter
                        .tell(tx, self.cinema, self.events(names, fact)?)?;
                }
                Effect::Keep {
                    plan,
                    fact: Fact::Given(seats),
                } => {
                    tracing::warn!(cinema = %self.cinema, %showtime, plan, seats = seats.len(), "custody of what is not known here is kept until it is");
                    store::keep(tx, self.cinema, names, &seats)?;
                }
                Effect::Case(case) => cases.push(self.open_case(tx, showtime, &case)?),
                Effect::Keep { .. } | Effect::Refund(..) | Effect::ListInHello(..) => {
                    return Err(Fault::Broken("a transfer does not come to this".into()));
                }
            }
        }
        Ok(cases)
    }

    /// A ticket that was heard of stands here for a seat that the other side gives: whoever has it keeps the seat, whatever was forgotten.
    fn keep_what_is_sold(
        &self,
        tx: &mut Tx<'_>,
        showtime: &ShowtimeId,
        changes: &Changes,
    ) -> Result<(), Fault> {
        let side = self.counter.side;
        let arrives = |change: &&SeatMove| {
            let (before, after) = (change.before.epoch, change.after.epoch);
            before.custodian() != side && after.custodian() == side
        };
        let arrived: BTreeMap<_, _> = (changes.iter().filter(arrives))
            .map(|change| (&change.seat, change.after.epoch))
            .collect();
        if arrived.is_empty() || side == Custodian::Hub {
            return Ok(());
        }
        for sold in door::standing(tx, self.cinema, showtime)? {
            let (seat, epoch) = at_epoch(&sold);
            if arrived.get(&seat).is_some_and(|at| epoch < *at)
                && keeping::keep_seat(tx, self, showtime, &seat)?
            {
                tracing::error!(cinema = %self.cinema, %showtime, %seat, "the hub gives a seat for which a ticket stands that was heard of: it is kept for its guest");
            }
        }
        Ok(())
    }

    /// What tells the other side.
    fn events(&self, names: Names<'_>, fact: Fact) -> Result<Vec<Body>, Fault> {
        let given = match (fact, names.auditorium) {
            (Fact::Given(given), _) => given,
            (Fact::OutOfQuarantine(seats), Some(auditorium)) => {
                let freed = |seats: &[SeatId]| {
                    Body::from(SeatsFreed {
                        showtime: names.showtime.clone(),
                        auditorium: auditorium.clone(),
                        plan: names.plan,
                        seats: seats.to_vec(),
                    })
                };
                return Ok(seats.chunks(MOST_SEATS_TOLD).map(freed).collect());
            }
            (_, _) => return Err(Fault::Broken("a transfer tells of custody only".into())),
        };
        let Names {
            showtime,
            auditorium,
            plan,
        } = names;
        let event = |given: &[(SeatId, Epoch)]| {
            let (showtime, auditorium) = (showtime.clone(), auditorium.cloned());
            let seats = given.iter().map(|(seat, epoch)| SeatAtEpoch {
                seat: seat.clone(),
                epoch: epoch.number().into(),
            });
            let seats = seats.collect();
            match self.counter.side {
                Custodian::Cinema => SeatsReleased {
                    showtime,
                    auditorium,
                    plan,
                    seats,
                }
                .into(),
                Custodian::Hub => SeatsGranted {
                    showtime,
                    auditorium,
                    plan,
                    seats,
                }
                .into(),
            }
        };
        Ok(given.chunks(MOST_SEATS_TOLD).map(event).collect())
    }

    /// Opens a case for a person; gives it in words.
    fn open_case(
        &self,
        tx: &mut Tx<'_>,
        showtime: &ShowtimeId,
        case: &Case,
    ) -> Result<String, Fault> {
        let (stage, about, words) = told(showtime, case);
        let about = format!("{}/{showtime}/{about}", self.cinema);
        let key = CaseKey {
            kind: KIND,
            about: &about,
        };
        let step = Move {
            by: By::Counter,
            what: stage,
            reason: &words,
            at: self.counter.clock.now(),
        };
        cases::put(tx, key, self.cinema, stage, true, step)?;
        Ok(words)
    }
}

/// A case: its stage, what it is about, and in words.
fn told(showtime: &ShowtimeId, case: &Case) -> (&'static str, String, String) {
    match case {
        Case::GivenWithTicket { seat, ticket } => (
            "given_with_ticket",
            seat.to_string(),
            format!("seat {seat} of {showtime} was given and carries the ticket {ticket}"),
        ),
        Case::OutOfTurn { seat, told, known } => (
            "out_of_turn",
            seat.to_string(),
            format!(
                "seat {seat} of {showtime} is given at epoch {}, after {}",
                told.number(),
                known.number()
            ),
        ),
        Case::TwoTickets { seat, ours, theirs } => (
            "two_tickets",
            seat.to_string(),
            format!("seat {seat} of {showtime} has the tickets {ours} and {theirs}"),
        ),
        Case::TakenOver { seat, ticket } => (
            "taken_over",
            seat.to_string(),
            format!("seat {seat} of {showtime} was taken over for the ticket {ticket}"),
        ),
        Case::AdmittedUnproven(ticket) => (
            "admitted_unproven",
            ticket.to_string(),
            format!("ticket {ticket} of {showtime} was let in without proof"),
        ),
        Case::FoundSale(ticket) => (
            "found_sale",
            ticket.to_string(),
            format!("ticket {ticket} of {showtime} was in no record"),
        ),
    }
}
