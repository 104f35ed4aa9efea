//! Years go by: what both sides have had for long is pruned at both, and they sell, reconcile, restart and are audited as before. A hub that is put
//! back from before what is kept is stopped, and a clock that somebody sets prunes nothing.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use appliance::control::{Consent, Order};
use appliance_api::{LinkState, Status};
use audit::streams::{Fact, StreamSeen};
use audit::{Evidence, Name};
use axum::Router;
use box_office::LinkTrouble;
use cloud_hub::control::{Order as HubOrder, RefundDecision};
use futures_util::FutureExt as _;
use jiff::SignedDuration;
use rusqlite::Connection;
use serde_json::{Value, json};
use service::process::Process as _;
use tests::one_counter;
use tests::simulation::chain::{Chain, Who};
use tests::simulation::side::{answered, request};
use tests::world::PROGRAMME;
use wire::Stream;

use crate::house::Answer;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is due within a minute is done many times over.
const STEPS: usize = 600;

/// Sells, and lets years go by.
struct Years {
    chain: Chain,
    asked: usize,
}

impl Years {
    async fn begin(seed: u64) -> Self {
        let mut years = Self {
            chain: Chain::open(seed).await,
            asked: 0,
        };
        years.settle().await;
        years
    }

    /// One thing that is due is done, or time goes by until one is.
    async fn go_on(&mut self) {
        for who in Who::all() {
            let now = self.chain.clock(who).monotonic();
            if let Some(hand) = self.chain.hand(who).cloned()
                && hand.step(0, now).await.is_some()
            {
                // What is due again at once lets the others have their turn.
                continue;
            }
        }
        let until_due = self.chain.until_due().unwrap_or_default();
        self.chain.advance(until_due);
    }

    async fn settle(&mut self) {
        for _ in 0..STEPS {
            self.go_on().await;
        }
    }

    /// So many days, on each of which the line breaks once and both sides look what they may prune.
    async fn days(&mut self, days: u32) {
        for _ in 0..days {
            self.chain.network.cut();
            self.chain.advance(DAY - HOUR);
            self.settle().await;
            self.chain.network.mend();
            self.chain.advance(HOUR);
            self.settle().await;
        }
    }

    /// A long time in which nobody comes, and some days after it.
    async fn long(&mut self, days: u32) {
        self.chain.advance(DAY * days);
        self.days(3).await;
    }

    /// The cinemas show something two days from then on.
    async fn shows(&mut self, showtime: &str) {
        let tomorrow = "id = \"tomorrow\"\n";
        let start = PROGRAMME.find(tomorrow).unwrap();
        let end = PROGRAMME[start..].find("[[").map(|end| start + end);
        let named = format!("id = \"{showtime}\"\n");
        let more = PROGRAMME[start..end.unwrap_or(PROGRAMME.len())]
            .replace(tomorrow, &named)
            .replace("today+1", "today+2");
        let programme = format!("{PROGRAMME}\n[[showtime]]\n{more}");
        let consent = Consent::Given;
        let import = Order::Import { programme, consent };
        self.chain.at(0).order(import).await;
        self.settle().await;
    }

    async fn meanwhile<T>(&mut self, asked: impl Future<Output = T>) -> T {
        let mut asked = pin!(asked);
        loop {
            if let Some(answer) = asked.as_mut().now_or_never() {
                return answer;
            }
            self.go_on().await;
        }
    }

    async fn ask(&mut self, router: Router, path: String, token: &str, body: &Value) -> Answer {
        self.asked += 1;
        let key = format!("asked-{}", self.asked);
        let asked = request("POST", &path, (token, &key), body);
        self.meanwhile(async move { answered(&router, asked).await })
            .await
    }

    /// A sale, as it was answered.
    async fn sells(
        &mut self,
        router: Router,
        (base, token): (&str, &str),
        at: (&str, &str),
    ) -> Value {
        let (showtime, seat) = at;
        let wish = json!({ "seats": [{ "seat": seat }] });
        let path = format!("{base}/showtimes/{showtime}/holds");
        let (status, hold) = self.ask(router.clone(), path, token, &wish).await;
        assert_eq!(status, 201, "{hold}");
        let path = format!("{base}/holds/{}/settle", hold["id"].as_str().unwrap());
        let cash = json!({ "cash_given_minor": 100_000 });
        let (status, sale) = self.ask(router, path, token, &cash).await;
        assert_eq!(status, 200, "{sale}");
        sale
    }

    async fn sells_in_the_lobby(&mut self, showtime: &str, seat: &str) -> Value {
        let router = self.chain.router(Who::Box(0)).unwrap().clone();
        let token = self.chain.cinemas[0].devices[0].token.clone();
        self.sells(router, ("/api/v1", &token), (showtime, seat))
            .await
    }

    async fn sells_at_home(&mut self, showtime: &str, seat: &str) -> Value {
        let hub = &self.chain.hub.process.as_ref().unwrap().app;
        let router = one_counter::router(hub.counter(), &hub.base().machine);
        let base = "/api/v1/cinemas/metropol";
        self.sells(router, (base, "guest-1"), (showtime, seat))
            .await
    }

    async fn lets_in(&mut self, showtime: &str, sale: &Value) {
        let router = self.chain.router(Who::Box(0)).unwrap().clone();
        let token = self.chain.cinemas[0].door.clone();
        let body = json!({ "code": sale["tickets"][0]["code"], "showtime": showtime });
        let path = "/api/v1/door/admissions".to_owned();
        let (status, said) = self.ask(router, path, &token, &body).await;
        assert_eq!(status, 201, "{said}");
    }

    /// A ticket of home goes back, and head office gives the money.
    async fn takes_back(&mut self, sale: &Value) {
        let text = |of: &Value| of["id"].as_str().unwrap().to_owned();
        let refund = HubOrder::Refund {
            cinema: "metropol".parse().unwrap(),
            sale: text(sale).parse().unwrap(),
            tickets: Vec::new(),
            reason: "she is ill".to_owned(),
        };
        let decided = HubOrder::DecideRefund {
            ticket: text(&sale["tickets"][0]).parse().unwrap(),
            decision: RefundDecision::GivenBack,
            given_minor: None,
            about: None,
            reason: "in cash".to_owned(),
        };
        for order in [refund, decided] {
            let hub = self.chain.hub.process.as_ref().unwrap();
            hub.order(order).await;
            self.settle().await;
        }
    }

    /// An evening at which both sell, somebody is let in and somebody takes a ticket back, and all of it is told.
    async fn evening(&mut self, showtime: &str) {
        self.shows(showtime).await;
        let mut sales = Vec::new();
        for seat in ["D1", "D2", "D3"] {
            sales.push(self.sells_in_the_lobby(showtime, seat).await);
        }
        for seat in ["A1", "A2"] {
            sales.push(self.sells_at_home(showtime, seat).await);
        }
        self.settle().await;
        self.lets_in(showtime, &sales[0]).await;
        self.lets_in(showtime, &sales[3]).await;
        self.takes_back(&sales[4]).await;
    }

    /// The last events that are pruned: of the box's stream and of the hub's, at the box and at the hub.
    fn pruned(&self) -> [[i64; 2]; 2] {
        [Who::Box(0), Who::Hub].map(|who| {
            ["up", "down"].map(|direction| {
                let sql = format!(
                    "SELECT COALESCE(SUM(pruned_seq), 0) FROM stream WHERE cinema = 'metropol' AND direction = '{direction}'"
                );
                self.number(who, &sql)
            })
        })
    }

    fn number(&self, who: Who, sql: &str) -> i64 {
        let file = match who {
            Who::Hub => self.chain.hub.database(),
            Who::Box(cinema) => self.chain.cinemas[cinema].host.database(),
        };
        let opened = Connection::open(file).unwrap();
        opened.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    async fn status(&self) -> Status {
        let token = &self.chain.cinemas[0].devices[0].token;
        let asked = self.chain.at(0);
        let (status, said) = asked
            .ask("GET", "/api/v1/status", (token, ""), &Value::Null)
            .await;
        assert_eq!(status, 200, "{said}");
        serde_json::from_value(said).unwrap()
    }

    /// Closes all, and gives what they have stored: the hub first, then the first cinema.
    async fn close(&mut self) -> Vec<Evidence> {
        self.chain.close().await;
        let cinemas = self.chain.cinemas.iter().map(|it| it.host.folder());
        let folders: Vec<_> = [self.chain.hub.folder()]
            .into_iter()
            .chain(cinemas)
            .collect();
        tests::proving::evidence(&folders)
    }
}

/// What the first cinema's box has of one of its streams.
fn stream_at_box(evidence: &mut [Evidence], direction: Stream) -> &mut StreamSeen {
    let books = evidence[1].cinemas.get_mut("metropol").unwrap();
    let mut streams = books.streams.iter_mut();
    streams.find(|it| it.direction == direction).unwrap()
}

/// The names of what an audit finds where something was changed.
fn names_where(evidence: &[Evidence], change: impl FnOnce(&mut [Evidence])) -> Vec<&'static str> {
    let mut changed = evidence.to_vec();
    change(&mut changed);
    let names = audit::prove(&changed).names();
    names.into_iter().map(Name::as_str).collect()
}

#[tokio::test]
async fn both_sides_forget_what_is_old_and_go_on() {
    let mut years = Years::begin(1).await;
    years.evening("first").await;
    years.chain.advance(HOUR);
    years.settle().await;
    years.days(2).await;
    assert_eq!(years.pruned(), [[0; 2]; 2]);
    let copied = "SELECT SUM(copy_seq) FROM stream";
    for who in Who::all() {
        assert_eq!(years.number(who, copied), 0, "every copy may be put back");
    }
    years.long(60).await;
    for who in Who::all() {
        assert!(years.number(who, copied) > 0, "of the oldest copies none");
    }
    assert_eq!(years.pruned(), [[0; 2]; 2]);
    years.long(25).await;
    years.evening("second").await;
    years.long(10).await;
    let pruned = years.pruned();
    for of_side in pruned {
        assert!(of_side.iter().all(|seq| *seq > 0), "{pruned:?}");
    }

    // Whatever begins anew goes on from there.
    for who in [Who::Box(0), Who::Hub] {
        years.chain.kill(who);
        years.chain.start(who).await;
    }
    years.settle().await;
    let check = years.chain.at(0).order(Order::Check).await;
    assert!(check.contains("everything that is stored fits"), "{check}");
    years.evening("third").await;
    assert_eq!(years.status().await.link, LinkState::Up);
    let told = "SELECT COUNT(*) FROM told_sale";
    assert_eq!(years.number(Who::Hub, told), 9, "three in each lobby");
    let cases = years.chain.at(0).order(Order::Cases).await;
    assert!(cases.contains("no payment waits"), "{cases}");
    years.long(200).await;
    let later = years.pruned();
    for (before, after) in pruned.iter().flatten().zip(later.iter().flatten()) {
        assert!(after > before, "{pruned:?} {later:?}");
    }
    years.evening("fourth").await;
    let evidence = years.close().await;
    let verdict = audit::prove(&evidence);
    assert_eq!(verdict.findings, []);
    let says = |it: &&String| it.contains("is kept from event");
    let begun_later = verdict.waiting.iter().filter(says).count();
    assert_eq!(begun_later, 8, "two streams of two cinemas at both ends");
    what_is_pruned_is_no_finding_and_what_is_missing_is(&evidence);
}

fn what_is_pruned_is_no_finding_and_what_is_missing_is(evidence: &[Evidence]) {
    let up = |evidence: &mut [Evidence], change: fn(&mut StreamSeen)| {
        change(stream_at_box(evidence, Stream::Up));
    };
    let one_more_is_pruned = |stream: &mut StreamSeen| {
        let hash = stream.hashes.remove(0);
        stream.begins.seq += 1;
        stream.begins.hash = hash;
        let begins = stream.begins.seq;
        stream.facts.retain(|(seq, _)| *seq > begins);
    };
    let found = names_where(evidence, |it| up(it, one_more_is_pruned));
    assert_eq!(found, [""; 0], "one side prunes before the other");
    let is_sold = |fact: &(u64, Fact)| matches!(fact.1, Fact::Sold { .. });
    let found = names_where(evidence, |it| {
        let facts = &mut stream_at_box(it, Stream::Up).facts;
        let last = facts.iter().rposition(is_sold).unwrap();
        facts.remove(last);
    });
    assert_eq!(found, ["sale_untold", "ticket_untold"], "it is a new one");
    let found = names_where(evidence, |it| {
        let ticket = "of-before".to_owned();
        let asked = (u64::MAX, Fact::AskedBack { ticket });
        stream_at_box(it, Stream::Down).facts.push(asked);
    });
    assert_eq!(found, [""; 0], "the answer may be pruned");
    let given = |seat: &str, epoch| Fact::Given {
        showtime: "fourth".to_owned(),
        seats: vec![(seat.to_owned(), epoch)],
    };
    // It was given back and forth before, by events that are pruned.
    let found = names_where(evidence, |it| {
        stream_at_box(it, Stream::Up)
            .facts
            .push((1, given("F1", 3)));
        for side in it.iter_mut().take(2) {
            let books = side.cinemas.get_mut("metropol").unwrap();
            let place = ("fourth".to_owned(), "F1".to_owned());
            let any = books.seats.values().next().unwrap().clone();
            let row = books.seats.entry(place).or_insert(any);
            (row.epoch, row.edition) = (3, 0);
            (row.state, row.holder) = ("free".to_owned(), None);
        }
    });
    assert_eq!(found, [""; 0], "what moved it before may be pruned");
}

#[tokio::test]
async fn what_the_other_may_need_is_kept_while_it_does_not_tell() {
    let mut years = Years::begin(2).await;
    years.evening("first").await;
    years.chain.advance(HOUR);
    years.settle().await;
    years.chain.network.cut();
    // All of it is acknowledged, and nobody says which copies are left.
    for _ in 0..3 {
        years.chain.advance(DAY * 200);
        years.settle().await;
    }
    assert_eq!(years.pruned(), [[0; 2]; 2]);
}

#[tokio::test]
async fn a_clock_that_somebody_sets_prunes_nothing() {
    let mut years = Years::begin(3).await;
    years.evening("first").await;
    for _ in 0..3 {
        years.chain.advance(HOUR);
        years.settle().await;
        for who in Who::all() {
            let later = years.chain.true_time() + SignedDuration::from_hours(24 * 400);
            years.chain.clock(who).set(later);
        }
        years.chain.advance(HOUR * 2);
        years.settle().await;
        years.chain.mend().await;
        years.chain.network.cut();
        years.settle().await;
        years.chain.network.mend();
        years.settle().await;
    }
    assert_eq!(years.pruned(), [[0; 2]; 2]);
}

#[tokio::test]
async fn a_hub_that_is_put_back_from_before_what_is_kept_is_stopped_and_says_why() {
    let mut years = Years::begin(4).await;
    years.evening("first").await;
    years.chain.advance(HOUR);
    years.settle().await;
    let too_old = years.chain.hub_now();
    years.evening("second").await;
    years.chain.advance(DAY);
    years.settle().await;
    years.days(2).await;
    years.long(100).await;
    years.evening("third").await;
    years.long(100).await;
    let newer = years.chain.hub_now();
    years.days(1).await;
    let pruned = years.pruned()[0][0];
    assert!(pruned > 0);

    years.chain.kill(Who::Hub);
    years.chain.put_back(&too_old);
    years.chain.start(Who::Hub).await;
    years.settle().await;
    let status = years.status().await;
    assert_eq!(status.link, LinkState::Refused);
    assert_eq!(status.link_trouble, Some(LinkTrouble::HubTooOld));
    let applied = "SELECT MAX(seq) FROM stream WHERE cinema = 'metropol' AND direction = 'up'";
    assert!(
        years.number(Who::Hub, applied) < pruned,
        "it was told no gap"
    );
    let said = "SELECT COUNT(*) FROM refused_contact WHERE code = 'not_kept'";
    assert!(years.number(Who::Hub, said) > 0, "head office sees it");
    let hub = years.chain.hub.process.as_ref().unwrap();
    let cases = hub.order(HubOrder::Cases).await;
    assert!(cases.contains("metropol"), "nothing is sold there: {cases}");
    // The box sells what it has.
    years.shows("fourth").await;
    years.sells_in_the_lobby("fourth", "D1").await;

    // A newer copy is the way out.
    years.chain.kill(Who::Hub);
    years.chain.put_back(&newer);
    years.chain.start(Who::Hub).await;
    for _ in 0..4 {
        years.settle().await;
        // A hub that learns of a later life begins once more.
        if years.status().await.link == LinkState::Up {
            break;
        }
        years.chain.kill(Who::Hub);
        years.chain.start(Who::Hub).await;
    }
    years.settle().await;
    assert_eq!(years.status().await.link, LinkState::Up);
    let told = "SELECT COUNT(*) FROM told_sale";
    assert_eq!(years.number(Who::Hub, told), 10);
}
