//! HTTP of payments.

use appliance_api::{Tender, TenderRequest};
use axum::extract::State;
use axum::http::StatusCode;
use box_office::{Currency, HoldId, Money, TenderId};
use service::http::{Body, IdempotencyKey, Json, Path};

use super::TenderRow;
use crate::app::App;
use crate::devices::routes::Seller;
use crate::error::Refused;
use crate::repeats::Repeat;

/// Pays: cash that was counted is recorded at once (201), a card is taken by the terminal (202; the hold tells the outcome).
#[utoipa::path(post, path = "/api/v1/holds/{id}/tenders", tag = "selling", security(("token" = [])),
    params(("id" = HoldId, Path), ("Idempotency-Key" = String, Header)), request_body = TenderRequest,
    responses((status = 201, body = Tender), (status = 202, body = Tender),
        (status = "4XX", body = appliance_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn tender(
    State(app): State<App>,
    seller: Seller,
    Path(id): Path<HoldId>,
    key: IdempotencyKey,
    request: Body<TenderRequest>,
) -> Result<(StatusCode, Json<Tender>), Refused> {
    let repeat = Repeat::new(key, id.as_str(), &request.bytes);
    let currency = app.catalogue.currency().ok_or(Refused::UnknownHold)?;
    let (status, tender) = match request.value {
        TenderRequest::Cash { .. } if !seller.takes_cash() => return Err(Refused::NoCashHere),
        TenderRequest::Cash { given_minor } => (
            StatusCode::CREATED,
            super::cash(&app, &seller.0, id, given_minor, repeat).await?,
        ),
        TenderRequest::Card(_) => (
            StatusCode::ACCEPTED,
            super::card(&app, &seller.0, id, repeat).await?,
        ),
    };
    Ok((status, Json(shown(tender, currency))))
}

/// Asks the terminal to stop; the hold tells what came of it.
#[utoipa::path(delete, path = "/api/v1/tenders/{id}", tag = "selling", security(("token" = [])), params(("id" = TenderId, Path)),
    responses((status = 202, body = Tender), (status = "4XX", body = appliance_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn cancel(
    State(app): State<App>,
    Seller(device): Seller,
    Path(id): Path<TenderId>,
) -> Result<(StatusCode, Json<Tender>), Refused> {
    let currency = app.catalogue.currency().ok_or(Refused::UnknownTender)?;
    let tender = super::cancel(&app, &device, id).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(tender, currency))))
}

pub(crate) fn shown(tender: TenderRow, currency: Currency) -> Tender {
    Tender {
        id: tender.id,
        way: tender.way,
        amount: Money::new(tender.amount_minor, currency),
        state: tender.state.shown(),
        card: tender.slip,
        given: tender.given_minor.map(|given| Money::new(given, currency)),
    }
}
