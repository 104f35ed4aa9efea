//! Why a box is not enrolled, or a hand-over code changes nothing.

use box_office::custody::CustodyRefusal;
use counter::Fault;
use counter::custody::{CustodyRefused, SuccessionRefused};
use service::http::Refusal;
use wire::HandOverRefusal;

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

/// Why a hand-over code changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CodeRefused {
    /// No hub is known that could have signed it.
    NotEnrolled,
    /// It is none, or none for this box.
    Code(HandOverRefusal),
    /// It is for another life of this box or of the hub.
    OfAnotherLife,
    /// This box is stopped.
    Stopped,
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(EnrolmentRefused, CodeRefused);

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

impl From<CustodyRefused> for CodeRefused {
    fn from(refused: CustodyRefused) -> Self {
        match refused {
            CustodyRefused::Custody(CustodyRefusal::Stopped) => Self::Stopped,
            CustodyRefused::Custody(CustodyRefusal::OldCode) => Self::OfAnotherLife,
            CustodyRefused::Fault(fault) => Self::Fault(fault),
            CustodyRefused::UnknownShowtime | CustodyRefused::Custody(_) => {
                Self::Fault(Fault::Broken(format!("a code is refused: {refused}")))
            }
        }
    }
}

impl From<CodeRefused> for Refusal {
    fn from(refused: CodeRefused) -> Self {
        use CodeRefused as R;
        match refused {
            R::NotEnrolled => Refusal::conflict(
                "no_hub",
                "This box knows no hub",
                "A hand-over code is signed by the hub that this box was enrolled with, and it was enrolled with none.",
            ),
            R::Code(HandOverRefusal::NotACode) => Refusal::unprocessable(
                "not_a_hand_over_code",
                "This is not a hand-over code",
                "A hand-over code begins with FOYERH1: and comes from head office. Nothing is changed.",
            ),
            R::Code(HandOverRefusal::Torn) => Refusal::unprocessable(
                "code_not_whole",
                "The code is not whole",
                "A part of it is missing or mistyped. Scan it again, or paste all of it. Nothing is changed.",
            ),
            R::Code(HandOverRefusal::Later) => Refusal::unprocessable(
                "code_too_new",
                "This box is too old for the code",
                "The code is of a later version than this box understands: update the box. Nothing is changed.",
            ),
            R::Code(HandOverRefusal::OtherCinema) => Refusal::conflict(
                "code_of_another_cinema",
                "The code is for another cinema",
                "Ask head office for a code for this cinema. Nothing is changed.",
            ),
            R::Code(HandOverRefusal::Forged) => Refusal::forbidden(
                "code_not_signed",
                "The code is not from this cinema's hub",
                "Its signature is not that of the hub that this box was enrolled with. Nothing is changed.",
            ),
            R::OfAnotherLife => Refusal::conflict(
                "code_too_old",
                "The code is an old one",
                "It was made for this box or for the hub as it was before it was restored or replaced. Ask head office for a new code; if the hub \
                 has begun anew, the two have to meet on the line first. Nothing is changed.",
            ),
            R::Stopped => Refusal::conflict(
                "box_stopped",
                "This box takes no seats now",
                "It cannot prove that it knows all that it sold, and takes over nothing until that is settled: `appliance status` says how.",
            ),
            R::Fault(fault) => fault.into(),
        }
    }
}
