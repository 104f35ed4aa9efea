//! HTTP of places in a queue.

use axum::Extension;
use axum::extract::{FromRequestParts as _, MatchedPath, RawPathParams, Request, State};
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use box_office::{CinemaId, ShowtimeId};
use counter::Buyer;
use hub_api::{Place, PlaceRequest};
use service::http::{Json, Path, Peer};

use super::{PlaceRefused, WaitingRoom};

/// The route, below a cinema's, by which somebody begins to hold seats of a showtime.
const HOLDS: &str = "/showtimes/{id}/holds";

/// Asks for the turn to choose seats of a showtime, or keeps the place in its queue.
#[utoipa::path(put, path = "/api/v1/cinemas/{cinema}/showtimes/{showtime}/place", tag = "guests", security(("guest" = [])),
    params(("cinema" = CinemaId, Path), ("showtime" = ShowtimeId, Path)), request_body = PlaceRequest,
    responses((status = 200, body = Place), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn come(
    State(room): State<WaitingRoom>,
    Extension(buyer): Extension<Buyer>,
    from: Peer,
    Path(of): Path<(CinemaId, ShowtimeId)>,
    Json(request): Json<PlaceRequest>,
) -> Result<Response, PlaceRefused> {
    let coming = room.come(&of, (&buyer.id, from), request.proof.as_deref());
    let place = coming.await?;
    let has_turn = place.has_turn;
    let mut answer = Json(place).into_response();
    if !has_turn {
        // Who waits asks again later, over another connection.
        let close = HeaderValue::from_static("close");
        answer.headers_mut().insert(CONNECTION, close);
    }
    Ok(answer)
}

/// Gives the turn, or the place, to the next. Whoever has bought need not: theirs is given on with the sale.
#[utoipa::path(delete, path = "/api/v1/cinemas/{cinema}/showtimes/{showtime}/place", tag = "guests", security(("guest" = [])),
    params(("cinema" = CinemaId, Path), ("showtime" = ShowtimeId, Path)),
    responses((status = 204), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn leave(
    State(room): State<WaitingRoom>,
    Extension(buyer): Extension<Buyer>,
    Path(of): Path<(CinemaId, ShowtimeId)>,
) -> StatusCode {
    room.turns.give_on(&of, &buyer.id);
    StatusCode::NO_CONTENT
}

/// Tells the counter of whoever begins to hold seats whether it is their turn. Where nobody waits, it is.
pub(crate) async fn in_turn(
    State(room): State<WaitingRoom>,
    request: Request,
    next: Next,
) -> Result<Response, PlaceRefused> {
    let route = request.extensions().get::<MatchedPath>();
    if !route.is_some_and(|route| route.as_str().ends_with(HOLDS)) {
        return Ok(next.run(request).await);
    }
    let (mut parts, body) = request.into_parts();
    let params = RawPathParams::from_request_parts(&mut parts, &()).await;
    let named = params.ok().and_then(|params| {
        let of = |wanted: &str| params.iter().find(|(name, _)| *name == wanted);
        Some((of("cinema")?.1.parse().ok()?, of("id")?.1.parse().ok()?))
    });
    if let (Some(of), Some(buyer)) = (&named, parts.extensions.get_mut::<Buyer>()) {
        // Of a showtime that nobody can have seats of the counter says why, and that is no way past those who wait once it is to be had.
        let has_turn = match room.has_turn(of, &buyer.id).await {
            Err(PlaceRefused::Showtime(_)) => false,
            has_turn => has_turn?,
        };
        if let Some(crowd) = &mut buyer.limits.crowd {
            crowd.has_turn = has_turn;
        }
    }
    Ok(next.run(Request::from_parts(parts, body)).await)
}
