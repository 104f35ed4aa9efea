//! HTTP of the storefront's pages.

use std::sync::LazyLock;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use counter::Fault;
use serde::Deserialize;
use service::http::{Caching, Page, Refusal};

use super::tongue::Tongue;
use super::{Answer, Storefront, site_map, style};

const HTML: &str = "text/html; charset=utf-8";

/// What has the nearest cinema stand first.
pub(super) const NEAREST_FIRST: &str = "/storefront/nearest.js";

const NEAREST: &str = include_str!("nearest.js");

/// What may stand behind the question mark.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    /// The language.
    lang: Option<String>,
    /// The business day, `2026-11-23`.
    day: Option<String>,
}

/// What stands behind the question mark, if it can be read.
pub(super) type Wish = Result<Query<Wanted>, QueryRejection>;

/// The names in the path, if they can be read.
pub(super) type Named<T> = Result<Path<T>, PathRejection>;

/// The choice of cinema.
pub(crate) async fn cinemas(
    State(front): State<Storefront>,
    wish: Wish,
    headers: HeaderMap,
) -> Response {
    let tongue = tongue(&wish, &headers);
    answer(front.cinemas(tongue), tongue, &headers)
}

/// What is on at a cinema.
pub(crate) async fn day(
    State(front): State<Storefront>,
    named: Named<String>,
    wish: Wish,
    headers: HeaderMap,
) -> Response {
    let tongue = tongue(&wish, &headers);
    let cinema = readable(named);
    let day = wish.iter().find_map(|Query(wanted)| wanted.day.as_deref());
    answer(front.day(tongue, &cinema, day).await, tongue, &headers)
}

/// A film at a cinema.
pub(crate) async fn film(
    State(front): State<Storefront>,
    named: Named<(String, String)>,
    wish: Wish,
    headers: HeaderMap,
) -> Response {
    let tongue = tongue(&wish, &headers);
    let (cinema, film) = readable(named);
    answer(front.film(tongue, (&cinema, &film)).await, tongue, &headers)
}

/// A showtime of a cinema.
pub(crate) async fn showtime(
    State(front): State<Storefront>,
    named: Named<(String, String)>,
    wish: Wish,
    headers: HeaderMap,
) -> Response {
    let tongue = tongue(&wish, &headers);
    let (cinema, showtime) = readable(named);
    let found = front.showtime(tongue, (&cinema, &showtime)).await;
    let mut answered = answer(found, tongue, &headers);
    if let Some(fields) = &front.sells.card_fields {
        may(&mut answered, &fields.policy);
    }
    answered
}

/// Where a guest goes on who comes back from their bank.
pub(crate) async fn back_from_the_bank(
    State(front): State<Storefront>,
    named: Named<(String, String)>,
    wish: Wish,
    headers: HeaderMap,
) -> Response {
    let tongue = tongue(&wish, &headers);
    let (cinema, hold) = readable(named);
    let led = front.back_from_the_bank(tongue, (&cinema, &hold)).await;
    answer(led, tongue, &headers)
}

/// Every page that search engines shall find.
pub(crate) async fn addresses(State(front): State<Storefront>, headers: HeaderMap) -> Response {
    plain(
        "application/xml; charset=utf-8",
        site_map::addresses(&front),
    )
    .answer(&headers)
}

/// Which pages they shall leave alone.
pub(crate) async fn robots(State(front): State<Storefront>, headers: HeaderMap) -> Response {
    plain("text/plain; charset=utf-8", site_map::robots(&front)).answer(&headers)
}

/// The script that has the nearest cinema stand first.
pub(crate) async fn nearest_first(headers: HeaderMap) -> Response {
    plain("text/javascript; charset=utf-8", NEAREST.to_owned()).answer(&headers)
}

/// What is named; nothing, which is no name of anything, if that cannot be read.
pub(super) fn readable<T: Default>(named: Named<T>) -> T {
    named.map(|Path(name)| name).unwrap_or_default()
}

pub(super) fn tongue(wish: &Wish, headers: &HeaderMap) -> Tongue {
    let chosen = wish.iter().find_map(|Query(wanted)| wanted.lang.as_deref());
    let accepted = headers.get(ACCEPT_LANGUAGE);
    Tongue::of(chosen, accepted.and_then(|value| value.to_str().ok()))
}

fn answer(answer: Answer, tongue: Tongue, headers: &HeaderMap) -> Response {
    answered(answer, (tongue, Caching::AskAgain), headers)
}

/// What a page of the storefront may load and do.
static POLICY: LazyLock<String> = LazyLock::new(|| style::widened(bundle::CONTENT_SECURITY_POLICY));

/// What the page may load and do that this is, or that the browser has: it takes the headers of an answer without a page for those of the page.
fn may(answer: &mut Response, policy: &str) {
    if let Ok(policy) = HeaderValue::from_str(policy) {
        let headers = answer.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}

/// The answer, of which a page that is shown may be kept as `caching` says.
pub(super) fn answered(answer: Answer, how: (Tongue, Caching), headers: &HeaderMap) -> Response {
    let mut answered = as_asked(answer, how, headers);
    may(&mut answered, &POLICY);
    answered
}

fn as_asked(answer: Answer, (tongue, caching): (Tongue, Caching), headers: &HeaderMap) -> Response {
    let (status, caching, text) = match answer {
        Answer::Shown(text) => (StatusCode::OK, caching, text),
        Answer::Kept(page) => return page.answer(headers),
        Answer::Missing(text) => (StatusCode::NOT_FOUND, Caching::Never, text),
        Answer::Refused(text) => (StatusCode::CONFLICT, Caching::Never, text),
        Answer::Broken(text, fault) => return broken(text, fault),
        Answer::LedTo(path) => return Redirect::temporary(&path).into_response(),
        Answer::Done(path) => return Redirect::to(&path).into_response(),
    };
    let page = Page {
        status,
        ..html(text, (tongue, caching))
    };
    page.answer(headers)
}

/// A page that is shown.
pub(super) fn html(text: String, (tongue, caching): (Tongue, Caching)) -> Page {
    Page {
        status: StatusCode::OK,
        content_type: HTML,
        language: Some(tongue.tag()),
        caching,
        text,
    }
}

/// Answered and counted as every other fault, in words for people.
fn broken(text: String, fault: Fault) -> Response {
    let mut response = Refusal::from(fault).into_response();
    *response.body_mut() = text.into();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
    headers.remove(CONTENT_LENGTH);
    response
}

fn plain(content_type: &'static str, text: String) -> Page {
    Page {
        status: StatusCode::OK,
        content_type,
        language: None,
        caching: Caching::AskAgain,
        text,
    }
}
