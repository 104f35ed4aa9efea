//! Why a call of the payment provider counts for nothing.

use counter::Fault;
use service::http::Refusal;

/// Why a call of the payment provider counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CallRefused {
    /// It is not signed by whom we know, or not about now.
    NotSigned,
    /// What is signed cannot be read.
    Unreadable,
    /// The provider calls, and does not say what became of the payment.
    NoAnswer,
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(CallRefused);

impl From<CallRefused> for Refusal {
    fn from(refused: CallRefused) -> Self {
        use CallRefused as R;
        match refused {
            R::NotSigned => Refusal::forbidden(
                "not_signed",
                "This call is not the payment provider's",
                "Its signature is missing, wrong or not of this moment.",
            ),
            R::Unreadable => Refusal::unprocessable(
                "wrong_body",
                "The body does not have the expected fields",
                "It names no payment.",
            ),
            R::NoAnswer => Refusal::unavailable(
                "provider_silent",
                "The payment provider does not say what became of it",
                "Call again.",
            ),
            R::Fault(fault) => fault.into(),
        }
    }
}
