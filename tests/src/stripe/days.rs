//! Bad days under load: guests buy and pay by Stripe, every so many questions something goes wrong, calls come in every way, and the hub is killed
//! now and then. In the end whatever was taken has tickets or is back.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use counter_api::HoldState;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{Fault, State, Stripe};
use crate::engine::Engine;
use crate::http::client;
use crate::load::connection::Connection;
use crate::load::hall::{CINEMA, Hall};
use crate::load::programme_at_box::OnSale;
use crate::one_counter::{GivenToTheHub, give_to_the_hub};
use crate::payment_provider::Delivery;
use crate::world::Hub;

/// What goes wrong, in turn.
const FAULTS: [Fault; 6] = [
    Fault::Down,
    Fault::CutAfter,
    Fault::Twice,
    Fault::TooMany,
    Fault::Slow,
    Fault::Silent,
];

/// One question of so many goes wrong.
const ONE_OF: usize = 7;

/// How calls come, in turn: some of each after some of the one before.
pub(super) const WAYS: [Delivery; 5] = [
    Delivery::AtOnce,
    Delivery::Twice,
    Delivery::Late { after_ms: 300 },
    Delivery::Kept,
    Delivery::Never,
];

/// So many calls come in the same way: what is kept comes backwards.
const CALLS_OF_A_WAY: u64 = 3;

/// Guests who buy at once.
const GUESTS: usize = 16;

/// What is on: more pairs of seats than anybody asks for here.
const STOCK: Hall = Hall { rooms: 2, days: 2 };

/// How long anything may take: whoever waits for longer waits in vain.
const PATIENCE: Duration = Duration::from_secs(240);

/// What goes wrong with the next question of bad days, if anything does.
pub(super) fn of(asked: &mut usize) -> Option<Fault> {
    *asked += 1;
    let turn = *asked / ONE_OF;
    asked
        .is_multiple_of(ONE_OF)
        .then(|| FAULTS[turn % FAULTS.len()])
}

/// How the next call comes on bad days.
pub(super) fn way(state: &mut State) -> Option<Delivery> {
    state.bad_days?;
    let turn = usize::try_from(state.events / CALLS_OF_A_WAY).unwrap_or(0) % WAYS.len();
    state.ways_seen[turn] += 1;
    Some(WAYS[turn])
}

/// What became of it all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Became {
    /// Payments that were taken.
    pub captured: usize,
    /// Those of them that are given back.
    pub refunded: usize,
    /// Orders that have their tickets.
    pub sold: usize,
    /// Payments that are kept, and no order has tickets for them.
    pub captured_without_ticket_or_refund: usize,
    /// Orders that have tickets, and no payment is kept for them.
    pub tickets_without_payment: usize,
    /// How often each thing went wrong.
    pub faults: BTreeMap<Fault, usize>,
    /// How often it was called in each way: at once, twice, late, backwards, not at all.
    pub calls: [usize; WAYS.len()],
    /// How often the hub was killed.
    pub kills: usize,
}

/// Sells until so many orders have tickets, and kills the hub so often meanwhile.
///
/// # Panics
/// Somebody waits in vain.
pub async fn go_by(engine: Engine, orders: usize, kills: usize) -> Became {
    let stripe = Arc::new(Stripe::start().await);
    let mut hub = Hub::start_and(engine, &format!("[payments]\n{}", stripe.settings())).await;
    let on_sale = Arc::new(everything_is_the_hubs(&mut hub).await);
    stripe.tells(&format!("{}/api/v1/payment-events", hub.url()));
    stripe.shared.state().bad_days = Some(0);
    let (next, sold) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut guests = JoinSet::new();
    for _guest in 0..GUESTS {
        let (stripe, on_sale, url) = (Arc::clone(&stripe), Arc::clone(&on_sale), hub.url());
        let (next, sold) = (Arc::clone(&next), Arc::clone(&sold));
        guests.spawn(async move {
            let mut theirs = HashSet::new();
            while sold.load(Ordering::Relaxed) < orders {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let (showtime, first, second) =
                    on_sale.spread_pair(number).expect("seats are left");
                let guest = Guest::come(&url, number).await;
                if let Some(hold) = guest.buys(&stripe, showtime, [first, second]).await {
                    theirs.insert(hold);
                    sold.fetch_add(1, Ordering::Relaxed);
                }
            }
            theirs
        });
    }
    for kill in 1..=kills {
        let after = orders * kill / (kills + 1);
        while sold.load(Ordering::Relaxed) < after {
            sleep(Duration::from_millis(5)).await;
        }
        hub.kill();
        hub.start_again().await;
    }
    let mut with_tickets = HashSet::new();
    while let Some(theirs) = timeout(PATIENCE, guests.join_next())
        .await
        .expect("guests come to an end")
    {
        with_tickets.extend(theirs.expect("no guest gives up"));
    }
    stripe.shared.state().bad_days = None;
    let at_rest = async {
        loop {
            let became = became(&stripe, &with_tickets, kills).await;
            if became.captured_without_ticket_or_refund == 0 && became.tickets_without_payment == 0
            {
                return became;
            }
            sleep(Duration::from_secs(1)).await;
        }
    };
    match timeout(PATIENCE, at_rest).await {
        Ok(became) => became,
        Err(_) => became(&stripe, &with_tickets, kills).await,
    }
}

/// Gives the hub all that is on, and lifts its limits: guests of this machine come as from many.
async fn everything_is_the_hubs(hub: &mut Hub) -> OnSale {
    hub.kill();
    let settings = std::fs::read_to_string(hub.settings()).expect("its settings");
    let lifted = "[http]\ntrusted_proxies = [\"127.0.0.1\"]\nrequests_per_second = 1000000\nmost_connections = 2000\nconnections_per_address = 2000\n";
    std::fs::write(hub.settings(), settings.replacen("[http]\n", lifted, 1)).expect("room");
    let give = async |hub: &Hub, given: &[GivenToTheHub]| {
        let database = hub.database().open().expect("its database");
        give_to_the_hub(&database, &STOCK.programme(), given).await;
        database.close().await;
    };
    give(hub, &[]).await;
    hub.start_again().await;
    let address = hub
        .url()
        .trim_start_matches("http://")
        .parse()
        .expect("an address");
    let mut connection = Connection::open(address).await.expect("the hub is there");
    let below = format!("/api/v1/cinemas/{CINEMA}");
    let on_sale = OnSale::ask_below(&mut connection, &below)
        .await
        .expect("it says what is on");
    hub.kill();
    let given: Vec<_> = (on_sale.showtimes.iter())
        .map(|showtime| GivenToTheHub {
            showtime: showtime.parse().expect("a showtime's id"),
            seats: on_sale.seats.clone(),
        })
        .collect();
    give(hub, &given).await;
    hub.start_again().await;
    on_sale
}

async fn became(stripe: &Stripe, with_tickets: &HashSet<String>, kills: usize) -> Became {
    let taken = stripe.taken().await;
    let mut without_payment = with_tickets.clone();
    let (mut captured, mut refunded, mut without_ticket) = (0, 0, 0);
    for payment in taken
        .payments
        .iter()
        .filter(|it| it["status"] == "succeeded")
    {
        captured += 1;
        let hold = payment["metadata"]["foyer_hold"]
            .as_str()
            .unwrap_or_default();
        if payment["amount"] == payment["latest_charge"]["amount_refunded"] {
            refunded += 1;
        } else if !without_payment.remove(hold) {
            without_ticket += 1;
        }
    }
    let state = stripe.shared.state();
    Became {
        captured,
        refunded,
        sold: with_tickets.len(),
        captured_without_ticket_or_refund: without_ticket,
        tickets_without_payment: without_payment.len(),
        faults: state.faults_seen.clone(),
        calls: state.ways_seen,
        kills,
    }
}

/// Somebody at home who asks until they are answered.
struct Guest {
    web: reqwest::Client,
    url: String,
    token: String,
    number: usize,
}

impl Guest {
    async fn come(url: &str, number: usize) -> Self {
        let mut guest = Self {
            web: client(),
            url: url.to_owned(),
            token: String::new(),
            number,
        };
        let begin = async {
            loop {
                let asked = guest.request(Method::POST, "/api/v1/guests").send().await;
                let cookie = asked.ok().and_then(|answer| {
                    let cookie = answer.headers().get("set-cookie")?.to_str().ok()?;
                    let token = cookie.strip_prefix("foyer_guest=")?.split(';').next()?;
                    Some(token.to_owned())
                });
                match cookie {
                    Some(token) => return token,
                    None => sleep(Duration::from_millis(20)).await,
                }
            }
        };
        guest.token = timeout(PATIENCE, begin).await.expect("a session");
        guest
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let (high, low) = (self.number / 256 % 256, self.number % 256);
        let asked = self.web.request(method, format!("{}{path}", self.url));
        asked
            .header("x-forwarded-for", format!("10.1.{high}.{low}"))
            .bearer_auth(&self.token)
    }

    /// Asks until the hub answers, which may be killed meanwhile.
    async fn ask(&self, method: Method, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let path = format!("/api/v1/cinemas/{CINEMA}{path}");
        let asking = async {
            loop {
                let mut asked = self.request(method.clone(), &path);
                if !key.is_empty() {
                    asked = asked.header("idempotency-key", key);
                }
                let answer = asked.json(body).send().await.ok();
                if let Some(answer) = answer.filter(|answer| answer.status() != 503) {
                    let status = answer.status().as_u16();
                    if let Ok(text) = answer.text().await {
                        return (status, serde_json::from_str(&text).unwrap_or_default());
                    }
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, asking).await.expect("the hub answers")
    }

    /// Buys two seats; gives the hold, once it has its tickets.
    async fn buys(&self, stripe: &Stripe, showtime: &str, seats: [&str; 2]) -> Option<String> {
        let body = json!({ "seats": seats.map(|seat| json!({ "seat": seat })) });
        let path = format!("/showtimes/{showtime}/holds");
        let (status, held) = self.ask(Method::POST, &path, "hold", &body).await;
        assert_eq!(status, 201, "{held}");
        let hold = held["id"].as_str().expect("its id").to_owned();
        for attempt in 0..5 {
            let card = match (self.number % 9, self.number % 11, attempt) {
                (4, _, 0) => "pm_card_visa_chargeDeclined",
                (_, 5, 0) => "pm_card_authenticationRequired",
                _ => super::GOOD_CARD,
            };
            let body = json!({ "card": { "card": card } });
            let path = format!("/holds/{hold}/tenders");
            self.ask(Method::POST, &path, &format!("pay-{attempt}"), &body)
                .await;
            match self.outcome(stripe, &hold).await {
                HoldState::Settled => return Some(hold),
                HoldState::Open => {}
                HoldState::Paying | HoldState::Ended => return None,
            }
        }
        self.ask(Method::DELETE, &format!("/holds/{hold}"), "", &json!({}))
            .await;
        None
    }

    /// Waits until something has become of the payment; a bank that asks is told yes.
    async fn outcome(&self, stripe: &Stripe, hold: &str) -> HoldState {
        let waiting = async {
            loop {
                let (_, now) = self
                    .ask(Method::GET, &format!("/holds/{hold}"), "", &json!({}))
                    .await;
                let state: HoldState =
                    serde_json::from_value(now["state"].clone()).expect("a state");
                if state != HoldState::Paying {
                    return state;
                }
                let step = now["tenders"]
                    .as_array()
                    .and_then(|all| all.last()?["step"].as_str());
                if let Some(page) = step.filter(|page| page.starts_with(&stripe.url())) {
                    // It may be answered already.
                    let _ = self.web.post(format!("{page}/yes")).send().await;
                }
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, waiting).await.expect("an outcome")
    }
}
