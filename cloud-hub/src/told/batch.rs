//! What the events of one delivery add up to, written once.

use std::collections::BTreeSet;

use box_office::ShowtimeId;
use counter::programme::Hearing;
use counter::{Counter, Fault};
use database::Tx;
use jiff::Timestamp;
use wire::{Body, CinemaId};

use super::sales::Keeping;
use super::store::ToldSale;

/// What the events of one delivery leave to be done.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// What the hub answers in the `down` stream.
    pub(crate) answers: Vec<Body>,
    /// What of it is the counter's.
    pub(crate) hearing: Hearing,
    /// What was sold.
    pub(super) sales: Vec<ToldSale>,
    /// The showtimes that were looked up and found.
    pub(super) known: BTreeSet<ShowtimeId>,
}

impl Batch {
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
