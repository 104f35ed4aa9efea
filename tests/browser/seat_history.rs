//! Somebody of head office has a guest on the telephone, and looks up what became of their seat.

use counter_api::TenderState;
use serde_json::{Value, json};
use service::Clock;
use tests::engine::Engine;
use tests::payment_provider::PaymentProvider;
use tests::world::{Hub, PROGRAMME, World, until};

use crate::guest::{Guest, text};
use tests::chromium::{LANDSCAPE, PHONE};

const ENTER: char = '\u{E007}';

/// A seat was sold online, another in the lobby, and head office knows it.
async fn a_house_that_has_sold() -> (PaymentProvider, Hub, World, String) {
    let (hub, provider) = Hub::start_with_payments(Engine::Sqlite).await;
    let world = World::without_programme_on(Clock::system()).await;
    world.import(PROGRAMME).await.expect("it is right");
    world.enrol(&hub).await;
    until("the hub knows the cinema", || hub.sees("metropol")).await;
    let home = hub.guest("metropol").await;
    let seat = until("the hub has seats to sell", || async {
        let map = home.get("/api/v1/showtimes/tomorrow/seats").await;
        let seats = map.json["seats"].as_array()?;
        let free = seats.iter().find(|seat| seat["state"] == "free")?;
        Some(free["seat"].as_str()?.to_owned())
    })
    .await;
    let held = home.hold("tomorrow", &[&seat]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let clerk = world.clerk().await;
    // Late in the evening nothing of the day is sold any more.
    clerk.hold("tomorrow", &["D5"]).await.cash(2_000).await;
    (provider, hub, world, seat)
}

/// The day at the cinema, as the hub knows it.
async fn today(hub: &Hub) -> jiff::civil::Date {
    until("the hub has told its day", || async {
        let cinema = hub.sees("metropol").await?;
        cinema.today.day.parse().ok()
    })
    .await
}

/// Where a part stands from the top, in pixels.
async fn top_of(office: &Guest, name: &str) -> Value {
    let script = "return Math.round(document.querySelector(`[data-testid='${arguments[0]}']`).getBoundingClientRect().top)";
    office.asks_page(script, vec![text(name)]).await
}

/// Another day, as the browser's own calendar gives it.
async fn chooses_day(office: &Guest, day: &str) {
    let script = "const field = document.querySelector(\"[data-testid='seat-history-day']\"); \
        field.value = arguments[0]; field.dispatchEvent(new Event('change', { bubbles: true }));";
    office.asks_page(script, vec![text(day)]).await;
}

async fn is_well_made(office: &Guest) {
    let findings = office.serious_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    let beside = "return [...document.querySelectorAll('dialog *')].filter(part => \
        part.getBoundingClientRect().right > innerWidth + 1).length";
    assert_eq!(office.asks_page(beside, vec![]).await, json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn head_office_reads_what_became_of_a_seat() {
    let (_provider, hub, mut world, seat) = a_house_that_has_sold().await;
    let office = Guest::at_head_office(&hub, PHONE).await;
    office.touches("seat-history").await;
    office.reads("seat-history-tonight", "sold").await;
    assert_eq!(office.focus().await, "close-seat-history");
    is_well_made(&office).await;
    chooses_day(&office, "1999-12-31").await;
    office.reads("seat-history-none", "No showtimes").await;
    let tomorrow = today(&hub).await.tomorrow().expect("there is one");
    chooses_day(&office, &tomorrow.to_string()).await;
    office.touches("seat-history-tomorrow").await;

    // By the keyboard alone from here on.
    until("the keyboard is where the seat is typed", || async {
        (office.focus().await == "seat-history-seat").then_some(())
    })
    .await;
    let before = top_of(&office, "seat-history-seat").await;
    office.presses(&['z', '9', '9', ENTER]).await;
    office
        .reads("seat-history-problem", "There is no seat z99 in this room.")
        .await;
    office
        .types("seat-history-seat", &seat.to_lowercase())
        .await;
    office.presses(&[ENTER]).await;
    office.reads("seat-now", "Sold online").await;
    assert_eq!(office.text("seat-history-problem").await, "");
    assert_eq!(office.focus().await, "seat-history-seat");
    let happened = office.text("seat-happenings").await;
    let places: Vec<_> = [
        "Given by the cinema to be sold online",
        "Held by a guest at home: bought",
        "Sold online",
    ]
    .iter()
    .map(|words| happened.find(words))
    .collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{happened}"
    );
    office.reads("seat-contact", "There is contact.").await;
    is_well_made(&office).await;
    assert_eq!(top_of(&office, "seat-history-seat").await, before);

    // The line goes; what is known stays, and is said to be of before.
    world.stop().await;
    until("the page says that nothing is heard", || async {
        office.presses(&[ENTER]).await;
        let said = office.text("seat-contact").await;
        said.starts_with("No contact with the cinema since ")
            .then_some(())
    })
    .await;
    is_well_made(&office).await;
    // What is longer than the window is reached and scrolled by keys too.
    office.tabs_to("seat-story").await;
    office.tabs_to("seat-history-back").await;
    office.presses(&[ENTER]).await;
    until("the keyboard is on the day", || async {
        (office.focus().await == "seat-history-day").then_some(())
    })
    .await;
    office.tabs_to("close-seat-history").await;
    office.presses(&[ENTER]).await;
    office.sees_no_more("seat-history-sheet").await;
    until("the keyboard is where it was opened", || async {
        (office.focus().await == "seat-history").then_some(())
    })
    .await;
    office.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cinema_sold_and_what_did_not_happen_are_read_in_german_too() {
    let (_provider, hub, world, _) = a_house_that_has_sold().await;
    let german = Guest::at_head_office_in(&hub, LANDSCAPE, "de").await;
    german.touches("appearance").await;
    german.touches("seat-history").await;
    let today = today(&hub).await;
    let tomorrow = today.tomorrow().expect("there is one");
    chooses_day(&german, &tomorrow.to_string()).await;
    german.touches("seat-history-tomorrow").await;
    german.types("seat-history-seat", "D5").await;
    german.touches("look-up-seat").await;
    german.reads("seat-now", "Reihe D, Platz 5").await;
    until("the sale is told", || async {
        german.touches("look-up-seat").await;
        let happened = german.text("seat-history-sheet").await;
        let said = ["Im Kino verkauft", "Beleg 1-000001"];
        said.iter()
            .all(|words| happened.contains(words))
            .then_some(())
    })
    .await;
    german.reads("seat-contact", "Es besteht Kontakt.").await;
    is_well_made(&german).await;
    german.touches("seat-history-back").await;
    chooses_day(&german, &today.to_string()).await;
    german.touches("seat-history-tonight").await;
    german.types("seat-history-seat", "D6").await;
    german.touches("look-up-seat").await;
    german.sees("seat-nothing").await;
    drop(hub);
    german.touches("look-up-seat").await;
    german
        .reads("seat-history-problem", "Der Hub ist nicht zu erreichen.")
        .await;
    german.leaves().await;
    drop(world);
}
