//! Keyboard alone, from the first screen to the ticket.

use tests::world::World;

use crate::guest::Guest;
use tests::chromium::LANDSCAPE;

const ENTER: char = '\u{E007}';
const RIGHT: char = '\u{E014}';
const DOWN: char = '\u{E015}';

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_bought_without_a_touch() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, LANDSCAPE).await;
    guest.sees("time-tonight").await;
    guest.tabs_to("time-tonight").await;
    guest.presses(&[ENTER]).await;
    guest.sees_seat("A1", "free").await;
    guest.tabs_to("seat-A1").await;
    guest.presses(&[DOWN, RIGHT, RIGHT]).await;
    assert_eq!(guest.focus().await, "seat-B3");
    let spoken = guest
        .sees("seat-B3")
        .await
        .attr("aria-label")
        .await
        .expect("an answer");
    assert_eq!(
        spoken.as_deref(),
        Some("Row B, seat 3, Standard, free, 10 euros")
    );
    guest.presses(&[ENTER]).await;
    guest.sees_seat("B3", "chosen").await;
    assert_eq!(
        guest.focus().await,
        "seat-B3",
        "the keyboard stays where it is"
    );
    guest.tabs_to("pay").await;
    guest.presses(&[ENTER]).await;
    guest.sees("screen-done").await;
    assert_eq!(world.terminal.till().captured_minor, 1000);
    guest.tabs_to("finished").await;
    guest.presses(&[ENTER]).await;
    guest.sees("screen-attract").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_an_equal_of_the_map() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, LANDSCAPE).await;
    guest.touches("time-tonight").await;
    guest.touches("as-list").await;
    guest.tabs_to("listed-A2").await;
    guest.presses(&[ENTER]).await;
    guest.reads("total", "€10.00").await;
    guest.touches("as-map").await;
    guest.sees_seat("A2", "chosen").await;
    guest.leaves().await;
}
