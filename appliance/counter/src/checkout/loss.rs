//! A person takes what is stored as it is, although this side may have forgotten sales. Nobody can say of a seat that is free here whether it is
//! sold in what is forgotten: it is in quarantine. So is what somebody has chosen, who is gone; and what somebody was paying for, as soon as the payment
//! has come to nothing.

use box_office::checkout::PurchaseFact;
use box_office::{CinemaId, HoldId};
use database::{Snapshot, Tx};

use super::purchase::Purchase;
use super::store;
use crate::counter::{At, Counter};
use crate::custody::{self, AsItIs, Hears};
use crate::ports::Stopped;
use crate::{Fault, holds};

/// A person takes what the hub has stored of a cinema as it is.
///
/// # Errors
/// The database refuses.
pub async fn take_as_it_is(
    counter: &Counter,
    cinema: CinemaId,
    reason: String,
) -> Result<AsItIs, Fault> {
    custody::take_as_it_is(counter, cinema, reason, sell_nothing_twice).await
}

fn sell_nothing_twice(tx: &mut Tx<'_>, counter: &Counter, cinema: &CinemaId) -> Result<(), Fault> {
    match counter.at_in(tx, cinema)? {
        None => Ok(()),
        Some(at) => keep_free_back(tx, &at),
    }
}

/// Puts what may be sold in what is forgotten in quarantine. The same again changes nothing.
///
/// # Errors
/// The database refuses.
pub fn keep_free_back(tx: &mut Tx<'_>, at: &At) -> Result<(), Fault> {
    // Before any of them ends: its seats are free no more then. What cannot end here is over as soon as this side goes on.
    holds::doubt_all(tx, at.cinema())?;
    holds::end_unpaid(tx, at.cinema())?;
    for hold in holds::open_of(tx, at.cinema())? {
        end(tx, at, &hold)?;
    }
    custody::keep_all_back(tx, at, at.cinema())
}

/// What is waited for before the hub hears of seats at the cinemas that a person took as they are: the payments of before that are under way; a line
/// each.
///
/// # Errors
/// The database refuses.
pub async fn waited_for(counter: &Counter) -> Result<Vec<String>, Fault> {
    let acting = counter.clone();
    let read = counter.database.read(move |db| {
        let (mut lines, now) = (Vec::new(), acting.clock.now());
        for cinema in acting.cinemas() {
            if custody::hears(db, &acting, &cinema)? != Hears::AllButSeats
                || !custody::is_any_doubted(db, &cinema, now)?
            {
                continue;
            }
            for hold in holds::doubted_of(db, &cinema)? {
                lines.push(in_words(db, &cinema, &hold)?);
            }
        }
        Ok::<_, Fault>(lines)
    });
    read.await
}

fn in_words(db: &mut Snapshot<'_>, cinema: &CinemaId, hold: &HoldId) -> Result<String, Fault> {
    let under_way: Vec<String> = match store::of_hold(db, hold).map_err(Fault::from) {
        Ok(payments) => (payments.iter())
            .filter(|payment| payment.state.is_without_outcome())
            .map(|payment| payment.id.to_string())
            .collect(),
        Err(fault) if fault.is_unreadable() => Vec::new(),
        Err(fault) => return Err(fault),
    };
    let until = match under_way.is_empty() {
        true => format!("the hold {hold} has ended"),
        false => format!("it is known what became of {}", under_way.join(", ")),
    };
    Ok(format!(
        "{cinema}  nothing is heard of it until {until}: begun before what the hub has forgotten"
    ))
}

/// Ends a hold that nobody is paying for; what was paid of it goes back. What cannot be read stays as it is. Of money that goes back the other side
/// is told, and a side that has yet to go on tells nothing.
fn end(tx: &mut Tx<'_>, at: &At, hold: &HoldId) -> Result<(), Fault> {
    let mut purchase = match Purchase::with(tx, at, hold) {
        Err(fault) if fault.is_unreadable() => return Ok(()),
        found => found?,
    };
    if at.ports.stopped() == Some(Stopped::All) && purchase.sums(tx)?.paid_minor > 0 {
        return Ok(());
    }
    purchase.happens(tx, PurchaseFact::BuyerGone)
}
