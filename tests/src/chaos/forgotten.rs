//! What becomes of sales that a hub has forgotten which was put back: at the end all their guests come to the door, and a person at head office decides
//! about the money that the hub has found at the provider.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use box_office::{TenderId, TicketId};
use cloud_hub::payments::protocol::{Charge, Part};
use service::Random;
use tokio_util::sync::CancellationToken;

use super::chain::Chain;
use super::cinema::Cinema;
use super::door::scan;
use super::memory::{AtTheDoor, Memory};
use super::seller::Seller;
use super::stored::{self, Kept};
use super::taken::kept_minor;

/// What the door says of a ticket in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Its guest is inside.
    Inside,
    /// It was given back.
    TakenBack,
    /// Its guest is turned away.
    Refused(String),
}

/// A ticket of a sale that the hub does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its id.
    pub id: String,
    /// Its price, in minor units.
    pub price_minor: i64,
    /// What the door says.
    pub said: Said,
    /// Whether its box had heard of it before it was shown.
    pub was_heard: bool,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// The sales that were answered, and are not known to the hub, with their tickets.
    pub sales: BTreeMap<String, Vec<Ticket>>,
    /// The payments that the hub knows by the provider's list alone, each with what a person has said of it.
    pub payments: BTreeMap<String, String>,
}

impl Forgotten {
    /// Whether this is a ticket of a sale that the hub does not know.
    pub fn has(&self, ticket: &str) -> bool {
        self.tickets().any(|it| it.id == ticket)
    }

    /// All tickets.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.sales.values().flatten()
    }
}

/// Guests and head office see to what the hub has forgotten, once all has come to rest. A payment that it had no occasion to forget stays as it is: what
/// is wrong there is for the audit to find.
///
/// # Errors
/// A process does not answer, or what is stored cannot be read.
pub async fn see_to_it(chain: &Chain, at_hub: &Kept) -> io::Result<Forgotten> {
    let known: BTreeSet<String> = at_hub.stored().await?.sales.into_iter().collect();
    let mut forgotten = Forgotten::default();
    for cinema in &chain.cinemas {
        let mut sales = cinema.home.forgettable().sales;
        sales.retain(|sale, _| !known.contains(sale));
        if !sales.is_empty() {
            forgotten
                .sales
                .append(&mut come(chain, cinema, sales).await?);
        }
    }
    for (payment, charge) in unknown(chain, at_hub).await? {
        let found = at_hub.charges_found().await?;
        if found.contains_key(&payment) && chain.forgettable_payments.contains(&payment) {
            let homes = chain.cinemas.iter().map(|it| &it.home);
            let sale = homes.filter_map(|it| it.paid_with(&payment)).next();
            let tickets = sale.and_then(|sale| forgotten.sales.get(&sale));
            decide(chain, &charge, tickets.map_or(&[], Vec::as_slice));
        }
    }
    forgotten.payments = at_hub.charges_found().await?;
    Ok(forgotten)
}

/// What the provider has kept of payments that the hub does not know.
///
/// # Errors
/// What is stored cannot be read.
pub async fn unknown(chain: &Chain, at_hub: &Kept) -> io::Result<BTreeMap<String, Charge>> {
    let cards = at_hub.stored().await?.cards.into_iter();
    let known: BTreeSet<String> = cards.map(|card| card.id).collect();
    let charges = chain.provider.sums().charges.into_iter();
    let charges = charges.filter(|charge| kept_minor(charge) != 0);
    let charges = charges.map(|charge| (charge.reference.to_string(), charge));
    Ok(charges.filter(|(id, _)| !known.contains(id)).collect())
}

/// All guests with a ticket that the hub does not know come to the door.
async fn come(
    chain: &Chain,
    cinema: &Cinema,
    sales: BTreeMap<String, Vec<AtTheDoor>>,
) -> io::Result<BTreeMap<String, Vec<Ticket>>> {
    let heard = stored::heard_of_hub(&cinema.database())?;
    let mut usher = Seller::new(
        cinema.site.address,
        cinema.site.pair("door").await?,
        (cinema.name.to_owned(), "door-at-the-end".to_owned()),
        cinema.lobby.clone(),
        cinema.on_sale()?.clone(),
        Random::seeded(0),
        chain.clock.clone(),
        CancellationToken::new(),
    );
    let mut came = BTreeMap::new();
    for (sale, guests) in sales {
        let mut tickets = Vec::new();
        for guest in guests {
            tickets.push(Ticket {
                said: comes(&mut usher, &cinema.home, &guest).await?,
                was_heard: heard.contains(&guest.ticket),
                id: guest.ticket,
                price_minor: guest.price_minor,
            });
        }
        came.insert(sale, tickets);
    }
    Ok(came)
}

async fn comes(usher: &mut Seller, home: &Memory, guest: &AtTheDoor) -> io::Result<Said> {
    let heard = scan(usher, guest).await?;
    let code = heard.body["code"].as_str().unwrap_or_default();
    Ok(match (heard.status, code) {
        (201, _) => {
            home.admitted(guest.ticket.clone());
            Said::Inside
        }
        (409, "already_admitted") if home.is_inside(&guest.ticket) => Said::Inside,
        (409, "ticket_revoked") if home.forgettable().wanted_back.contains(&guest.ticket) => {
            Said::TakenBack
        }
        (status, _) => Said::Refused(format!("{status} {}", heard.body)),
    })
}

/// A person looks who has tickets for the money: it stays where a guest is inside for it, and goes back else.
fn decide(chain: &Chain, charge: &Charge, tickets: &[Ticket]) {
    let reference: &TenderId = &charge.reference;
    let is_inside = |ticket: &&Ticket| ticket.said == Said::Inside;
    let is_back = |ticket: &TicketId| charge.parts.iter().any(|part| part.ticket == *ticket);
    if tickets.is_empty() {
        chain.provider.give_back(reference, kept_minor(charge));
    }
    for ticket in tickets.iter().filter(|it| it.said == Said::TakenBack) {
        if let Ok(id) = ticket.id.parse::<TicketId>()
            && !is_back(&id)
        {
            let part = Part {
                ticket: id,
                amount_minor: ticket.price_minor,
            };
            chain.provider.give_back_part(reference, part);
        }
    }
    let word = match tickets.iter().any(|it| is_inside(&it)) {
        true => "taken",
        false => "refunded",
    };
    let reason = ["--reason", "her tickets were shown, or were not"];
    let decision = [&["decide", reference.as_str(), word], reason.as_slice()].concat();
    // What is given back the hub may have heard of before.
    let _ = chain.hubs.site.command(&decision);
}
