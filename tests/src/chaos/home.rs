//! A guest at home: buys at the hub, by a card of the sandbox that is approved, declined, told late or twice, or never heard of again; and
//! now and then gives a ticket back. Whatever the hub forgets, the guest goes on, and looks at the end what became of their money.

use std::io;
use std::net::Ipv4Addr;

use super::kiosk::pay;
use super::seller::{Heard, Seller};

/// One in so many guests gives a ticket back.
const GIVES_BACK: usize = 4;

/// A ticket that was asked back: its sale, the sale's page, and the ticket.
struct AskedBack {
    sale: String,
    path: String,
    ticket: String,
}

/// Buys until it is told to stop; then everything that it began has an outcome.
///
/// # Errors
/// The hub did not answer for a minute.
pub async fn buy(mut guest: Seller) -> io::Result<()> {
    let mut asked_back = Vec::new();
    while !guest.stop.is_cancelled() {
        // Each guest has a line of their own.
        let [a, b] =
            [guest.below(256), guest.below(256)].map(|part| u8::try_from(part).unwrap_or(0));
        guest.from = Some(Ipv4Addr::new(10, 1, a, b));
        if let Some(hold) = guest.hold_some_pair().await? {
            let card = format!(r#"{{"card":{{"card":"{}"}}}}"#, card(&guest));
            let sale = pay(&mut guest, &hold, &card).await?;
            if let Some(sale) = sale
                && guest.below(GIVES_BACK) == 0
                && let Some(asking) = first_of(&sale)
                && give_back(&mut guest, &asking).await?
            {
                asked_back.push(asking);
            }
        }
        guest.think().await;
    }
    if guest.memory.times_forgotten() > 0 {
        for asked in asked_back {
            looks_again(&mut guest, &asked).await?;
        }
    }
    Ok(())
}

/// The first ticket of a sale.
fn first_of(sale: &Heard) -> Option<AskedBack> {
    let (id, ticket) = (&sale.body["id"], &sale.body["tickets"][0]["id"]);
    Some(AskedBack {
        sale: id.as_str()?.to_owned(),
        path: format!("/api/v1/sales/{}/refunds", id.as_str()?),
        ticket: ticket.as_str()?.to_owned(),
    })
}

/// Asks a ticket back; says whether that was heard.
async fn give_back(guest: &mut Seller, asking: &AskedBack) -> io::Result<bool> {
    let AskedBack { path, ticket, .. } = asking;
    guest.memory.wants_back(ticket.clone());
    let key = guest.key();
    let body = serde_json::json!({ "tickets": [ticket] }).to_string();
    let heard = guest.ask("POST", path, Some(&key), &body).await?;
    match heard.status {
        202 => guest.memory.asked_back(ticket.clone()),
        404 if guest.may_be_unknown() => {}
        status => (guest.memory).complain(format!("{path}: {status} {}", heard.body)),
    }
    Ok(heard.status == 202)
}

/// Whether the hub still knows that a ticket was asked back: it is asked once more else, or, where the hub does not know the sale, the guest turns to a
/// person.
async fn looks_again(guest: &mut Seller, asked: &AskedBack) -> io::Result<()> {
    let heard = guest.ask("GET", &asked.path, None, "").await?;
    let mut known = heard.body["refunds"].as_array().into_iter().flatten();
    match heard.status {
        200 if known.any(|it| it["ticket"] == *asked.ticket) => {}
        200 if (guest.memory.forgettable().wanted_back).contains(&asked.ticket) => {
            guest.memory.asked_back_in_vain();
            give_back(guest, asked).await?;
        }
        404 if (guest.memory.forgettable().sales).contains_key(&asked.sale) => {
            guest.memory.asked_back_in_vain();
        }
        status => {
            let words = format!("{}: {status} {}", asked.path, heard.body);
            guest.memory.complain(words);
        }
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
