//! Why a box is not enrolled, or its keys are not revoked.

use std::time::Duration;

use counter::Fault;
use service::http::Refusal;
use wire::enrolment::EnrolmentError;

/// Why a box is not enrolled, or its keys are not revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EnrolmentRefused {
    /// The code is none that the hub gave for this cinema, or its time is over.
    WrongCode,
    /// Another box has used it.
    CodeOfAnotherBox,
    /// The address has tried too many wrong codes.
    TooManyCodes {
        /// For how long it has to pause.
        wait: Duration,
    },
    /// Whoever asks does not show that the keys are theirs.
    NotProven(EnrolmentError),
    /// A second box would be a copy.
    HasABox,
    /// Its keys are revoked, and another would know nothing of what it sold.
    HadABox,
    /// There is none whose keys could be revoked.
    NoBox,
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(EnrolmentRefused);

impl From<EnrolmentRefused> for Refusal {
    fn from(refused: EnrolmentRefused) -> Self {
        use EnrolmentRefused as R;
        match refused {
            R::WrongCode => Refusal::forbidden(
                "wrong_code",
                "The enrolment code cannot be used",
                "this enrolment code is wrong, used up or too old, or is for another cinema.",
            ),
            R::CodeOfAnotherBox => Refusal::conflict(
                "code_of_another_box",
                "The enrolment code belongs to another box",
                "this enrolment code has been used by another box.",
            ),
            R::TooManyCodes { wait } => Refusal::too_many_codes(wait),
            R::NotProven(why) => Refusal::forbidden(
                "not_proven",
                "The enrolment cannot be believed",
                format!("the enrolment cannot be believed: {why}."),
            ),
            R::HasABox => Refusal::conflict(
                "has_a_box",
                "This cinema has a box",
                "this cinema has a box already; a second box would be a copy.",
            ),
            R::HadABox => Refusal::conflict(
                "had_a_box",
                "This cinema's box cannot be replaced yet",
                "the keys of this cinema's box are revoked, and no other can take its place yet: it would not know what that box \
                 has sold, and would sell the same seats again under the same receipt numbers.",
            ),
            R::NoBox => Refusal::not_found(
                "no_box",
                "This cinema has no box",
                "this cinema has no box.",
            ),
            R::Fault(fault) => fault.into(),
        }
    }
}
