//! The appliance: `appliance --config F` runs the box; `import`, `pair` and `enrol` speak to the box that runs, or do it themselves; `layout`,
//! `prove`, `backup` and `restore` need none.

use std::path::PathBuf;
use std::process::ExitCode;

use appliance::command::Command;
use appliance::config::Config;
use appliance::{App, backup, layout, prove};
use clap::{Parser, Subcommand};
use database::IfNewer;
use mimalloc::MiMalloc;
use service::process::answer;

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
    /// Writes all that is stored to a file, while the box runs or not: checked, and whole or not at all. The keys are not in it. What is put back from
    /// it sells nothing by itself.
    Backup {
        /// The file, which may not be there yet.
        file: PathBuf,
    },
    /// Puts a backup in the place of what is stored, while the box does not run; what was there is kept beside it.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Also in the place of what is newer and can be read.
        #[arg(long)]
        over_newer: bool,
    },
}

/// SQLite, HTTP and JSON allocate all the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let command = match arguments.asked {
        Some(Asked::Layout(order)) => return layout::run(order),
        Some(Asked::Prove) => return prove::run(&arguments.config),
        Some(Asked::Backup { file }) => {
            return answer(&arguments.config, |settings: Config| {
                backup::of(&settings.data.folder).back_up(&file)
            });
        }
        Some(Asked::Restore { file, over_newer }) => {
            let if_newer = match over_newer {
                true => IfNewer::SetAside,
                false => IfNewer::Refuse,
            };
            return answer(&arguments.config, |settings: Config| {
                backup::of(&settings.data.folder).put_back(&file, if_newer)
            });
        }
        Some(Asked::OfTheBox(command)) => Some(command),
        None => None,
    };
    service::process::main::<App>(&arguments.config, || {
        command.map(Command::order).transpose()
    })
}
