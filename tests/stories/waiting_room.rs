//! Many guests want the seats of one showtime: those whose turn it is choose, the others wait in the order in which they came, and are told so.

use counter_api::TenderState;
use futures_util::future::join_all;
use hub_api::Place;
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::world::{Answer, PROGRAMME, Seller, choices, client, new_key, until};

use crate::guests_at_home::Online;

/// So many choose at once as long as nobody waits.
const CHOOSE: usize = 12;

const PLACE: &str = "/api/v1/showtimes/tomorrow/place";

async fn comes(guest: &Seller) -> Place {
    guest.put(PLACE, &json!({})).await.expect(200).body()
}

async fn comes_back(guest: &Seller, proof: &str) -> Place {
    let known = guest.put(PLACE, &json!({ "proof": proof })).await;
    known.expect(200).body()
}

async fn all_come(guests: &[Seller]) -> Vec<Place> {
    let mut places = Vec::new();
    for guest in guests {
        places.push(comes(guest).await);
    }
    places
}

async fn guests(online: &Online, count: usize) -> Vec<Seller> {
    join_all((0..count).map(|_| online.guest())).await
}

tests::on_both_engines!(guests_choose_in_the_order_in_which_they_came);

async fn guests_choose_in_the_order_in_which_they_came(engine: Engine) {
    let online = Online::selling(engine, "", PROGRAMME).await;
    let choosing = guests(&online, CHOOSE).await;
    let places = all_come(&choosing).await;
    assert!(
        places
            .iter()
            .all(|place| place.has_turn && place.ahead == 0)
    );
    assert!(places.iter().all(|place| place.seats.is_none()));
    let held = choosing[0].hold("tomorrow", &["A1", "A2"]).await;

    let waiting = guests(&online, 3).await;
    let places = all_come(&waiting).await;
    let ahead: Vec<u32> = places.iter().map(|place| place.ahead).collect();
    assert_eq!(ahead, [0, 1, 2]);
    assert!(places.iter().all(|place| !place.has_turn));
    assert_eq!(places[0].again_seconds, 10);
    until("what is left is said as it is", async || {
        let left = comes(&waiting[0]).await.seats?;
        ((left.free, left.held) == (30, 2)).then_some(())
    })
    .await;
    // No way past them, and no harm in trying.
    for guest in &waiting {
        let refused = guest.ask_for("tomorrow", &["B1"]).await;
        assert_eq!(refused.problem(), (409, "not_your_turn"));
    }
    assert_eq!(comes(&waiting[2]).await.ahead, 2);
    // Elsewhere nobody waits.
    let elsewhere = "/api/v1/showtimes/tonight/place";
    let place: Place = waiting[2]
        .put(elsewhere, &json!({}))
        .await
        .expect(200)
        .body();
    assert!(place.has_turn);

    // Of 32 seats fourteen may be held beside these two: five choose at once. Whoever holds seats goes on with them.
    for guest in &choosing[1..8] {
        guest.delete(PLACE).await.expect(204);
    }
    until("the first has their turn", async || {
        comes(&waiting[0]).await.has_turn.then_some(())
    })
    .await;
    waiting[0].hold("tomorrow", &["B1"]).await;
    assert_eq!(comes(&waiting[1]).await.ahead, 0);
    assert_eq!(comes(&waiting[2]).await.ahead, 1);
    let (path, other) = (held.path("/seats"), choices(&["A3"]));
    choosing[0].put(&path, &other).await.expect(200);
    assert!(comes(&choosing[0]).await.has_turn, "as long as they hold");
    assert_eq!(comes(&choosing[1]).await.ahead, 2, "anew at the end");
    waiting[1].delete(PLACE).await.expect(204);
    assert_eq!(comes(&waiting[2]).await.ahead, 0);
}

async fn ask_with(guest: &Seller, key: &str) -> Answer {
    let path = "/api/v1/showtimes/tomorrow/holds";
    guest.post(path, key, &choices(&["A1"])).await
}

#[tokio::test]
async fn what_was_held_is_answered_again_whoever_waits_meanwhile() {
    let online = Online::selling(Engine::Sqlite, "", PROGRAMME).await;
    let (key, guest) = (new_key(), online.guest().await);
    let held: Value = ask_with(&guest, &key).await.expect(201).json;
    guest.delete(PLACE).await.expect(204);
    all_come(&guests(&online, CHOOSE + 1).await).await;
    let again = ask_with(&guest, &key).await;
    assert_eq!(again.json["id"], held["id"], "{}", again.text);
    // Who keeps no place takes none by asking.
    let other = online.guest().await;
    for _ in 0..2 {
        let refused = ask_with(&other, &new_key()).await;
        assert_eq!(refused.problem(), (409, "not_your_turn"));
    }
    assert_eq!(comes(&other).await.ahead, 1);
}

#[tokio::test]
async fn the_order_is_the_same_once_the_hub_was_killed() {
    let mut online = Online::selling(Engine::Sqlite, "", PROGRAMME).await;
    let (choosing, waiting) = (guests(&online, CHOOSE).await, guests(&online, 3).await);
    let of_choosing = all_come(&choosing).await;
    let of_waiting = all_come(&waiting).await;
    online.kill_and_start().await;
    // Those who wait ask first, from behind. Who comes now is after all who came before, and nobody has the place of another.
    for nth in [2, 0, 1] {
        let place = comes_back(&waiting[nth], &of_waiting[nth].proof).await;
        assert!(!place.has_turn);
    }
    let late = online.guest().await;
    assert_eq!(comes_back(&late, &of_waiting[0].proof).await.ahead, 3);
    for (guest, place) in choosing.iter().zip(&of_choosing) {
        assert!(comes_back(guest, &place.proof).await.has_turn);
    }
    let mut ahead = Vec::new();
    for guest in &waiting {
        ahead.push(comes(guest).await.ahead);
    }
    assert_eq!((ahead, comes(&late).await.ahead), (vec![0, 1, 2], 3));
}

#[tokio::test]
async fn a_session_has_three_places_and_an_address_thirty_before_which_others_wait() {
    // What is on today is not sold online any more when the story runs late in the evening.
    let programme = PROGRAMME.replace("days = \"today\"", "days = \"today+2\"");
    let online = Online::selling(Engine::Sqlite, "", &programme).await;
    let all = guests(&online, 30).await;
    let places = all_come(&all).await;
    let waits = places.iter().filter(|place| !place.has_turn).count();
    assert_eq!(waits, 30 - CHOOSE);
    let mut refused = 0;
    for guest in &all {
        let path = "/api/v1/showtimes/tonight/place";
        let elsewhere = guest.put(path, &json!({})).await;
        if elsewhere.status != 200 {
            assert_eq!(elsewhere.problem(), (429, "too_many_from_here"));
            refused += 1;
        }
    }
    // One more every ten seconds.
    assert!((4..=6).contains(&refused), "{refused} of 36");
    // A fourth place is in exchange for the one that was asked for least lately.
    let (first, second) = (&all[CHOOSE], &all[CHOOSE + 1]);
    assert_eq!(comes(second).await.ahead, 1);
    for showtime in ["strict", "closed"] {
        let path = format!("/api/v1/showtimes/{showtime}/place");
        first.put(&path, &json!({})).await.expect(200);
    }
    assert_eq!(comes(second).await.ahead, 0);
}

#[tokio::test]
async fn nonsense_gets_no_place_and_costs_none() {
    let online = Online::selling(Engine::Sqlite, "", PROGRAMME).await;
    let guest = online.guest().await;
    for nonsense in ["", "00", "nonsense", &"f".repeat(96), &"ü".repeat(48)] {
        assert!(comes_back(&guest, nonsense).await.has_turn);
    }
    let nowhere = "/api/v1/showtimes/nothing/place";
    let refused = guest.put(nowhere, &json!({})).await;
    assert_eq!(refused.problem(), (404, "unknown_showtime"));
    guest.delete(nowhere).await.expect(204);
    let refused = guest.put(PLACE, &json!({ "proof": 7 })).await;
    assert_eq!(refused.problem(), (422, "wrong_body"));
    let refused = guest.put(PLACE, &json!({ "place": 1 })).await;
    assert_eq!(refused.problem(), (422, "wrong_body"));
}

#[tokio::test]
async fn where_all_seats_are_sold_or_held_whoever_waits_is_led_back_to_the_queue() {
    let online = Online::selling(Engine::Sqlite, "", PROGRAMME).await;
    let choosing = guests(&online, CHOOSE).await;
    all_come(&choosing).await;
    let rows = ["A", "B", "C", "D"].map(|row| (1..=8).map(move |seat| format!("{row}{seat}")));
    let seats: Vec<String> = rows.into_iter().flatten().collect();
    let (held, sold) = seats.split_at(4);
    for (guest, some) in choosing.iter().zip(sold.chunks(4)) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        let held = guest.hold("tomorrow", &some).await;
        assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    }
    let last = choosing.last().expect("one is left");
    let some: Vec<&str> = held.iter().map(String::as_str).collect();
    last.hold("tomorrow", &some).await;
    let page = async || {
        let address = format!("{}/cinemas/metropol/showtimes/tomorrow", online.hub().url());
        let page = client().get(address).send().await.unwrap();
        let page = page.text().await.unwrap();
        assert!(page.contains("class=\"cannot\""), "{page}");
        page.contains(" data-sells")
    };
    assert!(!page().await, "nobody waits, and nothing can be had");
    let waiting = guests(&online, CHOOSE).await;
    let places = all_come(&waiting).await;
    assert!(places.iter().any(|place| !place.has_turn));
    assert!(page().await, "they wait for what comes back");
}
