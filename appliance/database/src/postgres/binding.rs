//! Parameters on their way to PostgreSQL: each in the type that the prepared statement gives it, never in one that it happens to fit.

use std::error::Error as StdError;

use ::postgres::types::private::BytesMut;
use ::postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::{Error, Value};

/// Whether the statement can take these values.
pub(crate) fn check(types: &[Type], parameters: &[Value]) -> Result<(), Error> {
    if types.len() != parameters.len() {
        return Err(Error::engine(format!(
            "a statement with {} parameters got {}",
            types.len(),
            parameters.len()
        )));
    }
    for (index, (wanted, value)) in types.iter().zip(parameters).enumerate() {
        if encode(value, wanted).is_some() {
            continue;
        }
        let number = index + 1;
        if matches!(value, Value::Text(_)) && *wanted == Type::INT8 {
            tracing::debug!(number, "a text is refused where a whole number belongs");
            return Err(Error::Conflict);
        }
        return Err(Error::engine(format!(
            "${number} is of the type {} in this statement, which cannot take the value: CAST(${number} AS BIGINT), TEXT or BYTEA tells it",
            wanted.name()
        )));
    }
    Ok(())
}

/// A value's bytes on the wire.
enum Encoded<'a> {
    Null,
    Number([u8; 8], usize),
    Bytes(&'a [u8]),
}

/// Nothing if the type cannot hold the value.
fn encode<'a>(value: &'a Value, wanted: &Type) -> Option<Encoded<'a>> {
    match value {
        Value::Null => Some(Encoded::Null),
        Value::Integer(integer) => {
            let size = match *wanted {
                Type::INT8 => 8,
                Type::INT4 => i32::try_from(*integer).ok().map(|_| 4)?,
                Type::INT2 => i16::try_from(*integer).ok().map(|_| 2)?,
                Type::BOOL => u8::try_from(*integer)
                    .ok()
                    .filter(|it| *it < 2)
                    .map(|_| 1)?,
                _ => return None,
            };
            Some(Encoded::Number(integer.to_be_bytes(), size))
        }
        Value::Text(text) => {
            let is_text = matches!(
                *wanted,
                Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME
            );
            is_text.then_some(Encoded::Bytes(text.as_bytes()))
        }
        Value::Bytes(bytes) => (*wanted == Type::BYTEA).then_some(Encoded::Bytes(bytes)),
    }
}

/// A value on its way into a statement.
#[derive(Debug)]
pub(crate) struct Bound<'a>(pub(crate) &'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        wanted: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match encode(self.0, wanted).ok_or("a parameter of another type")? {
            Encoded::Null => return Ok(IsNull::Yes),
            // Two's complement: the last bytes are the same number in a smaller type.
            Encoded::Number(bytes, size) => out.extend_from_slice(&bytes[8 - size..]),
            Encoded::Bytes(bytes) => out.extend_from_slice(bytes),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
