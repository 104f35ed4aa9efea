//! SQLite's schema, as it is compared with PostgreSQL's.

use rusqlite::Connection;

use super::error::told;
use super::migration::in_memory;
use crate::schema::{Schema, Table, key, kind};
use crate::{Migration, OpenError};

/// The schema that the migrations make.
pub(crate) fn schema(migrations: &[Migration]) -> Result<Schema, OpenError> {
    let connection = in_memory(migrations)?;
    read(&connection).map_err(|error| OpenError::Engine(told(&error)))
}

fn read(connection: &Connection) -> rusqlite::Result<Schema> {
    let mut schema = Schema::new();
    let tables = texts(
        connection,
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> ?1",
        "",
    )?;
    for name in tables {
        let mut table = Table::default();
        let mut primary = Vec::new();
        let mut columns = connection.prepare(
            "SELECT name, type, \"notnull\" = 0 AND pk = 0, pk FROM pragma_table_info(?1)",
        )?;
        let mut rows = columns.query([&name])?;
        while let Some(row) = rows.next()? {
            let column: String = row.get(0)?;
            let kind = kind(&row.get::<_, String>(1)?, row.get(2)?);
            if row.get::<_, i64>(3)? > 0 {
                primary.push(column.clone());
            }
            table.columns.insert(column, kind);
        }
        if !primary.is_empty() {
            table.keys.insert(key(primary, false));
        }
        let mut indexes = connection
            .prepare("SELECT name, partial FROM pragma_index_list(?1) WHERE \"unique\" = 1")?;
        let mut rows = indexes.query([&name])?;
        while let Some(row) = rows.next()? {
            let columns = texts(
                connection,
                "SELECT COALESCE(name, '(an expression)') FROM pragma_index_info(?1)",
                &row.get::<_, String>(0)?,
            )?;
            table.keys.insert(key(columns, row.get(1)?));
        }
        schema.insert(name, table);
    }
    Ok(schema)
}

fn texts(connection: &Connection, sql: &str, about: &str) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare(sql)?
        .query_map([about], |row| row.get(0))?
        .collect()
}
