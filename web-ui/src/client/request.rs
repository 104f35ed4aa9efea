//! One request: its body and answer as JSON, a refusal as a problem, and repeats where a key makes them harmless.

use std::time::Duration;

use counter_api::Problem;
use gloo_net::http::{Request, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock;

/// How often a keyed request is tried while nothing answers: a box that restarts is back within seconds.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(800);

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The box refused, and says why.
    Refused(Box<Problem>),
    /// Nothing answered, or something else than the box did.
    Unreachable,
}

impl Trouble {
    /// Whether whoever asks is not signed in.
    pub fn is_outside(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.status == 401)
    }

    /// The problem's stable code; none if nothing answered.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) => Some(&problem.code),
            Self::Unreachable => None,
        }
    }
}

/// The answer to a GET.
pub(super) async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Trouble> {
    read(Request::get(path).send().await).await
}

/// The answer to a PUT of `body`.
pub(super) async fn put<T: DeserializeOwned>(
    path: &str,
    body: &impl Serialize,
) -> Result<T, Trouble> {
    read(send(Request::put(path), body).await).await
}

/// The answer to a POST that may be done only once.
pub(super) async fn post_once<T: DeserializeOwned>(
    path: &str,
    body: &impl Serialize,
) -> Result<T, Trouble> {
    read(send(Request::post(path), body).await).await
}

/// The answer to a POST under a key of its own, repeated while nothing answers.
pub(super) async fn post<T: DeserializeOwned>(
    path: &str,
    body: &impl Serialize,
) -> Result<T, Trouble> {
    let key = clock::random_key();
    for _ in 1..TRIES {
        match read(send(Request::post(path).header("Idempotency-Key", &key), body).await).await {
            Err(Trouble::Unreachable) => clock::sleep(PAUSE).await,
            answer => return answer,
        }
    }
    read(send(Request::post(path).header("Idempotency-Key", &key), body).await).await
}

/// Sends a DELETE, repeated while nothing answers: to delete twice is to delete.
pub(super) async fn delete(path: &str) -> Result<(), Trouble> {
    send_again(|| Request::delete(path)).await
}

/// Sends a POST without a body that may be repeated, as long as nothing answers.
pub(super) async fn post_again(path: &str) -> Result<(), Trouble> {
    send_again(|| Request::post(path)).await
}

async fn send_again(request: impl Fn() -> RequestBuilder) -> Result<(), Trouble> {
    for _ in 1..TRIES {
        match checked(request().send().await).await {
            Err(Trouble::Unreachable) => clock::sleep(PAUSE).await,
            answer => return answer.map(|_| ()),
        }
    }
    checked(request().send().await).await.map(|_| ())
}

async fn send(request: RequestBuilder, body: &impl Serialize) -> Result<Response, gloo_net::Error> {
    request.json(body)?.send().await
}

async fn read<T: DeserializeOwned>(
    answer: Result<Response, gloo_net::Error>,
) -> Result<T, Trouble> {
    checked(answer)
        .await?
        .json()
        .await
        .map_err(|_| Trouble::Unreachable)
}

async fn checked(answer: Result<Response, gloo_net::Error>) -> Result<Response, Trouble> {
    let response = answer.map_err(|_| Trouble::Unreachable)?;
    if response.ok() {
        return Ok(response);
    }
    match response.json::<Problem>().await {
        Ok(problem) => Err(Trouble::Refused(Box::new(problem))),
        Err(_) => Err(Trouble::Unreachable),
    }
}
