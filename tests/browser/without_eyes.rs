//! A wheelchair place and its companion are bought in a hall of four hundred seats by keys alone, and by the accessibility tree alone.

use tests::world::{World, with_four_hundred_seats};

use crate::guest::Guest;
use tests::chromium::LANDSCAPE;

const ENTER: char = '\u{E007}';
const HOME: char = '\u{E011}';
const END: char = '\u{E010}';
const RIGHT: char = '\u{E014}';

async fn before_the_great_hall() -> (World, Guest) {
    let world = World::open().await;
    let programme = with_four_hundred_seats();
    world.import(&programme).await.expect("it is right");
    let guest = Guest::arrives(&world, LANDSCAPE).await;
    (world, guest)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wheelchair_place_and_its_companion_are_bought_by_keys_alone() {
    let (world, guest) = before_the_great_hall().await;
    guest.hears("heading", "What’s on today").await;
    guest.has_focus_on("heading", "What’s on today").await;
    guest.tabs_on_to("button", "Metropolis, 20:00").await;
    guest.presses(&[ENTER]).await;
    guest.has_focus_on("heading", "Metropolis").await;
    guest.tabs_on_to("gridcell", "Row A, seat 1,").await;
    guest.presses_with_control(END).await;
    guest.has_focus_on("gridcell", "Row T, seat 20,").await;
    guest.presses(&[HOME]).await;
    let wheelchair = "Row T, seat 1, Wheelchair, free, 10 euros";
    guest.has_focus_on("gridcell", wheelchair).await;
    guest.presses(&[ENTER]).await;
    let chosen = "Row T, seat 1, Wheelchair, your choice";
    guest.has_focus_on("gridcell", chosen).await;
    guest.presses(&[RIGHT]).await;
    guest
        .has_focus_on("gridcell", "Row T, seat 2, Companion, free")
        .await;
    guest.presses(&[ENTER]).await;
    let chosen = "Row T, seat 2, Companion, your choice";
    guest.has_focus_on("gridcell", chosen).await;
    guest.presses_with_control(HOME).await;
    guest.has_focus_on("gridcell", "Row A, seat 1,").await;
    guest.tabs_on_to("button", "Pay €10.00").await;
    guest.presses(&[ENTER]).await;
    guest.has_focus_on("heading", "ickets").await;
    guest.tabs_on_to("button", "Done").await;
    guest.presses(&[ENTER]).await;
    guest.has_focus_on("heading", "What’s on today").await;
    assert_eq!(world.terminal.till().captured_minor, 1000);
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wheelchair_place_and_its_companion_are_bought_by_the_accessibility_tree_alone() {
    let (world, guest) = before_the_great_hall().await;
    guest.hears("RootWebArea", "Metropol").await;
    guest.does("button", "Metropolis, 20:00").await;
    guest
        .hears("RootWebArea", "Choose seats · Metropolis · Metropol")
        .await;
    guest.hears("heading", "Metropolis").await;
    guest
        .does("gridcell", "Row T, seat 1, Wheelchair, free, 10 euros")
        .await;
    guest
        .hears("gridcell", "Row T, seat 1, Wheelchair, your choice")
        .await;
    guest
        .does("gridcell", "Row T, seat 2, Companion, free")
        .await;
    guest
        .hears("gridcell", "Row T, seat 2, Companion, your choice")
        .await;
    guest.hears("StaticText", "Row T, seat 1, Wheelchair").await;
    guest.hears("StaticText", "Row T, seat 2, Companion").await;
    guest.hears("StaticText", "Total: 10 euros").await;
    guest.does("button", "Pay €10.00").await;
    guest.hears("heading", "Take your tickets").await;
    guest
        .hears("image", "Code of the ticket: Row T, seat 1")
        .await;
    guest
        .hears("image", "Code of the ticket: Row T, seat 2")
        .await;
    guest.does("button", "Done").await;
    guest.hears("heading", "What’s on today").await;
    assert_eq!(world.terminal.till().captured_minor, 1000);
    guest.leaves().await;
}
