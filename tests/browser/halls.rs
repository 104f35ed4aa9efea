//! Halls on the kiosk: in one of two blocks the map, the list and the keys tell two seats of one row and number apart; in a wide one a
//! touch brings the seats near, and nothing covers them.

use serde_json::{Value, json};
use tests::world::{World, with_four_hundred_seats, with_two_blocks};

use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PHONE, PORTRAIT};

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

/// The names of the rows and the small map in sight that lie on a seat, and the names that do not stand level with their row's nearest seat.
const MISPLACED: &str = "
    const plan = document.querySelector('.plan').getBoundingClientRect();
    const clip = box => { const [left, top, right, bottom] = [Math.max(box.left, plan.left), Math.max(box.top, plan.top),
        Math.min(box.right, plan.right), Math.min(box.bottom, plan.bottom)]; return { left, top, right, bottom }; };
    const seats = [...document.querySelectorAll('[data-place]')]
        .map(seat => ({ name: seat.dataset.testid, box: clip(seat.querySelector('.outline').getBoundingClientRect()) }))
        .filter(({ box }) => box.right - box.left > 8 && box.bottom - box.top > 8);
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const names = [...document.querySelectorAll('.row-names text, .gutter text')]
        .map(name => ({ name: name.textContent, box: name.getBoundingClientRect() }))
        .filter(({ box }) => box.top > plan.top && box.bottom < plan.bottom);
    const small = [...document.querySelectorAll('.mini-map')].map(map => ({ name: 'the small map', box: map.getBoundingClientRect() }));
    const covering = [...names, ...small].filter(({ box }) => seats.some(seat => meet(box, seat.box))).map(({ name }) => `${name} covers a seat`);
    const apart = names.filter(({ name, box }) => {
        const row = seats.filter(seat => seat.name.match(/^seat-([A-Z]+)/)[1] === name);
        if (row.length === 0) return false;
        const nearest = row.sort((a, b) => Math.abs(a.box.left - box.left) - Math.abs(b.box.left - box.left))[0].box;
        const middle = box => (box.top + box.bottom) / 2;
        return Math.abs(middle(box) - middle(nearest)) > (nearest.right - nearest.left) / 2;
    }).map(({ name }) => `${name} is not level with its row`);
    return names.length === 0 ? ['no row has a name'] : [...new Set([...covering, ...apart])];";

#[tokio::test(flavor = "multi_thread")]
async fn in_a_wide_curved_hall_a_touch_brings_seats_near_and_neither_names_nor_the_small_map_cover_one()
 {
    let curved =
        with_four_hundred_seats().replace("focus_row = \"M\"", "focus_row = \"M\"\ncurve = 300");
    for size in [LANDSCAPE, PHONE] {
        let world = World::open().await;
        world.import(&curved).await.expect("it is right");
        let guest = Guest::arrives(&world, size).await;
        guest.touches("time-great").await;
        guest.sees_seat("K10", "free").await;
        let misplaced = guest.asks_page(MISPLACED, vec![]).await;
        assert_eq!(misplaced, json!([]), "the whole hall at {size:?}");
        guest.touches("seat-K10").await;
        guest.sees("mini-map").await;
        guest.sees_seat("K10", "free").await;
        for seat in ["K10", "K9"] {
            guest.touches(&format!("seat-{seat}")).await;
            guest.sees_seat(seat, "chosen").await;
            let misplaced = guest.asks_page(MISPLACED, vec![]).await;
            assert_eq!(misplaced, json!([]), "near {seat} at {size:?}");
        }
        let width = "return document.querySelector(\"[data-testid='seat-K10'] .outline\").getBoundingClientRect().width >= 36";
        assert_eq!(guest.asks_page(width, vec![]).await, Value::Bool(true));
        guest.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_set_the_largest_type_is_shown_the_list_first() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("type-size").await;
    guest.touches("type-size").await;
    guest.finds("[data-size='largest']").await;
    guest.touches("time-tonight").await;
    guest.sees("seat-list").await;
    guest.touches("listed-A1").await;
    guest.reads("basket", "Row A, seat 1").await;
    guest.touches("as-map").await;
    guest.sees_seat("A1", "chosen").await;
    guest.leaves().await;
}
