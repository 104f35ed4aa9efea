//! Money that goes back: whoever took it is asked under the ticket's name, as often as it takes, and the same name is given once.

use std::time::Duration;

use box_office::checkout::{Refund, RefundEvent};
use box_office::{Money, TicketId};
use futures_util::StreamExt as _;
use futures_util::stream;

use super::{RefundRow, fact, is_back_already, persons, put, store};
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
    let Some(_in_hand) = counter.refunding.hands.take(&row.ticket) else {
        // A person decides about it.
        counter.refunding.fails(&row.ticket, now);
        return;
    };
    // It may have waited for long, and a person have given it by hand meanwhile. From here on nobody does.
    let wanted = row.ticket.clone();
    let now_is = counter
        .database
        .read(move |db| store::by_ticket(db, &wanted));
    let row = match now_is.await {
        Ok(Some(known)) if known.state == Refund::Owed => known,
        Ok(_) => return,
        Err(error) => {
            counter.broke(&error.into());
            counter.refunding.fails(&row.ticket, now);
            return;
        }
    };
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

/// Whether it is given back, and stored; what keeps it from that is tried again.
async fn ask(counter: &Counter, row: &RefundRow) -> Result<bool, NoAnswer> {
    let broke = |fault: Fault| {
        counter.broke(&fault);
        NoAnswer(fault.to_string())
    };
    let Some(asking) = asking(counter, row).await.map_err(broke)? else {
        return Ok(false);
    };
    let (at, ticket) = (&asking.at, &row.ticket);
    let given = match at.ports.cards() {
        Some(cards) => asking.given(cards, row).await,
        None => Err(NoAnswer("nobody takes cards any more".to_owned())),
    };
    let stored = match given {
        // Asking again would be told the same.
        Ok(PartGiven::Given(Given::Part(0))) if row.amount.minor > 0 => {
            let why = "whoever took the money says that nothing goes back";
            never(at, ticket, why.to_owned()).await.map(|()| false)
        }
        Ok(PartGiven::Given(given)) => record(at, ticket, given).await.map(is_ended),
        Ok(PartGiven::Never(why)) => never(at, ticket, why).await.map(|()| false),
        Err(silent) => {
            if !is_over(at, row).await.map_err(broke)? {
                return Err(silent);
            }
            // Every wait has an end: nothing is owed, or a person gives it.
            if row.amount.minor == 0 {
                record(at, ticket, Given::Part(0)).await.map(is_ended)
            } else {
                let why = "the showtime has ended, and whoever took the money does not answer";
                must_give(at, ticket, why.to_owned()).await.map_err(broke)?;
                return Err(silent);
            }
        }
    };
    stored.map_err(broke)
}

fn is_ended(now: Option<RefundRow>) -> bool {
    now.is_none_or(|row| row.state != Refund::Owed)
}

/// Whom a refund is asked for.
pub(super) struct Asking {
    pub(super) at: At,
    pub(super) charge: Charge,
    /// What was taken, in minor units.
    taken_minor: i64,
}

impl Asking {
    /// What whoever took the money has given back by now. Where nothing is to go back they are only asked whether something did.
    async fn given(&self, cards: &dyn Pays, row: &RefundRow) -> Result<PartGiven, NoAnswer> {
        let (charge, ticket) = (&self.charge, &row.ticket);
        let given = if row.amount.minor > 0 {
            cards.give_part_back(charge, ticket).await?
        } else {
            PartGiven::Given(match cards.look_at_part(charge, ticket).await? {
                PartNow::NotGiven | PartNow::NotArrived => Given::Part(0),
                PartNow::OnItsWay => return Err(NoAnswer("the refund is on its way".to_owned())),
                PartNow::Given(given) => given,
            })
        };
        match given {
            PartGiven::Given(given) => self.can_be(given).map(PartGiven::Given),
            PartGiven::Never(_) => Ok(given),
        }
    }

    /// More than was taken did not go back, whoever says so.
    pub(super) fn can_be(&self, given: Given) -> Result<Given, NoAnswer> {
        match given {
            Given::Part(minor) if !(0..=self.taken_minor).contains(&minor) => {
                let money = |minor| Money::new(minor, self.charge.amount.currency);
                let (said, taken) = (money(minor), money(self.taken_minor));
                let words = format!("it says that {said} of {taken} went back for a ticket");
                Err(NoAnswer(words))
            }
            Given::Part(_) | Given::All => Ok(given),
        }
    }
}

/// What gives it back; nothing, if a person must.
pub(super) async fn asking(counter: &Counter, row: &RefundRow) -> Result<Option<Asking>, Fault> {
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
    let taken_minor = took.map_or(0, |took| took.amount_minor);
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
    Ok(Some(Asking {
        at,
        charge,
        taken_minor,
    }))
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

/// So much is given back, and is what is written down: what is less than is owed leaves the rest to a person, and what had not arrived is there after
/// all. Gives where the ticket stands now.
pub(super) async fn record(
    at: &At,
    ticket: &TicketId,
    given: Given,
) -> Result<Option<RefundRow>, Fault> {
    let (acting, ticket) = (at.clone(), ticket.clone());
    at.database
        .write(at.scope(), move |tx| {
            let known = store::by_ticket(tx, &ticket)?.zip(tickets::by_id(tx, &ticket)?);
            let Some((mut row, sold)) = known else {
                return Ok(None);
            };
            let was = row.clone();
            if row.state == Refund::Done && row.to_give().minor > 0 {
                row.hears(given, &sold.facts);
                put(tx, &row, Refund::Done)?;
                persons::arrived_after_all(tx, &acting, &row)?;
                return Ok(Some(row));
            }
            if row.state != Refund::Owed {
                return Ok(Some(row));
            }
            let given = match is_back_already(tx, &acting, &row.sale)? {
                true => Given::All,
                false => given,
            };
            let is_all = row.hears(given, &sold.facts);
            if row.amount != was.amount {
                let (went, was_to) = (row.amount, was.amount);
                tracing::warn!(ticket.id = %row.ticket, %went, %was_to, "another amount went back for a ticket than was to: it is written down as it went");
            }
            if is_all {
                fact(tx, &acting, &mut row, RefundEvent::Returned)?;
                return Ok(Some(row));
            }
            if row.given_minor != was.given_minor {
                put(tx, &row, Refund::Owed)?;
            }
            // What has come to be more since nothing was to go back is asked for.
            if row.given_minor > 0 {
                persons::must_give_the_rest(tx, &acting, &row)?;
            }
            Ok(Some(row))
        })
        .await
}

/// What they had given did not arrive, as far as they had: a person must give it.
pub(super) async fn did_not_arrive(at: &At, ticket: &TicketId) -> Result<(), Fault> {
    let (acting, ticket) = (at.clone(), ticket.clone());
    let why = "the guest's bank did not take it";
    at.database
        .write(at.scope(), move |tx| {
            persons::comes_back(tx, &acting, &ticket, why)
        })
        .await
}

/// They give nothing: a person must, all of it.
async fn never(at: &At, ticket: &TicketId, why: String) -> Result<(), Fault> {
    let (acting, ticket) = (at.clone(), ticket.clone());
    at.database
        .write(at.scope(), move |tx| {
            let row = store::by_ticket(tx, &ticket)?;
            let Some(mut row) = row.filter(|row| row.state == Refund::Owed) else {
                return Ok(());
            };
            if row.comes_back() {
                put(tx, &row, Refund::Owed)?;
            }
            persons::must_give(tx, &acting, &row, &why)
        })
        .await
}

/// They do not answer, and nobody waits any longer: a person must give it, if none is asked to for another reason.
async fn must_give(at: &At, ticket: &TicketId, why: String) -> Result<(), Fault> {
    let (acting, ticket) = (at.clone(), ticket.clone());
    at.database
        .write(at.scope(), move |tx| {
            let row = store::by_ticket(tx, &ticket)?;
            match row.filter(|row| row.state == Refund::Owed) {
                Some(row) if !persons::is_asked_to_give(tx, &ticket)? => {
                    persons::must_give(tx, &acting, &row, &why)
                }
                Some(_) | None => Ok(()),
            }
        })
        .await
}
