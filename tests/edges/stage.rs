//! A purchase on a box that may be killed at any moment: a clerk who repeats what was not answered, a terminal that says what it is told,
//! and time. What does not go as the scene has it is a failure if nothing was done to the box, and the end of the scene if something was.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use appliance::control::{Consent, Decision, Order};
use appliance::terminal::Payment;
use box_office::TenderId;
use counter_api::{CardSlip, Hold, HoldState, Sale};
use serde_json::{Value, json};
use service::Clock;
use service::control::OrderError;
use tests::card_terminal::Question;
use tests::world::{choices, client, new_key, until};

use crate::site::Site;

/// The scene does not go on, because something was done to the box.
#[derive(Debug)]
pub struct Diverged;

/// How far a scene went.
pub type Went<T = ()> = Result<T, Diverged>;

/// What every seat of row D costs.
pub const PRICE_MINOR: i64 = 1200;

/// Longer than a hold lasts.
const A_HOLD: Duration = Duration::from_secs(10 * 60);

/// Until every showtime of the evening is over.
const THE_EVENING: Duration = Duration::from_secs(8 * 60 * 60);

/// How long a scene on a box that something was done to waits for what may never come.
const PATIENCE: Duration = Duration::from_secs(4);

/// The same on any other box; less than the stories wait, who cannot say what the box has done.
const LONG_PATIENCE: Duration = Duration::from_secs(20);

/// See the module.
pub struct Stage<'a> {
    pub site: &'a Site,
    token: String,
    is_disturbed: bool,
    watch: Clock,
    http: reqwest::Client,
    inner: Mutex<Inner>,
}

/// What was asked for, so that it can be asked for again.
#[derive(Default)]
struct Inner {
    /// By its key: where, with what, and the id in the answer.
    answered: BTreeMap<String, (String, Value, Value)>,
    holds: Vec<String>,
    payments: Vec<TenderId>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub json: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
}

impl<'a> Stage<'a> {
    /// A clerk with this token; `is_disturbed` if something is done to the box.
    pub fn new(site: &'a Site, token: String, is_disturbed: bool) -> Self {
        Self {
            site,
            token,
            is_disturbed,
            watch: Clock::system(),
            http: client(),
            inner: Mutex::default(),
        }
    }

    // What people do.

    /// Asks for a seat.
    pub async fn hold(&self, seat: &str) -> Went<String> {
        let body = choices(&[seat]);
        let answer = self.post("/api/v1/showtimes/tonight/holds", &body).await;
        let hold = self.expect(answer, &[201])?;
        let id = hold.json["id"].as_str().unwrap().to_owned();
        self.inner().holds.push(id.clone());
        Ok(id)
    }

    /// Wishes for a seat: the status and the code of the answer.
    pub async fn wish(&self, seat: &str) -> (u16, &'static str) {
        let body = choices(&[seat]);
        let answer = self.post("/api/v1/showtimes/tonight/holds", &body).await;
        let known = [
            "seats_taken",
            "showtime_cancelled",
            "sales_closed",
            "showtime_over",
        ];
        if answer.status == 201 {
            let id = answer.json["id"].as_str().unwrap().to_owned();
            self.inner().holds.push(id);
        }
        let code = known.into_iter().find(|known| *known == answer.code());
        (answer.status, code.unwrap_or("another code"))
    }

    /// Counts so much cash.
    pub async fn cash(&self, hold: &str, minor: i64) -> Went {
        let answer = self.cash_is(hold, minor).await;
        self.expect(answer, &[201]).map(drop)
    }

    /// Counts so much cash, or is refused.
    pub async fn cash_is(&self, hold: &str, minor: i64) -> Answer {
        let path = format!("/api/v1/holds/{hold}/tenders");
        self.post(&path, &json!({ "cash": { "given_minor": minor } }))
            .await
    }

    /// Begins to pay by card.
    pub async fn card(&self, hold: &str) -> Went<TenderId> {
        let answer = self.card_is(hold).await;
        let begun = self.expect(answer, &[202])?;
        let id: TenderId = begun.json["id"].as_str().unwrap().parse().unwrap();
        self.inner().payments.push(id.clone());
        Ok(id)
    }

    /// Begins to pay by card, or is refused.
    pub async fn card_is(&self, hold: &str) -> Answer {
        self.post(
            &format!("/api/v1/holds/{hold}/tenders"),
            &json!({ "card": {} }),
        )
        .await
    }

    /// Settles, and is answered so.
    pub async fn settle(&self, hold: &str, status: u16) -> Went<Answer> {
        let answer = self
            .post(&format!("/api/v1/holds/{hold}/settle"), &json!({}))
            .await;
        self.expect(answer, &[status])
    }

    /// Pays in cash and settles at once.
    pub async fn buy(&self, hold: &str) -> Went {
        let body = json!({ "cash_given_minor": PRICE_MINOR });
        let answer = self
            .post(&format!("/api/v1/holds/{hold}/settle"), &body)
            .await;
        self.expect(answer, &[200]).map(drop)
    }

    /// Asks for more time.
    pub async fn extend(&self, hold: &str, status: u16) -> Went {
        let answer = self
            .post(&format!("/api/v1/holds/{hold}/extend"), &Value::Null)
            .await;
        // It may have been done and not been answered.
        self.expect(answer, &[status, 409]).map(drop)
    }

    /// Chooses another seat.
    pub async fn choose(&self, hold: &str, seat: &str, status: u16) -> Went {
        let body = choices(&[seat]);
        let path = format!("/api/v1/holds/{hold}/seats");
        let answer = self
            .ask(|http, url| http.put(format!("{url}{path}")).json(&body))
            .await;
        self.expect(answer, &[status]).map(drop)
    }

    /// Gives the seats back.
    pub async fn release(&self, hold: &str, status: u16) -> Went {
        let path = format!("/api/v1/holds/{hold}");
        let answer = self
            .ask(|http, url| http.delete(format!("{url}{path}")))
            .await;
        self.expect(answer, &[status]).map(drop)
    }

    /// Asks for a payment to be stopped.
    pub async fn stop(&self, payment: &TenderId) -> Went {
        let path = format!("/api/v1/tenders/{payment}");
        let answer = self
            .ask(|http, url| http.delete(format!("{url}{path}")))
            .await;
        self.expect(answer, &[202]).map(drop)
    }

    /// A person says what became of a payment; the words of the box, good or bad.
    pub async fn decide(&self, payment: &TenderId, decision: Decision) -> Result<String, String> {
        let order = Order::Decide {
            payment: payment.clone(),
            decision,
            reason: "asked the bank".to_owned(),
        };
        self.order(&order).await
    }

    /// A person says so, and it counts; nobody hears it twice.
    pub async fn says(&self, payment: &TenderId, decision: Decision) -> Went {
        let decided = until("nobody else gives it back", || async {
            let decided = self.decide(payment, decision).await;
            (decided != Err("refund_under_way".to_owned())).then_some(decided)
        });
        match decided.await {
            Ok(_) => Ok(()),
            Err(_) if self.is_disturbed => Ok(()),
            Err(words) => panic!("{words}"),
        }
    }

    /// A person says so, and is refused with this code.
    pub async fn refuses(&self, payment: &TenderId, decision: Decision, code: &str) -> Went {
        let refused = self.decide(payment, decision).await;
        if refused == Err(code.to_owned()) {
            return Ok(());
        }
        assert!(
            self.is_disturbed,
            "not {code}: {refused:?}\n{}",
            self.told()
        );
        Err(Diverged)
    }

    /// An order at the box's own door.
    pub async fn order(&self, order: &Order) -> Result<String, String> {
        until("the box does what it is told", || async {
            self.site.address().await;
            let folder = self.site.folder.path();
            match service::control::send(folder, order).await? {
                Ok(words) => Some(Ok(words)),
                Err(OrderError::Refused(problem)) => {
                    let problem = serde_json::to_value(problem).unwrap();
                    let code = problem["code"].as_str().unwrap().to_owned();
                    (problem["status"].as_u64() < Some(500)).then_some(Err(code))
                }
                Err(OrderError::Broken(_)) => None,
            }
        })
        .await
    }

    /// This clerk's till is revoked.
    pub async fn is_revoked(&self) {
        let till = self.get("/api/v1/device").await;
        let id = till.json["id"].as_str().unwrap().parse().unwrap();
        // Whoever dies after it has done it, finds it done.
        let done = self.order(&Order::RevokeDevice { id }).await;
        assert!(done.is_ok() || self.is_disturbed, "{done:?}");
    }

    /// Waits until it is a device of the box again.
    pub async fn is_known_again(&self) {
        self.wait_at_last("the till is known again", || async {
            let till = self.get("/api/v1/device").await;
            (till.status == 200).then_some(())
        })
        .await;
    }

    /// The showtime is taken out of the programme.
    pub async fn cancel_the_showtime(&self) -> Went {
        let tonight = "id = \"tonight\"\n";
        let programme =
            tests::world::PROGRAMME.replace(tonight, &format!("{tonight}status = \"cancelled\"\n"));
        self.order(&Order::Import {
            programme,
            consent: Consent::Given,
        })
        .await
        .unwrap();
        Ok(())
    }

    // What others do.

    /// Every hold's time is over.
    pub fn a_hold_later(&self) {
        self.site.advance(A_HOLD);
    }

    /// The hold that has just been made ends before long.
    pub fn most_of_a_hold_later(&self) {
        self.site.advance(Duration::from_secs(7 * 60));
    }

    /// Every showtime is over.
    pub fn after_the_evening(&self) {
        self.site.advance(THE_EVENING);
    }

    /// It is time to look again.
    pub fn a_moment_later(&self) {
        self.site.advance(Duration::from_secs(5));
    }

    // What is seen.

    /// How often this edge was tried.
    pub fn times_tried(&self, name: &str) -> usize {
        let taken = self.site.taken();
        taken.iter().filter(|(_, edge)| edge == name).count()
    }

    /// Waits until this edge was tried more often, although it fails.
    pub async fn tried_after(&self, name: &str, times: usize) -> Went {
        let is_tried = || self.times_tried(name) > times;
        self.wait_for(name, || async { is_tried().then_some(()) })
            .await
    }

    /// Waits until this edge was taken and committed, whoever took it.
    pub async fn edge(&self, name: &str) -> Went {
        let seen = || self.site.kept().iter().any(|(_, edge)| edge == name);
        self.wait_for(name, || async { seen().then_some(()) }).await
    }

    /// Waits until a payment in this state has heard so.
    pub async fn hears(&self, state: &str, said: &str) -> Went {
        let name = format!("payment: {state}, \"{said}\": ");
        let seen = || {
            self.site
                .kept()
                .iter()
                .any(|(_, edge)| edge.starts_with(&name))
        };
        self.wait_for(&name, || async { seen().then_some(()) })
            .await
    }

    /// Waits until the hold is so.
    pub async fn hold_is(&self, hold: &str, state: HoldState) -> Went {
        self.wait_for(&format!("the hold is {state:?}"), || async {
            (self.look(hold).await.state == state).then_some(())
        })
        .await
    }

    /// The hold as it is.
    pub async fn look(&self, hold: &str) -> Hold {
        let path = format!("/api/v1/holds/{hold}");
        let answer = self.get(&path).await;
        serde_json::from_value(answer.json).unwrap()
    }

    /// The sale as it is.
    pub async fn sale(&self, sale: &str) -> Sale {
        let answer = self.get(&format!("/api/v1/sales/{sale}")).await;
        serde_json::from_value(answer.json).unwrap()
    }

    /// The holds that were answered.
    pub fn holds(&self) -> Vec<String> {
        self.inner().holds.clone()
    }

    /// Everything that was answered is asked for once more: the same comes back.
    pub async fn repeat_all(&self) {
        let answered = self.inner().answered.clone();
        for (key, (path, body, id)) in answered {
            let again = self.post_with(&path, &key, &body).await;
            assert!(again.status < 300, "{path} again: {again:?}");
            assert_eq!(again.json["id"], id, "{path} again");
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(|http, url| http.get(format!("{url}{path}"))).await
    }

    /// Waits for something; on a box that something was done to not for long, for it may never come.
    pub async fn wait_for<F: Future<Output = Option<()>>>(
        &self,
        what: &str,
        condition: impl FnMut() -> F,
    ) -> Went {
        let patience = if self.is_disturbed {
            PATIENCE
        } else {
            LONG_PATIENCE
        };
        let came = self.comes(what, patience, condition).await;
        assert!(
            came || self.is_disturbed,
            "waited in vain: {what}\n{}",
            self.told()
        );
        if came { Ok(()) } else { Err(Diverged) }
    }

    /// Waits for what must come, whatever was done to the box.
    pub async fn wait_at_last<F: Future<Output = Option<()>>>(
        &self,
        what: &str,
        condition: impl FnMut() -> F,
    ) {
        let came = self.comes(what, LONG_PATIENCE, condition).await;
        assert!(
            came,
            "waited in vain after {} kills: {what}\n{}\n{}",
            self.site.kills(),
            self.told(),
            self.site.log()
        );
    }

    async fn comes<F: Future<Output = Option<()>>>(
        &self,
        what: &str,
        patience: Duration,
        mut condition: impl FnMut() -> F,
    ) -> bool {
        let begun = self.watch.monotonic();
        until(what, || {
            let is_over = self.watch.monotonic() - begun > patience;
            let found = condition();
            async move { found.await.map(|()| true).or(is_over.then_some(false)) }
        })
        .await
    }

    /// What the box has done so far, a line an edge.
    pub fn told(&self) -> String {
        let taken = self.site.kept();
        let lines = taken
            .iter()
            .map(|(about, edge)| format!("  {about} {edge}"));
        lines.collect::<Vec<_>>().join("\n")
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        let key = new_key();
        let answer = self.post_with(path, &key, body).await;
        if answer.status < 300 && !path.ends_with("/extend") {
            let asked = (path.to_owned(), body.clone(), answer.json["id"].clone());
            self.inner().answered.insert(key, asked);
        }
        answer
    }

    async fn post_with(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.ask(|http, url| {
            let request = http.post(format!("{url}{path}"));
            let request = request.header("idempotency-key", key);
            if body.is_null() {
                return request;
            }
            request.json(body)
        })
        .await
    }

    /// Asks until there is an answer: the box may be dying, and what broke in it may be whole the next time.
    async fn ask(
        &self,
        request: impl Fn(&reqwest::Client, &str) -> reqwest::RequestBuilder,
    ) -> Answer {
        until("an answer", || async {
            let url = format!("http://{}", self.site.address().await);
            let request = request(&self.http, &url).bearer_auth(&self.token);
            let response = request.send().await.ok()?;
            let status = response.status().as_u16();
            let text = response.text().await.ok()?;
            let json = serde_json::from_str(&text).unwrap_or(Value::Null);
            (status < 500).then_some(Answer { status, json })
        })
        .await
    }

    fn expect(&self, answer: Answer, statuses: &[u16]) -> Went<Answer> {
        if statuses.contains(&answer.status) {
            return Ok(answer);
        }
        if self.is_disturbed {
            return Err(Diverged);
        }
        panic!("not {statuses:?}: {answer:?}\n{}", self.told());
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The terminal answers such questions so.
    pub fn terminal_says(&self, question: Question, payment: Payment) {
        self.site.terminal.say(question, payment);
    }
}

/// As a terminal says it.
pub fn approved(amount_minor: i64) -> Payment {
    let slip = CardSlip {
        last_four: "4242".to_owned(),
        authorisation: "000001".to_owned(),
    };
    Payment::Approved { amount_minor, slip }
}

/// As a terminal says it.
pub fn declined() -> Payment {
    let reason = "declined".to_owned();
    Payment::Declined { reason }
}

/// As a terminal says it.
pub fn refunded(amount_minor: i64) -> Payment {
    Payment::Refunded { amount_minor }
}
