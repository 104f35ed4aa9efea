//! `cargo verify`: installs what the tests need, builds, then runs every proof, and stops at the first that fails. `--within MINUTES` is
//! for a machine that is given no longer: all is built and the unit tests pass, and what it has no time for of the rest ends and is named as unfinished.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use tool_belt::checkout::Checkout;
use tool_belt::process::{Failure, Ran, cargo, now, run, run_until};
use tool_belt::{say, set_up, stop, suites};

/// One thing to prove.
struct Step {
    name: String,
    work: Work,
}

enum Work {
    SetUp,
    Run(Command),
    /// A part of it proves something: it ends when the time is over.
    RunWhileThereIsTime(Command),
    /// As that, and takes the seconds that are left, to end by itself.
    RunForSeconds(Command),
}

/// What is asked for.
#[derive(Default)]
struct Asked {
    begin_at: Option<String>,
    within: Option<Duration>,
}

fn main() -> ExitCode {
    stop::listen();
    let asked = match arguments() {
        Ok(asked) => asked,
        Err(words) => {
            say::line(&words);
            return ExitCode::from(2);
        }
    };
    match verify(&asked) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Stopped) => {
            say::line("stopped");
            ExitCode::from(130)
        }
        Err(Failure::Told(words)) => {
            say::line(&words);
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Asked, String> {
    let usage = || "It is `cargo verify [--from STEP] [--within MINUTES]`.".to_owned();
    let mut asked = Asked::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(option) = arguments.next() {
        let value = arguments.next().ok_or_else(usage)?;
        match option.as_str() {
            "--from" => asked.begin_at = Some(value),
            "--within" => {
                let minutes: u32 = value.parse().map_err(|_| usage())?;
                asked.within = Some(Duration::from_secs(u64::from(minutes) * 60));
            }
            _ => return Err(usage()),
        }
    }
    Ok(asked)
}

fn verify(asked: &Asked) -> Result<(), Failure> {
    let checkout = Checkout::find()?;
    let logs = checkout.target.join("verify");
    let steps = steps(&checkout)?;
    let first = match asked.begin_at.as_deref() {
        None => 0,
        Some(name) => steps
            .iter()
            .position(|step| step.name == name)
            .ok_or_else(|| {
                let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
                format!(
                    "there is no step {name}; the steps are {}",
                    names.join(", ")
                )
            })?,
    };
    let started = now();
    let over_at = asked.within.map(|within| started + within);
    let mut done: Vec<(String, Duration)> = Vec::new();
    let mut in_part: Vec<String> = Vec::new();
    let mut passed = 0;
    let number_of_steps = steps.len();
    for (number, step) in steps.into_iter().enumerate().skip(first) {
        say::begin(&format!(
            "[{}/{number_of_steps}] {} .. ",
            number + 1,
            step.name
        ));
        let log = logs.join(format!("{}.log", step.name));
        let took = prove(&checkout, step.work, &logs, &log, over_at);
        if matches!(took, Err(Failure::Told(_))) {
            say::line("FAILED");
        }
        let took = match took? {
            Ran::Whole(took) => {
                say::line(&say::seconds(took));
                took
            }
            Ran::InPart(took) => {
                say::line(&format!(
                    "{}, NOT FINISHED: the time was over",
                    say::seconds(took)
                ));
                in_part.push(step.name.clone());
                took
            }
        };
        passed += suites::passed_in(&log);
        done.push((step.name, took));
    }
    done.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
    let slowest: Vec<String> = done
        .iter()
        .take(5)
        .map(|(name, took)| format!("{name} {}", say::seconds(*took)))
        .collect();
    say::line(&format!(
        "\nall of it in {}; slowest: {}",
        say::seconds(started.elapsed()),
        slowest.join(", ")
    ));
    let passed = format!("{passed} passed, 0 failed");
    say::line(&match in_part.is_empty() {
        true => passed,
        false => format!(
            "{passed}, NOT FINISHED within the time that was given: {}",
            in_part.join(", ")
        ),
    });
    Ok(())
}

fn prove(
    checkout: &Checkout,
    work: Work,
    logs: &Path,
    log: &Path,
    over_at: Option<Instant>,
) -> Result<Ran, Failure> {
    // The log of an earlier run would be counted and shown with this one.
    match fs::remove_file(log) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{} cannot be removed: {error}", log.display()).into());
        }
        Ok(()) | Err(_) => {}
    }
    let is_over = || over_at.is_some_and(|over_at| over_at <= now());
    let (command, until) = match work {
        Work::SetUp => {
            let started = now();
            set_up::install(checkout, logs)?;
            return Ok(Ran::Whole(started.elapsed()));
        }
        Work::Run(command) => return run(command, log).map(Ran::Whole),
        Work::RunWhileThereIsTime(_) | Work::RunForSeconds(_) if is_over() => {
            return Ok(Ran::InPart(Duration::ZERO));
        }
        Work::RunWhileThereIsTime(command) => (command, over_at),
        Work::RunForSeconds(mut command) => {
            // It ends by itself, a little later, for it ends what it has begun.
            if let Some(over_at) = over_at {
                let left = over_at.saturating_duration_since(now());
                command.args(["--within-seconds", &left.as_secs().to_string()]);
            }
            (command, over_at.map(|over_at| over_at + GRACE))
        }
    };
    match run_until(command, log, until)? {
        Ran::Whole(took) => match is_over() {
            true => Ok(Ran::InPart(took)),
            false => Ok(Ran::Whole(took)),
        },
        Ran::InPart(took) => match suites::any_failed_in(log) {
            true => Err(Failure::Told(format!(
                "something failed before the time was over; the whole output is in {}",
                log.display()
            ))),
            false => Ok(Ran::InPart(took)),
        },
    }
}

/// What is proved, in order. Every call selects the whole workspace, so that cargo builds each dependency once.
fn steps(checkout: &Checkout) -> Result<Vec<Step>, String> {
    let manifest = checkout.root.join("tests/Cargo.toml");
    let mut steps = vec![
        Step {
            name: "set-up".to_owned(),
            work: Work::SetUp,
        },
        cargo_step("format", &["fmt", "--all", "--check"]),
        // At once: alone the programs would have libraries of their own, without what only tests switch on in them.
        cargo_step("build", &["build", "--workspace", "--tests", "--bins"]),
        // `--bins` would link every program once more for its tests, also those that have none by their manifest.
        cargo_step(
            "unit",
            &[
                "test",
                "--workspace",
                "--lib",
                "--bin",
                "demo",
                "--bin",
                "survivors",
            ],
        ),
        while_there_is_time(
            "lint",
            &[
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ],
        ),
        while_there_is_time(
            "screens-lint",
            &[
                "clippy",
                "--package",
                "web-ui",
                "--target",
                "wasm32-unknown-unknown",
                "--",
                "-D",
                "warnings",
            ],
        ),
        Step {
            name: "screens".to_owned(),
            work: Work::RunWhileThereIsTime(Command::new(checkout.program("bundler"))),
        },
        while_there_is_time("examples", &["test", "--workspace", "--doc"]),
    ];
    let mut long = Vec::new();
    for suite in suites::all_of(&checkout.root)? {
        let step = while_there_is_time(&suite, &["test", "--workspace", "--test", &suite]);
        match suite.as_str() {
            BROWSER => long.push(step),
            _ => steps.push(step),
        }
    }
    if suites::has_program(&manifest, "chaos")? {
        for (name, engine) in [("chaos", "sqlite"), ("chaos-postgres", "postgres")] {
            let mut chaos = Command::new(checkout.program("chaos"));
            chaos.args(["--seed", "1", "--kills", SHORT_CHAOS_KILLS]);
            chaos.args(["--engine", engine]);
            steps.push(Step {
                name: name.to_owned(),
                work: Work::RunWhileThereIsTime(chaos),
            });
        }
    }
    steps.append(&mut long);
    if suites::has_program(&manifest, "simulate")? {
        let mut simulate = Command::new(checkout.program("simulate"));
        simulate.args(["--seeds", SEEDS]);
        steps.push(Step {
            name: "simulate".to_owned(),
            work: Work::RunForSeconds(simulate),
        });
    }
    for step in &mut steps {
        match &mut step.work {
            Work::SetUp => {}
            Work::Run(command)
            | Work::RunWhileThereIsTime(command)
            | Work::RunForSeconds(command) => {
                command.current_dir(&checkout.root);
            }
        }
    }
    Ok(steps)
}

/// The suite that clicks through every screen, and takes the longest of all.
const BROWSER: &str = "browser";

/// How long after the time is over what ends by itself may still take: an evening that is being played is played to its end.
const GRACE: Duration = Duration::from_secs(120);

/// Enough for a kill at every stage of a sale, few enough for a minute; `cargo chaos` does the long form.
const SHORT_CHAOS_KILLS: &str = "12";

/// So many that every fault meets every state, which is only asked for where so many are played; `cargo simulate` plays any number.
const SEEDS: &str = "300";

fn while_there_is_time(name: &str, arguments: &[&str]) -> Step {
    Step {
        name: name.to_owned(),
        work: Work::RunWhileThereIsTime(cargo(arguments)),
    }
}

fn cargo_step(name: &str, arguments: &[&str]) -> Step {
    Step {
        name: name.to_owned(),
        work: Work::Run(cargo(arguments)),
    }
}
