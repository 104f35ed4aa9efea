//! HTTP of enrolment.

use axum::extract::State;
use service::http::{Json, Peer};
use wire::enrolment::{EnrolmentAnswer, EnrolmentRequest};

use super::{EnrolmentRefused, Enrolments};

/// `POST /api/v1/enrolments`
pub(crate) async fn enrol(
    State(enrolments): State<Enrolments>,
    from: Peer,
    Json(request): Json<EnrolmentRequest>,
) -> Result<Json<EnrolmentAnswer>, EnrolmentRefused> {
    enrolments.enrol(from, request).await.map(Json)
}
