//! HTTP of hand-over codes, for head office.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use box_office::{CinemaId, ShowtimeId};
use counter::Repeat;
use counter::catalogue::local;
use counter::custody::Wanted;
use counter::tickets::code;
use hub_api::{HandOver, HandOverOrder, HandOvers};
use serde::Deserialize;
use service::http::{Body, IdempotencyKey, Json, Path, Query};
use wire::hand_over::{HAND_OVER_PREFIX, LONGEST_HAND_OVER};

use super::{HandOverRefused, give, list, look};
use crate::app::App;
use crate::operators::routes::Operator;

/// What can be handed over to a cinema, and what is on its way there.
#[utoipa::path(get, path = "/api/v1/head-office/cinemas/{cinema}/hand-over", tag = "head office", security(("session" = [])),
    params(("cinema" = CinemaId, Path)),
    responses((status = 200, body = HandOvers), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn showtimes(
    _: Operator,
    State(app): State<App>,
    Path(cinema): Path<CinemaId>,
) -> Result<Json<HandOvers>, HandOverRefused> {
    let (at, showtimes) = list((&app.counter, &app.base.database), &cinema).await?;
    let catalogue = at.catalogue();
    Ok(Json(HandOvers {
        name: catalogue.cinema.name.clone(),
        now: local(app.base.machine.clock.now(), catalogue.zone()),
        link: app.links.state(&cinema),
        showtimes,
    }))
}

/// The codes for what is on its way to a cinema of a showtime; gives nothing.
#[utoipa::path(get, path = "/api/v1/head-office/cinemas/{cinema}/showtimes/{showtime}/hand-over", tag = "head office",
    security(("session" = [])), params(("cinema" = CinemaId, Path), ("showtime" = ShowtimeId, Path)),
    responses((status = 200, body = HandOver), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn codes(
    _: Operator,
    State(app): State<App>,
    Path((cinema, showtime)): Path<(CinemaId, ShowtimeId)>,
) -> Result<Json<HandOver>, HandOverRefused> {
    let rooms = (&app.counter, &app.base.database, &app.links);
    Ok(Json(look(rooms, (&cinema, showtime)).await?))
}

/// Gives free seats of the hub to the cinema, and the codes for all of that showtime that is on its way.
#[utoipa::path(post, path = "/api/v1/head-office/cinemas/{cinema}/showtimes/{showtime}/hand-over", tag = "head office",
    security(("session" = [])), request_body = HandOverOrder,
    params(("cinema" = CinemaId, Path), ("showtime" = ShowtimeId, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = HandOver), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn hand_over(
    Operator(who): Operator,
    State(app): State<App>,
    Path((cinema, showtime)): Path<(CinemaId, ShowtimeId)>,
    key: IdempotencyKey,
    request: Body<HandOverOrder>,
) -> Result<Json<HandOver>, HandOverRefused> {
    let wanted = match request.value {
        HandOverOrder { count: None, seats } if seats.is_empty() => Wanted::All,
        HandOverOrder { count: None, seats } => Wanted::Named(seats.into_iter().collect()),
        HandOverOrder {
            count: Some(count),
            seats,
        } if seats.is_empty() => Wanted::Count(usize::try_from(count).unwrap_or(usize::MAX)),
        HandOverOrder { .. } => return Err(HandOverRefused::NamedAndCounted),
    };
    let about = format!("{cinema}/{showtime}");
    let repeat = Repeat::new(key, &about, &request.bytes);
    let by = format!("operator {}", who.operator);
    let rooms = (&app.counter, &app.base.database, &app.links);
    let given = give(rooms, (&cinema, showtime), wanted, (&by, repeat));
    Ok(Json(given.await?))
}

/// What is to be drawn.
#[derive(Debug, Deserialize)]
pub(crate) struct Text {
    text: String,
}

/// A hand-over code as a QR symbol.
#[utoipa::path(get, path = "/api/v1/head-office/hand-over-code.svg", tag = "head office", security(("session" = [])),
    params(("text" = String, Query)),
    responses((status = 200, content_type = "image/svg+xml", body = String),
        (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn picture(
    _: Operator,
    Query(Text { text }): Query<Text>,
) -> Result<impl IntoResponse, HandOverRefused> {
    let is_code = text.starts_with(HAND_OVER_PREFIX) && text.len() <= LONGEST_HAND_OVER;
    let picture = is_code.then(|| code::svg(&text)).flatten();
    let picture = picture.ok_or(HandOverRefused::NotACode)?;
    let headers = [
        (CONTENT_TYPE, "image/svg+xml"),
        (CACHE_CONTROL, "private, max-age=600"),
    ];
    Ok((headers, picture))
}
