//! A guest who walks away leaves nothing behind.

use counter_api::SeatState;
use tests::world::{World, until};

use crate::chromium::PORTRAIT;
use crate::guest::Guest;

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_kiosk_asks_and_gives_the_seats_back() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let guest = Guest::arrives_at(&world, PORTRAIT, "&idle-ms=4000&ring-ms=2000").await;
    guest.touches("time-tonight").await;
    guest.touches("seat-B4").await;
    guest.sees_seat("B4", "chosen").await;
    assert_eq!(clerk.sees("tonight", "B4").await, SeatState::Held);
    guest.sees("idle-question").await;
    guest.sees("screen-attract").await;
    until("the seat is free again", || async {
        (clerk.sees("tonight", "B4").await == SeatState::Free).then_some(())
    })
    .await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_still_there_goes_on_with_one_touch() {
    let world = World::open().await;
    let guest = Guest::arrives_at(&world, PORTRAIT, "&idle-ms=3000&ring-ms=20000").await;
    guest.touches("time-tonight").await;
    guest.touches("seat-B4").await;
    guest.sees("idle-question").await;
    guest.touches("idle-go-on").await;
    guest.sees_no_more("idle-question").await;
    guest.sees_seat("B4", "chosen").await;
    guest.leaves().await;
}
