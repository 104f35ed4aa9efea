//! The edges of the machines that are taken, told to the log: for whoever looks into one purchase, and for tests that fail and cut each.

use box_office::checkout::table::Line;
use database::Tx;
use tracing::Level;

/// Tells of an edge as it is taken, and again once it is committed, before anything is asked outside or answered.
pub(super) fn note(tx: &mut Tx<'_>, about: &str, line: impl FnOnce() -> Line) {
    if tracing::enabled!(Level::DEBUG) {
        let (about, edge) = (about.to_owned(), line().to_string());
        tracing::debug!(about, edge, "an edge is taken");
        tx.after_commit(move || tracing::debug!(about, edge, "an edge is kept"));
    }
}
