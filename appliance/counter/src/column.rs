//! Columns as our types where `Row` has no reader of its own: times and documents.

use database::{Error, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A point of wall time in milliseconds since the epoch.
pub(crate) fn time(row: &Row<'_>, index: usize) -> Result<jiff::Timestamp, Error> {
    jiff::Timestamp::from_millisecond(row.get(index)?)
        .map_err(|why| Error::Column(format!("column {index}: {why}")))
}

/// A document.
pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> Result<T, Error> {
    serde_json::from_str(&row.get::<String>(index)?)
        .map_err(|why| Error::Column(format!("column {index}: {why}")))
}

/// A document as text.
pub(crate) fn text<T: Serialize>(document: &T) -> Result<String, Error> {
    serde_json::to_string(document).map_err(|why| Error::Column(why.to_string()))
}
