//! Refusals as RFC 9457 problem details.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

tokio::task_local! {
    pub(super) static REQUEST_ID: String;
}

/// The id of the request that is being answered, or an empty text outside of one.
pub fn request_id() -> String {
    REQUEST_ID.try_with(Clone::clone).unwrap_or_default()
}

/// Why a request was not done, in words that the asker can act on. It never carries internal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    seats: Vec<String>,
    errors: Vec<FieldProblem>,
    facts: BTreeMap<String, String>,
    broken: Option<&'static str>,
    again_after: Option<Duration>,
}

/// Marks an answer that is about a broken invariant, for whoever counts answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BrokenInvariant(pub(crate) &'static str);

/// One thing wrong in a document that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Where: a line or a path.
    pub at: String,
    /// What is wrong there.
    pub detail: String,
}

/// The document itself, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) status: u16,
    pub(crate) detail: String,
    pub(crate) code: String,
    pub(crate) request_id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) seats: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<FieldProblem>,
    /// What else there is to know, by its name.
    #[serde(flatten)]
    pub(crate) facts: BTreeMap<String, String>,
}

impl Refusal {
    /// A refusal with its stable code (`seats_taken`), its words and what can be done.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            title,
            detail: detail.into(),
            seats: Vec::new(),
            errors: Vec::new(),
            facts: BTreeMap::new(),
            broken: None,
            again_after: None,
        }
    }

    /// Whoever guesses codes has to pause for so long.
    pub fn too_many_codes(wait: Duration) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_codes",
            "Too many wrong codes",
            "Wait as long as Retry-After says, then try again; the right code is still good.",
        )
        .again_after(wait)
    }

    /// Says when it may be tried again.
    #[must_use]
    pub fn again_after(mut self, wait: Duration) -> Self {
        self.again_after = Some(wait);
        self
    }

    /// What it is about is not there, or not for whoever asks.
    pub fn not_found(code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, title, detail)
    }

    /// It is not to be done as things stand.
    pub fn conflict(code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, title, detail)
    }

    /// Nobody may do it by this means, or from here.
    pub fn forbidden(code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, title, detail)
    }

    /// Nothing of the kind is done here for now, until somebody has looked.
    pub fn unavailable(code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, title, detail)
    }

    /// It is understood, and never to be done.
    pub fn unprocessable(
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, title, detail)
    }

    /// Names the seats that it is about.
    #[must_use]
    pub fn about_seats<S: ToString>(mut self, seats: impl IntoIterator<Item = S>) -> Self {
        self.seats = seats.into_iter().map(|seat| seat.to_string()).collect();
        self
    }

    /// Adds a fact that programs read, under a name of its own.
    #[must_use]
    pub fn with(mut self, name: &'static str, fact: &impl ToString) -> Self {
        self.facts.insert(name.to_owned(), fact.to_string());
        self
    }

    /// Lists what was wrong where.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldProblem>) -> Self {
        self.errors = errors;
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What happened, in a few words.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// What happened this time and what can be done.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What was wrong where.
    pub fn errors(&self) -> &[FieldProblem] {
        &self.errors
    }

    /// The document that says it.
    pub fn problem(self) -> Problem {
        Problem {
            kind: format!("/problems/{}", self.code.replace('_', "-")),
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            detail: self.detail,
            code: self.code.to_owned(),
            request_id: request_id(),
            seats: self.seats,
            errors: self.errors,
            facts: self.facts,
        }
    }

    /// What was sent cannot be understood; `why` says where.
    pub fn not_understood(why: &dyn std::fmt::Display) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "not_understood",
            "This cannot be understood",
            why.to_string(),
        )
    }

    /// Something broke on our side; `context` goes to the log, nothing of it to the asker.
    pub fn internal(context: &dyn std::fmt::Display) -> Self {
        tracing::error!(request.id = request_id(), error = %context, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "Something went wrong here",
            "The request could not be done. Nothing was changed unless a further request says so.",
        )
    }
}

impl Refusal {
    /// An invariant of ours is broken: as [`Refusal::internal`], and counted by its kind where it is answered.
    pub fn broken(kind: &'static str, context: &dyn std::fmt::Display) -> Self {
        Self {
            broken: Some(kind),
            ..Self::internal(context)
        }
    }

    /// The kind of the invariant, if one is broken.
    pub(crate) fn broken_kind(&self) -> Option<&'static str> {
        self.broken
    }
}

/// What the database says is a fault of ours, which it counts itself, or passes.
impl From<database::Error> for Refusal {
    fn from(error: database::Error) -> Self {
        use database::Error;
        match error {
            Error::Full => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "disk_full",
                "There is no room left",
                "Nothing was changed. What is open can be finished; somebody must make room.",
            ),
            Error::Busy | Error::Closed => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "Too much is going on here",
                "Nothing was changed: try again in a moment.",
            ),
            Error::OutcomeUnknown => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "outcome_unknown",
                "It is not known whether this was done",
                "Repeat the request with the same Idempotency-Key: it is done once.",
            ),
            Error::Engine(error) if error.damaged => {
                tracing::error!(request.id = request_id(), %error, "what is stored is damaged");
                Self::unavailable(
                    "data_damaged",
                    "What is stored here is damaged",
                    "It cannot be read. Somebody must look: the log says what is damaged, and at a box `appliance status` what to do.",
                )
            }
            Error::Conflict | Error::Panicked | Error::Column(_) | Error::Engine(_) => {
                Self::internal(&error)
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, broken, again_after) = (self.status, self.broken, self.again_after);
        let body = serde_json::to_vec(&self.problem()).unwrap_or_default();
        let mut response = (status, body).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = again_after {
            let seconds = HeaderValue::from(wait.as_secs() + 1);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        if let Some(kind) = broken {
            response.extensions_mut().insert(BrokenInvariant(kind));
        }
        response
    }
}
