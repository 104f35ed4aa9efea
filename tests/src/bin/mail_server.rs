//! The mail server that delivers nothing as a program: `mail_server [ADDRESS [PAGE]]`, by default 127.0.0.1:9325 and 127.0.0.1:9380.

use std::net::SocketAddr;
use std::process::ExitCode;

use tests::mail_server::MailServer;

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
    let (Ok(address), Ok(page)) = (next("127.0.0.1:9325"), next("127.0.0.1:9380")) else {
        eprintln!("usage: mail_server [ADDRESS [PAGE]], as 127.0.0.1:9325 127.0.0.1:9380");
        return ExitCode::from(2);
    };
    match MailServer::start_at(address, page).await {
        Ok(server) => {
            println!(
                "mail server at {}, its mails at {}",
                server.address(),
                server.page()
            );
            tokio::select! { () = server.ended() => ExitCode::FAILURE, _ = tokio::signal::ctrl_c() => ExitCode::SUCCESS }
        }
        Err(error) => {
            eprintln!("mail server: {address} or {page} cannot be used: {error}");
            ExitCode::FAILURE
        }
    }
}
