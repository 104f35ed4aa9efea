//! The hub: `cloud-hub --config F` runs it; `enrol` and `revoke` speak to the hub that runs, or do it themselves; `prove`,
//! `backup` and `restore` need none.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use cloud_hub::command::Command;
use cloud_hub::config::Config;
use cloud_hub::{App, backup, prove};
use database::IfNewer;
use mimalloc::MiMalloc;
use service::process::answer;

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
    /// Writes all that is stored to a file, while the hub runs or not: checked, and whole or not at all. The keys are not in it. What is put back from
    /// it sells nothing by itself.
    Backup {
        /// The file, which may not be there yet.
        file: PathBuf,
    },
    /// Puts a backup in the place of what is stored, while the hub does not run; what was there is kept beside it.
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
        Some(Asked::Prove) => return prove::run(&arguments.config),
        Some(Asked::Backup { file }) => {
            return answer(&arguments.config, |settings: Config| {
                backup::of(&settings)?.back_up(&file)
            });
        }
        Some(Asked::Restore { file, over_newer }) => {
            let if_newer = match over_newer {
                true => IfNewer::SetAside,
                false => IfNewer::Refuse,
            };
            return answer(&arguments.config, |settings: Config| {
                backup::of(&settings)?.put_back(&file, if_newer)
            });
        }
        Some(Asked::OfTheHub(command)) => Some(command),
        None => None,
    };
    service::process::main::<App>(&arguments.config, || Ok(command.map(Command::order)))
}
