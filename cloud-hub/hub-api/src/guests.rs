//! Guests at home.

use serde::{Deserialize, Serialize};

/// Answer to `POST /api/v1/guests`: a session, whose token comes as a cookie.
///
/// Where many choose at once, a hold, or a choice of more seats in it, is refused with `work_needed` until its request carries work: a header
/// `Foyer-Work` such that the SHA-256 of `id:of:key:work` begins with so many zero bits, where `of` is the id in the request's path (the
/// showtime's, or the hold's) and `key` its `Idempotency-Key`. Then no hold gets more time either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guest {
    /// What the session is known by; no secret.
    pub id: String,
    /// How many bits.
    pub work_bits: u32,
}
