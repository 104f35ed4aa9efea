//! The keyboard is never nowhere, the page says where one is, and what changes by itself is said aloud.

use serde_json::Value;
use tests::card_terminal::Behaviour;
use tests::world::{World, until};

use crate::guest::{Guest, text};
use tests::chromium::LANDSCAPE;

const TAB: char = '\u{E004}';
const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';

/// Waits until the page is called so.
async fn is_called(guest: &Guest, title: &str) {
    until(&format!("the page is called {title:?}"), || async {
        let now = guest.client().title().await.ok()?;
        (now == title).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_is_on_the_heading_of_each_screen_and_the_title_says_where() {
    let world = World::open().await;
    world.terminal.next(Behaviour::Decline { after_ms: 0 });
    let guest = Guest::arrives(&world, LANDSCAPE).await;
    guest.has_focus_on("heading", "What’s on today").await;
    guest.touches_upper_part_of("poster-metropolis").await;
    guest.has_focus_on("heading", "Metropolis").await;
    is_called(&guest, "Choose a time · Metropolis · Metropol").await;
    guest.touches("time-tonight").await;
    guest.has_focus_on("heading", "Metropolis").await;
    is_called(&guest, "Choose seats · Metropolis · Metropol").await;
    guest.touches("seat-A1").await;
    guest.touches("pay").await;
    guest.reads("notice", "declined").await;
    guest.has_focus_on("heading", "Metropolis").await;
    guest.touches("pay").await;
    guest.has_focus_on("heading", "ickets").await;
    is_called(&guest, "Take your tickets · Metropol").await;
    guest.touches("start-again").await;
    guest.has_focus_on("heading", "What’s on today").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heading_that_comes_late_has_the_keyboard() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, LANDSCAPE).await;
    // Later than the kiosk looks whether the keyboard is lost.
    let late = "const ask = window.fetch; window.fetch = (what, ...how) => \
        new Promise(go_on => setTimeout(go_on, String(what.url ?? what).includes('/showtimes/') ? 1500 : 0)).then(() => ask(what, ...how))";
    guest.asks_page(late, vec![]).await;
    guest.touches("time-tonight").await;
    guest.has_focus_on("heading", "Metropolis").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drawn_anew_keeps_the_keyboard() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, LANDSCAPE).await;
    // As where a seat was sold meanwhile and all films are drawn with what is left.
    let draw =
        "const part = document.querySelector(arguments[0]); part.replaceWith(part.cloneNode(true))";
    guest.touches_upper_part_of("poster-metropolis").await;
    guest.has_focus_on("heading", "Metropolis").await;
    guest.asks_page(draw, vec![text("main h1")]).await;
    guest.has_focus_on("heading", "Metropolis").await;
    guest.touches("back").await;
    guest.has_focus_on("heading", "What’s on today").await;
    guest.tabs_to("time-tonight").await;
    guest.asks_page(draw, vec![text("main .films")]).await;
    guest.has_focus_on("button", "20:15").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_begins_at_what_does_no_harm_and_ends_where_it_was_opened() {
    let world = World::open().await;
    let more = "&idle-ms=15000&ring-ms=60000";
    let guest = Guest::arrives_at(&world, LANDSCAPE, more).await;
    for (opener, name) in [("help", "Help"), ("language", "Language")] {
        guest.tabs_to(opener).await;
        guest.presses(&[ENTER]).await;
        guest.sees(&format!("{opener}-sheet")).await;
        guest.presses(&[ESCAPE]).await;
        guest.sees_no_more(&format!("{opener}-sheet")).await;
        guest.has_focus_on("button", name).await;
    }
    guest.touches("time-tonight").await;
    guest.touches("seat-A1").await;
    guest.sees_seat("A1", "chosen").await;
    // The line is drawn anew when the box has said what it costs.
    guest.tabs_to("kind-A1").await;
    guest.presses(&[ENTER]).await;
    guest.sees("kind-sheet").await;
    guest.tabs_to("choose-child").await;
    guest.presses(&[ENTER]).await;
    guest.reads("total", "€6.00").await;
    guest.has_focus_on("button", "Child").await;
    guest.tabs_to("back").await;
    guest.presses(&[ENTER]).await;
    guest.has_focus_on("button", "Keep my seats").await;
    guest.presses(&[ENTER]).await;
    guest.has_focus_on("button", "Back").await;
    guest.sees("idle-question").await;
    guest.has_focus_on("button", "I’m still here").await;
    guest.presses(&[ENTER]).await;
    guest.has_focus_on("button", "Back").await;
    guest.sees_seat("A1", "chosen").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_by_itself_is_said_once() {
    let world = World::open_with("[selling]\nhold_seconds = 64\n").await;
    world.terminal.next(Behaviour::Decline { after_ms: 0 });
    let guest = Guest::arrives(&world, LANDSCAPE).await;
    // Only regions that are there before they have words are heard.
    let listen = "window.said = []; for (const voice of document.querySelectorAll('body > [role=status], body > [role=alert]')) \
        new MutationObserver(() => voice.textContent.trim() && window.said.push(voice.textContent.trim())) \
        .observe(voice, { childList: true, characterData: true, subtree: true })";
    guest.asks_page(listen, vec![]).await;
    let said = async |words: &str| {
        let all = guest.asks_page("return window.said", vec![]).await;
        let texts = all.as_array().into_iter().flatten();
        let texts = texts.filter(|text| text.as_str().is_some_and(|text| text.contains(words)));
        texts.count()
    };
    guest.touches("time-tonight").await;
    guest.touches("seat-A1").await;
    until("the last minute is said", || async {
        (said("One minute left").await == 1).then_some(())
    })
    .await;
    assert_eq!(said("Total: 10 euros").await, 1);
    guest.touches("more-time").await;
    guest.touches("pay").await;
    guest.reads("notice", "declined").await;
    until("it is said", || async {
        (said("declined").await == 1).then_some(())
    })
    .await;
    assert_eq!(said("Follow the card terminal").await, 1);
    assert_eq!(said("You have more time").await, 1);
    guest.leaves().await;
}

/// Where Tab goes from the way back on.
async fn goes_on_to(guest: &Guest, parts: usize) -> Vec<String> {
    guest.tabs_to("back").await;
    let mut places = Vec::new();
    for _ in 0..parts {
        guest.presses(&[TAB]).await;
        places.push(guest.focus().await);
    }
    places
}

/// Whether each part begins right of the one before it or below.
async fn is_in_order(guest: &Guest, parts: &[&str]) -> Value {
    let ask = "const boxes = [...arguments].map(name => document.querySelector(`[data-testid='${name}']`).getBoundingClientRect()); \
        return boxes.every((box, at) => at === 0 || box.left >= boxes[at - 1].right - 3 || box.top >= boxes[at - 1].bottom - 3)";
    let names = parts.iter().map(|name| text(name)).collect();
    guest.asks_page(ask, names).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_goes_from_part_to_part_as_the_eye_does() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, LANDSCAPE).await;
    guest.touches("time-tonight").await;
    guest.sees_seat("A1", "free").await;
    let tools = ["as-map", "as-list", "fewer", "more", "together", "seat-A1"];
    assert_eq!(goes_on_to(&guest, 6).await, tools);
    assert_eq!(is_in_order(&guest, &tools).await, true);
    guest.touches("type-size").await;
    guest.touches("type-size").await;
    guest.finds("[data-size='largest']").await;
    assert_eq!(goes_on_to(&guest, 6).await, tools, "with the largest type");
    assert_eq!(is_in_order(&guest, &tools).await, true);
    guest.leaves().await;
}
