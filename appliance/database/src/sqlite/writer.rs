//! The one writer: the writes that wait together share a transaction and its sync, and nobody is answered before the commit. Nearly
//! all of them are kept, and a savepoint has every page that is touched copied: only where one must be undone they run again, each in
//! a savepoint of its own.

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
use crate::tx::{On, Outcome};
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

/// What became of one job.
enum Attempt {
    /// The group's transaction is as it should be, with the job in it or without.
    Sound,
    /// What the job has changed must be undone, and it had no savepoint.
    Stuck,
    /// The engine rolled back the whole transaction by itself, because of this.
    Lost(Error),
}

/// What became of a group.
enum Together {
    /// Every job has its result.
    Done,
    /// Nothing was committed, for one job's changes must be undone alone: they may run again, with savepoints.
    Stuck,
    /// Nothing was committed, for the engine gave up: they may run again, one by one.
    Lost,
}

/// Whether a job can be undone alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Savepoints {
    /// It cannot, once it has changed something.
    None,
    /// It has one.
    Each,
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
        let together = match self.run_together(&mut group, Savepoints::None) {
            // Alone it was undone with its transaction.
            Together::Stuck if group.len() == 1 => Together::Done,
            Together::Stuck => self.run_together(&mut group, Savepoints::Each),
            together @ (Together::Done | Together::Lost) => together,
        };
        if matches!(together, Together::Done) {
            self.answer(group);
        } else {
            Counters::add(&self.counters.groups_lost, 1);
            for job in group {
                let mut alone = vec![job];
                if !matches!(
                    self.run_together(&mut alone, Savepoints::Each),
                    Together::Done
                ) {
                    self.give_up(&mut alone);
                }
                self.answer(alone);
            }
        }
        self.checkpoint_if_due();
    }

    fn run_together(&mut self, group: &mut [Box<dyn Job>], savepoints: Savepoints) -> Together {
        if self.failure.has_happened() {
            fail(group, &Error::Closed);
            return Together::Done;
        }
        if let Err(error) = self.command("BEGIN IMMEDIATE") {
            self.note(&error);
            fail(group, &error);
            return Together::Done;
        }
        for position in 0..group.len() {
            let error = match self.attempt(group[position].as_mut(), savepoints) {
                Attempt::Sound => continue,
                Attempt::Stuck => {
                    self.roll_back();
                    return Together::Stuck;
                }
                Attempt::Lost(error) => error,
            };
            self.note(&error);
            self.roll_back();
            if self.failure.has_happened() {
                fail(group, &Error::Closed);
                group[position].fail(&error);
                return Together::Done;
            }
            group[position].note_loss(&error);
            return Together::Lost;
        }
        self.commit(group);
        Together::Done
    }

    fn attempt(&self, job: &mut dyn Job, savepoints: Savepoints) -> Attempt {
        if savepoints == Savepoints::Each
            && let Err(error) = self.command("SAVEPOINT job")
        {
            return Attempt::Lost(error);
        }
        let changed_before = self.connection().total_changes();
        let mut tx = Tx::new(On::Sqlite(self.connection()), &self.channels);
        let verdict = job.run(&mut tx);
        let Outcome {
            failed,
            told,
            statements,
        } = tx.into_outcome();
        Counters::add(&self.counters.statements, statements);
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
        let is_kept = match (verdict, failed) {
            (Verdict::Keep, None) => {
                job.tell_when_committed(told);
                true
            }
            (Verdict::Keep, Some(error)) => {
                job.fail(&error);
                false
            }
            (Verdict::Undo, _) => false,
        };
        let ended = match (savepoints, is_kept) {
            (Savepoints::Each, true) => self.command("RELEASE job"),
            (Savepoints::Each, false) => self.undo(),
            (Savepoints::None, true) => Ok(()),
            // A refusal mostly comes before anything was changed.
            (Savepoints::None, false) if self.connection().total_changes() == changed_before => {
                Ok(())
            }
            (Savepoints::None, false) => return Attempt::Stuck,
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
