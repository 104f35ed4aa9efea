//! A kiosk whose page is opened anew, and that remembers nothing but who it is, goes on where its guest was.

use counter_api::SeatState;
use tests::card_terminal::Behaviour;
use tests::world::World;

use crate::guest::Guest;
use tests::chromium::PORTRAIT;

/// The kiosk starts again: its browser has kept its cookie and nothing else.
async fn restarts(guest: &Guest, world: &World) {
    let forget = "localStorage.clear(); sessionStorage.clear()";
    guest.asks_page(forget, vec![]).await;
    guest.opens("about:blank").await;
    guest.opens(&format!("{}/kiosk", world.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_is_found_again_paying_and_paid_until_its_guest_has_gone() {
    let world = World::open().await;
    world.terminal.next(Behaviour::NeverAnswer);
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.touches("seat-C4").await;
    guest.touches("pay").await;
    let asked = world.terminal.wait_until(|till| !till.payments.is_empty());
    let till = asked.await;
    restarts(&guest, &world).await;
    guest.sees("screen-paying").await;
    guest.reads("amount", "€10.00").await;
    world.terminal.decide(&till.payments[0].reference, true);
    guest.sees("ticket-C4").await;
    restarts(&guest, &world).await;
    guest.sees("ticket-C4").await;
    assert_eq!(world.terminal.till().captured_minor, 1000, "paid once");
    guest.touches("finished").await;
    guest.sees("screen-attract").await;
    restarts(&guest, &world).await;
    guest.sees("time-tonight").await;
    assert!(!guest.is_there("ticket-C4").await);
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_declined_after_a_restart_goes_back_to_the_basket() {
    let world = World::open().await;
    world.terminal.next(Behaviour::NeverAnswer);
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.touches("seat-C4").await;
    guest.touches("pay").await;
    let asked = world.terminal.wait_until(|till| !till.payments.is_empty());
    let till = asked.await;
    restarts(&guest, &world).await;
    guest.sees("screen-paying").await;
    world.terminal.decide(&till.payments[0].reference, false);
    guest.reads("notice", "declined").await;
    guest.sees_seat("C4", "chosen").await;
    guest.touches("pay").await;
    guest.sees("ticket-C4").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chosen_seats_are_still_chosen_after_a_restart() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.touches("seat-C4").await;
    guest.sees_seat("C4", "chosen").await;
    restarts(&guest, &world).await;
    guest.sees_seat("C4", "chosen").await;
    guest.touches("seat-C5").await;
    guest.reads("total", "€20.00").await;
    assert_eq!(
        world.clerk().await.sees("tonight", "C5").await,
        SeatState::Held
    );
    guest.leaves().await;
}
