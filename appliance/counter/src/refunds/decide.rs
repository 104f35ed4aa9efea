//! What a person decides about a refund, at head office.

use box_office::checkout::{Refund, RefundEvent, RefundWord, WordRefusal};
use box_office::{CinemaId, TicketId};
use serde::{Deserialize, Serialize};

use super::persons::{Stage, open_stage, put};
use super::{Mover, RefundRefused, RefundRow, give_back, move_on, store};
use crate::Fault;
use crate::cases::{By, reason_of};
use crate::counter::Counter;
use crate::ports::{PartNow, Stopped};

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
    /// Somebody knows that the guest was let in although the money went back.
    Seen,
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

    /// The cases that it answers.
    fn stage(self) -> Stage {
        match self {
            Self::GiveBack | Self::Keep => Stage::AlreadyAdmitted,
            Self::GivenBack => Stage::Owed,
            Self::Seen => Stage::AdmittedAfterAll,
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
    (by, reason): (&str, &str),
) -> Result<(CinemaId, &'static str), RefundRefused> {
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
            match open_stage(tx, &ticket)? {
                None => return Err(RefundRefused::CaseClosed),
                Some(stage) if stage != decision.stage() => {
                    return Err(RefundRefused::WrongDecision);
                }
                Some(_) => {}
            }
            let Some(event) = decision.event() else {
                // What was seen takes nothing from what is owed, where a person must give it.
                let stage = match (row.state, &row.payment) {
                    (Refund::Owed, None) => Stage::Owed,
                    (_, _) => Stage::Closed,
                };
                return Ok(put(tx, &acting, &row, stage, &mover)?);
            };
            let was_back = row.state == Refund::Done;
            match move_on(tx, &acting, &mut row, event, &mover)? {
                // It had gone back before, and came to nothing.
                Ok(()) if was_back && decision == Decision::GivenBack => {
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
    let Some((at, charge)) = give_back::charge(counter, row).await? else {
        return Ok(());
    };
    let Some(cards) = at.ports.cards() else {
        return Ok(());
    };
    match cards.look_at_part(&charge, &row.ticket).await {
        Ok(PartNow::Given(given)) => {
            // What cannot be says nothing: the case has it in words.
            let Ok(given) = give_back::can_be(given, row) else {
                return Ok(());
            };
            let given = give_back::record(&at, &row.ticket, given).await?;
            match given.filter(|given| *given != row.amount) {
                // What it was to be may still be wanted: the person must know.
                Some(given) => Err(RefundRefused::OtherAmountGiven {
                    given,
                    to_give: row.amount,
                }),
                None => Ok(()),
            }
        }
        // Whoever gave it by hand now would give it twice.
        Ok(PartNow::OnItsWay) => Err(RefundRefused::UnderWay),
        Ok(PartNow::NotGiven) | Err(_) => Ok(()),
    }
}
