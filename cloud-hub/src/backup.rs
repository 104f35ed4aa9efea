//! `backup` and `restore` of the hub: from beside it, and in its place.

use service::backup::Backups;
use service::process::CommandError;

use crate::DATABASE;
use crate::config::Config;
use crate::migrations::MIGRATIONS;

/// The backups of a hub with these settings.
///
/// # Errors
/// Its data lies on a server.
pub fn of(settings: &Config) -> Result<Backups<'_>, CommandError> {
    match &settings.database.url {
        None => Ok(Backups {
            process: "hub",
            folder: &settings.data.folder,
            name: DATABASE,
            migrations: MIGRATIONS,
            way_back: "Nothing of a cinema is sold online until its box has told what is missing; then the hub goes on by itself, cinema by cinema: `cloud-hub cases`",
        }),
        Some(_) => Err(CommandError::new(
            "the hub's data lies on a PostgreSQL server",
            &"back it up with the server's own means (`pg_dump --format=custom`, or a base backup with its log), and put it back with them (`pg_restore`) while no hub runs; a hub that finds older data there than it answered from knows it by its mark",
        )),
    }
}
