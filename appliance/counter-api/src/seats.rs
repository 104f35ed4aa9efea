//! The live seats of a showtime.

use box_office::{SeatId, ShowtimeId};
use serde::{Deserialize, Serialize};

/// A seat as anyone may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SeatState {
    /// Can be had here and now, of either side: what the other side has is asked for.
    Free,
    /// Kept for a guest who has not paid yet.
    Held,
    /// Sold.
    Sold,
    /// Kept back by the house.
    Blocked,
    /// In the other side's custody or on its way, while the line is cut: not to be had here.
    OutOfReach,
}

/// What each side could still sell today if the line between cinema and hub were cut now: free seats of the business day's showtimes that are
/// open and still sold, by whose custody they are in. Each side knows its own exactly; of the other's it counts all that it has not heard sold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IfCut {
    /// Seats that the cinema could sell, at its kiosks and tills.
    pub lobby: u64,
    /// Seats that the hub could sell, to guests at home.
    pub online: u64,
}

/// `GET /api/v1/showtimes/{id}/seats`. Its ETag is the version in quotes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatMap {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// Rises with every change of a seat.
    pub version: u64,
    /// Every seat, in the layout's order.
    pub seats: Vec<SeatNow>,
}

/// A seat and its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatNow {
    /// The seat.
    pub seat: SeatId,
    /// Its state.
    pub state: SeatState,
}

/// The data of an `event: seats` of `GET /api/v1/showtimes/{id}/seats/events`; the event's id is `version`.
/// After `event: reset` the map must be fetched anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatChange {
    /// The version of the map after the change.
    pub version: u64,
    /// The seats that changed.
    pub seats: Vec<SeatNow>,
}

/// `GET /api/v1/showtimes/{id}/best-available?count=2&wheelchairs=0&nth=0`: a proposal, nothing is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BestAvailable {
    /// The seats, left to right; empty if there are no more proposals.
    pub seats: Vec<SeatId>,
    /// Whether they are side by side in one row.
    pub together: bool,
    /// Whether a further proposal (`nth` + 1) exists.
    pub more: bool,
}
