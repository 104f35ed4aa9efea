//! The contract as an OpenAPI document, made from the routes and types themselves. A story compares what is served with the document that
//! was last read, and with the router.

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{RefOr, Required};
use utoipa::{Modify, OpenApi};

use crate::{
    enrolments, guests, hand_over, head_office, notifications, operators, payments, refunds,
    waiting_room,
};

/// The hub's HTTP API.
#[derive(Debug, OpenApi)]
#[openapi(
    info(title = "Foyer hub", description = "The cinemas of a chain, for head office, boxes and guests."),
    paths(
        enrolments::routes::enrol,
        guests::routes::begin,
        notifications::routes::keep_address,
        head_office::routes::mails,
        head_office::routes::mail,
        head_office::routes::mail_page,
        head_office::routes::undelivered,
        head_office::routes::decide_undelivered,
        waiting_room::routes::come,
        waiting_room::routes::leave,
        hand_over::routes::showtimes,
        hand_over::routes::codes,
        hand_over::routes::hand_over,
        hand_over::routes::picture,
        head_office::routes::cinemas,
        head_office::routes::events,
        head_office::routes::showtimes,
        head_office::routes::seat_history,
        operators::routes::link,
        operators::routes::choose_password,
        operators::routes::sign_in,
        operators::routes::sessions,
        operators::routes::end,
        payments::routes::called,
        refunds::routes::ask,
        refunds::routes::decide,
    ),
    modifiers(&OfCinemas),
)]
pub struct Document;

/// What everybody and what guests may ask of a cinema, and how an operator and a guest are known.
struct OfCinemas;

impl Modify for OfCinemas {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let mut asked = counter::openapi::Everyone::openapi();
        asked.merge(counter::openapi::Buyers::openapi());
        asked.merge(counter::openapi::BuyersOnline::openapi());
        for (path, mut item) in std::mem::take(&mut asked.paths.paths) {
            item.parameters
                .get_or_insert_default()
                .push(RefOr::T(cinema()));
            let path = path.replacen("/api/v1", "/api/v1/cinemas/{cinema}", 1);
            asked.paths.paths.insert(path, item);
        }
        document.merge(asked);
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("foyer_session")));
        let token = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("session", cookie);
        components.add_security_scheme("token", token);
    }
}

fn cinema() -> Parameter {
    ParameterBuilder::new()
        .name("cinema")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

static TEXT: LazyLock<String> =
    LazyLock::new(|| Document::openapi().to_pretty_json().unwrap_or_default());

/// `GET /api/openapi.json`
pub(crate) async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], TEXT.as_str())
}
