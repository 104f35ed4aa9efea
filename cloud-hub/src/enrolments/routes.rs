//! HTTP of enrolment.

use axum::extract::State;
use service::http::{Json, Peer};
use wire::enrolment::{EnrolmentAnswer, EnrolmentRequest};

use super::{EnrolmentRefused, Enrolments};

/// Makes a box known by a one-time code. The bodies are those of `wire::enrolment`, which a box makes and reads.
#[utoipa::path(post, path = "/api/v1/enrolments", tag = "boxes", request_body = Object,
    responses((status = 200, body = Object), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn enrol(
    State(enrolments): State<Enrolments>,
    from: Peer,
    Json(request): Json<EnrolmentRequest>,
) -> Result<Json<EnrolmentAnswer>, EnrolmentRefused> {
    enrolments.enrol(from, request).await.map(Json)
}
