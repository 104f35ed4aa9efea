//! Why what is stored is not taken as it is.

use counter::Fault;
use counter::checkout::CheckoutRefused;
use service::http::Refusal;

use super::stop::WHAT_TAKES_ITS_PLACE;

/// Why what is stored is not taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AcceptRefused {
    /// A person must say why.
    NoReason,
    /// Nothing is known to be missing.
    NothingMissing,
    /// Head office has revoked this box, and nobody here can take that back.
    Revoked,
    /// Nobody can sell from what is left.
    Broken(String),
    /// The decision could not be kept: why.
    Unkept(String),
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
                "The box sells; there is nothing to decide. If a copy of its data folder was put back, say so: `appliance accept-loss --set-back --reason ..`.",
            ),
            AcceptRefused::Revoked => Refusal::conflict(
                "box_revoked",
                "Head office has revoked this box",
                format!(
                    "Nobody here can take that back, for another box may sell its seats. {WHAT_TAKES_ITS_PLACE}."
                ),
            ),
            AcceptRefused::Broken(why) => Refusal::conflict(
                "data_broken",
                "What is stored is broken, and nobody can sell from it",
                format!("{why} This cannot be taken as it is."),
            ),
            AcceptRefused::Unkept(why) => Refusal::unavailable(
                "loss_not_kept",
                "That it is taken as it is cannot be kept",
                format!(
                    "{why}. Nothing more was lost. Give that place room, or have it written to again, or name another folder as `mark_folder` in [data] and start the box again; then try once more."
                ),
            ),
            AcceptRefused::Fault(fault) => fault.into(),
        }
    }
}
