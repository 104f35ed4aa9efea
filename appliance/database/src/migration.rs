//! The schema's history: an append-only list of migrations for each engine, and what the tests of a service ask of it.

use sha2::{Digest, Sha256};

use crate::OpenError;

/// One step of the schema's history on one engine. What was once released is never edited, removed or put elsewhere.
///
/// A service that runs on both engines has two lists, and a test of it that [`crate::compare`]s what they make: definitions differ
/// in their words, and the younger engine need not repeat what the older one has been through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// What it brings, in a word or two.
    pub name: &'static str,
    /// The statements, each ended by a semicolon.
    pub sql: &'static str,
}

/// What a database needs that keeps a [`crate::Mark`], for the list of its service: by what it is known, and how many commits there
/// were at the end of each of its runs.
pub const MARK_MIGRATION: Migration = Migration {
    name: "database: what was answered",
    sql: "
CREATE TABLE marked (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    database  BLOB NOT NULL
) STRICT;
CREATE TABLE answered (
    run   BLOB NOT NULL PRIMARY KEY,
    last  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
",
};

/// The same in PostgreSQL's words.
pub const POSTGRES_MARK_MIGRATION: Migration = Migration {
    name: "database: what was answered",
    sql: "
CREATE TABLE marked (
    one       BIGINT PRIMARY KEY CHECK (one = 1),
    database  BYTEA NOT NULL
);
CREATE TABLE answered (
    run   BYTEA NOT NULL PRIMARY KEY,
    last  BIGINT NOT NULL
);
",
};

/// Refuses what another version of the program made: `applied` of its changes, where this one knows `known`.
pub(crate) fn check_version(applied: usize, known: usize) -> Result<(), OpenError> {
    let words = match applied.cmp(&known) {
        std::cmp::Ordering::Equal => return Ok(()),
        std::cmp::Ordering::Less => "an older program wrote it; start it once with this one",
        std::cmp::Ordering::Greater => "a newer program wrote it; look with that one",
    };
    Err(OpenError::Migration(format!(
        "{words} (it has {applied} of them, and this program knows {known})"
    )))
}

/// What an older program wrote is brought up to date when it is opened.
pub(crate) fn check_not_newer(applied: usize, known: usize) -> Result<(), OpenError> {
    match applied > known {
        true => check_version(applied, known),
        false => Ok(()),
    }
}

/// A line for each migration, its name and the SHA-256 of its text, for a test to keep: so that nobody edits one.
pub fn hashes(migrations: &[Migration]) -> Vec<String> {
    migrations
        .iter()
        .map(|migration| format!("{} {}", migration.name, hash(migration)))
        .collect()
}

/// The SHA-256 of the text, in hexadecimal digits.
pub(crate) fn hash(migration: &Migration) -> String {
    let digest = Sha256::digest(migration.sql);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: Migration = Migration {
        name: "a film",
        sql: "CREATE TABLE film (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;",
    };

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
