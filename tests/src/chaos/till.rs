//! A till: sells for cash, sometimes gives up, and sometimes asks again for what it was told already.

use std::io;

use super::memory::Paid;
use super::seller::Seller;

/// What a guest hands over for any two seats, in minor units.
const GIVEN_MINOR: i64 = 5_000;

/// Sells until it is told to stop; then everything that it began has an answer.
///
/// # Errors
/// The box did not answer for a minute.
pub async fn sell(mut till: Seller) -> io::Result<()> {
    while !till.stop.is_cancelled() {
        if let Some(hold) = till.hold_some_pair().await? {
            match till.below(10) {
                0 => till.release(&hold).await?,
                chance => settle(&mut till, &hold, chance == 1).await?,
            }
        }
        till.think().await;
    }
    Ok(())
}

async fn settle(till: &mut Seller, hold: &str, again: bool) -> io::Result<()> {
    let (path, key) = (format!("/api/v1/holds/{hold}/settle"), till.key());
    let body = format!(r#"{{"cash_given_minor":{GIVEN_MINOR}}}"#);
    for _ in 0..=usize::from(again) {
        let heard = till.ask("POST", &path, Some(&key), &body).await?;
        let change = heard.body["change"]["minor"].as_i64().unwrap_or(0);
        till.remember(&heard, Paid::Cash(GIVEN_MINOR - change));
    }
    Ok(())
}
