//! Three touches, a card, and paper: while the hub is off.

use tests::card_terminal::Behaviour;
use tests::world::{PROGRAMME, World};

use crate::guest::Guest;
use tests::chromium::PORTRAIT;

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_buys_two_seats_while_the_hub_is_off() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.touches("together").await;
    guest.reads("total", "€24.00").await;
    guest.touches("pay").await;
    guest.sees("screen-done").await;
    guest.reads("done-title", "Take your tickets").await;

    let papers = world.printer.papers_cut(2).await;
    assert_eq!(papers.len(), 2, "a paper for each seat");
    let till = world.terminal.till();
    assert_eq!((till.captured_minor, till.refunded_minor), (2400, 0));
    let code = guest.text("collection-code").await;
    assert_eq!(code.len(), 6, "{code}");
    guest.finds("[data-testid^='ticket-'] img").await;
    // Without an address for phones there is no code of the order.
    guest.sees_no_more("order-code").await;

    guest.touches("finished").await;
    guest.sees("screen-attract").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_code_is_a_ticket_by_itself_and_one_code_opens_them_all() {
    let world = World::open_with("[http]\npublic = \"http://box.example\"\n").await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.reads("heading", "Mon 23 Nov, 20:15 · Screen 1").await;
    guest.touches("seat-B5").await;
    world.terminal.next(Behaviour::NeverAnswer);
    guest.touches("pay").await;
    guest.reads("order", "Mon 23 Nov, 20:15 · Screen 1").await;
    let till = world
        .terminal
        .wait_until(|till| !till.payments.is_empty())
        .await;
    world.terminal.decide(&till.payments[0].reference, true);
    guest.sees("screen-done").await;
    for words in [
        "Metropolis",
        "Mon 23 Nov",
        "20:15",
        "Screen 1",
        "Row B, seat 5",
    ] {
        guest.reads("ticket-B5", words).await;
    }
    guest.sees("order-code").await;
    let is_drawn = "return document.querySelector(`[data-testid='order-code']`)?.naturalWidth > 0";
    tests::world::until("the code of the order is drawn", || async {
        (guest.asks_page(is_drawn, vec![]).await == true).then_some(())
    })
    .await;
    assert_eq!(guest.serious_findings().await, Vec::<String>::new());
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_chosen_one_by_one_with_their_ticket_kinds() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    guest.touches("seat-A1").await;
    guest.touches("seat-A2").await;
    guest.sees_seat("A1", "chosen").await;
    guest.sees_seat("A2", "chosen").await;
    guest.reads("total", "€20.00").await;
    guest.touches("kind-A2").await;
    guest.touches("choose-child").await;
    guest.reads("total", "€16.00").await;
    guest.touches("remove-A1").await;
    guest.sees_seat("A1", "free").await;
    guest.reads("total", "€6.00").await;
    guest.touches("seat-E1").await;
    guest.sees_seat("E2", "chosen").await;
    guest.reads("total", "€34.00").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_touch_makes_all_tickets_of_one_kind() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("time-tonight").await;
    for seat in ["A1", "A2", "E1"] {
        guest.touches(&format!("seat-{seat}")).await;
        guest.sees_seat(seat, "chosen").await;
    }
    guest.reads("total", "€48.00").await;
    guest.touches("kind-A2").await;
    guest.reads("for-all", "all 4 tickets").await;
    guest.touches("for-all").await;
    assert_eq!(guest.serious_findings().await, Vec::<String>::new());
    guest.touches("choose-child").await;
    // No child's ticket is sold for a love seat: it keeps its own.
    guest.reads("total", "€40.00").await;
    guest.reads("kind-A1", "Child").await;
    guest.reads("kind-E1", "Adult").await;
    // The next time it is for one again.
    guest.touches("kind-A1").await;
    guest.touches("choose-adult").await;
    guest.reads("total", "€44.00").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_costs_and_what_it_is_about_is_said_before_a_seat_is_chosen() {
    let programme = PROGRAMME
        .replacen("age_rating = \"0\"", "age_rating = \"12\"\nsynopsis = { en = \"A city, above and below.\", de = \"Eine Stadt, oben und unten.\", es = \"Una ciudad, arriba y abajo.\", fr = \"Une ville, en haut et en bas.\" }", 1)
        .replacen("{ name = \"16\"", "{ name = \"12\", from_age = 12, accompanied_from_age = 6 }, { name = \"16\"", 1);
    let world = World::without_programme("").await;
    world
        .import(&programme)
        .await
        .expect("the programme is right");
    let guest = Guest::arrives_at(&world, PORTRAIT, "&language=de").await;
    guest.reads("price-from-metropolis", "ab 10,00").await;
    guest.touches_upper_part_of("poster-metropolis").await;
    guest.reads("time-tonight", "ab 10,00").await;
    guest.reads("synopsis", "Eine Stadt, oben und unten.").await;
    guest
        .reads("age-words", "in Begleitung der Eltern ab 6")
        .await;
    guest.touches("time-tonight").await;
    guest.touches("seat-A1").await;
    guest.touches("kind-A1").await;
    guest.reads("what-for", "Metropolis · Mo").await;
    guest.reads("what-for", "20:15 · Screen 1").await;
    guest
        .reads("choose-child", "Nur in Begleitung der Eltern, ab 6 Jahren")
        .await;
    let adult = guest.text("choose-adult").await;
    assert!(!adult.contains("Begleitung"), "{adult}");
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_without_a_keyboard_is_paired_by_touch() {
    let world = World::open().await;
    let guest = Guest::before_an_unpaired_kiosk(&world, PORTRAIT).await;
    let code = world
        .order(appliance::control::Order::Pair {
            kind: appliance_api::DeviceKind::Kiosk,
        })
        .await
        .expect("a code");
    guest.touches("pairing-name").await;
    for key in ["key-B", "key-A", "key-R", "key-X", "key-delete"] {
        guest.touches(key).await;
    }
    assert_eq!(guest.focus().await, "pairing-name", "no key takes it away");
    guest.touches("pairing-code").await;
    for sign in code.chars() {
        guest.touches(&format!("key-{sign}")).await;
    }
    assert_eq!(guest.serious_findings().await, Vec::<String>::new());
    guest.touches("pair").await;
    guest.sees("screen-attract").await;
    let devices = world.order(appliance::control::Order::Devices).await;
    assert!(devices.unwrap().contains("\"Bar\""));
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_gives_the_seats_back() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches_upper_part_of("poster-metropolis").await;
    guest.touches("time-tonight").await;
    guest.touches("seat-B3").await;
    guest.sees_seat("B3", "chosen").await;
    guest.touches("back").await;
    guest.touches("leave").await;
    guest.sees("screen-film").await;
    tests::world::until("the seat is free again", || async {
        (clerk.sees("tonight", "B3").await == counter_api::SeatState::Free).then_some(())
    })
    .await;
    guest.touches("back").await;
    guest.sees("screen-attract").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_browser_is_paired_by_its_code() {
    let world = World::open().await;
    let guest = Guest::before_an_unpaired_kiosk(&world, PORTRAIT).await;
    guest.sees("screen-pairing").await;
    let code = guest.sees("pairing-code").await;
    code.send_keys("ZZZZ-ZZZZ").await.expect("typing");
    guest.touches("pair").await;
    guest.reads("pairing-problem", "wrong").await;
    let right = world
        .order(appliance::control::Order::Pair {
            kind: appliance_api::DeviceKind::Kiosk,
        })
        .await
        .expect("a code");
    code.clear().await.expect("an empty field");
    code.send_keys(&right).await.expect("typing");
    guest.touches("pair").await;
    guest.sees("screen-attract").await;
    guest.leaves().await;
}
