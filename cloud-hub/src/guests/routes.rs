//! HTTP of guests' sessions, and the layers that say who buys and that it is our own page that asks.

use axum::extract::{FromRequestParts as _, MatchedPath, RawPathParams, Request, State};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use counter::Buyer;
use hub_api::Guest;
use service::http::{Json, Peer, cookies};

use super::{GuestRefused, Guests, WORK_BITS, has_worked};

/// The cookie that holds a session's token.
const COOKIE_NAME: &str = "foyer_guest";

/// The same where it may only travel encrypted: a browser then takes it from this host alone.
const ENCRYPTED_COOKIE_NAME: &str = "__Host-foyer_guest";

/// A month: who comes back finds what they bought.
const COOKIE_SECONDS: u32 = 30 * 24 * 60 * 60;

/// The header with a browser's work.
const WORK: &str = "foyer-work";

/// The routes, below a cinema's, by which somebody comes to hold more seats: of a showtime, and of a hold.
const HOLDS: &str = "/showtimes/{id}/holds";
const CHOICE: &str = "/holds/{id}/seats";

/// The route of new payments.
const TENDERS: &str = "/holds/{id}/tenders";

/// Begins a session, or goes on with the one that the browser has; its token comes as a cookie, which a program may send as a bearer token.
#[utoipa::path(post, path = "/api/v1/guests", tag = "guests",
    responses((status = 201, body = Guest), (status = 200, body = Guest),
        (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn begin(
    State(guests): State<Guests>,
    from: Peer,
    headers: HeaderMap,
) -> Result<Response, GuestRefused> {
    if let Some(known) = asking(&guests, &headers) {
        let body = Json(shown(&known));
        // Whoever comes back keeps it for as long again.
        return Ok(match kept_token(&guests, &headers) {
            Some(token) => ([(SET_COOKIE, cookie(&guests, token))], body).into_response(),
            None => body.into_response(),
        });
    }
    let token = guests.begin(from)?;
    let begun = guests.buyer(&token).ok_or(GuestRefused::NoSession)?;
    let answer = (
        StatusCode::CREATED,
        [(SET_COOKIE, cookie(&guests, &token))],
        Json(shown(&begun)),
    );
    Ok(answer.into_response())
}

fn cookie(guests: &Guests, token: &str) -> String {
    let name = cookie_name(guests);
    let secure = match guests.is_encrypted() {
        true => "; Secure",
        false => "",
    };
    format!("{name}={token}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax{secure}")
}

fn cookie_name(guests: &Guests) -> &'static str {
    match guests.is_encrypted() {
        true => ENCRYPTED_COOKIE_NAME,
        false => COOKIE_NAME,
    }
}

/// The token that the browser keeps, if this hub has made it.
fn kept_token<'a>(guests: &Guests, headers: &'a HeaderMap) -> Option<&'a str> {
    cookies(headers, cookie_name(guests)).find(|token| guests.buyer(token).is_some())
}

fn shown(buyer: &Buyer) -> Guest {
    Guest {
        id: buyer.id.to_string(),
        work_bits: WORK_BITS,
    }
}

/// Tells the counter who buys: a guest's session, or nobody is let through.
pub(crate) async fn only_guests(
    State(guests): State<Guests>,
    from: Peer,
    request: Request,
    next: Next,
) -> Result<Response, GuestRefused> {
    let mut buyer = asking(&guests, request.headers()).ok_or(GuestRefused::NoSession)?;
    let route = request.extensions().get::<MatchedPath>();
    let is_of = |end: &str| route.is_some_and(|route| route.as_str().ends_with(end));
    let (begins, chooses, pays) = (is_of(HOLDS), is_of(CHOICE), is_of(TENDERS));
    let (mut parts, body) = request.into_parts();
    if begins {
        guests.may_hold(from)?;
    }
    if chooses {
        guests.may_choose(from)?;
    }
    if pays {
        guests.may_pay(from)?;
    }
    if begins || chooses {
        let params = RawPathParams::from_request_parts(&mut parts, &()).await;
        let header = |name: &str| parts.headers.get(name)?.to_str().ok();
        if let (Ok(params), Some(key), Some(work)) =
            (params, header("idempotency-key"), header(WORK))
            && let Some((_, of)) = params.iter().find(|(name, _)| *name == "id")
            && let Some(crowd) = &mut buyer.limits.crowd
        {
            crowd.has_worked = has_worked(&buyer.id, (of, key), work);
        }
    }
    parts.extensions.insert(buyer);
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// Tells the counter who asks, if it is a guest.
pub(crate) async fn anyone(
    State(guests): State<Guests>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(buyer) = asking(&guests, request.headers()) {
        request.extensions_mut().insert(buyer);
    }
    next.run(request).await
}

fn asking(guests: &Guests, headers: &HeaderMap) -> Option<Buyer> {
    let bearer = headers.get(AUTHORIZATION);
    if let Some(bearer) = bearer {
        return guests.buyer(bearer.to_str().ok()?.strip_prefix("Bearer ")?);
    }
    guests.buyer(kept_token(guests, headers)?)
}

/// Refuses what the page of another site has a browser ask for, as far as it would change anything. A program sends neither header.
pub(crate) async fn only_our_pages(
    State(guests): State<Guests>,
    request: Request,
    next: Next,
) -> Result<Response, GuestRefused> {
    let is_safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if !is_safe && is_of_another_site(request.headers(), guests.host()) {
        return Err(GuestRefused::OtherSite);
    }
    Ok(next.run(request).await)
}

/// Browsers say it where they trust the line, and name the page's origin everywhere.
fn is_of_another_site(headers: &HeaderMap, public: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return !["same-origin", "none"].iter().any(|ours| *site == *ours);
    }
    let Some(origin) = headers.get(ORIGIN) else {
        return false;
    };
    let host = origin.to_str().ok().and_then(|it| it.split_once("://"));
    let asked = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.is_none_or(|(_, host)| host != public && Some(host) != asked)
}

#[cfg(test)]
mod tests;
