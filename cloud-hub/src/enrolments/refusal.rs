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
    /// Its keys are revoked: another is to know what it sold.
    HadABox,
    /// Somebody must mean that another takes the place of a box; in words what that is.
    NotMeant(String),
    /// Whoever takes another's place has sold nothing itself.
    NotBlank,
    /// It was enrolled in a time that the hub has forgotten without knowing that it has: the hub must begin another life first.
    HasForgotten,
    /// Guests at home are paying at a hub that has forgotten something: their seats are theirs or free in some minutes.
    BeingPaid,
    /// There is none whose keys could be revoked.
    NoBox,
    /// No box of this name is or was the cinema's.
    UnknownBox,
    /// No new key can be kept; in words why.
    NoNewKey(String),
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
                "this cinema has a box already; a second box would be a copy. If it is lost, `cloud-hub replace` gives a code for another in its \
                 place.",
            ),
            R::HadABox => Refusal::conflict(
                "had_a_box",
                "This cinema's box is to be replaced",
                "the keys of this cinema's box are revoked. Another must know what that box has sold: `cloud-hub replace` gives a code for one \
                 that takes its place.",
            ),
            R::NotMeant(words) => Refusal::conflict(
                "not_meant",
                "Somebody must mean it",
                format!("{words} If that is meant, say it with --yes."),
            ),
            R::NotBlank => Refusal::conflict(
                "not_blank",
                "This box cannot take another's place",
                "this box has held or sold seats itself, or is too old to take another's place: begin with an empty data folder, import the \
                 programme, and enrol it before its first guest.",
            ),
            R::HasForgotten => Refusal::conflict(
                "hub_has_forgotten",
                "The hub has forgotten this box",
                "this hub enrolled the box, and does not know it: its data is an older copy. Nothing of this cinema is sold at home until the right data \
                 is put back; or start the hub once more, and use the code again: the box then tells it what it has forgotten.",
            ),
            R::BeingPaid => Refusal::conflict(
                "being_paid",
                "Guests at home are paying still",
                "guests at home are paying for seats of this cinema. The code stays good: use it again in some minutes.",
            ),
            R::NoBox => Refusal::not_found(
                "no_box",
                "This cinema has no box",
                "this cinema has no box.",
            ),
            R::UnknownBox => Refusal::not_found(
                "unknown_box",
                "This cinema has had no such box",
                "no box of this name is or was this cinema's.",
            ),
            R::NoNewKey(why) => Refusal::conflict(
                "no_new_key",
                "A new key could not be kept",
                format!(
                    "tickets are signed as before: {why}. Give the order again once that is mended."
                ),
            ),
            R::Fault(fault) => fault.into(),
        }
    }
}
