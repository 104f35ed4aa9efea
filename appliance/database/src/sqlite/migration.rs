//! Applying a schema's history to SQLite, and what is to be wrong with no schema there.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use super::error::{cannot_open, told};
use crate::{Error, Migration, OpenError};

/// Applies those that the database has not seen.
pub(crate) fn apply(
    connection: &mut Connection,
    migrations: &[Migration],
) -> Result<(), OpenError> {
    let steps = migrations
        .iter()
        .map(|migration| M::up(migration.sql).comment(migration.name))
        .collect();
    Migrations::new(steps)
        .to_latest(connection)
        .map_err(|error| {
            if let rusqlite_migration::Error::RusqliteError { err, .. } = &error
                && told(err).is_damage()
            {
                return OpenError::Damaged(err.to_string());
            }
            OpenError::Migration(error.to_string())
        })
}

/// A database that lives in memory, with the schema that the migrations make.
pub(crate) fn in_memory(migrations: &[Migration]) -> Result<Connection, OpenError> {
    let mut connection = Connection::open_in_memory().map_err(|error| cannot_open(&error))?;
    apply(&mut connection, migrations)?;
    Ok(connection)
}

/// What is wrong with the schema that the migrations make, for a test to find nothing: a table that is not STRICT, a foreign
/// key that points nowhere, a deferred one (it would fail a commit that others share).
///
/// # Errors
/// The migrations cannot be applied to an empty database.
pub fn problems(migrations: &[Migration]) -> Result<Vec<String>, OpenError> {
    let connection = in_memory(migrations)?;
    let mut problems = Vec::new();
    let tables = names(
        &connection,
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'",
    )?;
    problems.extend(
        tables
            .iter()
            .map(|table| format!("the table {table} is not STRICT")),
    );
    let deferred = names(
        &connection,
        "SELECT name FROM sqlite_schema WHERE upper(sql) LIKE '%INITIALLY DEFERRED%'",
    )?;
    problems.extend(
        deferred
            .iter()
            .map(|table| format!("the table {table} has a deferred key")),
    );
    let dangling = names(
        &connection,
        "SELECT l.name || ' -> ' || f.\"table\" FROM pragma_table_list l, pragma_foreign_key_list(l.name) f
         WHERE f.\"table\" NOT IN (SELECT name FROM sqlite_schema)",
    )?;
    problems.extend(
        dangling
            .iter()
            .map(|key| format!("a key points nowhere: {key}")),
    );
    Ok(problems)
}

fn names(connection: &Connection, sql: &str) -> Result<Vec<String>, Error> {
    let names = connection.prepare(sql).and_then(|mut statement| {
        statement
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()
    });
    names.map_err(|error| told(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: Migration = Migration {
        name: "a film",
        sql: "CREATE TABLE film (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;",
    };

    fn check(sql: &'static str, wanted: &[&str]) {
        let migrations = [SOUND, Migration { name: "more", sql }];
        assert_eq!(problems(&migrations).unwrap(), wanted);
    }

    #[test]
    fn a_careless_table_is_found() {
        check("", &[]);
        check(
            "CREATE TABLE a (x INTEGER);",
            &["the table a is not STRICT"],
        );
        check(
            "CREATE TABLE a (x TEXT REFERENCES film(id) DEFERRABLE INITIALLY DEFERRED) STRICT;",
            &["the table a has a deferred key"],
        );
        check(
            "CREATE TABLE a (x TEXT REFERENCES book(id)) STRICT;",
            &["a key points nowhere: a -> book"],
        );
        assert!(
            problems(&[Migration {
                name: "slip",
                sql: "CREATE TABEL a (x);"
            }])
            .is_err()
        );
    }
}
