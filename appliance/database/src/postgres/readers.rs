//! Reading: a few connections, each on a thread of its own, each read on one snapshot and of bounded length.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use super::address::{Address, Purpose};
use super::session::Session;
use crate::statistics::Counters;
use crate::thread::Ended;
use crate::{Error, OpenError};

/// Connections that read at the same time, as on SQLite.
const READERS: usize = 4;

/// Reads that may wait for a connection, as on SQLite.
const WAITING_READS: usize = 512;

/// How often a connection is looked for before a read is told to come later: with the pauses half a second.
const TRIES: u32 = 5;

/// The pause after the first; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// A read on its way: it is given a snapshot, or the reason why there is none.
pub(crate) type Read = Box<dyn FnOnce(Result<&mut Session, Error>) + Send>;

#[derive(Debug)]
pub(crate) struct Readers {
    /// Nothing once the database is closed.
    sender: RwLock<Option<SyncSender<Read>>>,
    threads: Mutex<Vec<Ended>>,
    counters: Arc<Counters>,
}

impl Readers {
    pub(crate) fn start(
        address: &Arc<Address>,
        counters: &Arc<Counters>,
    ) -> Result<Self, OpenError> {
        let (sender, receiver) = sync_channel(WAITING_READS);
        let receiver = Arc::new(Mutex::new(receiver));
        let mut threads = Vec::new();
        for _ in 0..READERS {
            let (address, receiver) = (Arc::clone(address), Arc::clone(&receiver));
            let counters = Arc::clone(counters);
            let ended = crate::thread::start("database reader", move || {
                serve(&address, &receiver, &counters);
            });
            threads.push(ended.map_err(OpenError::Thread)?);
        }
        Ok(Self {
            sender: RwLock::new(Some(sender)),
            threads: Mutex::new(threads),
            counters: Arc::clone(counters),
        })
    }

    pub(crate) fn submit(&self, read: Read) -> Result<(), Error> {
        let sender = self.sender.read().unwrap_or_else(PoisonError::into_inner);
        let sender = sender.as_ref().ok_or(Error::Closed)?;
        sender.try_send(read).map_err(|error| match error {
            TrySendError::Full(_) => {
                Counters::add(&self.counters.refused_busy, 1);
                Error::Busy
            }
            TrySendError::Disconnected(_) => Error::Closed,
        })
    }

    /// Takes no more reads, and waits until those that wait are answered.
    pub(crate) async fn close(&self) {
        let sender = self
            .sender
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(sender);
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for ended in threads {
            drop(ended.await);
        }
    }
}

fn serve(address: &Address, receiver: &Mutex<Receiver<Read>>, counters: &Counters) {
    let mut kept = None;
    loop {
        let next = receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(read) = next else {
            return;
        };
        let session = kept.take();
        let served = catch_unwind(AssertUnwindSafe(|| {
            answer(address, session, read, counters)
        }));
        kept = served.unwrap_or_else(|_| {
            tracing::error!("a reader of the database panicked and begins anew");
            None
        });
    }
}

/// Answers the read and gives back the connection if it can be used again.
fn answer(
    address: &Address,
    kept: Option<Session>,
    read: Read,
    counters: &Counters,
) -> Option<Session> {
    match begin(address, kept, counters) {
        Ok(mut session) => {
            read(Ok(&mut session));
            session.roll_back().then_some(session)
        }
        Err(error) => {
            read(Err(error));
            None
        }
    }
}

/// A connection with a snapshot: an idle one may have been lost unnoticed.
fn begin(
    address: &Address,
    mut kept: Option<Session>,
    counters: &Counters,
) -> Result<Session, Error> {
    let mut tries = 0;
    loop {
        let opened = match kept.take() {
            Some(session) => Ok(session),
            None => address.open(Purpose::Read),
        };
        let begun = opened.and_then(|mut session| {
            session.command("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
            Ok(session)
        });
        let error = match begun {
            Ok(session) => return Ok(session),
            Err(error) => error,
        };
        Counters::add(&counters.connections_lost, 1);
        tries += 1;
        if tries >= TRIES {
            tracing::warn!(%error, "the database server cannot be reached");
            return Err(Error::Busy);
        }
        thread::sleep(FIRST_PAUSE * 2_u32.pow(tries - 1));
    }
}
