//! What the counter has written down: each cause in the transaction of what happened. It sends nothing.

use box_office::checkout::Refund;
use box_office::{CinemaId, SaleId, ShowtimeId};
use counter::{Fault, RefundMoved, Sold};
use database::Tx;
use jiff::{SignedDuration, Timestamp};
use service::{Bell, Clock};

use super::{Kind, store};

/// The address of somebody who has bought is forgotten so long after their showtime: refunds have come to their end, and who was wronged has
/// asked.
const KEPT_AFTER_START: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Writes messages down. Clones share its bell.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    bell: Bell,
    clock: Clock,
}

impl Outgoing {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            bell: Bell::default(),
            clock,
        }
    }

    pub(super) fn bell(&self) -> &Bell {
        &self.bell
    }

    /// Tickets were bought.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) fn sold(&self, tx: &mut Tx<'_>, sold: &Sold) -> Result<(), Fault> {
        let sale = &sold.sale;
        let starts = sold.tickets.iter().map(|ticket| ticket.starts_at).max();
        let kept_until = starts.unwrap_or(sale.sold_at).max(sale.sold_at) + KEPT_AFTER_START;
        if store::has_bought(tx, &sale.hold, &sale.id, kept_until)? {
            self.tell(tx, &sale.id, Kind::Bought, &format!("sale {}", sale.id))?;
        }
        Ok(())
    }

    /// A ticket came back, or it did not: that it is asked for is news to nobody who asks.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) fn refund_moved(
        &self,
        tx: &mut Tx<'_>,
        moved: &RefundMoved<'_>,
    ) -> Result<(), Fault> {
        let became = match moved.state {
            Refund::Requested | Refund::Revoking | Refund::Owed => return Ok(()),
            Refund::Done => "returned",
            Refund::Refused => "refused",
        };
        let cause = format!("ticket {} {became}", moved.ticket);
        self.tell(tx, moved.sale, Kind::News, &cause)
    }

    /// Its showtime does not take place, or its money is back.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) fn called_off(&self, tx: &mut Tx<'_>, sale: &SaleId) -> Result<(), Fault> {
        self.tell(tx, sale, Kind::News, &format!("sale {sale} called off"))
    }

    /// A showtime begins at another time.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) fn rescheduled(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        (showtime, starts_at): (&ShowtimeId, Timestamp),
    ) -> Result<(), Fault> {
        store::keep_longer(tx, (cinema, showtime), starts_at + KEPT_AFTER_START)?;
        for sale in store::sales_of(tx, (cinema, showtime))? {
            let cause = format!("sale {sale} at {starts_at}");
            self.tell(tx, &sale, Kind::News, &cause)?;
        }
        Ok(())
    }

    /// Has a cause told to whoever bought this, if they are written to and have not been told.
    fn tell(&self, tx: &mut Tx<'_>, sale: &SaleId, kind: Kind, cause: &str) -> Result<(), Fault> {
        if store::tell(tx, (sale, kind), cause, self.clock.now())? {
            let bell = self.bell.clone();
            tx.after_commit(move || bell.ring());
        }
        Ok(())
    }
}
