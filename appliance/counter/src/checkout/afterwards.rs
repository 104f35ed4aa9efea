//! What whoever took the money says of a payment that had come to its end: what was given back did not arrive, or its guest has their bank
//! fetch it. Nothing is done about it by itself; a person at head office is asked.

use box_office::checkout::Payment;
use box_office::{Money, SaleId, ShowtimeId, TenderId};
use database::{Snapshot, Tx};

use super::forgotten::{self, Became};
use super::{CheckoutRefused, follow, store};
use crate::Fault;
use crate::cases::{self, By, CaseKey, Move};
use crate::counter::{At, Counter};
use crate::sold::PaymentRow;
use crate::{catalogue, holds};

/// What they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    /// Of what was given back of the payment as a whole.
    GivenBack {
        /// What of it did not arrive.
        not_arrived: Option<Money>,
    },
    /// Of what the guest has their bank fetch back.
    Disputed {
        /// What of it is not decided for us.
        open: Option<Money>,
    },
}

/// The kind of the cases of what did not arrive.
const NOT_ARRIVED: &str = "not_arrived";

/// The kind of the cases of what is fetched back.
const DISPUTE: &str = "dispute";

/// Records what they say, which ends cases as well; what is not known here is found in their list.
///
/// # Errors
/// The database refuses.
pub async fn hear_afterwards(
    counter: &Counter,
    payment: TenderId,
    said: Afterwards,
) -> Result<(), Fault> {
    let (asking, wanted) = (counter.clone(), payment.clone());
    let find = move |db: &mut Snapshot<'_>| match store::by_id(db, &wanted)? {
        Some(row) => Ok(Some(follow::at_of(db, &asking, &row.hold)?)),
        None => Ok::<_, Fault>(None),
    };
    let Some(at) = counter.database.read(find).await? else {
        return Ok(());
    };
    let acting = at.clone();
    let writing = at.database.write(at.scope(), move |tx| {
        let Some(row) = store::by_id(tx, &payment)? else {
            return Ok(());
        };
        match said {
            Afterwards::GivenBack { not_arrived } => {
                // What is still to go back is asked for again by itself.
                let is_back = matches!(row.state, Payment::Returned(_));
                let not_arrived = not_arrived.filter(|_| is_back);
                put(tx, &acting, (NOT_ARRIVED, &row), not_arrived)
            }
            Afterwards::Disputed { open } => put(tx, &acting, (DISPUTE, &row), open),
        }
    });
    writing.await
}

/// Opens the case of such a kind, or ends it where there is nothing more to it. One that a person has closed stays so.
fn put(
    tx: &mut Tx<'_>,
    at: &At,
    (kind, row): (&'static str, &PaymentRow),
    amount: Option<Money>,
) -> Result<(), Fault> {
    let key = CaseKey {
        kind,
        about: row.id.as_str(),
    };
    let known = cases::find(tx, key)?;
    let is_open = known.as_ref().is_some_and(|case| case.open);
    let words = amount.map(|amount| amount.to_string());
    let (stage, what, reason) = match (&words, is_open) {
        (Some(words), false) if known.is_none() => {
            tracing::warn!(tender.id = %row.id, kind, amount = words, "a person must look at a payment that had come to its end");
            (kind, "opened", words.as_str())
        }
        (None, true) => (
            "closed",
            "closed",
            "whoever took the money says that it is settled",
        ),
        (Some(_), _) | (None, false) => return Ok(()),
    };
    let step = Move {
        by: By::Terminal,
        what,
        reason,
        at: at.clock.now(),
    };
    Ok(cases::put(
        tx,
        key,
        at.cinema(),
        stage,
        amount.is_some(),
        step,
    )?)
}

/// What such a case is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// How much, with its currency, in words.
    pub amount: String,
    /// For which showtime it was paid.
    pub showtime: ShowtimeId,
    /// What was sold for it; nothing, if nothing was.
    pub sale: Option<SaleId>,
}

/// What the open case of this kind about this payment is about; nothing, of another kind.
///
/// # Errors
/// The database refuses.
pub fn about_afterwards(
    db: &mut Snapshot<'_>,
    kind: &str,
    payment: &str,
) -> Result<Option<About>, Fault> {
    let kinds = [NOT_ARRIVED, DISPUTE].into_iter();
    let (Some(kind), Ok(payment)) = (kinds.into_iter().find(|it| *it == kind), payment.parse())
    else {
        return Ok(None);
    };
    about(db, kind, &payment)
}

fn about(
    db: &mut Snapshot<'_>,
    kind: &'static str,
    payment: &TenderId,
) -> Result<Option<About>, Fault> {
    let key = CaseKey {
        kind,
        about: payment.as_str(),
    };
    let Some(row) = store::by_id(db, payment)? else {
        return Ok(None);
    };
    let Some(showtime) = holds::showtime_of(db, &row.hold)? else {
        return Ok(None);
    };
    Ok(Some(About {
        amount: cases::last_reason(db, key)?.unwrap_or_default(),
        showtime: catalogue::named(db, showtime)?.id,
        sale: store::sale_of_hold(db, &row.hold)?,
    }))
}

/// What waits for a person, one a line.
pub(super) fn list(db: &mut Snapshot<'_>) -> Result<Vec<String>, Fault> {
    let questions = [
        (
            NOT_ARRIVED,
            "given back, and it did not arrive: give it by hand, then say `refunded`",
        ),
        (
            DISPUTE,
            "its guest has their bank fetch it: answer at the provider, then say `taken` if it stays, `refunded` if it is gone",
        ),
    ];
    let mut lines = Vec::new();
    for (kind, question) in questions {
        for case in cases::open_of(db, kind)? {
            let Ok(payment) = case.about.parse::<TenderId>() else {
                continue;
            };
            let Some(of) = about(db, kind, &payment)? else {
                continue;
            };
            let (amount, showtime, since) = (of.amount, of.showtime, case.opened_at);
            let sale = of
                .sale
                .map_or_else(String::new, |sale| format!("  sale {sale}"));
            lines.push(format!(
                "{payment}  {amount}  {showtime}{sale}  since {since}  {question}"
            ));
        }
    }
    Ok(lines)
}

/// Of which kind an open case about this payment is, if there is one.
pub(super) fn open_kind(
    db: &mut Snapshot<'_>,
    payment: &TenderId,
) -> Result<Option<&'static str>, database::Error> {
    for kind in [NOT_ARRIVED, DISPUTE] {
        let about = payment.as_str();
        let case = cases::find(db, CaseKey { kind, about })?;
        if case.is_some_and(|case| case.open) {
            return Ok(Some(kind));
        }
    }
    Ok(None)
}

/// A person has decided.
pub(super) async fn decide(
    counter: &Counter,
    (kind, payment): (&'static str, TenderId),
    became: Became,
    reason: String,
) -> Result<String, CheckoutRefused> {
    let (stage, words) = match (became, kind) {
        (Became::Kept, NOT_ARRIVED) => return Err(CheckoutRefused::WrongDecision),
        (Became::Kept, _) => ("kept", "taken: the money stays"),
        (Became::Returned, _) => ("returned", "given back"),
    };
    forgotten::close(counter, (kind, payment), (stage, words), reason).await
}
