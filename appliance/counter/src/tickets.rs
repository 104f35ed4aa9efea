//! Tickets: signed after the commit that issued them. Ed25519 is deterministic, so the stored claims give the same code again. A ticket
//! keeps, in words, what it was sold as, and is never read again through today's programme.

pub mod code;
pub(crate) mod page;
mod refusal;
pub(crate) mod routes;
mod store;

use std::sync::Arc;

use box_office::custody::TicketState;
use box_office::{Money, SaleId, ShowtimeId, TicketId};
use counter_api::{Ticket, TicketKey, TicketKeys};
use database::Snapshot;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use wire::key::hex;
use wire::ticket::{Claims, TicketKeyRing, TicketSigner};
use wire::{PublicKey, Tickets};

use crate::catalogue::{self, local};
use crate::counter::At;
use crate::sold::{TicketFacts, TicketRow};

pub use refusal::TicketRefused;
pub(crate) use store::{
    add, asked_back, by_id, count_live, count_to_come, is_known, is_sold_for, move_to, of_sale,
    of_seat, put_state, records, sold_of, state_of,
};

/// A ticket with what it is for.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) ticket: Ticket,
    /// Whether its showtime does not take place.
    pub(crate) is_cancelled: bool,
    /// Whether it was given back, and opens no door any more.
    pub(crate) is_taken_back: bool,
    /// When its showtime begins, as it is planned by now.
    pub(crate) starts_at: Timestamp,
    /// When it was to begin when the ticket was sold, if that was another time.
    pub(crate) moved_from: Option<Timestamp>,
    pub(crate) facts: TicketFacts,
}

/// The ticket with this id.
pub(crate) async fn find(at: &At, id: TicketId) -> Result<Found, TicketRefused> {
    let asking = at.clone();
    at.database
        .read(move |db| {
            let row = store::by_id(db, &id)?.ok_or(TicketRefused::UnknownTicket)?;
            found(db, &asking, row)
        })
        .await
}

/// An order with what it came to.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// Its tickets, in the layout's order.
    pub(crate) tickets: Vec<Found>,
    /// What it cost.
    pub(crate) total: Money,
    /// What its guest says where they cannot show a code.
    pub(crate) collection_code: String,
}

/// An order.
pub(crate) async fn find_order(at: &At, sale: SaleId) -> Result<Order, TicketRefused> {
    let asking = at.clone();
    at.database
        .read(move |db| {
            let rows = store::of_sale(db, &sale)?;
            if rows.is_empty() {
                return Err(TicketRefused::UnknownTicket);
            }
            let sum = store::sum_of(db, &sale)?;
            let (total, collection_code) = sum.ok_or(TicketRefused::UnknownTicket)?;
            let tickets = rows.into_iter().map(|row| found(db, &asking, row));
            Ok(Order {
                tickets: tickets.collect::<Result<_, _>>()?,
                total,
                collection_code,
            })
        })
        .await
}

/// A ticket with what it is for, as it is by now.
pub(crate) fn found(
    db: &mut Snapshot<'_>,
    at: &At,
    row: TicketRow,
) -> Result<Found, TicketRefused> {
    let catalogue = at.catalogue();
    let showtime = catalogue::name_of(db, &catalogue, row.showtime)?;
    let showtime = showtime.ok_or(TicketRefused::UnknownTicket)?;
    let planned = catalogue::planned_now(db, at.cinema(), &showtime)?;
    let starts_at = planned.map_or(row.starts_at, |planned| planned.starts_at);
    let state = store::state_of(db, &row.id)?.unwrap_or(TicketState::Revoked);
    Ok(Found {
        is_taken_back: matches!(state, TicketState::Revoked | TicketState::Unproven),
        is_cancelled: planned.is_some_and(|planned| planned.is_cancelled),
        starts_at,
        moved_from: (starts_at != row.starts_at).then_some(row.starts_at),
        facts: row.facts.clone(),
        ticket: Ticket {
            starts_at: local(starts_at, &zone_of(&row.facts)),
            ..shown(row, &showtime, &signer(at))
        },
    })
}

/// The code of a ticket.
pub fn sign(row: &TicketRow, showtime: &ShowtimeId, signer: &TicketSigner) -> String {
    signer.sign(&Claims {
        ticket: row.id.clone(),
        showtime: showtime.clone(),
        seat: row.seat.clone(),
        kind: row.kind.clone(),
        start: row.starts_at.as_second(),
        epoch: u64::from(row.epoch.number()),
        edition: row.edition,
    })
}

/// A ticket as it is answered.
pub(crate) fn shown(row: TicketRow, showtime: &ShowtimeId, signer: &TicketSigner) -> Ticket {
    let code = sign(&row, showtime, signer);
    let money = |minor| Money::new(minor, row.currency);
    Ticket {
        starts_at: local(row.starts_at, &zone_of(&row.facts)),
        film: row.facts.film,
        auditorium_name: row.facts.auditorium,
        showtime: showtime.clone(),
        price: money(row.price_minor),
        tax: money(row.tax_minor),
        id: row.id,
        block: row.facts.block,
        row: row.facts.row,
        number: row.facts.number,
        seat: row.seat,
        ticket_kind: row.kind,
        edition: row.edition,
        code,
    }
}

/// Where the clocks of a ticket's cinema are. A zone that this machine's data no longer knows is shown as UTC, with its offset.
pub(crate) fn zone_of(facts: &TicketFacts) -> TimeZone {
    TimeZone::get(&facts.time_zone).unwrap_or(TimeZone::UTC)
}

/// What signs tickets on this side.
pub(crate) fn signer(at: &At) -> Arc<TicketSigner> {
    let chosen = at.ports.ticket_signer(at.cinema());
    chosen.unwrap_or_else(|| Arc::clone(&at.catalogue().signer))
}

/// The keys that verify a cinema's tickets: those of this side, and the other's as far as they are known.
pub(crate) fn key_ring(at: &At) -> TicketKeyRing {
    let catalogue = at.catalogue();
    let own = std::iter::once(catalogue.signer.public()).chain(&catalogue.former_keys);
    let chosen = signer(at).public().clone();
    let listed = at.ports.listed_ticket_keys(at.cinema());
    let mut all: Vec<PublicKey<Tickets>> = Vec::new();
    for key in std::iter::once(chosen).chain(own.cloned()).chain(listed) {
        if !all.contains(&key) {
            all.push(key);
        }
    }
    TicketKeyRing::new(all)
}

/// The same, as they are shown.
pub(crate) fn keys(at: &At) -> TicketKeys {
    let shown = |key: &PublicKey<Tickets>| TicketKey {
        kid: hex(key.id().as_bytes()),
        alg: "EdDSA".into(),
        x: hex(key.as_bytes()),
    };
    TicketKeys {
        // What a stolen one has signed proves nothing by itself.
        keys: (key_ring(at).iter())
            .filter(|key| !at.ports.is_stolen(at.cinema(), key.id()))
            .map(shown)
            .collect(),
    }
}
