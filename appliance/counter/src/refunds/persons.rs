//! Refunds that a person must see to, at head office: the guest was let in, or nobody gives the money back by themselves.

use box_office::checkout::{Refund, RefundTold};
use box_office::{Money, TicketId};
use database::Tx;

use super::{Mover, RefundRow, store};
use crate::Fault;
use crate::cases::{self, By, CaseKey, Move};
use crate::counter::{At, Counter};
use crate::{catalogue, tickets};

/// The kind of these cases.
const KIND: &str = "refund";

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The guest was let in before the cinema heard that the ticket was asked back.
    AlreadyAdmitted,
    /// The money has gone back, and the guest was let in after all.
    AdmittedAfterAll,
    /// The money is to go back, and nobody gives it by themselves.
    Owed,
    /// More went back than the ticket has cost.
    TooMuch,
    /// There is nothing left to do.
    Closed,
}

impl Stage {
    const OPEN: [Self; 4] = [
        Self::AlreadyAdmitted,
        Self::AdmittedAfterAll,
        Self::Owed,
        Self::TooMuch,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyAdmitted => "already_admitted",
            Self::AdmittedAfterAll => "admitted_after_all",
            Self::Owed => "owed",
            Self::TooMuch => "too_much",
            Self::Closed => "closed",
        }
    }

    fn question(self) -> &'static str {
        match self {
            Self::AlreadyAdmitted => "the guest was let in: give-back, all of it, or keep?",
            Self::AdmittedAfterAll => "the money went back, and the guest was let in: seen?",
            Self::Owed => "nobody gives the money back by themselves: given-back by hand?",
            Self::TooMuch => "so much went back beyond what it has cost: seen?",
            Self::Closed => "closed",
        }
    }
}

fn key(ticket: &TicketId) -> CaseKey<'_> {
    CaseKey {
        kind: KIND,
        about: ticket.as_str(),
    }
}

/// The case of a ticket goes to this stage, and the move is kept.
pub(super) fn put(
    tx: &mut Tx<'_>,
    at: &At,
    row: &RefundRow,
    stage: Stage,
    mover: &Mover,
) -> Result<(), Fault> {
    let step = Move {
        by: mover.by,
        what: mover.what,
        reason: &mover.reason,
        at: at.clock.now(),
    };
    let is_open = stage != Stage::Closed;
    Ok(cases::put(
        tx,
        key(&row.ticket),
        at.cinema(),
        stage.as_str(),
        is_open,
        step,
    )?)
}

/// Where the open case of a ticket stands, if it has one.
pub(super) fn open_stage(tx: &mut Tx<'_>, ticket: &TicketId) -> Result<Option<Stage>, Fault> {
    let case = cases::find(tx, key(ticket))?.filter(|case| case.open);
    Ok(case.and_then(|case| {
        let mut stages = Stage::OPEN.into_iter();
        stages.find(|stage| stage.as_str() == case.stage)
    }))
}

/// What a refund told that a person must know, or that ends what one was asked.
pub(super) fn told(
    tx: &mut Tx<'_>,
    at: &At,
    row: &RefundRow,
    told: RefundTold,
    mover: &Mover,
) -> Result<(), Fault> {
    let opened = |reason: &str| Mover {
        by: By::Counter,
        what: "opened",
        reason: reason.to_owned(),
    };
    match told {
        RefundTold::Refused => {
            tracing::warn!(ticket.id = %row.ticket, "a ticket was asked back whose guest was let in; a manager must decide");
            let why = opened("the guest was let in");
            put(tx, at, row, Stage::AlreadyAdmitted, &why)
        }
        RefundTold::AdmittedAfterAll => {
            tracing::warn!(ticket.id = %row.ticket, "the money of a ticket went back, and its guest was let in");
            let why = opened("the money went back, and the guest was let in");
            put(tx, at, row, Stage::AdmittedAfterAll, &why)
        }
        RefundTold::Done if row.too_much().is_some() => ask_about_too_much(tx, at, row),
        RefundTold::Owed | RefundTold::Kept | RefundTold::Done => {
            match open_stage(tx, &row.ticket)? {
                // That the guest was inside is still to be seen.
                None | Some(Stage::AdmittedAfterAll) => Ok(()),
                Some(Stage::AlreadyAdmitted | Stage::Owed | Stage::TooMuch | Stage::Closed) => {
                    put(tx, at, row, Stage::Closed, mover)
                }
            }
        }
    }
}

/// Nobody gives the money back by themselves: somebody is asked to, once.
pub(super) fn must_give(tx: &mut Tx<'_>, at: &At, row: &RefundRow, why: &str) -> Result<(), Fault> {
    if open_stage(tx, &row.ticket)?.is_some() {
        return Ok(());
    }
    tracing::warn!(ticket.id = %row.ticket, why, "the money of a refund must be given back by a person");
    let why = Mover {
        by: By::Counter,
        what: "opened",
        reason: why.to_owned(),
    };
    put(tx, at, row, Stage::Owed, &why)
}

/// More went back than the ticket has cost, if so: somebody must know, and may have some of it fetched back.
pub(super) fn ask_about_too_much(tx: &mut Tx<'_>, at: &At, row: &RefundRow) -> Result<(), Fault> {
    let Some(too_much) = row.too_much() else {
        return Ok(());
    };
    let money = |minor| Money::new(minor, too_much.currency);
    let (given, by_hand) = (money(row.given_minor), money(row.by_hand_minor));
    tracing::warn!(ticket.id = %row.ticket, %too_much, "more went back for a ticket than it has cost");
    let why = Mover {
        by: By::Counter,
        what: "opened",
        reason: format!(
            "{given} by whoever took it, {by_hand} by hand: if that hand gave it there, it is the same money"
        ),
    };
    put(tx, at, row, Stage::TooMuch, &why)
}

/// The money of these tickets went back, and did not arrive: a person must give it, unless one has before.
///
/// # Errors
/// The database refuses.
pub async fn did_not_arrive(
    counter: &Counter,
    tickets: Vec<TicketId>,
    why: &'static str,
) -> Result<(), Fault> {
    for ticket in tickets {
        let wanted = ticket.clone();
        let found = (counter.database).read(move |db| store::by_ticket(db, &wanted));
        let at = found.await?.and_then(|row| counter.at(&row.cinema));
        let Some(at) = at else {
            tracing::error!(ticket.id = %ticket, why, "the money of a ticket that is not known here did not arrive");
            continue;
        };
        let acting = at.clone();
        let writing = at.database.write(at.scope(), move |tx| {
            let row = store::by_ticket(tx, &ticket)?;
            let Some(row) = row.filter(|row| row.state == Refund::Done) else {
                return Ok(());
            };
            // What a person gave by hand in its place has arrived.
            match row.given_minor > 0 {
                true => must_give(tx, &acting, &row, why),
                false => Ok(()),
            }
        });
        writing.await?;
    }
    Ok(())
}

/// The open cases of refunds in words, one a line.
///
/// # Errors
/// The database refuses.
pub async fn list(counter: &Counter) -> Result<Vec<String>, Fault> {
    let lines = counter.database.read(|db| {
        let mut lines = Vec::new();
        for case in cases::open_of(db, KIND)? {
            let Ok(id) = case.about.parse::<TicketId>() else {
                continue;
            };
            let (Some(row), Some(ticket)) = (store::by_ticket(db, &id)?, tickets::by_id(db, &id)?)
            else {
                continue;
            };
            let named = catalogue::named(db, ticket.showtime)?;
            let mut stages = Stage::OPEN.into_iter();
            let stage = stages.find(|stage| stage.as_str() == case.stage);
            let (seat, since) = (&ticket.seat, case.opened_at);
            let amount = asked_amount(&row, stage);
            let (cinema, showtime) = (&named.cinema, &named.id);
            let question = stage.unwrap_or(Stage::Closed).question();
            // What whoever took the money says of it, where that is why.
            let why = match stage {
                Some(Stage::Owed | Stage::TooMuch) => cases::last_reason(db, key(&id))?,
                Some(Stage::AlreadyAdmitted | Stage::AdmittedAfterAll | Stage::Closed) | None => {
                    None
                }
            };
            let why = why.map_or_else(String::new, |why| format!("  ({why})"));
            lines.push(format!(
                "{id}  {amount}  {cinema}/{showtime}/{seat}  since {since}  {question}{why}"
            ));
        }
        Ok::<_, Fault>(lines)
    });
    lines.await
}

/// How much money a person is asked about, in words.
fn asked_amount(row: &RefundRow, stage: Option<Stage>) -> String {
    let currency = row.amount.currency;
    let kept = row.kept.of(currency);
    let given = (row.given_minor > 0).then(|| Money::new(row.given_minor, currency));
    match stage {
        // Of what a person gives back although the guest was let in nothing is kept.
        Some(Stage::AlreadyAdmitted) => row.price().to_string(),
        Some(Stage::TooMuch) => row.too_much().unwrap_or(row.amount).to_string(),
        Some(Stage::Owed) => {
            let to_give = row.to_give();
            match (given.filter(|_| row.state == Refund::Owed), kept) {
                (Some(given), None) => format!("{to_give} ({given} went back already)"),
                (Some(given), Some(kept)) => format!(
                    "{to_give} ({given} went back already, and {kept} of its price is kept)"
                ),
                (None, Some(kept)) => format!("{to_give} ({kept} of its price is kept)"),
                (None, None) => to_give.to_string(),
            }
        }
        Some(Stage::AdmittedAfterAll | Stage::Closed) | None => match kept {
            Some(kept) => format!("{} ({kept} of its price is kept)", row.amount),
            None => row.amount.to_string(),
        },
    }
}
