//! The audit of this box's own database, beside the box or without it; nothing is opened to be written.

use std::path::Path;
use std::process::ExitCode;

use audit::Source;
use box_office::Custodian;
use database::LookAt;

use crate::config::Config;
use crate::migrations::MIGRATIONS;

/// Proves or refutes what the box of these settings has stored, and tells it on standard output.
pub fn run(settings: &Path) -> ExitCode {
    match service::settings::read::<Config>(settings, std::env::vars()) {
        Ok(config) => audit::run(&[source(&config.data.folder)]),
        Err(why) => audit::not_read(&why),
    }
}

/// The database in the data folder of a box.
pub fn source(folder: &Path) -> Source {
    Source {
        name: folder.display().to_string(),
        side: Custodian::Cinema,
        at: LookAt::File(folder.join("appliance.db")),
        migrations: MIGRATIONS,
    }
}
