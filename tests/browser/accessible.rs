//! axe-core finds nothing serious on any screen, at both sizes, in every contrast.

use tests::card_terminal::Behaviour;
use tests::world::{PROGRAMME, World};

use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PORTRAIT, Size};

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
    guest.leaves().await;

    let world = World::without_programme("").await;
    let guest = Guest::before_a_kiosk(&world, size, &format!("&contrast={contrast}")).await;
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

/// Nothing is cut off at the side, and nobody has to scroll sideways.
async fn check_width(guest: &Guest, screen: &str) {
    let wider = guest
        .asks_page(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth",
            vec![],
        )
        .await;
    assert_eq!(wider.as_i64(), Some(0), "{screen} is wider than the window");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_serious_findings_in_what_comes_over_a_screen() {
    let world = World::open().await;
    let guest = Guest::arrives_at(&world, LANDSCAPE, "&idle-ms=15000&ring-ms=60000").await;
    guest.touches("time-tonight").await;
    guest.sees("seat-A1").await;
    guest.touches("language").await;
    guest.sees("language-sheet").await;
    check(&guest, "languages").await;
    check_width(&guest, "languages").await;
    guest.touches("language-fr").await;
    guest.sees_no_more("language-sheet").await;
    guest.sees("idle-question").await;
    check(&guest, "the question whether anybody is there").await;
    check_width(&guest, "the question whether anybody is there").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_type_within_low_reach_fits_and_has_no_serious_findings() {
    for size in [PORTRAIT, LANDSCAPE] {
        let world = World::open().await;
        let guest = Guest::arrives_at(&world, size, "&language=de").await;
        guest.touches("low-reach").await;
        guest.touches("type-size").await;
        guest.touches("type-size").await;
        guest.finds("[data-size='largest']").await;
        guest.sees("time-tonight").await;
        check(&guest, "attract").await;
        check_width(&guest, "attract").await;
        guest.touches("time-tonight").await;
        guest.touches("listed-A1").await;
        guest.reads("basket", "A").await;
        check(&guest, "list").await;
        check_width(&guest, "list").await;
        guest.touches("as-map").await;
        guest.sees_seat("A1", "chosen").await;
        check(&guest, "seats").await;
        check_width(&guest, "seats").await;
        guest.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_serious_findings_where_there_is_next_to_nothing() {
    let one_seat = PROGRAMME
        .replace("A | ssssssssss\nB | ssssssssss\nC | ssssssssss", "C | s")
        .replace(
            "screen-2\"\nprice_book = \"standard\"\ndays = \"today\"\ntime = \"15:00\"",
            "screen-1\"\nprice_book = \"standard\"\ndays = \"today\"\ntime = \"15:00\"",
        );
    let world = World::without_programme("").await;
    world.import(&one_seat).await.unwrap();
    let guest = Guest::arrives_at(&world, LANDSCAPE, "").await;
    guest.touches("time-strict").await;
    guest.touches("seat-C1").await;
    guest.sees_seat("C1", "chosen").await;
    check(&guest, "a room of one seat").await;
    check_width(&guest, "a room of one seat").await;
    guest.leaves().await;

    let later = PROGRAMME
        .replace("days = \"today\"", "days = \"today+3\"")
        .replace("days = \"today+1\"", "days = \"today+4\"");
    let world = World::without_programme("").await;
    world.import(&later).await.unwrap();
    let guest = Guest::arrives_at(&world, PORTRAIT, "").await;
    guest.sees("time-tonight").await;
    check(&guest, "a day without a showtime").await;
    check_width(&guest, "a day without a showtime").await;
    guest.leaves().await;

    let nothing = PROGRAMME
        .replace("status = \"closed\"\n", "")
        .replace("days = ", "status = \"closed\"\ndays = ");
    let world = World::without_programme("").await;
    world.import(&nothing).await.unwrap();
    let guest = Guest::arrives_at(&world, LANDSCAPE, "").await;
    guest.sees("nothing-on").await;
    check(&guest, "nothing on sale").await;
    check_width(&guest, "nothing on sale").await;
    guest.leaves().await;
}
