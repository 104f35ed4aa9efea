//! The appliance: `appliance --config F` runs the box; `import`, `pair` and `enrol` speak to the box that runs, or do it themselves; `layout`
//! and `prove` need none.

use std::path::PathBuf;
use std::process::ExitCode;

use appliance::command::Command;
use appliance::{App, layout, prove};
use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// The box in a cinema: sells seats, prints tickets, with or without the internet.
#[derive(Debug, Parser)]
#[command(name = "appliance", version)]
struct Arguments {
    /// The settings file.
    #[arg(long, default_value = "appliance.toml")]
    config: PathBuf,
    #[command(subcommand)]
    asked: Option<Asked>,
}

/// What is asked for, if not to run the box.
#[derive(Debug, Subcommand)]
enum Asked {
    #[command(flatten)]
    OfTheBox(Command),
    /// Reads and draws rooms; asks no box.
    #[command(subcommand)]
    Layout(layout::Order),
    /// Looks whether all that this box has stored fits together: seats, tickets, holds, money to the cent, and what the hub is told. Changes
    /// nothing, and may be done while the box sells. The last line is JSON; exit code 0: proved, 1: refuted, 2: not read.
    Prove,
}

/// SQLite, HTTP and JSON allocate all the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let command = match arguments.asked {
        Some(Asked::Layout(order)) => return layout::run(order),
        Some(Asked::Prove) => return prove::run(&arguments.config),
        Some(Asked::OfTheBox(command)) => Some(command),
        None => None,
    };
    service::process::main::<App>(&arguments.config, || {
        command.map(Command::order).transpose()
    })
}
