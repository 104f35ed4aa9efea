//! The audit over all databases of a chain, which `cargo prove` makes, and every run that ends with an audit.

use std::path::Path;
use std::time::Duration;

use audit::{Evidence, NotRead, Source};
use database::WhileItRuns;

/// How often a database is tried that a process seems to have, and how long after each.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// The database that lies in a data folder, or that a settings file names.
///
/// # Errors
/// Neither a hub's nor a box's, in words.
pub fn source(given: &Path) -> Result<Source, String> {
    if given.is_file() {
        return of_settings(given);
    }
    in_folder(given)
}

/// What the databases in these folders hold, whose processes are stopped.
///
/// # Panics
/// One of them cannot be read.
#[expect(clippy::unwrap_used, reason = "a test fails where it cannot read")]
pub fn evidence(folders: &[&Path]) -> Vec<Evidence> {
    let read = |folder: &&Path| read(&source(folder).unwrap()).unwrap();
    folders.iter().map(read).collect()
}

/// What a database holds whose process is stopped. A server takes a moment to see that a process has ended which had it.
///
/// # Errors
/// It cannot be read.
pub fn read(source: &Source) -> Result<Evidence, NotRead> {
    for _ in 1..TRIES {
        match audit::read(source, WhileItRuns::Refused) {
            Err(why) if why.is_in_use() => std::thread::sleep(PAUSE),
            read => return read,
        }
    }
    audit::read(source, WhileItRuns::Refused)
}

/// What an audit of these finds, in words.
pub fn found(evidence: &[Evidence]) -> Vec<String> {
    let findings = audit::prove(evidence).findings;
    let words = findings.iter();
    words
        .map(|it| format!("{} {}: {}", it.name.as_str(), it.about, it.words))
        .collect()
}

fn in_folder(folder: &Path) -> Result<Source, String> {
    let sources = [
        cloud_hub::prove::in_folder(folder),
        appliance::prove::source(folder),
    ];
    let is_there = |source: &Source| match &source.at {
        database::LookAt::File(file) => file.is_file(),
        database::LookAt::Server(_) => false,
    };
    let none = || {
        format!(
            "{}: neither hub.db nor appliance.db lies here. Name the data folder of a hub or a box, or its settings file",
            folder.display()
        )
    };
    sources.into_iter().find(is_there).ok_or_else(none)
}

/// A box's settings are read as a hub's where they say nothing that a hub does not have: the folder tells then.
fn of_settings(file: &Path) -> Result<Source, String> {
    // Several processes are read: of what the environment says only the server's address, with its password, is meant here.
    let variables = || std::env::vars().filter(|(name, _)| name.starts_with("FOYER_DATABASE_"));
    let as_hub = service::settings::read::<cloud_hub::Config>(file, variables());
    let why = match as_hub {
        Ok(hub) if hub.database.url.is_some() => return Ok(cloud_hub::prove::source(&hub)),
        Ok(hub) => return in_folder(&hub.data.folder),
        Err(why) => why,
    };
    match service::settings::read::<appliance::Config>(file, std::iter::empty()) {
        Ok(of_box) => in_folder(&of_box.data.folder),
        Err(other) => Err(format!(
            "{} is no settings file of a hub ({why}) or of a box ({other})",
            file.display()
        )),
    }
}
