//! Paid, and no paper: the code on the screen is the ticket. Where that is known before, it is said before. And a kiosk that
//! cannot sell says so.

use tests::card_terminal::Behaviour;
use tests::virtual_printer::State;
use tests::world::{Left, PROGRAMME, World, until};

use crate::guest::Guest;
use tests::chromium::PORTRAIT;

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
async fn without_paper_a_kiosk_asks_before_it_is_paid_and_prints_nothing_later() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    world.printer.set(State::PaperOut);
    guest.reads("status-printer", "No paper").await;
    guest.touches("time-tonight").await;
    guest.touches("seat-B5").await;
    guest.touches("pay").await;
    guest.reads("paperless", "cannot print at the moment").await;
    assert_eq!(guest.serious_findings().await, Vec::<String>::new());
    // Whoever wants paper has lost nothing.
    guest.touches("no-pay").await;
    guest.sees_seat("B5", "chosen").await;
    assert_eq!(world.terminal.till().payments.len(), 0);
    guest.touches("pay").await;
    guest.touches("pay-without-paper").await;
    guest.reads("done-title", "This code is your ticket").await;
    guest.sees("ticket-B5").await;
    // The paper is back: what comes out now belongs to the next guest.
    world.printer.set(State::Ready);
    guest.touches("finished").await;
    guest.sees("screen-attract").await;
    let says_so = "return document.querySelector(`[data-testid='status-line']`).textContent.includes('No paper')";
    until("the kiosk knows that there is paper", || async {
        (guest.asks_page(says_so, vec![]).await == false).then_some(())
    })
    .await;
    guest.touches("time-tonight").await;
    guest.touches("seat-B6").await;
    guest.touches("pay").await;
    guest.reads("done-title", "Take your tickets").await;
    assert_eq!(world.printer.papers_cut(1).await.len(), 1);
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_that_cannot_sell_says_why_and_names_itself() {
    let world = World::without_programme("").await;
    let guest = Guest::before_a_kiosk(&world, PORTRAIT, "").await;
    guest.sees("screen-out-of-service").await;
    guest.reads("fault-code", "F01").await;
    guest.reads("fault-reason", "no programme").await;
    assert!(!guest.text("device-name").await.is_empty());
    world
        .import(PROGRAMME)
        .await
        .expect("the programme is right");
    guest.sees("screen-attract").await;
    guest.leaves().await;
}
