//! What `/metrics` says of the database: commits and what was in them, how many wait, how long the log is.

use std::sync::atomic::Ordering::Relaxed;

use database::{Database, Statistics};

use crate::Metrics;
use crate::metrics::Gauge;

/// A number and where it comes from.
type Shown = (Gauge, fn(&Statistics) -> u64);

/// Registers the numbers; once a process. They are read when somebody asks.
pub(crate) fn show(metrics: &Metrics, database: &Database) {
    let numbers: [Shown; 9] = [
        (
            metrics.gauge(
                "database_commits",
                "Commits, each with one sync, since the start",
            ),
            |it| it.commits,
        ),
        (
            metrics.gauge(
                "database_commits_failed",
                "Commits that failed, on a full disk or with a lost connection, since the start",
            ),
            |it| it.failed_commits,
        ),
        (
            metrics.gauge(
                "database_writes_committed",
                "Writes that were committed, since the start",
            ),
            |it| it.committed,
        ),
        (
            metrics.gauge(
                "database_statements",
                "Statements of writes since the start, without those that begin and end them",
            ),
            |it| it.statements,
        ),
        (
            metrics.gauge(
                "database_writes_undone",
                "Writes that refused or failed, since the start",
            ),
            |it| it.undone,
        ),
        (
            metrics.gauge(
                "database_refused_busy",
                "Reads and writes refused because too many waited",
            ),
            |it| it.refused_busy,
        ),
        (
            metrics.gauge("database_writes_waiting", "Writes that wait"),
            |it| it.queue_length,
        ),
        (
            metrics.gauge("database_log_bytes", "What the write-ahead log holds"),
            |it| it.wal_bytes,
        ),
        (
            metrics.gauge("database_checkpoints", "Checkpoints since the start"),
            |it| it.checkpoints,
        ),
    ];
    let has_room = metrics.gauge(
        "database_has_room",
        "Whether there is room for something new: 1, or 0",
    );
    let free = metrics.gauge("database_free_bytes", "Room on the disk of the data folder");
    let database = database.clone();
    let broken = (database.statistics().faults).map(|(kind, _)| metrics.broken(kind));
    metrics.before_each_reading(move || {
        has_room.set(database.has_room().into());
        free.set(i64::try_from(database.free_bytes().unwrap_or(0)).unwrap_or(i64::MAX));
        let statistics = database.statistics();
        for (counter, (_, times)) in broken.iter().zip(statistics.faults) {
            counter.inner().store(times, Relaxed);
        }
        for (gauge, number) in &numbers {
            gauge.set(i64::try_from(number(&statistics)).unwrap_or(i64::MAX));
        }
    });
}
