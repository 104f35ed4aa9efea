//! What a person decides about a refund, at head office.

use std::sync::Arc;

use box_office::checkout::{Refund, RefundEvent, RefundTold, RefundWord, WordRefusal};
use box_office::{CinemaId, Money, TicketId};
use database::Tx;
use serde::{Deserialize, Serialize};

use super::persons::{Stage, close, open_stages};
use super::{Mover, RefundRefused, RefundRow, give_back, move_on, persons, store};
use crate::Fault;
use crate::cases::{By, reason_of};
use crate::counter::{At, Counter};
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

/// What somebody knows who says that they have seen it: of one ticket both may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// That the guest was let in although the money went back.
    Admitted,
    /// That more went back than the ticket has cost.
    TooMuch,
}

impl Matter {
    /// What is asked about it.
    fn stage(self) -> Stage {
        match self {
            Self::Admitted => Stage::AdmittedAfterAll,
            Self::TooMuch => Stage::TooMuch,
        }
    }
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
    /// What they have seen, where they are asked about more than one thing.
    pub about: Option<Matter>,
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

    /// Whether it answers what is asked at this stage.
    fn answers(self, stage: Stage) -> bool {
        match self {
            Self::GiveBack | Self::Keep => stage == Stage::AlreadyAdmitted,
            Self::GivenBack => stage == Stage::Owed,
            Self::Seen => matches!(stage, Stage::AdmittedAfterAll | Stage::TooMuch),
        }
    }

    /// Which of the open questions it answers.
    fn question(self, open: &[Stage], about: Option<Matter>) -> Result<Stage, RefundRefused> {
        let is_meant = |stage: Stage| about.is_none_or(|about| about.stage() == stage);
        let fits = |stage: &&Stage| self.answers(**stage) && is_meant(**stage);
        match (&*open.iter().filter(fits).collect::<Vec<_>>(), open) {
            ([only], _) => Ok(**only),
            ([], []) => Err(RefundRefused::CaseClosed),
            ([], _) => Err(RefundRefused::WrongDecision),
            (_, _) => Err(RefundRefused::WhichCase),
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

/// Records what a person decided about a refund, with all that follows from it; says at which cinema, and what that was. Nobody else gives it back
/// from before they look until it is stored.
///
/// # Errors
/// There is no such case, no reason, or the decision is not what is asked; or it is being given back at this moment.
pub async fn decide(
    counter: &Counter,
    ticket: TicketId,
    decision: Decision,
    said: Said<'_>,
) -> Result<(CinemaId, &'static str), RefundRefused> {
    let reason = reason_of(said.reason).ok_or(RefundRefused::NoReason)?;
    let in_hand = counter.refunding.hands.take_soon(&ticket).await;
    let in_hand = Arc::new(in_hand.ok_or(RefundRefused::UnderWay)?);
    let wanted = ticket.clone();
    let found = (counter.database).read(move |db| store::by_ticket(db, &wanted));
    let row = found.await.map_err(Fault::from)?;
    let row = row.ok_or(RefundRefused::UnknownCase)?;
    let at = counter.at(&row.cinema).ok_or(RefundRefused::UnknownCase)?;
    if decision == Decision::GivenBack {
        look_before_hand(counter, &row).await?;
    }
    let decided = Decided {
        decision,
        about: said.about,
        given_minor: said.given_minor,
        to_go_minor: row.amount.minor,
        mover: Mover {
            by: By::Person,
            what: decision.name(),
            reason: format!("{}: {reason}", said.by),
        },
    };
    let acting = at.clone();
    at.database
        .write(at.scope(), move |tx| {
            // Also where whoever asked waits no more.
            let in_hand = Arc::clone(&in_hand);
            tx.after_commit(move || drop(in_hand));
            if acting.ports.stopped() == Some(Stopped::All) {
                return Err(Fault::Stopped.into());
            }
            let row = store::by_ticket(tx, &ticket)?.ok_or(RefundRefused::UnknownCase)?;
            decided.put(tx, &acting, row)
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

/// What a person has decided.
struct Decided {
    decision: Decision,
    about: Option<Matter>,
    given_minor: Option<i64>,
    /// What was to go back when they said so, in minor units.
    to_go_minor: i64,
    mover: Mover,
}

impl Decided {
    /// Stores it, with all that follows from it.
    fn put(&self, tx: &mut Tx<'_>, at: &At, mut row: RefundRow) -> Result<(), RefundRefused> {
        let open = open_stages(tx, &row.ticket)?;
        let by_hand = self.decision == Decision::GivenBack;
        let stage = match self.decision.question(&open, self.about) {
            // They gave it by hand, it may be, and would have it that nobody else had.
            Err(RefundRefused::WrongDecision) if by_hand && open.contains(&Stage::TooMuch) => {
                return Err(nothing_is_left(&row, row.amount));
            }
            answered => answered?,
        };
        let Some(event) = self.decision.event() else {
            return Ok(close(tx, at, &row, stage, &self.mover)?);
        };
        let was_back = row.state == Refund::Done;
        if by_hand {
            self.check_given(&row)?;
            row.is_given_by_hand();
        }
        match move_on(tx, at, &mut row, event, &self.mover)? {
            // It had gone back before, and came to nothing.
            Ok(()) if was_back && by_hand => {
                refunds::put(tx, &row, Refund::Done)?;
                Ok(persons::told(tx, at, &row, RefundTold::Done, &self.mover)?)
            }
            Ok(()) => Ok(()),
            Err(WordRefusal::Closed) => Err(RefundRefused::CaseClosed),
            Err(WordRefusal::NotTheQuestion) => Err(RefundRefused::WrongDecision),
        }
    }

    /// They gave what is left to give, as far as they say; and it has not come to be more while they said so.
    fn check_given(&self, row: &RefundRow) -> Result<(), RefundRefused> {
        let given_minor = self.given_minor.unwrap_or(self.to_go_minor);
        match given_minor == row.to_give().minor {
            true => Ok(()),
            false => Err(RefundRefused::OtherAmountGiven {
                given: row.went(),
                to_give: row.amount,
                left: row.to_give(),
            }),
        }
    }
}

/// Asks whoever took the money whether they have given back what a person is about to give by hand, and records it if so: the answer to
/// an earlier request may have been lost, and what did not arrive may be there after all. Who is not reached says nothing, and the person must know.
async fn look_before_hand(counter: &Counter, row: &RefundRow) -> Result<(), RefundRefused> {
    let is_left = match row.state {
        Refund::Owed => true,
        Refund::Done => row.to_give().minor > 0,
        Refund::Requested | Refund::Revoking | Refund::Refused => false,
    };
    if !is_left {
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
        Ok(PartNow::NotArrived) => Ok(give_back::did_not_arrive(&asking.at, &row.ticket).await?),
        Ok(PartNow::NotGiven) | Err(_) => Ok(()),
    }
}

/// So much was to be given by hand, and another amount went back before.
fn nothing_is_left(row: &RefundRow, to_give: Money) -> RefundRefused {
    RefundRefused::OtherAmountGiven {
        given: row.went(),
        to_give,
        left: Money::zero(to_give.currency),
    }
}
