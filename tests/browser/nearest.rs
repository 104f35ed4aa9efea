//! A guest at home has the nearest cinema stand first: their browser asks them, and only when they want it; where they are leaves it for nobody.

use appliance::control::Order;
use serde_json::{Value, json};
use service::Clock;
use tests::chromium::{LANDSCAPE, PHONE};
use tests::world::{Hub, PROGRAMME, World, client, until};

use crate::guest::Guest;

/// The cinemas, as they stand at first: by their names.
const PLACES: [(&str, &str, Option<&str>); 3] = [
    ("astor", "Astor", Some("52.501300, 13.328300")),
    ("metropol", "Metropol", Some("48.137154, 11.576124")),
    ("zenit", "Zenit", None),
];

/// A chain of three cinemas, of which two say where they are.
async fn chain() -> (Vec<World>, Hub) {
    let hub = Hub::start().await;
    let mut worlds = Vec::new();
    for (id, name, place) in PLACES {
        let place = place.map_or_else(String::new, |it| format!("location = \"{it}\"\n"));
        let (before, after) = ("id = \"metropol\"\nname = \"Metropol\"\n", "name");
        assert_eq!(PROGRAMME.matches(before).count(), 1);
        let programme = PROGRAMME.replace(
            before,
            &format!("id = \"{id}\"\n{after} = \"{name}\"\n{place}"),
        );
        let world = World::without_programme_on(Clock::system()).await;
        world.import(&programme).await.expect("it is right");
        let (code, url) = (hub.code(id), hub.url());
        let enrol = Order::Enrol { code, hub: url };
        world.order(enrol).await.expect("it is enrolled");
        worlds.push(world);
    }
    until("the hub knows them all", || async {
        let page = client()
            .get(hub.url())
            .send()
            .await
            .ok()?
            .text()
            .await
            .ok()?;
        PLACES
            .iter()
            .all(|(_, name, _)| page.contains(&format!("<strong>{name}</strong>")))
            .then_some(())
    })
    .await;
    (worlds, hub)
}

/// The cinemas as they stand, each with its distance.
async fn list(guest: &Guest) -> Value {
    let of = "return [...document.querySelectorAll('.cinemas li')].map(it => [it.querySelector('strong').textContent, \
        (it.querySelector('.distance')?.textContent ?? '').replace(/\\s/g, ' ')])";
    guest.asks_page(of, vec![]).await
}

async fn until_listed(guest: &Guest, expected: Value) {
    until("the cinemas stand so", || async {
        (list(guest).await == expected).then_some(())
    })
    .await;
}

async fn may(guest: &Guest, hub: &Hub, setting: &str) {
    let permission =
        json!({ "permission": { "name": "geolocation" }, "setting": setting, "origin": hub.url() });
    guest.commands("Browser.setPermission", permission).await;
}

async fn is_at(guest: &Guest, latitude: f64, longitude: f64) {
    let place = json!({ "latitude": latitude, "longitude": longitude, "accuracy": 50 });
    guest
        .commands("Emulation.setGeolocationOverride", place)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nearest_cinema_stands_first_once_a_guest_wants_it() {
    let (_worlds, hub) = chain().await;
    let guest = Guest::before(&format!("{}/?lang=en", hub.url()), PHONE).await;
    let before = json!([["Astor", ""], ["Metropol", ""], ["Zenit", ""]]);
    may(&guest, &hub, "granted").await;
    is_at(&guest, 48.15, 11.58).await;
    guest.sees("nearest").await;
    guest.finds_nothing_in_the_way("the choice of cinema").await;
    assert_eq!(
        list(&guest).await,
        before,
        "nobody is asked before they want it"
    );
    guest.touches("nearest").await;
    guest
        .reads("nearest-said", "The nearest cinema stands first")
        .await;
    let near_munich = json!([["Metropol", "1.5 km"], ["Astor", "499 km"], ["Zenit", ""]]);
    until_listed(&guest, near_munich).await;
    let findings = guest.serious_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    // Whoever has moved on asks anew.
    is_at(&guest, 52.52, 13.405).await;
    guest.opens(&format!("{}/?lang=de", hub.url())).await;
    guest.touches("nearest").await;
    guest
        .reads("nearest-said", "Das nächste Kino steht zuerst")
        .await;
    until_listed(
        &guest,
        json!([["Astor", "5,6 km"], ["Metropol", "504 km"], ["Zenit", ""]]),
    )
    .await;

    // Who says no loses nothing.
    may(&guest, &hub, "denied").await;
    guest.opens(&format!("{}/?lang=en", hub.url())).await;
    guest.touches("nearest").await;
    guest
        .reads("nearest-said", "Your browser may not say where you are")
        .await;
    assert_eq!(list(&guest).await, before);
    let is_off = guest.asks_page(
        "return document.querySelector('.nearest button').hasAttribute('aria-disabled')",
        vec![],
    );
    assert_eq!(is_off.await, json!(false), "they may think again");
    guest.leaves().await;

    let wide = Guest::before(&format!("{}/?lang=fr", hub.url()), LANDSCAPE).await;
    wide.prefers("dark").await;
    wide.sees("nearest").await;
    wide.finds_nothing_in_the_way("on a wide screen").await;
    wide.leaves().await;
}
