//! A kiosk: sells by card, through a terminal that approves, declines, dawdles, breaks off or leaves the guest thinking.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::memory::Paid;
use super::seller::{Heard, Seller};
use crate::card_terminal::{Behaviour, CardTerminalSimulator};

/// Between two looks at the hold, as a screen does it.
const LOOKS_AGAIN: Duration = Duration::from_millis(20);

/// How often a guest looks before the kiosk asks the terminal to stop.
const PATIENCE: usize = 60;

/// Sells until it is told to stop; then everything that it began has an outcome.
///
/// # Errors
/// The box did not answer for a minute.
pub async fn sell(mut kiosk: Seller, terminal: Arc<CardTerminalSimulator>) -> io::Result<()> {
    while !kiosk.stop.is_cancelled() {
        if let Some(hold) = kiosk.hold_some_pair().await? {
            terminal.next(behaviour(&kiosk));
            pay(&mut kiosk, &hold, r#"{"card":{}}"#).await?;
        }
        kiosk.think().await;
    }
    Ok(())
}

/// Pays for a hold by card, and looks until there is an outcome; gives the sale, if it is one.
///
/// # Errors
/// As [`Seller::ask`].
pub(super) async fn pay(kiosk: &mut Seller, hold: &str, card: &str) -> io::Result<Option<Heard>> {
    let key = kiosk.key();
    let tender = kiosk
        .ask(
            "POST",
            &format!("/api/v1/holds/{hold}/tenders"),
            Some(&key),
            card,
        )
        .await?;
    let Some(reference) = tender.body["id"].as_str().map(str::to_owned) else {
        leaves_without(kiosk, "a payment", &tender);
        return Ok(None);
    };
    let mut looks = 0;
    loop {
        let forgotten_before = kiosk.memory.times_forgotten();
        let now = kiosk
            .ask("GET", &format!("/api/v1/holds/{hold}"), None, "")
            .await?;
        match now.body["state"].as_str() {
            Some("paying") => {}
            Some("settled") => {
                let sale = now.body["sale"].as_str().unwrap_or_default();
                return collect(kiosk, sale, (reference, forgotten_before)).await;
            }
            Some("open") => return kiosk.release(hold).await.map(|()| None),
            Some("ended") => return Ok(None),
            _ => {
                leaves_without(kiosk, "a hold", &now);
                return Ok(None);
            }
        }
        looks += 1;
        if looks % PATIENCE == 0 {
            kiosk
                .ask("DELETE", &format!("/api/v1/tenders/{reference}"), None, "")
                .await?;
        }
        tokio::time::sleep(LOOKS_AGAIN).await;
    }
}

/// Takes the tickets. Whoever has said that they are sold may have forgotten it since, and at no other time.
async fn collect(
    kiosk: &mut Seller,
    sale: &str,
    (payment, forgotten_before): (String, u64),
) -> io::Result<Option<Heard>> {
    let heard = kiosk
        .ask("GET", &format!("/api/v1/sales/{sale}"), None, "")
        .await?;
    if heard.status == 404 && kiosk.memory.times_forgotten() > forgotten_before {
        kiosk.memory.left_without();
        return Ok(None);
    }
    kiosk.remember(&heard, Paid::Card(payment));
    Ok(Some(heard))
}

/// A guest was told something else than was due: whoever sells may have forgotten what it was about.
fn leaves_without(kiosk: &Seller, due: &str, heard: &Heard) {
    match kiosk.may_be_unknown() && matches!(heard.status, 404 | 409) {
        true => kiosk.memory.left_without(),
        false => kiosk.memory.complain(format!(
            "{due} was due and came as {} {}",
            heard.status, heard.body
        )),
    }
}

fn behaviour(kiosk: &Seller) -> Behaviour {
    match kiosk.below(20) {
        0..=11 => Behaviour::Approve {
            after_ms: kiosk.below(30) as u64,
        },
        12 | 13 => Behaviour::Decline {
            after_ms: kiosk.below(30) as u64,
        },
        14 | 15 => Behaviour::AnswerLate {
            after_ms: kiosk.below(300) as u64,
        },
        16 | 17 => Behaviour::Vanish,
        18 => Behaviour::VanishBefore,
        _ => Behaviour::NeverAnswer,
    }
}
