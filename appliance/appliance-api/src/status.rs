//! What a screen's status line says.

use box_office::LinkTrouble;
use counter_api::IfCut;
use serde::{Deserialize, Serialize};

/// `GET /api/v1/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status {
    /// The line to the hub.
    pub link: LinkState,
    /// What a person must see to before the link does its work: there with `refused` and `update_needed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_trouble: Option<LinkTrouble>,
    /// Since when the link is as it is, in milliseconds.
    pub link_for_ms: u64,
    /// Sales that the hub has not acknowledged.
    pub unsent_sales: u64,
    /// What a cut of the line would leave to sell today: told to whom the staff work with, and only where there is a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_cut: Option<IfCut>,
    /// The printer of the device that asks.
    pub printer: PrinterState,
    /// The card terminal of the device that asks.
    pub terminal: TerminalState,
    /// Payments that wait for a person: nobody knows whether they were taken, or they are owed back.
    #[serde(default)]
    pub open_cases: u64,
    /// What could not go on and stops nothing else, until a person looks: tickets that were not printed, holds that cannot end.
    #[serde(default)]
    pub set_aside: u64,
    /// Seats of showtimes to come that are sold to nobody, for they may be sold already, until a person answers for them: told to whom the staff
    /// work with.
    #[serde(default)]
    pub kept_back: u64,
    /// How many parts of the box's program have failed and are begun again: somebody must look into its log.
    #[serde(default)]
    pub failing: u64,
    /// Why this device cannot sell, if it cannot: a short code for the screen, `F03`, and its words are the screen's.
    pub out_of_service: Option<String>,
    /// The device's name, if it is paired.
    pub device: Option<String>,
    /// The time at the box, RFC 3339 with the cinema's offset.
    pub now: String,
}

/// The line to the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// This box has not been enrolled with a hub.
    NotEnrolled,
    /// A session with the hub is open.
    Up,
    /// Cut, or not yet up. Selling goes on.
    Down,
    /// The hub or the broker refuses this box, or the box the hub; somebody must look.
    Refused,
    /// One of the two is too old for what the other tells, which waits.
    UpdateNeeded,
}

/// The printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PrinterState {
    /// Ready.
    Ready,
    /// Paper is nearly at its end.
    PaperLow,
    /// No paper.
    PaperOut,
    /// Open.
    CoverOpen,
    /// A fault that it reports itself.
    Fault,
    /// It does not answer.
    Unreachable,
    /// None is set up.
    None,
}

/// The card terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TerminalState {
    /// Ready.
    Ready,
    /// It does not answer.
    Unreachable,
    /// None is set up.
    None,
}
