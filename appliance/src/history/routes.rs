//! HTTP of what became of a seat.

use axum::extract::State;
use box_office::{SeatId, ShowtimeId};
use counter_api::SeatHistory;
use service::http::{Json, Path, Refusal};

use crate::app::App;

/// What became of a seat: who had custody, held, bought and was let in, and when. For devices of the staff.
#[utoipa::path(get, path = "/api/v1/showtimes/{id}/seats/{seat}/history", tag = "seats", security(("token" = [])),
    params(("id" = ShowtimeId, Path), ("seat" = SeatId, Path)),
    responses((status = 200, body = SeatHistory), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn of_seat(
    State(app): State<App>,
    Path((showtime, seat)): Path<(ShowtimeId, SeatId)>,
) -> Result<Json<SeatHistory>, Refusal> {
    let rooms = (&app.base.database, app.counter.here(), &app.devices);
    Ok(Json(super::look(rooms, showtime, seat).await?))
}
