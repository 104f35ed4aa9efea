//! HTTP of hand-over codes.

use appliance_api::{HandOverRequest, HandedOver};
use axum::extract::State;
use counter::catalogue::CatalogueRefused;
use service::http::{Json, Refusal};

use crate::app::App;

/// Applies a hand-over code from head office, for devices of the staff. The same code twice changes nothing.
#[utoipa::path(post, path = "/api/v1/hand-over", tag = "seats", security(("token" = [])), request_body = HandOverRequest,
    responses((status = 200, body = HandedOver), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn take(
    State(app): State<App>,
    Json(request): Json<HandOverRequest>,
) -> Result<Json<HandedOver>, Refusal> {
    let at = app.counter.here().ok_or(CatalogueRefused::NoProgramme)?;
    let rooms = (&app.base.database, &app.link);
    Ok(Json(super::take(rooms, &at, request.code).await?))
}
