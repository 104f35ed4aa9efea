//! HTTP of enrolment.

use axum::extract::State;
use service::http::Json;
use wire::enrolment::{EnrolmentAnswer, EnrolmentRequest};

use crate::app::App;
use crate::error::Refused;

/// `POST /api/v1/enrolments`
pub(crate) async fn enrol(
    State(app): State<App>,
    Json(request): Json<EnrolmentRequest>,
) -> Result<Json<EnrolmentAnswer>, Refused> {
    super::enrol(&app, request).await.map(Json)
}
