//! HTTP of the door.

use appliance_api::{Admission, AdmissionRequest, Device, DoorShowtime};
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use box_office::ShowtimeId;
use box_office::custody::Proof;
use counter::catalogue::{CatalogueRefused, local};
use counter::checkout;
use counter::custody::{self, Scan};
use counter::{At, Repeat};
use service::http::{Body, IdempotencyKey, Json, Path, Refusal};

use crate::app::App;

/// Lets in whoever holds this ticket, once.
#[utoipa::path(post, path = "/api/v1/door/admissions", tag = "door", security(("token" = [])), params(("Idempotency-Key" = String, Header)),
    request_body = AdmissionRequest,
    responses((status = 201, body = Admission), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn admit(
    State(app): State<App>,
    Extension(device): Extension<Device>,
    key: IdempotencyKey,
    request: Body<AdmissionRequest>,
) -> Result<(StatusCode, Json<Admission>), Refusal> {
    let at = here(&app)?;
    let repeat = Repeat::new(key, "door", &request.bytes);
    let AdmissionRequest { code, showtime } = request.value;
    let scan = Scan {
        code,
        showtime,
        device: device.id,
        repeat,
    };
    let admitted = checkout::admit(&at, scan).await?;
    Ok((StatusCode::CREATED, Json(shown(&at, admitted))))
}

/// How many were let in to a showtime, and how many are still to come.
#[utoipa::path(get, path = "/api/v1/door/showtimes/{id}", tag = "door", security(("token" = [])), params(("id" = ShowtimeId, Path)),
    responses((status = 200, body = DoorShowtime), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn showtime(
    State(app): State<App>,
    Path(id): Path<ShowtimeId>,
) -> Result<Json<DoorShowtime>, Refusal> {
    let at = here(&app)?;
    let stands = custody::at_the_door(&at, id.clone()).await?;
    Ok(Json(DoorShowtime {
        showtime: id,
        film: stands.film,
        auditorium_name: stands.auditorium,
        starts_at: local(stands.starts_at, at.catalogue().zone()),
        admitted: stands.admitted,
        unproven: stands.unproven,
        to_come: stands.to_come,
    }))
}

fn here(app: &App) -> Result<At, CatalogueRefused> {
    app.counter.here().ok_or(CatalogueRefused::NoProgramme)
}

fn shown(at: &At, admitted: custody::Admission) -> Admission {
    let seat = custody::seat_in_words(at, &admitted.showtime, &admitted.seat);
    Admission {
        block: seat.block,
        row: seat.row,
        number: seat.number,
        ticket: admitted.ticket,
        seat: admitted.seat,
        ticket_kind: admitted.kind,
        admitted_at: local(admitted.at, at.catalogue().zone()),
        proven: admitted.proof == Proof::Proven,
        found: admitted.is_found,
    }
}
