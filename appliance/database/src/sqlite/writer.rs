//! The one writer: the writes that wait together share a transaction and its sync, and nobody is answered before the commit. Nearly
//! all of them are kept, and a savepoint has every page that is touched copied: only where one must be undone they run again, each in
//! a savepoint of its own.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io;
use std::sync::atomic::Ordering::Relaxed;

use rusqlite::Connection;
use rusqlite::hooks::Wal;

use super::error::told;
use super::open::{Kept, Opened};
use super::proof::{Proof, empty_log};
use super::statement::Lent;
use crate::group::{self, Group, Lost, Savepoints, fail};
use crate::job::{Job, Ran};
use crate::shared::{Asked, Shared};
use crate::statistics::Counters;
use crate::{Doubt, Error, OpenError};

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
    connection: Connection,
    /// Borrowed for a moment each, by this thread.
    file: Option<RefCell<Kept>>,
    shared: Shared,
    next_checkpoint_at: u64,
    failing: Failing,
}

/// What failed the last time it was tried, and how: each is said once, for a disk may be full for days.
#[derive(Debug, Default)]
struct Failing {
    commit: RefCell<Option<Error>>,
    checkpoint: RefCell<Option<Error>>,
    sums: Cell<bool>,
}

/// Whether a failure is another than the last.
fn is_news(last: &RefCell<Option<Error>>, error: &Error) -> bool {
    last.replace(Some(error.clone())).as_ref() != Some(error)
}

/// Why nothing of a group was committed.
enum Loss {
    /// What one job has changed must be undone alone, and it had no savepoint.
    Stuck,
    /// The engine rolled back the whole transaction by itself, because of this.
    GivenUp(Error),
}

impl Writer {
    pub(crate) fn new(opened: Opened, shared: &Shared) -> Self {
        let Opened { connection, file } = opened;
        connection.wal_hook(Some(note_pages));
        Self {
            connection,
            file: file.map(RefCell::new),
            shared: shared.clone(),
            next_checkpoint_at: PAGES_BETWEEN_CHECKPOINTS,
            failing: Failing::default(),
        }
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Runs the jobs in one transaction and answers them.
    pub(crate) fn run(&mut self, group: Group) {
        self.look_at_doubt();
        group::run(group, &self.shared.counters, |group| self.persist(group));
        self.checkpoint_if_due();
    }

    fn persist(&self, group: &mut [Box<dyn Job>]) -> Result<(), Lost> {
        let mut together = self.run_together(group, Savepoints::None);
        if let Err(Loss::Stuck) = together
            && group.len() > 1
        {
            together = self.run_together(group, Savepoints::Each);
        }
        match together {
            // Alone it was undone with its transaction.
            Ok(()) | Err(Loss::Stuck) => Ok(()),
            Err(Loss::GivenUp(error)) => Err(Lost {
                error,
                better_alone: true,
            }),
        }
    }

    /// Every job has its result, or nothing was committed and they may run again.
    fn run_together(&self, group: &mut [Box<dyn Job>], savepoints: Savepoints) -> Result<(), Loss> {
        if self.shared.has_failed() {
            fail(group, &Error::Closed);
            return Ok(());
        }
        if let Err(error) = self.command("BEGIN IMMEDIATE") {
            self.note(&error);
            fail(group, &error);
            return Ok(());
        }
        let changed_before = self.connection().total_changes();
        for position in 0..group.len() {
            let Err(loss) = self.attempt(group[position].as_mut(), savepoints) else {
                continue;
            };
            if let Loss::GivenUp(error) = &loss {
                self.note(error);
            }
            self.roll_back();
            if self.shared.has_failed() {
                fail(group, &Error::Closed);
                if let Loss::GivenUp(error) = &loss {
                    group[position].fail(error);
                }
                return Ok(());
            }
            return Err(loss);
        }
        let has_changed = self.connection().total_changes() != changed_before;
        self.commit(group, has_changed);
        Ok(())
    }

    /// The group's transaction is as it should be afterwards, with the job in it or without, unless it is lost.
    fn attempt(&self, job: &mut dyn Job, savepoints: Savepoints) -> Result<(), Loss> {
        let has_savepoint = savepoints == Savepoints::Each;
        if has_savepoint {
            self.command("SAVEPOINT job").map_err(Loss::GivenUp)?;
        }
        let changed_before = self.connection().total_changes();
        let mut lent = Lent {
            connection: self.connection(),
            channels: Some(&self.shared.channels),
        };
        let Ran {
            is_kept,
            failed,
            statements,
        } = job.run(&mut lent, &self.shared.counters);
        Counters::add(&self.shared.counters.statements, statements);
        if let Some(error) = &failed
            && error.is_fatal()
        {
            return Err(Loss::GivenUp(error.clone()));
        }
        if self.connection().is_autocommit() {
            let rolled_back = || Error::engine("the transaction was rolled back");
            return Err(Loss::GivenUp(failed.unwrap_or_else(rolled_back)));
        }
        if has_savepoint {
            if !is_kept {
                self.command("ROLLBACK TO job").map_err(Loss::GivenUp)?;
            }
            return self.command("RELEASE job").map_err(Loss::GivenUp);
        }
        // A refusal mostly comes before anything was changed.
        if is_kept || self.connection().total_changes() == changed_before {
            return Ok(());
        }
        Err(Loss::Stuck)
    }

    fn commit(&self, group: &mut [Box<dyn Job>], has_changed: bool) {
        WAL_PAGES.set(0);
        let counted = if has_changed { self.count() } else { Ok(()) };
        let Err(error) = counted.and_then(|()| self.command("COMMIT")) else {
            Counters::add(&self.shared.counters.commits, 1);
            if has_changed && self.failing.commit.take().is_some() {
                tracing::info!("what is written is committed again");
            }
            self.note_size();
            if has_changed && let Err(error) = self.mark() {
                self.note(&error);
                fail(group, &Error::OutcomeUnknown);
            }
            return;
        };
        Counters::add(&self.shared.counters.failed_commits, 1);
        if is_news(&self.failing.commit, &error) {
            tracing::error!(%error, jobs = group.len(), "a commit failed");
        }
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

    /// Counts the commit in its own transaction, where that is kept.
    fn count(&self) -> Result<(), Error> {
        self.proving(|proof, _| proof.count(&self.connection))
            .unwrap_or(Ok(()))
    }

    /// Says outside of the database that the commit is on the disk, before anybody hears of it. Where a file is gone, the next start will not
    /// find what was committed.
    fn mark(&self) -> Result<(), Error> {
        match self.proving(|proof, _| proof.committed()) {
            Some(Err(doubt)) => {
                self.shared.doubts(doubt);
                Err(Error::OutcomeUnknown)
            }
            Some(Ok(())) | None => Ok(()),
        }
    }

    /// Looks at all if a person asks, keeps a doubt that has come up, and takes the database as it is if a person does.
    fn look_at_doubt(&self) {
        let asked = self.shared.take_asked();
        let doubt = self.shared.doubt();
        if asked.is_none() && doubt.is_none() {
            return;
        }
        let seen = doubt.clone();
        let left = self.proving(|proof, file| {
            let left = match asked {
                Some(Asked::Accept) => proof.accept(&self.connection, file)?,
                Some(Asked::Look) if doubt.is_none() => proof.look(&self.connection, file)?,
                Some(Asked::Look) | None => doubt,
            };
            left.as_ref().map_or(Ok(()), |doubt| proof.doubt(doubt))?;
            Ok::<_, OpenError>(left)
        });
        match left {
            Some(Ok(left)) => self.shared.doubt_becomes(seen.as_ref(), left),
            Some(Err(error)) => {
                tracing::error!(%error, "what is in doubt cannot be kept");
                if asked == Some(Asked::Accept) {
                    self.shared.cannot_keep(error.to_string());
                }
            }
            None => {}
        }
    }

    /// Takes the room that the sums will need once the log is moved: what is moved without them would count as damage. Says whether there is
    /// room; while there is none the log is left as it is, and commits go on for as long as it has room itself.
    fn take_room(&self) -> bool {
        let pages = self
            .connection()
            .pragma_query_value(None, "page_count", |row| row.get::<_, i64>(0));
        let pages = pages.map_or(0, |pages| usize::try_from(pages).unwrap_or(0));
        self.has_room_for_sums(self.proving(|proof, _| proof.take_room(pages)))
    }

    /// Takes the sums of what was moved into the main file, before the log may begin anew. Says whether they are on the disk.
    fn sum(&self) -> bool {
        if let Some(Doubt::Damaged(_)) = self.shared.doubt() {
            return true;
        }
        self.has_room_for_sums(self.proving(Proof::moved))
    }

    /// A full disk passes; any other trouble with it is final.
    fn has_room_for_sums(&self, written: Option<io::Result<()>>) -> bool {
        let Err(error) = written.unwrap_or(Ok(())) else {
            self.failing.sums.set(false);
            return true;
        };
        if error.kind() == io::ErrorKind::StorageFull {
            if self.failing.sums.replace(true) {
                return false;
            }
            tracing::warn!("there is no room for the sums of the database's pages: its log stays");
        } else {
            let error = Error::final_one(format!("the sums cannot be written: {error}"));
            self.shared.fail(&error);
        }
        false
    }

    fn proving<T>(&self, work: impl FnOnce(&mut Proof, &File) -> T) -> Option<T> {
        let mut kept = self.file.as_ref()?.borrow_mut();
        let Kept { file, proof } = &mut *kept;
        proof.as_mut().map(|proof| work(proof, file))
    }

    fn note_size(&self) {
        let pages = WAL_PAGES.get();
        if pages > 0 {
            const FRAME_BYTES: u64 = 4096 + 24;
            self.shared
                .counters
                .wal_bytes
                .store(pages * FRAME_BYTES, Relaxed);
        }
        if self.shared.options.most_pages.is_some() {
            let pages = self
                .connection()
                .pragma_query_value(None, "page_count", |row| row.get::<_, i64>(0));
            let pages = pages.map_or(0, |pages| u64::try_from(pages).unwrap_or(0));
            self.shared.counters.pages.store(pages, Relaxed);
        }
    }

    fn roll_back(&self) {
        if !self.connection().is_autocommit()
            && let Err(error) = self.command("ROLLBACK")
        {
            self.shared.fail(&error);
        }
    }

    fn note(&self, error: &Error) {
        self.shared.met(error);
    }

    fn checkpoint_if_due(&mut self) {
        if WAL_PAGES.get() >= self.next_checkpoint_at && !self.shared.has_failed() {
            self.checkpoint();
        }
    }

    /// Moves the log into the main file, as far as no reader needs it; says whether all of it was.
    fn checkpoint(&mut self) -> bool {
        WAL_PAGES.set(0);
        if !self.take_room() {
            return false;
        }
        let done = self
            .connection()
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
                Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
            });
        match done {
            Ok((pages, moved)) if pages == moved => {
                Counters::add(&self.shared.counters.checkpoints, 1);
                self.failing.checkpoint.take();
                let has_sums = self.sum();
                // Where they are missing they are written after the next commit.
                self.next_checkpoint_at = match has_sums {
                    true => PAGES_BETWEEN_CHECKPOINTS,
                    false => 0,
                };
                has_sums
            }
            Ok((pages, _)) => {
                self.next_checkpoint_at =
                    u64::try_from(pages).unwrap_or(0) + PAGES_BETWEEN_CHECKPOINTS;
                false
            }
            Err(error) => {
                let error = told(&error);
                if is_news(&self.failing.checkpoint, &error) {
                    tracing::error!(%error, "a checkpoint failed");
                }
                self.note(&error);
                false
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
        self.shared.fail(&error);
    }

    /// Empties the log and gives the file back.
    pub(crate) fn close(mut self) {
        if !self.shared.has_failed()
            && self.checkpoint()
            && !self.shared.has_failed()
            && let Err(error) = empty_log(&self.connection)
        {
            tracing::error!(%error, "the log could not be emptied; the next start does it");
        }
        if let Err((_, error)) = self.connection.close() {
            tracing::error!(%error, "the database could not be closed");
        }
        drop(self.file);
    }
}

fn note_pages(_: &Wal, pages: std::ffi::c_int) -> rusqlite::Result<()> {
    WAL_PAGES.set(u64::try_from(pages).unwrap_or(0));
    Ok(())
}
