//! The sales of one delivery, kept together once all its events are read, so that many rows are one statement. What contradicts is
//! disputed, each by itself.

use std::collections::BTreeMap;

use box_office::ShowtimeId;
use counter::Fault;
use database::Tx;
use jiff::Timestamp;
use wire::CinemaId;
use wire::event::{SaleSettled, SoldTicket};

use super::dispute::dispute;
use super::store::{self, DaySum, Fact, ToldSale};

/// Where and when they are kept.
pub(super) struct Keeping<'a, 'b> {
    pub(super) tx: &'a mut Tx<'b>,
    pub(super) cinema: &'a CinemaId,
    pub(super) now: Timestamp,
}

impl Keeping<'_, '_> {
    /// Keeps what is new of the sales, and counts it in the sums of its days and showtimes.
    ///
    /// # Errors
    /// The database refuses.
    pub(super) fn keep(&mut self, told: &[ToldSale]) -> Result<(), Fault> {
        let mut are_new = store::add_sales(self.tx, self.cinema, told.iter().map(|it| &it.sale))?;
        let (new, again): (Vec<_>, Vec<_>) = told
            .iter()
            .partition(|it| are_new.take(it.sale.sale.as_str()));
        for ToldSale { seq, sale, .. } in again {
            let words = format!("the sale {} was told before", sale.sale);
            self.dispute(
                *seq,
                "sale_told_twice",
                &words,
                &[("sale", sale.sale.as_str())],
            )?;
        }
        let mut days = BTreeMap::<&str, DaySum>::new();
        for ToldSale {
            seq,
            sale,
            is_known,
        } in &new
        {
            self.check(*seq, sale, *is_known)?;
            let sold = DaySum {
                sales: 1,
                tickets: u64::try_from(sale.tickets.len()).unwrap_or(u64::MAX),
                total: sale.total,
            };
            days.entry(sale.day.as_str()).or_default().add(&sold);
        }
        for (day, sold) in days {
            store::add_day_sum(self.tx, self.cinema, day, &sold)?;
        }
        self.keep_tickets(&new)?;
        self.keep_tenders(&new)
    }

    fn check(&mut self, seq: u64, sale: &SaleSettled, is_known: bool) -> Result<(), Fault> {
        let SaleSettled {
            sale: id, showtime, ..
        } = sale;
        if !is_known {
            let words = format!("the sale {id} is for the unknown showtime {showtime}");
            let named = [("showtime", showtime.as_str()), ("sale", id.as_str())];
            self.dispute(seq, "unknown_showtime", &words, &named)?;
        }
        let mut prices = sale.tickets.iter().map(|ticket| ticket.price);
        if prices.try_fold(0_i64, i64::checked_add) != Some(sale.total) {
            let words = format!("the tickets of the sale {id} do not add up to its total");
            self.dispute(seq, "sum_differs", &words, &[("sale", id.as_str())])?;
        }
        Ok(())
    }

    fn keep_tickets(&mut self, sales: &[&ToldSale]) -> Result<(), Fault> {
        let tickets: Vec<_> = sales
            .iter()
            .flat_map(|told| told.sale.tickets.iter().map(move |it| (*told, it)))
            .collect();
        let mut are_new = store::add_tickets(self.tx, self.cinema, &tickets, false)?;
        let (new, others): (Vec<_>, Vec<_>) = tickets
            .into_iter()
            .partition(|(_, ticket)| are_new.take(ticket.id.as_str()));
        let mut seats = BTreeMap::<&ShowtimeId, u64>::new();
        for (told, _) in new {
            *seats.entry(&told.sale.showtime).or_default() += 1;
        }
        store::add_seats_sold(self.tx, self.cinema, &seats)?;
        // Either the ticket is known, or its seat has another.
        let mut are_second = store::add_tickets(self.tx, self.cinema, &others, true)?;
        for (ToldSale { seq, sale, .. }, SoldTicket { id, seat, .. }) in others {
            if are_second.take(id.as_str()) {
                let words = format!(
                    "seat {seat} of {} has two tickets; the later is {id}",
                    sale.showtime
                );
                let named = [
                    ("showtime", sale.showtime.as_str()),
                    ("seat", seat.as_str()),
                    ("ticket", id.as_str()),
                ];
                self.dispute(*seq, "seat_sold_twice", &words, &named)?;
            } else {
                let words = format!("the ticket {id} was told before");
                self.dispute(
                    *seq,
                    "ticket_told_twice",
                    &words,
                    &[("ticket", id.as_str())],
                )?;
            }
        }
        Ok(())
    }

    fn keep_tenders(&mut self, sales: &[&ToldSale]) -> Result<(), Fault> {
        let tenders: Vec<_> = sales
            .iter()
            .flat_map(|told| told.sale.tenders.iter().map(move |it| (*told, it)))
            .collect();
        let mut are_new = store::add_tenders(self.tx, self.cinema, &tenders)?;
        for (told, tender) in tenders {
            if !are_new.take(tender.id.as_str()) {
                let words = format!("the payment {} paid another sale before", tender.id);
                let named = [("payment", tender.id.as_str())];
                self.dispute(told.seq, "payment_told_twice", &words, &named)?;
            }
        }
        Ok(())
    }

    fn dispute(
        &mut self,
        seq: u64,
        code: &str,
        words: &str,
        facts: &[Fact<'_>],
    ) -> Result<(), Fault> {
        let told = (self.cinema, seq);
        dispute(self.tx, told, code, (words, facts), self.now)
    }
}
