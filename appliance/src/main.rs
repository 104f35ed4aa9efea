//! The appliance: `appliance --config F` runs the box; `import`, `pair` and `enrol` speak to the box that runs, or do it themselves.

use std::path::PathBuf;
use std::process::ExitCode;

use appliance::command::{self, Command};
use clap::Parser;

/// The box in a cinema: sells seats, prints tickets, with or without the internet.
#[derive(Debug, Parser)]
#[command(name = "appliance", version)]
struct Arguments {
    /// The settings file.
    #[arg(long, default_value = "appliance.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    service::log::start();
    match command::perform(&arguments.config, arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}
