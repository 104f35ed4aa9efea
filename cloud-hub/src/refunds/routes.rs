//! HTTP of refunds, for head office.

use axum::extract::State;
use axum::http::StatusCode;
use box_office::TicketId;
use counter::Repeat;
use counter::refunds::{Decision, Matter, RefundRefused, Said, shown};
use counter_api::Refunds;
use hub_api::{RefundDecision, RefundMatter, RefundOrder, RefundWord};
use service::http::{Body, IdempotencyKey, Json, Path};

use super::Wanted;
use crate::app::App;
use crate::operators::routes::Operator;

/// Asks tickets of a guest at home back, at any time.
#[utoipa::path(post, path = "/api/v1/head-office/refunds", tag = "head office", security(("session" = [])),
    params(("Idempotency-Key" = String, Header)), request_body = RefundOrder,
    responses((status = 202, body = Refunds), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn ask(
    Operator(who): Operator,
    State(app): State<App>,
    key: IdempotencyKey,
    request: Body<RefundOrder>,
) -> Result<(StatusCode, Json<Refunds>), RefundRefused> {
    let RefundOrder {
        cinema,
        sale,
        tickets,
        reason,
    } = request.value;
    let repeat = Repeat::new(key, sale.as_str(), &request.bytes);
    let wanted = Wanted {
        cinema,
        sale,
        tickets,
        reason,
    };
    let (at, asked) = super::ask(&app.counter, &who.operator.to_string(), wanted, repeat).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&at, asked))))
}

/// Decides about a ticket whose guest was let in, or whose money nobody gives back by themselves.
#[utoipa::path(post, path = "/api/v1/head-office/refunds/{ticket}", tag = "head office", security(("session" = [])),
    params(("ticket" = TicketId, Path)), request_body = RefundDecision,
    responses((status = 204), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn decide(
    Operator(who): Operator,
    State(app): State<App>,
    Path(ticket): Path<TicketId>,
    Json(request): Json<RefundDecision>,
) -> Result<StatusCode, RefundRefused> {
    let decision = match request.decision {
        RefundWord::GiveBack => Decision::GiveBack,
        RefundWord::Keep => Decision::Keep,
        RefundWord::GivenBack => Decision::GivenBack,
        RefundWord::Seen => Decision::Seen,
    };
    let by = who.operator.to_string();
    let with = (
        &app.counter,
        &app.base.database,
        app.base.machine.clock.now(),
    );
    let said = Said {
        by: &by,
        reason: &request.reason,
        given_minor: request.given_minor,
        about: request.about.map(|about| match about {
            RefundMatter::Admitted => Matter::Admitted,
            RefundMatter::TooMuch => Matter::TooMuch,
        }),
    };
    super::decide(with, ticket, decision, said).await?;
    Ok(StatusCode::NO_CONTENT)
}
