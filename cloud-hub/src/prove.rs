//! The audit of the hub's own database, beside the hub or without it; nothing is opened to be written.

use std::path::Path;
use std::process::ExitCode;

use audit::Source;
use box_office::Custodian;
use database::LookAt;

use crate::DATABASE;
use crate::config::Config;
use crate::migrations::{MIGRATIONS, POSTGRES_MIGRATIONS};

/// Proves or refutes what the hub of these settings has stored, and tells it on standard output.
pub fn run(settings: &Path) -> ExitCode {
    match service::settings::read::<Config>(settings, std::env::vars()) {
        Ok(config) => audit::run(&[source(&config)]),
        Err(why) => audit::not_read(&why),
    }
}

/// The database of a hub with these settings.
pub fn source(settings: &Config) -> Source {
    match &settings.database.url {
        None => in_folder(&settings.data.folder),
        Some(url) => Source {
            name: format!("the database server of {}", settings.data.folder.display()),
            side: Custodian::Hub,
            at: url.look_at(),
            migrations: POSTGRES_MIGRATIONS,
        },
    }
}

/// The database in the data folder of a hub.
pub fn in_folder(folder: &Path) -> Source {
    Source {
        name: folder.display().to_string(),
        side: Custodian::Hub,
        at: LookAt::File(folder.join(format!("{DATABASE}.db"))),
        migrations: MIGRATIONS,
    }
}
