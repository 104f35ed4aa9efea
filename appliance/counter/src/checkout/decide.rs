//! What a person decides about a payment: the open cases in words, and the word that closes one.

use std::sync::Arc;

use box_office::TenderId;
use box_office::checkout::{PaymentEvent, Word, WordRefusal};
use database::Snapshot;
use serde::{Deserialize, Serialize};
use wire::event::PaymentOutcome;

use super::cases::{self, KIND, Mover, Stage, outcome};
use super::forgotten::Became;
use super::purchase::Purchase;
use super::{CheckoutRefused, afterwards, follow, forgotten, stopped::stopped_payments, store};
use crate::cases::{CaseKey, reason_of};
use crate::counter::Counter;
use crate::ports::{Details, Stopped};
use crate::{catalogue, holds};

/// What a person decides, having asked the bank or counted the till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The money was taken: tickets are issued if they still can be, else it is owed back.
    Taken,
    /// It was not taken: the seats are free.
    NotTaken,
    /// What was owed is given back by hand. It is said before the money is handed out: the terminal may be giving it back.
    Refunded,
}

impl Decision {
    fn word(self) -> Word {
        match self {
            Self::Taken => Word::Taken,
            Self::NotTaken => Word::NotTaken,
            Self::Refunded => Word::GivenBack,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::NotTaken => "not_taken",
            Self::Refunded => "refunded",
        }
    }
}

/// Which of the cases of a payment is meant: more than one may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// What became of it, or that it is owed back.
    Payment,
    /// That it was taken and is forgotten here.
    Charge,
    /// That it was given back and did not arrive.
    NotArrived,
    /// That its guest has their bank fetch it.
    Dispute,
}

impl Matter {
    const ALL: [Self; 4] = [Self::Payment, Self::Charge, Self::NotArrived, Self::Dispute];

    /// The kind of its cases.
    fn kind(self) -> &'static str {
        match self {
            Self::Payment => KIND,
            Self::Charge => forgotten::KIND,
            Self::NotArrived => afterwards::NOT_ARRIVED,
            Self::Dispute => afterwards::DISPUTE,
        }
    }

    /// As a person types it.
    fn typed(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Charge => "charge",
            Self::NotArrived => "not-arrived",
            Self::Dispute => "dispute",
        }
    }

    /// Those of a payment that wait for a person.
    fn open_of(db: &mut Snapshot<'_>, payment: &TenderId) -> Result<Vec<Self>, database::Error> {
        let mut open = Vec::new();
        for matter in Self::ALL {
            let (kind, about) = (matter.kind(), payment.as_str());
            let case = crate::cases::find(db, CaseKey { kind, about })?;
            open.extend(case.filter(|case| case.open).map(|_| matter));
        }
        Ok(open)
    }
}

/// The open cases in words, one a line.
///
/// # Errors
/// The database refuses.
pub async fn list(counter: &Counter) -> Result<String, CheckoutRefused> {
    let lines = counter
        .database
        .read(|db| {
            let mut lines = Vec::new();
            for case in crate::cases::open_of(db, KIND)? {
                let Ok(id) = case.about.parse::<TenderId>() else {
                    continue;
                };
                let payment = match store::by_id(db, &id) {
                    Ok(Some(payment)) => payment,
                    Ok(None) => continue,
                    Err(error) => {
                        lines.push(format!(
                            "{id}  since {}  cannot be read: {error}",
                            case.opened_at
                        ));
                        continue;
                    }
                };
                let what = match Stage::of(payment.state) {
                    Stage::Unknown => "taken or not taken?",
                    Stage::RefundOwed => "taken, to be given back",
                    Stage::Closed => "closed",
                };
                let showtime = match holds::showtime_of(db, &payment.hold)? {
                    Some(showtime) => catalogue::named(db, showtime)?.id.to_string(),
                    None => String::new(),
                };
                let key = CaseKey {
                    kind: KIND,
                    about: id.as_str(),
                };
                let why = match Stage::of(payment.state) {
                    Stage::RefundOwed => crate::cases::last_reason(db, key)?,
                    Stage::Unknown | Stage::Closed => None,
                };
                let why = why.filter(|why| !why.is_empty());
                let why = why.map_or_else(String::new, |why| format!("  ({why})"));
                let (amount, since) = (payment.amount(), case.opened_at);
                lines.push(format!(
                    "{id}  {amount}  {showtime}  since {since}  {what}{why}"
                ));
            }
            lines.extend(forgotten::list(db)?);
            lines.extend(afterwards::list(db)?);
            Ok::<_, CheckoutRefused>(lines)
        })
        .await?;
    let mut said = match lines.is_empty() {
        true => "no payment waits for a person".to_owned(),
        false => lines.join("\n"),
    };
    if counter.ports.stopped().is_some() {
        said = format!("{said}\n{}", stopped_payments(counter).await);
    }
    Ok(said)
}

/// Records what a person decided about the open case of a payment, with all that follows from it; says what that was. Where more than one is open
/// it must be said about which.
///
/// # Errors
/// There is no such case, or more than one; there is no reason, or the decision is not what is asked.
pub async fn decide(
    counter: &Counter,
    (payment, about): (TenderId, Option<Matter>),
    decision: Decision,
    reason: String,
) -> Result<String, CheckoutRefused> {
    let reason = reason_of(&reason).ok_or(CheckoutRefused::NoReason)?;
    let asked = payment.clone();
    let reading = counter.database.read(move |db| Matter::open_of(db, &asked));
    let matter = match (about, &reading.await?[..]) {
        (Some(about), _) => about,
        (None, [only]) => *only,
        (None, []) => Matter::Payment,
        (None, open) => {
            let each = open.iter().map(|matter| matter.typed());
            return Err(CheckoutRefused::WhichCase(each.collect()));
        }
    };
    let became = match decision {
        Decision::Taken => Ok(Became::Kept),
        Decision::Refunded => Ok(Became::Returned),
        Decision::NotTaken => Err(CheckoutRefused::WrongDecision),
    };
    match matter {
        Matter::Payment => decide_payment(counter, payment, decision, reason).await,
        Matter::Charge => forgotten::decide(counter, payment, became?, reason).await,
        Matter::NotArrived | Matter::Dispute => {
            afterwards::decide(counter, (matter.kind(), payment), became?, reason).await
        }
    }
}

/// A person has said what became of a payment, or that it is given back.
async fn decide_payment(
    counter: &Counter,
    payment: TenderId,
    decision: Decision,
    reason: String,
) -> Result<String, CheckoutRefused> {
    // From here on nobody else gives it back, until what is decided is stored. What is read after it is as they have left it.
    let in_hand = match decision {
        Decision::Refunded => {
            let in_hand = counter.following.returning.take_soon(&payment).await;
            Some(in_hand.ok_or(CheckoutRefused::RefundUnderWay)?)
        }
        Decision::Taken | Decision::NotTaken => None,
    };
    let (wanted, asking) = (payment.clone(), counter.clone());
    let (row, at) = counter
        .database
        .read(move |db| {
            let row = store::by_id(db, &wanted)?.ok_or(CheckoutRefused::UnknownCase)?;
            if !cases::has_one(db, &row.id)? {
                return Err(CheckoutRefused::UnknownCase);
            }
            let at = follow::at_of(db, &asking, &row.hold)?;
            Ok((row, at))
        })
        .await?;
    if in_hand.is_some() {
        follow::look_before_hand(&at, &row).await?;
    }
    let (acting, in_hand) = (at.clone(), Arc::new(in_hand));
    let decided = at
        .database
        .write(at.scope(), move |tx| {
            let row = store::by_id(tx, &payment)?.ok_or(CheckoutRefused::UnknownCase)?;
            // Also where whoever decides waits no more.
            let in_hand = Arc::clone(&in_hand);
            tx.after_commit(move || drop(in_hand));
            if acting.ports.stopped() == Some(Stopped::All) {
                return Err(CheckoutRefused::Stopped);
            }
            let mover = Mover::person(decision.name(), reason.clone());
            let mut purchase = Purchase::with(tx, &acting, &row.hold)?.moved_by(mover);
            let event = PaymentEvent::Word(decision.word());
            match purchase.word(tx, &payment, event, &Details::default())? {
                Ok(()) => {}
                Err(WordRefusal::Closed) => return Err(CheckoutRefused::CaseClosed),
                Err(WordRefusal::NotTheQuestion) => return Err(CheckoutRefused::WrongDecision),
            }
            acting.following.hears_a_word(&payment);
            let row = store::by_id(tx, &payment)?.ok_or(CheckoutRefused::UnknownCase)?;
            Ok(outcome(row.state))
        })
        .await?;
    Ok(match decided {
        PaymentOutcome::Ticketed => "taken: the tickets are issued",
        PaymentOutcome::RefundOwed => "taken: no ticket can be issued, so the money is owed back",
        PaymentOutcome::NotTaken => "not taken: the seats are free",
        PaymentOutcome::Refunded => "given back",
    }
    .to_owned())
}
