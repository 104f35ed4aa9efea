//! Tickets that go back without anybody asking: those of showtimes that their cinema has cancelled, and those whose money has gone back
//! already, at whoever took it. Of what went back there whole nothing is kept any more.

use box_office::checkout::Refund;
use box_office::{CinemaId, TicketId};

use super::{Asker, Kept, RefundRefused, begin, is_back_already, put, store};
use crate::Fault;
use crate::checkout;
use crate::counter::Counter;
use crate::tickets;

/// Asks back what stands of them; says whether some are left to be asked for later.
pub(super) async fn ask_all(counter: &Counter) -> bool {
    let found = match counter.database.read(store::unasked).await {
        Ok(found) => found,
        Err(error) => return fails(counter, &error.into()),
    };
    let mut is_any_left = false;
    for (cinema, ticket) in found {
        is_any_left |= match ask_one(counter, &cinema, ticket).await {
            Ok(()) => false,
            // What is stopped goes on once it stands again.
            Err(RefundRefused::Fault(Fault::Stopped)) => true,
            Err(RefundRefused::Fault(fault)) => fails(counter, &fault),
            Err(refused) => {
                let words = format!(
                    "a ticket stays whose showtime is cancelled, or whose money is back: {refused:?}"
                );
                fails(counter, &Fault::Broken(words))
            }
        };
    }
    is_any_left
}

fn fails(counter: &Counter, fault: &Fault) -> bool {
    counter.broke(fault);
    let (what, why) = ("tickets that nobody need ask back", fault.to_string());
    if counter.following.fails_anew(what, why) {
        tracing::error!(%fault, "{what} do not go back; trying again");
    }
    true
}

/// Writes down of tickets that went back before, less what was kept, that nothing is: whoever took the money has given the rest as well. Says
/// whether some are left for later.
pub(super) async fn keep_nothing(counter: &Counter) -> bool {
    let found = match counter.database.read(store::kept_of_returned).await {
        Ok(found) => found,
        Err(error) => return fails(counter, &error.into()),
    };
    let mut is_any_left = false;
    for (cinema, ticket) in found {
        is_any_left |= match keep_nothing_of(counter, &cinema, ticket).await {
            Ok(()) => false,
            Err(Fault::Stopped) => true,
            Err(fault) => fails(counter, &fault),
        };
    }
    is_any_left
}

async fn keep_nothing_of(
    counter: &Counter,
    cinema: &CinemaId,
    ticket: TicketId,
) -> Result<(), Fault> {
    let Some(at) = counter.at(cinema) else {
        return Ok(());
    };
    let acting = at.clone();
    at.database
        .write(at.scope(), move |tx| {
            let Some(mut row) = store::by_ticket(tx, &ticket)? else {
                return Ok(());
            };
            if row.state == Refund::Done && is_back_already(tx, &acting, &row)? {
                tracing::info!(ticket.id = %ticket, "the rest of its money is back as well: nothing of it is kept");
                row.goes_whole();
                put(tx, &row, Refund::Done)?;
            }
            Ok(())
        })
        .await
}

async fn ask_one(
    counter: &Counter,
    cinema: &CinemaId,
    ticket: TicketId,
) -> Result<(), RefundRefused> {
    let Some(at) = counter.at(cinema) else {
        return Err(RefundRefused::UnknownTicket);
    };
    let acting = at.clone();
    at.database
        .write(at.scope(), move |tx| {
            // Its guest may have been faster.
            if store::by_ticket(tx, &ticket)?.is_some() {
                return Ok(());
            }
            let row = tickets::by_id(tx, &ticket)?.ok_or(RefundRefused::UnknownTicket)?;
            let sold = checkout::find_sale(tx, &acting, &row.sale)?;
            let sold = sold.ok_or(RefundRefused::UnknownSale)?;
            tracing::info!(ticket.id = %ticket, "its showtime is cancelled, or its money is back: the ticket goes back");
            begin(tx, &acting, &Asker::Nobody, (&sold, &row, Kept::NOTHING))?;
            acting.ports.called_off(tx, &row.sale)?;
            let counter = Counter::clone(&acting);
            tx.after_commit(move || counter.refunding.bell.ring());
            Ok(())
        })
        .await
}
