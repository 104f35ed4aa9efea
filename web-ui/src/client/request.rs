//! One request: its body and answer as JSON, a refusal as a problem, and repeats where a key makes them harmless.

use std::sync::OnceLock;
use std::time::Duration;

use counter_api::Problem;
use js_sys::Promise;
use leptos::prelude::window;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

use crate::clock;

/// How often a keyed request is tried while nothing answers: a box that restarts is back within seconds.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(800);

/// Takes the answer to a question that was asked before the program was there, by its method and path.
pub(super) type Before = fn(&str, &str) -> Option<Promise>;

/// Where a page asks before; a program whose page does not is not made larger by it.
pub(super) static BEFORE: OnceLock<Before> = OnceLock::new();

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
    read(Question::new("GET", path).ask().await)
}

/// The answer to a PUT of `body`.
pub(super) async fn put<T: DeserializeOwned>(
    path: &str,
    body: &impl Serialize,
) -> Result<T, Trouble> {
    read(Question::new("PUT", path).with(body)?.ask().await)
}

/// The answer to a POST that may be done only once.
pub(super) async fn post_once<T: DeserializeOwned>(
    path: &str,
    body: &impl Serialize,
) -> Result<T, Trouble> {
    read(Question::new("POST", path).with(body)?.ask().await)
}

/// The answer to a POST under a key of its own, repeated while nothing answers.
pub(super) async fn post<T: DeserializeOwned>(
    path: &str,
    body: &impl Serialize,
) -> Result<T, Trouble> {
    let question = Question::new("POST", path).with(body)?.keyed();
    read(question.ask_again().await)
}

/// Sends a POST that may be done only once and is answered by nothing.
pub(super) async fn tell(path: &str, body: &impl Serialize) -> Result<(), Trouble> {
    Question::new("POST", path)
        .with(body)?
        .ask()
        .await
        .map(drop)
}

/// Sends a DELETE, repeated while nothing answers: to delete twice is to delete.
pub(super) async fn delete(path: &str) -> Result<(), Trouble> {
    Question::new("DELETE", path).ask_again().await.map(drop)
}

/// Sends a POST without a body that may be repeated, as long as nothing answers.
pub(super) async fn post_again(path: &str) -> Result<(), Trouble> {
    Question::new("POST", path).ask_again().await.map(drop)
}

/// An answer's text as what it says.
pub(super) fn read<T: DeserializeOwned>(answer: Result<String, Trouble>) -> Result<T, Trouble> {
    serde_json::from_str(&answer?).map_err(|_| Trouble::Unreachable)
}

/// What is asked. It knows no type of an answer, so that it is compiled once for all of them.
pub(super) struct Question<'a> {
    method: &'static str,
    path: &'a str,
    body: Option<String>,
    /// What makes a repeat harmless.
    pub(super) key: Option<String>,
    /// The proof that some work was done first.
    pub(super) work: Option<String>,
}

impl<'a> Question<'a> {
    pub(super) fn new(method: &'static str, path: &'a str) -> Self {
        Self {
            method,
            path,
            body: None,
            key: None,
            work: None,
        }
    }

    /// Under a key of its own, which no question had before.
    pub(super) fn keyed(mut self) -> Self {
        self.key = Some(clock::random_key());
        self
    }

    pub(super) fn with(mut self, body: &impl Serialize) -> Result<Self, Trouble> {
        let body = serde_json::to_string(body).map_err(|_| Trouble::Unreachable)?;
        self.body = Some(body);
        Ok(self)
    }

    /// Asks until something answers, some times at most.
    pub(super) async fn ask_again(&self) -> Result<String, Trouble> {
        for _ in 1..TRIES {
            match self.ask().await {
                Err(Trouble::Unreachable) => clock::sleep(PAUSE).await,
                answer => return answer,
            }
        }
        self.ask().await
    }

    /// The text of the answer; a refusal as the problem that it tells.
    async fn ask(&self) -> Result<String, Trouble> {
        let (is_ok, text) = self.fetch().await.map_err(|_| Trouble::Unreachable)?;
        match is_ok {
            true => Ok(text),
            false => {
                Err(serde_json::from_str(&text).map_or(Trouble::Unreachable, Trouble::Refused))
            }
        }
    }

    async fn fetch(&self) -> Result<(bool, String), JsValue> {
        let (how, headers) = (RequestInit::new(), Headers::new()?);
        how.set_method(self.method);
        if let Some(key) = &self.key {
            headers.set("Idempotency-Key", key)?;
        }
        if let Some(work) = &self.work {
            headers.set("Foyer-Work", work)?;
        }
        if let Some(body) = &self.body {
            headers.set("Content-Type", "application/json")?;
            how.set_body(&JsValue::from_str(body));
        }
        how.set_headers(&headers);
        let before = BEFORE.get().and_then(|take| take(self.method, self.path));
        let asked = before.unwrap_or_else(|| window().fetch_with_str_and_init(self.path, &how));
        let answer = JsFuture::from(asked).await?;
        let answer: Response = answer.dyn_into()?;
        let text = JsFuture::from(answer.text()?).await?;
        Ok((answer.ok(), text.as_string().unwrap_or_default()))
    }
}
