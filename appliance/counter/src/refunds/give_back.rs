//! Money that goes back: whoever took it is asked under the ticket's name, as often as it takes, and the same name is given once.

use std::time::Duration;

use box_office::checkout::{Refund, RefundEvent};
use box_office::{Money, TicketId};
use database::Tx;
use futures_util::StreamExt as _;
use futures_util::stream;

use super::{Kept, RefundRow, fact, is_back_already, persons, store};
use crate::counter::{At, Counter};
use crate::ports::{Charge, Given, NoAnswer, Ordered, PartGiven, PartNow, Pays};
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
    let given = given(cards, &charge, row).await;
    let stored = match given {
        Ok(PartGiven::Given(given)) => record(&at, &row.ticket, given).await.map(|_| true),
        Ok(PartGiven::Never(why)) => must_give(&at, &row.ticket, why).await.map(|()| false),
        Err(silent) => {
            let over = row.amount.minor > 0 && is_over(&at, row).await.unwrap_or(false);
            if over {
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

/// What whoever took the money has given back by now. Where nothing is to go back they are only asked whether something did.
async fn given(cards: &dyn Pays, charge: &Charge, row: &RefundRow) -> Result<PartGiven, NoAnswer> {
    let given = if row.amount.minor > 0 {
        cards.give_part_back(charge, &row.ticket).await?
    } else {
        PartGiven::Given(match cards.look_at_part(charge, &row.ticket).await? {
            PartNow::NotGiven => Given::Part(0),
            PartNow::OnItsWay => return Err(NoAnswer("the refund is on its way".to_owned())),
            PartNow::Given(given) => given,
        })
    };
    match given {
        PartGiven::Given(given) => can_be(given, row).map(PartGiven::Given),
        PartGiven::Never(_) => Ok(given),
    }
}

/// More than a ticket has cost did not go back for it, whoever says so.
pub(super) fn can_be(given: Given, row: &RefundRow) -> Result<Given, NoAnswer> {
    match given {
        Given::Part(minor) if !(0..=row.price().minor).contains(&minor) => {
            let said = Money::new(minor, row.amount.currency);
            let words = format!(
                "it says that {said} went back for a ticket of {}",
                row.price()
            );
            Err(NoAnswer(words))
        }
        Given::Part(_) | Given::All => Ok(given),
    }
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

/// So much is given back, and is what is written down; gives what went back.
pub(super) async fn record(
    at: &At,
    ticket: &TicketId,
    given: Given,
) -> Result<Option<Money>, Fault> {
    let (acting, ticket) = (at.clone(), ticket.clone());
    at.database
        .write(at.scope(), move |tx| {
            let Some(mut row) = store::by_ticket(tx, &ticket)? else {
                return Ok(None);
            };
            if row.state == Refund::Owed {
                is_as_given(tx, &acting, &mut row, given)?;
            }
            fact(tx, &acting, &mut row, RefundEvent::Returned)?;
            Ok(Some(row.amount))
        })
        .await
}

/// What moved is what is written down, whatever was to: the rest of the ticket's price is kept.
fn is_as_given(tx: &mut Tx<'_>, at: &At, row: &mut RefundRow, given: Given) -> Result<(), Fault> {
    let to_give = row.amount;
    match given {
        Given::All => row.goes_whole(),
        Given::Part(_) if is_back_already(tx, at, row)? => row.goes_whole(),
        Given::Part(minor) if minor == to_give.minor => {}
        Given::Part(minor) => {
            let Some(ticket) = tickets::by_id(tx, &row.ticket)? else {
                return Ok(());
            };
            let rest = row.price().minor - minor;
            let rest = Money::new(rest, row.amount.currency);
            row.amount.minor = minor;
            row.kept = Kept::of_sold(&ticket.facts, rest);
        }
    }
    if row.amount != to_give {
        let (went, was_to) = (row.amount, to_give);
        tracing::warn!(ticket.id = %row.ticket, %went, %was_to, "another amount went back for a ticket than was to: it is written down as it went");
    }
    Ok(())
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
