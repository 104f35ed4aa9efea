//! What the events of one delivery leave to be done once, after the last: the answers, and the sums that head office reads.

use std::collections::{BTreeMap, BTreeSet};

use box_office::ShowtimeId;
use counter::programme::Hearing;
use counter::{Counter, Fault};
use database::Tx;
use wire::event::SaleSettled;
use wire::{Body, CinemaId};

use super::store::{self, DaySum};

/// What the events of one delivery leave to be done.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// What the hub answers in the `down` stream.
    pub(crate) answers: Vec<Body>,
    /// What of it is the counter's.
    pub(crate) hearing: Hearing,
    /// What was sold, by business day.
    days: BTreeMap<String, DaySum>,
    /// The seats that were sold and are not disputed, by showtime.
    seats: BTreeMap<ShowtimeId, u64>,
    /// The showtimes that were looked up and found.
    pub(super) known: BTreeSet<ShowtimeId>,
}

impl Batch {
    pub(super) fn count_sale(&mut self, sale: &SaleSettled) {
        let sold = DaySum {
            sales: 1,
            tickets: u64::try_from(sale.tickets.len()).unwrap_or(u64::MAX),
            total: sale.total,
        };
        match self.days.get_mut(sale.day.as_str()) {
            Some(day) => day.add(&sold),
            None => drop(self.days.insert(sale.day.as_str().to_owned(), sold)),
        }
    }

    pub(super) fn count_seat(&mut self, showtime: &ShowtimeId) {
        match self.seats.get_mut(showtime) {
            Some(seats) => *seats += 1,
            None => drop(self.seats.insert(showtime.clone(), 1)),
        }
    }

    /// Adds what was sold to the sums of the cinema, has the counter do what is its, and answers.
    ///
    /// # Errors
    /// The database refuses.
    pub(super) fn finish(
        self,
        tx: &mut Tx<'_>,
        counter: &Counter,
        cinema: &CinemaId,
    ) -> Result<(), Fault> {
        for (day, sold) in &self.days {
            let mut sum = store::day_sum(tx, cinema, day)?;
            sum.add(sold);
            store::put_day_sum(tx, cinema, day, &sum)?;
        }
        for (showtime, seats) in &self.seats {
            store::add_seats_sold(tx, cinema, showtime, *seats)?;
        }
        self.hearing.finish(tx, counter, cinema)?;
        if self.answers.is_empty() {
            return Ok(());
        }
        counter.tell(tx, cinema, self.answers)
    }
}
