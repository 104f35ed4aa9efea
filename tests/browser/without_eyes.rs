//! A wheelchair place and its companion are bought in a hall of four hundred seats by keys alone, and by the accessibility tree alone.

use tests::engine::Engine;
use tests::world::{House, World, with_four_hundred_seats};

use crate::buys_online::until_the_tickets_are_open;
use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PHONE};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_at_home_comes_from_what_is_on_to_the_tickets_by_the_accessibility_tree_alone() {
    let house = House::open(Engine::Sqlite).await;
    house.until_both_sell().await;
    let guest = Guest::before(&format!("{}/?lang=en", house.hub.url()), PHONE).await;
    guest.hears("heading", "What’s on at Metropol").await;
    guest.does("link", "Tomorrow").await;
    guest.does("link", "20:15").await;
    guest.hears("RootWebArea", "Fight Club, ").await;
    guest
        .does("gridcell", "Row A, seat 1, Standard, free, 10 euros")
        .await;
    guest
        .hears("gridcell", "Row A, seat 1, Standard, your choice")
        .await;
    guest
        .does("gridcell", "Row A, seat 2, Standard, free, 10 euros")
        .await;
    guest
        .hears("gridcell", "Row A, seat 2, Standard, your choice")
        .await;
    guest.hears("region", "Your seats").await;
    guest.hears("StaticText", "Total: 20 euros").await;
    guest.does("button", "To payment: €20.00").await;
    guest.hears("RootWebArea", "Pay by card · Fight Club").await;
    // A card that is declined keeps the seats, and is told.
    guest.does("radio", "A card without enough money").await;
    guest.does("button", "Pay €20.00 now").await;
    guest.hears("StaticText", "not enough money").await;
    guest.does("radio", "A card that pays").await;
    guest.does("button", "Pay €20.00 now").await;
    until_the_tickets_are_open(&guest).await;
    guest.hears("RootWebArea", "Your booking: Fight Club").await;
    guest.hears("image", "QR code, Row A, seat 1").await;
    guest.hears("image", "QR code, Row A, seat 2").await;
    guest.hears("link", "Tickets as a PDF file").await;
    // One of them is given back.
    guest.does("checkbox", "Row A, seat 2").await;
    guest.does("button", "See what comes back").await;
    guest.hears("heading", "Give these tickets back?").await;
    guest.hears("StaticText", "€10.00").await;
    guest.does("button", "Give 1 ticket back").await;
    guest.hears("RootWebArea", "Your booking: Fight Club").await;
    guest.hears("StaticText", "iven back").await;
    guest.leaves().await;
}
