//! What stands around every route: [`layers`] for the router, [`serve`] for the socket, extractors whose refusals are problems.

mod asker;
mod connections;
mod encrypted;
mod extract;
mod known_device;
mod layers;
mod page;
mod problem;
mod rate;
mod screens;
mod sending;
mod serve;
mod streams;

/// What an answer is made of, for crates that only answer with refusals.
pub use axum::response::{IntoResponse, Response};

pub use axum::Router;
pub use encrypted::Encrypted;
pub use extract::{Body, IdempotencyKey, Json, Parts, Path, Peer, Query, Raw, Wait, cookies};
pub use known_device::KnownDevice;
pub use layers::{Limits, Who, layers, probes};
pub use page::{Caching, KeptPage, Page};
pub use problem::{FieldProblem, Problem, Refusal, request_id};
pub use rate::{Allowances, REQUESTS_PER_SECOND};
pub use screens::{screens, screens_beside};
pub use serve::{
    CONNECTIONS_PER_ADDRESS, Door, HEAD_SECONDS, MOST_CONNECTIONS, WRITE_SECONDS, serve,
};
pub use streams::{STREAMS_PER_ADDRESS, StreamLimits};
