//! HTTP of refunds, for those who bought.

use axum::Extension;
use axum::http::StatusCode;
use box_office::SaleId;
use box_office::checkout;
use counter_api::{Refund, RefundRequest, RefundState, Refunds};
use service::http::{Body, IdempotencyKey, Json, Path};

use super::{Asker, OfSale, RefundRefused, Wanted};
use crate::catalogue::local;
use crate::counter::At;
use crate::extract::{Buying, Named};
use crate::repeats::Repeat;

/// Gives tickets back: the cinema is asked whether their guests were let in, and the answer here says where each stands.
#[utoipa::path(post, path = "/api/v1/sales/{id}/refunds", tag = "selling", security(("token" = [])),
    params(("id" = SaleId, Path), ("Idempotency-Key" = String, Header)), request_body = RefundRequest,
    responses((status = 202, body = Refunds), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn ask(
    at: At,
    Extension(buyer): Buying,
    Path(Named { id }): Path<Named<SaleId>>,
    key: IdempotencyKey,
    request: Body<RefundRequest>,
) -> Result<(StatusCode, Json<Refunds>), RefundRefused> {
    let repeat = Repeat::new(key, id.as_str(), &request.bytes);
    let asker = Asker::Guest(buyer.name());
    let RefundRequest {
        tickets,
        back_minor,
    } = request.value;
    let wanted = Wanted {
        tickets,
        told_minor: back_minor,
    };
    let asked = super::ask(&at, asker, id, wanted, repeat).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&at, asked))))
}

/// Where the refunds of a sale stand.
#[utoipa::path(get, path = "/api/v1/sales/{id}/refunds", tag = "selling", security(("token" = [])), params(("id" = SaleId, Path)),
    responses((status = 200, body = Refunds), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn look(
    at: At,
    Extension(buyer): Buying,
    Path(Named { id }): Path<Named<SaleId>>,
) -> Result<Json<Refunds>, RefundRefused> {
    let found = super::look(&at, Asker::Guest(buyer.name()), id).await?;
    Ok(Json(shown(&at, found)))
}

/// The refunds of a sale as they are answered.
pub fn shown(at: &At, OfSale { sold, refunds }: OfSale) -> Refunds {
    let catalogue = at.catalogue();
    let each = refunds.into_iter().filter_map(|row| {
        let ticket = sold.tickets.iter().find(|known| known.id == row.ticket)?;
        Some(Refund {
            seat: ticket.seat.clone(),
            amount: row.amount,
            kept: row.kept.of(row.amount.currency),
            kept_tax: row.kept.tax_of(row.amount.currency),
            state: match row.state {
                checkout::Refund::Requested | checkout::Refund::Revoking => RefundState::Asked,
                checkout::Refund::Owed => RefundState::Owed,
                checkout::Refund::Done => RefundState::Returned,
                checkout::Refund::Refused => RefundState::Refused,
            },
            asked_at: local(row.asked_at, catalogue.zone()),
            ticket: row.ticket,
        })
    });
    Refunds {
        refunds: each.collect(),
        sale: sold.sale.id,
    }
}
