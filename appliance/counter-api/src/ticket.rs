//! Tickets and the keys that prove them.

use box_office::{Money, SeatId, ShowtimeId, TicketId, TicketKindId};
use serde::{Deserialize, Serialize};

/// A ticket: part of a sale, and `GET /api/v1/tickets/{id}`. `/api/v1/tickets/{id}/code.svg` is its code as a picture,
/// `/tickets/{id}` a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// The ticket.
    pub id: TicketId,
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The title of the film, as the ticket was sold.
    pub film: String,
    /// The room as guests call it.
    pub auditorium_name: String,
    /// When the showtime begins, RFC 3339 with the cinema's offset.
    pub starts_at: String,
    /// The seat.
    pub seat: SeatId,
    /// The block that the seat stands in, as the signs in the room call it, where the room has more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// The seat's row: `F`.
    pub row: String,
    /// The seat's number: `7`.
    pub number: String,
    /// The kind of ticket.
    pub ticket_kind: TicketKindId,
    /// The price, tax included.
    pub price: Money,
    /// The tax inside it.
    pub tax: Money,
    /// Rises with each sale or reprint of the seat; the door takes the highest.
    pub edition: u32,
    /// The text of the QR code: `FOYER1:` + base45 of a CWT in COSE_Sign1.
    pub code: String,
}

/// `GET /api/v1/ticket-keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketKeys {
    /// The keys, newest first.
    pub keys: Vec<TicketKey>,
}

/// A public key that signs tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketKey {
    /// The key id in a ticket's protected header, as lower-case hex.
    pub kid: String,
    /// `EdDSA`.
    pub alg: String,
    /// The Ed25519 public key, 32 bytes as lower-case hex.
    pub x: String,
}
