//! What the sellers heard, kept outside the box: the one witness that no crash of the box can silence.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How a guest paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paid {
    /// In cash: the till acknowledged this much, change taken off, in minor units.
    Cash(i64),
    /// By card: what was taken is the terminal's to say.
    Card,
}

/// A sale that a seller was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The showtime.
    pub showtime: String,
    /// The seat of each ticket.
    pub tickets: BTreeMap<String, String>,
    /// The total, in minor units.
    pub total_minor: i64,
    /// How it was paid.
    pub paid: Paid,
}

/// What all sellers heard. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    sales: BTreeMap<String, Answered>,
    asked_back: BTreeSet<String>,
    complaints: Vec<String>,
}

impl Memory {
    /// A seller heard that this was sold. Hearing it again must be hearing the same.
    pub fn heard(&self, sale: String, answered: Answered) {
        let mut heard = self.lock();
        let Heard {
            sales, complaints, ..
        } = &mut *heard;
        match sales.get(&sale) {
            Some(before) if *before != answered => complaints.push(format!(
                "sale {sale} was answered as {before:?} and then as {answered:?}"
            )),
            Some(_) => {}
            None => drop(sales.insert(sale, answered)),
        }
    }

    /// A seller heard something that may never be said.
    pub fn complain(&self, complaint: String) {
        self.lock().complaints.push(complaint);
    }

    /// A guest has asked this ticket back, and was heard.
    pub fn asked_back(&self, ticket: String) {
        self.lock().asked_back.insert(ticket);
    }

    /// The tickets that were asked back.
    pub fn all_asked_back(&self) -> BTreeSet<String> {
        self.lock().asked_back.clone()
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
