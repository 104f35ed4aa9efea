//! A guest at home reads what is on with a browser: on a phone and on a wide screen, light and dark, before a script of ours runs.

use serde_json::{Value, json};
use service::Clock;
use tests::engine::Engine;
use tests::world::{Hub, PROGRAMME, World, until};

use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PHONE, Size};

/// A hub that sells, and the box of a cinema whose long names and words want room.
async fn chain() -> (World, Hub, impl Sized) {
    let (hub, provider) = Hub::start_with_payments(Engine::Sqlite).await;
    let long = PROGRAMME
        .replace(
            "title = \"Fight Club\"",
            &format!("title = \"{}\"", "Donaudampfschifffahrt".repeat(4)),
        )
        .replace(
            "name = \"Metropol\"",
            "name = \"Lichtspielhaus am Alten Güterbahnhof\"",
        );
    let world = World::without_programme_on(Clock::running_from(Clock::system().now())).await;
    world.import(&long).await.expect("it is right");
    world.enrol(&hub).await;
    (world, hub, provider)
}

const PAGES: [&str; 4] = [
    "/cinemas/metropol",
    "/cinemas/metropol/films/fight-club",
    "/cinemas/metropol/showtimes/tomorrow",
    "/cinemas/none",
];

async fn look_at_every_page(size: Size, scheme: &str) {
    let (_world, hub, _provider) = chain().await;
    let guest = Guest::before(&format!("{}/", hub.url()), size).await;
    until("the hub knows the programme", || async {
        let page = format!("{}{}", hub.url(), PAGES[2]);
        let asked = tests::world::client().get(page).send().await;
        asked.ok().filter(|answer| answer.status().is_success())
    })
    .await;
    guest.prefers(scheme).await;
    for page in PAGES {
        for language in ["en", "de"] {
            guest
                .opens(&format!("{}{page}?lang={language}", hub.url()))
                .await;
            guest
                .finds_nothing_in_the_way(&format!("{page} {language}"))
                .await;
            let said = guest.client().execute_async(LOOK, vec![]).await;
            let said = said.expect("the page answers");
            let expected = json!({
                "dark": scheme == "dark", "headings": 1,
                "small": [], "scripts": i32::from(page.contains("/showtimes/")),
            });
            assert_eq!(said, expected, "{page} {language}");
        }
    }
    guest.leaves().await;
}

/// Whether the ground of the page is dark, its first headings, the
/// links that a finger misses, and the scripts that it runs: where seats are chosen there is one.
const LOOK: &str = "\
    const done = arguments[0], root = document.documentElement, ground = getComputedStyle(root).backgroundColor;\
    const small = [...document.querySelectorAll('.time, nav a, .top a')].filter(it => it.getBoundingClientRect().height < 44);\
    done({\
        dark: Number(ground.match(/[0-9]+/)[0]) < 100,\
        headings: document.querySelectorAll('h1').length,\
        small: small.map(it => it.outerHTML),\
        scripts: [...document.scripts].filter(it => it.type !== 'application/ld+json').length,\
    });";

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_fit_for_a_phone_in_the_light() {
    look_at_every_page(PHONE, "light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_fit_for_a_wide_screen_in_the_dark() {
    look_at_every_page(LANDSCAPE, "dark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_comes_from_a_film_to_a_showtime() {
    const TAB: char = '\u{E004}';
    const ENTER: char = '\u{E007}';
    let (_world, hub, _provider) = chain().await;
    until("the hub knows the programme", || async {
        let page = format!("{}{}", hub.url(), PAGES[2]);
        let asked = tests::world::client().get(page).send().await;
        asked.ok().filter(|answer| answer.status().is_success())
    })
    .await;
    let film = format!("{}{}", hub.url(), PAGES[1]);
    let guest = Guest::before(&film, PHONE).await;
    guest.presses(&[TAB, ENTER]).await;
    let at = async |script: &str| guest.asks_page(script, vec![]).await;
    until("the first link leads past the head of the page", || async {
        (at("return location.hash").await == json!("#content")).then_some(())
    })
    .await;
    guest.presses(&[TAB]).await;
    let focused = at("return document.activeElement.className").await;
    assert_eq!(focused, json!("time"), "the first time is next");
    let ring = at("return getComputedStyle(document.activeElement).outlineStyle").await;
    assert_eq!(ring, json!("solid"));
    guest.presses(&[ENTER]).await;
    until("the showtime is open", || async {
        let path: Value = at("return location.pathname").await;
        path.as_str()?
            .starts_with("/cinemas/metropol/showtimes/")
            .then_some(())
    })
    .await;
    guest.leaves().await;
}
