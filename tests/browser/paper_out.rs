//! Paid, and no paper: the code on the screen is the ticket. And a kiosk that cannot sell says so.

use tests::card_terminal::Behaviour;
use tests::virtual_printer::State;
use tests::world::{Left, World};

use crate::chromium::PORTRAIT;
use crate::guest::Guest;

#[tokio::test(flavor = "multi_thread")]
async fn without_paper_the_code_on_the_screen_is_the_ticket() {
    let world = World::open().await;
    // Nobody brings any.
    world.leaves(Left::Papers);
    world.terminal.next(Behaviour::NeverAnswer);
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.touches("seat-B5").await;
    guest.touches("pay").await;
    guest.sees("screen-paying").await;
    world.printer.set(State::PaperOut);
    let till = world
        .terminal
        .wait_until(|till| !till.payments.is_empty())
        .await;
    world.terminal.decide(&till.payments[0].reference, true);
    guest.reads("done-title", "This code is your ticket").await;
    let code = guest.text("collection-code").await;
    guest.reads("done-text", &code).await;
    guest.sees("ticket-B5").await;
    assert!(
        world.printer.papers().iter().all(|paper| !paper.cut),
        "no ticket came out"
    );
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_without_paper_sells_nothing_and_names_itself() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    world.printer.set(State::PaperOut);
    guest.sees("screen-out-of-service").await;
    guest.reads("fault-code", "F05").await;
    guest.reads("fault-reason", "no paper").await;
    assert!(!guest.text("device-name").await.is_empty());
    world.printer.set(State::Ready);
    guest.sees("screen-attract").await;
    guest.leaves().await;
}
