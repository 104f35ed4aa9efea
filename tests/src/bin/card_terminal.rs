//! The simulated card terminal as a program: `card_terminal [ADDRESS [PAGE [JOURNAL]]]`, by default 127.0.0.1:9200,
//! 127.0.0.1:9280 and no journal.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use tests::card_terminal::CardTerminalSimulator;

#[tokio::main]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it tells whoever started it where it is"
)]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut next = |default: &str| {
        arguments
            .next()
            .unwrap_or_else(|| default.to_owned())
            .parse::<SocketAddr>()
    };
    let (Ok(address), Ok(page)) = (next("127.0.0.1:9200"), next("127.0.0.1:9280")) else {
        eprintln!(
            "usage: card_terminal [ADDRESS [PAGE [JOURNAL]]], as 127.0.0.1:9200 127.0.0.1:9280 terminal.journal"
        );
        return ExitCode::from(2);
    };
    match CardTerminalSimulator::start_at(address, page, arguments.next().map(PathBuf::from)).await
    {
        Ok(terminal) => {
            println!(
                "card terminal at {}, its page at {}",
                terminal.address(),
                terminal.page()
            );
            tokio::select! { () = terminal.ended() => ExitCode::FAILURE, _ = tokio::signal::ctrl_c() => ExitCode::SUCCESS }
        }
        Err(error) => {
            eprintln!("card terminal: cannot start at {address} and {page}: {error}");
            ExitCode::FAILURE
        }
    }
}
