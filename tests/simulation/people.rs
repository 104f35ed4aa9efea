//! Whoever stands at a till or a kiosk, one thing at a time.

use appliance::control::Order;
use appliance::terminal::memory::Behaviour;
use appliance_api::DeviceKind;
use box_office::TenderId;
use serde_json::{Value, json};
pub use tests::simulation::Dice;

use crate::house::{Answer, House};

/// Somebody at a device.
pub struct Person {
    name: String,
    token: String,
    takes_cash: bool,
    requests: usize,
    hold: Option<Held>,
    /// The showtimes that this person chooses among.
    pub looks_at: Vec<String>,
    /// The sales that this person was told of, and what was paid for them in cash.
    pub sales: Vec<String>,
    pub cash_minor: i64,
}

struct Held {
    path: String,
    total_minor: i64,
    /// The card payment that is under way.
    payment: Option<TenderId>,
}

impl Person {
    pub async fn come(house: &House, kind: DeviceKind, name: &str) -> Self {
        let code = house.cinema.order(Order::Pair { kind }).await;
        let body = json!({ "code": code });
        let (status, paired) = house
            .cinema
            .ask("POST", "/api/v1/pairings", ("", ""), &body)
            .await;
        assert_eq!(status, 201, "{paired}");
        Self {
            name: name.to_owned(),
            token: paired["token"].as_str().unwrap().to_owned(),
            takes_cash: kind == DeviceKind::Till,
            requests: 0,
            hold: None,
            looks_at: ["tonight", "strict"].map(str::to_owned).to_vec(),
            sales: Vec::new(),
            cash_minor: 0,
        }
    }

    /// Does what comes to mind; says what it was and what came of it.
    pub async fn act(&mut self, house: &House, dice: &Dice) -> String {
        let Some(held) = self.hold.take() else {
            return self.choose(house, dice).await;
        };
        let (path, total_minor) = (held.path.clone(), held.total_minor);
        if let Some(payment) = held.payment.clone() {
            house.terminal.decide(&payment, dice.below(4) > 0);
            return self.look(house, held).await;
        }
        match dice.below(12) {
            0 => format!("{} walks away from {path}", self.name),
            1 => {
                self.hold = Some(held);
                self.ask(house, "POST", &format!("{path}/extend"), &json!({}))
                    .await
                    .1
            }
            2 => self.ask(house, "DELETE", &path, &json!({})).await.1,
            3..=7 if self.takes_cash => {
                let body = json!({ "cash_given_minor": total_minor + 500 });
                let ((status, sale), said) = self
                    .ask(house, "POST", &format!("{path}/settle"), &body)
                    .await;
                if status == 200 {
                    self.sales.push(sale["id"].as_str().unwrap().to_owned());
                    self.cash_minor += total_minor;
                } else {
                    assert!(sale["code"].is_string(), "{sale}");
                }
                said
            }
            _ => {
                use Behaviour::{Approve, ApproveSilently, Decline, Lose, Wait};
                house.terminal.next(dice.one_of(&[
                    Approve,
                    Approve,
                    ApproveSilently,
                    Decline,
                    Lose,
                    Wait,
                ]));
                let card = json!({ "card": {} });
                let ((status, payment), said) = self
                    .ask(house, "POST", &format!("{path}/tenders"), &card)
                    .await;
                if status == 202 {
                    let payment = Some(payment["id"].as_str().unwrap().parse().unwrap());
                    self.hold = Some(Held { payment, ..held });
                }
                said
            }
        }
    }

    /// Goes home. Whoever was about to pay takes the card out as soon as the terminal asks for it.
    pub fn leave(&self, house: &House) {
        let payment = self.hold.as_ref().and_then(|held| held.payment.as_ref());
        if let Some(payment) = payment {
            house.terminal.decide(payment, false);
        }
    }

    async fn choose(&mut self, house: &House, dice: &Dice) -> String {
        let Some(which) = dice.below(1_000).checked_rem(self.looks_at.len()) else {
            return format!("{} finds nothing that is on", self.name);
        };
        let showtime = format!("/api/v1/showtimes/{}", self.looks_at[which]);
        let ((_, map), _) = self
            .ask(house, "GET", &format!("{showtime}/seats"), &Value::Null)
            .await;
        let seats: Vec<_> = map["seats"].as_array().into_iter().flatten().collect();
        let first = dice.below(seats.len().max(1));
        // Now and then somebody wants what is taken.
        let wanted = seats.iter().skip(first).take(1 + dice.below(3));
        let wanted = wanted.filter(|seat| seat["state"] == "free" || dice.below(8) == 0);
        let wanted: Vec<_> = wanted.map(|seat| json!({ "seat": seat["seat"] })).collect();
        let body = json!({ "seats": wanted });
        let ((status, hold), said) = self
            .ask(house, "POST", &format!("{showtime}/holds"), &body)
            .await;
        if status == 201 {
            self.hold = Some(Held {
                path: format!("/api/v1/holds/{}", hold["id"].as_str().unwrap()),
                total_minor: hold["basket"]["total"]["minor"].as_i64().unwrap(),
                payment: None,
            });
        }
        said
    }

    /// Looks what became of a card payment.
    async fn look(&mut self, house: &House, held: Held) -> String {
        let ((_, now), said) = self.ask(house, "GET", &held.path, &Value::Null).await;
        match now["state"].as_str() {
            Some("paying") => self.hold = Some(held),
            Some("open") => {
                self.hold = Some(Held {
                    payment: None,
                    ..held
                })
            }
            _ => self.sales.extend(now["sale"].as_str().map(str::to_owned)),
        }
        said
    }

    /// Sends a request under a key of its own; the answer, and what is told of it.
    pub async fn ask(
        &mut self,
        house: &House,
        method: &str,
        path: &str,
        body: &Value,
    ) -> ((u16, Value), String) {
        let answer = self.ask_in_vain(house, method, path, body).await;
        assert!(answer.0 < 500, "{method} {path}: {}", answer.1);
        let said = format!(
            "{} {method} {path} {body}: {} {}",
            self.name, answer.0, answer.1
        );
        (answer, said)
    }

    /// The same under this key.
    pub async fn ask_again(&self, house: &House, path: &str, key: &str, body: &Value) -> Answer {
        let device = (self.token.as_str(), key);
        house.cinema.ask("POST", path, device, body).await
    }

    /// The same of a box that may be stopped.
    pub async fn ask_in_vain(
        &mut self,
        house: &House,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Answer {
        self.requests += 1;
        let key = format!("{}-{}", self.name, self.requests);
        let device = (self.token.as_str(), key.as_str());
        house.cinema.ask(method, path, device, body).await
    }
}
