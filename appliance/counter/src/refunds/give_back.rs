//! Money that goes back: whoever took it is asked under the ticket's name, as often as it takes, and the same name is given once.

use std::time::Duration;

use box_office::TicketId;
use box_office::checkout::{Refund, RefundEvent};
use futures_util::StreamExt as _;
use futures_util::stream;

use super::{RefundRow, fact, persons, store};
use crate::counter::{At, Counter};
use crate::ports::{Charge, NoAnswer, Ordered, PartGiven};
use crate::{Fault, catalogue, checkout, tickets};

/// How many are asked for at once: a cancelled evening gives back some thousand tickets.
const AT_ONCE: usize = 8;

/// Asks for all of these that are not paused.
pub(super) async fn all(counter: &Counter, owed: Vec<RefundRow>, now: Duration) {
    let due = owed
        .into_iter()
        .filter(|row| row.payment.is_some() && !counter.refunding.pauses(&row.ticket, now));
    let each = stream::iter(due);
    each.for_each_concurrent(AT_ONCE, |row| one(counter, row, now))
        .await;
}

async fn one(counter: &Counter, row: RefundRow, now: Duration) {
    let Some(_asked) = Asked::begin(counter, &row.ticket) else {
        return;
    };
    // It may have waited for long, and a person have given it by hand meanwhile. From here on nobody does.
    let wanted = row.ticket.clone();
    let now_is = counter
        .database
        .read(move |db| store::by_ticket(db, &wanted));
    match now_is.await {
        Ok(Some(known)) if known.state == Refund::Owed => {}
        Ok(_) => return,
        Err(error) => {
            counter.broke(&error.into());
            return;
        }
    }
    match ask(counter, &row).await {
        Ok(true) => counter.refunding.ends(&row.ticket),
        // A person gives it.
        Ok(false) => {
            counter.refunding.fails(&row.ticket, now);
        }
        Err(why) => {
            if counter.refunding.fails(&row.ticket, now) {
                tracing::warn!(ticket.id = %row.ticket, %why, "the money of a refund is not given back; asking again and again");
            }
        }
    }
}

/// A refund that somebody is asked for, as long as they are.
struct Asked<'a>(&'a Counter, TicketId);

impl<'a> Asked<'a> {
    fn begin(counter: &'a Counter, ticket: &TicketId) -> Option<Self> {
        counter
            .refunding
            .begin(ticket)
            .then(|| Self(counter, ticket.clone()))
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.0.refunding.end(&self.1);
    }
}

/// Whether it is given back, and stored; what keeps it from that is tried again.
async fn ask(counter: &Counter, row: &RefundRow) -> Result<bool, NoAnswer> {
    let unreachable = |words: String| NoAnswer(words);
    let Some((at, charge)) = charge(counter, row).await.map_err(|fault| {
        counter.broke(&fault);
        unreachable(fault.to_string())
    })?
    else {
        return Ok(false);
    };
    let Some(cards) = at.ports.cards() else {
        return Err(unreachable("nobody takes cards any more".to_owned()));
    };
    let given = cards.give_part_back(&charge, &row.ticket).await;
    let stored = match given {
        Ok(PartGiven::Given) => record(&at, &row.ticket).await.map(|()| true),
        Ok(PartGiven::Never(why)) => must_give(&at, &row.ticket, why).await.map(|()| false),
        Err(silent) => {
            let over = is_over(&at, row).await;
            if over.unwrap_or(false) {
                let why = "the showtime has ended, and whoever took the money does not answer";
                let told = must_give(&at, &row.ticket, why.to_owned()).await;
                if let Err(fault) = told {
                    tracing::error!(ticket.id = %row.ticket, %fault, "a case could not be opened");
                }
            }
            return Err(silent);
        }
    };
    stored.map_err(|fault| {
        counter.broke(&fault);
        unreachable(fault.to_string())
    })
}

/// What gives it back; nothing, if a person must.
pub(super) async fn charge(
    counter: &Counter,
    row: &RefundRow,
) -> Result<Option<(At, Charge)>, Fault> {
    let (Some(at), Some(payment)) = (counter.at(&row.cinema), row.payment.clone()) else {
        return Ok(None);
    };
    let (acting, sale) = (at.clone(), row.sale.clone());
    let read = at
        .database
        .read(move |db| checkout::find_sale(db, &acting, &sale));
    let Some(sold) = read.await? else {
        return Ok(None);
    };
    let took = sold.payments.iter().find(|took| took.id == payment);
    let slip = took.and_then(|took| took.slip.as_ref());
    let order = Ordered {
        showtime: sold.showtime,
        seats: sold.tickets.into_iter().map(|row| row.seat).collect(),
    };
    let charge = Charge {
        reference: payment,
        amount: row.amount,
        cinema: row.cinema.clone(),
        hold: sold.sale.hold,
        order: Some(order),
        theirs: slip.map(|slip| slip.authorisation.clone()),
    };
    Ok(Some((at, charge)))
}

async fn is_over(at: &At, row: &RefundRow) -> Result<bool, Fault> {
    let (ticket, now) = (row.ticket.clone(), at.clock.now());
    let read = at.database.read(move |db| {
        let Some(ticket) = tickets::by_id(db, &ticket)? else {
            return Ok(false);
        };
        Ok::<_, Fault>(catalogue::named(db, ticket.showtime)?.ends_at <= now)
    });
    read.await
}

/// It is given back.
pub(super) async fn record(at: &At, ticket: &TicketId) -> Result<(), Fault> {
    let (acting, ticket) = (at.clone(), ticket.clone());
    at.database
        .write(at.scope(), move |tx| match store::by_ticket(tx, &ticket)? {
            Some(mut row) => fact(tx, &acting, &mut row, RefundEvent::Returned),
            None => Ok(()),
        })
        .await
}

async fn must_give(at: &At, ticket: &TicketId, why: String) -> Result<(), Fault> {
    let (acting, ticket) = (at.clone(), ticket.clone());
    at.database
        .write(at.scope(), move |tx| match store::by_ticket(tx, &ticket)? {
            Some(row) if row.state == Refund::Owed => persons::must_give(tx, &acting, &row, &why),
            Some(_) | None => Ok(()),
        })
        .await
}
