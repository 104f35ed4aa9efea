//! What stands around every route: [`layers`] for the router, [`serve`] for the socket, extractors whose refusals are problems.

mod extract;
mod layers;
mod problem;
mod rate;
mod screens;
mod serve;

/// What an answer is made of, for crates that only answer with refusals.
pub use axum::response::{IntoResponse, Response};

pub use axum::Router;
pub use extract::{Body, IdempotencyKey, Json, Parts, Path, Peer, Query};
pub use layers::{Limits, Who, layers, probes};
pub use problem::{FieldProblem, Problem, Refusal, request_id};
pub use rate::{Allowances, REQUESTS_PER_SECOND};
pub use screens::screens;
pub use serve::{Door, HEAD_SECONDS, MOST_CONNECTIONS, serve};
