//! The card terminal says no, says nothing, or is stopped.

use tests::card_terminal::Behaviour;
use tests::world::World;

use crate::guest::Guest;
use tests::chromium::PORTRAIT;

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_card_goes_back_to_the_basket_and_the_next_one_pays() {
    let world = World::open().await;
    world.terminal.next(Behaviour::Decline { after_ms: 0 });
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.touches("seat-C4").await;
    guest.touches("pay").await;
    guest.reads("notice", "declined").await;
    guest.sees("screen-seats").await;
    guest.sees_seat("C4", "chosen").await;
    assert_eq!(world.terminal.till().captured_minor, 0);
    guest.touches("pay").await;
    guest.sees("screen-done").await;
    assert_eq!(world.terminal.till().captured_minor, 1000);
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_stops_the_payment_and_keeps_the_seats() {
    let world = World::open().await;
    world.terminal.next(Behaviour::NeverAnswer);
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.touches("seat-C4").await;
    guest.touches("pay").await;
    guest.reads("amount", "€10.00").await;
    guest.sees("screen-paying").await;
    guest.touches("stop-payment").await;
    guest.reads("notice", "stopped").await;
    guest.sees_seat("C4", "chosen").await;
    assert_eq!(world.terminal.till().captured_minor, 0);
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_page_of_the_kiosk_has_chosen_is_shown_before_it_is_paid() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.touches("seat-C4").await;
    guest.reads("total", "€10.00").await;
    let first = guest.client().window().await.expect("a page");
    let second = guest.client().new_window(true).await.expect("a page");
    let second = second.handle;
    guest
        .client()
        .switch_to_window(second)
        .await
        .expect("a page");
    guest.opens(&format!("{}/kiosk", world.url())).await;
    guest.touches("seat-C5").await;
    guest.reads("total", "€20.00").await;

    guest
        .client()
        .switch_to_window(first)
        .await
        .expect("a page");
    guest.reads("total", "€10.00").await;
    guest.touches("pay").await;
    guest.reads("notice", "have changed").await;
    guest.reads("total", "€20.00").await;
    guest.sees_seat("C4", "chosen").await;
    guest.sees_seat("C5", "chosen").await;
    assert!(world.terminal.till().payments.is_empty());
    guest.touches("pay").await;
    guest.sees("screen-done").await;
    assert_eq!(world.terminal.till().captured_minor, 2000);
    guest.leaves().await;
}
