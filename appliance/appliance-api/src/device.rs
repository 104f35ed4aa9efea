//! Pairing a browser with the box.

use box_office::DeviceId;
use serde::{Deserialize, Serialize};

/// What a paired device may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// Sells to guests, by card.
    Kiosk,
    /// Sells over the counter, by cash and card.
    Till,
    /// Lets guests in.
    Door,
}

/// `POST /api/v1/pairings`: a one-time code becomes a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PairRequest {
    /// The code that `appliance pair kiosk` printed. Case and dashes do not matter.
    pub code: String,
    /// What people call the device: "Kiosk by the stairs"; at most 40 characters.
    pub name: Option<String>,
}

/// The answer to a pairing. A browser gets the token as a cookie too and need not keep it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Paired {
    /// The device.
    pub device: Device,
    /// For `Authorization: Bearer`; shown this once.
    pub token: String,
}

/// `GET /api/v1/device`: who the box thinks is asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Device {
    /// The device's id.
    pub id: DeviceId,
    /// What it may do.
    pub kind: DeviceKind,
    /// What people call it.
    pub name: String,
}
