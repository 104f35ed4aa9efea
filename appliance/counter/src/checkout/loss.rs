//! A person takes what is stored as it is, although this side may have forgotten sales. Nobody can say of a seat that is free here whether it is
//! sold in what is forgotten: it is in quarantine, and so is what somebody has chosen and has paid nothing for, who is gone.

use box_office::HoldId;
use database::Tx;

use super::purchase::Purchase;
use crate::Fault;
use crate::counter::At;
use crate::{holds, seats};

/// Puts what may be sold in what is forgotten in quarantine, in a transaction in which nothing is told: the other side's seats are its own affair.
/// The same again changes nothing.
///
/// # Errors
/// The database refuses.
pub fn keep_free_back(tx: &mut Tx<'_>, at: &At) -> Result<(), Fault> {
    for hold in holds::open_of(tx, at.cinema())? {
        end_unpaid(tx, at, &hold)?;
    }
    let kept = seats::all_free_in_quarantine(tx, at.cinema(), at.side)?;
    if kept.is_empty() {
        return Ok(());
    }
    at.reload(tx, at.cinema(), kept)
}

/// Ends a hold that nothing is paid for. What is paid comes to its end as ever, and what cannot be read stays as it is.
fn end_unpaid(tx: &mut Tx<'_>, at: &At, hold: &HoldId) -> Result<(), Fault> {
    let Purchase {
        hold,
        showtime,
        payments,
        ..
    } = match Purchase::with(tx, at, hold) {
        Err(fault) if fault.is_unreadable() => return Ok(()),
        found => found?,
    };
    if payments
        .iter()
        .any(|payment| payment.state.paid_minor() > 0)
    {
        return Ok(());
    }
    let of = (hold.showtime, &showtime);
    seats::free(tx, at, of, &hold.id, &hold.places())?;
    Ok(holds::end(tx, &hold.id)?)
}
