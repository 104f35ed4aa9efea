//! Why somebody is not let in.

use std::time::Duration;

use axum::http::StatusCode;
use counter::Fault;
use service::http::Refusal;

/// Why somebody is not let in, or an operator is not as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OperatorRefused {
    /// There is no session, or it is over.
    NotSignedIn,
    /// Nobody has chosen a password.
    NobodyYet,
    /// The name or the password is wrong: which of the two is not said.
    WrongPassword,
    /// The link is none, used up or too old.
    WrongLink,
    /// The password is too short or too long.
    PasswordLength {
        /// The fewest characters.
        fewest: usize,
        /// The most.
        most: usize,
    },
    /// Whoever asks was wrong too often, and waits this long.
    TooManyTries(Duration),
    /// The operator has no such session.
    NoSession,
    /// There is no such operator.
    Unknown,
    /// Something broke on our side.
    Fault(Fault),
}

counter::with_faults!(OperatorRefused);

impl From<OperatorRefused> for Refusal {
    fn from(refused: OperatorRefused) -> Self {
        use OperatorRefused as R;
        match refused {
            R::NotSignedIn => Refusal::new(
                StatusCode::UNAUTHORIZED,
                "not_signed_in",
                "Nobody is signed in",
                "Sign in, and ask again.",
            ),
            R::NobodyYet => Refusal::new(
                StatusCode::UNAUTHORIZED,
                "nobody_can_sign_in",
                "Nobody can sign in yet",
                "Run `cloud-hub operator NAME` on the hub's machine and open the link that it prints.",
            ),
            R::WrongPassword => Refusal::forbidden(
                "wrong_password",
                "The name or the password is wrong",
                "Type them again. Whoever has forgotten a password gets a new link by `cloud-hub operator NAME`.",
            ),
            R::WrongLink => Refusal::forbidden(
                "wrong_link",
                "The link cannot be used",
                "This link is wrong, used up or too old: `cloud-hub operator NAME` makes another.",
            ),
            R::PasswordLength { fewest, most } => Refusal::unprocessable(
                "password_length",
                "The password is too short or too long",
                format!(
                    "A password has {fewest} to {most} characters; several words make a good one."
                ),
            ),
            R::TooManyTries(wait) => Refusal::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_tries",
                "Too many wrong tries",
                "Wait as long as Retry-After says, then try again; the right password is still good.",
            )
            .again_after(wait),
            R::NoSession => Refusal::not_found(
                "no_session",
                "There is no such session",
                "It is over, or somebody else's.",
            ),
            R::Unknown => Refusal::not_found(
                "no_operator",
                "There is no such operator",
                "there is no operator of this name; `cloud-hub operators` lists them.",
            ),
            R::Fault(fault) => fault.into(),
        }
    }
}
