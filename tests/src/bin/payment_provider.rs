//! The sandbox payment provider as a program: `payment_provider [ADDRESS [BOOK [TELLS]]]`, by default 127.0.0.1:9300 and no book on the disk;
//! `TELLS` is where a hub hears of payments, `http://127.0.0.1:8090/api/v1/payment-events`. It signs with `SANDBOX_SECRET`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use tests::payment_provider::{PaymentProvider, SECRET};

#[tokio::main]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it tells whoever started it where it is"
)]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let address = arguments
        .next()
        .unwrap_or_else(|| "127.0.0.1:9300".to_owned());
    let Ok(address) = address.parse::<SocketAddr>() else {
        eprintln!(
            "usage: payment_provider [ADDRESS [BOOK [TELLS]]], as 127.0.0.1:9300 provider.book http://127.0.0.1:8090/api/v1/payment-events"
        );
        return ExitCode::from(2);
    };
    let book = arguments.next().map(PathBuf::from);
    let secret = std::env::var("SANDBOX_SECRET").unwrap_or_else(|_| SECRET.to_owned());
    match PaymentProvider::start_at(address, book, &secret).await {
        Ok(provider) => {
            if let Some(tells) = arguments.next() {
                provider.tells(&tells);
            }
            println!("sandbox payment provider at {}", provider.url());
            tokio::select! { () = provider.ended() => ExitCode::FAILURE, _ = tokio::signal::ctrl_c() => ExitCode::SUCCESS }
        }
        Err(error) => {
            eprintln!("payment provider: cannot start at {address}: {error}");
            ExitCode::FAILURE
        }
    }
}
