//! Every refusal of the hub, and the one place that gives each its status, code and words.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use service::http::Refusal;
use wire::enrolment::EnrolmentError;

/// Why the hub does not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("this enrolment code is wrong, used up or too old, or is for another cinema")]
    WrongCode,
    #[error("this enrolment code has been used by another box")]
    CodeOfAnotherBox,
    #[error("too many wrong enrolment codes: wait a minute")]
    TooManyCodes,
    #[error("the enrolment cannot be believed: {0}")]
    NotProven(EnrolmentError),
    #[error("this cinema has a box already; a second box would be a copy")]
    HasABox,
    #[error("this cinema has no box")]
    NoBox,
    #[error("the hub has no room left")]
    DiskFull,
    #[error("the hub is busy: try again in a moment")]
    Busy,
    #[error("it is not known whether this was done: repeat it")]
    OutcomeUnknown,
    #[error("something went wrong here: {0}")]
    Internal(String),
}

impl From<database::Error> for Refused {
    fn from(error: database::Error) -> Self {
        use database::Error;
        match error {
            Error::Full => Self::DiskFull,
            Error::Busy | Error::Closed | Error::Conflict => Self::Busy,
            Error::OutcomeUnknown => Self::OutcomeUnknown,
            Error::Panicked | Error::Column(_) | Error::Engine(_) => {
                Self::Internal(error.to_string())
            }
        }
    }
}

impl From<mailbox::Error> for Refused {
    fn from(error: mailbox::Error) -> Self {
        match error {
            mailbox::Error::Database(error) => error.into(),
            mailbox::Error::Event(_)
            | mailbox::Error::NoSuchStream
            | mailbox::Error::OtherStream => Self::Internal(error.to_string()),
        }
    }
}

impl Refused {
    /// The refusal as it is answered.
    pub(crate) fn refusal(self) -> Refusal {
        use StatusCode as S;
        let words = format!("{self}.");
        let of = |status, code, title| Refusal::new(status, code, title, words.clone());
        match self {
            Self::WrongCode => of(
                S::FORBIDDEN,
                "wrong_code",
                "The enrolment code cannot be used",
            ),
            Self::CodeOfAnotherBox => of(
                S::CONFLICT,
                "code_of_another_box",
                "The enrolment code belongs to another box",
            ),
            Self::TooManyCodes => of(
                S::TOO_MANY_REQUESTS,
                "too_many_codes",
                "Too many wrong codes",
            ),
            Self::NotProven(_) => of(
                S::FORBIDDEN,
                "not_proven",
                "The enrolment cannot be believed",
            ),
            Self::HasABox => of(S::CONFLICT, "has_a_box", "This cinema has a box"),
            Self::NoBox => of(S::NOT_FOUND, "no_box", "This cinema has no box"),
            Self::DiskFull => of(
                S::INSUFFICIENT_STORAGE,
                "disk_full",
                "The hub has no room left",
            ),
            Self::Busy => of(S::SERVICE_UNAVAILABLE, "busy", "The hub is busy"),
            Self::OutcomeUnknown => of(
                S::SERVICE_UNAVAILABLE,
                "outcome_unknown",
                "It is not known whether this was done",
            ),
            Self::Internal(context) => Refusal::internal(&context),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.refusal().into_response()
    }
}
