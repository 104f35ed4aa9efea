//! What PostgreSQL puts into a column of an answer: a whole number of any size or a truth value is a whole number here.

use std::error::Error as StdError;

use ::postgres::Row;
use ::postgres::types::{FromSql, Type};

use crate::Column;
use crate::row::Columns;

impl Columns for Row {
    fn column(&self, index: usize) -> Result<Column<'_>, &'static str> {
        if index >= self.len() {
            return Err("a column of this answer");
        }
        let Read(column) = self.try_get(index).map_err(|_| "UTF-8")?;
        column
    }

    fn name(&self, index: usize) -> Option<String> {
        let column = self.columns().get(index)?;
        Some(column.name().to_owned())
    }
}

struct Read<'a>(Result<Column<'a>, &'static str>);

impl<'a> FromSql<'a> for Read<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(Ok(match *kind {
            Type::INT8 => Column::Integer(i64::from_be_bytes(raw.try_into()?)),
            Type::INT4 => Column::Integer(i32::from_be_bytes(raw.try_into()?).into()),
            Type::INT2 => Column::Integer(i16::from_be_bytes(raw.try_into()?).into()),
            Type::BOOL => Column::Integer(u8::from_be_bytes(raw.try_into()?).into()),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => {
                Column::Text(std::str::from_utf8(raw)?)
            }
            Type::BYTEA => Column::Bytes(raw),
            Type::FLOAT4 | Type::FLOAT8 => return Ok(Self(Err("anything but a float"))),
            _ => return Ok(Self(Err("BIGINT, TEXT or BYTEA (a CAST makes one)"))),
        })))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(Ok(Column::Null)))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
