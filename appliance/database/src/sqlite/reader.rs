//! Reading: a few read-only connections, each on a thread of its own, each read on one snapshot and of bounded length.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::error::{cannot_open, told};
use super::open;
use super::statement::Lent;
use crate::shared::Shared;
use crate::statistics::Counters;
use crate::{Error, OpenError, Snapshot};

/// Connections that read at the same time: two more than the cores of a small box, so that one slow page of the office holds up
/// nobody.
const READERS: usize = 4;

/// Reads that may wait for a connection; more than every device of a cinema asks at once.
const WAITING_READS: usize = 512;

/// Steps of SQLite's virtual machine between two looks at a read's budget.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// The budget of a read, in looks: fifty million steps, which take a few seconds.
const MOST_LOOKS: u32 = 5_000;

#[derive(Debug)]
pub(crate) struct Readers {
    idle: Mutex<Vec<Reader>>,
    permits: Semaphore,
    waiting: AtomicUsize,
}

#[derive(Debug)]
struct Reader {
    connection: tokio_rusqlite::Connection,
    looks: Arc<AtomicU32>,
}

impl Readers {
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let idle = (0..READERS)
            .map(|_| Reader::open(path))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            permits: Semaphore::new(idle.len()),
            idle: Mutex::new(idle),
            waiting: AtomicUsize::new(0),
        })
    }

    /// Runs `work` on a connection that nobody else uses meanwhile.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        counters: &Counters,
        work: impl FnOnce(&Connection) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let waiting = Waiting::new(&self.waiting);
        if waiting.before > WAITING_READS {
            Counters::add(&counters.refused_busy, 1);
            return Err(Error::Busy);
        }
        let permit = self.permits.acquire().await.map_err(|_| Error::Closed)?;
        drop(waiting);
        let borrowed = Borrowed::take(self)?;
        let Some(reader) = &borrowed.reader else {
            return Err(Error::Closed);
        };
        reader.looks.store(0, Relaxed);
        let answer = reader
            .connection
            .call_raw(move |connection| work(connection))
            .await;
        drop((borrowed, permit));
        answer.map_err(|_| Error::Closed)
    }

    pub(crate) async fn close(&self) {
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for reader in idle {
            if let Err(error) = reader.connection.close().await {
                tracing::warn!(%error, "a reader of the database could not be closed");
            }
        }
    }
}

impl Reader {
    fn open(path: &Path) -> Result<Self, OpenError> {
        let connection = open::reader(path)?;
        let looks = Arc::new(AtomicU32::new(0));
        let budget = Arc::clone(&looks);
        let too_long = move || budget.fetch_add(1, Relaxed) >= MOST_LOOKS;
        connection
            .progress_handler(STEPS_BETWEEN_LOOKS, Some(too_long))
            .map_err(|error| cannot_open(&error))?;
        Ok(Self {
            connection: tokio_rusqlite::Connection::from(connection),
            looks,
        })
    }
}

/// A reader that goes back when this is dropped, also if the future is.
struct Borrowed<'a> {
    readers: &'a Readers,
    reader: Option<Reader>,
}

impl<'a> Borrowed<'a> {
    fn take(readers: &'a Readers) -> Result<Self, Error> {
        let reader = readers
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
            .ok_or(Error::Closed)?;
        Ok(Self {
            readers,
            reader: Some(reader),
        })
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        let mut idle = self
            .readers
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.reader.take());
    }
}

struct Waiting<'a> {
    count: &'a AtomicUsize,
    before: usize,
}

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        let before = count.fetch_add(1, Relaxed);
        Self { count, before }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Relaxed);
    }
}

/// Runs `work` on one snapshot of `connection`.
pub(crate) fn run<T, E: From<Error>>(
    connection: &Connection,
    shared: &Shared,
    work: impl FnOnce(&mut Snapshot<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let counters = &*shared.counters;
    command(connection, "BEGIN").inspect_err(|error| shared.met(error))?;
    let mut lent = Lent {
        connection,
        channels: None,
    };
    let mut snapshot = Snapshot::new(&mut lent, counters);
    let answer = catch_unwind(AssertUnwindSafe(|| work(&mut snapshot)));
    if let Some(error) = snapshot.failure() {
        shared.met(error);
    }
    let ended = command(connection, "ROLLBACK");
    match answer {
        Ok(Ok(answer)) => ended.map(|()| answer).map_err(E::from),
        Ok(Err(refusal)) => Err(refusal),
        Err(_) => Err(E::from(counters.panicked())),
    }
}

fn command(connection: &Connection, sql: &str) -> Result<(), Error> {
    let done = connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.raw_execute());
    done.map(drop).map_err(|error| told(&error))
}
