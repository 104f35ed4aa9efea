//! Stripe over HTTP. What it has decided is told apart from what says nothing: a time-out, a line that breaks, an error of its own and too many
//! questions at once are no outcome.

use std::time::Duration;

use counter::NoAnswer;
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use service::Clock;

use super::declines::Problem;
use super::standing::{Sign, Standing};
use crate::payments::settings::SecretKey;

/// The shape of the answers that are read here; an account may be set to another one.
const VERSION: &str = "2024-06-20";

/// How long it may take to reach it.
const CONNECT_TIME: Duration = Duration::from_secs(5);

/// The longest answer, in bytes: an intent with its charge has some 10 KiB, and a list a hundred of them.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// How often something is asked at most that may be repeated.
const TRIES: usize = 3;

/// Before something is asked again of which it says that it is not done yet.
const PAUSE: Duration = Duration::from_millis(300);

/// What is asked for, in the order in which it is sent.
pub(super) type Form = Vec<(String, String)>;

/// Where it is asked, and with which key.
#[derive(Debug, Clone)]
pub(super) struct Api {
    address: Url,
    key: SecretKey,
    web: reqwest::Client,
    clock: Clock,
    /// Whether it does anything for this account.
    pub(super) standing: Standing,
}

/// It was asked, and will not: asked again, it says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) problem: Problem,
}

impl Refused {
    /// The key is not one that may ask for this: nothing is done, and nothing learnt.
    pub(super) fn is_of_the_key(&self) -> bool {
        matches!(
            self.status,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
        )
    }

    /// There is no such thing.
    pub(super) fn is_unknown(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }

    /// The key of the request was used for another one: there is a thing, and this is not how it was asked for.
    pub(super) fn is_of_another_request(&self) -> bool {
        self.problem.kind.as_deref() == Some("idempotency_error")
    }
}

/// What it answers; no answer is none.
pub(super) type Heard<T> = Result<Result<T, Refused>, NoAnswer>;

#[derive(Deserialize)]
struct Wrong {
    error: Problem,
}

impl Api {
    /// The one at this address.
    pub(super) fn at(address: Url, key: SecretKey, clock: Clock) -> Result<Self, String> {
        sync_agent::enrol::provide_tls();
        let mut web = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIME);
        // A stand-in on this machine; what goes out may have to go by the proxy of the house.
        if address.scheme() == "http" {
            web = web.no_proxy();
        }
        let web = web.build().map_err(|why| why.to_string())?;
        Ok(Self {
            address,
            key,
            web,
            clock,
            standing: Standing::default(),
        })
    }

    /// Asks what there is.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        within: Duration,
    ) -> Heard<T> {
        let mut url = self.of(path);
        url.query_pairs_mut().extend_pairs(query);
        let asked = || self.web.get(url.clone()).timeout(within);
        self.repeated(&right("read", path), asked).await
    }

    /// Asks for something to be done, once: under the same key it is done once, however often it is asked.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &Form,
        key: Option<&str>,
        within: Duration,
    ) -> Heard<T> {
        let asked = || {
            let mut asked = self.web.post(self.of(path)).form(form).timeout(within);
            if let Some(key) = key {
                asked = asked.header("idempotency-key", key);
            }
            asked
        };
        self.repeated(&right("write", path), asked).await
    }

    /// It will do nothing for this account.
    pub(super) fn refuses(&self, words: String, over_with: Sign) {
        self.standing.refuses(words, over_with, self.clock.now());
    }

    fn of(&self, path: &str) -> Url {
        let mut url = self.address.clone();
        url.set_path(path);
        url
    }

    /// Asks, and again where it says nothing; not after it was waited for in vain.
    async fn repeated<T: DeserializeOwned>(
        &self,
        right: &str,
        asked: impl Fn() -> RequestBuilder,
    ) -> Heard<T> {
        let mut tries = 1;
        loop {
            let Silent { why, is_slow } = match self.once(right, asked()).await {
                Ok(heard) => return Ok(heard),
                Err(silent) => silent,
            };
            if is_slow || tries == TRIES {
                return Err(NoAnswer(why));
            }
            tries += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn once<T: DeserializeOwned>(
        &self,
        right: &str,
        asked: RequestBuilder,
    ) -> Result<Result<T, Refused>, Silent> {
        let asked = asked
            .bearer_auth(self.key.text())
            .header("stripe-version", VERSION)
            .send();
        let answer = asked.await.map_err(Silent::of)?;
        let status = answer.status();
        let bytes = read(answer).await?;
        match status {
            StatusCode::OK => {
                self.standing.does(Sign::Answer);
                self.standing.allows(right);
                let read = serde_json::from_slice(&bytes);
                let read = read
                    .map_err(|why| Silent::with(format!("Stripe answers something else: {why}")))?;
                Ok(Ok(read))
            }
            StatusCode::BAD_REQUEST
            | StatusCode::PAYMENT_REQUIRED
            | StatusCode::NOT_FOUND
            | StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN => {
                let wrong = serde_json::from_slice::<Wrong>(&bytes);
                let problem = wrong.map(|wrong| wrong.error.without(self.key.text()));
                // Whoever stands in between may answer so as well.
                let problem = problem.map_err(|_| {
                    Silent::with(format!("somebody answers {status}, and it is not Stripe"))
                })?;
                if status == StatusCode::UNAUTHORIZED {
                    let words = format!("{status}: {}", problem.words());
                    self.refuses(words, Sign::Answer);
                }
                // Without the right to make payments none is made, which is told as that.
                if status == StatusCode::FORBIDDEN && right != PAYS {
                    let now = self.clock.now();
                    self.standing.forbids(right, &problem.words(), now);
                }
                Ok(Err(Refused { status, problem }))
            }
            other => Err(Silent::with(format!("Stripe answers {other}"))),
        }
    }
}

/// The right to make payments.
const PAYS: &str = "write payment intents";

/// Which right of a key it needs to do so there: `read disputes`.
fn right(does: &str, path: &str) -> String {
    let what = path.split('/').nth(2).unwrap_or_default();
    format!("{does} {}", what.replace('_', " "))
}

/// No answer.
struct Silent {
    why: String,
    /// Whether it is of no use to ask again at once.
    is_slow: bool,
}

impl Silent {
    fn with(why: String) -> Self {
        let is_slow = false;
        Self { why, is_slow }
    }

    fn of(why: reqwest::Error) -> Self {
        let is_slow = why.is_timeout();
        // Without the address: it names the payment, and nothing is learnt from it.
        let why = why.without_url();
        Self {
            why: format!("Stripe: {why}"),
            is_slow,
        }
    }
}

/// The whole answer, if it is not too long to be one.
async fn read(mut answer: Response) -> Result<Vec<u8>, Silent> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(Silent::of)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_ANSWER {
            return Err(Silent::with("Stripe answers without end".to_owned()));
        }
    }
    Ok(bytes)
}
