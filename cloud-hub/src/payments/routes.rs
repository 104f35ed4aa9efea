//! HTTP of the payment provider's calls. The signature is all the authority that they need.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use service::http::{Peer, Raw};

use super::{CallRefused, Calls};

/// Something has become of a payment.
#[utoipa::path(post, path = "/api/v1/payment-events", tag = "payments", request_body(content = String, content_type = "application/json"),
    responses((status = 204), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn called(
    State(calls): State<Calls>,
    from: Peer,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<StatusCode, CallRefused> {
    let signed = |name| {
        let header = headers.get(name)?.to_str().ok()?;
        Some(header.to_owned())
    };
    calls.hear(signed, &body, from).await?;
    Ok(StatusCode::NO_CONTENT)
}
