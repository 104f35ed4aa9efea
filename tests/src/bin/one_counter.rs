//! A counter alone in a process: see `src/one_counter.rs`.

use std::process::ExitCode;

#[tokio::main]
#[expect(
    clippy::print_stderr,
    reason = "it tells whoever started it what went wrong"
)]
async fn main() -> ExitCode {
    match tests::one_counter::run(std::env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("one_counter: {error}");
            ExitCode::FAILURE
        }
    }
}
