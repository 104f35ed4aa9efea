//! HTTP of where guests are written to.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use box_office::{CinemaId, HoldId};
use counter::Buyer;
use hub_api::Contact;
use service::http::{Json, Path};

use super::{ContactRefused, Notifications};

/// Keeps where whoever holds these seats is written to: their tickets go there, and what becomes of them.
#[utoipa::path(put, path = "/api/v1/cinemas/{cinema}/holds/{hold}/contact", tag = "guests", security(("guest" = [])),
    params(("cinema" = CinemaId, Path), ("hold" = HoldId, Path)), request_body = Contact,
    responses((status = 204), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn keep_address(
    State(notifications): State<Notifications>,
    Extension(buyer): Extension<Buyer>,
    Path((cinema, hold)): Path<(CinemaId, HoldId)>,
    Json(contact): Json<Contact>,
) -> Result<StatusCode, ContactRefused> {
    let keeping = notifications.keep_address(&cinema, (buyer, hold), &contact.email);
    keeping.await.map(|()| StatusCode::NO_CONTENT)
}
