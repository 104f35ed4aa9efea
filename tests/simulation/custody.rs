//! Two counters, one seat: the box's sells in the lobby and the hub's to guests at home, over the network in memory. Whatever is in
//! transit is nobody's, and neither sells what the other has.

mod asks;
mod by_code;
mod comparing;
mod kept_back;
pub mod moving;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;

use appliance::control::{Consent, Order};
use appliance_api::DeviceKind;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use box_office::{AuditoriumId, CinemaId, SeatId, ShowtimeId};
use counter::Fault;
use counter::custody::{self, CustodyRefused, Transfer};
use database::{Database, Error, params};
use futures_util::FutureExt as _;
use serde_json::json;
use service::process::Process as _;
use tests::one_counter;
use tower::ServiceExt as _;
use wire::event::SeatAtEpoch;

use crate::evening::{go_on, step};
use crate::house::{Answer, House, answered};
use crate::people::Person;

/// More steps than the link needs to come to rest after it was mended.
const STEPS: usize = 400;

/// A house in which both counters sell.
pub struct Both {
    pub house: House,
    lobby: Person,
    online: Router,
    asked: usize,
}

impl Both {
    pub async fn open(seed: u64) -> Self {
        Self::on(House::open(seed).await).await
    }

    /// The same in a house that is there.
    pub async fn on(house: House) -> Self {
        let lobby = Person::come(&house, DeviceKind::Till, "lobby").await;
        let hub = &house.hub.app;
        let online = one_counter::router(hub.counter(), &hub.base().machine);
        let both = Self {
            lobby,
            online,
            asked: 0,
            house,
        };
        both.settle_down().await;
        both
    }

    /// Whatever is due is done until the link is at rest.
    pub async fn settle_down(&self) {
        for _ in 0..STEPS {
            if step(&self.house, 0).await.is_none() {
                go_on(&self.house);
            }
        }
    }

    /// A guest at home asks the hub's counter, whose tills take cash.
    pub async fn ask_the_hub(&mut self, path: &str, body: &serde_json::Value) -> Answer {
        let request = self.request("POST", path, body);
        meanwhile(&self.house, answered(&self.online, request)).await
    }

    /// A page of the hub's counter.
    pub async fn page_at_the_hub(&self, path: &str) -> String {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = self.online.clone().oneshot(request).await.unwrap();
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        String::from_utf8(bytes.unwrap().to_vec()).unwrap()
    }

    /// What a guest at home asks for.
    fn request(&mut self, method: &str, path: &str, body: &serde_json::Value) -> Request<Body> {
        self.asked += 1;
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1/cinemas/metropol{path}"))
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, "Bearer guest-1")
            .header("idempotency-key", format!("ask-{}", self.asked));
        request.body(Body::from(body.to_string())).unwrap()
    }

    /// A guest in the lobby asks the box's.
    pub async fn ask_the_box(&mut self, path: &str, body: &serde_json::Value) -> Answer {
        let path = format!("/api/v1{path}");
        let asked = self.lobby.ask_in_vain(&self.house, "POST", &path, body);
        meanwhile(&self.house, asked).await
    }

    async fn in_the_lobby(&mut self, seats: &[&str]) -> Answer {
        self.ask_the_box("/showtimes/tomorrow/holds", &choices(seats))
            .await
    }

    async fn at_home(&mut self, seats: &[&str]) -> Answer {
        self.ask_the_hub("/showtimes/tomorrow/holds", &choices(seats))
            .await
    }

    pub async fn box_gives(&self, seats: &[&str]) -> Result<(), CustodyRefused> {
        let at = self.house.cinema.app.counter().here().unwrap();
        custody::give(&at, &tomorrow(), named(seats)).await
    }

    pub async fn hub_gives(&self, seats: &[&str]) -> Result<(), CustodyRefused> {
        let at = self.house.hub.app.counter().at(&metropol()).unwrap();
        custody::give(&at, &tomorrow(), named(seats)).await
    }

    /// The cinema gets a further showtime, `later`.
    async fn imports_another_showtime(&self) {
        let tomorrow = "id = \"tomorrow\"\n";
        let known = tests::world::PROGRAMME;
        let start = known.find(tomorrow).unwrap();
        let end = known[start..]
            .find("[[")
            .map_or(known.len(), |end| start + end);
        let later = known[start..end]
            .replace(tomorrow, "id = \"later\"\n")
            .replace("today+1", "today+2");
        let programme = format!("{known}\n[[showtime]]\n{later}");
        let import = Order::Import {
            programme,
            consent: Consent::default(),
        };
        self.house.cinema.order(import).await;
    }

    /// Both say that they cannot have these.
    async fn are_nobodys(&mut self, seats: &[&str]) {
        for seat in seats {
            let there = [
                self.in_the_lobby(&[*seat]).await,
                self.at_home(&[*seat]).await,
            ];
            for answer in there {
                let (status, code) = problem(&answer);
                assert_eq!((status, code), (409, "seats_out_of_reach"), "{seat}");
            }
        }
    }
}

/// What comes of something that somebody waits for while both sides do what is due.
async fn meanwhile<T>(house: &House, asked: impl Future<Output = T>) -> T {
    let mut asked = pin!(asked);
    loop {
        if let Some(answer) = asked.as_mut().now_or_never() {
            return answer;
        }
        if step(house, 0).await.is_none() {
            go_on(house);
        }
    }
}

pub fn metropol() -> CinemaId {
    "metropol".parse().unwrap()
}

pub fn tomorrow() -> ShowtimeId {
    "tomorrow".parse().unwrap()
}

fn named(seats: &[&str]) -> BTreeSet<SeatId> {
    seats.iter().map(|seat| seat.parse().unwrap()).collect()
}

pub fn choices(seats: &[&str]) -> serde_json::Value {
    let seats = seats.iter().map(|seat| json!({ "seat": seat }));
    json!({ "seats": seats.collect::<Vec<_>>() })
}

fn problem(answer: &Answer) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

/// The seats of `tomorrow` that have ever changed hands, each with its epoch.
async fn epochs(database: &Database) -> BTreeMap<String, u32> {
    let read = database.read(|db| {
        let sql = "SELECT seat, epoch FROM seat WHERE epoch > 0 AND showtime = (SELECT key FROM showtime WHERE id = 'tomorrow')";
        db.query(sql, &[], |row| Ok((row.get::<String>(0)?, row.get(1)?)))
    });
    let rows: Result<Vec<_>, Error> = read.await;
    rows.unwrap().into_iter().collect()
}

pub async fn count(database: &Database, sql: &'static str) -> i64 {
    let read = database.read(move |db| db.number(sql, &[]));
    let count: Result<i64, Error> = read.await;
    count.unwrap()
}

/// The side of this database may decide nothing about the cinema's seats, or may again.
pub async fn freeze(database: &Database, frozen: bool) {
    let written = database.write(counter::scope(&metropol()), move |tx| {
        let sql = "INSERT INTO standing (cinema, frozen, reason) VALUES ('metropol', $1, 'behind') \
            ON CONFLICT (cinema) DO UPDATE SET frozen = excluded.frozen";
        tx.execute(sql, params![frozen]).map(drop)
    });
    let written: Result<(), Error> = written.await;
    written.unwrap();
}

#[tokio::test]
async fn both_sell_through_a_cut_and_neither_what_the_other_has() {
    let mut both = Both::open(1).await;
    both.house.network.cut();
    both.box_gives(&["A1", "A2", "A3", "A4"]).await.unwrap();
    both.are_nobodys(&["A1", "A4"]).await;
    let again = both.box_gives(&["A4", "A5"]).await;
    assert!(again.is_err(), "A4 is gone, so A5 stays");

    both.house.network.mend();
    both.settle_down().await;
    both.house.network.cut();
    let (home, lobby) = (
        both.at_home(&["A1", "A2"]).await,
        both.in_the_lobby(&["A5", "A6"]).await,
    );
    assert_eq!((home.0, lobby.0), (201, 201), "{home:?} {lobby:?}");
    let out_of_reach = (409, "seats_out_of_reach");
    assert_eq!(problem(&both.in_the_lobby(&["A3"]).await), out_of_reach);
    assert_eq!(problem(&both.at_home(&["B1"]).await), out_of_reach);

    let held = both.hub_gives(&["A2", "A3"]).await;
    assert!(held.is_err(), "a guest holds A2");
    both.hub_gives(&["A3", "A4"]).await.unwrap();
    both.are_nobodys(&["A3", "A4"]).await;

    both.house.network.mend();
    both.settle_down().await;
    let lobby = both.in_the_lobby(&["A3", "A4"]).await;
    assert_eq!(lobby.0, 201, "{lobby:?}");
    let taken = (409, "seats_taken");
    assert_eq!(problem(&both.at_home(&["A3"]).await), taken);
    let (cinema, hub) = (
        both.house.cinema.app.database(),
        both.house.hub.app.database(),
    );
    let known = epochs(cinema).await;
    let seats = [("A1", 1), ("A2", 1), ("A3", 2), ("A4", 2)];
    let seats = seats.map(|(seat, epoch)| (seat.to_owned(), epoch));
    assert_eq!(known, BTreeMap::from(seats));
    assert_eq!(known, epochs(hub).await);
    for database in [cinema, hub] {
        assert_eq!(count(database, "SELECT COUNT(*) FROM case_file").await, 0);
        assert_eq!(count(database, "SELECT COUNT(*) FROM kept_grant").await, 0);
    }
}

/// What the hub is told of a showtime, room, plan or seat that it does not know.
async fn told(
    both: &Both,
    (showtime, room): (&str, Option<&str>),
    plan: u32,
    seat: &str,
) -> Result<Vec<String>, Fault> {
    let room = room.map(|room| room.parse::<AuditoriumId>().unwrap());
    let (acting, showtime) = (
        both.house.hub.app.counter().clone(),
        showtime.parse::<ShowtimeId>().unwrap(),
    );
    let seats = [SeatAtEpoch {
        seat: seat.parse().unwrap(),
        epoch: 1,
    }];
    let database = both.house.hub.app.database();
    let received = database.write(counter::scope(&metropol()), move |tx| {
        let told = Transfer {
            showtime: &showtime,
            auditorium: room.as_ref(),
            plan,
            seats: &seats,
        };
        custody::receive(tx, &acting, &metropol(), told)
    });
    received.await
}

#[tokio::test]
async fn what_is_given_of_something_unknown_is_kept_until_it_is_known() {
    let mut both = Both::open(2).await;
    for (showtime, plan, seat) in [
        (("later", None), 1, "A1"),
        (("tomorrow", None), 2, "A1"),
        (("tomorrow", None), 1, "Z99"),
        (("tomorrow", Some("another-room")), 1, "A2"),
    ] {
        assert_eq!(told(&both, showtime, plan, seat).await, Ok(Vec::new()));
    }
    let database = both.house.hub.app.database().clone();
    assert_eq!(count(&database, "SELECT COUNT(*) FROM kept_grant").await, 4);
    assert_eq!(epochs(&database).await, BTreeMap::new());
    both.house.network.cut();
    let answer = both.at_home(&["A1"]).await;
    assert_eq!(problem(&answer), (409, "seats_out_of_reach"));
    both.house.network.mend();

    both.imports_another_showtime().await;
    both.settle_down().await;
    let waiting = "SELECT COUNT(*) FROM kept_grant WHERE showtime = 'later'";
    assert_eq!(count(&database, waiting).await, 0);
    // The cinema has never given it, so that both claim it when they compare: it is the hub's, and kept back.
    let here = "SELECT COUNT(*) FROM seat WHERE epoch = 1 AND seat = 'A1' \
        AND showtime = (SELECT key FROM showtime WHERE id = 'later')";
    assert_eq!(count(&database, here).await, 1);
    // The others name a plan, a seat and a room that nobody knows yet.
    assert_eq!(count(&database, "SELECT COUNT(*) FROM kept_grant").await, 3);
}

#[tokio::test]
async fn a_frozen_side_holds_nothing_gives_nothing_and_hears_nothing_until_it_is_whole() {
    let mut both = Both::open(3).await;
    let (cinema, hub) = (
        both.house.cinema.app.database().clone(),
        both.house.hub.app.database().clone(),
    );
    both.box_gives(&["A1", "A2"]).await.unwrap();
    both.settle_down().await;
    freeze(&hub, true).await;
    assert_eq!(
        problem(&both.at_home(&["A1"]).await),
        (503, "selling_stopped")
    );
    assert!(both.hub_gives(&["A1"]).await.is_err());
    both.imports_another_showtime().await;
    both.box_gives(&["B1", "B2"]).await.unwrap();
    both.settle_down().await;
    assert_eq!(epochs(&hub).await.len(), 2, "it hears nothing");
    let later = "SELECT COUNT(*) FROM showtime WHERE id = 'later'";
    assert_eq!(count(&hub, later).await, 0, "of whatever it is told");
    freeze(&hub, false).await;
    both.settle_down().await;
    assert_eq!(epochs(&hub).await.len(), 4, "it hears what it had not");
    assert_eq!(count(&hub, later).await, 1);
    assert_eq!(both.at_home(&["A1", "A2"]).await.0, 201);

    // What it has forgotten it says itself, whatever became of the case of it.
    let has_forgotten = hub.read(|db| custody::has_forgotten_of(db, &metropol()));
    assert!(!has_forgotten.await.unwrap());
    freeze(&hub, true).await;
    let has_forgotten = hub.read(|db| custody::has_forgotten_of(db, &metropol()));
    assert!(has_forgotten.await.unwrap());
    let cases = "SELECT COUNT(*) FROM case_file WHERE kind = 'stopped'";
    assert_eq!(count(&hub, cases).await, 0);
    freeze(&hub, false).await;

    freeze(&cinema, true).await;
    assert_eq!(
        problem(&both.in_the_lobby(&["C1", "C2"]).await),
        (503, "selling_stopped")
    );
    assert!(both.box_gives(&["C1"]).await.is_err());
    freeze(&cinema, false).await;
    assert_eq!(both.in_the_lobby(&["C1", "C2"]).await.0, 201);
}

#[tokio::test]
async fn what_does_not_fit_changes_nothing_and_is_a_case_until_a_person_has_looked() {
    let mut both = Both::open(4).await;
    let (acting, database) = (
        both.house.cinema.app.counter().clone(),
        both.house.cinema.app.database().clone(),
    );
    let received = database.write(counter::scope(&metropol()), move |tx| {
        let (showtime, seat) = (tomorrow(), "A1".parse().unwrap());
        let seats = [SeatAtEpoch { seat, epoch: 4 }];
        let told = Transfer {
            showtime: &showtime,
            auditorium: None,
            plan: 1,
            seats: &seats,
        };
        custody::receive(tx, &acting, &metropol(), told)
    });
    assert_eq!(received.await.unwrap().len(), 1);
    assert_eq!(epochs(&database).await, BTreeMap::new());
    assert_eq!(both.in_the_lobby(&["A1", "A2"]).await.0, 201);

    let cases = both.house.cinema.order(Order::Cases).await;
    assert!(cases.contains("seat metropol/tomorrow/A1"), "{cases}");
    let (about, reason) = (
        "metropol/tomorrow/A1".to_owned(),
        "both books were read".to_owned(),
    );
    let close = Order::CloseCase { about, reason };
    both.house.cinema.order(close.clone()).await;
    let cases = both.house.cinema.order(Order::Cases).await;
    assert_eq!(cases, "no payment waits for a person");
    let again = both.house.cinema.try_order(close).await.unwrap_err();
    assert!(format!("{again:?}").contains("unknown_case"), "{again:?}");
}
