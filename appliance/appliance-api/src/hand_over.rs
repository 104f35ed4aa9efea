//! A hand-over code: seats of the hub that come to the cinema without a line.

use box_office::ShowtimeId;
use serde::{Deserialize, Serialize};

/// `POST /api/v1/hand-over`, for devices of the staff: applies a code from head office. Safe to repeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HandOverRequest {
    /// What the code says, scanned or typed: capitals, spaces, line ends and dashes do not matter.
    pub code: String,
}

/// What a code came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HandedOver {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// So many seats are the cinema's by it, and on sale here.
    pub taken: u32,
    /// So many are of a showtime or of a plan that this box does not know yet, and are on sale once it does.
    pub waiting: u32,
    /// Of so many it says nothing new: they came before, by this or another code or by the line.
    pub known: u32,
    /// So many do not fit what this box knows; each is a case for a person.
    pub out_of_turn: u32,
}
