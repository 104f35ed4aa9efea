//! What advises a guest names what is really better, and what they have chosen stays in sight.

use tests::world::World;

use crate::guest::Guest;
use tests::chromium::LANDSCAPE;

async fn before_the_seats(world: &World) -> Guest {
    let guest = Guest::arrives(world, LANDSCAPE).await;
    guest.touches("time-tonight").await;
    guest.sees_seat("A1", "free").await;
    guest
}

#[tokio::test(flavor = "multi_thread")]
async fn two_together_are_of_the_picked_kind_and_ones_own_seats_are_free_for_it() {
    let world = World::open().await;
    let guest = before_the_seats(&world).await;
    guest.touches("seat-D5").await;
    guest.sees_seat("D5", "chosen").await;
    guest.touches("band-standard").await;
    guest.finds("[data-testid='seat-D6'].faded").await;
    guest.finds("[data-testid='seat-D5']:not(.faded)").await;
    guest.touches("together").await;
    guest.sees_seat("C5", "chosen").await;
    guest.sees_seat("C6", "chosen").await;
    guest.sees_seat("D5", "free").await;
    guest.reads("total", "€20.00").await;

    guest.touches("seat-D5").await;
    guest.sees_seat("D5", "chosen").await;
    guest.touches("band-premium").await;
    guest.touches("together").await;
    guest.sees_seat("D6", "chosen").await;
    guest.sees_seat("D5", "chosen").await;

    guest.touches("band-wheelchair").await;
    guest.touches("together").await;
    guest.sees_seat("F1", "chosen").await;
    guest.sees_seat("F2", "chosen").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_that_would_stay_alone_is_said_once_one_goes_on_with_what_is_better() {
    let world = World::open().await;
    let guest = before_the_seats(&world).await;
    for seat in ["A2", "A3"] {
        guest.touches(&format!("seat-{seat}")).await;
        guest.sees_seat(seat, "chosen").await;
    }
    assert_eq!(guest.text("notice").await, "");
    guest.touches("pay").await;
    guest
        .reads("left-alone", "A1 would be left free on its own")
        .await;
    guest.reads("left-alone", "A1, A2").await;
    guest.touches("take-instead").await;
    guest.sees_seat("A1", "chosen").await;
    guest.sees_seat("A2", "chosen").await;
    guest.sees_seat("A3", "free").await;
    guest.touches("pay").await;
    guest.sees("screen-done").await;
    guest.leaves().await;

    let guest = Guest::arrives(&world, LANDSCAPE).await;
    guest.touches("time-tonight").await;
    for seat in ["B2", "B3"] {
        guest.touches(&format!("seat-{seat}")).await;
        guest.sees_seat(seat, "chosen").await;
    }
    guest.touches("pay").await;
    guest.touches("keep-mine").await;
    guest.sees("screen-done").await;
    assert_eq!(world.terminal.till().captured_minor, 4000);
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_up_a_wheelchair_place_is_asked_about_the_seat_beside_it() {
    let world = World::open().await;
    let guest = before_the_seats(&world).await;
    guest.touches("seat-F1").await;
    guest.sees_seat("F1", "chosen").await;
    guest.touches("seat-F2").await;
    guest.sees_seat("F2", "chosen").await;
    guest.touches("remove-F1").await;
    guest.reads("companion", "F2 is sold only together").await;
    guest.touches("keep-both").await;
    guest.sees_no_more("companion").await;
    guest.sees_seat("F1", "chosen").await;
    guest.touches("seat-F1").await;
    guest.touches("give-up-both").await;
    guest.sees_seat("F1", "free").await;
    guest.sees_seat("F2", "free").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_that_leaves_no_seat_alone_lets_one_choose_to_the_end() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, LANDSCAPE).await;
    guest.touches("time-strict").await;
    guest.touches("seat-A2").await;
    guest.sees_seat("A2", "wanted").await;
    guest.reads("notice", "A1").await;
    guest.reads("notice", "Add a seat").await;
    guest.finds("[data-testid='notice']:not(.bad)").await;
    assert_eq!(guest.serious_findings().await, Vec::<String>::new());
    guest.finds("[data-testid='pay']:disabled").await;
    guest.touches("seat-A1").await;
    guest.sees_seat("A1", "chosen").await;
    guest.sees_seat("A2", "chosen").await;
    assert_eq!(guest.text("notice").await, "");
    guest.touches("seat-A4").await;
    guest.reads("notice", "A3").await;
    guest.finds("[data-testid='pay']:disabled").await;
    guest.touches("seat-A4").await;
    guest.sees_seat("A4", "free").await;
    guest.touches("pay").await;
    guest.sees("screen-done").await;
    assert_eq!(world.terminal.till().captured_minor, 2000);
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_between_ones_own_seats_is_said_once_one_goes_on() {
    let world = World::open().await;
    let guest = before_the_seats(&world).await;
    for seat in ["A3", "A5"] {
        guest.touches(&format!("seat-{seat}")).await;
        guest.sees_seat(seat, "chosen").await;
    }
    guest.touches("pay").await;
    guest
        .reads("left-alone", "A4 would be left free on its own")
        .await;
    guest.touches("take-instead").await;
    guest.sees_seat("A4", "chosen").await;
    guest.sees_seat("A5", "free").await;
    guest.leaves().await;
}
