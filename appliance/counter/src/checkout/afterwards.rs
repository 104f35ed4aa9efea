//! What whoever took the money says of a payment that had come to its end: what was given back did not arrive, or its guest has their bank
//! fetch it. Nothing is done about it by itself; a person at head office is asked.

use box_office::checkout::Payment;
use box_office::{Money, SaleId, ShowtimeId, TenderId};
use database::{Snapshot, Tx};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::forgotten::{self, Became};
use super::{CheckoutRefused, follow, store};
use crate::Fault;
use crate::cases::{self, By, Case, CaseKey, Move};
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
        open: Option<Disputed>,
        /// Whether any of it was fetched, and has come back.
        has_come_back: bool,
    },
}

/// What a guest has their bank fetch back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disputed {
    /// How much.
    pub amount: Money,
    /// How it stands.
    pub stands: DisputeStands,
}

/// How that stands which a bank fetches back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisputeStands {
    /// The bank asks, and has fetched nothing.
    Inquiry {
        /// Until when an answer is waited for, if one is.
        by: Option<Timestamp>,
    },
    /// It is fetched, and an answer is waited for.
    Asked {
        /// Until when.
        by: Option<Timestamp>,
    },
    /// It was answered, and the bank decides.
    Judged,
    /// It is gone.
    Lost,
}

impl DisputeStands {
    fn stage(self) -> &'static str {
        match self {
            Self::Inquiry { .. } => INQUIRY,
            Self::Asked { .. } => DISPUTE,
            Self::Judged => JUDGED,
            Self::Lost => LOST,
        }
    }
}

/// The kind of the cases of what did not arrive.
pub(super) const NOT_ARRIVED: &str = "not_arrived";

/// The kind of the cases of what is fetched back, and their stage while an answer is waited for.
pub(super) const DISPUTE: &str = "dispute";

/// Their stage while a bank asks, and has fetched nothing.
const INQUIRY: &str = "inquiry";

/// Their stage while the bank decides.
const JUDGED: &str = "judged";

/// Their stage once it is gone.
const LOST: &str = "lost";

/// Their stage where it came back although a person had said that it was gone.
const WON: &str = "won";

/// Where a person has said that the money stays.
const KEPT: &str = "kept";

/// Where a person has said that it is gone.
const RETURNED: &str = "returned";

/// Where a person has decided while a bank had fetched nothing: what they said says nothing of what it fetches later.
const INQUIRY_DECIDED: &str = "inquiry_decided";

/// In the words of a case, between an amount and the day until which it must be answered.
const ANSWER_BY: &str = ", answer by ";

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
                // What is still to go back is asked for again by itself. A part that somebody gave by hand is not.
                let is_asked = matches!(row.state, Payment::Returning(_) | Payment::Owed(_));
                let words = not_arrived
                    .filter(|_| !is_asked)
                    .map(|amount| amount.to_string());
                let told = words.map(|words| (NOT_ARRIVED, words));
                match told {
                    Some(told) => put(tx, &acting, (NOT_ARRIVED, &row), told),
                    None => end(tx, &acting, (NOT_ARRIVED, &row), false),
                }
            }
            Afterwards::Disputed {
                open,
                has_come_back,
            } => match open {
                Some(open) => {
                    let told = (open.stands.stage(), in_words(open));
                    put(tx, &acting, (DISPUTE, &row), told)
                }
                None => end(tx, &acting, (DISPUTE, &row), has_come_back),
            },
        }
    });
    writing.await
}

fn in_words(open: Disputed) -> String {
    let Disputed { amount, stands } = open;
    match stands {
        DisputeStands::Asked { by: Some(by) } | DisputeStands::Inquiry { by: Some(by) } => {
            let day = by.to_zoned(TimeZone::UTC).date();
            format!("{amount}{ANSWER_BY}{day}")
        }
        DisputeStands::Asked { by: None }
        | DisputeStands::Inquiry { by: None }
        | DisputeStands::Judged
        | DisputeStands::Lost => amount.to_string(),
    }
}

/// The amount in such words, and the day, if they have one.
fn parts(words: &str) -> (&str, Option<&str>) {
    match words.split_once(ANSWER_BY) {
        Some((amount, day)) => (amount, Some(day)),
        None => (words, None),
    }
}

/// Opens the case of such a kind at the stage that was told, or brings it there. What a person has decided is decided, until something else is told:
/// another amount, that it is lost which was to stay, that it is fetched which a bank had only asked about, or the same again after it was settled.
fn put(
    tx: &mut Tx<'_>,
    at: &At,
    (kind, row): (&'static str, &PaymentRow),
    (stage, words): (&'static str, String),
) -> Result<(), Fault> {
    let key = CaseKey {
        kind,
        about: row.id.as_str(),
    };
    let what = match cases::find(tx, key)? {
        Some(case) if case.open => {
            let is_same = case.stage == stage
                && cases::last_reason(tx, key)?.is_some_and(|last| last == words);
            if is_same {
                return Ok(());
            }
            "changed"
        }
        Some(case) => {
            let decided = cases::decided_about(tx, key)?;
            let is_decided = decided.is_some_and(|last| parts(&last).0 == parts(&words).0);
            let is_news = match &*case.stage {
                KEPT => stage == LOST,
                INQUIRY_DECIDED => stage != INQUIRY,
                _ => false,
            };
            if is_decided && !is_news {
                return Ok(());
            }
            "opened"
        }
        None => "opened",
    };
    tracing::warn!(tender.id = %row.id, kind, stage, what, amount = words, "a person must look at a payment that had come to its end");
    let step = said(at, what, &words);
    Ok(cases::put(tx, key, at.cinema(), stage, true, step)?)
}

/// There is nothing more to it: ends the case of such a kind, if it was told. Where money has come back after a person had said that it was gone, they
/// must know; where a bank had only asked, none was gone.
fn end(
    tx: &mut Tx<'_>,
    at: &At,
    (kind, row): (&'static str, &PaymentRow),
    has_come_back: bool,
) -> Result<(), Fault> {
    let key = CaseKey {
        kind,
        about: row.id.as_str(),
    };
    let decided = cases::decided_about(tx, key)?;
    let settled = "whoever took the money says that it is settled";
    match cases::find(tx, key)? {
        Some(case) if case.open && case.stage == WON => Ok(()),
        Some(case) if case.open => {
            let step = said(at, "closed", settled);
            Ok(cases::put(tx, key, at.cinema(), "closed", false, step)?)
        }
        // Somebody may have given it back besides.
        Some(case) if kind == DISPUTE && case.stage == RETURNED && has_come_back => {
            let words = decided.unwrap_or_default();
            let amount = parts(&words).0;
            if words.is_empty() || cases::was_closed_at(tx, key, (WON, amount))? {
                return Ok(());
            }
            tracing::warn!(tender.id = %row.id, amount, "a bank decided for the cinema after somebody had said that the money was gone");
            let step = said(at, WON, amount);
            Ok(cases::put(tx, key, at.cinema(), WON, true, step)?)
        }
        Some(_) if decided.is_some() => Ok(cases::note(tx, key, said(at, "settled", settled))?),
        Some(_) | None => Ok(()),
    }
}

/// A move of whoever took the money.
fn said<'a>(at: &At, what: &'a str, reason: &'a str) -> Move<'a> {
    Move {
        by: By::Terminal,
        what,
        reason,
        at: at.clock.now(),
    }
}

/// What such a case is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// How much, with its currency, in words.
    pub amount: String,
    /// Until which day it must be answered, if it must.
    pub answer_by: Option<String>,
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
    let words = cases::last_reason(db, key)?.unwrap_or_default();
    let (amount, answer_by) = parts(&words);
    Ok(Some(About {
        amount: amount.to_owned(),
        answer_by: answer_by.map(str::to_owned),
        showtime: catalogue::named(db, showtime)?.id,
        sale: store::sale_of_hold(db, &row.hold)?,
    }))
}

/// What waits for a person, one a line.
pub(super) fn list(db: &mut Snapshot<'_>) -> Result<Vec<String>, Fault> {
    let mut lines = Vec::new();
    for kind in [NOT_ARRIVED, DISPUTE] {
        for case in cases::open_of(db, kind)? {
            let Ok(payment) = case.about.parse::<TenderId>() else {
                continue;
            };
            let Some(of) = about(db, kind, &payment)? else {
                continue;
            };
            let (amount, showtime, since) = (of.amount, of.showtime, case.opened_at);
            let by = of
                .answer_by
                .map_or_else(String::new, |day| format!(" by {day}"));
            let question = match &*case.stage {
                JUDGED => {
                    "its guest has their bank fetch it, which decides: `taken` if it stays, `refunded` if it is gone".to_owned()
                }
                WON => "its guest had their bank fetch it, and it came back after you had said that it was gone: whoever gave it back besides gave it twice; say `taken`".to_owned(),
                INQUIRY => format!(
                    "its guest has their bank ask about it, and nothing is fetched: answer at the provider{by}, then say `taken` if it stays, `refunded` if you give it back"
                ),
                LOST => "its guest had their bank fetch it, and it is gone: say `refunded`".to_owned(),
                DISPUTE => format!(
                    "its guest has their bank fetch it: answer at the provider{by}, then say `taken` if it stays, `refunded` if it is gone"
                ),
                _ => "given back, and it did not arrive: give it by hand, then say `refunded`".to_owned(),
            };
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

/// A person has decided.
pub(super) async fn decide(
    counter: &Counter,
    (kind, payment): (&'static str, TenderId),
    became: Became,
    reason: String,
) -> Result<String, CheckoutRefused> {
    let (stage, words) = match (became, kind) {
        (Became::Kept, NOT_ARRIVED) => return Err(CheckoutRefused::WrongDecision),
        (Became::Kept, _) => (KEPT, "taken: the money stays"),
        (Became::Returned, _) => (RETURNED, "given back"),
    };
    let stage_of = move |case: &Case| match &*case.stage {
        INQUIRY => INQUIRY_DECIDED,
        _ => stage,
    };
    let decided = forgotten::Decided {
        what: stage,
        stage_of,
        words,
    };
    forgotten::close(counter, (kind, payment), decided, reason).await
}
