//! What SQLite puts into a column of an answer.

use rusqlite::types::ValueRef;

use crate::Column;

/// What stands in the column; if that cannot be told, what was expected instead.
pub(crate) fn column<'a>(
    row: &'a rusqlite::Row<'_>,
    index: usize,
) -> Result<Column<'a>, &'static str> {
    let value = row.get_ref(index).map_err(|_| "a column of this answer")?;
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

/// What the column is called.
pub(crate) fn name(row: &rusqlite::Row<'_>, index: usize) -> Option<String> {
    row.as_ref().column_name(index).ok().map(str::to_owned)
}
