//! What the writer counts, for `/metrics`.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use crate::Error;

/// What the writer and the readers have done since the database was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Commits, each with one sync if it changed anything.
    pub commits: u64,
    /// Commits that failed: on a full disk, or with a connection that was lost.
    pub failed_commits: u64,
    /// Writes that were committed.
    pub committed: u64,
    /// Statements of writes, without those that begin, end and undo.
    pub statements: u64,
    /// Writes that were undone because they refused, failed or panicked.
    pub undone: u64,
    /// Groups that the engine rolled back as a whole, and whose writes ran again one by one.
    pub groups_lost: u64,
    /// How many groups had 1, 2 to 3, 4 to 7, .. writes; the last counts all above.
    pub group_sizes: [u64; 8],
    /// Writes that wait.
    pub queue_length: u64,
    /// Writes and reads that were refused because too many waited.
    pub refused_busy: u64,
    /// Connections to a PostgreSQL server that were lost, whether a write was on its way or not.
    pub connections_lost: u64,
    /// Writes and reads that ended in a fault of ours, by [`crate::Error::fault`].
    pub faults: [(&'static str, u64); 4],
    /// Reads.
    pub reads: u64,
    /// What SQLite's write-ahead log holds, in bytes; a reader that never ends lets it grow.
    pub wal_bytes: u64,
    /// Checkpoints, which move the log's content into the main file.
    pub checkpoints: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) commits: AtomicU64,
    pub(crate) failed_commits: AtomicU64,
    pub(crate) committed: AtomicU64,
    pub(crate) statements: AtomicU64,
    pub(crate) undone: AtomicU64,
    pub(crate) groups_lost: AtomicU64,
    pub(crate) group_sizes: [AtomicU64; 8],
    pub(crate) queue_length: AtomicU64,
    pub(crate) refused_busy: AtomicU64,
    pub(crate) connections_lost: AtomicU64,
    pub(crate) conflicts: AtomicU64,
    pub(crate) wrong_columns: AtomicU64,
    pub(crate) failed_statements: AtomicU64,
    pub(crate) panics: AtomicU64,
    pub(crate) reads: AtomicU64,
    pub(crate) wal_bytes: AtomicU64,
    pub(crate) checkpoints: AtomicU64,
    /// The pages of the file, kept only where their number is limited.
    pub(crate) pages: AtomicU64,
    /// Whether the last write that needed room on a PostgreSQL server's disk found none.
    pub(crate) server_is_full: AtomicBool,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64, count: u64) {
        counter.fetch_add(count, Relaxed);
    }

    pub(crate) fn count_group(&self, size: usize) {
        let class = size.max(1).ilog2() as usize;
        Self::add(&self.group_sizes[class.min(self.group_sizes.len() - 1)], 1);
    }

    /// Counts what a write or a read ended in, if it is a fault of ours.
    pub(crate) fn count_fault(&self, error: &Error) {
        let found = self
            .faults()
            .into_iter()
            .find(|(kind, _)| error.fault() == Some(kind));
        if let Some((_, counter)) = found {
            Self::add(counter, 1);
        }
    }

    /// The error of a closure that panicked, counted.
    pub(crate) fn panicked(&self) -> Error {
        self.count_fault(&Error::Panicked);
        Error::Panicked
    }

    fn faults(&self) -> [(&'static str, &AtomicU64); 4] {
        [
            ("conflict", &self.conflicts),
            ("column", &self.wrong_columns),
            ("statement", &self.failed_statements),
            ("panic", &self.panics),
        ]
    }

    pub(crate) fn read(&self) -> Statistics {
        let mut group_sizes = [0; 8];
        for (size, counter) in group_sizes.iter_mut().zip(&self.group_sizes) {
            *size = counter.load(Relaxed);
        }
        Statistics {
            commits: self.commits.load(Relaxed),
            failed_commits: self.failed_commits.load(Relaxed),
            committed: self.committed.load(Relaxed),
            statements: self.statements.load(Relaxed),
            undone: self.undone.load(Relaxed),
            groups_lost: self.groups_lost.load(Relaxed),
            group_sizes,
            queue_length: self.queue_length.load(Relaxed),
            refused_busy: self.refused_busy.load(Relaxed),
            connections_lost: self.connections_lost.load(Relaxed),
            faults: self
                .faults()
                .map(|(kind, counter)| (kind, counter.load(Relaxed))),
            reads: self.reads.load(Relaxed),
            wal_bytes: self.wal_bytes.load(Relaxed),
            checkpoints: self.checkpoints.load(Relaxed),
        }
    }
}
