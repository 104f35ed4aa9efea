//! The layers around a router, outermost first: request id, counting, time, how often one asker asks, panics, body size; and the
//! three probes.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use database::Database;
use tower_http::catch_panic::CatchPanicLayer;

use super::asker::Asker;
use super::connections::Caller;
use super::known_device::KnownDevice;
use super::problem::{BrokenInvariant, REQUEST_ID};
use super::rate::Allowances;
use super::streams::{StreamLimits, Streams};
use super::{Peer, Refusal};
use crate::{Clock, Machine, Metrics, Random};

/// The limits around a router.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest body in bytes.
    pub body_bytes: usize,
    /// How long an answer's head may take.
    pub answer_within: Duration,
    /// Requests per second of one device or address.
    pub requests_per_second: u32,
    /// Answers that do not end.
    pub streams: StreamLimits,
}

/// Headers that say one thing: of two the one is read here and the other by somebody on the way.
const SAID_ONCE: [HeaderName; 5] = [
    header::HOST,
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    HeaderName::from_static("idempotency-key"),
];

/// Says by its headers which known device sends a request. Whoever is not known is told apart by address, so that nobody gains
/// anything by names that they make up.
pub type Who = Arc<dyn Fn(&HeaderMap) -> Option<KnownDevice> + Send + Sync>;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[derive(Clone)]
struct Around {
    clock: Clock,
    random: Random,
    metrics: Metrics,
    answer_within: Duration,
    allowances: Arc<Allowances<Asker>>,
    streams: Streams,
    who: Who,
}

/// Puts the layers around `router`.
pub fn layers(router: Router, limits: Limits, machine: &Machine, who: Who) -> Router {
    let streams = Streams::new(limits.streams);
    streams.show(&machine.metrics);
    let around = Around {
        clock: machine.clock.clone(),
        random: machine.random.clone(),
        metrics: machine.metrics.clone(),
        answer_within: limits.answer_within,
        allowances: Arc::new(Allowances::new(limits.requests_per_second)),
        streams,
        who,
    };
    router
        .fallback(|| async {
            Refusal::new(
                StatusCode::NOT_FOUND,
                "not_found",
                "There is nothing at this address",
                "Check the address.",
            )
        })
        .method_not_allowed_fallback(|| async {
            let words = "The Allow header lists what can be done here.";
            Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "This cannot be done at this address",
                words,
            )
        })
        .layer(DefaultBodyLimit::max(limits.body_bytes))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(around, around_each))
}

#[expect(clippy::needless_pass_by_value, reason = "the layer's signature")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    Refusal::internal(&words.unwrap_or("a panic without words")).into_response()
}

async fn around_each(State(around): State<Around>, request: Request, next: Next) -> Response {
    let began = around.clock.monotonic();
    let id = format!("{:016x}", u64::from_le_bytes(around.random.bytes()));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let device = (around.who)(request.headers());
    let asker = match &device {
        Some(device) => Asker::Device(device.id.clone()),
        None => Asker::Address(Peer::of(request.extensions())),
    };
    let caller = request.extensions().get::<Caller>().cloned();
    if let Some(caller) = &caller {
        caller.asks(device.as_ref());
    }
    let mut response = REQUEST_ID
        .scope(id.clone(), async {
            if let Err(wait) = around.allowances.ask(asker.clone(), began) {
                return too_often(wait);
            }
            if let Some(twice) = said_twice(request.headers()) {
                return contradicts(&twice);
            }
            let answer = tokio::time::timeout(around.answer_within, next.run(request));
            let answer = answer.await.unwrap_or_else(|_| {
                let words =
                    "It may have been done or not: repeat it with the same Idempotency-Key.";
                Refusal::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "too_slow",
                    "The answer took too long",
                    words,
                )
                .into_response()
            });
            around.streams.admit(asker, device, answer)
        })
        .await;
    if let Some(caller) = caller {
        caller.is_answered();
    }
    if let Some(BrokenInvariant(kind)) = response.extensions().get() {
        around.metrics.broke(kind);
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(X_REQUEST_ID, id);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    // A page that needs more says what.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert_with(|| HeaderValue::from_static(bundle::CONTENT_SECURITY_POLICY));
    let route = route.as_ref().map_or("none", |route| route.as_str());
    let took = around.clock.monotonic().saturating_sub(began);
    around
        .metrics
        .answered(method.as_str(), route, response.status().as_u16(), took);
    response
}

fn said_twice(headers: &HeaderMap) -> Option<HeaderName> {
    let mut once = SAID_ONCE.into_iter();
    once.find(|name| headers.get_all(name).iter().nth(1).is_some())
}

fn contradicts(twice: &HeaderName) -> Response {
    let refusal = Refusal::new(
        StatusCode::BAD_REQUEST,
        "header_twice",
        "A header is there twice",
        format!("Send {twice} once."),
    );
    refusal.into_response()
}

fn too_often(wait: Duration) -> Response {
    let refusal = Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_requests",
        "Too many requests at once",
        "Nothing was changed: wait as long as Retry-After says, then go on more slowly.",
    );
    refusal.again_after(wait).into_response()
}

/// `/healthz` (the process answers), `/readyz` (its database and the writer answer too, there is room for something new, and `stopped`
/// has nothing against it) and `/metrics`.
pub fn probes(
    metrics: Metrics,
    database: Database,
    stopped: impl Fn() -> Option<Refusal> + Clone + Send + Sync + 'static,
) -> Router {
    let ready = move || {
        let (database, stopped) = (database.clone(), stopped.clone());
        async move {
            database.check().await?;
            match (stopped(), database.has_room()) {
                (Some(refusal), _) => Err(refusal),
                (None, true) => Ok("ready\n"),
                (None, false) => Err(Refusal::from(database::Error::Full)),
            }
        }
    };
    let text = [(
        header::CONTENT_TYPE,
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
    )];
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route(
            "/metrics",
            get(move || async move { (text, metrics.text()) }),
        )
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::post;
    use tokio_util::sync::CancellationToken;
    use tower::ServiceExt as _;

    use super::*;
    use crate::http::{Body as Sent, Json, Query};

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wish {
        count: u32,
    }

    fn router(metrics: &Metrics) -> Router {
        let routes = Router::new()
            .route(
                "/wish",
                post(|Json(wish): Json<Wish>| async move { wish.count.to_string() }),
            )
            .route(
                "/repeatable-wish",
                post(|wish: Sent<Wish>| async move { wish.value.count.to_string() }),
            )
            .route(
                "/query",
                get(|Query(wish): Query<Wish>| async move { wish.count.to_string() }),
            )
            .route(
                "/panic",
                get(|| async { assert!(std::hint::black_box(false), "oh") }),
            )
            .route(
                "/slow",
                get(|| async { std::future::pending::<()>().await }),
            );
        let limits = Limits {
            body_bytes: 100,
            answer_within: Duration::from_millis(30),
            requests_per_second: 1_000,
            streams: StreamLimits {
                most: 1,
                per_address: 1,
            },
        };
        let machine = Machine {
            metrics: metrics.clone(),
            ..Machine::system(CancellationToken::new())
        };
        layers(routes, limits, &machine, Arc::new(|_| None))
    }

    async fn ask(router: &Router, method: &str, uri: &str, body: &str) -> (u16, String) {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("content-type", "application/json");
        let response = router
            .clone()
            .oneshot(request.body(Body::from(body.to_owned())).unwrap())
            .await
            .unwrap();
        let (status, id) = (
            response.status().as_u16(),
            response.headers()["x-request-id"]
                .to_str()
                .unwrap()
                .to_owned(),
        );
        let bytes = axum::body::to_bytes(response.into_body(), 10_000)
            .await
            .unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(problem) if problem.is_object() => {
                assert_eq!(problem["request_id"], id.as_str());
                (status, problem["code"].as_str().unwrap().to_owned())
            }
            _ => (status, text),
        }
    }

    #[tokio::test]
    async fn every_refusal_is_a_problem_with_a_code() {
        let metrics = Metrics::default();
        let router = router(&metrics);
        let cases = [
            ("GET", "/query?count=x", "", 400, "wrong_query"),
            ("GET", "/wish", "", 405, "method_not_allowed"),
            ("GET", "/nowhere", "", 404, "not_found"),
            ("GET", "/panic", "", 500, "internal_error"),
            ("GET", "/slow", "", 503, "too_slow"),
        ];
        for (method, uri, body, status, code) in cases {
            assert_eq!(
                ask(&router, method, uri, body).await,
                (status, code.to_owned()),
                "{method} {uri} {body}"
            );
        }
        let long = format!("{{\"count\":{}}}", "1".repeat(200));
        assert_eq!(
            ask(&router, "POST", "/wish", &long).await,
            (413, "body_too_large".to_owned())
        );
        let text = metrics.text();
        assert!(
            text.contains(r#"{method="POST",route="/wish",status="413"} 1"#),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_body_is_refused_in_one_way_whether_its_bytes_are_kept_or_not() {
        let router = router(&Metrics::default());
        let cases = [
            ("{\"count\":3}", 200, "3"),
            ("{", 400, "malformed_json"),
            ("", 400, "malformed_json"),
            ("[[[[", 400, "malformed_json"),
            ("{\"count\":x}", 400, "malformed_json"),
            ("{\"count\":1} {}", 400, "malformed_json"),
            ("[]", 422, "wrong_body"),
            ("null", 422, "wrong_body"),
            ("{\"count\":-1}", 422, "wrong_body"),
            ("{\"count\":1,\"more\":2}", 422, "wrong_body"),
            ("{\"count\":1,\"count\":2}", 422, "wrong_body"),
        ];
        for uri in ["/wish", "/repeatable-wish"] {
            for (body, status, code) in cases {
                assert_eq!(
                    ask(&router, "POST", uri, body).await,
                    (status, code.to_owned()),
                    "{uri} {body}"
                );
            }
        }
    }
}
