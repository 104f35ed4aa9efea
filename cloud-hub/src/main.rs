//! The hub: `cloud-hub --config F` runs it; `enrol` and `revoke` speak to the hub that runs, or do it themselves; `prove`
//! needs none.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use cloud_hub::command::Command;
use cloud_hub::{App, prove};
use mimalloc::MiMalloc;

/// The hub of a chain: applies what its cinemas tell and shows it to head office.
#[derive(Debug, Parser)]
#[command(name = "cloud-hub", version)]
struct Arguments {
    /// The settings file.
    #[arg(long, default_value = "cloud-hub.toml")]
    config: PathBuf,
    #[command(subcommand)]
    asked: Option<Asked>,
}

/// What is asked for, if not to run the hub.
#[derive(Debug, Subcommand)]
enum Asked {
    #[command(flatten)]
    OfTheHub(Command),
    /// Looks whether all that this hub has stored fits together: seats, tickets, holds, money to the cent, and what its cinemas told and are
    /// told. Changes nothing, and may be done while the hub sells. The last line is JSON; exit code 0: proved, 1: refuted, 2: not read.
    Prove,
}

/// SQLite, HTTP and JSON allocate all the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let command = match arguments.asked {
        Some(Asked::Prove) => return prove::run(&arguments.config),
        Some(Asked::OfTheHub(command)) => Some(command),
        None => None,
    };
    service::process::main::<App>(&arguments.config, || Ok(command.map(Command::order)))
}
