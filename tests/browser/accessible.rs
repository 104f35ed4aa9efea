//! axe-core finds nothing serious on any screen, at both sizes, in every contrast.

use tests::card_terminal::Behaviour;
use tests::virtual_printer::State;
use tests::world::World;

use crate::chromium::{LANDSCAPE, PORTRAIT, Size};
use crate::guest::Guest;

async fn check(guest: &Guest, screen: &str) {
    let findings = guest.serious_findings().await;
    assert!(findings.is_empty(), "{screen}: {findings:#?}");
}

async fn look_at_every_screen(size: Size, contrast: &str) {
    let world = World::open().await;
    let stranger = Guest::before_an_unpaired_kiosk(&world, size).await;
    stranger.sees("screen-pairing").await;
    check(&stranger, "pairing").await;
    stranger.leaves().await;

    let guest = Guest::arrives_at(&world, size, &format!("&contrast={contrast}")).await;
    guest.sees("time-tonight").await;
    check(&guest, "attract").await;
    guest.touches("help").await;
    guest.sees("help-sheet").await;
    check(&guest, "help").await;
    guest.touches("help-close").await;
    guest.touches_upper_part_of("poster-metropolis").await;
    guest.sees("time-tonight").await;
    check(&guest, "film").await;
    guest.touches("time-tonight").await;
    guest.touches("seat-A1").await;
    guest.sees_seat("A1", "chosen").await;
    check(&guest, "seats").await;
    guest.touches("kind-A1").await;
    guest.sees("kind-sheet").await;
    check(&guest, "kinds").await;
    guest.touches("choose-adult").await;
    guest.touches("as-list").await;
    guest.sees("seat-list").await;
    check(&guest, "list").await;
    world.terminal.next(Behaviour::NeverAnswer);
    guest.touches("pay").await;
    guest.sees("screen-paying").await;
    check(&guest, "paying").await;
    let till = world
        .terminal
        .wait_until(|till| !till.payments.is_empty())
        .await;
    world.terminal.decide(&till.payments[0].reference, true);
    guest.sees("ticket-A1").await;
    check(&guest, "done").await;
    guest.touches("finished").await;
    world.printer.set(State::PaperOut);
    guest.sees("screen-out-of-service").await;
    check(&guest, "out of service").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_serious_findings_upright_and_dark() {
    look_at_every_screen(PORTRAIT, "dark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_serious_findings_wide_and_light() {
    look_at_every_screen(LANDSCAPE, "light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_serious_findings_in_high_contrast() {
    look_at_every_screen(PORTRAIT, "high").await;
}
