//! Refusals, as RFC 9457 problem details.

use box_office::SeatId;
use serde::{Deserialize, Serialize};

/// A refusal (`application/problem+json`, RFC 9457). Programs decide by `code`; people read `title` and `detail`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A name of the problem's kind: `/problems/` + the code, with dashes.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time and what can be done.
    pub detail: String,
    /// The stable code that programs decide by: `seats_taken`.
    pub code: String,
    /// Which request, to find it in the log.
    pub request_id: String,
    /// The seats it is about, if it is about seats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<SeatId>,
    /// What was wrong where, if several things were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// One thing wrong in a document that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldProblem {
    /// Where: a line or a path.
    pub at: String,
    /// What is wrong there.
    pub detail: String,
}
