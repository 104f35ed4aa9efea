//! The one writer: the writes that wait together share a transaction and its sync, each in a savepoint of its own, and nobody is
//! answered before the commit.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use rusqlite::Connection;
use rusqlite::hooks::Wal;

use super::error::told;
use super::open::Opened;
use crate::channels::Channels;
use crate::database::Shared;
use crate::failure::Failure;
use crate::job::{Job, Verdict, fail};
use crate::statistics::Counters;
use crate::tx::On;
use crate::{Error, Options, Tx};

/// The log's pages after which it is emptied into the main file: 16 MiB, so that pages that change often are copied once, and
/// recovery after a power cut stays short.
const PAGES_BETWEEN_CHECKPOINTS: u64 = 4_000;

thread_local! {
    /// The pages of the log after this thread's last commit, as SQLite's hook tells it.
    static WAL_PAGES: Cell<u64> = const { Cell::new(0) };
}

/// The connection that writes.
#[derive(Debug)]
pub(crate) struct Writer {
    opened: Opened,
    options: Options,
    counters: Arc<Counters>,
    failure: Arc<Failure>,
    channels: Arc<Channels>,
    next_checkpoint_at: u64,
}

/// What became of one job's savepoint.
enum Attempt {
    /// The group's transaction is as it should be, with the job in it or without.
    Sound,
    /// The engine rolled back the whole transaction by itself, because of this.
    Lost(Error),
}

impl Writer {
    pub(crate) fn new(opened: Opened, shared: &Shared) -> Self {
        opened.connection.wal_hook(Some(note_pages));
        Self {
            opened,
            options: shared.options.clone(),
            counters: Arc::clone(&shared.counters),
            failure: Arc::clone(&shared.failure),
            channels: Arc::clone(&shared.channels),
            next_checkpoint_at: PAGES_BETWEEN_CHECKPOINTS,
        }
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.opened.connection
    }

    /// Runs the jobs in one transaction and answers them.
    pub(crate) fn run(&mut self, mut group: Vec<Box<dyn Job>>) {
        self.counters.count_group(group.len());
        if self.run_together(&mut group) {
            self.answer(group);
        } else {
            Counters::add(&self.counters.groups_lost, 1);
            for job in group {
                let mut alone = vec![job];
                if !self.run_together(&mut alone) {
                    self.give_up(&mut alone);
                }
                self.answer(alone);
            }
        }
        self.checkpoint_if_due();
    }

    /// Whether every job has its result; if not, nothing was committed and they may run again.
    fn run_together(&mut self, group: &mut [Box<dyn Job>]) -> bool {
        if self.failure.has_happened() {
            fail(group, &Error::Closed);
            return true;
        }
        if let Err(error) = self.command("BEGIN IMMEDIATE") {
            self.note(&error);
            fail(group, &error);
            return true;
        }
        for position in 0..group.len() {
            let Attempt::Lost(error) = self.attempt(group[position].as_mut()) else {
                continue;
            };
            self.note(&error);
            self.roll_back();
            if self.failure.has_happened() {
                fail(group, &Error::Closed);
                group[position].fail(&error);
                return true;
            }
            group[position].note_loss(&error);
            return false;
        }
        self.commit(group);
        true
    }

    fn attempt(&self, job: &mut dyn Job) -> Attempt {
        if let Err(error) = self.command("SAVEPOINT job") {
            return Attempt::Lost(error);
        }
        let mut tx = Tx::new(On::Sqlite(self.connection()), &self.channels);
        let verdict = job.run(&mut tx);
        let (failed, told) = tx.into_outcome();
        if let Some(error) = &failed
            && error.is_fatal()
        {
            return Attempt::Lost(error.clone());
        }
        if self.connection().is_autocommit() {
            return Attempt::Lost(
                failed.unwrap_or_else(|| Error::engine("the transaction was rolled back")),
            );
        }
        let ended = match (verdict, failed) {
            (Verdict::Keep, None) => {
                job.tell_when_committed(told);
                self.command("RELEASE job")
            }
            (Verdict::Keep, Some(error)) => {
                job.fail(&error);
                self.undo()
            }
            (Verdict::Undo, _) => self.undo(),
        };
        ended.map_or_else(Attempt::Lost, |()| Attempt::Sound)
    }

    fn undo(&self) -> Result<(), Error> {
        self.command("ROLLBACK TO job")?;
        self.command("RELEASE job")
    }

    fn commit(&self, group: &mut [Box<dyn Job>]) {
        WAL_PAGES.set(0);
        let Err(error) = self.command("COMMIT") else {
            Counters::add(&self.counters.commits, 1);
            self.note_size();
            return;
        };
        tracing::error!(%error, jobs = group.len(), "a commit failed");
        self.note(&error);
        self.roll_back();
        let answer = match error {
            Error::Full | Error::Busy => error,
            Error::Panicked
            | Error::Closed
            | Error::OutcomeUnknown
            | Error::Conflict
            | Error::Column(_)
            | Error::Engine(_) => Error::OutcomeUnknown,
        };
        fail(group, &answer);
    }

    fn note_size(&self) {
        let pages = WAL_PAGES.get();
        if pages > 0 {
            const FRAME_BYTES: u64 = 4096 + 24;
            self.counters.wal_bytes.store(pages * FRAME_BYTES, Relaxed);
        }
        if self.options.most_pages.is_some() {
            let pages = self
                .connection()
                .pragma_query_value(None, "page_count", |row| row.get::<_, i64>(0));
            let pages = pages.map_or(0, |pages| u64::try_from(pages).unwrap_or(0));
            self.counters.pages.store(pages, Relaxed);
        }
    }

    fn roll_back(&self) {
        if !self.connection().is_autocommit()
            && let Err(error) = self.command("ROLLBACK")
        {
            self.failure.happened(&error, &self.options);
        }
    }

    /// A job that lost even the transaction that it had to itself.
    fn give_up(&self, alone: &mut [Box<dyn Job>]) {
        for job in alone {
            job.fail_with_its_loss();
        }
    }

    fn answer(&self, group: Vec<Box<dyn Job>>) {
        for job in group {
            // Counted first, so that whoever was answered finds himself counted.
            let counter = if job.is_success() {
                &self.counters.committed
            } else {
                &self.counters.undone
            };
            Counters::add(counter, 1);
            job.answer();
        }
    }

    fn note(&self, error: &Error) {
        if error.is_fatal() {
            self.failure.happened(error, &self.options);
        }
    }

    /// Empties the log into the main file, as far as no reader needs it.
    fn checkpoint_if_due(&mut self) {
        let pages = WAL_PAGES.get();
        if pages < self.next_checkpoint_at || self.failure.has_happened() {
            return;
        }
        WAL_PAGES.set(0);
        let done = self
            .connection()
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
                Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
            });
        match done {
            Ok((pages, moved)) if pages == moved => {
                Counters::add(&self.counters.checkpoints, 1);
                self.next_checkpoint_at = PAGES_BETWEEN_CHECKPOINTS;
            }
            Ok(_) => self.next_checkpoint_at = pages + PAGES_BETWEEN_CHECKPOINTS,
            Err(error) => {
                let error = told(&error);
                tracing::error!(%error, "a checkpoint failed");
                self.note(&error);
            }
        }
    }

    fn command(&self, sql: &str) -> Result<(), Error> {
        let done = self
            .connection()
            .prepare_cached(sql)
            .and_then(|mut statement| statement.raw_execute());
        done.map(drop).map_err(|error| told(&error))
    }

    /// The writer's own code panicked, so that nobody knows what its connection holds.
    pub(crate) fn fail_for_good(self) {
        let error = Error::engine("the writer panicked");
        self.failure.happened(&error, &self.options);
    }

    /// Empties the log and gives the file back.
    pub(crate) fn close(self) {
        let Opened { connection, lock } = self.opened;
        if let Err((_, error)) = connection.close() {
            tracing::error!(%error, "the database could not be closed");
        }
        drop(lock);
    }
}

fn note_pages(_: &Wal, pages: std::ffi::c_int) -> rusqlite::Result<()> {
    WAL_PAGES.set(u64::try_from(pages).unwrap_or(0));
    Ok(())
}
