//! Tickets: signed after the commit that issued them. Ed25519 is deterministic, so the stored claims give the same code again.

pub(crate) mod code;
pub(crate) mod page;
pub(crate) mod routes;
pub(crate) mod store;

use std::sync::Arc;

use appliance_api::{Ticket, TicketKey, TicketKeys};
use box_office::{
    Currency, Epoch, Layout, Money, SaleId, SeatId, ShowtimeId, TicketId, TicketKindId,
};
use jiff::Timestamp;
use wire::key::hex;
use wire::ticket::{Claims, TicketSigner};

use crate::app::App;
use crate::catalogue::{Catalogue, Scheduled};
use crate::error::Refused;

/// A ticket as the box keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TicketRow {
    pub(crate) id: TicketId,
    pub(crate) sale: SaleId,
    pub(crate) showtime: ShowtimeId,
    pub(crate) place: usize,
    pub(crate) seat: SeatId,
    pub(crate) plan: u32,
    pub(crate) epoch: Epoch,
    pub(crate) edition: u32,
    pub(crate) kind: TicketKindId,
    pub(crate) price_minor: i64,
    pub(crate) tax_minor: i64,
    /// The start that the guest was told.
    pub(crate) starts_at: Timestamp,
}

/// A ticket with what it is for.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) ticket: Ticket,
    pub(crate) starts_at: Timestamp,
    pub(crate) scheduled: Arc<Scheduled>,
    pub(crate) catalogue: Arc<Catalogue>,
}

/// The ticket with this id.
pub(crate) async fn find(app: &App, id: TicketId) -> Result<Found, Refused> {
    let row = app
        .database
        .read(move |db| store::by_id(db, &id))
        .await?
        .ok_or(Refused::UnknownTicket)?;
    let catalogue = app.catalogue.now().ok_or(Refused::NoProgramme)?;
    let scheduled = app
        .catalogue
        .showtime(&row.showtime)
        .ok_or(Refused::UnknownTicket)?;
    let starts_at = row.starts_at;
    let ticket = shown(
        row,
        scheduled.plan.layout(),
        catalogue.cinema.currency,
        &*signer(app)?,
    );
    Ok(Found {
        ticket,
        starts_at,
        scheduled,
        catalogue,
    })
}

/// The signer of this cinema's tickets.
pub(crate) fn signer(app: &App) -> Result<Arc<TicketSigner>, Refused> {
    app.catalogue
        .now()
        .map(|catalogue| Arc::clone(&catalogue.signer))
        .ok_or(Refused::NoProgramme)
}

/// The code of a ticket.
pub(crate) fn sign(row: &TicketRow, signer: &TicketSigner) -> String {
    signer.sign(&Claims {
        ticket: row.id.clone(),
        showtime: row.showtime.clone(),
        seat: row.seat.clone(),
        kind: row.kind.clone(),
        start: row.starts_at.as_second(),
        epoch: u64::from(row.epoch.number()),
        edition: row.edition,
    })
}

/// A ticket as it is answered.
pub(crate) fn shown(
    row: TicketRow,
    layout: &Layout,
    currency: Currency,
    signer: &TicketSigner,
) -> Ticket {
    let code = sign(&row, signer);
    let place = layout.places.get(row.place);
    Ticket {
        id: row.id,
        showtime: row.showtime,
        row: place.map_or_else(String::new, |place| place.row.clone()),
        number: place.map_or_else(String::new, |place| place.number.clone()),
        seat: row.seat,
        ticket_kind: row.kind,
        price: Money::new(row.price_minor, currency),
        tax: Money::new(row.tax_minor, currency),
        edition: row.edition,
        code,
    }
}

/// The keys that verify this cinema's tickets.
pub(crate) fn keys(app: &App) -> Result<TicketKeys, Refused> {
    let signer = signer(app)?;
    let public = signer.public();
    let key = TicketKey {
        kid: hex(public.id().as_bytes()),
        alg: "EdDSA".into(),
        x: hex(public.as_bytes()),
    };
    Ok(TicketKeys { keys: vec![key] })
}
