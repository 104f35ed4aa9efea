//! Why a repeated request is refused.

use service::http::Refusal;

/// The key was used for another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyReused;

impl From<KeyReused> for Refusal {
    fn from(_: KeyReused) -> Self {
        Refusal::unprocessable(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request",
            "Send a new key with each new wish.",
        )
    }
}
