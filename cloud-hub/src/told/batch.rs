//! What the events of one delivery add up to, written once.

use std::collections::BTreeSet;

use box_office::ShowtimeId;
use counter::programme::Hearing;
use counter::{Counter, Fault};
use database::Tx;
use jiff::Timestamp;
use wire::{Body, CinemaId, Delivery};

use super::sales::Keeping;
use super::store::{self, ToldSale};

/// What the events of one delivery leave to be done.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// What the hub answers in the `down` stream.
    pub(crate) answers: Vec<Body>,
    /// What of it is the counter's.
    pub(crate) hearing: Hearing,
    /// What was sold.
    pub(super) sales: Vec<ToldSale>,
    /// The showtimes that were told before.
    pub(super) known: BTreeSet<ShowtimeId>,
    /// Whether the hub is told what it has forgotten, and is stopped still.
    pub(super) is_recovering: bool,
    /// Whether seats that are given to it may have been sold in what it has forgotten.
    pub(super) takes_no_seats: bool,
    /// Whether it was told all of it.
    pub(super) has_recovered: bool,
}

impl Batch {
    /// Looks up together what the events of a delivery name.
    ///
    /// # Errors
    /// The database refuses.
    pub(super) fn begin(
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        delivery: &Delivery,
    ) -> Result<Self, database::Error> {
        let sold = delivery.events().filter_map(|(_, body)| match body {
            Some(Body::SaleSettled(sale)) => Some(&sale.showtime),
            Some(_) | None => None,
        });
        let sold: BTreeSet<_> = sold.collect();
        let known = store::known_showtimes(tx, cinema, sold.into_iter())?;
        Ok(Self {
            known: known.into_iter().collect(),
            ..Self::default()
        })
    }

    /// Keeps the sales, has the counter do what is its, and answers.
    ///
    /// # Errors
    /// The database refuses.
    pub(super) fn finish(
        self,
        tx: &mut Tx<'_>,
        counter: &Counter,
        cinema: &CinemaId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        Keeping { tx, cinema, now }.keep(&self.sales)?;
        self.hearing.finish(tx, counter, cinema)?;
        if self.answers.is_empty() {
            return Ok(());
        }
        counter.tell(tx, cinema, self.answers)
    }
}
