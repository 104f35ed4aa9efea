//! What a person decides about a refund, at head office.

use box_office::checkout::{Refund, RefundEvent, RefundWord, WordRefusal};
use box_office::{CinemaId, Money, TicketId};
use serde::{Deserialize, Serialize};

use super::persons::{Stage, open_stage, put};
use super::{Mover, RefundRefused, RefundRow, give_back, move_on, store};
use crate::Fault;
use crate::cases::{By, reason_of};
use crate::counter::Counter;
use crate::ports::{PartNow, Stopped};
use crate::refunds;

/// What a person decides about a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The money goes back although the guest was let in: all of it, for it is the cinema that gives it.
    GiveBack,
    /// It does not, for the guest was let in.
    Keep,
    /// What nobody gave by themselves is given back by hand.
    GivenBack,
    /// Somebody knows that the guest was let in although the money went back, or that more went back than the ticket has cost.
    Seen,
}

/// What a person says with a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    /// By which name they sign in, or that they are signed in on the hub's machine.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// What they gave by hand, in minor units; all that was to go back, if they do not say. It is compared with what is left to give, and never used.
    pub given_minor: Option<i64>,
}

impl Decision {
    fn name(self) -> &'static str {
        match self {
            Self::GiveBack => "give_back",
            Self::Keep => "keep",
            Self::GivenBack => "given_back",
            Self::Seen => "seen",
        }
    }

    /// Whether it answers a case at this stage.
    fn answers(self, stage: Stage) -> bool {
        match self {
            Self::GiveBack | Self::Keep => stage == Stage::AlreadyAdmitted,
            Self::GivenBack => stage == Stage::Owed,
            Self::Seen => matches!(stage, Stage::AdmittedAfterAll | Stage::TooMuch),
        }
    }

    /// What the refund hears of it.
    fn event(self) -> Option<RefundEvent> {
        match self {
            Self::GiveBack => Some(RefundEvent::Word(RefundWord::GiveBack)),
            Self::Keep => Some(RefundEvent::Word(RefundWord::Keep)),
            Self::GivenBack => Some(RefundEvent::Returned),
            Self::Seen => None,
        }
    }
}

/// Records what a person decided about a refund, with all that follows from it; says at which cinema, and what that was.
///
/// # Errors
/// There is no such case, no reason, or the decision is not what is asked.
pub async fn decide(
    counter: &Counter,
    ticket: TicketId,
    decision: Decision,
    said: Said<'_>,
) -> Result<(CinemaId, &'static str), RefundRefused> {
    let Said {
        by,
        reason,
        given_minor,
    } = said;
    let reason = reason_of(reason).ok_or(RefundRefused::NoReason)?;
    let wanted = ticket.clone();
    let found = (counter.database).read(move |db| store::by_ticket(db, &wanted));
    let row = found.await.map_err(Fault::from)?;
    let row = row.ok_or(RefundRefused::UnknownCase)?;
    let at = counter.at(&row.cinema).ok_or(RefundRefused::UnknownCase)?;
    if decision == Decision::GivenBack {
        look_before_hand(counter, &row).await?;
    }
    let mover = Mover {
        by: By::Person,
        what: decision.name(),
        reason: format!("{by}: {reason}"),
    };
    let acting = at.clone();
    at.database
        .write(at.scope(), move |tx| {
            if acting.ports.stopped() == Some(Stopped::All) {
                return Err(Fault::Stopped.into());
            }
            if decision == Decision::GivenBack && acting.refunding.is_asked(&ticket) {
                return Err(RefundRefused::UnderWay);
            }
            let mut row = store::by_ticket(tx, &ticket)?.ok_or(RefundRefused::UnknownCase)?;
            let by_hand = decision == Decision::GivenBack;
            match open_stage(tx, &ticket)? {
                Some(stage) if decision.answers(stage) => {}
                // They gave it by hand, it may be, and would have it that nobody else had.
                Some(Stage::TooMuch) if by_hand => return Err(nothing_is_left(&row, row.amount)),
                Some(_) => return Err(RefundRefused::WrongDecision),
                None => return Err(RefundRefused::CaseClosed),
            }
            let Some(event) = decision.event() else {
                // What was seen takes nothing from what is owed, where a person must give it.
                let is_for_a_person = row.payment.is_none() || row.given_minor > 0;
                let stage = match row.state == Refund::Owed && is_for_a_person {
                    true => Stage::Owed,
                    false => Stage::Closed,
                };
                return Ok(put(tx, &acting, &row, stage, &mover)?);
            };
            let was_back = row.state == Refund::Done;
            if by_hand {
                if given_minor.unwrap_or(row.amount.minor) != row.to_give().minor {
                    return Err(RefundRefused::OtherAmountGiven {
                        given: row.given(),
                        to_give: row.amount,
                        left: row.to_give(),
                    });
                }
                row.is_given_by_hand();
            }
            match move_on(tx, &acting, &mut row, event, &mover)? {
                // It had gone back before, and came to nothing.
                Ok(()) if was_back && by_hand => {
                    refunds::put(tx, &row, Refund::Done)?;
                    Ok(put(tx, &acting, &row, Stage::Closed, &mover)?)
                }
                Ok(()) => Ok(()),
                Err(WordRefusal::Closed) => Err(RefundRefused::CaseClosed),
                Err(WordRefusal::NotTheQuestion) => Err(RefundRefused::WrongDecision),
            }
        })
        .await?;
    let said = match decision {
        Decision::GiveBack => "the money goes back",
        Decision::Keep => "the money stays",
        Decision::GivenBack => "given back",
        Decision::Seen => "seen",
    };
    Ok((row.cinema, said))
}

/// Asks whoever took the money whether they have given back what a person is about to give by hand, and records it if so: the answer to
/// an earlier request may have been lost. Who is not reached says nothing, and the person must know.
async fn look_before_hand(counter: &Counter, row: &RefundRow) -> Result<(), RefundRefused> {
    if row.state != Refund::Owed {
        return Ok(());
    }
    let Some(asking) = give_back::asking(counter, row).await? else {
        return Ok(());
    };
    let Some(cards) = asking.at.ports.cards() else {
        return Ok(());
    };
    match cards.look_at_part(&asking.charge, &row.ticket).await {
        Ok(PartNow::Given(given)) => {
            // What cannot be says nothing: the case has it in words.
            let Ok(given) = asking.can_be(given) else {
                return Ok(());
            };
            let is_as_asked = |now: &RefundRow| now.amount == row.amount;
            let now = give_back::record(&asking.at, &row.ticket, given).await?;
            // What it was to be may still be wanted: the person must know.
            match now.filter(|now| now.state == Refund::Done && !is_as_asked(now)) {
                Some(now) => Err(nothing_is_left(&now, row.amount)),
                None => Ok(()),
            }
        }
        // Whoever gave it by hand now would give it twice.
        Ok(PartNow::OnItsWay) => Err(RefundRefused::UnderWay),
        Ok(PartNow::NotGiven) | Err(_) => Ok(()),
    }
}

/// So much was to be given by hand, and another amount went back before.
fn nothing_is_left(row: &RefundRow, to_give: Money) -> RefundRefused {
    RefundRefused::OtherAmountGiven {
        given: row.given(),
        to_give,
        left: Money::zero(to_give.currency),
    }
}
