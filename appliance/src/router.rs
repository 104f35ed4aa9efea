//! The box's API, route by route.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{delete, get, post, put};
use service::http::Limits;

use crate::app::App;
use crate::{devices, holds, openapi, programme, sales, screens, seats, status, tenders, tickets};

/// The largest body in bytes: what a screen sends most is a hold of ten seats, under 2 KiB.
const LARGEST_BODY: usize = 64 * 1024;

/// How long an answer may take: a full disk or a long queue of writes is told before a guest walks away.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// Everything that the box answers over HTTP.
pub fn router(app: &App) -> Router {
    let everyone = Router::new()
        .route("/api/v1/cinema", get(programme::routes::cinema))
        .route("/api/v1/programme", get(programme::routes::day))
        .route(
            "/api/v1/films/{id}/poster.svg",
            get(programme::routes::poster),
        )
        .route("/api/v1/showtimes/{id}", get(programme::routes::showtime))
        .route("/api/v1/showtimes/{id}/seats", get(seats::routes::seat_map))
        .route(
            "/api/v1/showtimes/{id}/seats/events",
            get(seats::routes::seat_events),
        )
        .route(
            "/api/v1/showtimes/{id}/best-available",
            get(seats::routes::best_available),
        )
        .route("/api/v1/status", get(status::routes::status))
        .route("/api/v1/ticket-keys", get(tickets::routes::keys))
        .route("/api/v1/tickets/{id}", get(tickets::routes::ticket))
        .route("/api/v1/tickets/{id}/code.svg", get(tickets::routes::code))
        .route("/tickets/{id}", get(tickets::routes::page))
        .route("/api/v1/pairings", post(devices::routes::pair))
        .route("/api/openapi.json", get(openapi::document));
    let sellers = Router::new()
        .route("/api/v1/device", get(devices::routes::device_asking))
        .route("/api/v1/showtimes/{id}/holds", post(holds::routes::hold))
        .route(
            "/api/v1/holds/{id}",
            get(holds::routes::look).delete(holds::routes::release),
        )
        .route("/api/v1/holds/{id}/seats", put(holds::routes::choose))
        .route("/api/v1/holds/{id}/extend", post(holds::routes::extend))
        .route("/api/v1/holds/{id}/tenders", post(tenders::routes::tender))
        .route("/api/v1/holds/{id}/settle", post(sales::routes::settle))
        .route("/api/v1/tenders/{id}", delete(tenders::routes::cancel))
        .route("/api/v1/sales/{id}", get(sales::routes::sale));
    let asked = app.clone();
    let probes = service::http::probes(app.metrics.clone(), move || {
        let app = asked.clone();
        async move {
            status::ready(&app)
                .await
                .map_err(super::error::Refused::refusal)
        }
    });
    let routes = everyone
        .merge(sellers)
        .merge(screens::routes::screens())
        .with_state(app.clone())
        .merge(probes);
    let limits = Limits {
        body_bytes: LARGEST_BODY,
        answer_within: ANSWER_WITHIN,
        requests_per_second: app.config.http.requests_per_second,
    };
    let asked = app.clone();
    service::http::layers(
        routes,
        limits,
        app.clock.clone(),
        app.random.clone(),
        app.metrics.clone(),
        Arc::new(move |headers| {
            devices::routes::device(headers, &asked).map(|device| device.id.to_string())
        }),
    )
}
