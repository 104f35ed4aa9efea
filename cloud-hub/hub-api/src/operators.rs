//! People who sign in at head office.

use serde::{Deserialize, Serialize};

/// `POST /api/v1/sessions`: begins a session, whose token comes as a cookie.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// Who signs in; case does not matter.
    pub operator: String,
    /// The password.
    pub password: String,
}

/// `PUT /api/v1/password`: chooses a password by a one-time link, ends all sessions and begins one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordRequest {
    /// What stands in the link behind `#link=`.
    pub link: String,
    /// The new password, 12 to 200 characters.
    pub password: String,
}

/// `POST /api/v1/links`: asks whose a one-time link is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// What stands in the link behind `#link=`.
    pub link: String,
}

/// The answer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkOf {
    /// Who chooses a password by it.
    pub operator: String,
}

/// The answer to signing in and to choosing a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// Who is signed in.
    pub operator: String,
}

/// `GET /api/v1/sessions`: where whoever asks is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sessions {
    /// Who asks.
    pub operator: String,
    /// Their sessions, the last used first.
    pub sessions: Vec<Session>,
}

/// One of them; `DELETE /api/v1/sessions/{id}` ends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Its id, which is no secret.
    pub id: String,
    /// When it began, RFC 3339.
    pub since: String,
    /// When it was used last, to the minute.
    pub seen: String,
    /// What the browser said that it is, shortened.
    pub browser: String,
    /// Whether it is the one that asks.
    pub is_this: bool,
}
