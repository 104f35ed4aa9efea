//! What the counter has written down: each cause in the transaction of what happened. It sends nothing.

use box_office::checkout::Refund;
use box_office::{CinemaId, SaleId, ShowtimeId};
use counter::{Fault, RefundMoved, Sold};
use database::Tx;
use service::{Bell, Clock};

use super::{Kind, Told, store};

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
        let Some(first) = sold.tickets.first() else {
            return Ok(());
        };
        let told = Told {
            starts_at: first.starts_at,
            room: first.facts.auditorium.clone(),
        };
        if store::has_bought(tx, (&sold.sale.hold, &sold.sale.id), &told)? {
            let cause = format!("sale {}", sold.sale.id);
            self.tell(tx, &sold.sale.id, Kind::Bought, &cause)?;
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
        self.tell(tx, moved.sale, Kind::Back, &cause)
    }

    /// Its showtime does not take place, or its money is back.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) fn called_off(&self, tx: &mut Tx<'_>, sale: &SaleId) -> Result<(), Fault> {
        self.tell(tx, sale, Kind::Back, &format!("sale {sale} called off"))
    }

    /// A showtime is at another time or in another room. Many may have bought: each is looked at afterwards.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) fn moved(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        showtime: &ShowtimeId,
    ) -> Result<(), Fault> {
        if store::is_moved(tx, (cinema, showtime))? {
            let bell = self.bell.clone();
            tx.after_commit(move || bell.ring());
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
