//! A guest who walks away leaves nothing behind.

use counter_api::SeatState;
use tests::card_terminal::Behaviour;
use tests::virtual_printer::State;
use tests::world::{Left, World, until};

use crate::guest::Guest;
use tests::chromium::PORTRAIT;

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
    guest.sees("idle-question").await;
    guest.touches("idle-more-time").await;
    guest.reads("more-time", "+1").await;
    guest.sees("idle-question").await;
    guest.touches("idle-start-again").await;
    guest.sees("screen-attract").await;
    guest.leaves().await;
}

/// The terminal takes what it was asked for.
async fn the_card_is_approved(world: &World) {
    let asked = world.terminal.wait_until(|till| !till.payments.is_empty());
    let till = asked.await;
    world.terminal.decide(&till.payments[0].reference, true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_card_does_not_throw_the_paid_guest_out() {
    let world = World::open().await;
    world.terminal.next(Behaviour::NeverAnswer);
    let guest = Guest::arrives_at(&world, PORTRAIT, "&idle-ms=4000&ring-ms=1000").await;
    guest.touches("time-tonight").await;
    guest.touches("seat-B4").await;
    guest.touches("pay").await;
    guest.sees("screen-paying").await;
    guest.lets_pass(6_000).await;
    assert!(guest.is_there("screen-paying").await);
    the_card_is_approved(&world).await;
    guest.sees("ticket-B4").await;
    guest.lets_pass(6_000).await;
    assert!(guest.is_there("ticket-B4").await, "and nobody is hurried");
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_card_leaves_time_to_read_so() {
    let world = World::open().await;
    world.terminal.next(Behaviour::NeverAnswer);
    let guest = Guest::arrives_at(&world, PORTRAIT, "&idle-ms=4000&ring-ms=30000").await;
    guest.touches("time-tonight").await;
    guest.touches("seat-B4").await;
    guest.touches("pay").await;
    guest.sees("screen-paying").await;
    guest.lets_pass(5_000).await;
    let till = world.terminal.till();
    world.terminal.decide(&till.payments[0].reference, false);
    guest.reads("notice", "declined").await;
    assert!(!guest.is_there("idle-question").await);
    guest.sees("idle-question").await;
    guest.reads("idle-text", "give your seats back").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_paid_is_told_beside_the_codes_that_they_go() {
    let world = World::open().await;
    let more = "&idle-ms=600000&paid-ms=2000&ring-ms=4000";
    let guest = Guest::arrives_at(&world, PORTRAIT, more).await;
    guest.touches("time-tonight").await;
    guest.touches("seat-B4").await;
    guest.touches("pay").await;
    guest.reads("closing", "this screen closes in").await;
    assert!(!guest.is_there("idle-question").await);
    let is_seen = "const code = document.querySelector(\"[data-testid='ticket-B4'] img\"); const box = code.getBoundingClientRect(); \
        return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === code";
    let is_seen = guest.asks_page(is_seen, vec![]).await;
    assert_eq!(is_seen, true, "nothing covers a code");
    guest.touches("closing-more-time").await;
    guest.reads("more-time", "+1").await;
    guest.sees_no_more("closing").await;
    guest.sees("closing").await;
    guest.sees("screen-attract").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_are_the_only_tickets_stay_and_are_not_lost_by_a_slip() {
    let world = World::open().await;
    // Nobody brings any.
    world.leaves(Left::Papers);
    world.terminal.next(Behaviour::NeverAnswer);
    let guest = Guest::arrives_at(&world, PORTRAIT, "&paid-ms=1000&ring-ms=1000").await;
    guest.touches("time-tonight").await;
    guest.touches("seat-B5").await;
    guest.touches("pay").await;
    guest.sees("screen-paying").await;
    world.printer.set(State::PaperOut);
    the_card_is_approved(&world).await;
    guest.reads("done-title", "This code is your ticket").await;
    guest.lets_pass(4_000).await;
    assert!(guest.is_there("ticket-B5").await, "they have a longer time");
    guest.touches("start-again").await;
    guest.reads("leave-sheet", "photographed").await;
    guest.touches("stay").await;
    guest.sees_no_more("leave-sheet").await;
    guest.sees("ticket-B5").await;
    guest.touches("finished").await;
    guest.sees("screen-attract").await;
    guest.leaves().await;
}
