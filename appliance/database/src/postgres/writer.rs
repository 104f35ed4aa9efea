//! One of the writers: a transaction for the writes that waited for one scope, the scope's lock taken first, and nobody is answered before
//! the commit. What a lost connection or another process's transaction undid runs again. So does a group of which one must be undone, each in
//! a savepoint of its own then: nearly all are kept, and a savepoint is one more answer of the server to wait for.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;

use super::address::{Address, Purpose};
use super::error::Trouble;
use super::session::Session;
use crate::group::{self, Group, Lost, Savepoints, fail};
use crate::job::{Job, Ran};
use crate::shared::Shared;
use crate::statistics::Counters;
use crate::{Doubt, Error, Scope, ScopeLock};

/// How often a group is tried. With the pauses between it is a second and a half, in which a server starts again.
const TRIES: u32 = 7;

/// The pause after the first lost connection; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(25);

#[derive(Debug)]
pub(crate) struct Writer {
    address: Arc<Address>,
    session: Option<Session>,
    shared: Shared,
}

/// Why nothing of a group was committed, though none of it was refused.
enum Loss {
    /// The connection is gone. The group may run again.
    Connection,
    /// Another transaction stood in the way. The group may run again.
    Collision,
    /// The commit was refused for the sake of one of the group.
    Refusal(Error),
    /// What one of the group has changed must be undone alone, and it had no savepoint.
    Stuck,
}

impl Writer {
    pub(crate) fn new(address: Arc<Address>, shared: &Shared) -> Self {
        Self {
            address,
            session: None,
            shared: shared.clone(),
        }
    }

    /// Runs the jobs in one transaction and answers them.
    pub(crate) fn run(&mut self, scope: &Scope, group: Group) {
        let shared = self.shared.clone();
        group::run(group, &shared.counters, |group| self.persist(scope, group));
    }

    /// Tries until the group has its results or another try would be of no use.
    fn persist(&mut self, scope: &Scope, group: &mut [Box<dyn Job>]) -> Result<(), Lost> {
        let shares = group.len() > 1;
        let (mut tries, mut savepoints) = (0, Savepoints::None);
        loop {
            let Err(loss) = self.try_together(scope, group, savepoints) else {
                return Ok(());
            };
            tries += 1;
            let is_last = tries >= TRIES;
            let (error, better_alone) = match loss {
                Loss::Stuck => {
                    savepoints = Savepoints::Each;
                    continue;
                }
                Loss::Connection if !is_last => {
                    thread::sleep(FIRST_PAUSE * 2_u32.pow(tries - 1));
                    continue;
                }
                Loss::Collision if !shares && !is_last => continue,
                Loss::Connection => (Error::Busy, false),
                Loss::Collision => (Error::Busy, shares),
                Loss::Refusal(error) => (error, shares),
            };
            return Err(Lost {
                error,
                better_alone,
            });
        }
    }

    /// Every job has its result, or nothing was committed.
    fn try_together(
        &mut self,
        scope: &Scope,
        group: &mut [Box<dyn Job>],
        savepoints: Savepoints,
    ) -> Result<(), Loss> {
        let mut session = self.take_session()?;
        let ended = self.transact(&mut session, scope, group, savepoints);
        if session.trouble() == Some(Trouble::Lost) {
            Counters::add(&self.shared.counters.connections_lost, 1);
            tracing::warn!("the connection to the database server was lost");
            // There may be another server in its place: whoever leads compares it first.
            self.shared
                .may_write(self.shared.options.leads_as.is_none());
        } else if ended.is_ok() || session.roll_back() {
            self.session = Some(session);
        }
        ended
    }

    fn take_session(&mut self) -> Result<Session, Loss> {
        if self.shared.must_wait() {
            return Err(Loss::Connection);
        }
        if let Some(session) = self.session.take() {
            return Ok(session);
        }
        self.address.open(Purpose::Write).map_err(|error| {
            tracing::warn!(%error, "the database server cannot be reached");
            if error.is_fatal() {
                self.shared.has_forgotten(&Doubt::Copied);
            }
            Loss::Connection
        })
    }

    fn transact(
        &self,
        session: &mut Session,
        scope: &Scope,
        group: &mut [Box<dyn Job>],
        savepoints: Savepoints,
    ) -> Result<(), Loss> {
        if let Err(error) = session.command(&self.beginning(scope, savepoints)) {
            lost(session)?;
            // Another process has the scope, or the server has no memory: all are told alike.
            session.roll_back();
            fail(group, &error);
            return Ok(());
        }
        let last = group.len() - 1;
        for (position, job) in group.iter_mut().enumerate() {
            let changes_before = session.changes();
            let (is_kept, failed) = self.attempt(session, job.as_mut());
            lost(session)?;
            // A refusal mostly comes before anything was changed. After a statement that failed the server refuses the whole transaction.
            let leaves_nothing = !failed && session.changes() == changes_before;
            let next = match (savepoints, is_kept, position == last) {
                (Savepoints::Each, true, false) => "RELEASE SAVEPOINT job; SAVEPOINT job",
                // The savepoint stays, for the next.
                (Savepoints::Each, false, _) => "ROLLBACK TO SAVEPOINT job",
                (Savepoints::Each | Savepoints::None, true, _) => continue,
                (Savepoints::None, false, _) if last == 0 => {
                    session.roll_back();
                    return Ok(());
                }
                (Savepoints::None, false, _) if leaves_nothing => continue,
                (Savepoints::None, false, _) => return Err(Loss::Stuck),
            };
            if let Err(error) = session.command(next) {
                lost(session)?;
                return Err(Loss::Refusal(error));
            }
        }
        self.commit(session, group)
    }

    /// The lock is the first statement, so that each later one sees what its last holder has committed.
    fn beginning(&self, scope: &Scope, savepoints: Savepoints) -> String {
        let mut sql = "BEGIN ISOLATION LEVEL READ COMMITTED".to_owned();
        match (scope, self.shared.options.scope_lock) {
            (Scope::Of(kind, id), ScopeLock::Taken) => {
                // No statement holds a zero byte, and inside a literal a quote is written twice.
                let name = format!("{kind}{id}").replace('\0', "").replace('\'', "''");
                sql += &format!("; SELECT pg_advisory_xact_lock(hashtextextended('{name}', 0))");
            }
            (Scope::Of(..), ScopeLock::LeftOut) | (Scope::Nothing, _) => {}
        }
        match savepoints {
            Savepoints::None => {}
            Savepoints::Each => sql += "; SAVEPOINT job",
        }
        sql
    }

    /// Whether the job is to be kept, and whether a statement of it failed.
    fn attempt(&self, session: &mut Session, job: &mut dyn Job) -> (bool, bool) {
        let Ran {
            is_kept,
            failed,
            statements,
        } = job.run(session, &self.shared.counters);
        Counters::add(&self.shared.counters.statements, statements);
        if failed == Some(Error::Full) {
            self.shared.counters.server_is_full.store(true, Relaxed);
        }
        (is_kept, failed.is_some())
    }

    fn commit(&self, session: &mut Session, group: &mut [Box<dyn Job>]) -> Result<(), Loss> {
        let Err(error) = session.command("COMMIT") else {
            Counters::add(&self.shared.counters.commits, 1);
            self.shared.counters.server_is_full.store(false, Relaxed);
            return Ok(());
        };
        match session.trouble() {
            Some(Trouble::Lost) => {
                Counters::add(&self.shared.counters.failed_commits, 1);
                tracing::error!(
                    jobs = group.len(),
                    "the connection was lost during a commit, whose outcome is unknown"
                );
                fail(group, &Error::OutcomeUnknown);
                if self.shared.options.leads_as.is_some() {
                    // What was to be done after it is lost with it, and is taken up at a start only.
                    let words = "the outcome of a commit is unknown, and what follows it is taken up at the next start";
                    self.shared.fail(&Error::engine(words));
                }
                Ok(())
            }
            Some(Trouble::Collided) => Err(Loss::Collision),
            None => Err(Loss::Refusal(error)),
        }
    }

    /// The writer's own code panicked.
    pub(crate) fn fail_for_good(self) {
        let error = Error::engine("the writer panicked");
        self.shared.fail(&error);
    }
}

/// Whether the transaction can go on.
fn lost(session: &Session) -> Result<(), Loss> {
    match session.trouble() {
        None => Ok(()),
        Some(Trouble::Lost) => Err(Loss::Connection),
        Some(Trouble::Collided) => Err(Loss::Collision),
    }
}
