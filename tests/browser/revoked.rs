//! A kiosk that is revoked while a guest stands before it.

use appliance::control::Order;
use appliance_api::DeviceKind;
use counter_api::SeatState;
use tests::card_terminal::Behaviour;
use tests::world::{World, until};

use crate::guest::Guest;
use tests::chromium::PORTRAIT;

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_kiosk_shows_pairing_whatever_it_waited_for() {
    let world = World::open().await;
    world.terminal.next(Behaviour::NeverAnswer);
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.touches("seat-C4").await;
    guest.touches("pay").await;
    guest.sees("screen-paying").await;
    let list = world.order(Order::Devices).await.expect("a list");
    let id = list.split_whitespace().next().expect("the kiosk");
    let id = id.parse().expect("an id");
    world
        .order(Order::RevokeDevice { id })
        .await
        .expect("it is revoked");
    guest.sees("pairing-code").await;
    let clerk = world.clerk().await;
    until("the seat is free", || async {
        (clerk.sees("tonight", "C4").await == SeatState::Free).then_some(())
    })
    .await;
    assert_eq!(world.terminal.till().captured_minor, 0);

    let kind = DeviceKind::Kiosk;
    let code = world.order(Order::Pair { kind }).await.expect("a code");
    guest.types("pairing-code", &code).await;
    guest.touches("pair").await;
    guest.sees("screen-attract").await;
    guest.leaves().await;
}
