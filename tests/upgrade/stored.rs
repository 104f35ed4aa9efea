//! What a database holds, as text, read by a connection that cannot write.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

/// Everything: the schema, its version, and each table's rows.
pub type Dump = BTreeMap<String, Vec<String>>;

/// Opens it for reading.
pub fn open(file: &Path) -> Connection {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// The rows of a query, each in a line.
pub fn rows(database: &Connection, sql: &str) -> Vec<String> {
    let mut statement = database
        .prepare(sql)
        .unwrap_or_else(|why| panic!("{sql}: {why}"));
    let columns = statement.column_count();
    let found = statement.query_map([], |row| {
        let cells = (0..columns).map(|column| Ok(word(row.get(column)?)));
        Ok(cells.collect::<rusqlite::Result<Vec<_>>>()?.join(" "))
    });
    found.unwrap().map(Result::unwrap).collect()
}

fn word(value: Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Text(text) => text,
        Value::Blob(bytes) => format!("{bytes:02x?}"),
    }
}

/// Tables and indexes, as they were made.
pub fn schema(database: &Connection) -> Vec<String> {
    rows(
        database,
        "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name",
    )
}

/// The whole.
pub fn dump(file: &Path) -> Dump {
    let database = open(file);
    let tables = rows(
        &database,
        "SELECT name FROM sqlite_schema WHERE type = 'table'",
    );
    let mut dump: Dump = tables
        .into_iter()
        .map(|table| {
            let mut found = rows(&database, &format!("SELECT * FROM {table}"));
            found.sort_unstable();
            (table, found)
        })
        .collect();
    dump.insert("(schema)".to_owned(), schema(&database));
    dump.insert(
        "(version)".to_owned(),
        rows(&database, "PRAGMA user_version"),
    );
    dump
}
