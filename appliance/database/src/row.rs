//! A row of an answer, read by the index of a column; what does not fit is an error and never a default.

use std::fmt::Display;
use std::str::FromStr;

use crate::{Error, postgres, sqlite};

/// A row of an answer.
#[derive(Debug)]
pub struct Row<'a>(Source<'a>);

/// The engine's own row.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a ::postgres::Row),
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column<'a> {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// What can be read from a column.
pub trait FromColumn: Sized {
    /// What is asked for, in words: "a whole number".
    const WANTED: &'static str;

    /// The value, if the column holds such a one.
    fn from_column(column: Column<'_>) -> Option<Self>;
}

impl<'a> Row<'a> {
    pub(crate) fn new(source: Source<'a>) -> Self {
        Self(source)
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

    /// What stands in a column, of whatever type.
    ///
    /// # Errors
    /// [`Error::Column`] if there is no such column, it holds a float (or another type than those of [`Column`]), or a text that is not UTF-8.
    pub fn column(&self, index: usize) -> Result<Column<'_>, Error> {
        let column = match self.0 {
            Source::Sqlite(row) => sqlite::column(row, index),
            Source::Postgres(row) => postgres::column(row, index),
        };
        column.map_err(|wanted| self.wrong(index, wanted))
    }

    fn wrong(&self, index: usize, wanted: &(impl Display + ?Sized)) -> Error {
        let name = match self.0 {
            Source::Sqlite(row) => sqlite::column_name(row, index),
            Source::Postgres(row) => postgres::column_name(row, index),
        };
        let name = name.unwrap_or_else(|| format!("number {index}"));
        Error::Column(format!("{name}: {wanted} was expected"))
    }
}

macro_rules! integer_column {
    ($($integer:ty),*) => {$(
        impl FromColumn for $integer {
            const WANTED: &'static str = concat!("a whole number that fits ", stringify!($integer));

            fn from_column(column: Column<'_>) -> Option<Self> {
                match column {
                    Column::Integer(integer) => integer.try_into().ok(),
                    Column::Null | Column::Text(_) | Column::Bytes(_) => None,
                }
            }
        }
    )*};
}

integer_column!(i64, i32, u64, u32, u16, u8, usize);

impl FromColumn for bool {
    const WANTED: &'static str = "0 or 1";

    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Integer(0) => Some(false),
            Column::Integer(1) => Some(true),
            Column::Integer(_) | Column::Null | Column::Text(_) | Column::Bytes(_) => None,
        }
    }
}

impl FromColumn for String {
    const WANTED: &'static str = "a text";

    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Text(text) => Some(text.to_owned()),
            Column::Null | Column::Integer(_) | Column::Bytes(_) => None,
        }
    }
}

impl FromColumn for Vec<u8> {
    const WANTED: &'static str = "bytes";

    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Bytes(bytes) => Some(bytes.to_vec()),
            Column::Null | Column::Integer(_) | Column::Text(_) => None,
        }
    }
}

impl<const N: usize> FromColumn for [u8; N] {
    const WANTED: &'static str = "bytes of a fixed length";

    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Bytes(bytes) => bytes.try_into().ok(),
            Column::Null | Column::Integer(_) | Column::Text(_) => None,
        }
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    const WANTED: &'static str = T::WANTED;

    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Null => Some(None),
            Column::Integer(_) | Column::Text(_) | Column::Bytes(_) => {
                T::from_column(column).map(Some)
            }
        }
    }
}
