#![doc = include_str!("../README.md")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks on standard output"
)]

mod layout;
mod order;
mod program;
mod publish;
mod weight;
mod workspace;

use std::process::ExitCode;

use program::Build;
use workspace::Workspace;

fn main() -> ExitCode {
    let mut build = Build::Release;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--debug" => build = Build::Debug,
            other => {
                eprintln!(
                    "cargo screens does not know '{other}'. It is `cargo screens` or `cargo screens --debug`."
                );
                return ExitCode::from(2);
            }
        }
    }
    match build_screens(build) {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("screens: {words}");
            ExitCode::FAILURE
        }
    }
}

/// Builds, binds, lays out and publishes every screen.
fn build_screens(build: Build) -> Result<(), String> {
    let workspace = Workspace::find()?;
    let screens = workspace.screens()?;
    program::add_the_wasm_target()?;
    program::compile(&workspace, &screens, build)?;
    let mut files = Vec::new();
    for screen in &screens {
        files.extend(program::bind(&workspace, screen, build)?);
    }
    let site = layout::lay_out(&workspace, files)?;
    let published = publish::publish(&workspace, &site, build)?;
    for line in weight::lines(&site, &published) {
        println!("screens: {line}");
    }
    Ok(())
}
