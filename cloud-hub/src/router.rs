//! The hub's API, route by route.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use service::http::{Limits, REQUESTS_PER_SECOND};

use crate::app::App;
use crate::error::Refused;
use crate::{enrolments, head_office, screens};

/// The limits around every route. The largest body that anybody sends is an enrolment, under 2 KiB.
const LIMITS: Limits = Limits {
    body_bytes: 16 * 1024,
    answer_within: Duration::from_secs(20),
    requests_per_second: REQUESTS_PER_SECOND,
};

/// Everything that the hub answers over HTTP.
pub fn router(app: &App) -> Router {
    let boxes = Router::new().route("/api/v1/enrolments", post(enrolments::routes::enrol));
    let head_office = Router::new()
        .route(
            "/api/v1/head-office/cinemas",
            get(head_office::routes::cinemas),
        )
        .route(
            "/api/v1/head-office/cinemas/events",
            get(head_office::routes::events),
        );
    let asked = app.clone();
    let probes = service::http::probes(app.metrics.clone(), move || {
        let app = asked.clone();
        async move {
            app.database
                .check()
                .await
                .map_err(|error| Refused::from(error).refusal())
        }
    });
    let routes = boxes
        .merge(head_office)
        .merge(screens::routes::screens())
        .with_state(app.clone())
        .nest(
            "/api/v1/cinemas/{cinema}",
            counter::routes::everyone().with_state(app.counter.clone()),
        )
        .merge(probes);
    service::http::layers(
        routes,
        LIMITS,
        app.clock.clone(),
        app.random.clone(),
        app.metrics.clone(),
        Arc::new(|_| None),
    )
}
