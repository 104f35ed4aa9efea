//! Times and documents in columns: a point of time is its milliseconds since the Unix epoch, a length of time its milliseconds, a document
//! its JSON.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Column, Error, FromColumn, Row, Value};

impl FromColumn for Timestamp {
    const WANTED: &'static str = "a time in milliseconds since the epoch";

    fn from_column(column: Column<'_>) -> Option<Self> {
        Self::from_millisecond(i64::from_column(column)?).ok()
    }
}

impl FromColumn for Duration {
    const WANTED: &'static str = "a length of time in milliseconds";

    fn from_column(column: Column<'_>) -> Option<Self> {
        u64::from_column(column).map(Self::from_millis)
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Integer(time.as_millisecond())
    }
}

impl From<Duration> for Value {
    /// A time beyond what an engine can hold, some hundred million years, is the longest that it can.
    fn from(time: Duration) -> Self {
        Self::Integer(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
    }
}

impl Row<'_> {
    /// What a column's document says.
    ///
    /// # Errors
    /// [`Error::Column`] if there is no such column, it holds no text, or the text is no such document.
    pub fn json<T: DeserializeOwned>(&self, index: usize) -> Result<T, Error> {
        serde_json::from_str(&self.get::<String>(index)?)
            .map_err(|why| Error::Column(format!("column {index}: {why}")))
    }
}

impl Value {
    /// A document as its JSON.
    ///
    /// # Errors
    /// [`Error::Column`] if it has none, as a map whose keys are no texts.
    pub fn json<T: Serialize>(document: &T) -> Result<Self, Error> {
        let text = serde_json::to_string(document);
        text.map(Self::Text)
            .map_err(|why| Error::Column(why.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Database, Migration, Options, Place, params};

    const ONE: [Migration; 1] = [Migration {
        name: "one",
        sql: "CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT;",
    }];

    #[tokio::test]
    async fn times_and_documents_come_back_as_they_were() {
        let database = Database::inline(&Place::Memory, &ONE, Options::default()).unwrap();
        let at: Timestamp = "2026-11-23T18:00:00.5Z".parse().unwrap();
        let lasts = Duration::from_millis(1_500);
        let read = database
            .read(move |snapshot| {
                let bound = params![at, lasts, Value::json(&["D4", "D5"])?];
                snapshot.first("SELECT $1, $2, $3, NULL", bound, |row| {
                    let document: Vec<String> = row.json(2)?;
                    assert!(row.json::<u8>(2).is_err(), "a list is no number");
                    assert!(row.get::<Timestamp>(2).is_err(), "nor a time");
                    assert_eq!(row.get::<Option<Timestamp>>(3)?, None);
                    Ok((row.get(0)?, row.get(1)?, document.join(" ")))
                })
            })
            .await;
        let read: Result<_, Error> = read;
        assert_eq!(read, Ok(Some((at, lasts, "D4 D5".to_owned()))));
    }
}
