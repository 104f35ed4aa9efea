//! HTTP of calling the staff.

use appliance_api::{LinkState, StaffCall};
use axum::extract::State;
use axum::http::HeaderMap;
use counter::catalogue::local;
use jiff::tz::TimeZone;
use service::http::{Json, Refusal};

use crate::app::App;
use crate::devices::{self, PairingRefused};

/// Calls the staff to the asking device.
#[utoipa::path(post, path = "/api/v1/staff-call", tag = "devices", security(("token" = [])),
    responses((status = 200, body = StaffCall), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn call(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Json<StaffCall>, Refusal> {
    let device =
        devices::routes::device(&headers, &app.devices).ok_or(PairingRefused::NotPaired)?;
    let here = app.counter.here();
    let zone = (here.as_ref()).map_or(TimeZone::UTC, |at| at.catalogue().zone().clone());
    let up = here.as_ref().map(|at| at.stream().clone());
    let rooms = (&app.base.database, here, app.proof.stops());
    let call = super::call(rooms, device, app.base.machine.clock.now()).await?;
    let link = app.link.standing(up).await.map_err(counter::Fault::from)?;
    let is_told = app.link.may_tell();
    Ok(Json(StaffCall {
        since: local(call.since, &zone),
        called_at: local(call.called_at, &zone),
        times: call.times,
        head_office: is_told
            && match link.state {
                LinkState::Up => true,
                LinkState::UpdateNeeded
                | LinkState::Down
                | LinkState::Refused
                | LinkState::NotEnrolled => false,
            },
    }))
}
