//! `cargo simulate [--seeds N] [--first-seed S] [--within-seconds T] [--trace]`: whole evenings of a hub and two cinemas in one thread, one for each seed, with
//! every fault. It prints which faults met which states, and of a seed that fails the shortest story, or with `--trace` all that happened; the last line of standard
//! output is the result, and the program fails unless it is clean. After the seconds no evening begins any more.
//!
//! `cargo simulate --cuts [--seeds N] [--first-seed S] [--demand FILE]`: what a cut of the line costs on the Friday of `tests/demand.toml`, or of another
//! file of that form. One JSON object a line: for each length of a cut, policy and side the share of guests who still get seats, then what asks cost
//! on days without a cut.

use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;
use service::Clock;
use tests::cuts::{self, demand::Assumptions};
use tests::simulation::Seeds;

/// Evenings, where nothing else is said; from so many on everything that can come together must have.
const EVENINGS: u64 = 300;

/// Fridays, where nothing else is said.
const FRIDAYS: u64 = 50;

const USAGE: &str = "usage: simulate [--cuts] [--seeds N] [--first-seed S] [--within-seconds T] [--trace] [--demand FILE]";

#[derive(Debug, Default)]
struct Options {
    cuts: bool,
    trace: bool,
    seeds: Option<u64>,
    first_seed: Option<u64>,
    within_seconds: Option<u64>,
    demand: Option<String>,
}

fn main() -> ExitCode {
    let played = Options::read(std::env::args().skip(1)).and_then(|options| match options.cuts {
        true => play_cuts(&options).map(|()| true),
        false => play_evenings(&options),
    });
    match played {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(words) => {
            say(&words);
            ExitCode::from(2)
        }
    }
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut options, usage) = (Self::default(), || USAGE.to_owned());
        while let Some(option) = arguments.next() {
            if option == "--cuts" {
                options.cuts = true;
                continue;
            }
            if option == "--trace" {
                options.trace = true;
                continue;
            }
            let value = arguments.next().ok_or_else(usage)?;
            let number = value.parse().map_err(|_| usage());
            match option.as_str() {
                "--seeds" => options.seeds = Some(number?),
                "--first-seed" => options.first_seed = Some(number?),
                "--within-seconds" => options.within_seconds = Some(number?),
                "--demand" => options.demand = Some(value),
                _ => return Err(usage()),
            }
        }
        match options.demand.is_some() && !options.cuts {
            true => Err(usage()),
            false => Ok(options),
        }
    }

    fn first(&self) -> u64 {
        self.first_seed.unwrap_or(1)
    }
}

/// Says whether all was as it should be.
fn play_evenings(options: &Options) -> Result<bool, String> {
    let seeds = options.seeds.unwrap_or(EVENINGS);
    let clock = Clock::system();
    let started = clock.monotonic();
    let within = options.within_seconds.map(Duration::from_secs);
    let played = Seeds::play(options.first(), seeds, || {
        within.is_none_or(|within| clock.monotonic().saturating_sub(started) < within)
    });
    let matrix = played.matrix();
    tell(&matrix.table());
    let [sold, home] = played.sold();
    tell(&format!("{sold} tickets sold, {home} of them at home"));
    let mut missing = matrix.missing();
    if played.played() < EVENINGS {
        missing.clear();
    }
    for cell in &missing {
        say(&format!("never met: {cell}"));
    }
    played.failures().iter().for_each(|it| say(it));
    let told = match options.trace {
        true => played.trace(),
        false => played.story(),
    };
    if let Some(story) = told {
        say(&story);
    }
    tell_json(&played.summary())?;
    Ok(played.is_good() && missing.is_empty())
}

fn play_cuts(options: &Options) -> Result<(), String> {
    let assumed = match &options.demand {
        None => Assumptions::read()?,
        Some(file) => {
            let text = std::fs::read_to_string(file);
            let text = text.map_err(|error| format!("{file} cannot be read: {error}"))?;
            Assumptions::of(&text)?
        }
    };
    let (first, seeds) = (options.first(), options.seeds.unwrap_or(FRIDAYS));
    let figures = cuts::run(&assumed, first..first.saturating_add(seeds));
    figures.cuts().iter().try_for_each(tell_json)?;
    figures.costs().iter().try_for_each(tell_json)
}

fn tell_json(line: &impl Serialize) -> Result<(), String> {
    let line = serde_json::to_string(line).map_err(|error| error.to_string())?;
    tell(&line);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the lines are what it is for")]
fn tell(line: &str) {
    println!("{line}");
}

#[expect(
    clippy::print_stderr,
    reason = "it tells whoever started it what went wrong"
)]
fn say(text: &str) {
    eprintln!("simulate: {text}");
}
