//! The virtual ticket printer as a program: `virtual_printer [ADDRESS [PAGE]]`, by default 127.0.0.1:9100 and 127.0.0.1:9180.

use std::net::SocketAddr;
use std::process::ExitCode;

use tests::virtual_printer::VirtualPrinter;

#[tokio::main]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it tells whoever started it where it is"
)]
async fn main() -> ExitCode {
    let mut addresses = std::env::args().skip(1);
    let mut next = |default: &str| {
        addresses
            .next()
            .unwrap_or_else(|| default.to_owned())
            .parse::<SocketAddr>()
    };
    let (Ok(address), Ok(page)) = (next("127.0.0.1:9100"), next("127.0.0.1:9180")) else {
        eprintln!("usage: virtual_printer [ADDRESS [PAGE]], as 127.0.0.1:9100 127.0.0.1:9180");
        return ExitCode::from(2);
    };
    match VirtualPrinter::start_at(address, page).await {
        Ok(printer) => {
            println!(
                "virtual printer at {}, its papers at {}",
                printer.address(),
                printer.page()
            );
            tokio::select! { () = printer.ended() => ExitCode::FAILURE, _ = tokio::signal::ctrl_c() => ExitCode::SUCCESS }
        }
        Err(error) => {
            eprintln!("virtual printer: {address} or {page} cannot be used: {error}");
            ExitCode::FAILURE
        }
    }
}
