//! Payments that a person must look at: nobody knows whether one was taken when its showtime has ended, or it is owed back and nobody
//! could be asked. Each is a case, told to the other side; the terminal may still speak, and then knows better.

use box_office::checkout::{Payment, Said, Told};
use box_office::{ShowtimeId, TenderId};
use database::{Snapshot, Tx};
use wire::event as wire_event;
use wire::event::{DecidedBy, PaymentOutcome};

use crate::Fault;
use crate::cases::{self, By, CaseKey, Move};
use crate::counter::{At, Counter};
use crate::sold::PaymentRow;

/// The kind of these cases.
pub(super) const KIND: &str = "payment";

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nobody knows whether the money was taken.
    Unknown,
    /// It was taken, no ticket could be issued, and it has not been given back.
    RefundOwed,
    /// There is nothing left to do.
    Closed,
}

impl Stage {
    pub(super) fn of(state: Payment) -> Self {
        match state {
            Payment::Intended
            | Payment::Asked
            | Payment::StepNeeded
            | Payment::Stopping
            | Payment::Case => Self::Unknown,
            Payment::Owed(_) | Payment::Returning(_) => Self::RefundOwed,
            Payment::Captured(_)
            | Payment::Declined
            | Payment::Cancelled { .. }
            | Payment::Returned(_) => Self::Closed,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::RefundOwed => "refund_owed",
            Self::Closed => "closed",
        }
    }

    fn is_open(self) -> bool {
        self != Self::Closed
    }
}

/// Who moves a payment, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mover {
    by: By,
    /// What it was, in a word.
    what: &'static str,
    reason: String,
}

impl Mover {
    pub(super) fn counter() -> Self {
        Self {
            by: By::Counter,
            what: "moved",
            reason: String::new(),
        }
    }

    /// The terminal, by what it says.
    pub(super) fn terminal(said: Said) -> Self {
        let what = match said {
            Said::NeverHeard => "never_heard_of",
            Said::Waiting => "waiting",
            Said::Step => "step_needed",
            Said::Captured { .. } => "approved",
            Said::Declined => "declined",
            Said::Cancelled => "cancelled",
            Said::Returned => "refunded",
        };
        Self {
            by: By::Terminal,
            what,
            reason: String::new(),
        }
    }

    /// The terminal, which will not give back what is owed; why, in its words.
    pub(super) fn refused(why: String) -> Self {
        Self {
            by: By::Terminal,
            what: "refused",
            reason: why,
        }
    }

    pub(super) fn person(what: &'static str, reason: String) -> Self {
        Self {
            by: By::Person,
            what,
            reason,
        }
    }
}

fn key(payment: &TenderId) -> CaseKey<'_> {
    CaseKey {
        kind: KIND,
        about: payment.as_str(),
    }
}

/// What a payment told that is no matter of its purchase: a person must look, or money went back.
pub(super) fn told(
    tx: &mut Tx<'_>,
    at: &At,
    payment: &PaymentRow,
    showtime: &ShowtimeId,
    told: Told,
    mover: &Mover,
) -> Result<(), Fault> {
    let reason = match told {
        Told::Captured | Told::Failed => return Ok(()),
        Told::Unknown => {
            let reason = "the showtime ended without an outcome";
            return open(tx, at, payment, showtime, reason);
        }
        Told::StillOwed => {
            let reason = match mover.reason.is_empty() {
                true => "it was taken and is not given back",
                false => mover.reason.as_str(),
            };
            return open(tx, at, payment, showtime, reason);
        }
        Told::Returned if mover.by == By::Person => "given_back_by_hand",
        Told::Returned => "no_ticket_issued",
        Told::ReturnedUnasked => {
            tracing::warn!(tender.id = %payment.id, amount_minor = payment.amount_minor, "a payment was given back at the terminal: what it paid for is not paid any more");
            let refunding = at.clone();
            tx.after_commit(move || refunding.refunding.bell.ring());
            "given_back_at_the_terminal"
        }
        Told::ReturnedTwice => {
            tracing::warn!(tender.id = %payment.id, amount_minor = payment.amount_minor, "a payment was given back by hand and by the terminal");
            "given_back_twice"
        }
    };
    let now = at.clock.now();
    let body = wire_event::PaymentRefunded {
        tender: payment.id.clone(),
        hold: payment.hold.clone(),
        showtime: showtime.clone(),
        device: payment.buyer.id.clone(),
        time: now.as_millisecond(),
        day: at.catalogue().days.day_of(now).to_string(),
        amount: payment.amount().minor,
        currency: payment.currency,
        reason: reason.to_owned(),
    };
    at.shop.outbox.push(tx, [body.into()])
}

/// Opens a case, once.
fn open(
    tx: &mut Tx<'_>,
    at: &At,
    payment: &PaymentRow,
    showtime: &ShowtimeId,
    reason: &str,
) -> Result<(), Fault> {
    if cases::find(tx, key(&payment.id))?.is_some() {
        return Ok(());
    }
    let step = Move {
        by: By::Counter,
        what: "opened",
        reason,
        at: at.clock.now(),
    };
    let stage = Stage::of(payment.state).as_str();
    cases::put(tx, key(&payment.id), at.cinema(), stage, true, step)?;
    tracing::warn!(tender.id = %payment.id, amount_minor = payment.amount_minor, reason, "a person must decide about a payment");
    let body = wire_event::PaymentUnknown {
        tender: payment.id.clone(),
        hold: payment.hold.clone(),
        showtime: showtime.clone(),
        device: payment.buyer.id.clone(),
        started: payment.started_ms,
        amount: payment.amount_minor,
        currency: payment.currency,
    };
    at.shop.outbox.push(tx, [body.into()])?;
    ring(tx, at);
    Ok(())
}

/// A payment that may be a case has moved on from `before`: the case, if there is one, goes where it went, and every move is kept.
pub(super) fn moved(
    tx: &mut Tx<'_>,
    at: &At,
    payment: &PaymentRow,
    before: Payment,
    mover: &Mover,
) -> Result<(), Fault> {
    let may_be_one = before == Payment::Case
        || Stage::of(before) == Stage::RefundOwed
        || (!before.is_without_outcome() && before.must_be_asked());
    if !may_be_one {
        return Ok(());
    }
    let Some(case) = cases::find(tx, key(&payment.id))? else {
        return Ok(());
    };
    let step = Move {
        by: mover.by,
        what: mover.what,
        reason: &mover.reason,
        at: at.clock.now(),
    };
    let stage = Stage::of(payment.state);
    if stage.as_str() == case.stage {
        return if before == payment.state {
            Ok(())
        } else {
            Ok(cases::note(tx, key(&payment.id), step)?)
        };
    }
    cases::put(
        tx,
        key(&payment.id),
        at.cinema(),
        stage.as_str(),
        stage.is_open(),
        step,
    )?;
    let (by, reason) = match mover.by {
        By::Person => (DecidedBy::Person, mover.reason.clone()),
        By::Terminal | By::Counter => (DecidedBy::Terminal, mover.what.to_owned()),
    };
    let body = wire_event::PaymentDecided {
        tender: payment.id.clone(),
        time: at.clock.now().as_millisecond(),
        outcome: outcome(payment.state),
        by,
        reason,
    };
    at.shop.outbox.push(tx, [body.into()])?;
    ring(tx, at);
    Ok(())
}

pub(super) fn outcome(state: Payment) -> PaymentOutcome {
    match state {
        Payment::Captured(_) => PaymentOutcome::Ticketed,
        Payment::Intended
        | Payment::Asked
        | Payment::StepNeeded
        | Payment::Stopping
        | Payment::Case
        | Payment::Owed(_)
        | Payment::Returning(_) => PaymentOutcome::RefundOwed,
        Payment::Declined | Payment::Cancelled { .. } => PaymentOutcome::NotTaken,
        Payment::Returned(_) => PaymentOutcome::Refunded,
    }
}

/// Whether a payment has a case.
pub(super) fn has_one(db: &mut Snapshot<'_>, payment: &TenderId) -> Result<bool, Fault> {
    Ok(cases::find(db, key(payment))?.is_some())
}

/// Whether a payment has a case that waits for a person.
pub(super) fn is_open(db: &mut Snapshot<'_>, payment: &TenderId) -> Result<bool, Fault> {
    Ok(cases::find(db, key(payment))?.is_some_and(|case| case.open))
}

/// Somebody should look at what has come due, once this is committed.
fn ring(tx: &mut Tx<'_>, at: &At) {
    let counter = Counter::clone(at);
    tx.after_commit(move || counter.following.ring());
}
