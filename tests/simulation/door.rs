//! The door: a ticket bought at home while the line is cut opens it, once; and whatever else is held before it does not.

use std::time::Duration;

use appliance_api::{Admission, DeviceKind, DoorShowtime};
use cloud_hub::payments::StandIn;
use counter::TicketSeed;
use counter::custody::{self, AtTheDoor};
use database::{Error, Scope, params};
use serde_json::{Value, json};
use service::process::Process as _;
use wire::{Claims, TicketSigner};

use crate::custody::{Both, choices, count, freeze, metropol, moving, tomorrow};
use crate::house::{Answer, House, seeds};
use crate::people::Person;

const DOOR: &str = "/api/v1/door/admissions";

/// A ticket as it was answered: its id and its code.
#[derive(Debug, Clone)]
pub struct Bought {
    pub id: String,
    pub code: String,
    pub sale: String,
}

/// Both counters, and an usher at the box.
pub struct Evening {
    pub both: Both,
    usher: Person,
}

impl Evening {
    /// The hub has A1 to A8 in its custody.
    pub async fn open(seed: u64) -> Self {
        let both = Both::open(seed).await;
        let seats: Vec<String> = (1..=8).map(|number| format!("A{number}")).collect();
        let seats: Vec<&str> = seats.iter().map(String::as_str).collect();
        both.box_gives(&seats).await.unwrap();
        both.settle_down().await;
        Self::on(both).await
    }

    /// The same, where somebody takes the cards of guests at home, and the box gives by itself.
    pub async fn open_paying(seed: u64, cards: StandIn) -> Self {
        let house = House::open_paying(seed, cards).await;
        Self::on(Both::on(house).await).await
    }

    async fn on(both: Both) -> Self {
        let usher = Person::come(&both.house, DeviceKind::Door, "usher").await;
        Self { both, usher }
    }

    pub async fn buy_at_home(&mut self, seats: &[&str]) -> Vec<Bought> {
        let wish = choices(seats);
        let held = (self.both).ask_the_hub("/showtimes/tomorrow/holds", &wish);
        let path = settle(&held.await);
        bought(self.both.ask_the_hub(&path, &cash()).await)
    }

    /// Buys a seat and pays by a card that approves.
    pub async fn buy_by_card(&mut self, seat: &str) -> Bought {
        let wish = choices(&[seat]);
        let held = (self.both).ask_the_hub("/showtimes/tomorrow/holds", &wish);
        let settle = settle(&held.await);
        let tenders = settle.replace("/settle", "/tenders");
        let card = json!({ "card": { "card": "card_approve" } });
        let (status, answer) = self.both.ask_the_hub(&tenders, &card).await;
        assert_eq!(status, 202, "{answer}");
        self.both.settle_down().await;
        // It is settled: this is answered as it was.
        let sold = self.both.ask_the_hub(&settle, &json!({})).await;
        bought(sold).remove(0)
    }

    async fn buy_in_the_lobby(&mut self, seats: &[&str]) -> Vec<Bought> {
        let wish = choices(seats);
        let held = (self.both).ask_the_box("/showtimes/tomorrow/holds", &wish);
        let path = settle(&held.await);
        bought(self.both.ask_the_box(&path, &cash()).await)
    }

    async fn scan_for(&mut self, showtime: &str, code: &str) -> Answer {
        let body = json!({ "code": code, "showtime": showtime });
        (self
            .usher
            .ask_in_vain(&self.both.house, "POST", DOOR, &body))
        .await
    }

    pub async fn scan(&mut self, code: &str) -> Answer {
        self.scan_for("tomorrow", code).await
    }

    pub async fn lets_in(&mut self, code: &str) -> Admission {
        let (status, answer) = self.scan(code).await;
        assert_eq!(status, 201, "{answer}");
        serde_json::from_value(answer).unwrap()
    }

    pub async fn refuses(&mut self, code: &str, with: (u16, &str)) -> Value {
        let (status, answer) = self.scan(code).await;
        assert_eq!((status, answer["code"].as_str().unwrap()), with, "{answer}");
        answer
    }

    pub async fn counts(&mut self) -> (u64, u64, u64) {
        let path = "/api/v1/door/showtimes/tomorrow";
        let asked = (self.usher).ask_in_vain(&self.both.house, "GET", path, &Value::Null);
        let (status, answer) = asked.await;
        assert_eq!(status, 200, "{answer}");
        let stands: DoorShowtime = serde_json::from_value(answer).unwrap();
        (stands.admitted, stands.unproven, stands.to_come)
    }

    pub async fn hub_knows(&self) -> AtTheDoor {
        let at = self.both.house.hub.app.counter().at(&metropol()).unwrap();
        custody::at_the_door(&at, tomorrow()).await.unwrap()
    }

    pub async fn cases(&self) -> [i64; 2] {
        let house = &self.both.house;
        let open = "SELECT COUNT(*) FROM case_file WHERE open = 1";
        [
            count(house.cinema.app.database(), open).await,
            count(house.hub.app.database(), open).await,
        ]
    }
}

fn settle((status, hold): &Answer) -> String {
    assert_eq!(*status, 201, "{hold}");
    format!("/holds/{}/settle", hold["id"].as_str().unwrap())
}

fn cash() -> Value {
    json!({ "cash_given_minor": 100_000 })
}

fn bought((status, sale): Answer) -> Vec<Bought> {
    assert_eq!(status, 200, "{sale}");
    let tickets = sale["tickets"].as_array().unwrap().iter();
    let text = |ticket: &Value, name: &str| ticket[name].as_str().unwrap().to_owned();
    tickets
        .map(|ticket| Bought {
            id: text(ticket, "id"),
            code: text(ticket, "code"),
            sale: text(&sale, "id"),
        })
        .collect()
}

/// The key of the simulation's box, and the hub's for a cinema.
fn box_signer(cinema: &str) -> TicketSigner {
    TicketSeed::OfOne(seeds(3).ticket).signer(&cinema.parse().unwrap())
}

fn hub_signer(cinema: &str) -> TicketSigner {
    TicketSeed::OfEach(seeds(1).ticket).signer(&cinema.parse().unwrap())
}

fn claims(seat: &str, epoch: u64, edition: u32) -> Claims {
    Claims {
        ticket: box_office::TicketId::from_bits([edition.to_le_bytes()[0]; 16]),
        showtime: tomorrow(),
        seat: seat.parse().unwrap(),
        kind: "adult".parse().unwrap(),
        start: 0,
        epoch,
        edition,
    }
}

/// The hub has forgotten a sale of which the box knows, and gives the seat.
#[tokio::test]
async fn a_seat_that_the_hub_gives_although_its_ticket_stands_is_kept_for_its_guest() {
    let mut evening = Evening::open(72).await;
    let sold = evening.buy_at_home(&["A1"]).await;
    evening.both.settle_down().await;
    let hub = evening.both.house.hub.app.database().clone();
    let forgetting = hub.write(Scope::Nothing, |tx| {
        let sql = "UPDATE seat SET state = 'free', holder = NULL WHERE seat = 'A1' AND epoch = 1";
        tx.execute(sql, &[])
    });
    let forgotten: Result<u64, Error> = forgetting.await;
    assert_eq!(forgotten, Ok(1));
    evening.both.hub_gives(&["A1", "A2"]).await.unwrap();
    evening.both.settle_down().await;
    let bought = evening.buy_in_the_lobby(&["A2"]).await;
    assert_eq!(bought.len(), 1);
    let wish = choices(&["A1"]);
    let asked = (evening.both).ask_the_box("/showtimes/tomorrow/holds", &wish);
    assert_ne!(asked.await.0, 201, "somebody has it");
    evening.lets_in(&sold[0].code).await;
}

#[tokio::test]
async fn a_ticket_bought_at_home_during_the_cut_opens_the_door_once() {
    let mut evening = Evening::open(21).await;
    evening.both.house.network.cut();
    let home = evening.buy_at_home(&["A1", "A2"]).await;
    let lobby = evening.buy_in_the_lobby(&["B1", "B2"]).await;
    assert_eq!(evening.counts().await, (0, 0, 2), "what the box knows of");

    let first = evening.lets_in(&home[0].code).await;
    assert_eq!(first.ticket.as_str(), home[0].id);
    assert_eq!(
        (first.seat.as_str(), first.row.as_deref()),
        ("A1", Some("A"))
    );
    assert!(first.proven && first.found);
    let own = evening.lets_in(&lobby[0].code).await;
    assert!(own.proven && !own.found);
    evening.both.house.clock.advance(Duration::from_secs(90));
    let again = evening
        .refuses(&home[0].code, (409, "already_admitted"))
        .await;
    assert_eq!(again["admitted_at"], first.admitted_at);
    evening
        .refuses(&lobby[0].code, (409, "already_admitted"))
        .await;
    assert_eq!(evening.counts().await, (2, 0, 1));

    evening.both.house.network.mend();
    evening.both.settle_down().await;
    assert_eq!(evening.counts().await, (2, 0, 2), "A2 and B2 are to come");
    let hub = evening.hub_knows().await;
    assert_eq!((hub.admitted, hub.unproven), (2, 0));
    evening
        .refuses(&home[0].code, (409, "already_admitted"))
        .await;
    let known = evening.lets_in(&home[1].code).await;
    assert!(known.proven && !known.found, "the hub has told of it");
    evening.both.settle_down().await;
    assert_eq!(evening.hub_knows().await.admitted, 3);
    assert_eq!(evening.cases().await, [0, 0]);
}

#[tokio::test]
async fn the_same_request_is_one_admission_and_the_key_names_it() {
    let mut evening = Evening::open(22).await;
    let home = evening.buy_at_home(&["A1", "A2"]).await;
    let usher = Person::come(&evening.both.house, DeviceKind::Door, "other").await;
    let body = |nth: usize| json!({ "code": home[nth].code, "showtime": "tomorrow" });
    let house = &evening.both.house;
    let first = usher.ask_again(house, DOOR, "one", &body(0)).await;
    assert_eq!(first.0, 201, "{}", first.1);
    assert_eq!(usher.ask_again(house, DOOR, "one", &body(0)).await, first);
    let other = usher.ask_again(house, DOOR, "one", &body(1)).await;
    assert_eq!(
        (other.0, other.1["code"].as_str()),
        (422, Some("idempotency_key_reused"))
    );
    let new = usher.ask_again(house, DOOR, "two", &body(0)).await;
    assert_eq!(
        (new.0, new.1["code"].as_str()),
        (409, Some("already_admitted"))
    );
}

#[tokio::test]
async fn whatever_else_is_held_before_the_door_does_not_open_it() {
    let mut evening = Evening::open(23).await;
    let lobby = evening.buy_in_the_lobby(&["B1", "B2"]).await;
    let home = evening.buy_at_home(&["A1", "A2"]).await;
    evening.both.settle_down().await;

    for nonsense in ["", "https://foyer.example/tickets/1", "foyer1:abc", "A1"] {
        evening.refuses(nonsense, (422, "not_a_ticket")).await;
    }
    evening
        .refuses("FOYER1:ABC", (422, "unreadable_ticket"))
        .await;
    let long = format!("FOYER1:{}", "0".repeat(5_000));
    evening.refuses(&long, (422, "unreadable_ticket")).await;
    let code = &home[0].code;
    let (last, other) = if code.ends_with('0') {
        ("0", "1")
    } else {
        (&code[code.len() - 1..], "0")
    };
    let forged = format!("{}{other}", code.strip_suffix(last).unwrap());
    let (status, answer) = evening.scan(&forged).await;
    assert_eq!(status, 422, "{answer}");
    // The claims of one ticket under the signature of another.
    let mixed = mixed(&hub_signer("metropol").sign(&claims("A5", 1, 9)), code);
    evening.refuses(&mixed, (422, "forged_ticket")).await;

    let elsewhere = (422, "ticket_of_another_cinema");
    for signer in [box_signer("odeon"), hub_signer("odeon")] {
        evening
            .refuses(&signer.sign(&claims("A5", 1, 1)), elsewhere)
            .await;
    }
    let nobody = TicketSeed::OfOne([9; 32]).signer(&metropol());
    let unknown = (422, "unknown_ticket_key");
    evening
        .refuses(&nobody.sign(&claims("A5", 1, 1)), unknown)
        .await;

    let (status, answer) = evening.scan_for("tonight", code).await;
    let told = (status, &answer["code"], &answer["showtime"]);
    assert_eq!(
        told,
        (
            409,
            &json!("ticket_for_another_showtime"),
            &json!("tomorrow")
        )
    );
    let (status, answer) = evening.scan_for("never", code).await;
    assert_eq!(
        (status, answer["code"].as_str()),
        (404, Some("unknown_showtime"))
    );

    let lower = hub_signer("metropol").sign(&claims("A1", 1, 0));
    evening.refuses(&lower, (409, "ticket_superseded")).await;
    evening.both.hub_gives(&["A7"]).await.unwrap();
    evening.both.settle_down().await;
    let given_back = hub_signer("metropol").sign(&claims("A7", 1, 1));
    evening
        .refuses(&given_back, (409, "ticket_superseded"))
        .await;

    let (ticket, database) = (
        lobby[1].id.clone(),
        evening.both.house.cinema.app.database(),
    );
    let taken_back = database.write(counter::scope(&metropol()), move |tx| {
        tx.execute(
            "UPDATE ticket SET live = 0 WHERE id = $1",
            params![ticket.as_str()],
        )
    });
    let taken_back: Result<u64, Error> = taken_back.await;
    assert_eq!(taken_back, Ok(1));
    evening
        .refuses(&lobby[1].code, (409, "ticket_revoked"))
        .await;
    assert_eq!(evening.counts().await, (0, 0, 3), "nobody was let in");

    // Two days late: time alone refuses nobody.
    evening
        .both
        .house
        .clock
        .advance(Duration::from_secs(2 * 86_400));
    evening.lets_in(&lobby[0].code).await;
}

/// The first code's claims with the second's signature.
fn mixed(claims: &str, signature: &str) -> String {
    let bytes = |code: &str| base45::decode(code.strip_prefix("FOYER1:").unwrap()).unwrap();
    let (mut mixed, other) = (bytes(claims), bytes(signature));
    let (end, other_end) = (mixed.len(), other.len());
    mixed[end - 64..].copy_from_slice(&other[other_end - 64..]);
    format!("FOYER1:{}", base45::encode(&mixed))
}

#[tokio::test]
async fn a_ticket_of_a_seat_that_came_home_and_was_left_behind_opens_no_door() {
    let mut evening = Evening::open(28).await;
    evening.both.hub_gives(&["A8"]).await.unwrap();
    evening.both.settle_down().await;
    moving::put(&evening.both, "hall").await;
    let superseded = (409, "ticket_superseded");
    let left = hub_signer("metropol").sign(&claims("A8", 1, 1));
    evening.refuses(&left, superseded).await;
    // What went along is where its guest looks for it.
    evening
        .lets_in(&hub_signer("metropol").sign(&claims("A7", 1, 2)))
        .await;
}

#[tokio::test]
async fn only_a_device_at_the_door_lets_in_and_it_sells_nothing() {
    let mut evening = Evening::open(24).await;
    let home = evening.buy_at_home(&["A1"]).await;
    let body = json!({ "code": home[0].code, "showtime": "tomorrow" });
    let (status, answer) = evening.both.ask_the_box("/door/admissions", &body).await;
    assert_eq!(
        (status, answer["code"].as_str()),
        (403, Some("not_at_the_door"))
    );
    let house: &House = &evening.both.house;
    let stranger = house.cinema.ask("POST", DOOR, ("", "key"), &body).await;
    assert_eq!(stranger.0, 401);
    let hold = "/api/v1/showtimes/tomorrow/holds";
    let held = (evening
        .usher
        .ask_in_vain(house, "POST", hold, &choices(&["B1"])))
    .await;
    assert_eq!(
        (held.0, held.1["code"].as_str()),
        (403, Some("sells_nothing"))
    );
    evening.lets_in(&home[0].code).await;
}

#[tokio::test]
async fn a_box_that_may_have_forgotten_lets_in_by_signature_and_says_that_it_is_not_proven() {
    let mut evening = Evening::open(25).await;
    let home = evening.buy_at_home(&["A1", "A2"]).await;
    let database = evening.both.house.cinema.app.database().clone();
    freeze(&database, true).await;
    let let_in = evening.lets_in(&home[0].code).await;
    assert!(!let_in.proven);
    evening
        .refuses(&home[0].code, (409, "already_admitted"))
        .await;
    assert_eq!(evening.counts().await.1, 1);
    let [here, _] = evening.cases().await;
    assert_eq!(here, 1, "somebody looks at the seat");
    freeze(&database, false).await;
    evening.both.settle_down().await;
    let hub = evening.hub_knows().await;
    assert_eq!((hub.admitted, hub.unproven), (1, 1));
}

#[tokio::test]
async fn a_ticket_that_the_hub_does_not_know_itself_is_a_case_at_the_hub() {
    let mut evening = Evening::open(26).await;
    let lost = hub_signer("metropol").sign(&claims("A5", 1, 1));
    let found = evening.lets_in(&lost).await;
    assert!(found.found);
    evening.both.settle_down().await;
    assert_eq!(evening.cases().await, [0, 1]);
    // The box's own that it does not know is one at the box at once.
    let lost = box_signer("metropol").sign(&claims("B5", 0, 7));
    assert!(evening.lets_in(&lost).await.found);
    assert_eq!(evening.cases().await[0], 1);
    let wish = choices(&["B5"]);
    let sold = (evening.both).ask_the_box("/showtimes/tomorrow/holds", &wish);
    let (status, answer) = sold.await;
    assert_eq!(
        (status, answer["code"].as_str()),
        (409, Some("seats_taken")),
        "it proves its seat"
    );
}
