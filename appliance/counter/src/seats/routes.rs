//! HTTP of the live seats: the map with its ETag, the stream of changes, the proposal of the best seats.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use box_office::ShowtimeId;
use counter_api::{BestAvailable, SeatChange, SeatMap};
use futures_util::stream::{self, Stream, StreamExt as _};
use serde::Deserialize;
use service::http::{Json, Path, Query};
use tokio_stream::wrappers::BroadcastStream;

use super::Together;
use crate::counter::At;
use crate::extract::Named;
use crate::live::Watch;
use crate::seats::SeatsRefused;

/// How often a silent stream says that it lives, so that a cut line is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The state of every seat now. With `If-None-Match` an unchanged map is 304 without a body.
#[utoipa::path(get, path = "/api/v1/showtimes/{id}/seats", tag = "seats", params(("id" = ShowtimeId, Path)),
    responses((status = 200, body = SeatMap), (status = 304), (status = 404, body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn seat_map(
    at: At,
    Path(Named { id }): Path<Named<ShowtimeId>>,
    headers: HeaderMap,
) -> Result<Response, SeatsRefused> {
    let map = super::map(&at, &id).await?;
    // Weak (RFC 9110, section 8.8.1): it may be packed on its way.
    let version = format!("\"{}\"", map.version);
    let etag = format!("W/{version}");
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok());
    if known.is_some_and(|tags| {
        tags.split(',')
            .any(|tag| tag.trim().trim_start_matches("W/") == version || tag.trim() == "*")
    }) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response());
    }
    let kind = "application/json".to_owned();
    Ok((
        [
            (CONTENT_TYPE, kind),
            (ETAG, etag),
            (CACHE_CONTROL, "no-cache".to_owned()),
        ],
        map.json,
    )
        .into_response())
}

/// The changes of the seats as Server-Sent Events: `seats` with a `SeatChange`, `reset` when the map must be fetched anew.
/// The event id is the map's version; a stream that is opened again sends it as `Last-Event-ID`, a first one may send `?since=`.
#[utoipa::path(get, path = "/api/v1/showtimes/{id}/seats/events", tag = "seats", params(("id" = ShowtimeId, Path), Since),
    responses((status = 200, content_type = "text/event-stream", body = String),
        (status = 404, body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn seat_events(
    at: At,
    Path(Named { id }): Path<Named<ShowtimeId>>,
    Query(since): Query<Since>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, SeatsRefused> {
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok())
        .and_then(|id| id.parse().ok());
    let watch = super::watch(&at, &id, last.or(since.since)).await?;
    let ended = at.lifecycle.shutdown().clone().cancelled_owned();
    Ok(Sse::new(events(watch).take_until(ended)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Where a first stream begins.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(crate) struct Since {
    /// The version of the map that was fetched.
    since: Option<u64>,
}

fn events(watch: Watch) -> impl Stream<Item = Result<Event, Infallible>> {
    let first = match watch.missed {
        Some(missed) => missed.iter().map(seats).collect(),
        None => vec![reset(watch.version)],
    };
    let following = BroadcastStream::new(watch.following).map(|change| match change {
        Ok(change) => seats(&change),
        Err(_) => reset(0),
    });
    stream::iter(first).chain(following).map(Ok)
}

fn seats(change: &Arc<SeatChange>) -> Event {
    // Plain strings and numbers always serialise.
    Event::default()
        .event("seats")
        .id(change.version.to_string())
        .json_data(&**change)
        .unwrap_or_else(|_| reset(0))
}

fn reset(version: u64) -> Event {
    Event::default()
        .event("reset")
        .id(version.to_string())
        .data("{}")
}

/// The best seats that are free together; nothing is held.
#[utoipa::path(get, path = "/api/v1/showtimes/{id}/best-available", tag = "seats", params(("id" = ShowtimeId, Path), Together),
    responses((status = 200, body = BestAvailable), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn best_available(
    at: At,
    Path(Named { id }): Path<Named<ShowtimeId>>,
    Query(wanted): Query<Together>,
) -> Result<Json<BestAvailable>, SeatsRefused> {
    super::best(&at, &id, wanted).await.map(Json)
}
