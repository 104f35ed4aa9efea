//! Seats of the hub that head office hands over to a cinema whose line is down.

use box_office::{SeatId, ShowtimeId};
use serde::{Deserialize, Serialize};

use crate::LinkState;

/// `GET /api/v1/head-office/cinemas/{cinema}/hand-over`: what can be handed over, and what is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HandOvers {
    /// The cinema's name.
    pub name: String,
    /// The time on its walls.
    pub now: String,
    /// How the link to it stands: while it is up everything arrives by itself.
    pub link: LinkState,
    /// The showtimes that are not over, the next first.
    pub showtimes: Vec<HandOverShowtime>,
}

/// A showtime of which the hub has free seats, or whose seats are on their way to the cinema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HandOverShowtime {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The film's title.
    pub film: String,
    /// The room as guests call it.
    pub auditorium: String,
    /// When it begins, with the cinema's offset.
    pub starts_at: String,
    /// So many seats are the hub's and free.
    pub free: u32,
    /// So many are given to the cinema, which has not said that it has them.
    pub on_their_way: u32,
}

/// `POST /api/v1/head-office/cinemas/{cinema}/showtimes/{showtime}/hand-over` (with an `Idempotency-Key`): gives free seats of the hub to the
/// cinema. They are not sold online from then on, whether or not the cinema hears of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HandOverOrder {
    /// So many at most, in whole blocks; all of the free ones without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// These and no others, if any is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<SeatId>,
}

/// The answer to it, and to a `GET` of the same address, which gives nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HandOver {
    /// So many seats were given by this request.
    pub given: u32,
    /// So many are the hub's and free still.
    pub free: u32,
    /// Codes for all that is on its way, also what was given before; none, once the cinema has it.
    pub codes: Vec<HandOverCode>,
}

/// A code that the cinema's staff scan or type. `GET /api/v1/head-office/hand-over-code.svg?text=` shows it as a QR symbol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HandOverCode {
    /// What it says.
    pub text: String,
    /// So many seats it carries.
    pub seats: u32,
}
