//! `stripe_days [ORDERS [KILLS]]`: guests pay by Stripe through its bad days, by default 1,000 orders and 20 kills of the hub; says what became of it
//! all, and fails where money was taken for nothing, or something has not gone wrong fifty times.

use std::process::ExitCode;

use tests::engine::Engine;
use tests::stripe::days;

/// How often each thing is to go wrong.
const OFTEN: usize = 50;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it says what became of it")]
async fn main() -> ExitCode {
    let numbers = std::env::args().skip(1).map(|number| number.parse());
    let Ok(numbers) = numbers.collect::<Result<Vec<usize>, _>>() else {
        println!("usage: stripe_days [ORDERS [KILLS]]");
        return ExitCode::from(2);
    };
    let (orders, kills) = (
        numbers.first().copied().unwrap_or(1_000),
        numbers.get(1).copied().unwrap_or(20),
    );
    let became = days::go_by(Engine::Sqlite, orders, kills).await;
    println!("{became:#?}");
    let is_whole = became.captured_without_ticket_or_refund == 0
        && became.tickets_without_payment == 0
        && became.captured >= orders;
    let often = became
        .faults
        .values()
        .chain(&became.calls)
        .all(|seen| *seen >= OFTEN);
    match is_whole && often {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
