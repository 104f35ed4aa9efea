//! The box's API, route by route.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use service::http::Limits;

use crate::app::App;
use crate::{calls, devices, door, hand_over, history, openapi, status};

/// The largest body in bytes: what a screen sends most is a hold of ten seats, under 2 KiB.
const LARGEST_BODY: usize = 64 * 1024;

/// How long an answer may take: a full disk or a long queue of writes is told before a guest walks away.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// Everything that the box answers over HTTP.
pub fn router(app: &App) -> Router {
    let everyone = counter::routes::everyone()
        .with_state(app.counter.clone())
        .layer(from_fn_with_state(
            app.devices.clone(),
            devices::routes::anyone,
        ));
    let sellers = counter::routes::buyers()
        .with_state(app.counter.clone())
        .layer(from_fn_with_state(
            app.devices.clone(),
            devices::routes::only_sellers,
        ));
    let own = Router::new()
        .route("/api/v1/status", get(status::routes::status))
        .route("/api/v1/staff-call", post(calls::routes::call))
        .route("/api/openapi.json", get(openapi::document))
        .with_state(app.clone());
    let pairing = Router::new()
        .route("/api/v1/device", get(devices::routes::device_asking))
        .route("/api/v1/pairings", post(devices::routes::pair))
        .with_state(app.devices.clone());
    let ushers = Router::new()
        .route("/api/v1/door/admissions", post(door::routes::admit))
        .route("/api/v1/door/showtimes/{id}", get(door::routes::showtime))
        .with_state(app.clone())
        .layer(from_fn_with_state(
            app.devices.clone(),
            devices::routes::only_ushers,
        ));
    let staff = Router::new()
        .route(
            "/api/v1/showtimes/{id}/seats/{seat}/history",
            get(history::routes::of_seat),
        )
        .route("/api/v1/hand-over", post(hand_over::routes::take))
        .with_state(app.clone())
        .layer(from_fn_with_state(
            app.devices.clone(),
            devices::routes::only_staff,
        ));
    let probes = {
        let proof = app.proof.clone();
        service::http::probes(
            app.base.machine.metrics.clone(),
            app.base.database.clone(),
            move || proof.refusal(),
        )
    };
    let routes = Router::new()
        .nest("/api/v1", everyone.merge(sellers))
        .merge(counter::routes::pages().with_state(app.counter.clone()))
        .merge(own)
        .merge(ushers)
        .merge(staff)
        .merge(pairing)
        .merge(service::http::screens(&["/kiosk"]))
        .merge(probes);
    let limits = Limits {
        body_bytes: LARGEST_BODY,
        answer_within: ANSWER_WITHIN,
        requests_per_second: app.base.settings.http.requests_per_second,
        streams: app.base.settings.http.streams(),
    };
    let devices = app.devices.clone();
    service::http::layers(
        routes,
        limits,
        &app.base.machine,
        Arc::new(move |headers| devices::routes::visits(headers, &devices)),
    )
}
