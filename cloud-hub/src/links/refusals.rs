//! Who is refused, for head office and the log: counted in memory and written together, so that a flood of wrong messages costs the
//! database one transaction a second and the log one line.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use database::Scope;
use jiff::Timestamp;
use sync_agent::Address;
use tokio::sync::Notify;

use super::store;
use crate::app::App;

/// How long what is refused after a write waits for the next.
const PAUSE: Duration = Duration::from_secs(1);

/// How many different contacts wait to be written at most; of more only the log says how many.
const MOST_WAITING: usize = 256;

/// The contacts that were refused and are not written.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    waiting: Mutex<Waiting>,
    bell: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    contacts: HashMap<(Address, &'static str), Contact>,
    /// How many came when there was no room for another.
    passed_over: u64,
}

/// Somebody who was refused for one thing.
#[derive(Debug, Clone)]
struct Contact {
    words: String,
    at: Timestamp,
    times: u64,
}

/// Somebody is refused for `code`, in these words: it will stand on head office's page and in the log.
pub(crate) fn refuse(app: &App, address: &Address, code: &'static str, words: String) {
    let at = app.clock.now();
    app.refusals.waiting().count(address, code, words, at);
    app.refusals.bell.notify_one();
}

impl Refusals {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Writes who was refused until shutdown.
pub(super) async fn keep(app: App) {
    let shutdown = app.life.shutdown();
    while !shutdown.is_cancelled() {
        tokio::select! {
            () = app.refusals.bell.notified() => {}
            () = shutdown.cancelled() => {}
        }
        write(&app).await;
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = shutdown.cancelled() => {}
        }
    }
}

async fn write(app: &App) {
    let Waiting {
        contacts,
        passed_over,
    } = std::mem::take(&mut *app.refusals.waiting());
    if passed_over > 0 {
        tracing::warn!(
            passed_over,
            "too many different contacts are refused to keep each"
        );
    }
    if contacts.is_empty() {
        return;
    }
    for ((address, code), Contact { words, times, .. }) in &contacts {
        tracing::warn!(cinema = %address.cinema, device = %address.device, code, times, words, "a contact is refused");
    }
    let written = app.database.write(Scope::Nothing, move |tx| {
        for ((address, code), contact) in &contacts {
            let Contact { words, at, times } = contact;
            store::add_refused(tx, address, code, words, *at, *times)?;
        }
        store::forget_refused(tx)
    });
    if let Err(error) = written.await {
        tracing::error!(%error, "the refused contacts could not be kept");
    }
    app.board.changed();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_takes_no_more_room() {
        let at = Timestamp::UNIX_EPOCH;
        let address = |device: usize| Address {
            cinema: "rex".parse().unwrap(),
            device: format!("box-{device}").parse().unwrap(),
        };
        let mut waiting = Waiting::default();
        for device in 0..1_000 {
            for _ in 0..3 {
                waiting.count(&address(device), "unknown_box", "no such box".into(), at);
            }
        }
        assert_eq!(waiting.contacts.len(), MOST_WAITING);
        let times: u64 = waiting.contacts.values().map(|contact| contact.times).sum();
        assert_eq!((times, waiting.passed_over), (768, 2_232));
    }
}
