//! A ticket that was sold at home goes back: the cinema answers whether it may, and from then on it opens no door. Tills of this hub take
//! cash, so that a person at head office gives the money.

use std::time::Duration;

use counter::Fault;
use counter::refunds::{self, Decision, RefundRefused, Said};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use service::process::Process as _;
use tests::world::with_refund_rules;
use wire::Body;
use wire::event::{RefundAnswer, RefundAnswered};

use crate::custody::{choices, count, freeze, metropol, moving, tomorrow};
use crate::door::{Bought, Evening};
use crate::house::Answer;

impl Evening {
    /// Asks tickets of one sale back; the whole sale if none is named.
    async fn asks_back(&mut self, sale: &str, tickets: &[&Bought]) -> Answer {
        let tickets: Vec<_> = tickets.iter().map(|ticket| ticket.id.as_str()).collect();
        let path = format!("/sales/{sale}/refunds");
        let body = json!({ "tickets": tickets });
        self.both.ask_the_hub(&path, &body).await
    }

    /// Asks a ticket back, and gives where it stands.
    pub async fn refund(&mut self, ticket: &Bought) -> String {
        let (status, answer) = self.asks_back(&ticket.sale, &[ticket]).await;
        assert_eq!(status, 202, "{answer}");
        state_of(&answer, ticket)
    }

    /// Whether the page of a ticket has a code to show; else it says that it was given back.
    async fn shows_a_code(&self, ticket: &Bought) -> bool {
        let path = format!("/tickets/{}", ticket.id);
        let page = self.both.page_at_the_hub(&path).await;
        let says = page.contains("this ticket opens no door any more");
        assert_ne!(page.contains("<svg"), says, "{page}");
        !says
    }

    async fn stands(&mut self, ticket: &Bought) -> String {
        // Asked again, nothing more is asked.
        self.refund(ticket).await
    }

    /// The state of a seat of the hub's, as its database has it.
    async fn seat_at_the_hub(&self, is: &'static str) -> i64 {
        count(self.both.house.hub.app.database(), is).await
    }

    pub async fn decides(&self, ticket: &Bought, decision: Decision) -> Result<(), RefundRefused> {
        let counter = self.both.house.hub.app.counter();
        let ticket = ticket.id.parse().unwrap();
        let said = Said {
            by: "office",
            reason: "looked",
            given_minor: None,
            about: None,
        };
        let decided = refunds::decide(counter, ticket, decision, said);
        decided.await.map(drop)
    }

    pub async fn listed(&self) -> Vec<String> {
        refunds::list(self.both.house.hub.app.counter())
            .await
            .unwrap()
    }
}

fn state_of(answer: &Value, ticket: &Bought) -> String {
    let refunds = answer["refunds"].as_array().unwrap();
    let found = refunds.iter().find(|it| it["ticket"] == ticket.id.as_str());
    found.unwrap()["state"].as_str().unwrap().to_owned()
}

const FREE: &str = "SELECT COUNT(*) FROM seat WHERE seat = 'A1' AND state = 'free'";
const REVOKING: &str = "SELECT COUNT(*) FROM seat WHERE seat = 'A1' AND state = 'revoking'";
const QUARANTINE: &str = "SELECT COUNT(*) FROM seat WHERE seat = 'A1' AND state = 'quarantine'";

#[tokio::test]
async fn a_ticket_that_went_back_opens_no_door_and_its_seat_is_sold_anew() {
    let mut evening = Evening::open(31).await;
    let home = evening.buy_at_home(&["A1", "A2"]).await;
    evening.both.settle_down().await;
    assert_eq!(evening.counts().await, (0, 0, 2));
    evening.both.house.network.cut();
    assert_eq!(evening.refund(&home[0]).await, "asked");
    assert_eq!(evening.seat_at_the_hub(REVOKING).await, 1);
    let taken = (evening.both)
        .ask_the_hub("/showtimes/tomorrow/holds", &choices(&["A1"]))
        .await;
    assert_eq!(taken.1["code"], "seats_taken", "it is not free yet");

    assert!(
        evening.shows_a_code(&home[0]).await,
        "it opens the door yet"
    );

    evening.both.house.network.mend();
    evening.both.settle_down().await;
    assert_eq!(evening.stands(&home[0]).await, "owed");
    assert!(!evening.shows_a_code(&home[0]).await);
    assert!(evening.shows_a_code(&home[1]).await);
    let revoked = (409, "ticket_revoked");
    evening.refuses(&home[0].code, revoked).await;
    assert_eq!(evening.counts().await, (0, 0, 1), "it comes no more");
    evening.lets_in(&home[1].code).await;

    let anew = evening.buy_at_home(&["A1"]).await;
    evening.refuses(&home[0].code, revoked).await;
    evening.lets_in(&anew[0].code).await;
    evening.both.settle_down().await;
    evening.refuses(&home[0].code, revoked).await;

    // Cash is given by hand, once.
    assert!(evening.listed().await[0].contains("given-back by hand?"));
    let keep = evening.decides(&home[0], Decision::Keep).await;
    assert_eq!(keep, Err(RefundRefused::WrongDecision));
    evening
        .decides(&home[0], Decision::GivenBack)
        .await
        .unwrap();
    let again = evening.decides(&home[0], Decision::GivenBack).await;
    assert_eq!(again, Err(RefundRefused::CaseClosed));
    assert_eq!(evening.stands(&home[0]).await, "returned");
    assert_eq!(evening.cases().await, [0, 0]);
}

/// Its seat went home and was left behind in another room: that it was given back is the better answer.
#[tokio::test]
async fn the_door_says_of_a_seat_that_was_left_behind_that_its_ticket_went_back() {
    let mut evening = Evening::open(38).await;
    let home = evening.buy_at_home(&["A8"]).await;
    evening.both.settle_down().await;
    evening.refund(&home[0]).await;
    evening.both.settle_down().await;
    moving::put(&evening.both, "hall").await;
    evening
        .refuses(&home[0].code, (409, "ticket_revoked"))
        .await;
}

#[tokio::test]
async fn who_came_during_the_cut_stays_inside_and_a_manager_decides() {
    let mut evening = Evening::open(32).await;
    let home = evening.buy_at_home(&["A1", "A2"]).await;
    evening.both.settle_down().await;
    evening.both.house.network.cut();
    assert_eq!(evening.asks_back(&home[0].sale, &[]).await.0, 202);
    evening.lets_in(&home[0].code).await;
    evening.lets_in(&home[1].code).await;
    assert_eq!(
        evening.stands(&home[0]).await,
        "asked",
        "nobody has answered"
    );

    evening.both.house.network.mend();
    evening.both.settle_down().await;
    for ticket in &home {
        assert_eq!(evening.stands(ticket).await, "refused");
        evening
            .refuses(&ticket.code, (409, "already_admitted"))
            .await;
    }
    assert_eq!(evening.cases().await, [0, 2]);
    assert!(evening.listed().await[0].contains("give-back, all of it, or keep?"));
    evening.decides(&home[0], Decision::Keep).await.unwrap();
    evening.decides(&home[1], Decision::GiveBack).await.unwrap();
    assert_eq!(evening.stands(&home[0]).await, "refused");
    assert_eq!(evening.stands(&home[1]).await, "owed");
    let sold = "SELECT COUNT(*) FROM seat WHERE state = 'sold'";
    assert_eq!(evening.seat_at_the_hub(sold).await, 2, "they sit there");
    assert_eq!(evening.counts().await, (2, 0, 0));
}

#[tokio::test]
async fn whose_guest_is_known_to_be_inside_is_asked_for_by_nobody() {
    let mut evening = Evening::open(33).await;
    let home = evening.buy_at_home(&["A1"]).await;
    evening.lets_in(&home[0].code).await;
    evening.both.settle_down().await;
    let (status, answer) = evening.asks_back(&home[0].sale, &[]).await;
    assert_eq!((status, &answer["code"]), (409, &json!("already_admitted")));
    assert_eq!(evening.cases().await, [0, 0]);
}

#[tokio::test]
async fn what_nobody_answers_goes_back_at_the_end_and_its_seat_is_not_sold_again() {
    let mut evening = Evening::open(34).await;
    let home = evening.buy_at_home(&["A1"]).await;
    evening.both.settle_down().await;
    evening.both.house.network.cut();
    assert_eq!(evening.refund(&home[0]).await, "asked");
    evening
        .both
        .house
        .clock
        .advance(Duration::from_secs(3 * 86_400));
    evening.both.settle_down().await;
    assert_eq!(evening.stands(&home[0]).await, "owed");
    assert_eq!(evening.seat_at_the_hub(QUARANTINE).await, 1);

    // The late answer moves nothing, and both sides hold the quarantine.
    evening.both.house.network.mend();
    evening.both.settle_down().await;
    assert_eq!(evening.stands(&home[0]).await, "owed");
    assert_eq!(evening.seat_at_the_hub(QUARANTINE).await, 1);
    let at_the_box = count(evening.both.house.cinema.app.database(), QUARANTINE);
    assert_eq!(at_the_box.await, 1);
    evening
        .refuses(&home[0].code, (409, "ticket_revoked"))
        .await;
}

#[tokio::test]
async fn a_clock_that_somebody_set_gives_nothing_back() {
    let mut evening = Evening::open(36).await;
    let home = evening.buy_at_home(&["A1"]).await;
    evening.both.settle_down().await;
    evening.both.house.network.cut();
    assert_eq!(evening.refund(&home[0]).await, "asked");
    let right = evening.both.house.clock.now();
    let begin = evening.both.house.clock.monotonic();
    let wrong = right + SignedDuration::from_hours(30 * 24);
    evening.both.house.clock.set(wrong);
    evening.both.settle_down().await;
    assert_eq!(evening.stands(&home[0]).await, "asked");
    let passed = evening.both.house.clock.monotonic() - begin;
    evening
        .both
        .house
        .clock
        .set(right + SignedDuration::try_from(passed).unwrap());
    evening.lets_in(&home[0].code).await;
    evening.both.house.network.mend();
    evening.both.settle_down().await;
    assert_eq!(evening.stands(&home[0]).await, "refused");
}

#[tokio::test]
async fn who_comes_after_the_money_went_back_is_a_case() {
    let mut evening = Evening::open(35).await;
    let home = evening.buy_at_home(&["A1", "A2"]).await;
    evening.both.settle_down().await;
    evening.both.house.network.cut();
    for ticket in &home {
        evening.refund(ticket).await;
    }
    evening
        .both
        .house
        .clock
        .advance(Duration::from_secs(3 * 86_400));
    evening.both.settle_down().await;
    for ticket in &home {
        evening.lets_in(&ticket.code).await;
    }
    evening.both.house.network.mend();
    evening.both.settle_down().await;
    let asks = async |evening: &Evening, ticket: &Bought| -> Vec<&str> {
        let listed = evening.listed().await;
        let of_ticket = listed.iter().filter(|line| line.contains(&ticket.id));
        let words = ["given-back by hand?", "seen?"];
        let asked = of_ticket.flat_map(|line| words.into_iter().filter(|it| line.contains(it)));
        asked.collect()
    };
    // What is said of one says nothing of the other, whichever is said first.
    for (ticket, first, second) in [
        (&home[0], Decision::Seen, Decision::GivenBack),
        (&home[1], Decision::GivenBack, Decision::Seen),
    ] {
        assert_eq!(
            asks(&evening, ticket).await,
            ["given-back by hand?", "seen?"]
        );
        evening.decides(ticket, first).await.unwrap();
        let left = match second {
            Decision::Seen => "seen?",
            Decision::GiveBack | Decision::Keep | Decision::GivenBack => "given-back by hand?",
        };
        assert_eq!(asks(&evening, ticket).await, [left]);
        evening.decides(ticket, second).await.unwrap();
    }
    assert_eq!(evening.listed().await, [""; 0]);
}

#[tokio::test]
async fn of_what_nobody_can_prove_the_money_goes_back_and_the_seat_is_kept_back() {
    let mut evening = Evening::open(36).await;
    let home = evening.buy_at_home(&["A1"]).await;
    evening.both.settle_down().await;
    evening.both.house.network.cut();
    evening.refund(&home[0]).await;
    // A box that has lost its tail says so.
    let counter = evening.both.house.cinema.app.counter().clone();
    let told = RefundAnswered {
        ticket: home[0].id.parse().unwrap(),
        showtime: tomorrow(),
        answer: RefundAnswer::Unproven,
        time: 0,
    };
    let database = evening.both.house.cinema.app.database();
    let telling = database.write(counter::scope(&metropol()), move |tx| {
        counter.tell(tx, &metropol(), [Body::from(told.clone())])
    });
    let told: Result<(), Fault> = telling.await;
    told.unwrap();
    evening.both.house.network.mend();
    evening.both.settle_down().await;
    assert_eq!(evening.stands(&home[0]).await, "owed");
    assert_eq!(evening.seat_at_the_hub(QUARANTINE).await, 1);
    assert_eq!(evening.seat_at_the_hub(FREE).await, 0);
}

#[tokio::test]
async fn what_is_asked_again_too_late_or_for_another_is_refused_and_asks_nothing() {
    let mut evening = Evening::open(37).await;
    let (home, other) = (
        evening.buy_at_home(&["A1"]).await,
        evening.buy_at_home(&["A2"]).await,
    );
    let (status, answer) = evening.asks_back("nothing", &[]).await;
    assert_eq!((status, &answer["code"]), (404, &json!("unknown_sale")));
    let (status, answer) = evening.asks_back(&home[0].sale, &[&other[0]]).await;
    assert_eq!((status, &answer["code"]), (404, &json!("unknown_ticket")));
    let both = [&home[0], &other[0]];
    let (status, answer) = evening.asks_back(&home[0].sale, &both).await;
    assert_eq!((status, &answer["code"]), (404, &json!("unknown_ticket")));
    assert_eq!(evening.seat_at_the_hub(REVOKING).await, 0);
    let asked = "SELECT COUNT(*) FROM refund_request";
    assert_eq!(evening.seat_at_the_hub(asked).await, 0);
    let never = evening.decides(&home[0], Decision::GiveBack).await;
    assert_eq!(never, Err(RefundRefused::UnknownCase));

    evening
        .both
        .house
        .clock
        .advance(Duration::from_secs(2 * 86_400));
    let (status, answer) = evening.asks_back(&home[0].sale, &[]).await;
    assert_eq!((status, &answer["code"]), (409, &json!("refund_too_late")));
}

#[tokio::test]
async fn what_is_cancelled_goes_back_without_asking() {
    let mut evening = Evening::open(38).await;
    let home = evening.buy_at_home(&["A1", "A2"]).await;
    evening.both.settle_down().await;
    evening.both.house.network.cut();
    let during = evening.buy_at_home(&["A3"]).await;
    evening.both.house.cancels_tomorrow().await;
    evening.both.settle_down().await;
    assert_eq!(evening.listed().await, [""; 0], "the hub has not heard");

    // A hub that may decide nothing about these seats asks once it may.
    freeze(evening.both.house.hub.app.database(), true).await;
    evening.both.house.network.mend();
    evening.both.settle_down().await;
    assert_eq!(evening.listed().await, [""; 0], "it may not ask");
    freeze(evening.both.house.hub.app.database(), false).await;
    evening.both.settle_down().await;
    for ticket in home.iter().chain(&during) {
        assert_eq!(evening.stands(ticket).await, "owed");
        assert!(!evening.shows_a_code(ticket).await);
    }
    assert_eq!(evening.listed().await.len(), 3, "a person gives the cash");
    assert_eq!(evening.counts().await, (0, 0, 0));
}

/// The first moment at which a ticket goes back no more is that of its rules, to the second.
#[tokio::test]
async fn tickets_go_back_until_the_last_second_of_their_rules() {
    for (minutes, words) in [
        (60, "until 60 minutes before"),
        (1, "until 1 minute before"),
    ] {
        let mut evening = Evening::open(39).await;
        let rules = with_refund_rules(2, &format!("until_minutes = {minutes}"));
        evening.both.house.imports(rules).await;
        evening.both.settle_down().await;
        let home = evening.buy_at_home(&["A1", "A2"]).await;
        evening.both.settle_down().await;
        let starts_at: Timestamp = "2026-11-24T19:15:00Z".parse().unwrap();
        let end = starts_at - SignedDuration::from_mins(minutes);
        let clock = evening.both.house.clock.clone();
        let until = |moment: Timestamp| {
            let left = moment.duration_since(clock.now());
            clock.advance(left.try_into().unwrap());
        };
        until(end - SignedDuration::from_secs(1));
        assert_eq!(evening.refund(&home[0]).await, "asked");
        until(end);
        let (status, answer) = evening.asks_back(&home[1].sale, &[&home[1]]).await;
        let code = &answer["code"];
        assert_eq!((status, code), (409, &json!("refund_window_over")));
        let detail = answer["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{detail}");
        until(starts_at);
        let (status, answer) = evening.asks_back(&home[1].sale, &[&home[1]]).await;
        let code = &answer["code"];
        assert_eq!((status, code), (409, &json!("refund_too_late")));
    }
}

/// Whoever read until when tickets go back, and pays after that, hears that the time is over, and not that the rules are others. What is paid already
/// is paid by what was read then.
#[tokio::test]
async fn who_pays_after_the_time_is_over_is_told_that_it_is() {
    let mut evening = Evening::open(40).await;
    let rules = with_refund_rules(2, "until_minutes = 60\nkept = \"1.00\"");
    evening.both.house.imports(rules).await;
    evening.both.settle_down().await;
    let clock = evening.both.house.clock.clone();
    let end: Timestamp = "2026-11-24T18:15:00Z".parse().unwrap();
    let soon = (end - SignedDuration::from_mins(1)).duration_since(clock.now());
    clock.advance(soon.try_into().unwrap());
    let mut holds = Vec::new();
    for seat in ["A1", "A2"] {
        let wish = choices(&[seat]);
        let held = evening.both.ask_the_hub("/showtimes/tomorrow/holds", &wish);
        let (status, held) = held.await;
        assert_eq!(status, 201, "{held}");
        let read = [&held["refunds_until"], &held["refunds_kept"]["minor"]];
        assert_eq!(read, [&json!("2026-11-24T19:15:00+01:00"), &json!(100)]);
        holds.push(held["id"].as_str().unwrap().to_owned());
    }
    // One of them is paid in time.
    let tenders = format!("/holds/{}/tenders", holds[1]);
    let cash = json!({ "cash": { "given_minor": 100_000 } });
    let paid = evening.both.ask_the_hub(&tenders, &cash).await;
    assert!((200..300).contains(&paid.0), "{}", paid.1);
    clock.advance(Duration::from_secs(60));

    let settles = [0, 1].map(|nth: usize| format!("/holds/{}/settle", holds[nth]));
    let shown = |until: &str, kept_minor: i64| json!({ "refunds_until": until, "refunds_kept_minor": kept_minor });
    let read = shown("2026-11-24T19:15:00+01:00", 100);
    let with_cash = |mut said: Value| {
        said["cash_given_minor"] = json!(100_000);
        said
    };
    for (said, code) in [
        (read.clone(), "refunds_over"),
        (shown("2026-11-24T19:15:00+01:00", 99), "rules_changed"),
        (shown("2026-11-24T20:15:00+01:00", 100), "rules_changed"),
    ] {
        let (status, answer) = (evening.both)
            .ask_the_hub(&settles[0], &with_cash(said))
            .await;
        assert_eq!((status, &answer["code"]), (409, &json!(code)), "{answer}");
    }
    let unsaid = with_cash(json!({}));
    let (status, answer) = evening.both.ask_the_hub(&settles[0], &unsaid).await;
    assert_eq!(status, 200, "{answer}");
    let (status, answer) = evening.both.ask_the_hub(&settles[1], &read).await;
    assert_eq!(status, 200, "{answer}");
}
