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
    #[error(transparent)]
    Database(#[from] database::Error),
    #[error("the streams: {0}")]
    Streams(String),
}

impl From<mailbox::Error> for Refused {
    fn from(error: mailbox::Error) -> Self {
        match error {
            mailbox::Error::Database(error) => error.into(),
            mailbox::Error::Event(_)
            | mailbox::Error::NoSuchStream
            | mailbox::Error::OtherStream => Self::Streams(error.to_string()),
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
            Self::Database(error) => error.into(),
            Self::Streams(context) => Refusal::internal(&context),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.refusal().into_response()
    }
}
