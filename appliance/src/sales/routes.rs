//! HTTP of sales.

use appliance_api::{Sale, SettleRequest};
use axum::extract::State;
use box_office::{HoldId, Money, SaleId};
use service::http::{Body, IdempotencyKey, Json, Path};

use super::Sold;
use crate::app::App;
use crate::devices::routes::Seller;
use crate::error::Refused;
use crate::repeats::Repeat;
use crate::{printing, tenders, tickets};

/// Issues the tickets.
#[utoipa::path(post, path = "/api/v1/holds/{id}/settle", tag = "selling", security(("token" = [])),
    params(("id" = HoldId, Path), ("Idempotency-Key" = String, Header)), request_body = SettleRequest,
    responses((status = 200, body = Sale), (status = "4XX", body = appliance_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn settle(
    State(app): State<App>,
    seller: Seller,
    Path(id): Path<HoldId>,
    key: IdempotencyKey,
    request: Body<SettleRequest>,
) -> Result<Json<Sale>, Refused> {
    if request.value.cash_given_minor.is_some() && !seller.takes_cash() {
        return Err(Refused::NoCashHere);
    }
    let repeat = Repeat::new(key, id.as_str(), &request.bytes);
    let sold = super::settle(&app, &seller.0, id, request.value, repeat).await?;
    shown(&app, sold).await.map(Json)
}

/// A sale, with where its paper is.
#[utoipa::path(get, path = "/api/v1/sales/{id}", tag = "selling", security(("token" = [])), params(("id" = SaleId, Path)),
    responses((status = 200, body = Sale), (status = "4XX", body = appliance_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn sale(
    State(app): State<App>,
    Seller(device): Seller,
    Path(id): Path<SaleId>,
) -> Result<Json<Sale>, Refused> {
    let sold = super::look(&app, &device, id).await?;
    shown(&app, sold).await.map(Json)
}

async fn shown(app: &App, sold: Sold) -> Result<Sale, Refused> {
    let scheduled = app
        .catalogue
        .showtime(&sold.sale.showtime)
        .ok_or(Refused::UnknownShowtime)?;
    let (currency, zone) = app
        .catalogue
        .currency()
        .zip(app.catalogue.zone())
        .ok_or(Refused::UnknownShowtime)?;
    let money = |minor| Money::new(minor, currency);
    let signer = tickets::signer(app)?;
    let Sold {
        sale,
        tickets,
        tenders,
    } = sold;
    Ok(Sale {
        paper: printing::paper_of(app, &sale.id).await?,
        hold: sale.hold,
        receipt_number: format!("{}-{:06}", sale.series, sale.number),
        sold_at: crate::catalogue::local(sale.sold_at, &zone),
        showtime: sale.showtime,
        tickets: tickets
            .into_iter()
            .map(|ticket| tickets::shown(ticket, scheduled.plan.layout(), currency, &signer))
            .collect(),
        total: money(sale.total_minor),
        tax: money(sale.tax_minor),
        tenders: tenders
            .into_iter()
            .map(|tender| tenders::routes::shown(tender, currency))
            .collect(),
        change: money(sale.change_minor),
        collection_code: sale.collection_code,
        id: sale.id,
    })
}
