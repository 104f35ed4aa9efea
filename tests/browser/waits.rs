//! A guest at home comes when many choose: they wait in order, are told how it goes, choose when it is their turn, and make room once they have bought.

use hub_api::Place;
use serde_json::json;
use tests::engine::Engine;
use tests::world::{House, Seller, Sides, until};

use crate::buys_online::{SHOWTIME, chooses, two, until_the_tickets_are_open};
use crate::guest::Guest;
use tests::chromium::PHONE;

const PLACE: &str = "/api/v1/showtimes/tomorrow/place";

async fn comes(guest: &Seller) -> Place {
    guest.put(PLACE, &json!({})).await.expect(200).body()
}

/// The page asks at once, as when a phone that slept is awake, instead of after ten seconds.
async fn wakes(guest: &Guest) {
    let woken = "document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))";
    guest.asks_page(woken, vec![]).await;
}

/// The part says these words, once the page has asked.
async fn reads_once_awake(guest: &Guest, name: &str, words: &str) {
    until(&format!("{name} says {words:?}"), || async {
        wakes(guest).await;
        guest.text(name).await.contains(words).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_waits_for_their_turn_and_makes_room_for_the_next() {
    let house = House::open(Engine::Sqlite).await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let mut choosing = Vec::new();
    let first = loop {
        let other = house.hub.guest("metropol").await;
        match comes(&other).await.has_turn {
            true => choosing.push(other),
            false => break other,
        }
    };
    let mut before = vec![first];
    for _ in 0..2 {
        let other = house.hub.guest("metropol").await;
        comes(&other).await;
        before.push(other);
    }

    let page = format!("{}{SHOWTIME}?lang=en", house.hub.url());
    let guest = Guest::before(&page, PHONE).await;
    guest.sees("screen-queue").await;
    guest.reads("ahead", "3 guests are before you").await;
    guest.reads("left", " seats are free.").await;
    let title = "return document.title";
    let title = guest.asks_page(title, vec![]).await.to_string();
    assert!(title.contains("(4) You are in the queue"), "{title}");
    assert!(!guest.is_there("screen-seats").await);
    guest.finds_nothing_in_the_way("the queue").await;

    // A page that is loaded again has its place; somebody later is behind it.
    let late = house.hub.guest("metropol").await;
    assert_eq!(comes(&late).await.ahead, 4);
    guest.opens(&page).await;
    guest.reads("ahead", "3 guests are before you").await;
    for other in &before[1..] {
        other.delete(PLACE).await.expect(204);
    }
    reads_once_awake(&guest, "ahead", "1 guest is before you").await;
    before[0].delete(PLACE).await.expect(204);
    reads_once_awake(&guest, "ahead", "You are next").await;

    // As soon as it is their turn, nobody is before the next.
    for other in &choosing {
        other.delete(PLACE).await.expect(204);
        guest.lets_pass(1_100).await;
        if comes(&late).await.ahead == 0 {
            break;
        }
    }
    until("it is their turn", || async {
        wakes(&guest).await;
        guest.is_there("screen-seats").await.then_some(())
    })
    .await;
    guest
        .reads("your-turn", "Others are waiting: you have 5 minutes")
        .await;
    let title = guest.asks_page("return document.title", vec![]).await;
    assert!(title.to_string().contains("It is your turn"), "{title}");
    let findings = guest.serious_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    assert!(!comes(&late).await.has_turn);
    let [first, _] = two(&theirs);
    chooses(&guest, &[&first]).await;
    guest.touches("pay").await;
    guest.touches("card_approve").await;
    guest.touches("pay-now").await;
    until_the_tickets_are_open(&guest).await;
    guest.leaves().await;
    // A seat less is enough for one less who chooses.
    choosing[choosing.len() - 1].delete(PLACE).await.expect(204);
    until("the next has their turn", || async {
        comes(&late).await.has_turn.then_some(())
    })
    .await;
}
