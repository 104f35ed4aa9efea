//! Nothing is lost by a slip of the finger, and more time is more time however often it is asked for.

use std::ops::RangeInclusive;

use counter_api::SeatState;
use tests::world::{World, until};

use crate::guest::Guest;
use tests::chromium::PORTRAIT;

#[tokio::test(flavor = "multi_thread")]
async fn chosen_seats_are_not_given_back_unasked() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.sees_seat("B4", "free").await;
    guest.touches("back").await;
    guest.sees("time-tonight").await;
    guest.touches("time-tonight").await;
    guest.touches("seat-B4").await;
    guest.sees_seat("B4", "chosen").await;
    for way in ["back", "start-again"] {
        guest.touches(way).await;
        guest.reads("leave-sheet", "Give your seats back?").await;
        guest.touches("stay").await;
        guest.sees_no_more("leave-sheet").await;
        guest.sees_seat("B4", "chosen").await;
    }
    guest.asks_page("history.back()", vec![]).await;
    guest.sees("leave-sheet").await;
    assert_eq!(clerk.sees("tonight", "B4").await, SeatState::Held);
    guest.touches("leave").await;
    guest.sees("screen-attract").await;
    until("the seat is free again", || async {
        (clerk.sees("tonight", "B4").await == SeatState::Free).then_some(())
    })
    .await;
    guest.leaves().await;
}

/// Waits until the seats are kept for so many seconds.
async fn is_left(guest: &Guest, seconds: RangeInclusive<u32>) {
    until("the countdown is there", || async {
        let text = guest.text("countdown").await;
        let left = text.split_once("0:")?.1.get(..2)?.parse().ok()?;
        seconds.contains(&left).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_time_is_more_time_whenever_it_is_asked_for() {
    let world = World::open_with("[selling]\nhold_seconds = 20\n").await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.touches("seat-B4").await;
    guest.sees_seat("B4", "chosen").await;
    for _ in 0..3 {
        is_left(&guest, 0..=16).await;
        guest.touches("more-time").await;
        is_left(&guest, 18..=20).await;
    }
    guest.sees_seat("B4", "chosen").await;
    guest.leaves().await;
}
