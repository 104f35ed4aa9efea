//! What the sellers heard, kept outside the box: the one witness that no crash of the box can silence.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How a guest paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paid {
    /// In cash: the till acknowledged this much, change taken off, in minor units.
    Cash(i64),
    /// By card, with this payment: what was taken is the terminal's to say, or the provider's.
    Card(String),
}

/// A sale that a seller was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The cinema.
    pub cinema: String,
    /// The showtime, at this cinema.
    pub showtime: String,
    /// The seat of each ticket.
    pub tickets: BTreeMap<String, String>,
    /// The total, in minor units.
    pub total_minor: i64,
    /// How it was paid.
    pub paid: Paid,
}

/// Somebody with a ticket who has not come in yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtTheDoor {
    /// The ticket.
    pub ticket: String,
    /// What is scanned.
    pub code: String,
    /// Where to.
    pub showtime: String,
    /// What it has cost, in minor units.
    pub price_minor: i64,
}

/// What was heard of a hub and may be unknown to it: it was heard after a copy was made of what the hub had stored, and before the copy was put back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgettable {
    /// The tickets of each sale.
    pub sales: BTreeMap<String, Vec<AtTheDoor>>,
    /// Tickets that were asked back, and perhaps not heard to be.
    pub wanted_back: BTreeSet<String>,
    /// How often a guest had a hold or a payment of which the hub said that it knows nothing.
    pub left_without: u64,
    /// How often a guest had asked a ticket back, and the hub knew nothing of that.
    pub refunds: u64,
}

/// What came of those who came to the door.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Admissions {
    /// Who was let in.
    pub admitted: u64,
    /// Who had a good ticket, and was not.
    pub wrongly_refused: u64,
}

/// What all sellers heard. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    sales: BTreeMap<String, Answered>,
    asked_back: BTreeSet<String>,
    at_the_door: Vec<AtTheDoor>,
    inside: BTreeSet<String>,
    admissions: Admissions,
    complaints: Vec<String>,
    /// Whether what is heard now may be forgotten by whoever has said it.
    is_forgettable: bool,
    /// How often something was forgotten.
    forgotten: u64,
    forgettable: Forgettable,
}

impl Memory {
    /// A seller heard that this was sold, and says whether for the first time. Hearing it again must be hearing the same.
    pub fn heard(&self, sale: String, answered: Answered, tickets: &[AtTheDoor]) -> bool {
        let mut heard = self.lock();
        let Heard {
            sales, complaints, ..
        } = &mut *heard;
        match sales.get(&sale) {
            Some(before) => {
                if *before != answered {
                    complaints.push(format!(
                        "sale {sale} was answered as {before:?} and then as {answered:?}"
                    ));
                }
                false
            }
            None => {
                sales.insert(sale.clone(), answered);
                if heard.is_forgettable {
                    heard.forgettable.sales.insert(sale, tickets.to_vec());
                }
                true
            }
        }
    }

    /// A seller heard something that may never be said.
    pub fn complain(&self, complaint: String) {
        self.lock().complaints.push(complaint);
    }

    /// Somebody comes to the door.
    pub fn comes(&self, guest: AtTheDoor) {
        self.lock().at_the_door.push(guest);
    }

    /// Whoever is next at the door, by chance.
    pub fn next_at_the_door(&self, chance: usize) -> Option<AtTheDoor> {
        let waiting = &mut self.lock().at_the_door;
        let place = chance.checked_rem(waiting.len())?;
        Some(waiting.swap_remove(place))
    }

    /// Somebody was let in with this ticket.
    pub fn admitted(&self, ticket: String) {
        let mut heard = self.lock();
        heard.admissions.admitted += 1;
        heard.inside.insert(ticket);
    }

    /// Whether somebody was let in with this ticket.
    pub fn is_inside(&self, ticket: &str) -> bool {
        self.lock().inside.contains(ticket)
    }

    /// Somebody with a good ticket was not let in.
    pub fn refused_wrongly(&self, words: String) {
        let mut heard = self.lock();
        heard.admissions.wrongly_refused += 1;
        heard.complaints.push(words);
    }

    /// What came of all who came to the door.
    pub fn admissions(&self) -> Admissions {
        self.lock().admissions
    }

    /// What is heard from here on may be forgotten: a copy is made.
    pub fn may_be_forgotten(&self) {
        self.lock().is_forgettable = true;
    }

    /// What was heard up to here may be forgotten now: the copy is put back.
    pub fn is_forgotten(&self) {
        let mut heard = self.lock();
        heard.is_forgettable = false;
        heard.forgotten += 1;
    }

    /// These sales are known after the copy was put back.
    pub fn is_known(&self, sales: &[String]) {
        let mut heard = self.lock();
        sales
            .iter()
            .for_each(|sale| drop(heard.forgettable.sales.remove(sale)));
    }

    /// How often something was forgotten.
    pub fn times_forgotten(&self) -> u64 {
        self.lock().forgotten
    }

    /// What may be forgotten.
    pub fn forgettable(&self) -> Forgettable {
        self.lock().forgettable.clone()
    }

    /// Nothing is known of what a guest had begun.
    pub fn left_without(&self) {
        self.lock().forgettable.left_without += 1;
    }

    /// Nothing is known of a ticket having been asked back.
    pub fn asked_back_in_vain(&self) {
        self.lock().forgettable.refunds += 1;
    }

    /// A guest asks this ticket back, and may be heard or not.
    pub fn wants_back(&self, ticket: String) {
        let mut heard = self.lock();
        if heard.is_forgettable {
            heard.forgettable.wanted_back.insert(ticket);
        }
    }

    /// A guest has asked this ticket back, and was heard.
    pub fn asked_back(&self, ticket: String) {
        let mut heard = self.lock();
        if heard.is_forgettable {
            heard.forgettable.wanted_back.insert(ticket.clone());
        }
        heard.asked_back.insert(ticket);
    }

    /// The tickets that were asked back.
    pub fn all_asked_back(&self) -> BTreeSet<String> {
        self.lock().asked_back.clone()
    }

    /// The sale that was paid with this payment, if anybody heard of one.
    pub fn paid_with(&self, payment: &str) -> Option<String> {
        let heard = self.lock();
        let mut sales = heard.sales.iter();
        let found = sales.find(|(_, it)| matches!(&it.paid, Paid::Card(by) if by == payment));
        found.map(|(sale, _)| sale.clone())
    }

    /// How many sales were heard of.
    pub fn sales_heard(&self) -> usize {
        self.lock().sales.len()
    }

    /// Everything: the sales by id, and the complaints.
    pub fn take(&self) -> (BTreeMap<String, Answered>, Vec<String>) {
        let heard = std::mem::take(&mut *self.lock());
        (heard.sales, heard.complaints)
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
