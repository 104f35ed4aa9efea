//! A guest at home: buys at the hub, by a card of the sandbox that is approved, declined, told late or twice, or never heard of again; and
//! now and then gives a ticket back.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::RwLock;

use super::kiosk::pay;
use super::seller::{Heard, Seller};

/// One in so many guests gives a ticket back.
const GIVES_BACK: usize = 4;

/// The longest pause between two guests.
const BETWEEN_GUESTS: Duration = Duration::from_millis(20);

/// Buys until it is told to stop, and while it may; then everything that it began has an outcome.
///
/// # Errors
/// The hub did not answer for a minute.
pub async fn buy(mut guest: Seller, may: Arc<RwLock<()>>) -> io::Result<()> {
    while !guest.stop.is_cancelled() {
        let buying = may.read().await;
        // Each guest has a line of their own.
        let [a, b] =
            [guest.below(256), guest.below(256)].map(|part| u8::try_from(part).unwrap_or(0));
        guest.from = Some(Ipv4Addr::new(10, 1, a, b));
        if let Some(hold) = guest.hold_some_pair().await? {
            let card = format!(r#"{{"card":{{"card":"{}"}}}}"#, card(&guest));
            let sale = pay(&mut guest, &hold, &card).await?;
            if let Some(sale) = sale
                && guest.below(GIVES_BACK) == 0
            {
                give_back(&mut guest, &sale).await?;
            }
        }
        drop(buying);
        guest.think(BETWEEN_GUESTS).await;
    }
    Ok(())
}

/// Asks one of the tickets of a sale back.
async fn give_back(guest: &mut Seller, sale: &Heard) -> io::Result<()> {
    let (id, ticket) = (&sale.body["id"], &sale.body["tickets"][0]["id"]);
    let (Some(id), Some(ticket)) = (id.as_str(), ticket.as_str()) else {
        return Ok(());
    };
    let (key, path) = (guest.key(), format!("/api/v1/sales/{id}/refunds"));
    let body = serde_json::json!({ "tickets": [ticket] }).to_string();
    let heard = guest.ask("POST", &path, Some(&key), &body).await?;
    match heard.status {
        202 => guest.memory.asked_back(ticket.to_owned()),
        status => (guest.memory).complain(format!("{path}: {status} {}", heard.body)),
    }
    Ok(())
}

fn card(guest: &Seller) -> String {
    match guest.below(20) {
        0..=11 => "card_approve".to_owned(),
        12 | 13 => "card_not_enough_money".to_owned(),
        14 | 15 => format!("card_late_{}", guest.below(300)),
        16 => "card_twice".to_owned(),
        17 | 18 => "card_vanish".to_owned(),
        _ => "card_never".to_owned(),
    }
}
