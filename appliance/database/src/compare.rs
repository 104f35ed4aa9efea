//! Whether the histories of the two engines make the same schema.

use crate::schema::differences;
use crate::{Migration, OpenError, postgres, sqlite};

/// Where the schemas differ that the two histories make, a line each, for a test to find nothing: a table, a column, its type,
/// whether it may be NULL, a unique key. `postgres_url` names an empty database; the history stays applied to it.
///
/// # Errors
/// A history does not fit its engine, or the server cannot be used.
pub fn compare(
    sqlite_migrations: &[Migration],
    postgres_migrations: &[Migration],
    postgres_url: &str,
) -> Result<Vec<String>, OpenError> {
    let ours = sqlite::schema(sqlite_migrations)?;
    let theirs = postgres::schema(postgres_migrations, postgres_url)?;
    Ok(differences(&ours, &theirs))
}
