//! What the programme that this one grew from did to its guests, and does to nobody any more, at the counter of a box and at that of a hub.
//! What is proved elsewhere is named here and not told twice:
//!
//! | The seed | Shown not to be so |
//! |---|---|
//! | the client sets the price | [`nobody_who_buys_names_a_price`] |
//! | seats are taken from the request and not from the hold | [`what_is_sold_is_what_was_held_by_who_buys_it`] |
//! | a repeated POST charges twice | [`a_payment_asked_for_again_is_taken_once`]; cash: `sell_for_cash::whoever_asks_twice_hears_the_same` |
//! | a payment time-out counts as a decline | at home `guests_at_home::an_unknown_outcome_keeps_the_seats_until_the_guest_stops_it`; in the lobby `pay_by_card::a_terminal_that_vanishes_after_taking_the_money_is_asked_again` |
//! | a refund that can never succeed | at home `refunds::a_hub_that_is_killed_between_each_step_gives_the_money_once`; in the lobby `payment_cases::not_taken_says_a_person_and_the_terminal_that_took_it_gives_it_back` |
//! | past showtimes can be booked | at home [`a_showtime_that_is_over_is_sold_to_nobody_at_home`]; in the lobby `hold_seats::what_is_not_on_sale_is_not_held` |
//! | cancelling a showtime touches no booking | at home `refunds::what_is_cancelled_goes_back_without_asking`; in the lobby `pay_by_card::a_card_taken_for_a_cancelled_showtime_is_given_back`, `imports::a_showtime_is_cancelled_under_sold_tickets_only_if_that_is_meant` |
//! | holds per visitor without limit lock a room for free | at home `guests_at_home::many_who_choose_at_once_do_some_work_and_never_lock_a_house`; in the lobby `hold_seats::a_device_has_only_so_many_holds` |
//! | a lost hold race is a 500 | [`a_seat_that_all_want_at_one_moment_has_one_buyer_and_no_fault`]; the last row: `last_row` |
//! | readiness is a constant | of a hub [`a_hub_that_can_begin_nothing_new_is_not_ready`]; of a box `bad_input::a_disk_without_room_begins_nothing_new` |
//! | metrics count errors as 200 | [`what_is_refused_is_counted_as_refused`] |

use counter_api::{SeatState, ShowtimeState, ShowtimeWithLayout, TenderState};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::world::{House, Hub, PROGRAMME, Seller, Sides, choices, client, new_key, until};

use crate::guests_at_home::Online;

/// One who buys, at home or in the lobby, and free seats on their side.
struct Buyer {
    seller: Seller,
    seats: Vec<String>,
    /// What pays by card there.
    card: Value,
}

/// A house, who buys at home, and who buys in the lobby.
async fn both_counters() -> (House, [Buyer; 2]) {
    let house = House::open(Engine::Sqlite).await;
    let Sides {
        home,
        lobby,
        ours,
        theirs,
    } = house.until_both_sell().await;
    let home = Buyer {
        seller: home,
        seats: theirs,
        card: json!({ "card": "card_approve" }),
    };
    let lobby = Buyer {
        seller: lobby,
        seats: ours,
        card: json!({}),
    };
    (house, [home, lobby])
}

/// What whoever takes the money has taken at home and in the lobby, in minor units, and in how many payments.
fn taken(house: &House) -> [(i64, usize); 2] {
    let sums = house.provider.as_ref().unwrap().sums();
    let till = house.world.terminal.till();
    let at_home = (sums.captured_minor, sums.charges.len());
    [at_home, (till.captured_minor, till.payments.len())]
}

/// The same with one value more.
fn and(body: &Value, name: &str, value: Value) -> Value {
    let mut more = body.clone();
    more[name] = value;
    more
}

const HOLDS: &str = "/api/v1/showtimes/tomorrow/holds";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_who_buys_names_a_price() {
    let (house, buyers) = both_counters().await;
    for Buyer {
        seller,
        seats,
        card,
    } in &buyers
    {
        let seat = seats[0].as_str();
        for name in ["price", "price_minor", "total_minor", "amount_minor"] {
            let of_all = and(&choices(&[seat]), name, json!(1));
            let of_seat = json!({ "seats": [{ "seat": seat, name: 1 }] });
            for body in [of_all, of_seat] {
                let refused = seller.post(HOLDS, &new_key(), &body).await;
                assert_eq!(refused.problem(), (422, "wrong_body"), "{body}");
            }
        }
        assert_eq!(seller.sees("tomorrow", seat).await, SeatState::Free);
        let held = seller.hold("tomorrow", &[seat]).await;
        assert_eq!(held.total_minor(), 1_000, "the price of the programme");
        let pay = async |card: &Value| {
            let tender = json!({ "card": card });
            seller
                .post(&held.path("/tenders"), &new_key(), &tender)
                .await
        };
        let less = pay(&and(card, "total_minor", json!(1))).await;
        assert_eq!(less.problem(), (409, "price_changed"));
        let less = pay(&and(card, "amount_minor", json!(1))).await;
        assert_eq!(less.problem(), (422, "wrong_body"));
        pay(card).await.expect(202);
        assert_eq!(held.outcome().await, TenderState::Approved);
        assert_eq!(held.sale().await.total.minor, 1_000);
    }
    assert_eq!(taken(&house), [(1_000, 1); 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sold_is_what_was_held_by_who_buys_it() {
    let (house, buyers) = both_counters().await;
    let strangers = [house.hub.guest("metropol").await, house.world.guest().await];
    for (
        Buyer {
            seller,
            seats,
            card,
        },
        stranger,
    ) in buyers.iter().zip(&strangers)
    {
        let (held_seat, other) = (seats[0].as_str(), seats[1].as_str());
        let held = seller.hold("tomorrow", &[held_seat]).await;
        let wanted = choices(&[other])["seats"].clone();
        let with_other = and(card, "seats", wanted.clone());
        let (settle, tenders) = (held.path("/settle"), held.path("/tenders"));
        let refused = seller
            .post(&tenders, &new_key(), &json!({ "card": with_other }))
            .await;
        assert_eq!(refused.problem(), (409, "order_changed"));
        let by_card = json!({ "card": card });
        let theirs = stranger.post(&tenders, &new_key(), &by_card).await;
        assert_eq!(theirs.problem(), (404, "unknown_hold"));
        let paid = seller.post(&tenders, &new_key(), &by_card).await;
        paid.expect(202);
        assert_eq!(held.outcome().await, TenderState::Approved);
        // Paid for is what was held, whatever is asked for then.
        let settled = seller
            .post(&settle, &new_key(), &json!({ "seats": wanted }))
            .await;
        assert_ne!(settled.json["tickets"][0]["seat"], other);
        let sale = held.sale().await;
        let sold: Vec<_> = sale.tickets.iter().map(|it| it.seat.as_str()).collect();
        assert_eq!(sold, [held_seat]);
        assert_eq!(seller.sees("tomorrow", other).await, SeatState::Free);
        assert_eq!(
            stranger.post(&settle, &new_key(), &json!({})).await.status,
            404
        );
    }
    assert_eq!(taken(&house), [(1_000, 1); 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_asked_for_again_is_taken_once() {
    let (house, buyers) = both_counters().await;
    for Buyer {
        seller,
        seats,
        card,
    } in &buyers
    {
        let held = seller.hold("tomorrow", &[&seats[0]]).await;
        let (path, key, body) = (held.path("/tenders"), new_key(), json!({ "card": card }));
        // Pressed four times, and once more when it is paid.
        let asked = join_all((0..4).map(|_| seller.post(&path, &key, &body))).await;
        let ids: Vec<_> = (asked.into_iter())
            .map(|answer| answer.expect(202).json["id"].clone())
            .collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert_eq!(held.outcome().await, TenderState::Approved);
        let again = seller.post(&path, &key, &body).await.expect(202);
        assert_eq!(again.json["id"], ids[0]);
        let another = seller.post(&path, &new_key(), &body).await;
        assert_eq!(another.status, 409, "{}", another.text);
        assert_eq!(held.look().await.tenders.len(), 1);
    }
    assert_eq!(taken(&house), [(1_000, 1); 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_showtime_that_is_over_is_sold_to_nobody_at_home() {
    let yesterday = PROGRAMME.replace("days = \"today+1\"", "days = \"today-1\"");
    let online = Online::selling(Engine::Sqlite, "", &yesterday).await;
    let guest = online.guest().await;
    let refused = guest.ask_for("tomorrow", &["A1"]).await;
    assert_eq!(refused.problem(), (409, "showtime_over"));
    let shown = guest.get("/api/v1/showtimes/tomorrow").await.expect(200);
    let shown: ShowtimeWithLayout = shown.body();
    assert_eq!(shown.showtime.state, ShowtimeState::Closed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_that_all_want_at_one_moment_has_one_buyer_and_no_fault() {
    let (house, buyers) = both_counters().await;
    let at_home = join_all((0..5).map(|_| house.hub.guest("metropol"))).await;
    let in_the_lobby = join_all((0..5).map(|_| house.world.guest())).await;
    let all: Vec<&Seller> = at_home.iter().chain(&in_the_lobby).collect();
    // First one of the hub's, then one of the cinema's.
    for seat in buyers.iter().map(|buyer| buyer.seats[0].as_str()) {
        let wanted = [seat];
        let asked = all.iter().map(|seller| seller.ask_for("tomorrow", &wanted));
        let answers = join_all(asked).await;
        let won = answers.iter().filter(|it| it.status == 201).count();
        let lost: Vec<_> = (answers.iter())
            .filter(|it| it.status != 201)
            .map(|it| (it.status, it.text.as_str()))
            .collect();
        assert_eq!(won, 1, "{lost:?}");
        assert!(lost.iter().all(|(status, _)| *status == 409), "{lost:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_can_begin_nothing_new_is_not_ready() {
    let mut hub = Hub::start().await;
    hub.kill();
    let settings = std::fs::read_to_string(hub.settings()).unwrap();
    let full = settings.replace("[data]\n", "[data]\nkeep_free_mebibytes = 4294967295\n");
    std::fs::write(hub.settings(), full).unwrap();
    hub.begin_again();
    let ask = async |path: &str| {
        let answer = client().get(format!("{}{path}", hub.url())).send().await;
        answer.ok().map(|answer| answer.status().as_u16())
    };
    let alive = until("the process answers", || ask("/healthz")).await;
    assert_eq!((alive, ask("/readyz").await), (200, Some(507)));
    hub.kill();
    std::fs::write(hub.settings(), settings).unwrap();
    hub.start_again().await;
}

/// How many requests for seats a counter has answered like this, by what it says of itself.
fn answered(metrics: &str, status: &str) -> u64 {
    let lines = metrics.lines().filter(|line| {
        line.starts_with("foyer_http_answers_total{method=\"POST\"")
            && line.contains("/holds\"")
            && line.contains(&format!("status=\"{status}"))
    });
    let counts = lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
    counts.sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_is_counted_as_refused() {
    let (house, buyers) = both_counters().await;
    let urls = [house.hub.url(), house.world.url()];
    for (Buyer { seller, seats, .. }, url) in buyers.iter().zip(urls) {
        let metrics = async || {
            let answer = client().get(format!("{url}/metrics")).send().await;
            answer.unwrap().text().await.unwrap()
        };
        let seat = seats[0].as_str();
        seller.hold("tomorrow", &[seat]).await;
        let before = metrics().await;
        let taken = seller.ask_for("tomorrow", &[seat]).await;
        assert_eq!(taken.status, 409);
        let unknown = seller.ask_for("nowhere", &[seat]).await;
        assert_eq!(unknown.status, 404);
        let nothing = seller.post(HOLDS, &new_key(), &json!({})).await;
        assert_eq!(nothing.status, 422);
        let after = metrics().await;
        let more = ["409", "404", "422", "2", "5"]
            .map(|status| answered(&after, status) - answered(&before, status));
        assert_eq!(more, [1, 1, 1, 0, 0], "{url}");
    }
}
