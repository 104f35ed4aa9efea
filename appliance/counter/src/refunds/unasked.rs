//! Tickets that go back without anybody asking: those of showtimes that their cinema has cancelled, and those whose money has gone back
//! already, at whoever took it. Of what went back there whole nothing is kept or owed any more.

use box_office::checkout::{Refund, RefundTold};
use box_office::{CinemaId, TicketId};

use super::{
    Asker, Kept, RefundRefused, begin, ended_whole, is_back_already, persons, put, store,
    why_unasked,
};
use crate::Fault;
use crate::cases::By;
use crate::checkout;
use crate::counter::Counter;
use crate::ports::Given;
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

/// Ends what is owed of sales whose money is all back, and writes down of what went back before, less what was kept or by hand, that whoever took the
/// money has given all of it. Says whether some are left for later.
pub(super) async fn all_is_back(counter: &Counter) -> bool {
    let found = match counter.database.read(store::of_returned).await {
        Ok(found) => found,
        Err(error) => return fails(counter, &error.into()),
    };
    let mut is_any_left = false;
    for (cinema, ticket) in found {
        is_any_left |= match is_back(counter, &cinema, ticket).await {
            Ok(()) => false,
            Err(Fault::Stopped) => true,
            Err(fault) => fails(counter, &fault),
        };
    }
    is_any_left
}

async fn is_back(counter: &Counter, cinema: &CinemaId, ticket: TicketId) -> Result<(), Fault> {
    let Some(at) = counter.at(cinema) else {
        return Ok(());
    };
    let acting = at.clone();
    at.database
        .write(at.scope(), move |tx| {
            let Some(mut row) = store::by_ticket(tx, &ticket)? else {
                return Ok(());
            };
            if !is_back_already(tx, &acting, &row.sale)? {
                return Ok(());
            }
            tracing::info!(ticket.id = %ticket, "all of its sale is back: nothing of it is kept or owed");
            match row.state {
                Refund::Owed => ended_whole(tx, &acting, &mut row, &By::Counter.into()),
                Refund::Done => {
                    let Some(sold) = tickets::by_id(tx, &ticket)? else {
                        return Ok(());
                    };
                    row.hears(Given::All, &sold.facts);
                    put(tx, &row, Refund::Done)?;
                    persons::told(tx, &acting, &row, RefundTold::Done, &By::Counter.into())
                }
                Refund::Requested | Refund::Revoking | Refund::Refused => Ok(()),
            }
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
            let whole = (Kept::NOTHING, why_unasked(tx, &acting, &row.sale)?);
            begin(tx, &acting, &Asker::Nobody, (&sold, &row, whole))?;
            acting.ports.called_off(tx, &row.sale)?;
            let counter = Counter::clone(&acting);
            tx.after_commit(move || counter.refunding.bell.ring());
            Ok(())
        })
        .await
}
