//! Who is refused, for head office and the log: counted in memory and written together, so that a flood of wrong messages costs the
//! database one transaction a second and the log one line.

use std::collections::BTreeMap;
use std::time::Duration;

use database::{Database, Scope};
use jiff::Timestamp;
use parking_lot::Mutex;
use service::{Bell, Due};
use sync_agent::Address;

use super::{Board, store};

/// How long what is refused after a write waits for the next.
const PAUSE: Duration = Duration::from_secs(1);

/// How many different contacts wait to be written at most; of more only the log says how many.
const MOST_WAITING: usize = 256;

/// The contacts that were refused and are not written.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    waiting: Mutex<Waiting>,
    bell: Bell,
}

#[derive(Debug, Default)]
struct Waiting {
    contacts: BTreeMap<(Address, &'static str), Contact>,
    /// How many came when there was no room for another.
    passed_over: u64,
    /// When the next may be written.
    not_before: Duration,
}

/// Somebody who was refused for one thing.
#[derive(Debug, Clone)]
struct Contact {
    words: String,
    at: Timestamp,
    times: u64,
}

impl Refusals {
    /// Somebody is refused for `code`, in these words.
    pub(super) fn count(
        &self,
        address: &Address,
        code: &'static str,
        words: String,
        at: Timestamp,
    ) {
        self.waiting.lock().count(address, code, words, at);
        self.bell.ring();
    }

    /// Rung when somebody was refused.
    pub(super) fn bell(&self) -> &Bell {
        &self.bell
    }

    /// Writes who was refused, at most once in a while.
    pub(super) async fn run_due(&self, database: &Database, board: &Board, now: Duration) -> Due {
        let (contacts, passed_over) = {
            let mut waiting = self.waiting.lock();
            match waiting.contacts.is_empty() {
                true => return Due::WhenRung,
                false if now < waiting.not_before => return Due::At(waiting.not_before),
                false => waiting.not_before = now + PAUSE,
            }
            let passed_over = std::mem::take(&mut waiting.passed_over);
            (std::mem::take(&mut waiting.contacts), passed_over)
        };
        if passed_over > 0 {
            tracing::warn!(
                passed_over,
                "too many different contacts are refused to keep each"
            );
        }
        for ((address, code), Contact { words, times, .. }) in &contacts {
            tracing::warn!(cinema = %address.cinema, device = %address.device, code, times, words, "a contact is refused");
        }
        let written = database.write(Scope::Nothing, move |tx| {
            for ((address, code), contact) in &contacts {
                let Contact { words, at, times } = contact;
                store::add_refused(tx, address, code, words, *at, *times)?;
            }
            store::forget_refused(tx)
        });
        if let Err(error) = written.await {
            tracing::error!(%error, "the refused contacts could not be kept");
        }
        board.changed();
        Due::WhenRung
    }
}

impl Waiting {
    fn count(&mut self, address: &Address, code: &'static str, words: String, at: Timestamp) {
        let full = self.contacts.len() >= MOST_WAITING;
        match self.contacts.get_mut(&(address.clone(), code)) {
            Some(contact) => {
                let times = contact.times + 1;
                *contact = Contact { words, at, times };
            }
            None if full => self.passed_over += 1,
            None => {
                let contact = Contact {
                    words,
                    at,
                    times: 1,
                };
                self.contacts.insert((address.clone(), code), contact);
            }
        }
    }
}

#[cfg(test)]
mod tests;
