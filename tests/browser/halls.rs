//! A hall of two blocks on the kiosk: the map, the list and the keys tell two seats of one row and number apart.

use tests::world::{World, with_two_blocks};

use crate::chromium::{LANDSCAPE, PORTRAIT};
use crate::guest::Guest;

const RIGHT: char = '\u{E014}';
const DOWN: char = '\u{E015}';

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_buys_in_a_hall_of_two_blocks() {
    let world = World::open().await;
    world.import(&with_two_blocks()).await.expect("it is right");
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-nave").await;
    // Seats that no finger can aim at: the first touch brings them closer.
    guest.touches("seat-L-20-1").await;
    guest.sees("mini-map").await;
    guest.sees_seat("L-20-1", "free").await;
    guest.touches("seat-L-20-1").await;
    guest.reads("basket", "Left, row 20, seat 1").await;
    guest.touches("seat-R-20-1").await;
    guest.reads("basket", "Right, row 20, seat 1").await;
    guest.touches("kind-R-20-1").await;
    guest.reads("kind-sheet", "Right, row 20, seat 1").await;
    guest.touches("choose-adult").await;
    guest.touches("pay").await;
    guest.reads("ticket-L-20-1", "Left, row 20, seat 1").await;
    guest.reads("ticket-R-20-1", "Right, row 20, seat 1").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_list_go_through_a_hall_of_two_blocks() {
    let world = World::open().await;
    world.import(&with_two_blocks()).await.expect("it is right");
    let guest = Guest::arrives(&world, LANDSCAPE).await;
    guest.touches("time-nave").await;
    guest.sees_seat("L-1-6", "free").await;
    guest.tabs_to("seat-L-1-6").await;
    guest
        .presses(&[DOWN, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT])
        .await;
    assert_eq!(guest.focus().await, "seat-L-2-1");
    guest.presses(&[RIGHT]).await;
    assert_eq!(guest.focus().await, "seat-R-2-1", "over the aisle");
    guest.touches("together").await;
    guest.reads("basket", "row 38, seat 1").await;
    guest.touches("as-list").await;
    guest.reads("seat-list", "Right, row 57").await;
    assert!(guest.serious_findings().await.is_empty());
    guest.leaves().await;
}
