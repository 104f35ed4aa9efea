//! HTTP of signing in, and the extractor that says who asks: [`Operator`].

use axum::extract::{FromRequestParts, State};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use hub_api::{LinkOf, LinkRequest, PasswordRequest, Sessions, SignInRequest, SignedIn};
use service::http::{Json, Parts, Path, Peer, cookies};

use super::{OperatorName, OperatorRefused, Operators, SESSION_LASTS, SignedInAs, Visitor};

/// The cookie that holds a session's token.
const COOKIE_NAME: &str = "foyer_session";

/// The same where it may only travel encrypted: a browser then takes it from this host alone.
const ENCRYPTED_COOKIE_NAME: &str = "__Host-foyer_session";

/// How many values of the cookie are looked up.
const MOST_COOKIES: usize = 4;

/// Whoever is signed in. A route of people has it in its signature.
#[derive(Debug, Clone)]
pub(crate) struct Operator(pub(crate) SignedInAs);

impl<S: AsRef<Operators> + Send + Sync> FromRequestParts<S> for Operator {
    type Rejection = OperatorRefused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, OperatorRefused> {
        let operators = state.as_ref();
        // An older one may stand beside the one that counts.
        for token in cookies(&parts.headers, cookie_name(operators)).take(MOST_COOKIES) {
            if let Some(found) = operators.find(token).await? {
                return Ok(Self(found));
            }
        }
        Err(operators.not_signed_in().await?)
    }
}

fn cookie_name(operators: &Operators) -> &'static str {
    match operators.is_encrypted() {
        true => ENCRYPTED_COOKIE_NAME,
        false => COOKIE_NAME,
    }
}

/// What a browser is told to send from now on; an empty token is to be forgotten.
fn set_cookie(operators: &Operators, token: &str) -> String {
    let name = cookie_name(operators);
    let seconds = match token {
        "" => 0,
        _ => SESSION_LASTS.as_secs(),
    };
    let secure = match operators.is_encrypted() {
        true => "; Secure",
        false => "",
    };
    format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

fn let_in(operators: &Operators, (operator, token): (OperatorName, String)) -> Response {
    let operator = operator.to_string();
    (
        StatusCode::CREATED,
        [(SET_COOKIE, set_cookie(operators, &token))],
        Json(SignedIn { operator }),
    )
        .into_response()
}

fn visitor(from: Peer, headers: &HeaderMap) -> Visitor {
    let browser = headers.get(USER_AGENT).and_then(|name| name.to_str().ok());
    Visitor {
        from,
        browser: browser.unwrap_or_default().to_owned(),
    }
}

/// Signs in; the session's token comes as a cookie.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "operators", request_body = SignInRequest,
    responses((status = 201, body = SignedIn), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn sign_in(
    State(operators): State<Operators>,
    peer: Peer,
    headers: HeaderMap,
    Json(request): Json<SignInRequest>,
) -> Result<Response, OperatorRefused> {
    let signed_in = operators.sign_in(request, visitor(peer, &headers)).await?;
    Ok(let_in(&operators, signed_in))
}

/// Whose a one-time link is, so that whoever opens it sees for whom they choose.
#[utoipa::path(post, path = "/api/v1/links", tag = "operators", request_body = LinkRequest,
    responses((status = 200, body = LinkOf), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn link(
    State(operators): State<Operators>,
    from: Peer,
    Json(request): Json<LinkRequest>,
) -> Result<Json<LinkOf>, OperatorRefused> {
    let operator = operators.whose_link(&request.link, from).await?;
    let operator = operator.to_string();
    Ok(Json(LinkOf { operator }))
}

/// Chooses a password by a one-time link, and signs in.
#[utoipa::path(put, path = "/api/v1/password", tag = "operators", request_body = PasswordRequest,
    responses((status = 201, body = SignedIn), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn choose_password(
    State(operators): State<Operators>,
    peer: Peer,
    headers: HeaderMap,
    Json(request): Json<PasswordRequest>,
) -> Result<Response, OperatorRefused> {
    let visitor = visitor(peer, &headers);
    let signed_in = operators.choose_password(request, visitor).await?;
    Ok(let_in(&operators, signed_in))
}

/// Where whoever asks is signed in.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "operators", security(("session" = [])),
    responses((status = 200, body = Sessions), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn sessions(
    Operator(who): Operator,
    State(operators): State<Operators>,
) -> Result<Json<Sessions>, OperatorRefused> {
    operators.sessions(who).await.map(Json)
}

/// Signs out here, or elsewhere.
#[utoipa::path(delete, path = "/api/v1/sessions/{session}", tag = "operators", security(("session" = [])),
    params(("session" = String, Path)),
    responses((status = 204), (status = "4XX", body = counter_api::Problem, content_type = "application/problem+json")))]
pub(crate) async fn end(
    Operator(who): Operator,
    State(operators): State<Operators>,
    Path(session): Path<String>,
) -> Result<Response, OperatorRefused> {
    let is_this = session == who.session;
    operators.end(&who, session).await?;
    let ended = StatusCode::NO_CONTENT;
    Ok(match is_this {
        true => (ended, [(SET_COOKIE, set_cookie(&operators, ""))]).into_response(),
        false => ended.into_response(),
    })
}
