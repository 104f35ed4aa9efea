//! The hub's API, route by route. What people of head office see needs an operator, who stands in the handler's signature; whoever buys has a
//! guest's session; the payment provider signs its calls. Probes, enrolment, signing in, what guests see and the storefront's pages are for everybody.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{ETAG, STRICT_TRANSPORT_SECURITY};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use service::http::Limits;
use service::settings::Http;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _};

use crate::app::App;
use crate::storefront::booking::routes as bookings;
use crate::{
    enrolments, guests, hand_over, head_office, notifications, openapi, operators, payments, proof,
    refunds, storefront, waiting_room,
};

/// The largest body in bytes: that of an enrolment, under 2 KiB.
const LARGEST_BODY: usize = 16 * 1024;

/// The largest call of a payment provider: Stripe's have the whole object in them, which others may have given 50 names of their own.
const LARGEST_CALL: usize = 256 * 1024;

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
        .route(
            "/api/v1/head-office/cinemas/{cinema}/showtimes",
            get(head_office::routes::showtimes),
        )
        .route("/api/v1/head-office/refunds", post(refunds::routes::ask))
        .route(
            "/api/v1/head-office/refunds/{ticket}",
            post(refunds::routes::decide),
        )
        .route(
            "/api/v1/head-office/cinemas/{cinema}/showtimes/{showtime}/seats/{seat}/history",
            get(head_office::routes::seat_history),
        )
        .route(
            "/api/v1/head-office/cinemas/{cinema}/hand-over",
            get(hand_over::routes::showtimes),
        )
        .route(
            "/api/v1/head-office/cinemas/{cinema}/showtimes/{showtime}/hand-over",
            get(hand_over::routes::codes).post(hand_over::routes::hand_over),
        )
        .route(
            "/api/v1/head-office/hand-over-code.svg",
            get(hand_over::routes::picture),
        )
        .route("/api/v1/head-office/mails", get(head_office::routes::mails))
        .route(
            "/api/v1/head-office/mails/undelivered",
            get(head_office::routes::undelivered),
        )
        .route(
            "/api/v1/head-office/mails/undelivered/{mail}",
            post(head_office::routes::decide_undelivered),
        )
        .route(
            "/api/v1/head-office/mails/{kind}/{language}",
            get(head_office::routes::mail),
        )
        .route(
            "/api/v1/head-office/mails/{kind}/{language}/page",
            get(head_office::routes::mail_page),
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
    // A phone on its way home has a slow line, and rooms are long lists.
    let everyone = counter::routes::everyone()
        .with_state(app.counter.clone())
        // What has an ETag is kept in memory and small: whoever fetches it anew comes with a crowd.
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(has_no_etag)))
        .layer(from_fn_with_state(
            app.guests.clone(),
            guests::routes::anyone,
        ));
    let buyers = counter::routes::buyers()
        .merge(counter::routes::buyers_online())
        .with_state(app.counter.clone())
        .layer(from_fn_with_state(
            app.waiting_room.clone(),
            waiting_room::routes::in_turn,
        ))
        .layer(from_fn_with_state(
            app.guests.clone(),
            guests::routes::only_guests,
        ));
    let places = Router::new()
        .route(
            "/api/v1/cinemas/{cinema}/showtimes/{showtime}/place",
            put(waiting_room::routes::come).delete(waiting_room::routes::leave),
        )
        .with_state(app.waiting_room.clone())
        .layer(from_fn_with_state(
            app.guests.clone(),
            guests::routes::only_guests,
        ));
    let contacts = Router::new()
        .route(
            "/api/v1/cinemas/{cinema}/holds/{hold}/contact",
            put(notifications::routes::keep_address),
        )
        .with_state(app.notifications.clone())
        .layer(from_fn_with_state(
            app.guests.clone(),
            guests::routes::only_guests,
        ));
    let sessions = Router::new()
        .route("/api/v1/guests", post(guests::routes::begin))
        .with_state(app.guests.clone());
    let calls = Router::new()
        .route("/api/v1/payment-events", post(payments::routes::called))
        .layer(DefaultBodyLimit::max(LARGEST_CALL))
        .with_state(app.calls.clone());
    let storefront = Router::new()
        .route("/", get(storefront::routes::cinemas))
        .route("/cinemas/{cinema}", get(storefront::routes::day))
        .route(
            "/cinemas/{cinema}/films/{film}",
            get(storefront::routes::film),
        )
        .route(
            "/cinemas/{cinema}/showtimes/{showtime}",
            get(storefront::routes::showtime),
        )
        .route(
            "/cinemas/{cinema}/holds/{hold}",
            get(storefront::routes::back_from_the_bank),
        )
        .route(
            "/storefront/nearest.js",
            get(storefront::routes::nearest_first),
        )
        .route("/sitemap.xml", get(storefront::routes::addresses))
        .route("/robots.txt", get(storefront::routes::robots))
        .with_state(app.storefront.clone());
    // Whoever has the link may send its forms: the proof in it is what another site's page lacks. Browsers name no origin on these pages, for
    // they send no referrer.
    let bookings = Router::new()
        .route("/bookings/keep.js", get(bookings::keep))
        .route("/bookings/worker.js", get(bookings::worker))
        .route("/bookings/{cinema}", get(bookings::cut_off))
        .route("/bookings/{cinema}/{sale}", get(bookings::cut_off))
        .route("/bookings/{cinema}/{sale}/{proof}", get(bookings::booking))
        .route(
            "/bookings/{cinema}/{sale}/{proof}/calendar.ics",
            get(bookings::calendar),
        )
        .route(
            "/bookings/{cinema}/{sale}/{proof}/tickets.pdf",
            get(bookings::paper),
        )
        .route(
            "/bookings/{cinema}/{sale}/{proof}/give-back",
            get(bookings::offer_back).post(bookings::give_back),
        )
        .with_state(app.storefront.clone());
    let database = app.base.database.clone();
    let probes = service::http::probes(
        app.base.machine.metrics.clone(),
        app.base.database.clone(),
        move || proof::refusal(&database),
    );
    let routes = boxes
        .merge(head_office)
        .merge(operators)
        .merge(storefront)
        .merge(service::http::screens_beside(&["/head-office"]))
        .merge(sessions)
        .merge(calls)
        .nest("/api/v1/cinemas/{cinema}", everyone.merge(buyers))
        .merge(contacts)
        .merge(places)
        .layer(from_fn_with_state(
            app.guests.clone(),
            guests::routes::only_our_pages,
        ))
        .merge(bookings)
        .merge(probes);
    let limits = Limits {
        body_bytes: LARGEST_BODY,
        answer_within: ANSWER_WITHIN,
        requests_per_second: app.base.settings.http.requests_per_second,
        streams: app.base.settings.http.streams(),
    };
    let answers = service::http::layers(routes, limits, &app.base.machine, Arc::new(|_| None));
    match stays_encrypted(&app.base.settings.http) {
        Some(header) => answers.layer(map_response(move |mut answer: Response| {
            let (name, header) = (STRICT_TRANSPORT_SECURITY, header.clone());
            answer.headers_mut().insert(name, header);
            ready(answer)
        })),
        None => answers,
    }
}

fn has_no_etag(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(ETAG)
}

/// Whether browsers come back by https alone, and for how long they keep to it. For a day: a certificate that is over locks nobody out for
/// longer. What else speaks without TLS under the same name, on whatever port, is locked out with it, so it is said only where somebody
/// has named the address that people use.
fn stays_encrypted(http: &Http) -> Option<HeaderValue> {
    let public = http.public.as_ref()?.as_str();
    let day = || HeaderValue::from_static("max-age=86400");
    public.starts_with("https://").then(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_held_to_https_where_people_use_it_and_for_a_day() {
        let http = |public: &str| Http {
            public: Some(public.to_owned().try_into().unwrap()),
            ..Http::default()
        };
        assert_eq!(stays_encrypted(&Http::default()), None);
        assert_eq!(stays_encrypted(&http("http://office.example")), None);
        let held = stays_encrypted(&http("https://office.example"));
        assert_eq!(held.unwrap(), "max-age=86400");
    }
}
