//! Refunds that a person must see to, at head office: the guest was let in, or nobody gives the money back by themselves.

use box_office::checkout::{Refund, RefundTold};
use box_office::{Money, SaleId, SeatId, ShowtimeId, TicketId};
use database::{Snapshot, Tx};

use super::{Mover, RefundRow, store};
use crate::Fault;
use crate::cases::{self, By, Case, CaseKey, Move};
use crate::counter::{At, Counter};
use crate::sold::TicketRow;
use crate::{catalogue, refunds, tickets};

/// What is asked of a person. Each kind of it is a case of its own: what is said of one says nothing of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The guest was let in before the cinema heard that the ticket was asked back.
    AlreadyAdmitted,
    /// The money is to go back, and nobody gives it by themselves.
    Owed,
    /// The money has gone back, and the guest was let in after all.
    AdmittedAfterAll,
    /// More went back than the ticket has cost.
    TooMuch,
}

/// The kind of the cases of what is to become of a ticket's money.
const REFUND: &str = "refund";

/// The kind of the cases of guests who were let in although their money went back.
const ADMITTED: &str = "refund_admitted";

/// The kind of the cases of what went back beyond a ticket's price.
const TOO_MUCH: &str = "refund_too_much";

/// Their stage, once there is nothing left to do.
const CLOSED: &str = "closed";

impl Stage {
    const ALL: [Self; 4] = [
        Self::AlreadyAdmitted,
        Self::Owed,
        Self::AdmittedAfterAll,
        Self::TooMuch,
    ];

    fn kind(self) -> &'static str {
        match self {
            Self::AlreadyAdmitted | Self::Owed => REFUND,
            Self::AdmittedAfterAll => ADMITTED,
            Self::TooMuch => TOO_MUCH,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyAdmitted => "already_admitted",
            Self::Owed => "owed",
            Self::AdmittedAfterAll => "admitted_after_all",
            Self::TooMuch => "too_much",
        }
    }

    /// The stage of an open case.
    fn of(kind: &str, case: &Case) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|stage| case.open && stage.kind() == kind && stage.as_str() == case.stage)
    }

    fn key(self, ticket: &TicketId) -> CaseKey<'_> {
        CaseKey {
            kind: self.kind(),
            about: ticket.as_str(),
        }
    }

    /// What is asked, in words.
    fn question(self, row: &RefundRow) -> String {
        let question = match self {
            Self::AlreadyAdmitted => "the guest was let in: give-back, all of it, or keep?",
            Self::AdmittedAfterAll => "the money went back, and the guest was let in: seen?",
            Self::TooMuch => "so much went back beyond what it has cost: seen?",
            Self::Owed => {
                let minor = row.to_give().minor;
                return format!(
                    "nobody gives the money back by themselves: given-back by hand? `--given-minor {minor}` says how much; say it before you give it, for they are asked once more"
                );
            }
        };
        question.to_owned()
    }

    /// How much money is asked about.
    fn amount(self, row: &RefundRow) -> Money {
        match self {
            // Of what a person gives back although the guest was let in nothing is kept.
            Self::AlreadyAdmitted => row.price(),
            Self::Owed => row.to_give(),
            Self::AdmittedAfterAll => row.amount,
            Self::TooMuch => row.too_much().unwrap_or(row.amount),
        }
    }

    /// The same in words, with what else they must know of it.
    fn amount_in_words(self, row: &RefundRow) -> String {
        let (amount, kept) = (self.amount(row), row.kept.of(row.amount.currency));
        let kept = kept.map(|kept| format!("{kept} of its price is kept"));
        let went = Some(row.went()).filter(|went| went.minor > 0);
        let went = went.map(|went| format!("{went} went back already"));
        let besides = match self {
            Self::AlreadyAdmitted | Self::TooMuch => None,
            Self::AdmittedAfterAll => kept,
            Self::Owed => match (went, kept) {
                (Some(went), Some(kept)) => Some(format!("{went}, and {kept}")),
                (went, kept) => went.or(kept),
            },
        };
        besides.map_or_else(
            || amount.to_string(),
            |besides| format!("{amount} ({besides})"),
        )
    }
}

/// The case goes to this stage, and the move is kept.
fn put(
    tx: &mut Tx<'_>,
    at: &At,
    row: &RefundRow,
    stage: Stage,
    (what, reason): (&'static str, &str),
) -> Result<(), Fault> {
    let step = Move {
        by: By::Counter,
        what,
        reason,
        at: at.clock.now(),
    };
    let (key, cinema) = (stage.key(&row.ticket), at.cinema());
    Ok(cases::put(tx, key, cinema, stage.as_str(), true, step)?)
}

/// Ends the case of such a stage, if it is open, and keeps the move.
pub(super) fn close(
    tx: &mut Tx<'_>,
    at: &At,
    row: &RefundRow,
    stage: Stage,
    mover: &Mover,
) -> Result<(), Fault> {
    let key = stage.key(&row.ticket);
    if !cases::find(tx, key)?.is_some_and(|case| case.open) {
        return Ok(());
    }
    let step = Move {
        by: mover.by,
        what: mover.what,
        reason: &mover.reason,
        at: at.clock.now(),
    };
    Ok(cases::put(tx, key, at.cinema(), CLOSED, false, step)?)
}

/// All that a person is asked about a ticket.
pub(super) fn open_stages(tx: &mut Tx<'_>, ticket: &TicketId) -> Result<Vec<Stage>, Fault> {
    let mut open = Vec::new();
    for kind in [REFUND, ADMITTED, TOO_MUCH] {
        let about = ticket.as_str();
        let case = cases::find(tx, CaseKey { kind, about })?;
        open.extend(case.and_then(|case| Stage::of(kind, &case)));
    }
    Ok(open)
}

/// Whether a person is asked to give the money of a ticket by hand.
pub(super) fn is_asked_to_give(tx: &mut Tx<'_>, ticket: &TicketId) -> Result<bool, Fault> {
    Ok(open_stages(tx, ticket)?.contains(&Stage::Owed))
}

/// What a refund told that a person must know, or that ends what one was asked.
pub(super) fn told(
    tx: &mut Tx<'_>,
    at: &At,
    row: &RefundRow,
    told: RefundTold,
    mover: &Mover,
) -> Result<(), Fault> {
    let opened = |reason| ("opened", reason);
    match told {
        RefundTold::Refused => {
            tracing::warn!(ticket.id = %row.ticket, "a ticket was asked back whose guest was let in; a manager must decide");
            let why = opened("the guest was let in");
            put(tx, at, row, Stage::AlreadyAdmitted, why)
        }
        RefundTold::AdmittedAfterAll => {
            tracing::warn!(ticket.id = %row.ticket, "the money of a ticket went back, and its guest was let in");
            let why = opened("the money went back, and the guest was let in");
            put(tx, at, row, Stage::AdmittedAfterAll, why)
        }
        // That the guest was inside is still to be seen.
        RefundTold::Owed | RefundTold::Kept => close(tx, at, row, Stage::Owed, mover),
        RefundTold::Done => {
            close(tx, at, row, Stage::Owed, mover)?;
            see_whether_too_much(tx, at, row)
        }
    }
}

/// Nobody gives the money back by themselves: somebody is asked to, in the words that hold now.
pub(super) fn must_give(tx: &mut Tx<'_>, at: &At, row: &RefundRow, why: &str) -> Result<(), Fault> {
    let what = match is_asked_to_give(tx, &row.ticket)? {
        true => {
            let last = cases::last_reason(tx, Stage::Owed.key(&row.ticket))?;
            if last.is_some_and(|last| last == why) {
                return Ok(());
            }
            "changed"
        }
        false => {
            tracing::warn!(ticket.id = %row.ticket, why, "the money of a refund must be given back by a person");
            "opened"
        }
    };
    put(tx, at, row, Stage::Owed, (what, why))
}

/// The same of what is left, where some of it went.
pub(super) fn must_give_the_rest(tx: &mut Tx<'_>, at: &At, row: &RefundRow) -> Result<(), Fault> {
    let (went, left) = (row.went(), row.to_give());
    let why = format!("{went} went back for it, and {left} are left to give");
    must_give(tx, at, row, &why)
}

/// What had not arrived is there after all: what is left is asked for, if anything is.
pub(super) fn arrived_after_all(tx: &mut Tx<'_>, at: &At, row: &RefundRow) -> Result<(), Fault> {
    if row.to_give().minor > 0 {
        return must_give_the_rest(tx, at, row);
    }
    let mover = Mover {
        by: By::Terminal,
        what: "arrived",
        reason: "whoever took the money says that it went back after all".to_owned(),
    };
    told(tx, at, row, RefundTold::Done, &mover)
}

/// Whether more went back than the ticket has cost, as far as is known now: somebody must know, and may have some of it fetched back. What a
/// person has seen they have seen, until it is another amount.
fn see_whether_too_much(tx: &mut Tx<'_>, at: &At, row: &RefundRow) -> Result<(), Fault> {
    let Some(too_much) = row.too_much() else {
        return close(tx, at, row, Stage::TooMuch, &By::Counter.into());
    };
    let money = |minor| Money::new(minor, too_much.currency);
    let (given, by_hand) = (money(row.given_minor), money(row.by_hand_minor));
    let why = format!(
        "{given} by whoever took it, {by_hand} by hand: if that hand gave it there, it is the same money"
    );
    let step = ("opened", why.as_str());
    let key = Stage::TooMuch.key(&row.ticket);
    let is_asked = open_stages(tx, &row.ticket)?.contains(&Stage::TooMuch)
        && cases::last_reason(tx, key)?.is_some_and(|last| last == why);
    if is_asked || cases::was_closed_at(tx, key, step)? {
        return Ok(());
    }
    tracing::warn!(ticket.id = %row.ticket, %too_much, "more went back for a ticket than it has cost");
    put(tx, at, row, Stage::TooMuch, step)
}

/// The money of these tickets went back, and did not arrive: a person must give it, unless one has before. Says no where one of them is in hand at
/// this moment: it is to be told again.
///
/// # Errors
/// The database refuses.
pub async fn did_not_arrive(
    counter: &Counter,
    tickets: Vec<TicketId>,
    why: &'static str,
) -> Result<bool, Fault> {
    for ticket in tickets {
        // Who is giving it at this moment has not written it down yet, and would take it for arrived.
        let Some(_in_hand) = counter.refunding.hands.take_soon(&ticket).await else {
            return Ok(false);
        };
        let wanted = ticket.clone();
        let found = (counter.database).read(move |db| store::by_ticket(db, &wanted));
        let at = found.await?.and_then(|row| counter.at(&row.cinema));
        let Some(at) = at else {
            tracing::error!(ticket.id = %ticket, why, "the money of a ticket that is not known here did not arrive");
            continue;
        };
        let acting = at.clone();
        let writing = at
            .database
            .write(at.scope(), move |tx| comes_back(tx, &acting, &ticket, why));
        writing.await?;
    }
    Ok(true)
}

/// The money of this ticket did not arrive. What a person gave by hand in its place has.
pub(super) fn comes_back(
    tx: &mut Tx<'_>,
    at: &At,
    ticket: &TicketId,
    why: &str,
) -> Result<(), Fault> {
    let Some(mut row) = store::by_ticket(tx, ticket)? else {
        return Ok(());
    };
    if !row.comes_back() {
        return Ok(());
    }
    let state = row.state;
    refunds::put(tx, &row, state)?;
    match row.state {
        Refund::Owed => must_give(tx, at, &row, why),
        Refund::Done => {
            see_whether_too_much(tx, at, &row)?;
            match row.to_give().minor {
                0 => Ok(()),
                _left => must_give(tx, at, &row, why),
            }
        }
        Refund::Requested | Refund::Revoking | Refund::Refused => Ok(()),
    }
}

/// What an open case of a refund is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// How much money is asked about: what is left to give, where somebody must give it.
    pub amount: Money,
    /// For which showtime the ticket was.
    pub showtime: ShowtimeId,
    /// For which seat.
    pub seat: SeatId,
    /// Of which sale.
    pub sale: SaleId,
}

/// What the open case of this kind about this ticket is about; nothing, of another kind.
///
/// # Errors
/// The database refuses.
pub fn about(db: &mut Snapshot<'_>, kind: &str, case: &Case) -> Result<Option<About>, Fault> {
    let Some(found) = found(db, kind, case)? else {
        return Ok(None);
    };
    let named = catalogue::named(db, found.ticket.showtime)?;
    Ok(Some(About {
        amount: found.stage.amount(&found.row),
        showtime: named.id,
        seat: found.ticket.seat,
        sale: found.row.sale,
    }))
}

/// An open case of a refund with the ticket that it is about.
struct Found {
    stage: Stage,
    row: RefundRow,
    ticket: TicketRow,
}

fn found(db: &mut Snapshot<'_>, kind: &str, case: &Case) -> Result<Option<Found>, Fault> {
    let (Some(stage), Ok(id)) = (Stage::of(kind, case), case.about.parse()) else {
        return Ok(None);
    };
    let known = store::by_ticket(db, &id)?.zip(tickets::by_id(db, &id)?);
    Ok(known.map(|(row, ticket)| Found { stage, row, ticket }))
}

/// The open cases of refunds in words, one a line.
///
/// # Errors
/// The database refuses.
pub async fn list(counter: &Counter) -> Result<Vec<String>, Fault> {
    let lines = counter.database.read(|db| {
        let mut lines = Vec::new();
        for kind in [REFUND, ADMITTED, TOO_MUCH] {
            for case in cases::open_of(db, kind)? {
                if let Some(found) = found(db, kind, &case)? {
                    lines.push(line(db, &found, &case)?);
                }
            }
        }
        Ok::<_, Fault>(lines)
    });
    lines.await
}

fn line(
    db: &mut Snapshot<'_>,
    Found { stage, row, ticket }: &Found,
    case: &Case,
) -> Result<String, Fault> {
    let named = catalogue::named(db, ticket.showtime)?;
    let (id, seat, since) = (&ticket.id, &ticket.seat, case.opened_at);
    let (cinema, showtime) = (&named.cinema, &named.id);
    let (amount, question) = (stage.amount_in_words(row), stage.question(row));
    // What whoever took the money says of it, where that is why.
    let why = match stage {
        Stage::Owed | Stage::TooMuch => cases::last_reason(db, stage.key(id))?,
        Stage::AlreadyAdmitted | Stage::AdmittedAfterAll => None,
    };
    let why = why.map_or_else(String::new, |why| format!("  ({why})"));
    Ok(format!(
        "{id}  {amount}  {cinema}/{showtime}/{seat}  since {since}  {question}{why}"
    ))
}
