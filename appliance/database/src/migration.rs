//! The schema's history: an append-only list of migrations that the services give, and what their tests ask of it.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};
use sha2::{Digest, Sha256};

use crate::{Error, OpenError};

/// One step of the schema's history. What was once released is never edited, removed or put elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// What it brings, in a word or two.
    pub name: &'static str,
    /// The statements, each ended by a semicolon.
    pub sql: &'static str,
}

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
        .map_err(|error| OpenError::Migration(error.to_string()))
}

/// A line for each migration, its name and the SHA-256 of its text, for a test to keep: so that nobody edits one.
pub fn hashes(migrations: &[Migration]) -> Vec<String> {
    migrations
        .iter()
        .map(|migration| {
            let digest = Sha256::digest(migration.sql);
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{} {hex}", migration.name)
        })
        .collect()
}

/// What is wrong with the schema that the migrations make, for a test to find nothing: a table that is not STRICT, a foreign
/// key that points nowhere, a deferred one (it would fail a commit that others share).
///
/// # Errors
/// The migrations cannot be applied to an empty database.
pub fn problems(migrations: &[Migration]) -> Result<Vec<String>, OpenError> {
    let mut connection = Connection::open_in_memory()?;
    apply(&mut connection, migrations)?;
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
    let mut statement = connection.prepare(sql)?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
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

    #[test]
    fn an_edited_migration_has_another_hash() {
        let edited = Migration {
            sql: "-- edited",
            ..SOUND
        };
        assert_eq!(hashes(&[SOUND]), hashes(&[SOUND]));
        assert_ne!(hashes(&[SOUND]), hashes(&[edited]));
        assert!(hashes(&[SOUND])[0].starts_with("a film "));
    }
}
