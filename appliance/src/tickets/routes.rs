//! HTTP of tickets: as JSON, as a picture of the code, as a page to keep on a phone, and the keys that prove them.

use appliance_api::{Ticket, TicketKeys};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use box_office::TicketId;
use service::http::{Json, Path};

use crate::app::App;
use crate::error::Refused;

/// A ticket. Its id is 128 random bits: who knows it has it.
#[utoipa::path(get, path = "/api/v1/tickets/{id}", tag = "tickets", params(("id" = TicketId, Path)),
    responses((status = 200, body = Ticket), (status = 404, body = appliance_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn ticket(
    State(app): State<App>,
    Path(id): Path<TicketId>,
) -> Result<Json<Ticket>, Refused> {
    super::find(&app, id).await.map(|found| Json(found.ticket))
}

/// The ticket's code as a picture.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/code.svg", tag = "tickets", params(("id" = TicketId, Path)),
    responses((status = 200, content_type = "image/svg+xml", body = String),
        (status = 404, body = appliance_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn code(
    State(app): State<App>,
    Path(id): Path<TicketId>,
) -> Result<impl IntoResponse, Refused> {
    let found = super::find(&app, id).await?;
    let picture = super::code::svg(&found.ticket.code)
        .ok_or_else(|| Refused::Internal("a ticket's code does not fit".into()))?;
    Ok((
        [
            (CONTENT_TYPE, "image/svg+xml"),
            (CACHE_CONTROL, "private, max-age=600"),
        ],
        picture,
    ))
}

/// The ticket as a page.
pub(crate) async fn page(
    State(app): State<App>,
    Path(id): Path<TicketId>,
) -> Result<impl IntoResponse, Refused> {
    let found = super::find(&app, id).await?;
    let page = super::page::html(&found)
        .ok_or_else(|| Refused::Internal("a ticket's code does not fit".into()))?;
    Ok((
        [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CACHE_CONTROL, "private, no-cache"),
        ],
        page,
    ))
}

/// The public keys that verify tickets with any COSE library.
#[utoipa::path(get, path = "/api/v1/ticket-keys", tag = "tickets", responses((status = 200, body = TicketKeys)))]
pub(crate) async fn keys(State(app): State<App>) -> Result<Json<TicketKeys>, Refused> {
    super::keys(&app).map(Json)
}
