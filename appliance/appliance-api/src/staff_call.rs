//! Calling the staff to a kiosk.

use serde::{Deserialize, Serialize};

/// Answer to `POST /api/v1/staff-call`: somebody before this device calls the staff. Asked again within a minute it is the same call; later
/// it is said again how urgent it is. It ends when somebody of the staff has been there and says so at the box (`appliance attend`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffCall {
    /// Since when this device calls, RFC 3339 with the cinema's offset.
    pub since: String,
    /// When it called last.
    pub called_at: String,
    /// How often it has called since.
    pub times: u32,
    /// Whether head office hears it now. Otherwise it is seen only by whoever asks the box how it is (`appliance status`), and head office
    /// hears it once the line is up.
    pub head_office: bool,
}
