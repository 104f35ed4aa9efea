//! Custody passes from one side to the other: given in one transaction with the event that tells of it, received in one with the stream's
//! position. `box_office::custody` decides; here it is given what was loaded, and what it comes to is stored.

mod refusal;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use box_office::custody::{
    Case, Decision, Effect, Fact, Input, Loaded, LoadedSeat, Standing, Stopped, TicketRecord,
    decide,
};
use box_office::{CinemaId, Custodian, Epoch, SeatId, ShowtimeId, TicketId};
use database::{Snapshot, Tx};
use wire::Body;
use wire::event::{SeatAtEpoch, SeatsGranted, SeatsReleased};

use crate::Fault;
use crate::cases::{self, By, CaseKey, Move};
use crate::catalogue::{self, Scheduled};
use crate::counter::{At, Counter, scope};
use crate::{seats, standing};

pub use refusal::CustodyRefused;
use store::Kept;

/// The kind of these cases.
const KIND: &str = "custody";

/// A transfer names no ticket.
static NO_TICKETS: BTreeMap<TicketId, TicketRecord> = BTreeMap::new();

/// Custody of seats as the other side tells that it gives it.
#[derive(Debug, Clone, Copy)]
pub struct Transfer<'a> {
    /// The showtime.
    pub showtime: &'a ShowtimeId,
    /// The plan version that names the seats.
    pub plan: u32,
    /// The seats, each with the epoch that the transfer gives it.
    pub seats: &'a [SeatAtEpoch],
}

impl<'a> From<&'a SeatsReleased> for Transfer<'a> {
    fn from(released: &'a SeatsReleased) -> Self {
        Self {
            showtime: &released.showtime,
            plan: released.plan,
            seats: &released.seats,
        }
    }
}

impl<'a> From<&'a SeatsGranted> for Transfer<'a> {
    fn from(granted: &'a SeatsGranted) -> Self {
        Self {
            showtime: &granted.showtime,
            plan: granted.plan,
            seats: &granted.seats,
        }
    }
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
    here.hear(tx, told.showtime, told.plan, seats.into_iter().collect())
}

fn at_epoch(told: &SeatAtEpoch) -> (SeatId, Epoch) {
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
    store::forget_kept(tx, cinema)?;
    let alike = |one: &Kept, next: &Kept| {
        (&one.showtime, one.epoch, one.plan) == (&next.showtime, next.epoch, next.plan)
    };
    for kept in kept.chunk_by(alike) {
        let Kept { showtime, plan, .. } = &kept[0];
        let seats = kept.iter().map(|kept| (kept.seat.clone(), kept.epoch));
        for trouble in here.hear(tx, showtime, *plan, seats.collect())? {
            tracing::error!(%cinema, trouble, "custody that was kept does not fit");
        }
    }
    Ok(())
}

/// The same when a process begins: whoever was stopped when it became known may be whole by now.
///
/// # Errors
/// Only the database's.
pub(crate) async fn receive_all_kept(counter: &Counter) -> Result<(), Fault> {
    for cinema in counter.cinemas() {
        let asked = cinema.clone();
        let kept = (counter.database).read(move |db| store::all_kept(db, &asked));
        if kept.await?.is_empty() {
            continue;
        }
        let (acting, scope) = (counter.clone(), scope(&cinema));
        let receiving =
            (counter.database).write(scope, move |tx| receive_kept(tx, &acting, &cinema));
        receiving.await?;
    }
    Ok(())
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

fn give_in(
    tx: &mut Tx<'_>,
    at: &At,
    showtime: &ShowtimeId,
    seats: &BTreeSet<SeatId>,
) -> Result<(), CustodyRefused> {
    let here = Here::at(tx, at, at.cinema())?;
    let known = here.load(tx, showtime, None, seats.iter())?;
    let Some(scheduled) = &known.scheduled else {
        return Err(CustodyRefused::UnknownShowtime);
    };
    let plan = scheduled.plan.layout().version;
    let give = Input::Give(seats.iter().cloned().collect());
    let decision = decide(&here.standing, &known.loaded(), &give)?;
    here.store(tx, (showtime, plan), &known, decision)?;
    Ok(())
}

/// The open cases of custody in words, one a line.
///
/// # Errors
/// The database refuses.
pub async fn list(counter: &Counter) -> Result<Vec<String>, Fault> {
    let lines = counter.database.read(|db| {
        let open = cases::open_of(db, KIND)?.into_iter();
        let words = |case: cases::Case| {
            let stage = case.stage.replace('_', " ");
            format!("{}  since {}  {stage}", case.about, case.opened_at)
        };
        Ok::<_, Fault>(open.map(words).collect())
    });
    lines.await
}

/// A person has looked at a case of custody, and it is closed; says whether there was one that was open.
///
/// # Errors
/// The database refuses.
pub async fn close_case(at: &At, about: String, reason: String) -> Result<bool, Fault> {
    let acting = at.clone();
    let closed = at.database.write(at.scope(), move |tx| {
        let key = CaseKey {
            kind: KIND,
            about: &about,
        };
        if !cases::find(tx, key)?.is_some_and(|case| case.open) {
            return Ok(false);
        }
        let step = Move {
            by: By::Person,
            what: "closed",
            reason: &reason,
            at: acting.clock.now(),
        };
        cases::put(tx, key, acting.cinema(), "closed", false, step)?;
        Ok::<_, Fault>(true)
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
    seats: Vec<LoadedSeat>,
}

impl Known {
    fn loaded(&self) -> Loaded<'_> {
        Loaded {
            plan: (self.scheduled.as_ref()).map(|scheduled| scheduled.plan.layout().version),
            seats: &self.seats,
            tickets: &NO_TICKETS,
            has_begun: false,
        }
    }
}

impl<'a> Here<'a> {
    fn at(
        db: &mut Snapshot<'_>,
        counter: &'a Counter,
        cinema: &'a CinemaId,
    ) -> Result<Self, Fault> {
        let standing = standing::read(db, cinema, counter.side, counter.life)?;
        let standing = match counter.ports.stopped() {
            None => standing,
            Some(_) => standing.stopped(Stopped::Copy),
        };
        Ok(Self {
            at: counter.at_in(db, cinema)?,
            counter,
            cinema,
            standing,
        })
    }

    /// Loads these seats of a showtime, if `plan` names them.
    fn load<'s>(
        &self,
        db: &mut Snapshot<'_>,
        showtime: &ShowtimeId,
        plan: Option<u32>,
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
        let seats = match &scheduled {
            Some(known) if plan.is_none_or(|plan| plan == known.plan.layout().version) => {
                seats::load(db, self.counter.side, known, seats)?
            }
            Some(_) | None => Vec::new(),
        };
        Ok(Known { scheduled, seats })
    }

    fn hear(
        &self,
        tx: &mut Tx<'_>,
        showtime: &ShowtimeId,
        plan: u32,
        seats: Vec<(SeatId, Epoch)>,
    ) -> Result<Vec<String>, Fault> {
        let known = self.load(tx, showtime, Some(plan), seats.iter().map(|(seat, _)| seat))?;
        let fact = Fact::Given(seats);
        let heard = Input::Heard { plan, fact };
        // Only who is stopped is refused.
        let decision =
            decide(&self.standing, &known.loaded(), &heard).map_err(|_| Fault::Stopped)?;
        if !decision.moves_position {
            return Err(Fault::Broken("what is heard moves the position".into()));
        }
        self.store(tx, (showtime, plan), &known, decision)
    }

    /// Stores what a decision comes to, and gives its cases in words.
    fn store(
        &self,
        tx: &mut Tx<'_>,
        (showtime, plan): (&ShowtimeId, u32),
        known: &Known,
        decision: Decision,
    ) -> Result<Vec<String>, Fault> {
        if !decision.tickets.is_empty() {
            return Err(Fault::Broken("a transfer changes no ticket".into()));
        }
        if let (Some(at), Some(scheduled)) = (&self.at, &known.scheduled) {
            seats::save_transfer(tx, at, (scheduled.key, showtime), &decision.seats)?;
        }
        let mut cases = Vec::new();
        for effect in decision.effects {
            match effect {
                Effect::Tell(fact) => {
                    let told = self.event(showtime, plan, fact)?;
                    self.counter.tell(tx, self.cinema, [told])?;
                }
                Effect::Keep {
                    plan,
                    fact: Fact::Given(seats),
                } => {
                    tracing::warn!(cinema = %self.cinema, %showtime, plan, seats = seats.len(), "custody of what is not known here is kept until it is");
                    store::keep(tx, self.cinema, (showtime, plan), &seats)?;
                }
                Effect::Case(case) => cases.push(self.open_case(tx, showtime, &case)?),
                Effect::Keep { .. } | Effect::Refund(..) | Effect::ListInHello(..) => {
                    return Err(Fault::Broken("a transfer does not come to this".into()));
                }
            }
        }
        Ok(cases)
    }

    /// What tells the other side.
    fn event(&self, showtime: &ShowtimeId, plan: u32, fact: Fact) -> Result<Body, Fault> {
        let Fact::Given(given) = fact else {
            return Err(Fault::Broken("a transfer tells of custody only".into()));
        };
        let showtime = showtime.clone();
        let seats = given.into_iter().map(|(seat, epoch)| SeatAtEpoch {
            seat,
            epoch: epoch.number().into(),
        });
        let seats = seats.collect();
        Ok(match self.counter.side {
            Custodian::Cinema => SeatsReleased {
                showtime,
                plan,
                seats,
            }
            .into(),
            Custodian::Hub => SeatsGranted {
                showtime,
                plan,
                seats,
            }
            .into(),
        })
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
