//! The contract as an OpenAPI document, made from the routes and types themselves. A story compares what is
//! served with the document that was last read.

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{calls, devices, door, hand_over, history, status};

/// The box's HTTP API.
#[derive(Debug, OpenApi)]
#[openapi(
    info(title = "Foyer appliance", description = "Seats, sales and tickets of one cinema."),
    paths(
        devices::routes::pair,
        devices::routes::device_asking,
        calls::routes::call,
        status::routes::status,
        door::routes::admit,
        door::routes::showtime,
        history::routes::of_seat,
        hand_over::routes::take,
    ),
    modifiers(&Selling),
)]
pub struct Document;

/// What every counter serves, and the token by which a device is known.
struct Selling;

impl Modify for Selling {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        document.merge(counter::openapi::Everyone::openapi());
        document.merge(counter::openapi::Buyers::openapi());
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
