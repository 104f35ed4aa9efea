//! What stands in a column, and what can be read from it: a point of time is its milliseconds since the Unix epoch, a length of time its
//! milliseconds.

use std::time::Duration;

use jiff::Timestamp;

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
