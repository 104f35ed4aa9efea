//! Extractors that refuse with a problem where axum's own refuse with a plain text.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::COOKIE;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Refusal;
use super::connections::Caller;

/// The head of a request, for extractors of other crates.
pub use axum::http::request::Parts;

/// Whose address a request came from; all of one household's are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer(pub IpAddr);

impl Peer {
    pub(super) fn of(extensions: &Extensions) -> Self {
        let caller = extensions.get::<Caller>().map(|caller| Self(caller.from));
        // What comes over no connection says itself whom it comes from: a simulation's requests.
        let said = caller.or_else(|| extensions.get().copied());
        said.unwrap_or(Self(Ipv4Addr::UNSPECIFIED.into()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

/// A JSON body, in and out.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        Body::from_request(request, state)
            .await
            .map(|body| Self(body.value))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// JSON of another shape, or no JSON at all. The error's own category does not tell: two of several choices in one object end
/// the parser as broken JSON does, though it is JSON.
fn refuse_json(bytes: &[u8], why: &JsonRejection) -> Refusal {
    if serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() {
        return wrong_body(&why.body_text());
    }
    let why = why.body_text();
    Refusal::new(
        StatusCode::BAD_REQUEST,
        "malformed_json",
        "The body is not JSON",
        why,
    )
}

fn wrong_body(why: &str) -> Refusal {
    Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "wrong_body",
        "The body does not have the expected fields",
        why,
    )
}

fn too_large() -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        "The body is too large",
        "Send less at a time.",
    )
}

/// A body as it was sent.
#[derive(Debug, Clone)]
pub struct Raw(pub axum::body::Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = axum::body::Bytes::from_request(request, state).await;
        bytes.map(Self).map_err(|why| match why.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            status => Refusal::new(
                status,
                "broken_body",
                "The body could not be read",
                "It ended before it was complete.",
            ),
        })
    }
}

/// A JSON body together with its exact bytes, by which a repeated request is known.
#[derive(Debug, Clone)]
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    /// As it was sent.
    pub bytes: axum::body::Bytes,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let is_json = request
            .headers()
            .get(axum::http::header::CONTENT_TYPE)
            .is_some_and(|kind| {
                kind.to_str().is_ok_and(|kind| {
                    kind.split(';')
                        .next()
                        .is_some_and(|kind| kind.trim() == "application/json")
                })
            });
        if !is_json {
            let words = "Send it with Content-Type: application/json.";
            return Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_json",
                "The body is not marked as JSON",
                words,
            ));
        }
        let Raw(bytes) = Raw::from_request(request, state).await?;
        match axum::Json::from_bytes(&bytes) {
            Ok(axum::Json(value)) => Ok(Self { value, bytes }),
            Err(why) => Err(refuse_json(&bytes, &why)),
        }
    }
}

/// The values in the path.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let wrong = |why: PathRejection| {
            Refusal::new(
                StatusCode::NOT_FOUND,
                "not_found",
                "There is nothing at this address",
                why.body_text(),
            )
        };
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(path)| Self(path))
            .map_err(wrong)
    }
}

/// The values after the question mark.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let wrong = |why: QueryRejection| {
            Refusal::new(
                StatusCode::BAD_REQUEST,
                "wrong_query",
                "A value after the question mark does not fit",
                why.body_text(),
            )
        };
        axum::extract::Query::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Query(query)| Self(query))
            .map_err(wrong)
    }
}

/// What a browser sends under the name of a cookie: more than one value, if it knows more than one. What others have set beside it may be
/// any bytes.
pub fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let value = pair.trim_ascii().strip_prefix(name.as_bytes())?;
        std::str::from_utf8(value.strip_prefix(b"=")?).ok()
    })
}

/// The longest `Idempotency-Key`: a UUID has 36 characters, some programs send two.
const LONGEST_KEY: usize = 80;

/// How long an answer may wait for something new, by `Prefer: wait=N` in seconds ([RFC 7240](https://www.rfc-editor.org/rfc/rfc7240#section-4.3)):
/// ten at most. A preference that is none of ours is passed over, as the standard wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub Duration);

/// The longest wait: well within the time that an answer may take.
const LONGEST_WAIT_S: u64 = 10;

impl<S: Send + Sync> FromRequestParts<S> for Wait {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let preferences = parts.headers.get_all("prefer").into_iter();
        let wait = preferences
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split([',', ';']))
            .find_map(|preference| {
                let (name, value) = preference.split_once('=')?;
                let is_wait = name.trim().eq_ignore_ascii_case("wait");
                let seconds: u64 = value.trim().trim_matches('"').parse().ok()?;
                is_wait.then_some(seconds.min(LONGEST_WAIT_S))
            });
        Ok(Self(Duration::from_secs(wait.unwrap_or(0))))
    }
}

/// The `Idempotency-Key` header, which every request that sells, pays, refunds or prints must carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let refuse = |title, detail: &str| {
            Refusal::new(
                StatusCode::BAD_REQUEST,
                "idempotency_key_missing",
                title,
                detail,
            )
        };
        let Some(key) = parts.headers.get("idempotency-key") else {
            return Err(refuse(
                "The request has no Idempotency-Key",
                "Send a new random key with each new wish, the same one with a repeat.",
            ));
        };
        match key.to_str() {
            Ok(key)
                if (1..=LONGEST_KEY).contains(&key.len())
                    && key.bytes().all(|b| b.is_ascii_graphic()) =>
            {
                Ok(Self(key.to_owned()))
            }
            Ok(_) | Err(_) => Err(refuse(
                "The Idempotency-Key cannot be used",
                "It has 1 to 80 visible ASCII characters.",
            )),
        }
    }
}
