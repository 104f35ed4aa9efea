//! What became of a seat, for those who work with it.

use box_office::{Custodian, SeatId, ShowtimeId, TicketId};
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
    /// The same for a program.
    pub standing: SeatStanding,
    /// What has happened, the oldest first.
    pub happenings: Vec<SeatHappening>,
    /// What this side does not keep, in words.
    pub not_kept: Vec<String>,
    /// The same for a program.
    pub gaps: Vec<HistoryGap>,
    /// How far the side that is asked has heard the other one; only the hub says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<HeardSoFar>,
}

/// What a seat is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatStanding {
    /// Whose it is to sell.
    pub custodian: Custodian,
    /// What it is there.
    pub state: SeatStands,
    /// The ticket that it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
}

/// What a seat can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SeatStands {
    /// The other side's, or on its way there: what it is now, that side alone knows.
    WithTheOtherSide,
    /// Can be had.
    Free,
    /// Kept for somebody who has not paid yet.
    Held,
    /// Sold.
    Sold,
    /// Kept back by the house.
    KeptBack,
    /// Sold, and its ticket is asked back.
    AskedBack,
    /// Not sold until somebody has proved what became of it.
    NotProven,
    /// Sold by the cinema at its own risk.
    TakenOver,
}

/// What is not kept of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum HistoryGap {
    /// When a hold ended that was not paid for, and which seats somebody had chosen before others.
    HoldsThatEnded,
    /// What guests at home hold.
    HoldsAtHome,
    /// What is held in the lobby.
    HoldsInTheLobby,
    /// When custody passed, of some of the times.
    Moves {
        /// So often it passed.
        passed: u32,
        /// Of so many times it is known when.
        known: u32,
    },
}

/// How far a side has heard the other one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeardSoFar {
    /// Whether there is contact at this moment.
    pub is_up: bool,
    /// When it was last heard, with the cinema's offset; nothing, if it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_contact: Option<String>,
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
    /// The ticket that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The number of its receipt, `1-000042`; the reference of a booking that was made online, `K7QP-2MXD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// What became of it, or what else there is to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<SeatOutcome>,
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
    /// The ticket was asked back.
    AskedBack,
    /// Its showtime went to another room, and whoever had it went along.
    Moved,
}

/// What became of something that happened to a seat, or what else there is to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SeatOutcome {
    /// It is held still.
    StillHeld,
    /// It was given up, or its time was up.
    GivenUp,
    /// It was bought.
    Bought,
    /// The cinema is asked whether the ticket may go back.
    BeingGivenBack,
    /// The ticket has gone back.
    GivenBack,
    /// The money has gone back, and nobody can prove that the ticket was not used.
    GivenBackUnproven,
    /// The guest was let in without proof that the ticket had not been used.
    WithoutProof,
    /// It contradicts another sale: a person must decide.
    Contradicts,
}
