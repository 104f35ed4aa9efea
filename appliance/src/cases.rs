//! Payments of which the terminal says nothing: at the end of the showtime each becomes a case, told to the hub, that a person
//! decides if the terminal never does. Every move of a case is kept, whoever made it.

pub(crate) mod store;

use box_office::TenderId;
use clap::ValueEnum;
use database::{Scope, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::metrics::Gauge;
use wire::event::{DecidedBy, PaymentOutcome};

use crate::app::App;
use crate::error::Refused;
use crate::link;
use crate::tenders::{self, StoredState, TenderRow};
use crate::terminal::Payment;

/// The longest reason in characters: a sentence for whoever closes the day.
const LONGEST_REASON: usize = 200;

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nobody knows whether the money was taken.
    Unknown,
    /// It was taken, no ticket could be issued, and it has not been given back.
    RefundOwed,
    /// There is nothing left to do.
    Closed,
}

/// A case as the box keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CaseRow {
    pub(crate) tender: TenderId,
    pub(crate) stage: Stage,
    pub(crate) opened_at: Timestamp,
}

/// What a person decides, having asked the bank or counted the till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The money was taken: tickets are issued if they still can be, else it is owed back.
    Taken,
    /// It was not taken: the seats are free.
    NotTaken,
    /// What was owed is given back by hand. It is said before the money is handed out: the terminal may be giving it back.
    Refunded,
}

/// Opens the cases that have come due and shows how many are open.
pub(crate) async fn run_due(app: &App, open: &Gauge) -> Result<(), Refused> {
    let now = app.clock.now();
    let due = app.database.read(move |db| store::due(db, now)).await?;
    if !due.is_empty() {
        let acting = app.clone();
        app.database
            .write(Scope::of("payment_case", "all"), move |tx| {
                for tender in store::due(tx, now)? {
                    open_in(tx, &acting, &tender, now)?;
                }
                Ok::<_, Refused>(())
            })
            .await?;
    }
    let count = app.database.read(store::open_count).await?;
    app.open_cases.set(count);
    open.set(count);
    Ok(())
}

fn open_in(tx: &mut Tx<'_>, app: &App, tender: &TenderRow, now: Timestamp) -> Result<(), Refused> {
    let stage = stage_of(tender.state);
    store::open(tx, &tender.id, stage, now)?;
    store::note(
        tx,
        &tender.id,
        now,
        "box",
        "opened",
        "the showtime ended without an outcome",
    )?;
    tracing::warn!(tender.id = %tender.id, amount_minor = tender.amount_minor, "nobody knows what became of a payment: a person must decide");
    link::tell_payment_unknown(tx, app, tender)
}

/// What is left to do for a payment in this state.
fn stage_of(state: StoredState) -> Stage {
    match state {
        StoredState::Pending => Stage::Unknown,
        StoredState::Refunding => Stage::RefundOwed,
        StoredState::Approved
        | StoredState::Declined
        | StoredState::Cancelled
        | StoredState::Refunded => Stage::Closed,
    }
}

/// The open cases in words, one a line.
pub(crate) async fn list(app: &App) -> Result<String, Refused> {
    let open = app.database.read(store::all_open).await?;
    if open.is_empty() {
        return Ok("no payment waits for a person".to_owned());
    }
    let currency = app.catalogue.currency().ok_or(Refused::NoProgramme)?;
    let lines = open.into_iter().map(|(case, tender, showtime)| {
        let amount = box_office::Money::new(tender.amount_minor, currency);
        let what = match case.stage {
            Stage::Unknown => "taken or not taken?",
            Stage::RefundOwed => "taken, to be given back",
            Stage::Closed => "closed",
        };
        format!(
            "{}  {amount}  {showtime}  since {}  {what}",
            tender.id, case.opened_at
        )
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// The reason that a person gives for what only a person may do.
pub(crate) fn reason_of(given: &str) -> Result<String, Refused> {
    let reason = given.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(Refused::NoReason);
    }
    Ok(reason.to_owned())
}

/// Records what a person decided, with all that follows from it; says what that was.
pub(crate) async fn decide(
    app: &App,
    tender: TenderId,
    decision: Decision,
    reason: String,
) -> Result<String, Refused> {
    let reason = reason_of(&reason)?;
    if decision == Decision::Refunded {
        tenders::look_before_hand(app, &tender).await?;
    }
    let acting = app.clone();
    let decided = app
        .database
        .write(Scope::of("tender", tender.as_str()), move |tx| {
            let case = store::by_tender(tx, &tender)?.ok_or(Refused::UnknownCase)?;
            let row = tenders::store::by_id(tx, &tender)?.ok_or(Refused::UnknownTender)?;
            let now = acting.clock.now();
            store::note(tx, &tender, now, "person", word(decision), &reason)?;
            match (case.stage, decision) {
                (Stage::Unknown, Decision::Taken) => tenders::taken_in(tx, &acting, &row)?,
                (Stage::Unknown, Decision::NotTaken) => tenders::not_taken_in(tx, &acting, &row)?,
                (Stage::RefundOwed, Decision::Refunded) if acting.refunds.contains(&tender) => {
                    return Err(Refused::RefundUnderWay);
                }
                (Stage::RefundOwed, Decision::Refunded) => {
                    tenders::refunded_in(tx, &acting, &row, "given_back_by_hand")?;
                }
                (Stage::Closed, Decision::Taken | Decision::NotTaken | Decision::Refunded) => {
                    return Err(Refused::CaseClosed);
                }
                (Stage::Unknown, Decision::Refunded)
                | (Stage::RefundOwed, Decision::Taken | Decision::NotTaken) => {
                    return Err(Refused::WrongDecision);
                }
            }
            move_on(tx, &acting, &tender, DecidedBy::Person, &reason)
        })
        .await?;
    let open = app.database.read(store::open_count).await?;
    app.open_cases.set(open);
    Ok(match decided {
        PaymentOutcome::Ticketed => "taken: the tickets are issued",
        PaymentOutcome::RefundOwed => "taken: no ticket can be issued, so the money is owed back",
        PaymentOutcome::NotTaken => "not taken: the seats are free",
        PaymentOutcome::Refunded => "given back",
    }
    .to_owned())
}

/// The terminal has spoken after all: the case, if there is one, goes where the payment went.
pub(crate) fn terminal_spoke(
    tx: &mut Tx<'_>,
    app: &App,
    tender: &TenderId,
    said: &Payment,
) -> Result<(), Refused> {
    let Some(case) = store::by_tender(tx, tender)? else {
        return Ok(());
    };
    let now = app.clock.now();
    store::note(tx, tender, now, "terminal", words(said), "")?;
    store::terminal_spoke(tx, tender)?;
    let row = tenders::store::by_id(tx, tender)?.ok_or(Refused::UnknownTender)?;
    if stage_of(row.state) != case.stage {
        move_on(tx, app, tender, DecidedBy::Terminal, words(said))?;
    }
    Ok(())
}

/// Brings the case to where its payment is, and tells the hub.
fn move_on(
    tx: &mut Tx<'_>,
    app: &App,
    tender: &TenderId,
    by: DecidedBy,
    reason: &str,
) -> Result<PaymentOutcome, Refused> {
    let row = tenders::store::by_id(tx, tender)?.ok_or(Refused::UnknownTender)?;
    store::set_stage(tx, tender, stage_of(row.state))?;
    let outcome = match row.state {
        StoredState::Approved => PaymentOutcome::Ticketed,
        StoredState::Pending | StoredState::Refunding => PaymentOutcome::RefundOwed,
        StoredState::Declined | StoredState::Cancelled => PaymentOutcome::NotTaken,
        StoredState::Refunded => PaymentOutcome::Refunded,
    };
    link::tell_payment_decided(tx, app, &row, outcome, by, reason)?;
    Ok(outcome)
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Taken => "taken",
        Decision::NotTaken => "not_taken",
        Decision::Refunded => "refunded",
    }
}

/// The terminal's answer in a word.
fn words(said: &Payment) -> &'static str {
    match said {
        Payment::Unknown => "never_heard_of",
        Payment::Waiting => "waiting",
        Payment::Approved { .. } => "approved",
        Payment::Declined { .. } => "declined",
        Payment::Cancelled => "cancelled",
        Payment::Refunded { .. } => "refunded",
    }
}
