//! `cargo chaos [--seed N] [--kills N | --minutes M] [--engine sqlite|postgres]`: two cinemas and their hub sell the same showtimes while boxes,
//! hub and broker are killed, lines are cut, clocks are set, and boxes are put back and cloned; then it proves that nothing was lost and no seat
//! sold twice. The last line of standard output is the result; the program fails unless it is clean and each kind of fault has happened.

use std::io;
use std::process::ExitCode;

use tests::chaos::run::{Ends, Outcome, Settings, run};
use tests::engine::Engine;
use tests::load::appliance_process::own_folder;

/// Enough to hit every step of a sale.
const KILLS: u64 = 200;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match settings(&arguments).and_then(play) {
        Ok(outcome) => report(&outcome),
        Err(error) => {
            say(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn settings(arguments: &[String]) -> io::Result<Settings> {
    let mut settings = Settings {
        seed: 1,
        engine: Engine::Sqlite,
        ends: Ends::Kills(KILLS),
    };
    for pair in arguments.chunks(2) {
        let [option, value] = pair else {
            return Err(usage());
        };
        let number = || value.parse().map_err(|_| usage());
        match (option.as_str(), value.as_str()) {
            ("--seed", _) => settings.seed = number()?,
            ("--kills", _) => settings.ends = Ends::Kills(number()?),
            ("--minutes", _) => settings.ends = Ends::Minutes(number()?),
            ("--engine", "sqlite") => settings.engine = Engine::Sqlite,
            ("--engine", "postgres") => settings.engine = Engine::Postgres,
            _ => return Err(usage()),
        }
    }
    Ok(settings)
}

fn usage() -> io::Error {
    io::Error::other("usage: chaos [--seed N] [--kills N | --minutes M] [--engine sqlite|postgres]")
}

fn play(settings: Settings) -> io::Result<Outcome> {
    let folder = tempfile::Builder::new()
        .prefix("foyer-chaos")
        .tempdir_in(own_folder()?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(run(settings, folder.path()));
    if !outcome
        .as_ref()
        .is_ok_and(|outcome| outcome.verdict.is_good())
    {
        say(&format!(
            "what is left of the run lies in {}",
            folder.keep().display()
        ));
    }
    outcome
}

fn report(outcome: &Outcome) -> ExitCode {
    for finding in &outcome.verdict.findings {
        say(finding);
    }
    match serde_json::to_string(&outcome.summary) {
        Ok(line) => tell(&line),
        Err(error) => say(&error.to_string()),
    }
    match outcome.verdict.is_good() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

#[expect(clippy::print_stdout, reason = "the last line is what it is for")]
fn tell(line: &str) {
    println!("{line}");
}

#[expect(
    clippy::print_stderr,
    reason = "it tells whoever started it what went wrong"
)]
fn say(text: &str) {
    eprintln!("chaos: {text}");
}
