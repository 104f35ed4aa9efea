//! The contract as an OpenAPI document, made from the routes and types themselves. A story compares what is
//! served with the document that was last read.

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{devices, holds, programme, sales, seats, status, tenders, tickets};

/// The box's HTTP API.
#[derive(Debug, OpenApi)]
#[openapi(
    info(title = "Foyer appliance", description = "Seats, sales and tickets of one cinema."),
    paths(
        programme::routes::cinema, programme::routes::day, programme::routes::poster, programme::routes::showtime,
        seats::routes::seat_map, seats::routes::seat_events, seats::routes::best_available,
        holds::routes::hold, holds::routes::look, holds::routes::choose, holds::routes::extend, holds::routes::release,
        tenders::routes::tender, tenders::routes::cancel, sales::routes::settle, sales::routes::sale,
        tickets::routes::ticket, tickets::routes::code, tickets::routes::keys,
        devices::routes::pair, devices::routes::device_asking, status::routes::status,
    ),
    modifiers(&Token),
)]
pub struct Document;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let token = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("token", token);
    }
}

static TEXT: LazyLock<String> =
    LazyLock::new(|| Document::openapi().to_pretty_json().unwrap_or_default());

/// `GET /api/openapi.json`
pub(crate) async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], TEXT.as_str())
}
