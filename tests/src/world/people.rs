//! Those who use the box over HTTP, and what they are answered.

use crate::http::client;
use std::sync::atomic::{AtomicU64, Ordering};

use counter_api::{Hold, HoldState, Sale, SeatState, TenderState};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::until;

/// A till or a kiosk with somebody at it.
#[derive(Debug, Clone)]
pub struct Seller {
    url: String,
    /// Where the routes of selling are: below a cinema's path at a hub.
    base: String,
    token: Option<String>,
    http: reqwest::Client,
}

/// Where they are at a box.
const BASE: &str = "/api/v1";

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, if it is JSON.
    pub json: Value,
    /// The body as text.
    pub text: String,
    /// The headers, by their name in lower case.
    pub headers: Vec<(String, String)>,
}

/// Seats that are held, and who holds them.
#[derive(Debug, Clone)]
pub struct Held {
    /// The hold as it was answered.
    pub hold: Hold,
    seller: Seller,
}

static KEYS: AtomicU64 = AtomicU64::new(1);

/// A key that was never used.
pub fn new_key() -> String {
    format!("key-{}", KEYS.fetch_add(1, Ordering::Relaxed))
}

impl Answer {
    /// What this response says.
    ///
    /// # Panics
    /// It breaks off.
    pub async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| {
                (
                    name.to_string(),
                    value.to_str().unwrap_or_default().to_owned(),
                )
            })
            .collect();
        let text = response.text().await.expect("a whole answer");
        Self {
            status,
            json: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
            headers,
        }
    }

    /// The answer, if it has this status; otherwise the story ends.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The problem's status and stable code.
    pub fn problem(&self) -> (u16, &str) {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{}",
            self.text
        );
        assert_eq!(self.json["status"], self.status, "{}", self.text);
        (self.status, self.json["code"].as_str().unwrap_or_default())
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as a type of the contract.
    pub fn body<T: DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.json.clone())
            .unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The seats that a problem names.
    pub fn seats(&self) -> Vec<String> {
        serde_json::from_value(self.json["seats"].clone()).unwrap_or_default()
    }
}

impl Seller {
    pub(crate) fn new(url: String, token: Option<String>) -> Self {
        Self {
            url,
            base: BASE.to_owned(),
            token,
            http: client(),
        }
    }

    /// A guest at home, who buys at the hub what this cinema has on.
    pub(super) fn at_home(url: String, cinema: &str, token: String) -> Self {
        Self {
            base: format!("{BASE}/cinemas/{cinema}"),
            ..Self::new(url, Some(token))
        }
    }

    /// Somebody at a device of a box that runs as a program of its own.
    pub fn at_a_box(url: &str, token: &str) -> Self {
        Self::new(url.to_owned(), Some(token.to_owned()))
    }

    pub(super) fn at(&self, url: String) -> Self {
        Self {
            url,
            ..self.clone()
        }
    }

    /// The token of the device, if it is paired.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// `GET`
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.http.get(self.address(path))).await
    }

    /// `GET` with a preference ([RFC 7240](https://www.rfc-editor.org/rfc/rfc7240)).
    pub async fn get_preferring(&self, path: &str, preference: &str) -> Answer {
        let request = self.http.get(self.address(path));
        self.send(request.header("prefer", preference)).await
    }

    /// `POST` of a JSON document; with an `Idempotency-Key` unless it is empty.
    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.http.post(self.address(path)).json(body);
        self.send(if key.is_empty() {
            request
        } else {
            request.header("idempotency-key", key)
        })
        .await
    }

    /// `POST` of any bytes that are called JSON.
    pub async fn post_bytes(&self, path: &str, key: &str, body: Vec<u8>) -> Answer {
        let request = self
            .http
            .post(self.address(path))
            .header("content-type", "application/json");
        self.send(request.header("idempotency-key", key).body(body))
            .await
    }

    /// `PUT` of a JSON document.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.http.put(self.address(path)).json(body))
            .await
    }

    /// Any request with a JSON document and an `Idempotency-Key`.
    ///
    /// # Panics
    /// There is no such method.
    pub async fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let method = method.parse().expect("a method");
        let request = self.http.request(method, self.address(path)).json(body);
        self.send(request.header("idempotency-key", new_key()))
            .await
    }

    /// `DELETE`
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.http.delete(self.address(path))).await
    }

    /// Asks for seats.
    pub async fn ask_for(&self, showtime: &str, seats: &[&str]) -> Answer {
        self.post(
            &format!("/api/v1/showtimes/{showtime}/holds"),
            &new_key(),
            &choices(seats),
        )
        .await
    }

    /// Holds seats that are to be had, for a guest who speaks this language.
    pub async fn hold_in(&self, language: &str, showtime: &str, seats: &[&str]) -> Held {
        let mut wish = choices(seats);
        wish["language"] = json!(language);
        let path = format!("/api/v1/showtimes/{showtime}/holds");
        let hold = self.post(&path, &new_key(), &wish).await.expect(201).body();
        Held {
            hold,
            seller: self.clone(),
        }
    }

    /// Holds seats that are to be had.
    pub async fn hold(&self, showtime: &str, seats: &[&str]) -> Held {
        let hold = self.ask_for(showtime, seats).await.expect(201).body();
        Held {
            hold,
            seller: self.clone(),
        }
    }

    /// The state of a seat on everybody's map.
    pub async fn sees(&self, showtime: &str, seat: &str) -> SeatState {
        let map: counter_api::SeatMap = self
            .get(&format!("/api/v1/showtimes/{showtime}/seats"))
            .await
            .expect(200)
            .body();
        let found = map.seats.iter().find(|now| now.seat.as_str() == seat);
        found
            .unwrap_or_else(|| panic!("there is no seat {seat}"))
            .state
    }

    fn address(&self, path: &str) -> String {
        match path.strip_prefix(BASE) {
            Some(rest) => format!("{}{}{rest}", self.url, self.base),
            None => format!("{}{path}", self.url),
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        Answer::of(request.send().await.expect("the box answers")).await
    }
}

/// The body that asks for these seats.
pub fn choices(seats: &[&str]) -> Value {
    json!({ "seats": seats.iter().map(|seat| json!({ "seat": seat })).collect::<Vec<_>>() })
}

impl Held {
    /// The path of the hold, with `rest` behind it.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/holds/{}{rest}", self.hold.id)
    }

    /// The total in minor units.
    pub fn total_minor(&self) -> i64 {
        self.hold.basket.total.minor
    }

    /// Pays in cash and settles in one request.
    pub async fn cash(&self, given_minor: i64) -> Sale {
        let body = json!({ "cash_given_minor": given_minor });
        self.seller
            .post(&self.path("/settle"), &new_key(), &body)
            .await
            .expect(200)
            .body()
    }

    /// Settles what is paid.
    pub async fn settle(&self) -> Answer {
        self.seller
            .post(&self.path("/settle"), &new_key(), &json!({}))
            .await
    }

    /// Begins to pay by card.
    pub async fn begin_card(&self) -> Answer {
        self.seller
            .post(&self.path("/tenders"), &new_key(), &json!({ "card": {} }))
            .await
    }

    /// Begins to pay with this card of the sandbox.
    pub async fn begin_with(&self, card: &str) -> Answer {
        let body = json!({ "card": { "card": card } });
        self.seller
            .post(&self.path("/tenders"), &new_key(), &body)
            .await
    }

    /// Pays with this card of the sandbox and waits for the outcome.
    pub async fn pay_with(&self, card: &str) -> TenderState {
        self.begin_with(card).await.expect(202);
        self.outcome().await
    }

    /// The hold as it is now.
    pub async fn look(&self) -> Hold {
        self.seller.get(&self.path("")).await.expect(200).body()
    }

    /// Pays by card and waits for the outcome.
    pub async fn card(&self) -> TenderState {
        self.begin_card().await.expect(202);
        self.outcome().await
    }

    /// The outcome of the payment that is under way.
    pub async fn outcome(&self) -> TenderState {
        let ended = until("the outcome of a payment", || async {
            let hold = self.look().await;
            (hold.state != HoldState::Paying).then_some(hold)
        });
        ended.await.tenders.last().expect("a payment").state
    }

    /// The sale that the hold became.
    pub async fn sale(&self) -> Sale {
        let sale = self.look().await.sale.expect("a sale");
        self.seller
            .get(&format!("/api/v1/sales/{sale}"))
            .await
            .expect(200)
            .body()
    }
}
