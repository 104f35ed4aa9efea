//! Payments: cash that a clerk counts, and cards, as a recorded state machine. The intent is written before the terminal is asked,
//! and the outcome is what the terminal says, never what a time-out suggests; after a crash the terminal is asked again.

pub(crate) mod routes;
pub(crate) mod store;

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use appliance_api::sale::CardSlip;
use appliance_api::{Device, HoldState, TenderState, TenderWay};
use box_office::{DeviceId, HoldId, Money, TenderId};
use database::{Scope, Tx};
use service::metrics::Gauge;

use crate::app::App;
use crate::error::Refused;
use crate::holds::HoldRow;
use crate::repeats::Repeat;
use crate::terminal::Payment;
use crate::{cases, holds, link, sales};

/// Between two questions to a terminal that has no outcome yet: a guest notices half a second, the terminal does not.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// Between two questions to a terminal that does not answer.
const ASK_AGAIN_UNREACHED: Duration = Duration::from_secs(2);

/// What a guest has at least to choose another way after a payment failed.
const TIME_AFTER_A_DECLINE: Duration = Duration::from_secs(90);

/// A payment as the box keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TenderRow {
    pub(crate) id: TenderId,
    pub(crate) hold: HoldId,
    pub(crate) device: DeviceId,
    pub(crate) way: TenderWay,
    pub(crate) amount_minor: i64,
    pub(crate) given_minor: Option<i64>,
    pub(crate) state: StoredState,
    pub(crate) cancel_asked: bool,
    pub(crate) slip: Option<CardSlip>,
    pub(crate) started_ms: i64,
    pub(crate) repeat: Repeat,
}

/// Where a payment stands, with the one state that outsiders see as approved still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoredState {
    /// The terminal has no outcome yet.
    Pending,
    /// Paid.
    Approved,
    /// Refused by the bank.
    Declined,
    /// Stopped before it was paid.
    Cancelled,
    /// Paid, and to be given back: no ticket can be issued for it.
    Refunding,
    /// Given back.
    Refunded,
}

impl StoredState {
    /// As outsiders see it.
    pub(crate) fn shown(self) -> TenderState {
        match self {
            Self::Pending => TenderState::Pending,
            Self::Approved | Self::Refunding => TenderState::Approved,
            Self::Declined => TenderState::Declined,
            Self::Cancelled => TenderState::Cancelled,
            Self::Refunded => TenderState::Refunded,
        }
    }
}

impl StoredState {
    /// Whether nothing more will come of it and nothing came of it: the seats may be chosen anew.
    pub(crate) fn is_without_effect(self) -> bool {
        match self {
            Self::Declined | Self::Cancelled | Self::Refunded => true,
            Self::Pending | Self::Approved | Self::Refunding => false,
        }
    }

    /// As the database writes it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::Refunding => "refunding",
            Self::Refunded => "refunded",
        }
    }
}

/// What `tenders` have paid, in minor units.
pub(crate) fn paid_minor(tenders: &[TenderRow]) -> i64 {
    tenders
        .iter()
        .filter(|tender| tender.state == StoredState::Approved)
        .map(|tender| tender.amount_minor)
        .sum()
}

/// The most cash of one payment in minor units: no drawer holds more, and sums of it stay far from the end of a number.
const MOST_CASH_MINOR: i64 = 100_000_000;

/// Cash that was counted is more than nothing, and not more than a slip of the keyboard.
pub(crate) fn check_cash(given_minor: i64) -> Result<(), Refused> {
    if (1..=MOST_CASH_MINOR).contains(&given_minor) {
        Ok(())
    } else {
        Err(Refused::WrongAmount)
    }
}

/// How somebody pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    /// Cash that was counted.
    Cash { given_minor: i64 },
    /// A card at the terminal.
    Card,
}

/// Records cash that a clerk was handed. What is more than the total is change, told by the sale.
pub(crate) async fn cash(
    app: &App,
    device: &Device,
    hold: HoldId,
    given_minor: i64,
    repeat: Repeat,
) -> Result<TenderRow, Refused> {
    check_cash(given_minor)?;
    begin(app, device, hold, Means::Cash { given_minor }, repeat).await
}

/// Begins to take the rest of the total by card: the intent is durable when this returns, the terminal is asked afterwards.
pub(crate) async fn card(
    app: &App,
    device: &Device,
    hold: HoldId,
    repeat: Repeat,
) -> Result<TenderRow, Refused> {
    if !app.terminal.is_set_up() {
        return Err(Refused::NoTerminal);
    }
    begin(app, device, hold, Means::Card, repeat).await
}

async fn begin(
    app: &App,
    device: &Device,
    hold: HoldId,
    means: Means,
    repeat: Repeat,
) -> Result<TenderRow, Refused> {
    let (acting, device) = (app.clone(), device.id.clone());
    let id = TenderId::new(app.clock.now().as_millisecond(), app.random.bytes());
    let (now, started) = (app.clock.monotonic(), app.clock.now());
    app.database
        .write(Scope::of("hold", hold.as_str()), move |tx| {
            if let Some(known) = store::by_key(tx, &device, &repeat.key)? {
                return repeat.is(&known.repeat).map(|()| known);
            }
            let row = holds::open_for_payment(tx, &device, &hold, now)?;
            let missing = row.total_minor - paid_minor(&store::of_hold(tx, &hold)?);
            if missing <= 0 {
                return Err(Refused::AlreadyPaid);
            }
            let (way, amount_minor, given_minor, state) = match means {
                Means::Cash { given_minor } => (
                    TenderWay::Cash,
                    missing.min(given_minor),
                    Some(given_minor),
                    StoredState::Approved,
                ),
                Means::Card => (TenderWay::Card, missing, None, StoredState::Pending),
            };
            let tender = TenderRow {
                id: id.clone(),
                hold: hold.clone(),
                device: device.clone(),
                way,
                amount_minor,
                given_minor,
                state,
                cancel_asked: false,
                slip: None,
                started_ms: started.as_millisecond(),
                repeat: repeat.clone(),
            };
            store::add(tx, &tender)?;
            match means {
                Means::Cash { .. } => {}
                Means::Card => {
                    sales::check_on_sale(tx, &row.showtime, started)?;
                    holds::store::set_state(tx, &hold, HoldState::Paying, row.left_at(now), now)?;
                    let app = acting.clone();
                    tx.after_commit(move || app.payment_bell.notify_one());
                }
            }
            Ok(tender)
        })
        .await
}

/// Asks the terminal to stop. The outcome is what the terminal says: it may be too late.
pub(crate) async fn cancel(
    app: &App,
    device: &Device,
    tender: TenderId,
) -> Result<TenderRow, Refused> {
    let (asking, device) = (app.clone(), device.id.clone());
    app.database
        .write(Scope::of("tender", tender.as_str()), move |tx| {
            let known = store::by_id(tx, &tender)?
                .filter(|known| known.device == device)
                .ok_or(Refused::UnknownTender)?;
            if known.state == StoredState::Pending {
                store::ask_to_cancel(tx, &tender)?;
                let app = asking.clone();
                tx.after_commit(move || app.payment_bell.notify_one());
            }
            Ok(known)
        })
        .await
}

/// Payments that this process has in hand.
#[derive(Debug, Default)]
pub(crate) struct InHand(Mutex<HashSet<TenderId>>);

impl InHand {
    fn begin(&self, id: &TenderId) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.clone())
    }

    pub(crate) fn contains(&self, id: &TenderId) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(id)
    }

    fn end(&self, id: &TenderId) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id);
    }
}

/// Follows every payment that has no outcome, each by a task of its own; returns when shutdown begins. What is left open is found
/// again at the next start.
pub(crate) async fn follow_all(app: App, open_cases: Gauge) {
    // Payments older than this process may have been sent to the terminal without a record of it.
    let began_ms = app.clock.now().as_millisecond();
    while !app.lifecycle.shutdown().is_cancelled() {
        match app.database.read(store::without_outcome).await {
            Ok(tenders) => {
                for tender in tenders
                    .into_iter()
                    .filter(|tender| app.followed.begin(&tender.id))
                {
                    let follower = app.clone();
                    app.lifecycle.run(async move {
                        let id = tender.id.clone();
                        tokio::select! {
                            () = follow(&follower, tender, began_ms) => {}
                            () = follower.lifecycle.shutdown().cancelled() => {}
                        }
                        follower.followed.end(&id);
                    });
                }
            }
            Err(error) => tracing::error!(%error, "the open payments could not be read"),
        }
        if let Err(refused) = cases::run_due(&app, &open_cases).await {
            tracing::error!(%refused, "the payments without an outcome could not be looked at");
        }
        tokio::select! {
            () = app.payment_bell.notified() => {}
            () = tokio::time::sleep(ASK_AGAIN_UNREACHED) => {}
            () = app.lifecycle.shutdown().cancelled() => {}
        }
    }
}

/// Follows one payment to its outcome and records it.
async fn follow(app: &App, tender: TenderRow, began_ms: i64) {
    let Some(currency) = app.catalogue.currency() else {
        return;
    };
    let amount = Money::new(tender.amount_minor, currency);
    if tender.state == StoredState::Refunding {
        return give_back(app, &tender, amount).await;
    }
    let mut may_begin = tender.started_ms >= began_ms && tender.state == StoredState::Pending;
    let mut silent = false;
    loop {
        let payment = if is_cancel_asked(app, &tender.id).await {
            app.terminal.cancel(&tender.id).await
        } else if may_begin {
            may_begin = false;
            pay(app, &tender, amount).await
        } else {
            app.terminal.status(&tender.id).await
        };
        let payment = match payment {
            // It never reached the terminal, and the guest may be gone: it must not be taken later.
            Ok(Payment::Unknown) => app.terminal.cancel(&tender.id).await,
            other => other,
        };
        let pause = match payment {
            Ok(payment) if payment.is_final() => match record(app, &tender, payment).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::error!(tender.id = %tender.id, %error, "the outcome of a payment could not be recorded; trying again");
                    ASK_AGAIN
                }
            },
            Ok(_) => ASK_AGAIN,
            Err(unknown) => {
                // Once: a terminal may be silent for days.
                if !std::mem::replace(&mut silent, true) {
                    tracing::warn!(tender.id = %tender.id, %unknown, "the terminal gives no outcome; asking again and again");
                }
                ASK_AGAIN_UNREACHED
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Has the terminal take the amount, unless somebody asks to stop before it is done.
async fn pay(
    app: &App,
    tender: &TenderRow,
    amount: Money,
) -> Result<Payment, crate::terminal::Unknown> {
    let stopped = async {
        while !is_cancel_asked(app, &tender.id).await {
            tokio::time::sleep(ASK_AGAIN).await;
        }
    };
    tokio::select! {
        payment = app.terminal.pay(&tender.id, amount) => payment,
        () = stopped => app.terminal.cancel(&tender.id).await,
    }
}

async fn is_cancel_asked(app: &App, tender: &TenderId) -> bool {
    let id = tender.clone();
    let found = app.database.read(move |db| store::by_id(db, &id)).await;
    found.is_ok_and(|found| found.is_some_and(|tender| tender.cancel_asked))
}

/// Takes the refund in hand, unless nothing is owed any more. It is a write, so that it comes before a person's decision or after
/// it, and never beside it.
async fn begin_refund(app: &App, tender: &TenderId) -> Result<bool, Refused> {
    let (acting, id) = (app.clone(), tender.clone());
    app.database
        .write(Scope::of("tender", tender.as_str()), move |tx| {
            let found = store::by_id(tx, &id)?;
            let owed = found.is_some_and(|tender| tender.state == StoredState::Refunding);
            if owed {
                acting.refunds.begin(&id);
            }
            Ok::<_, Refused>(owed)
        })
        .await
}

/// Gives back what was taken and bought nothing; tries until the terminal says that it is done, or a person has done it.
async fn give_back(app: &App, tender: &TenderRow, amount: Money) {
    loop {
        let done = match begin_refund(app, &tender.id).await {
            Ok(true) => refund(app, tender, amount).await,
            Ok(false) => true,
            Err(error) => {
                tracing::error!(tender.id = %tender.id, %error, "a refund could not be begun; trying again");
                false
            }
        };
        app.refunds.end(&tender.id);
        if done {
            return;
        }
        tokio::time::sleep(ASK_AGAIN_UNREACHED).await;
    }
}

/// Has the terminal give it back, and records that it did; whether both are done.
async fn refund(app: &App, tender: &TenderRow, amount: Money) -> bool {
    match app.terminal.refund(&tender.id, amount).await {
        // Not paid: a person said that it was taken, and the terminal knows better.
        Ok(
            payment @ (Payment::Refunded { .. } | Payment::Declined { .. } | Payment::Cancelled),
        ) => match record(app, tender, payment).await {
            Ok(()) => return true,
            Err(error) => {
                tracing::error!(tender.id = %tender.id, %error, "a refund could not be recorded; trying again");
            }
        },
        Ok(other) => {
            tracing::error!(tender.id = %tender.id, ?other, "the terminal does not refund; trying again");
        }
        Err(unknown) => {
            tracing::warn!(tender.id = %tender.id, %unknown, "the terminal does not say whether it refunded; trying again");
        }
    }
    false
}

/// Asks the terminal whether it has given back what a person is about to give back by hand, and records it if so. The answer to an
/// earlier refund may have been lost. A terminal that is not reached says nothing, and the person must know.
pub(crate) async fn look_before_hand(app: &App, id: &TenderId) -> Result<(), Refused> {
    let wanted = id.clone();
    let found = app
        .database
        .read(move |db| store::by_id(db, &wanted))
        .await?;
    let Some(tender) = found.filter(|tender| tender.state == StoredState::Refunding) else {
        return Ok(());
    };
    match app.terminal.status(id).await {
        Ok(payment @ Payment::Refunded { .. }) => record(app, &tender, payment).await,
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Records an outcome; an approved card that completes the total settles the sale in the same transaction.
async fn record(app: &App, tender: &TenderRow, payment: Payment) -> Result<(), Refused> {
    let (acting, id, hold) = (app.clone(), tender.id.clone(), tender.hold.clone());
    app.database
        .write(Scope::of("hold", hold.as_str()), move |tx| {
            let Some(tender) = store::by_id(tx, &id)? else {
                return Ok(());
            };
            match (tender.state, payment.clone()) {
                (StoredState::Pending, Payment::Approved { amount_minor, slip }) => {
                    store::approve(tx, &tender.id, &slip)?;
                    approved(tx, &acting, &tender, amount_minor)
                }
                (StoredState::Pending, Payment::Declined { .. }) => {
                    not_paid(tx, &acting, &tender, StoredState::Declined)
                }
                (StoredState::Pending, Payment::Cancelled) => {
                    not_paid(tx, &acting, &tender, StoredState::Cancelled)
                }
                (StoredState::Pending, Payment::Refunded { .. }) => {
                    not_paid(tx, &acting, &tender, StoredState::Refunded)
                }
                (StoredState::Refunding, Payment::Refunded { .. }) => {
                    refunded_in(tx, &acting, &tender, "no_ticket_issued")
                }
                // A person said that it was taken; it was not.
                (StoredState::Refunding, Payment::Declined { .. } | Payment::Cancelled)
                    if tender.slip.is_none() =>
                {
                    Ok(store::set_state(tx, &tender.id, StoredState::Cancelled)?)
                }
                // A person said that it was not taken; it was.
                (StoredState::Cancelled, Payment::Approved { slip, .. }) => {
                    store::approve(tx, &tender.id, &slip)?;
                    owe_in(tx, &acting, &tender)
                }
                (_, _) => Ok(()),
            }?;
            cases::terminal_spoke(tx, &acting, &tender.id, &payment)
        })
        .await
}

/// A person found that the money was taken: tickets if they can still be issued, else it is owed back.
pub(crate) fn taken_in(tx: &mut Tx<'_>, app: &App, tender: &TenderRow) -> Result<(), Refused> {
    store::set_state(tx, &tender.id, StoredState::Approved)?;
    approved(tx, app, tender, tender.amount_minor)
}

/// A person found that nothing was taken: the seats are free, and what else was paid for them goes back.
pub(crate) fn not_taken_in(tx: &mut Tx<'_>, app: &App, tender: &TenderRow) -> Result<(), Refused> {
    store::set_state(tx, &tender.id, StoredState::Cancelled)?;
    end_hold_of(tx, app, tender)
}

/// What was owed has been given back.
pub(crate) fn refunded_in(
    tx: &mut Tx<'_>,
    app: &App,
    tender: &TenderRow,
    reason: &str,
) -> Result<(), Refused> {
    store::set_state(tx, &tender.id, StoredState::Refunded)?;
    link::tell_refund(tx, app, tender, reason)
}

/// What follows from a payment that has come in: the sale, if it completes the total and tickets may be issued, else it goes back.
fn approved(
    tx: &mut Tx<'_>,
    app: &App,
    tender: &TenderRow,
    amount_minor: i64,
) -> Result<(), Refused> {
    let hold = holds::store::by_id(tx, &tender.hold)?.ok_or(Refused::UnknownHold)?;
    let sellable = hold.state == HoldState::Paying
        && amount_minor == tender.amount_minor
        && sales::check_may_issue(tx, &hold.showtime, app.clock.now()).is_ok();
    if !sellable {
        tracing::warn!(tender.id = %tender.id, "a card was charged and no ticket can be issued; giving the money back");
        owe_in(tx, app, tender)?;
        return end_hold_of(tx, app, tender);
    }
    let tenders = store::of_hold(tx, &hold.id)?;
    if paid_minor(&tenders) < hold.total_minor {
        return go_on(tx, app, &hold);
    }
    sales::settle_in(tx, app, &hold, &tenders, None).map(|_| ())
}

/// The money of a card goes back by its terminal, as soon as that can be reached.
fn owe_in(tx: &mut Tx<'_>, app: &App, tender: &TenderRow) -> Result<(), Refused> {
    store::set_state(tx, &tender.id, StoredState::Refunding)?;
    let ringing = app.clone();
    tx.after_commit(move || ringing.payment_bell.notify_one());
    Ok(())
}

fn end_hold_of(tx: &mut Tx<'_>, app: &App, tender: &TenderRow) -> Result<(), Refused> {
    let hold = holds::store::by_id(tx, &tender.hold)?.ok_or(Refused::UnknownHold)?;
    match hold.state {
        HoldState::Paying => holds::end_in(tx, app, &hold),
        HoldState::Open | HoldState::Settled | HoldState::Ended => Ok(()),
    }
}

/// The hold's time runs again, and is long enough to choose another way to pay.
fn go_on(tx: &mut Tx<'_>, app: &App, hold: &HoldRow) -> Result<(), Refused> {
    let (left, now) = (hold.left.max(TIME_AFTER_A_DECLINE), app.clock.monotonic());
    Ok(holds::store::set_state(
        tx,
        &hold.id,
        HoldState::Open,
        left,
        now,
    )?)
}

fn not_paid(
    tx: &mut Tx<'_>,
    app: &App,
    tender: &TenderRow,
    state: StoredState,
) -> Result<(), Refused> {
    store::set_state(tx, &tender.id, state)?;
    let hold = holds::store::by_id(tx, &tender.hold)?.ok_or(Refused::UnknownHold)?;
    match hold.state {
        HoldState::Paying => go_on(tx, app, &hold),
        HoldState::Open | HoldState::Settled | HoldState::Ended => Ok(()),
    }
}

/// Everything that was paid for a hold which ends without a sale goes back: cash by the clerk's hand, cards by the terminal.
pub(crate) fn give_back_in(tx: &mut Tx<'_>, app: &App, hold: &HoldId) -> Result<(), Refused> {
    for tender in store::of_hold(tx, hold)?
        .into_iter()
        .filter(|tender| tender.state == StoredState::Approved)
    {
        match tender.way {
            TenderWay::Cash => store::set_state(tx, &tender.id, StoredState::Refunded)?,
            TenderWay::Card => owe_in(tx, app, &tender)?,
        }
    }
    Ok(())
}
