//! Why a box is not enrolled.

use counter::Fault;
use service::http::Refusal;

/// Why a box is not enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EnrolmentRefused {
    /// The hub did not enrol it; the words say why.
    NotEnrolled(String),
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(EnrolmentRefused);

impl From<EnrolmentRefused> for Refusal {
    fn from(refused: EnrolmentRefused) -> Self {
        match refused {
            EnrolmentRefused::NotEnrolled(words) => {
                Refusal::conflict("not_enrolled", "The hub did not enrol this box", words)
            }
            EnrolmentRefused::Fault(fault) => fault.into(),
        }
    }
}
