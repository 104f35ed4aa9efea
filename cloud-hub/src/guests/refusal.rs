//! Why a guest is not served.

use std::time::Duration;

use axum::http::StatusCode;
use counter::Fault;
use service::http::Refusal;

/// Why a guest is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GuestRefused {
    /// There is no session.
    NoSession,
    /// Nobody takes the money of guests at home.
    NotSelling,
    /// Too much has begun at this address; it waits this long.
    TooManyFromHere(Duration),
    /// Another site's page has a browser ask.
    OtherSite,
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(GuestRefused);

impl From<GuestRefused> for Refusal {
    fn from(refused: GuestRefused) -> Self {
        use GuestRefused as R;
        match refused {
            R::NoSession => Refusal::new(
                StatusCode::UNAUTHORIZED,
                "no_guest_session",
                "There is no session",
                "Begin one with POST /api/v1/guests.",
            ),
            R::NotSelling => Refusal::conflict(
                "not_selling",
                "Nothing is sold online at this moment",
                "Buy at the cinema.",
            ),
            R::TooManyFromHere(wait) => Refusal::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_from_here",
                "Too much has begun at this address",
                "Nothing was changed: wait as long as Retry-After says, then try again.",
            )
            .again_after(wait),
            R::OtherSite => Refusal::forbidden(
                "other_site",
                "Another site's page has asked",
                "Open this site itself, and ask there.",
            ),
            R::Fault(fault) => fault.into(),
        }
    }
}
