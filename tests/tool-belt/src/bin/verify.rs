//! `cargo verify`: installs what the tests need, then runs every proof, cheapest first, and stops at the first that fails.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use tool_belt::checkout::Checkout;
use tool_belt::process::{Failure, cargo, now, run};
use tool_belt::{say, set_up, stop, suites};

/// One thing to prove.
struct Step {
    name: String,
    work: Work,
}

enum Work {
    SetUp,
    Run(Command),
}

fn main() -> ExitCode {
    stop::listen();
    let begin_at = match arguments() {
        Ok(begin_at) => begin_at,
        Err(words) => {
            say::line(&words);
            return ExitCode::from(2);
        }
    };
    match verify(begin_at.as_deref()) {
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

fn arguments() -> Result<Option<String>, String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => Ok(None),
        [option, name] if option == "--from" => Ok(Some(name.clone())),
        _ => Err("It is `cargo verify` or `cargo verify --from STEP`.".to_owned()),
    }
}

fn verify(begin_at: Option<&str>) -> Result<(), Failure> {
    let checkout = Checkout::find()?;
    let logs = checkout.target.join("verify");
    let steps = steps(&checkout)?;
    let first = match begin_at {
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
    let mut done: Vec<(String, Duration)> = Vec::new();
    let mut passed = 0;
    let number_of_steps = steps.len();
    for (number, step) in steps.into_iter().enumerate().skip(first) {
        say::begin(&format!(
            "[{}/{number_of_steps}] {} .. ",
            number + 1,
            step.name
        ));
        let log = logs.join(format!("{}.log", step.name));
        let took = prove(&checkout, step.work, &logs, &log);
        if matches!(took, Err(Failure::Told(_))) {
            say::line("FAILED");
        }
        let took = took?;
        say::line(&say::seconds(took));
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
    say::line(&format!("{passed} passed, 0 failed"));
    Ok(())
}

fn prove(checkout: &Checkout, work: Work, logs: &Path, log: &Path) -> Result<Duration, Failure> {
    // The log of an earlier run would be counted and shown with this one.
    match fs::remove_file(log) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{} cannot be removed: {error}", log.display()).into());
        }
        Ok(()) | Err(_) => {}
    }
    match work {
        Work::SetUp => {
            let started = now();
            set_up::install(checkout, logs)?;
            Ok(started.elapsed())
        }
        Work::Run(command) => run(command, log),
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
        cargo_step(
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
        cargo_step(
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
        // At once: alone the programs would have libraries of their own, without what only tests switch on in them.
        cargo_step("build", &["build", "--workspace", "--tests", "--bins"]),
        Step {
            name: "screens".to_owned(),
            work: Work::Run(Command::new(checkout.program("bundler"))),
        },
        cargo_step("unit", &["test", "--workspace", "--lib", "--bins"]),
        cargo_step("examples", &["test", "--workspace", "--doc"]),
    ];
    for suite in suites::all_of(&checkout.root)? {
        steps.push(cargo_step(
            &suite,
            &["test", "--workspace", "--test", &suite],
        ));
    }
    if suites::has_program(&manifest, "chaos")? {
        for (name, engine) in [("chaos", "sqlite"), ("chaos-postgres", "postgres")] {
            let mut chaos = Command::new(checkout.program("chaos"));
            chaos.args(["--seed", "1", "--kills", SHORT_CHAOS_KILLS]);
            chaos.args(["--engine", engine]);
            steps.push(Step {
                name: name.to_owned(),
                work: Work::Run(chaos),
            });
        }
    }
    if suites::has_program(&manifest, "simulate")? {
        let mut simulate = Command::new(checkout.program("simulate"));
        simulate.args(["--seeds", SEEDS]);
        steps.push(Step {
            name: "simulate".to_owned(),
            work: Work::Run(simulate),
        });
    }
    for step in &mut steps {
        if let Work::Run(command) = &mut step.work {
            command.current_dir(&checkout.root);
        }
    }
    Ok(steps)
}

/// Enough for a kill at every stage of a sale, few enough for a minute; `cargo chaos` does the long form.
const SHORT_CHAOS_KILLS: &str = "12";

/// So many that every fault meets every state, which is only asked for where so many are played; `cargo simulate` plays any number.
const SEEDS: &str = "300";

fn cargo_step(name: &str, arguments: &[&str]) -> Step {
    Step {
        name: name.to_owned(),
        work: Work::Run(cargo(arguments)),
    }
}
