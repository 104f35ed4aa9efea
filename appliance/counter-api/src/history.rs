//! What became of a seat, for those who work with it.

use box_office::{SeatId, ShowtimeId};
use serde::{Deserialize, Serialize};

/// `GET /api/v1/showtimes/{id}/seats/{seat}/history` at a box, and below head office's cinemas at the hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatHistory {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The seat.
    pub seat: SeatId,
    /// The film's title.
    pub film: String,
    /// The room as guests call it.
    pub auditorium: String,
    /// When it begins, with the cinema's offset.
    pub starts_at: String,
    /// What the seat is now, as the side that is asked knows it, in words.
    pub now: String,
    /// What has happened, the oldest first.
    pub happenings: Vec<SeatHappening>,
    /// What this side does not keep, in words.
    pub not_kept: Vec<String>,
}

/// Something that happened to a seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatHappening {
    /// When, with the cinema's offset.
    pub at: String,
    /// What.
    pub deed: SeatDeed,
    /// Who did it, if that is kept: the device's name, or the id of a device or of a guest's session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The same with its details, in plain words.
    pub words: String,
}

/// What can happen to a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SeatDeed {
    /// Custody passed from the cinema to the hub.
    GivenToTheHub,
    /// Custody passed from the hub to the cinema.
    GivenToTheCinema,
    /// Somebody held it.
    Held,
    /// It was sold at the side that is asked.
    Sold,
    /// It was sold at the other side.
    SoldElsewhere,
    /// A guest was let in.
    Admitted,
}
