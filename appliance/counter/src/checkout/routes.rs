//! HTTP of holds, payments and sales.

use axum::Extension;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use box_office::checkout::Means;
use box_office::{HoldId, Money, SaleId, ShowtimeId, TenderId};
use counter_api::{
    Basket, CardRequest, Hold, HoldRequest, HoldState, Line, Sale, SettleRequest, Tender,
    TenderRequest, TenderWay, UnderWay, Warning,
};
use service::http::{Body, IdempotencyKey, Json, Path, Wait};

use super::{CheckoutRefused, PurchaseNow, Shown, Tendered, shown_state};
use crate::catalogue::local;
use crate::counter::At;
use crate::extract::{Buying, Named};
use crate::repeats::Repeat;
use crate::sold::{PaymentRow, Sold};
use crate::tickets;

/// Holds seats: all of them or none.
#[utoipa::path(post, path = "/api/v1/showtimes/{id}/holds", tag = "selling", security(("token" = [])),
    params(("id" = ShowtimeId, Path), ("Idempotency-Key" = String, Header)), request_body = HoldRequest,
    responses((status = 201, body = Hold), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn hold(
    at: At,
    Extension(buyer): Buying,
    Path(Named { id }): Path<Named<ShowtimeId>>,
    key: IdempotencyKey,
    request: Body<HoldRequest>,
) -> Result<(StatusCode, Json<Hold>), CheckoutRefused> {
    let repeat = Repeat::new(key, id.as_str(), &request.bytes);
    let held = super::hold(&at, &buyer, id, request.value, repeat).await?;
    Ok((StatusCode::CREATED, Json(shown(&at, held))))
}

/// What of the device's is under way, the newest first: what is chosen, being paid, or sold and not handed over.
#[utoipa::path(get, path = "/api/v1/holds", tag = "selling", security(("token" = [])),
    responses((status = 200, body = UnderWay), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn under_way(
    at: At,
    Extension(buyer): Buying,
) -> Result<Json<UnderWay>, CheckoutRefused> {
    let found = super::under_way(&at, &buyer).await?;
    let holds = found.into_iter().map(|now| shown(&at, now)).collect();
    Ok(Json(UnderWay { holds }))
}

/// A hold as it stands. With `Prefer: wait=5` it is answered once something has become of the payment that is under way, or after five seconds
/// (RFC 7240; ten at most).
#[utoipa::path(get, path = "/api/v1/holds/{id}", tag = "selling", security(("token" = [])),
    params(("id" = HoldId, Path), ("Prefer" = Option<String>, Header)),
    responses((status = 200, body = Hold), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn look(
    at: At,
    Extension(buyer): Buying,
    Path(Named { id }): Path<Named<HoldId>>,
    Wait(wait): Wait,
) -> Result<Json<Hold>, CheckoutRefused> {
    let held = super::look_for(&at, &buyer, id, wait).await?;
    Ok(Json(shown(&at, held)))
}

/// Chooses anew: other seats, other kinds of ticket. All or none; the time goes on.
#[utoipa::path(put, path = "/api/v1/holds/{id}/seats", tag = "selling", security(("token" = [])), params(("id" = HoldId, Path)),
    request_body = HoldRequest,
    responses((status = 200, body = Hold), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn choose(
    at: At,
    Extension(buyer): Buying,
    Path(Named { id }): Path<Named<HoldId>>,
    Json(request): Json<HoldRequest>,
) -> Result<Json<Hold>, CheckoutRefused> {
    let held = super::choose(&at, &buyer, id, request).await?;
    Ok(Json(shown(&at, held)))
}

/// More time: as much as a new hold has, ten times over at least.
#[utoipa::path(post, path = "/api/v1/holds/{id}/extend", tag = "selling", security(("token" = [])), params(("id" = HoldId, Path)),
    responses((status = 200, body = Hold), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn extend(
    at: At,
    Extension(buyer): Buying,
    Path(Named { id }): Path<Named<HoldId>>,
) -> Result<Json<Hold>, CheckoutRefused> {
    let held = super::extend(&at, &buyer, id).await?;
    Ok(Json(shown(&at, held)))
}

/// Gives the seats back.
#[utoipa::path(delete, path = "/api/v1/holds/{id}", tag = "selling", security(("token" = [])), params(("id" = HoldId, Path)),
    responses((status = 204), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn release(
    at: At,
    Extension(buyer): Buying,
    Path(Named { id }): Path<Named<HoldId>>,
) -> Result<StatusCode, CheckoutRefused> {
    super::release(&at, &buyer, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Pays: cash that was counted is recorded at once (201), a card is taken by the terminal (202; the hold tells the outcome).
#[utoipa::path(post, path = "/api/v1/holds/{id}/tenders", tag = "selling", security(("token" = [])),
    params(("id" = HoldId, Path), ("Idempotency-Key" = String, Header)), request_body = TenderRequest,
    responses((status = 201, body = Tender), (status = 202, body = Tender),
        (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn tender(
    at: At,
    Extension(buyer): Buying,
    Path(Named { id }): Path<Named<HoldId>>,
    key: IdempotencyKey,
    request: Body<TenderRequest>,
) -> Result<(StatusCode, Json<Tender>), CheckoutRefused> {
    let repeat = Repeat::new(key, id.as_str(), &request.bytes);
    let (status, tendered) = match request.value {
        TenderRequest::Cash { .. } if !buyer.limits.cash => {
            return Err(CheckoutRefused::NoCashHere);
        }
        TenderRequest::Cash { given_minor } => {
            (StatusCode::CREATED, Tendered::Cash { given_minor })
        }
        TenderRequest::Card(CardRequest {
            card,
            paperless,
            total_minor,
            seats,
            refunds_until,
            refunds_kept_minor,
        }) => (
            StatusCode::ACCEPTED,
            Tendered::Card {
                card,
                is_paperless: paperless,
                shown: Shown {
                    total_minor,
                    seats,
                    refunds_until,
                    refunds_kept_minor,
                },
            },
        ),
    };
    let payment = super::tender(&at, &buyer, id, tendered, repeat).await?;
    Ok((status, Json(shown_payment(payment))))
}

/// Asks the terminal to stop; the hold tells what came of it.
#[utoipa::path(delete, path = "/api/v1/tenders/{id}", tag = "selling", security(("token" = [])), params(("id" = TenderId, Path)),
    responses((status = 202, body = Tender), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn cancel(
    at: At,
    Extension(buyer): Buying,
    Path(Named { id }): Path<Named<TenderId>>,
) -> Result<(StatusCode, Json<Tender>), CheckoutRefused> {
    let payment = super::cancel(&at, &buyer, id).await?;
    Ok((StatusCode::ACCEPTED, Json(shown_payment(payment))))
}

/// Issues the tickets.
#[utoipa::path(post, path = "/api/v1/holds/{id}/settle", tag = "selling", security(("token" = [])),
    params(("id" = HoldId, Path), ("Idempotency-Key" = String, Header)), request_body = SettleRequest,
    responses((status = 200, body = Sale), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn settle(
    at: At,
    Extension(buyer): Buying,
    Path(Named { id }): Path<Named<HoldId>>,
    key: IdempotencyKey,
    request: Body<SettleRequest>,
) -> Result<Json<Sale>, CheckoutRefused> {
    if request.value.cash_given_minor.is_some() && !buyer.limits.cash {
        return Err(CheckoutRefused::NoCashHere);
    }
    let repeat = Repeat::new(key, id.as_str(), &request.bytes);
    let sold = super::settle(&at, &buyer, id, request.value, repeat).await?;
    Ok(Json(shown_sale(&at, sold)))
}

/// A sale, with where its paper is.
#[utoipa::path(get, path = "/api/v1/sales/{id}", tag = "selling", security(("token" = [])), params(("id" = SaleId, Path)),
    responses((status = 200, body = Sale), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn sale(
    at: At,
    Extension(buyer): Buying,
    Path(Named { id }): Path<Named<SaleId>>,
) -> Result<Json<Sale>, CheckoutRefused> {
    let sold = super::look_at_sale(&at, &buyer, id).await?;
    Ok(Json(shown_sale(&at, sold)))
}

/// The address of the page of all tickets of a sale as a picture, for a phone's camera.
#[utoipa::path(get, path = "/api/v1/sales/{id}/page.svg", tag = "selling", security(("token" = [])), params(("id" = SaleId, Path)),
    responses((status = 200, content_type = "image/svg+xml", body = String),
        (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn page_code(
    at: At,
    Extension(buyer): Buying,
    Path(Named { id }): Path<Named<SaleId>>,
) -> Result<impl IntoResponse, CheckoutRefused> {
    let picture = super::page_code(&at, &buyer, id).await?;
    let headers = [
        (CONTENT_TYPE, "image/svg+xml"),
        (CACHE_CONTROL, "private, max-age=600"),
    ];
    Ok((headers, picture))
}

/// The guest has the tickets: the sale is not under way any more.
#[utoipa::path(post, path = "/api/v1/sales/{id}/handed-over", tag = "selling", security(("token" = [])), params(("id" = SaleId, Path)),
    responses((status = 204), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn hand_over(
    at: At,
    Extension(buyer): Buying,
    Path(Named { id }): Path<Named<SaleId>>,
) -> Result<StatusCode, CheckoutRefused> {
    super::hand_over(&at, &buyer, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(at: &At, now: PurchaseNow) -> Hold {
    use box_office::checkout::{Payment, Purchase};
    let PurchaseNow {
        hold,
        showtime,
        payments,
        sale,
        left_alone,
        lost,
    } = now;
    let money = |minor| Money::new(minor, hold.currency);
    let scheduled = at.showtime(&showtime);
    let terms = scheduled.and_then(|it| hold.told_terms(at, it.showtime.starts_at));
    let terms = terms.unwrap_or_default();
    let left_ms = hold.state.left_ms(at.running_ms());
    let single = Warning {
        code: "single_seat_left".into(),
        seats: left_alone.seats,
        instead: left_alone.instead,
    };
    let lost = Warning {
        code: "seats_lost".into(),
        seats: lost,
        instead: Vec::new(),
    };
    let warnings = [single, lost].into_iter();
    let warnings = warnings.filter(|it| !it.seats.is_empty()).collect();
    let paid_minor = payments
        .iter()
        .map(|payment| payment.state)
        .map(Payment::paid_minor)
        .sum();
    Hold {
        showtime,
        expires_in_ms: u64::try_from(left_ms).unwrap_or(0),
        extendable: hold.is_extendable(at),
        state: match hold.state {
            Purchase::Open { .. } => HoldState::Open,
            Purchase::Paying { .. } | Purchase::Releasing => HoldState::Paying,
            Purchase::Settled => HoldState::Settled,
            Purchase::Ended => HoldState::Ended,
        },
        basket: Basket {
            total: money(hold.total_minor),
            tax: money(hold.tax_minor),
            paid: money(paid_minor),
            lines: hold
                .lines
                .iter()
                .map(|line| Line {
                    seat: line.seat.clone(),
                    ticket_kind: line.kind.clone(),
                    price: money(line.price_minor),
                    tax: money(line.tax_minor),
                })
                .collect(),
        },
        warnings,
        tenders: payments.into_iter().map(shown_payment).collect(),
        sale,
        refunds_until: terms.until,
        refunds_kept: terms.kept,
        id: hold.id,
    }
}

fn shown_payment(payment: PaymentRow) -> Tender {
    Tender {
        amount: payment.amount(),
        given: payment
            .given_minor
            .map(|given| Money::new(given, payment.currency)),
        id: payment.id,
        way: match payment.means {
            Means::Cash => TenderWay::Cash,
            Means::Card => TenderWay::Card,
        },
        state: shown_state(payment.state),
        card: payment.slip,
        step: payment.step,
        declined: payment.declined,
    }
}

fn shown_sale(at: &At, sold: Sold) -> Sale {
    let (catalogue, signer) = (at.catalogue(), tickets::signer(at));
    let money = |minor| Money::new(minor, sold.sale.currency);
    Sale {
        paper: sold.paper,
        receipt_number: sold.receipt_number(),
        sold_at: local(sold.sale.sold_at, catalogue.zone()),
        tickets: sold
            .tickets
            .into_iter()
            .map(|ticket| tickets::shown(ticket, &sold.showtime, &signer))
            .collect(),
        total: money(sold.sale.total_minor),
        tax: money(sold.sale.tax_minor),
        tenders: sold.payments.into_iter().map(shown_payment).collect(),
        change: money(sold.sale.change_minor),
        collection_code: sold.sale.collection_code,
        page: at.ports.order_page(at.cinema(), &sold.sale.id),
        hold: sold.sale.hold,
        id: sold.sale.id,
        showtime: sold.showtime,
    }
}
