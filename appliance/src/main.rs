//! The appliance: `appliance --config F` runs the box; `import`, `pair` and `enrol` speak to the box that runs, or do it themselves.

use std::path::PathBuf;
use std::process::ExitCode;

use appliance::App;
use appliance::command::Command;
use clap::Parser;
use mimalloc::MiMalloc;

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

/// SQLite, HTTP and JSON allocate all the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    service::process::main::<App>(&arguments.config, || {
        arguments.command.map(Command::order).transpose()
    })
}
