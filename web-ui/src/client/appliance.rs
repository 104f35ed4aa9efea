//! What the kiosk asks the box beside what every counter answers.

use appliance_api::{PairRequest, Paired, StaffCall, Status};
use box_office::SaleId;
use counter_api::{Cinema, DayProgramme};

use super::Trouble;
use super::request::{get, post_again, post_once};

/// The cinema.
pub async fn cinema() -> Result<Cinema, Trouble> {
    get("/api/v1/cinema").await
}

/// What is on: on a business day, or today.
pub async fn programme(day: Option<&str>) -> Result<DayProgramme, Trouble> {
    match day {
        Some(day) => get(&format!("/api/v1/programme?day={day}")).await,
        None => get("/api/v1/programme").await,
    }
}

/// How link, printer and terminal are.
pub async fn status() -> Result<Status, Trouble> {
    get("/api/v1/status").await
}

/// Calls the staff to this kiosk.
pub async fn call_staff() -> Result<StaffCall, Trouble> {
    post_once("/api/v1/staff-call", &serde_json::json!({})).await
}

/// Makes this browser a device of the box by a one-time code.
pub async fn pair(code: &str, name: Option<String>) -> Result<Paired, Trouble> {
    let request = PairRequest {
        code: code.to_owned(),
        name,
    };
    post_once("/api/v1/pairings", &request).await
}

/// Says that the guest has the tickets of a sale.
pub async fn hand_over(sale: &SaleId) -> Result<(), Trouble> {
    post_again(&format!("/api/v1/sales/{sale}/handed-over")).await
}
