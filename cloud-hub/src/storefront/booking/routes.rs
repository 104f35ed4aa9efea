//! HTTP of bookings. Nothing of them is kept on the way or listed, and a proof stands in no answer but the booking's own pages.

use axum::Form;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use service::http::{Caching, Page};

use super::Link;
use super::give_back::BACK;
use crate::storefront::missing::Missing;
use crate::storefront::routes::{Named, Wish, answered, readable, tongue};
use crate::storefront::tongue::Tongue;
use crate::storefront::{Answer, Storefront};

/// What has a browser keep a booking, for when the hub is not reached.
pub(super) const KEEPS: &str = "/bookings/keep.js";

const KEEP: &str = include_str!("keep.js");
const WORKER: &str = include_str!("worker.js");

/// What no search engine shall list, said of what is no page as well.
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
const NOT_LISTED: &str = "noindex, nofollow";

/// The fields of a form.
type Fields = Vec<(String, String)>;

/// The booking.
pub(crate) async fn booking(
    State(front): State<Storefront>,
    named: Named<Link>,
    wish: Wish,
    headers: HeaderMap,
) -> Response {
    let tongue = tongue(&wish, &headers);
    let found = front.booking(tongue, &readable(named)).await;
    private(found, tongue, &headers)
}

/// A link of which the end is missing, as a mail program cuts it.
pub(crate) async fn cut_off(
    State(front): State<Storefront>,
    wish: Wish,
    headers: HeaderMap,
) -> Response {
    let tongue = tongue(&wish, &headers);
    let nothing = front.missing(tongue, Missing::Booking);
    private(nothing, tongue, &headers)
}

/// Its entry in a calendar.
pub(crate) async fn calendar(
    State(front): State<Storefront>,
    named: Named<Link>,
    wish: Wish,
    headers: HeaderMap,
) -> Response {
    let tongue = tongue(&wish, &headers);
    let found = front.calendar(tongue, &readable(named)).await;
    let is_shown = matches!(found, Answer::Shown(_));
    let mut answer = private(found, tongue, &headers);
    if is_shown {
        for (name, value) in [
            (CONTENT_TYPE, "text/calendar; charset=utf-8"),
            (CONTENT_DISPOSITION, "inline; filename=\"booking.ics\""),
        ] {
            let headers = answer.headers_mut();
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    answer
}

/// Its tickets as a PDF file.
pub(crate) async fn paper(
    State(front): State<Storefront>,
    named: Named<Link>,
    wish: Wish,
    headers: HeaderMap,
) -> Response {
    let tongue = tongue(&wish, &headers);
    match front.paper(tongue, &readable(named)).await {
        Ok(file) => {
            let head = [
                (CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
                (
                    CONTENT_DISPOSITION,
                    HeaderValue::from_static("inline; filename=\"tickets.pdf\""),
                ),
                (CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (ROBOTS, HeaderValue::from_static(NOT_LISTED)),
            ];
            (head, file).into_response()
        }
        Err(answer) => private(answer, tongue, &headers),
    }
}

/// What would come back for the tickets that are chosen.
pub(crate) async fn offer_back(
    State(front): State<Storefront>,
    named: Named<Link>,
    wish: Wish,
    chosen: Result<Query<Fields>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let tongue = tongue(&wish, &headers);
    let chosen = tickets(chosen.map(|Query(fields)| fields).unwrap_or_default());
    let wanted = (chosen.as_slice(), None);
    let found = front.offer_back(tongue, &readable(named), wanted).await;
    private(found, tongue, &headers)
}

/// Gives them back.
pub(crate) async fn give_back(
    State(front): State<Storefront>,
    named: Named<Link>,
    wish: Wish,
    headers: HeaderMap,
    chosen: Result<Form<Fields>, FormRejection>,
) -> Response {
    let tongue = tongue(&wish, &headers);
    let fields = chosen.map(|Form(fields)| fields).unwrap_or_default();
    let told = fields.iter().find(|(name, _)| name == BACK);
    let told_minor = told.and_then(|(_, minor)| minor.parse().ok());
    let chosen = tickets(fields);
    let wanted = (chosen.as_slice(), told_minor);
    let done = front.give_back(tongue, &readable(named), wanted).await;
    private(done, tongue, &headers)
}

/// The script that has a browser keep the page.
pub(crate) async fn keep(headers: HeaderMap) -> Response {
    script(KEEP, &headers)
}

/// The one that shows what was kept.
pub(crate) async fn worker(headers: HeaderMap) -> Response {
    script(WORKER, &headers)
}

fn tickets(fields: Fields) -> Vec<String> {
    let fields = fields.into_iter();
    let named = fields.filter(|(name, _)| name == "ticket");
    named.map(|(_, id)| id).collect()
}

fn private(found: Answer, tongue: Tongue, headers: &HeaderMap) -> Response {
    let mut answer = answered(found, (tongue, Caching::Never), headers);
    let never = HeaderValue::from_static(NOT_LISTED);
    answer.headers_mut().insert(ROBOTS, never);
    answer
}

fn script(text: &str, headers: &HeaderMap) -> Response {
    let page = Page {
        status: StatusCode::OK,
        content_type: "text/javascript; charset=utf-8",
        language: None,
        caching: Caching::AskAgain,
        text: text.to_owned(),
    };
    page.answer(headers)
}
