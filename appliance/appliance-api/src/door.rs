//! Letting guests in.

use box_office::{SeatId, ShowtimeId, TicketId, TicketKindId};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/door/admissions`: a ticket is held before a device at the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AdmissionRequest {
    /// What the ticket's code says: `FOYER1:..`.
    pub code: String,
    /// The showtime that the usher has open.
    pub showtime: ShowtimeId,
}

/// The answer to it: the guest is let in. Whoever is not is answered with a problem; the one of the code `already_admitted` says with
/// `admitted_at` when somebody was let in with the ticket, and `ticket_for_another_showtime` says with `showtime` for which it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Admission {
    /// The ticket.
    pub ticket: TicketId,
    /// The seat.
    pub seat: SeatId,
    /// The name of the block that it stands in, where the room has more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// Its row, if the room still has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// Its number, if the room still has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The kind of ticket.
    pub ticket_kind: TicketKindId,
    /// When the guest was let in, RFC 3339 with the cinema's offset.
    pub admitted_at: String,
    /// Whether the box remembers everything that could speak against it; if not, the usher looks whether the seat is empty.
    pub proven: bool,
    /// Whether the box knew the ticket by its signature alone: sold at home while the line was cut, say.
    pub found: bool,
}

/// `GET /api/v1/door/showtimes/{id}`: how it stands at a showtime's door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DoorShowtime {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The film's title.
    pub film: String,
    /// The room as guests call it.
    pub auditorium_name: String,
    /// When it begins, RFC 3339 with the cinema's offset.
    pub starts_at: String,
    /// How many guests were let in.
    pub admitted: u64,
    /// How many of them without proof that nobody was before.
    pub unproven: u64,
    /// How many tickets are known here whose guests are still to come. What the hub sold while the line is cut is not among them.
    pub to_come: u64,
}
