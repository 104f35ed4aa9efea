//! `cargo lint`: formatting and clippy, for the machine and for WebAssembly, with cargo's own output.

use std::process::ExitCode;

use tool_belt::process::cargo;
use tool_belt::say;

/// Each line is one cargo call. The screens are checked for the target that they run on, the rest for the machine.
const CALLS: [&[&str]; 3] = [
    &["fmt", "--all", "--check"],
    &[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ],
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
];

fn main() -> ExitCode {
    for call in CALLS {
        say::line(&format!("cargo {}", call.join(" ")));
        match cargo(call).status() {
            Ok(status) if status.success() => {}
            Ok(_) => return ExitCode::FAILURE,
            Err(error) => {
                say::line(&format!("cargo cannot be run: {error}"));
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
