//! Whatever is sent that cannot be: each has its own code and words, none is a fault of the box, and nothing changes.

use std::time::Duration;

use appliance::control::Order;
use appliance_api::DeviceKind;
use counter_api::HoldState;
use serde_json::{Value, json};
use tests::world::{Answer, Held, PROGRAMME, Seller, World, choices, client, new_key};

/// A cinema where a clerk holds two seats, and what must not change.
struct Before {
    world: World,
    clerk: Seller,
    held: Held,
    seen: [Value; 4],
}

async fn seen(clerk: &Seller, held: &Held) -> [Value; 4] {
    let mut hold = clerk.get(&held.path("")).await.json;
    // The only thing that may change by itself.
    hold["expires_in_ms"] = Value::Null;
    let seats = |showtime: &str| {
        let path = format!("/api/v1/showtimes/{showtime}/seats");
        async move { clerk.get(&path).await.expect(200).json }
    };
    let mut day = clerk.get("/api/v1/programme").await.expect(200).json;
    day["now"] = Value::Null;
    [hold, seats("tonight").await, seats("strict").await, day]
}

impl Before {
    async fn bad_input() -> Self {
        let world = World::open().await;
        let clerk = world.clerk().await;
        let held = clerk.hold("tonight", &["B3", "B4"]).await;
        let seen = seen(&clerk, &held).await;
        Self {
            world,
            clerk,
            held,
            seen,
        }
    }

    /// The answer is this problem, told in words, and nothing has changed.
    async fn check(&self, answer: &Answer, status: u16, code: &str) {
        assert_eq!(answer.problem(), (status, code), "{}", answer.text);
        for words in ["title", "detail", "request_id"] {
            assert!(
                answer.json[words]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{words}: {}",
                answer.text
            );
        }
        assert_eq!(
            seen(&self.clerk, &self.held).await,
            self.seen,
            "{code} changed something"
        );
    }

    /// As [`Before::check`], for a body sent to ask for seats of `tonight`.
    async fn check_body(&self, body: &[u8], status: u16, code: &str) {
        let answer = self
            .clerk
            .post_bytes("/api/v1/showtimes/tonight/holds", &new_key(), body.to_vec())
            .await;
        self.check(&answer, status, code).await;
    }
}

#[tokio::test]
async fn bodies_that_are_no_wish() {
    let before = Before::bad_input().await;
    before
        .check_body(b"{\"seats\":", 400, "malformed_json")
        .await;
    before.check_body(b"", 400, "malformed_json").await;
    before
        .check_body(b"\xff\xfe{}", 400, "malformed_json")
        .await;
    before
        .check_body("[".repeat(60_000).as_bytes(), 400, "malformed_json")
        .await;
    before.check_body(b"[]", 422, "wrong_body").await;
    before.check_body(b"{}", 422, "wrong_body").await;
    before
        .check_body(b"{\"seats\":[{\"seat\":7}]}", 422, "wrong_body")
        .await;
    before
        .check_body(b"{\"seats\":[{\"seat\":\"A 1\"}]}", 422, "wrong_body")
        .await;
    before
        .check_body(b"{\"seats\":[],\"price\":1}", 422, "wrong_body")
        .await;
    for language in ["de\0", "\u{1b}[2J", "", "de-", "de".repeat(30_000).as_str()] {
        let wish = json!({"seats": [{"seat": "A1"}], "language": language}).to_string();
        before.check_body(wish.as_bytes(), 422, "wrong_body").await;
        let path = before.held.path("/seats");
        let wish = json!({"seats": [{"seat": "B3"}, {"seat": "B4"}], "language": language});
        let answer = before.clerk.put(&path, &wish).await;
        before.check(&answer, 422, "wrong_body").await;
    }
    let huge = format!(
        "{{\"seats\":[{}{{\"seat\":\"A1\"}}]}}",
        "{\"seat\":\"A1\"},".repeat(6_000)
    );
    before
        .check_body(huge.as_bytes(), 413, "body_too_large")
        .await;

    let path = format!("{}/api/v1/showtimes/tonight/holds", before.world.url());
    let unmarked = client()
        .post(path)
        .bearer_auth(before.clerk.token().unwrap())
        .header("idempotency-key", new_key())
        .body("{}");
    assert_eq!(unmarked.send().await.unwrap().status().as_u16(), 415);
}

#[tokio::test]
async fn seats_and_showtimes_that_are_not() {
    let before = Before::bad_input().await;
    let clerk = &before.clerk;
    before
        .check(
            &clerk.ask_for("yesterday", &["A1"]).await,
            404,
            "unknown_showtime",
        )
        .await;
    before
        .check(&clerk.ask_for("%00", &["A1"]).await, 404, "not_found")
        .await;
    before
        .check(
            &clerk.get("/api/v1/showtimes/yesterday").await,
            404,
            "unknown_showtime",
        )
        .await;
    before
        .check(
            &clerk.get("/api/v1/showtimes/yesterday/seats/events").await,
            404,
            "unknown_showtime",
        )
        .await;

    let elsewhere = clerk.ask_for("tonight", &["A1", "A10"]).await;
    before.check(&elsewhere, 422, "unknown_seats").await;
    assert_eq!(elsewhere.seats(), ["A10"], "a seat of the other room");
    before
        .check(&clerk.ask_for("tonight", &[]).await, 422, "no_seats")
        .await;
    before
        .check(
            &clerk.ask_for("tonight", &["A1", "A1"]).await,
            422,
            "repeated_seats",
        )
        .await;
    let eleven_there = [
        "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "B1", "B2", "B5",
    ];
    let eleven = [
        "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "B1",
    ];
    before
        .check(
            &clerk.ask_for("strict", &eleven).await,
            422,
            "too_many_seats",
        )
        .await;
    before
        .check(
            &clerk
                .put(&before.held.path("/seats"), &choices(&eleven_there))
                .await,
            422,
            "too_many_seats",
        )
        .await;
    before
        .check(
            &clerk
                .put(&before.held.path("/seats"), &choices(&["A10"]))
                .await,
            422,
            "unknown_seats",
        )
        .await;

    let kind = |kind: &str| json!({ "seats": [{ "seat": "A1", "ticket_kind": kind }] });
    let ask = async |body: Value| {
        clerk
            .post("/api/v1/showtimes/tonight/holds", &new_key(), &body)
            .await
    };
    before
        .check(&ask(kind("dog")).await, 422, "ticket_kind_not_sold")
        .await;
    let sofa = json!({ "seats": [{ "seat": "E1", "ticket_kind": "child" }, { "seat": "E2" }] });
    before
        .check(&ask(sofa).await, 422, "ticket_kind_not_sold")
        .await;
}

#[tokio::test]
async fn addresses_and_questions_that_do_not_fit() {
    let before = Before::bad_input().await;
    let clerk = &before.clerk;
    for (path, status, code) in [
        ("/api/v1/nothing", 404, "not_found"),
        ("/api/v1/holds/%20", 404, "not_found"),
        ("/api/v1/sales/1", 404, "unknown_sale"),
        ("/api/v1/tickets/1", 404, "unknown_ticket"),
        ("/api/v1/programme?day=tomorrow", 400, "wrong_query"),
        (
            "/api/v1/showtimes/tonight/best-available?count=two",
            400,
            "wrong_query",
        ),
        (
            "/api/v1/showtimes/tonight/best-available",
            400,
            "wrong_query",
        ),
        (
            "/api/v1/showtimes/tonight/seats/events?since=-1",
            400,
            "wrong_query",
        ),
    ] {
        before.check(&clerk.get(path).await, status, code).await;
    }
    before
        .check(
            &clerk.delete("/api/v1/cinema").await,
            405,
            "method_not_allowed",
        )
        .await;
    before
        .check(
            &clerk.delete("/api/v1/tenders/1").await,
            404,
            "unknown_tender",
        )
        .await;
    let far = clerk.get("/api/v1/programme?day=9999-12-31").await;
    assert_eq!(far.expect(200).json["films"], json!([]));
    for count in ["0", "11", "4294967295"] {
        let path =
            format!("/api/v1/showtimes/tonight/best-available?count={count}&wheelchairs={count}");
        let answer = clerk.get(&path).await;
        assert!(answer.status < 500, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_hold_that_is_over() {
    let before = Before::bad_input().await;
    let held = &before.held;
    before.world.wait(Duration::from_secs(8 * 60));
    let refused = [
        held.settle().await,
        held.begin_card().await,
        before
            .clerk
            .post(
                &held.path("/settle"),
                &new_key(),
                &json!({ "cash_given_minor": 2000 }),
            )
            .await,
        before
            .clerk
            .put(&held.path("/seats"), &choices(&["B3"]))
            .await,
        before
            .clerk
            .post(&held.path("/extend"), "", &json!({}))
            .await,
    ];
    for answer in &refused {
        assert_eq!(answer.problem(), (409, "hold_lapsed"));
    }
    let hold = held.look().await;
    assert_eq!((hold.sale, hold.tenders.len()), (None, 0));
    assert_ne!(hold.state, HoldState::Settled);
}

#[tokio::test]
async fn a_hold_of_somebody_else() {
    let before = Before::bad_input().await;
    let (other, path) = (before.world.clerk().await, |rest: &str| {
        before.held.path(rest)
    });
    let tries = [
        other.get(&path("")).await,
        other.delete(&path("")).await,
        other.put(&path("/seats"), &choices(&["A1"])).await,
        other.post(&path("/extend"), "", &json!({})).await,
        other
            .post(
                &path("/tenders"),
                &new_key(),
                &json!({ "cash": { "given_minor": 2000 } }),
            )
            .await,
        other
            .post(&path("/tenders"), &new_key(), &json!({ "card": {} }))
            .await,
        other
            .post(
                &path("/settle"),
                &new_key(),
                &json!({ "cash_given_minor": 2000 }),
            )
            .await,
    ];
    for answer in &tries {
        before.check(answer, 404, "unknown_hold").await;
    }
    let stranger = before.world.stranger();
    before
        .check(&stranger.get(&path("")).await, 401, "not_paired")
        .await;
    before
        .check(
            &stranger.ask_for("tonight", &["A1"]).await,
            401,
            "not_paired",
        )
        .await;
    before
        .check(
            &stranger
                .post("/api/v1/pairings", "", &json!({ "code": "AAAA-AAAA" }))
                .await,
            403,
            "wrong_code",
        )
        .await;
}

#[tokio::test]
async fn names_with_signs_that_nobody_sees() {
    let before = Before::bad_input().await;
    let code = before
        .world
        .order(Order::Pair {
            kind: DeviceKind::Till,
        })
        .await;
    let (code, stranger) = (code.unwrap(), before.world.stranger());
    let pair = async |name: &str| {
        let body = json!({ "code": code, "name": name });
        stranger.post("/api/v1/pairings", "", &body).await
    };
    for name in [
        "Till\u{1b}[31m 1",
        "Till\n1",
        "T\u{202e}ill",
        "Ti\u{200b}ll",
        "\u{2067}1",
    ] {
        before.check(&pair(name).await, 422, "wrong_name").await;
    }
    let paired = pair("Kasse 1 – עברית").await.expect(201);
    assert_eq!(paired.json["device"]["name"], "Kasse 1 – עברית");
}

#[tokio::test]
async fn money_that_cannot_be() {
    let before = Before::bad_input().await;
    let (clerk, held) = (&before.clerk, &before.held);
    let tender = async |body: Value| clerk.post(&held.path("/tenders"), &new_key(), &body).await;
    let settle = async |body: Value| clerk.post(&held.path("/settle"), &new_key(), &body).await;
    for minor in [0, -1, i64::MIN, i64::MAX] {
        before
            .check(
                &tender(json!({ "cash": { "given_minor": minor } })).await,
                422,
                "wrong_amount",
            )
            .await;
        before
            .check(
                &settle(json!({ "cash_given_minor": minor })).await,
                422,
                "wrong_amount",
            )
            .await;
    }
    before
        .check(
            &tender(json!({ "cash": { "given_minor": 10.5 } })).await,
            422,
            "wrong_body",
        )
        .await;
    before
        .check(
            &tender(json!({ "cash": { "given_minor": 1e30 } })).await,
            422,
            "wrong_body",
        )
        .await;
    before
        .check(&tender(json!({ "gold": {} })).await, 422, "wrong_body")
        .await;
    before
        .check(
            &tender(json!({ "cash": { "given_minor": 1 }, "card": {} })).await,
            422,
            "wrong_body",
        )
        .await;
    before
        .check(&settle(json!({})).await, 409, "not_paid")
        .await;
    before
        .check(
            &settle(json!({ "cash_given_minor": 1 })).await,
            409,
            "not_paid",
        )
        .await;
    before
        .check(
            &settle(json!({ "cash_given_minor": 2000, "total_minor": 1999 })).await,
            409,
            "price_changed",
        )
        .await;
    before
        .check(
            &clerk.post(&held.path("/settle"), "", &json!({})).await,
            400,
            "idempotency_key_missing",
        )
        .await;
    before
        .check(
            &clerk
                .post(&held.path("/settle"), "two words", &json!({}))
                .await,
            400,
            "idempotency_key_missing",
        )
        .await;

    let guest = before.world.guest().await;
    let theirs = guest.hold("strict", &["C1", "C2"]).await;
    let cash = json!({ "cash_given_minor": 2000 });
    assert_eq!(
        guest
            .post(&theirs.path("/settle"), &new_key(), &cash)
            .await
            .problem(),
        (403, "no_cash_here")
    );
}

#[tokio::test]
async fn a_negative_amount_is_refused_where_all_is_paid_already() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["A1"]).await;
    let whole = json!({ "cash": { "given_minor": held.total_minor() } });
    clerk
        .post(&held.path("/tenders"), &new_key(), &whole)
        .await
        .expect(201);
    let negative = clerk
        .post(
            &held.path("/settle"),
            &new_key(),
            &json!({ "cash_given_minor": -500 }),
        )
        .await;
    assert_eq!(negative.problem(), (422, "wrong_amount"));
    held.settle().await.expect(200);
}

#[tokio::test]
async fn more_money_than_there_is_overflows_nothing() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["A1"]).await;
    clerk
        .post(
            &held.path("/tenders"),
            &new_key(),
            &json!({ "cash": { "given_minor": 1 } }),
        )
        .await
        .expect(201);
    let all = clerk
        .post(
            &held.path("/settle"),
            &new_key(),
            &json!({ "cash_given_minor": i64::MAX }),
        )
        .await;
    assert_eq!(all.problem(), (422, "wrong_amount"));
    held.cash(1_000).await;
}

#[tokio::test]
async fn a_key_that_was_used_for_something_else() {
    let before = Before::bad_input().await;
    let key = new_key();
    let ask = async |seats: &[&str]| {
        before
            .clerk
            .post("/api/v1/showtimes/strict/holds", &key, &choices(seats))
            .await
    };
    let first = ask(&["A1", "A2"]).await.expect(201);
    let again = ask(&["A1", "A2"]).await;
    assert_eq!(
        again.json["id"], first.json["id"],
        "the same key and body is the same wish"
    );
    assert_eq!(
        ask(&["A3", "A4"]).await.problem(),
        (422, "idempotency_key_reused")
    );
}

#[tokio::test]
async fn a_disk_without_room_begins_nothing_new() {
    let world = World::without_programme("keep_free_mebibytes = 4294967295").await;
    world.import(PROGRAMME).await.unwrap();
    let clerk = world.clerk().await;
    let before = clerk
        .get("/api/v1/showtimes/tonight/seats")
        .await
        .expect(200)
        .json;
    let refused = clerk.ask_for("tonight", &["A1"]).await;
    assert_eq!(refused.problem(), (507, "disk_full"));
    let ready = world.stranger().get("/readyz").await;
    assert_eq!(ready.problem(), (507, "disk_full"), "open, and not ready");
    assert_eq!(world.counts("foyer_database_has_room").await, 0);
    assert!(world.counts("foyer_database_free_bytes").await > 0);
    assert_eq!(
        clerk
            .get("/api/v1/showtimes/tonight/seats")
            .await
            .expect(200)
            .json,
        before
    );
}

#[tokio::test]
async fn a_programme_file_with_problems() {
    let before = Before::bad_input().await;
    let broken = PROGRAMME
        .replace("year = 1999", "year = 99")
        .replace("film = \"fight-club\"", "film = \"fight-clubb\"");
    let words = before.world.import(&broken).await.unwrap_err();
    let line = |text: &str| {
        format!(
            "line {}: ",
            broken.lines().position(|line| line == text).unwrap() + 1
        )
    };
    assert!(
        words.contains(&format!(
            "{}`year`: must be a whole number from 1888 to 2100, not 99",
            line("year = 99")
        )),
        "{words}"
    );
    assert!(
        words.contains(&line("film = \"fight-clubb\""))
            && words.contains("did you mean \"fight-club\"?"),
        "{words}"
    );
    let other_cinema = PROGRAMME.replace("id = \"metropol\"", "id = \"capitol\"");
    assert!(
        before
            .world
            .import(&other_cinema)
            .await
            .unwrap_err()
            .contains("this box belongs to the cinema metropol")
    );
    let other_content = PROGRAMME.replace("year = 1999", "year = 1998");
    assert!(
        before
            .world
            .import(&other_content)
            .await
            .unwrap_err()
            .contains("give it a higher version")
    );
    assert_eq!(seen(&before.clerk, &before.held).await, before.seen);
    assert!(
        before
            .world
            .import(PROGRAMME)
            .await
            .unwrap()
            .contains("0 showtimes added, 0 changed")
    );
}

#[tokio::test]
async fn a_programme_is_read_on_the_business_day_of_its_own_cinema() {
    let world = World::without_programme("").await;
    // Two in the morning in Berlin: the cinema's day is still yesterday's, while the date of UTC is that of the night.
    world.wait(Duration::from_secs(8 * 60 * 60));
    let also_tomorrow = format!(
        "{PROGRAMME}\n[[showtime]]\nid = \"gala\"\nfilm = \"metropolis\"\nauditorium = \"screen-2\"\nprice_book = \"standard\"\n\
        day = \"2026-11-24\"\ntime = \"20:30\"\nlanguage = \"de\"\n"
    );
    let words = world.import(&also_tomorrow).await.unwrap();
    assert!(words.contains("6 showtimes added"), "{words}");
    let guest = world.guest().await;
    let strict = guest.get("/api/v1/showtimes/strict").await.expect(200).text;
    assert!(strict.contains("2026-11-23T20:30"), "{strict}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_cinemas_that_are_imported_at_once_a_box_belongs_to_one() {
    let world = World::without_programme("").await;
    let other = PROGRAMME.replace("id = \"metropol\"", "id = \"capitol\"");
    let (one, other) = tokio::join!(world.import(PROGRAMME), world.import(&other));
    assert_eq!(
        [&one, &other]
            .map(Result::is_ok)
            .iter()
            .filter(|it| **it)
            .count(),
        1,
        "{one:?} {other:?}"
    );
    let refused = one.err().or(other.err()).unwrap();
    assert!(
        refused.contains("this box belongs to the cinema"),
        "{refused}"
    );
    world.stranger().get("/api/v1/cinema").await.expect(200);
}
