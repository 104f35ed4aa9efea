//! How a database is opened: the defaults are what selling needs, and every switch that a test uses is a value here.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::{Error, Mark, Power};

/// Below this many free bytes nothing new is begun, so that what is open can be finished: 64 MiB are more than ten thousand sales and
/// a whole write-ahead log.
const RESERVE_BYTES: u64 = 64 * 1024 * 1024;

/// What the process does when the disk fails.
pub type WhenFailed = Arc<dyn Fn(&Error) + Send + Sync>;

/// How to open a database.
#[derive(Clone)]
pub struct Options {
    /// What a commit waits for.
    pub synchronous: Synchronous,
    /// Below this many free bytes [`crate::Database::has_room`] says no.
    pub reserve_bytes: u64,
    /// The most pages of 4096 bytes that the file may have, beyond which the disk counts as full; for tests.
    pub most_pages: Option<u32>,
    /// On PostgreSQL, a file of this machine that one process at a time has while it is open, as on SQLite: for what lies beside it. The
    /// file need not be there.
    pub locked: Option<PathBuf>,
    /// On PostgreSQL, the name by which this process leads the database, as others are told who would lead it too: one at a time does, and
    /// writes nothing while it does not. Nobody asks for it who shares the database.
    pub leads_as: Option<String>,
    /// Whether a write on PostgreSQL takes the lock of its scope.
    pub scope_lock: ScopeLock,
    /// Where it keeps how much it has answered; on PostgreSQL only whoever leads may.
    pub mark: Option<Mark>,
    /// Called on the writer's thread when the disk has failed, before anybody is answered. What is in memory and on the disk may
    /// differ from here on: the process must end, and this may end it.
    pub when_failed: Option<WhenFailed>,
    /// What a database without threads asks around each commit; for the simulation.
    pub power: Option<Arc<dyn Power>>,
}

/// What a commit waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// Until the disk has it.
    Full,
    /// For nothing: a power cut loses answered sales. Only to show that a test notices.
    Off,
}

/// Whether a write on PostgreSQL has its [`crate::Scope`] to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeLock {
    /// Yes, among all processes.
    Taken,
    /// No: two processes may sell one seat. Only to show that a test notices.
    LeftOut,
}

/// Where a database without threads lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In memory, gone with its last handle.
    Memory,
    /// In this file.
    File(PathBuf),
}

/// What becomes of a database that is newer than the backup that is to take its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfNewer {
    /// It stays.
    Refuse,
    /// A person has said that it may go.
    SetAside,
}

/// What becomes of the look if a process has the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhileItRuns {
    /// It is refused: what is compared with another database must stand still.
    Refused,
    /// What is committed at this moment is looked at, and the process goes on meanwhile.
    Snapshot,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            synchronous: Synchronous::Full,
            reserve_bytes: RESERVE_BYTES,
            most_pages: None,
            locked: None,
            leads_as: None,
            scope_lock: ScopeLock::Taken,
            mark: None,
            when_failed: None,
            power: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("synchronous", &self.synchronous)
            .field("reserve_bytes", &self.reserve_bytes)
            .field("most_pages", &self.most_pages)
            .field("locked", &self.locked)
            .field("leads_as", &self.leads_as)
            .field("scope_lock", &self.scope_lock)
            .field("mark", &self.mark)
            .finish_non_exhaustive()
    }
}
