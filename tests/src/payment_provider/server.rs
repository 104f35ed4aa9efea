//! The provider's HTTP.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use box_office::{TenderId, TicketId};
use cloud_hub::payments::protocol::{
    Charge, ChargeRequest, ChargeState, Part, RefundRequest, Refused,
};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::book::{Card, Start, part_of};
use super::{Delivery, Shared, pages};

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, stop: CancellationToken) {
    let router = Router::new()
        .route("/v1/charges", post(charge).get(list))
        .route("/v1/charges/{reference}", get(look))
        .route("/v1/charges/{reference}/cancel", post(cancel))
        .route("/v1/charges/{reference}/refunds", post(refund))
        .route(
            "/v1/charges/{reference}/parts/{ticket}",
            put(refund_part).get(look_at_part),
        )
        .route("/control", post(control))
        .route("/sums.json", get(sums))
        .route("/", get(pages::book))
        .route("/steps/{reference}", get(pages::step))
        .route("/steps/{reference}/{answer}", post(pages::decide))
        .with_state(shared);
    tokio::select! {
        _ = async { axum::serve(listener, router).await } => stop.cancel(),
        () = stop.cancelled() => {}
    }
}

async fn charge(State(shared): State<Arc<Shared>>, Json(request): Json<ChargeRequest>) -> Response {
    let card: Card = match request.card.parse() {
        Ok(card) => card,
        Err(reason) => return refused(StatusCode::UNPROCESSABLE_ENTITY, &reason),
    };
    if request.amount_minor < 1 {
        let reason = "an amount is more than nothing";
        return refused(StatusCode::UNPROCESSABLE_ENTITY, reason);
    }
    let reference = request.reference.clone();
    let origin = shared.origin.clone();
    let (charge, event) = match shared.change(|book| book.start(request, card, &origin)) {
        Start::OtherAmount => return refused(StatusCode::CONFLICT, "known with another amount"),
        Start::Known(charge) => (charge, None),
        Start::New(charge, event) => (charge, Some(event)),
    };
    let tell = |times| shared.telling.tell(event.as_ref(), times);
    match card {
        Card::Approve | Card::Decline(_) | Card::Step => tell(1),
        Card::Twice => tell(2),
        Card::Late { after_ms } => {
            let late = Duration::from_millis(after_ms);
            shared.telling.tell_late(event.as_ref(), late);
            sleep(late).await;
        }
        Card::Vanish => {
            tell(1);
            return refused(StatusCode::BAD_GATEWAY, "the bank's line broke");
        }
        Card::Never => return answered(decided(&reference, &shared).await),
    }
    answered(Some(charge))
}

/// What became of a charge, as soon as something did.
async fn decided(reference: &TenderId, shared: &Shared) -> Option<Charge> {
    let mut changes = shared.changes.subscribe();
    loop {
        let charge = shared.book().find(reference).cloned()?;
        if charge.state != ChargeState::Waiting || changes.changed().await.is_err() {
            return Some(charge);
        }
    }
}

/// What a list begins after.
#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn list(State(shared): State<Arc<Shared>>, Query(after): Query<Since>) -> Response {
    Json(shared.book().since(after.since)).into_response()
}

async fn look(State(shared): State<Arc<Shared>>, Path(reference): Path<TenderId>) -> Response {
    answered(shared.book().find(&reference).cloned())
}

async fn cancel(State(shared): State<Arc<Shared>>, Path(reference): Path<TenderId>) -> Response {
    let (charge, event) = shared.change(|book| book.cancel(&reference));
    shared.telling.tell(event.as_ref(), 1);
    answered(Some(charge))
}

async fn refund(
    State(shared): State<Arc<Shared>>,
    Path(reference): Path<TenderId>,
    Json(request): Json<RefundRequest>,
) -> Response {
    match shared.change(|book| book.refund(&reference, &request)) {
        Ok(Some((charge, event))) => {
            shared.telling.tell(event.as_ref(), 1);
            answered(Some(charge))
        }
        Ok(None) => answered(None),
        Err(reason) => refused(StatusCode::CONFLICT, reason),
    }
}

async fn refund_part(
    State(shared): State<Arc<Shared>>,
    Path((reference, ticket)): Path<(TenderId, TicketId)>,
    Json(RefundRequest { amount_minor }): Json<RefundRequest>,
) -> Response {
    let part = Part {
        ticket,
        amount_minor,
    };
    match shared.change(|book| book.refund_part(&reference, part)) {
        Ok(Some((part, event))) => {
            shared.telling.tell(event.as_ref(), 1);
            Json(part).into_response()
        }
        Ok(None) => answered(None),
        Err(reason) => refused(StatusCode::CONFLICT, reason),
    }
}

async fn look_at_part(
    State(shared): State<Arc<Shared>>,
    Path((reference, ticket)): Path<(TenderId, TicketId)>,
) -> Response {
    let charge = shared.book().find(&reference).cloned();
    match charge.as_ref().and_then(|charge| part_of(charge, &ticket)) {
        Some(part) => Json(part).into_response(),
        None => answered(None),
    }
}

async fn control(State(shared): State<Arc<Shared>>, Json(delivery): Json<Delivery>) -> StatusCode {
    shared.telling.by(delivery);
    StatusCode::NO_CONTENT
}

async fn sums(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.sums()).into_response()
}

fn answered(charge: Option<Charge>) -> Response {
    match charge {
        Some(charge) => Json(charge).into_response(),
        None => refused(StatusCode::NOT_FOUND, "never heard of"),
    }
}

fn refused(status: StatusCode, reason: &str) -> Response {
    let reason = reason.to_owned();
    (status, Json(Refused { reason })).into_response()
}
