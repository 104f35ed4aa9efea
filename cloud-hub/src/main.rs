//! The hub: `cloud-hub --config F` runs it; `enrol` and `revoke` speak to the hub that runs, or do it themselves.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use cloud_hub::App;
use cloud_hub::command::Command;
use mimalloc::MiMalloc;

/// The hub of a chain: applies what its cinemas tell and shows it to head office.
#[derive(Debug, Parser)]
#[command(name = "cloud-hub", version)]
struct Arguments {
    /// The settings file.
    #[arg(long, default_value = "cloud-hub.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

/// SQLite, HTTP and JSON allocate all the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    service::process::main::<App>(&arguments.config, || {
        Ok(arguments.command.map(Command::order))
    })
}
