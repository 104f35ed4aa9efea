//! What a screen's status line says.

use serde::{Deserialize, Serialize};

/// `GET /api/v1/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status {
    /// The line to the hub.
    pub link: LinkState,
    /// Since when the link is as it is, in milliseconds.
    pub link_for_ms: u64,
    /// What keeps it from being up, if that is known.
    #[serde(default)]
    pub link_trouble: Option<LinkTrouble>,
    /// Sales that the hub has not acknowledged.
    pub unsent_sales: u64,
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
    /// The hub refuses this box; somebody must look.
    Refused,
}

/// What keeps the line to the hub's broker from being there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkTrouble {
    /// Nobody answers there.
    Unreachable,
    /// What answers there speaks no TLS that is safe.
    NoTls,
    /// The broker's certificate is signed by nobody who is trusted.
    NotTrusted,
    /// The broker's certificate is for another name.
    OtherName,
    /// The broker's certificate has expired, or a clock is wrong.
    Expired,
    /// The broker wants a certificate, and the box has none.
    CertificateWanted,
    /// The broker refuses the box's certificate.
    CertificateRefused,
    /// The broker does not let the box in.
    NotLetIn,
    /// The box's own files for the line cannot be used.
    OurFiles,
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
