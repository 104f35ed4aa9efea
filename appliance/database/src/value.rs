//! What can be bound to a statement: whole numbers, texts and bytes. There is no float, since neither money nor time is one. A point of time
//! is its milliseconds since the Unix epoch, a length of time its milliseconds, a document its JSON.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::Error;

/// A bound value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// The values of `$1`, `$2`, .. in this order: `params![showtime.as_str(), 3, None::<i64>]`.
///
/// Takes what `Value: From` takes. It borrows from the statement that it stands in: use it as an argument.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$($crate::Value::from($value)),*] as &[$crate::Value]
    };
}

macro_rules! from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Value {
            fn from(integer: $integer) -> Self {
                Self::Integer(integer.into())
            }
        }
    )*};
}

from_integer!(i64, i32, i16, u32, u16, u8, bool);

macro_rules! from_large_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Value {
            /// A number beyond what an engine can hold becomes a text, which a STRICT column of numbers refuses.
            fn from(integer: $integer) -> Self {
                i64::try_from(integer).map_or_else(|_| Self::Text(integer.to_string()), Self::Integer)
            }
        }
    )*};
}

from_large_integer!(u64, usize);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for Value {
    /// PostgreSQL holds no zero byte in a text: on either engine U+FFFD stands for it.
    fn from(text: String) -> Self {
        Self::Text(match text.contains('\0') {
            true => text.replace('\0', "\u{fffd}"),
            false => text,
        })
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<T> From<Option<T>> for Value
where
    Value: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
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
