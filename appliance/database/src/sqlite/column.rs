//! What SQLite puts into a column of an answer.

use rusqlite::types::ValueRef;

use crate::Column;
use crate::row::Columns;

impl Columns for rusqlite::Row<'_> {
    fn column(&self, index: usize) -> Result<Column<'_>, &'static str> {
        let value = self.get_ref(index).map_err(|_| "a column of this answer")?;
        match value {
            ValueRef::Null => Ok(Column::Null),
            ValueRef::Integer(integer) => Ok(Column::Integer(integer)),
            ValueRef::Text(text) => std::str::from_utf8(text)
                .map(Column::Text)
                .map_err(|_| "UTF-8"),
            ValueRef::Blob(bytes) => Ok(Column::Bytes(bytes)),
            ValueRef::Real(_) => Err("anything but a float"),
        }
    }

    fn name(&self, index: usize) -> Option<String> {
        self.as_ref().column_name(index).ok().map(str::to_owned)
    }
}
