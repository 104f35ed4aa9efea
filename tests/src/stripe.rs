//! Stripe, as far as stories need it: a running `localstripe`, which keeps payments, charges and refunds as Stripe does, behind a proxy of ours that
//! adds what Stripe promises and `localstripe` lacks, and that has bad days.
//!
//! It adds: idempotency keys; a refund beyond what was taken is refused; the list by the time of making, the newest first; a card that is given
//! when a payment is confirmed; the bank's page of a second step; the bank's reason and the last four digits; a browser that makes a payment
//! method; calls, signed, also of refunds, and again and again until they are heard. All else is what `localstripe` answers.

pub mod days;
mod dressing;
mod keys;
mod localstripe;
mod pages;
mod rate;
mod server;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use self::keys::Keys;
use self::localstripe::LocalStripe;
use crate::telling::{Delivery, Telling};

/// The secret key of the account.
pub const SECRET_KEY: &str = "sk_test_known_to_everybody";

/// The key by which browsers name it.
pub const PUBLISHABLE_KEY: &str = "pk_test_known_to_everybody";

/// A card that pays at once.
pub const GOOD_CARD: &str = "pm_card_visa";

/// What it signs its calls with.
pub const SIGNS_WITH: &str = "whsec_known_to_everybody_as_well";

/// What is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    /// A payment is made.
    Make,
    /// A card is tried.
    Confirm,
    /// A payment is stopped.
    Cancel,
    /// What became of a payment.
    Look,
    /// What was made.
    List,
    /// Money back.
    Refund,
    /// What was given back.
    Refunds,
    /// What banks fetch back.
    Disputes,
    /// A browser wants a name for a card.
    Name,
}

/// What goes wrong with one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It is not done, and an error is answered.
    Down,
    /// There are too many at once.
    TooMany,
    /// It is done, and the answer is cut.
    CutAfter,
    /// It is done, and never answered.
    Silent,
    /// It arrives twice.
    Twice,
    /// It is answered late.
    Slow,
    /// It is not done, and an error of its own is answered, which it keeps under the key.
    ErrorKept,
    /// It is done, and an error of its own is answered, which it keeps under the key.
    DoneErrorKept,
    /// It was asked for under this key before, in other words.
    OtherWords,
    /// The account may not do it.
    NotAllowed,
    /// The card was used before, of which it says so in a text alone.
    UsedBefore,
    /// It arrives just after the guest of that payment has said yes at their bank.
    AfterYes,
}

/// How late what is slow is answered.
const SLOW: Duration = Duration::from_millis(700);

/// A running stand-in; it ends when this is dropped.
#[derive(Debug)]
pub struct Stripe {
    address: SocketAddr,
    shared: Arc<Shared>,
    _stops_when_dropped: DropGuard,
}

/// What requests and handle share.
#[derive(Debug)]
struct Shared {
    local: LocalStripe,
    telling: Telling,
    /// Its own address, as browsers have it.
    origin: String,
    keys: Keys,
    state: Mutex<State>,
    /// Whether it gives browsers names for cards, or has them wait.
    names: watch::Sender<bool>,
    /// Counts what was asked, so that others can wait for something to be.
    asked: watch::Sender<u64>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

#[derive(Debug, Default)]
struct State {
    faults: HashMap<Asked, VecDeque<Fault>>,
    /// What was asked, and with which status it was answered, in order.
    heard: Vec<(Asked, u16)>,
    /// Where a guest goes on after their bank's page, by payment.
    ways_back: HashMap<String, String>,
    /// Why a bank says no, by card.
    reasons: HashMap<String, &'static str>,
    /// The same by payment.
    declined: HashMap<String, &'static str>,
    events: u64,
    keeps_its_script: bool,
    keeps_its_frames: bool,
    /// Where every refund is, if it is not there.
    refunds_are: Option<&'static str>,
    /// The secret key is not one that it knows.
    refuses_the_key: bool,
    /// It gives nothing back.
    refuses_refunds: bool,
    /// What the secret key may not ask.
    forbidden: Option<Asked>,
    /// Every payment that was made, with when, the oldest first.
    made: Vec<(String, i64)>,
    /// What others have in the account that is like nothing of ours, the newest first.
    strange: Vec<Value>,
    /// What banks fetch back, by payment, each with its amount and how it stands.
    disputes: HashMap<String, Vec<(i64, &'static str)>>,
    /// Where bad days are in their round.
    bad_days: Option<usize>,
    /// How often each fault has happened.
    faults_seen: BTreeMap<Fault, usize>,
    /// How often it has called in each way on bad days.
    ways_seen: [usize; days::WAYS.len()],
}

/// What it has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Everything that was ever taken, in its smallest units, given back or not.
    pub captured: i64,
    /// What was given back.
    pub refunded: i64,
    /// Every payment, the newest first.
    pub payments: Vec<Value>,
}

impl Stripe {
    /// A stand-in at a free port that has taken nothing and calls nobody.
    ///
    /// # Panics
    /// `localstripe` is not installed, or does not start.
    pub async fn start() -> Self {
        let local = LocalStripe::start().await;
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it has one");
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let shared = Arc::new(Shared {
            local,
            telling: Telling::new(
                ("stripe-signature", SIGNS_WITH),
                tasks.clone(),
                stop.clone(),
            ),
            origin: format!("http://{address}"),
            keys: Keys::default(),
            state: Mutex::default(),
            names: watch::Sender::new(true),
            asked: watch::Sender::new(0),
            tasks: tasks.clone(),
            stop: stop.clone(),
        });
        tasks.spawn(server::serve(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            _stops_when_dropped: stop.drop_guard(),
        }
    }

    /// Its address, as `http://127.0.0.1:9300`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The settings of `[payments]` of a hub that has its cards taken here.
    pub fn settings(&self) -> String {
        let url = self.url();
        format!(
            "stripe = \"{url}\"\nstripe_secret_key = \"{SECRET_KEY}\"\nstripe_publishable_key = \"{PUBLISHABLE_KEY}\"\n\
             stripe_script = \"{url}/js.stripe.com/v3/\"\nwebhook_secret = \"{SIGNS_WITH}\"\n"
        )
    }

    /// Calls this address from now on.
    pub fn tells(&self, address: &str) {
        self.shared.telling.to(address);
    }

    /// Calls like this from now on.
    pub fn delivers(&self, delivery: Delivery) {
        self.shared.telling.by(delivery);
    }

    /// This goes wrong the next time that it is asked for this, after what was to go wrong before.
    pub fn next(&self, asked: Asked, fault: Fault) {
        let mut state = self.shared.state();
        state.faults.entry(asked).or_default().push_back(fault);
    }

    /// Nothing more goes wrong of what was to.
    pub fn nothing_goes_wrong(&self) {
        self.shared.state().faults.clear();
    }

    /// It knows keys, or takes every question for a new one.
    pub fn knows_keys(&self, knows: bool) {
        self.shared.keys.set_known(knows);
    }

    /// Its script can be had, or not.
    pub fn gives_its_script(&self, gives: bool) {
        self.shared.state().keeps_its_script = !gives;
    }

    /// The frames of its fields can be had, or not.
    pub fn gives_its_frames(&self, gives: bool) {
        self.shared.state().keeps_its_frames = !gives;
    }

    /// A browser is given a name for a card, or waits for one.
    pub fn names_cards(&self, names: bool) {
        self.shared.names.send_replace(names);
    }

    /// It knows the secret key, or does not.
    pub fn knows_the_secret_key(&self, knows: bool) {
        self.shared.state().refuses_the_key = !knows;
    }

    /// It refuses to give anything back, as for good, or gives it.
    pub fn refuses_refunds(&self, refuses: bool) {
        self.shared.state().refuses_refunds = refuses;
    }

    /// The secret key may not ask this, or may ask everything.
    pub fn forbids(&self, asked: Option<Asked>) {
        self.shared.state().forbidden = asked;
    }

    /// Every payment was made so many seconds earlier than it was.
    pub fn has_made_all_earlier(&self, seconds: i64) {
        for (_, at) in &mut self.shared.state().made {
            *at -= seconds;
        }
    }

    /// So many payments of another program are made in the same account, and some objects that are like none of ours.
    pub async fn is_used_by_others(&self, payments: usize) {
        for _payment in 0..payments {
            dressing::make_others(&self.shared).await;
        }
        let last = &self.taken().await.payments[0];
        let strange = |id: &str, more: Value| {
            let mut object =
                json!({ "id": id, "object": "payment_intent", "created": last["created"] });
            for (name, value) in more.as_object().into_iter().flatten() {
                object[name] = value.clone();
            }
            object
        };
        self.shared.state().strange = vec![
            strange(
                "pi_of_tomorrow",
                json!({ "status": "requires_patience", "metadata": {} }),
            ),
            strange(
                "pi_without_metadata",
                json!({ "status": "succeeded", "amount": "a lot" }),
            ),
            strange(
                "pi_like_ours",
                json!({ "metadata": { "foyer_payment": "p", "foyer_hold": 7 } }),
            ),
        ];
    }

    /// The bank of whoever paid the newest payment fetches so much of it back, or what it fetched last has come so far; and it calls.
    pub async fn is_disputed(&self, amount: i64, status: &'static str) {
        self.becomes_disputed(|disputes| {
            disputes.pop();
            disputes.push((amount, status));
        })
        .await;
    }

    /// The bank fetches so much again, beside what it has fetched before; and it calls.
    pub async fn is_disputed_again(&self, amount: i64) {
        self.becomes_disputed(|disputes| disputes.push((amount, "needs_response")))
            .await;
    }

    async fn becomes_disputed(&self, becomes: impl FnOnce(&mut Vec<(i64, &'static str)>)) {
        let taken = self.taken().await;
        let newest = &taken.payments[0];
        let id = newest["id"].as_str().expect("a name").to_owned();
        let status = {
            let mut state = self.shared.state();
            let disputes = state.disputes.entry(id).or_default();
            becomes(disputes);
            disputes.last().map_or("won", |(_, status)| status)
        };
        dressing::tell_of_dispute(&self.shared, newest, status);
    }

    /// How often it has called and was heard.
    pub fn told(&self) -> u64 {
        *self.shared.telling.told().borrow()
    }

    /// Waits until it was heard so often.
    pub async fn until_told(&self, times: u64) {
        let mut told = self.shared.telling.told();
        // It goes on for as long as this is there.
        let _ = told.wait_for(|told| *told >= times).await;
    }

    /// How often it was asked for this.
    pub fn heard(&self, asked: Asked) -> usize {
        let state = self.shared.state();
        state.heard.iter().filter(|(it, _)| *it == asked).count()
    }

    /// Waits until it was asked for this so often.
    pub async fn until_asked(&self, wanted: Asked, times: usize) {
        let mut asked = self.shared.asked.subscribe();
        while self.heard(wanted) < times {
            // It goes on for as long as this is there.
            let _ = asked.changed().await;
        }
    }

    /// The guest says yes or no at their bank's page of the newest payment.
    ///
    /// # Panics
    /// Nobody is asked.
    pub async fn answers_at_the_bank(&self, yes: bool) {
        let taken = self.taken().await;
        let id = taken.payments[0]["id"].as_str().expect("a name").to_owned();
        pages::decide_about(&self.shared, &id, yes)
            .await
            .expect("a bank asks");
    }

    /// A person gives money back who is signed in at Stripe: of the newest payment so much, or all that is left.
    pub async fn gives_back_by_hand(&self, amount: Option<i64>) {
        let taken = self.taken().await;
        self.gives_back_by_hand_of(&taken.payments[0], amount).await;
    }

    /// The same of this payment.
    ///
    /// # Panics
    /// So much was not taken.
    pub async fn gives_back_by_hand_of(&self, payment: &Value, amount: Option<i64>) {
        let id = payment["id"].as_str().expect("a name").to_owned();
        let mut form = vec![("payment_intent".to_owned(), id)];
        // localstripe takes none for all that was ever taken.
        let left = payment["amount"].as_i64().unwrap_or(0)
            - payment["latest_charge"]["amount_refunded"]
                .as_i64()
                .unwrap_or(0);
        form.push(("amount".to_owned(), amount.unwrap_or(left).to_string()));
        let (status, _) = dressing::refund(&self.shared, form).await;
        assert_eq!(status, 200);
    }

    /// Every refund is at this status from now on, `pending` or `failed`, or there again; and it calls about those of the newest payment.
    pub async fn refunds_are(&self, status: Option<&'static str>) {
        self.shared.state().refunds_are = status;
        let taken = self.taken().await;
        if let Some(newest) = taken.payments.first() {
            dressing::tell_of_refunds(&self.shared, newest);
        }
    }

    /// What it has taken.
    pub async fn taken(&self) -> Taken {
        let payments = dressing::all_payments(&self.shared).await;
        let charged = payments.iter().filter(|it| it["status"] == "succeeded");
        let (mut captured, mut refunded) = (0, 0);
        for payment in charged {
            captured += payment["amount"].as_i64().unwrap_or(0);
            refunded += payment["latest_charge"]["amount_refunded"]
                .as_i64()
                .unwrap_or(0);
        }
        Taken {
            captured,
            refunded,
            payments,
        }
    }

    /// What was given back of the newest payment, as it says to whoever has the secret key.
    pub async fn refunds(&self) -> Vec<Value> {
        let newest = &self.taken().await.payments[0];
        let id = newest["id"].as_str().unwrap_or_default();
        let query = format!("payment_intent={id}");
        let (_, list) = dressing::refunds(&self.shared, &query).await;
        list["data"].as_array().cloned().unwrap_or_default()
    }

    /// Has `localstripe` itself call this address, with the signature that it makes.
    pub async fn is_told_by_localstripe(&self, address: &str) {
        let body = serde_json::json!({ "url": address, "secret": SIGNS_WITH });
        self.shared
            .local
            .configure("/_config/webhooks/hub", &body)
            .await;
    }
}

impl State {
    /// What goes wrong with this question, if anything does.
    fn goes_wrong(&mut self, asked: Asked) -> Option<Fault> {
        let wanted = self.faults.get_mut(&asked).and_then(VecDeque::pop_front);
        let fault = wanted.or_else(|| days::of(self.bad_days.as_mut()?))?;
        *self.faults_seen.entry(fault).or_default() += 1;
        Some(fault)
    }
}

impl Shared {
    /// It was asked for this.
    fn hears(&self, asked: Asked, status: u16) {
        self.state().heard.push((asked, status));
        self.asked.send_modify(|asked| *asked += 1);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
