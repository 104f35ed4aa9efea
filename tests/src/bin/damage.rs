//! `cargo damage [--seed N] [--starts N]`: damages the files of a box and starts it on what is left, again and again. The last line of standard
//! output is the result; the program fails unless nothing was ever lost without a word, and no whole
//! box stopped.

use std::io;
use std::process::ExitCode;

use tests::damage::{Summary, run};
use tests::load::appliance_process::{own_folder, programs};

/// Enough for every file, kind of damage and region to meet more than once.
const STARTS: u64 = 528;

#[expect(clippy::print_stdout, reason = "the last line is what it is for")]
#[expect(clippy::print_stderr, reason = "whoever runs it sees what went wrong")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match play(&arguments) {
        Ok(summary) => {
            let line = serde_json::to_string(&summary).unwrap_or_default();
            println!("{line}");
            match summary.findings.is_empty() {
                true => ExitCode::SUCCESS,
                false => ExitCode::FAILURE,
            }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn play(arguments: &[String]) -> io::Result<Summary> {
    let usage = || io::Error::other("usage: damage [--seed N] [--starts N]");
    let (mut seed, mut starts) = (1, STARTS);
    for pair in arguments.chunks(2) {
        let [option, value] = pair else {
            return Err(usage());
        };
        let number = value.parse().map_err(|_| usage())?;
        match option.as_str() {
            "--seed" => seed = number,
            "--starts" => starts = number,
            _ => return Err(usage()),
        }
    }
    let folder = tempfile::Builder::new()
        .prefix("foyer-damage")
        .tempdir_in(own_folder()?)?;
    let program = programs(&["appliance"])?.join("appliance");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(run(folder.path(), &program, starts, seed))
}
