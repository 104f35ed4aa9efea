//! Why what is stored is not taken as it is.

use counter::Fault;
use counter::checkout::CheckoutRefused;
use service::http::Refusal;

/// Why what is stored is not taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AcceptRefused {
    /// A person must say why.
    NoReason,
    /// Nothing is known to be missing.
    NothingMissing,
    /// Nobody can sell from what is left.
    Broken(String),
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(AcceptRefused);

impl From<AcceptRefused> for Refusal {
    fn from(refused: AcceptRefused) -> Self {
        match refused {
            AcceptRefused::NoReason => CheckoutRefused::NoReason.into(),
            AcceptRefused::NothingMissing => Refusal::conflict(
                "nothing_missing",
                "Nothing is known to be missing",
                "The box sells; there is nothing to decide.",
            ),
            AcceptRefused::Broken(why) => Refusal::conflict(
                "data_broken",
                "What is stored is broken, and nobody can sell from it",
                format!(
                    "{why}. Put the newest whole copy of the data folder back, or set the box up anew in an empty folder."
                ),
            ),
            AcceptRefused::Fault(fault) => fault.into(),
        }
    }
}
