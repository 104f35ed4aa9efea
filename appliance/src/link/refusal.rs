//! Why a box is not enrolled.

use counter::Fault;
use counter::custody::SuccessionRefused;
use service::http::Refusal;

/// Why a box is not enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EnrolmentRefused {
    /// The hub did not enrol it; the words say why.
    NotEnrolled(String),
    /// It does not take the place of the box before.
    NotInItsPlace(SuccessionRefused),
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(EnrolmentRefused);

impl From<SuccessionRefused> for EnrolmentRefused {
    fn from(refused: SuccessionRefused) -> Self {
        Self::NotInItsPlace(refused)
    }
}

impl From<EnrolmentRefused> for Refusal {
    fn from(refused: EnrolmentRefused) -> Self {
        match refused {
            EnrolmentRefused::NotEnrolled(words) => {
                Refusal::conflict("not_enrolled", "The hub did not enrol this box", words)
            }
            EnrolmentRefused::NotInItsPlace(refused) => refused.into(),
            EnrolmentRefused::Fault(fault) => fault.into(),
        }
    }
}
