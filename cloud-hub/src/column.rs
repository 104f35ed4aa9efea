//! Columns as our types where `Row` has no reader of its own.

use database::{Error, Row};

/// A point of wall time in milliseconds since the epoch.
pub(crate) fn time(row: &Row<'_>, index: usize) -> Result<jiff::Timestamp, Error> {
    jiff::Timestamp::from_millisecond(row.get(index)?)
        .map_err(|why| Error::Column(format!("column {index}: {why}")))
}

/// A number that is never below zero.
pub(crate) fn count(row: &Row<'_>, index: usize) -> Result<u64, Error> {
    u64::try_from(row.get::<i64>(index)?)
        .map_err(|why| Error::Column(format!("column {index}: {why}")))
}
