//! Other guests are faster.

use tests::world::World;

use crate::guest::Guest;
use tests::chromium::PORTRAIT;

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_that_goes_while_one_looks_fades() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.sees_seat("D3", "free").await;
    let held = clerk.hold("tonight", &["D3", "D4"]).await;
    guest.sees_seat("D3", "held").await;
    held.cash(24_00).await;
    guest.sees_seat("D3", "sold").await;
    guest.sees_seat("D4", "sold").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quick_touches_end_as_the_last_wish() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.sees_seat("A1", "free").await;
    // All in one breath, faster than any answer: A1, A2, A3, and A2 given up again.
    let touch_all = "for (const seat of arguments) document.querySelector(`[data-testid='seat-${seat}']`).dispatchEvent(new MouseEvent('click', { bubbles: true }));";
    let touches = ["A1", "A2", "A3", "A2"].map(crate::guest::text).to_vec();
    guest.asks_page(touch_all, touches).await;
    guest.sees_seat("A3", "chosen").await;
    guest.sees_seat("A1", "chosen").await;
    guest.sees_seat("A2", "free").await;
    guest.reads("total", "€20.00").await;
    assert_eq!(
        clerk.sees("tonight", "A2").await,
        counter_api::SeatState::Free
    );
    assert_eq!(
        clerk.sees("tonight", "A3").await,
        counter_api::SeatState::Held
    );
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_is_told_that_the_time_was_up() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.touches("seat-A5").await;
    guest.sees_seat("A5", "chosen").await;
    world.wait(std::time::Duration::from_secs(20 * 60));
    guest.touches("seat-A6").await;
    guest.reads("notice", "Your time was up").await;
    guest.sees_seat("A5", "free").await;
    guest.leaves().await;
}
