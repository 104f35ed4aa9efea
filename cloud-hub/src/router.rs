//! The hub's API, route by route. What people of head office see needs an operator, who stands in the handler's signature; probes,
//! enrolment, signing in and what guests see do not.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{delete, get, post, put};
use service::http::Limits;

use crate::app::App;
use crate::{enrolments, head_office, openapi, operators};

/// The largest body in bytes: that of an enrolment, under 2 KiB.
const LARGEST_BODY: usize = 16 * 1024;

/// How long an answer may take: a full disk or a long queue of writes is told before head office looks elsewhere.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// Everything that the hub answers over HTTP.
pub fn router(app: &App) -> Router {
    let boxes = Router::new()
        .route("/api/v1/enrolments", post(enrolments::routes::enrol))
        .with_state(app.enrolments.clone());
    let head_office = Router::new()
        .route(
            "/api/v1/head-office/cinemas",
            get(head_office::routes::cinemas),
        )
        .route(
            "/api/v1/head-office/cinemas/events",
            get(head_office::routes::events),
        )
        .route("/api/openapi.json", get(openapi::document))
        .with_state(app.clone());
    let operators = Router::new()
        .route("/api/v1/links", post(operators::routes::link))
        .route("/api/v1/password", put(operators::routes::choose_password))
        .route(
            "/api/v1/sessions",
            post(operators::routes::sign_in).get(operators::routes::sessions),
        )
        .route("/api/v1/sessions/{session}", delete(operators::routes::end))
        .with_state(app.operators.clone());
    let probes = service::http::probes(
        app.base.machine.metrics.clone(),
        app.base.database.clone(),
        || None,
    );
    let routes = boxes
        .merge(head_office)
        .merge(operators)
        .merge(service::http::screens(&["/head-office"]))
        .nest(
            "/api/v1/cinemas/{cinema}",
            counter::routes::everyone().with_state(app.counter.clone()),
        )
        .merge(probes);
    let limits = Limits {
        body_bytes: LARGEST_BODY,
        answer_within: ANSWER_WITHIN,
        requests_per_second: app.base.settings.http.requests_per_second,
        streams: app.base.settings.http.streams(),
    };
    service::http::layers(routes, limits, &app.base.machine, Arc::new(|_| None))
}
