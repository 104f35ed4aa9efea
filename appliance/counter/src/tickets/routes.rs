//! HTTP of tickets: as JSON, as a picture of the code, as a page to keep on a phone, and the keys that prove them.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use box_office::{SaleId, TicketId};
use counter_api::{Ticket, TicketKeys};
use service::http::{Json, Path};

use super::TicketRefused;
use crate::Fault;
use crate::counter::At;
use crate::extract::Named;

/// A ticket. Its id is 128 random bits: who knows it has it.
#[utoipa::path(get, path = "/api/v1/tickets/{id}", tag = "tickets", params(("id" = TicketId, Path)),
    responses((status = 200, body = Ticket), (status = 404, body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn ticket(
    at: At,
    Path(Named { id }): Path<Named<TicketId>>,
) -> Result<Json<Ticket>, TicketRefused> {
    super::find(&at, id).await.map(|found| Json(found.ticket))
}

/// The ticket's code as a picture.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/code.svg", tag = "tickets", params(("id" = TicketId, Path)),
    responses((status = 200, content_type = "image/svg+xml", body = String),
        (status = 404, body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn code(
    at: At,
    Path(Named { id }): Path<Named<TicketId>>,
) -> Result<impl IntoResponse, TicketRefused> {
    let found = super::find(&at, id).await?;
    let picture = super::code::svg(&found.ticket.code)
        .ok_or_else(|| Fault::Broken("a ticket's code does not fit".into()))?;
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
    at: At,
    Path(Named { id }): Path<Named<TicketId>>,
) -> Result<impl IntoResponse, TicketRefused> {
    let found = super::find(&at, id).await?;
    let page = super::page::html(&[found], None)
        .ok_or_else(|| Fault::Broken("a ticket's code does not fit".into()))?;
    Ok((
        [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CACHE_CONTROL, "private, no-cache"),
        ],
        page,
    ))
}

/// An order as a page: its tickets one below the other.
pub(crate) async fn order(
    at: At,
    Path(Named { id }): Path<Named<SaleId>>,
) -> Result<impl IntoResponse, TicketRefused> {
    let order = super::find_order(&at, id).await?;
    let page = super::page::html(&order.tickets, Some((order.total, &order.collection_code)))
        .ok_or_else(|| Fault::Broken("a ticket's code does not fit".into()))?;
    Ok((
        [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CACHE_CONTROL, "private, no-cache"),
        ],
        page,
    ))
}

/// How the page looks.
pub(crate) async fn style() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, super::page::STYLE)
}

/// The public keys that verify tickets with any COSE library.
#[utoipa::path(get, path = "/api/v1/ticket-keys", tag = "tickets", responses((status = 200, body = TicketKeys)))]
pub(crate) async fn keys(at: At) -> Json<TicketKeys> {
    Json(super::keys(&at))
}
