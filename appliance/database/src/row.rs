//! A row of an answer, read by the index of a column; what does not fit is an error and never a default.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use serde::de::DeserializeOwned;

use crate::{Column, Error, FromColumn};

/// A row of an answer.
#[derive(Debug)]
pub struct Row<'a>(&'a dyn Columns);

/// An engine's own row.
pub(crate) trait Columns: Debug {
    /// What stands in a column; if that cannot be told, what was expected instead.
    fn column(&self, index: usize) -> Result<Column<'_>, &'static str>;

    /// What the column is called.
    fn name(&self, index: usize) -> Option<String>;
}

impl<'a> Row<'a> {
    pub(crate) fn new(columns: &'a dyn Columns) -> Self {
        Self(columns)
    }

    /// The value of a column, counted from 0.
    ///
    /// # Errors
    /// [`Error::Column`] if there is no such column, or it holds something else.
    pub fn get<T: FromColumn>(&self, index: usize) -> Result<T, Error> {
        T::from_column(self.column(index)?).ok_or_else(|| self.wrong(index, T::WANTED))
    }

    /// What a column's text says, for ids and other words of our own.
    ///
    /// # Errors
    /// [`Error::Column`] if there is no such column, it holds no text, or the text says no `T`.
    pub fn parse<T>(&self, index: usize) -> Result<T, Error>
    where
        T: FromStr,
        T::Err: Display,
    {
        match self.column(index)? {
            Column::Text(text) => text.parse().map_err(|why: T::Err| self.wrong(index, &why)),
            Column::Null | Column::Integer(_) | Column::Bytes(_) => {
                Err(self.wrong(index, &"a text"))
            }
        }
    }

    /// As [`Row::parse`], where NULL is nothing.
    ///
    /// # Errors
    /// As [`Row::parse`], but for NULL.
    pub fn parse_if_any<T>(&self, index: usize) -> Result<Option<T>, Error>
    where
        T: FromStr,
        T::Err: Display,
    {
        match self.column(index)? {
            Column::Null => Ok(None),
            Column::Text(_) | Column::Integer(_) | Column::Bytes(_) => self.parse(index).map(Some),
        }
    }

    /// Which of `all` a column's text says, each of which is called by a `word` of our own.
    ///
    /// # Errors
    /// [`Error::Column`] if there is no such column, it holds no text, or the text is none of the words.
    pub fn one_of<T: Copy>(
        &self,
        index: usize,
        all: impl IntoIterator<Item = T>,
        word: impl Fn(T) -> &'static str,
    ) -> Result<T, Error> {
        let text: String = self.get(index)?;
        let mut all = all.into_iter();
        all.find(|one| word(*one) == text)
            .ok_or_else(|| self.wrong(index, &"one of our words"))
    }

    /// What a column's document says.
    ///
    /// # Errors
    /// [`Error::Column`] if there is no such column, it holds no text, or the text is no such document.
    pub fn json<T: DeserializeOwned>(&self, index: usize) -> Result<T, Error> {
        serde_json::from_str(&self.get::<String>(index)?)
            .map_err(|why| Error::Column(format!("column {index}: {why}")))
    }

    /// What stands in a column, of whatever type.
    ///
    /// # Errors
    /// [`Error::Column`] if there is no such column, it holds a float (or another type than those of [`Column`]), or a text that is not UTF-8.
    pub fn column(&self, index: usize) -> Result<Column<'_>, Error> {
        let column = self.0.column(index);
        column.map_err(|wanted| self.wrong(index, wanted))
    }

    fn wrong(&self, index: usize, wanted: &(impl Display + ?Sized)) -> Error {
        let name = self.0.name(index);
        let name = name.unwrap_or_else(|| format!("number {index}"));
        Error::Column(format!("{name}: {wanted} was expected"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use crate::{Database, Error, Migration, Options, Place, Value, params};

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

    #[tokio::test]
    async fn a_word_is_one_of_ours_or_an_error() {
        let database = Database::inline(&Place::Memory, &ONE, Options::default()).unwrap();
        let read = database
            .read(|snapshot| {
                let found = snapshot.first("SELECT 'yes', 'perhaps'", params![], |row| {
                    let word = |is: bool| if is { "yes" } else { "no" };
                    let perhaps = row.one_of(1, [true, false], word);
                    assert!(matches!(perhaps, Err(Error::Column(_))), "{perhaps:?}");
                    row.one_of(0, [true, false], word)
                })?;
                let none = params![];
                assert_eq!(snapshot.number("SELECT COUNT(*) FROM one", none)?, 0);
                assert_eq!(snapshot.number("SELECT id FROM one", none)?, 0);
                assert!(!snapshot.has("SELECT 1 FROM one", none)?);
                assert!(snapshot.has("SELECT 0", none)?);
                Ok::<_, Error>(found)
            })
            .await;
        assert_eq!(read, Ok(Some(true)));
    }
}
