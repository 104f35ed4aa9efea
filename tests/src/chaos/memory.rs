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
    admissions: Admissions,
    complaints: Vec<String>,
}

impl Memory {
    /// A seller heard that this was sold, and says whether for the first time. Hearing it again must be hearing the same.
    pub fn heard(&self, sale: String, answered: Answered) -> bool {
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
                sales.insert(sale, answered);
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

    /// Somebody was let in.
    pub fn admitted(&self) {
        self.lock().admissions.admitted += 1;
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
