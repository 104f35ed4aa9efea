//! HTTP of holds.

use appliance_api::{Basket, Hold, HoldRequest, Line, Warning};
use axum::extract::State;
use axum::http::StatusCode;
use box_office::{Currency, HoldId, Money, ShowtimeId};
use service::http::{Body, IdempotencyKey, Json, Path};

use super::HoldNow;
use crate::app::App;
use crate::devices::routes::Seller;
use crate::error::Refused;
use crate::repeats::Repeat;
use crate::tenders;

/// Holds seats: all of them or none.
#[utoipa::path(post, path = "/api/v1/showtimes/{id}/holds", tag = "selling", security(("token" = [])),
    params(("id" = ShowtimeId, Path), ("Idempotency-Key" = String, Header)), request_body = HoldRequest,
    responses((status = 201, body = Hold), (status = "4XX", body = appliance_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn hold(
    State(app): State<App>,
    Seller(device): Seller,
    Path(id): Path<ShowtimeId>,
    key: IdempotencyKey,
    request: Body<HoldRequest>,
) -> Result<(StatusCode, Json<Hold>), Refused> {
    let repeat = Repeat::new(key, id.as_str(), &request.bytes);
    let held = super::hold(&app, &device, id, request.value, repeat).await?;
    Ok((StatusCode::CREATED, Json(shown(&app, held)?)))
}

/// A hold as it stands.
#[utoipa::path(get, path = "/api/v1/holds/{id}", tag = "selling", security(("token" = [])), params(("id" = HoldId, Path)),
    responses((status = 200, body = Hold), (status = "4XX", body = appliance_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn look(
    State(app): State<App>,
    Seller(device): Seller,
    Path(id): Path<HoldId>,
) -> Result<Json<Hold>, Refused> {
    let held = super::look(&app, &device, id).await?;
    shown(&app, held).map(Json)
}

/// Chooses anew: other seats, other kinds of ticket. All or none; the time goes on.
#[utoipa::path(put, path = "/api/v1/holds/{id}/seats", tag = "selling", security(("token" = [])), params(("id" = HoldId, Path)),
    request_body = HoldRequest,
    responses((status = 200, body = Hold), (status = "4XX", body = appliance_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn choose(
    State(app): State<App>,
    Seller(device): Seller,
    Path(id): Path<HoldId>,
    Json(request): Json<HoldRequest>,
) -> Result<Json<Hold>, Refused> {
    let held = super::choose(&app, &device, id, request).await?;
    shown(&app, held).map(Json)
}

/// More time, once.
#[utoipa::path(post, path = "/api/v1/holds/{id}/extend", tag = "selling", security(("token" = [])), params(("id" = HoldId, Path)),
    responses((status = 200, body = Hold), (status = "4XX", body = appliance_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn extend(
    State(app): State<App>,
    Seller(device): Seller,
    Path(id): Path<HoldId>,
) -> Result<Json<Hold>, Refused> {
    let held = super::extend(&app, &device, id).await?;
    shown(&app, held).map(Json)
}

/// Gives the seats back.
#[utoipa::path(delete, path = "/api/v1/holds/{id}", tag = "selling", security(("token" = [])), params(("id" = HoldId, Path)),
    responses((status = 204), (status = "4XX", body = appliance_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn release(
    State(app): State<App>,
    Seller(device): Seller,
    Path(id): Path<HoldId>,
) -> Result<StatusCode, Refused> {
    super::release(&app, &device, id)
        .await
        .map(|()| StatusCode::NO_CONTENT)
}

fn shown(app: &App, held: HoldNow) -> Result<Hold, Refused> {
    let currency = app.catalogue.currency().ok_or(Refused::UnknownShowtime)?;
    let money = |minor| Money::new(minor, currency);
    let HoldNow {
        row,
        tenders,
        sale,
        left_alone,
    } = held;
    let left = row.left_at(app.clock.monotonic());
    let warnings = match left_alone.is_empty() {
        true => Vec::new(),
        false => vec![Warning {
            code: "single_seat_left".into(),
            seats: left_alone,
        }],
    };
    let basket = Basket {
        total: money(row.total_minor),
        tax: money(row.tax_minor),
        paid: money(tenders::paid_minor(&tenders)),
        lines: row
            .lines
            .into_iter()
            .map(|line| shown_line(line, currency))
            .collect(),
    };
    Ok(Hold {
        id: row.id,
        showtime: row.showtime,
        expires_in_ms: u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
        extendable: !row.extended,
        state: row.state,
        basket,
        warnings,
        tenders: tenders
            .into_iter()
            .map(|tender| tenders::routes::shown(tender, currency))
            .collect(),
        sale,
    })
}

fn shown_line(line: super::StoredLine, currency: Currency) -> Line {
    let (price, tax) = (
        Money::new(line.price_minor, currency),
        Money::new(line.tax_minor, currency),
    );
    Line {
        seat: line.seat,
        ticket_kind: line.kind,
        price,
        tax,
    }
}
