//! HTTP of enrolment.

use axum::extract::State;
use service::http::Json;
use wire::enrolment::{EnrolmentAnswer, EnrolmentRequest};

use super::Enrolments;
use crate::error::Refused;

/// `POST /api/v1/enrolments`
pub(crate) async fn enrol(
    State(enrolments): State<Enrolments>,
    Json(request): Json<EnrolmentRequest>,
) -> Result<Json<EnrolmentAnswer>, Refused> {
    enrolments.enrol(request).await.map(Json)
}
