//! Every question that the kiosk asks the box.

use appliance_api::{PairRequest, Paired, StaffCall, Status};
use box_office::{HoldId, SaleId, SeatKind, ShowtimeId, TenderId};
use counter_api::{
    BestAvailable, CardRequest, Cinema, DayProgramme, Hold, HoldRequest, Sale, SeatChoice, SeatMap,
    SettleRequest, ShowtimeWithLayout, Tender, TenderRequest, UnderWay,
};

use super::Trouble;
use super::request::{delete, get, post, post_again, post_once, put};
use crate::words::Language;

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

/// A showtime with its room and prices.
pub async fn showtime(id: &ShowtimeId) -> Result<ShowtimeWithLayout, Trouble> {
    get(&format!("/api/v1/showtimes/{id}")).await
}

/// The seats of a showtime as they are now.
pub async fn seats(id: &ShowtimeId) -> Result<SeatMap, Trouble> {
    get(&format!("/api/v1/showtimes/{id}/seats")).await
}

/// The `nth` best free seats together, those of one's own hold among them, of one kind only if one is named; nothing is held.
pub async fn best_available(
    id: &ShowtimeId,
    (count, nth): (u32, u32),
    only: Option<SeatKind>,
    hold: Option<&HoldId>,
) -> Result<BestAvailable, Trouble> {
    let kind = match only {
        None => String::new(),
        // Whoever comes along sits beside it.
        Some(SeatKind::Wheelchair | SeatKind::Companion) => "&wheelchairs=1".to_owned(),
        Some(kind) => format!("&kind={}", kind.word()),
    };
    let hold = hold.map_or_else(String::new, |hold| format!("&hold={hold}"));
    let asked =
        format!("/api/v1/showtimes/{id}/best-available?count={count}&nth={nth}{kind}{hold}");
    get(&asked).await
}

/// Holds seats, for a guest who speaks `language`.
pub async fn hold(
    showtime: &ShowtimeId,
    seats: Vec<SeatChoice>,
    language: Language,
) -> Result<Hold, Trouble> {
    post(
        &format!("/api/v1/showtimes/{showtime}/holds"),
        &request(seats, language),
    )
    .await
}

/// Other seats or ticket kinds for a hold.
pub async fn choose(
    hold: &HoldId,
    seats: Vec<SeatChoice>,
    language: Language,
) -> Result<Hold, Trouble> {
    put(
        &format!("/api/v1/holds/{hold}/seats"),
        &request(seats, language),
    )
    .await
}

fn request(seats: Vec<SeatChoice>, language: Language) -> HoldRequest {
    HoldRequest {
        seats,
        language: Some(language.short().to_owned()),
    }
}

/// What of this device's is under way, the newest first.
pub async fn under_way() -> Result<UnderWay, Trouble> {
    get("/api/v1/holds").await
}

/// A hold as it is now.
pub async fn look(hold: &HoldId) -> Result<Hold, Trouble> {
    get(&format!("/api/v1/holds/{hold}")).await
}

/// More time for a hold.
pub async fn extend(hold: &HoldId) -> Result<Hold, Trouble> {
    post(
        &format!("/api/v1/holds/{hold}/extend"),
        &serde_json::json!({}),
    )
    .await
}

/// Gives the seats of a hold back.
pub async fn release(hold: &HoldId) -> Result<(), Trouble> {
    delete(&format!("/api/v1/holds/{hold}")).await
}

/// Asks the card terminal for what is left to pay of a hold as it was shown, of a guest who goes without paper or not.
pub async fn pay_by_card(shown: &Hold, is_paperless: bool) -> Result<Tender, Trouble> {
    let card = CardRequest {
        card: None,
        paperless: is_paperless,
        total_minor: Some(shown.basket.total.minor),
        seats: shown.basket.choices(),
    };
    post(
        &format!("/api/v1/holds/{}/tenders", shown.id),
        &TenderRequest::Card(card),
    )
    .await
}

/// Asks the terminal to stop; the outcome is in the hold.
pub async fn cancel(tender: &TenderId) -> Result<(), Trouble> {
    delete(&format!("/api/v1/tenders/{tender}")).await
}

/// Issues the tickets of a hold that costs nothing, as it was shown.
pub async fn settle(shown: &Hold, is_paperless: bool) -> Result<Sale, Trouble> {
    let request = SettleRequest {
        paperless: is_paperless,
        total_minor: Some(shown.basket.total.minor),
        seats: shown.basket.choices(),
        ..SettleRequest::default()
    };
    post(&format!("/api/v1/holds/{}/settle", shown.id), &request).await
}

/// A sale with its tickets and the state of its paper.
pub async fn sale(id: &SaleId) -> Result<Sale, Trouble> {
    get(&format!("/api/v1/sales/{id}")).await
}

/// Says that the guest has the tickets of a sale.
pub async fn hand_over(sale: &SaleId) -> Result<(), Trouble> {
    post_again(&format!("/api/v1/sales/{sale}/handed-over")).await
}
