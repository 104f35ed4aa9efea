//! What cannot go on is set aside, is seen, has a way out, and stops nothing else.

use std::time::Duration;

use appliance::control::Order;
use appliance_api::Status;
use counter_api::{Hold, HoldState, PaperState, Sale, SeatState, Tender};
use serde_json::json;
use tests::card_terminal::Behaviour;
use tests::chaos::stored;
use tests::virtual_printer::{Document, State};
use tests::world::{Left, PATIENCE, PROGRAMME, Seller, World, new_key, until};
use tokio::time::timeout;

/// From the beginning of the story to the next morning.
const UNTIL_MORNING: Duration = Duration::from_secs(13 * 60 * 60);

const ASIDE: &str = "foyer_print_jobs_set_aside";

async fn reprint(world: &World, sale: &Sale) -> String {
    let order = Order::Reprint {
        receipt: sale.receipt_number.clone(),
        reason: "the guest stands here".to_owned(),
    };
    world.order(order).await.unwrap()
}

/// As many papers as that, once they have come out.
async fn papers_cut(world: &World, count: usize) -> Vec<Document> {
    let cut = timeout(PATIENCE, world.printer.papers_cut(count)).await;
    cut.unwrap_or_else(|_| panic!("{:#?}", world.printer.papers()))
}

async fn until_counted(world: &World, papers: u64) {
    let counted = || async { (world.counts(ASIDE).await == papers).then_some(()) };
    until("the papers are counted", counted).await;
}

async fn paper(seller: &Seller, sale: &Sale) -> PaperState {
    let path = format!("/api/v1/sales/{}", sale.id);
    let sale: Sale = seller.get(&path).await.expect(200).body();
    sale.paper
}

async fn set_aside(seller: &Seller) -> u64 {
    let status: Status = seller.get("/api/v1/status").await.expect(200).body();
    status.set_aside
}

#[tokio::test]
async fn last_nights_tickets_do_not_come_out_in_the_morning() {
    let mut world = World::open().await;
    let clerk = world.clerk().await;
    world.printer.set(State::PaperOut);
    let tonight = clerk.hold("tonight", &["D1", "D2"]).await.cash(5_000).await;
    let tomorrow = clerk.hold("tomorrow", &["D1"]).await.cash(5_000).await;
    world.restart().await;
    world.wait(UNTIL_MORNING);
    world.printer.set(State::Ready);
    let papers = papers_cut(&world, 1).await;
    assert!(papers[0].text().contains(&tomorrow.receipt_number));

    until_counted(&world, 2).await;
    let clerk = world.again(&clerk);
    assert_eq!(set_aside(&clerk).await, 2);
    assert_eq!(paper(&clerk, &tonight).await, PaperState::SetAside);
    let words = world.order(Order::Status).await.unwrap();
    let receipt = &tonight.receipt_number;
    assert!(words.contains("set aside: 2"), "{words}");
    assert!(
        words.contains(&format!("appliance reprint {receipt}")) && words.contains("was over"),
        "{words}"
    );

    let words = reprint(&world, &tonight).await;
    assert!(words.contains("had no paper yet"), "{words}");
    let papers = papers_cut(&world, 3).await;
    assert!(papers.iter().all(|paper| !paper.is_copy()));
    until_counted(&world, 0).await;
    assert_eq!(set_aside(&clerk).await, 0);
    assert_eq!(paper(&clerk, &tonight).await, PaperState::Printed);
}

/// Its guest gives it back before it is tried again.
#[tokio::test]
async fn a_hold_that_was_set_aside_and_ends_otherwise_is_waited_for_no_more() {
    let mut world = World::open().await;
    world.expects_error("a hold cannot go on; trying again");
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["D5", "D6"]).await;
    let broken = "UPDATE seat SET state = 'free', holder = NULL WHERE seat = 'D5'";
    spoil(&mut world, broken).await;
    let clerk = world.again(&clerk);
    world.wait(Duration::from_secs(60 * 60));
    let counted = |wanted| {
        let world = &world;
        until("so many are set aside", move || async move {
            world.wait(Duration::from_secs(60));
            (world.counts("foyer_selling_set_aside").await == wanted).then_some(())
        })
    };
    counted(1).await;
    let mended = format!(
        "UPDATE seat SET state = 'free', holder = NULL WHERE seat = 'D6'; UPDATE hold SET state = 'ended' WHERE id = '{}'",
        held.hold.id
    );
    let file = rusqlite::Connection::open(world.folder().join("appliance.db")).unwrap();
    file.execute_batch(&mended).unwrap();
    counted(0).await;
    clerk.hold("tonight", &["D5", "D6"]).await;
}

#[tokio::test]
async fn a_ticket_of_last_week_is_printed_again_when_somebody_asks() {
    let mut world = World::open().await;
    let clerk = world.clerk().await;
    let sale = clerk.hold("tonight", &["D1"]).await.cash(5_000).await;
    papers_cut(&world, 1).await;
    world.wait(Duration::from_secs(7 * 24 * 60 * 60));
    world.restart().await;
    let words = reprint(&world, &sale).await;
    assert!(words.contains("one copy"), "{words}");
    assert!(papers_cut(&world, 2).await[1].is_copy());
}

#[tokio::test]
async fn a_ticket_that_cannot_be_read_stops_no_other() {
    let mut world = World::open().await;
    world.expects_error("a ticket to be printed cannot be read");
    let clerk = world.clerk().await;
    world.printer.set(State::PaperOut);
    let spoiled = clerk.hold("tonight", &["D1"]).await.cash(5_000).await;
    let whole = clerk.hold("tonight", &["D3"]).await.cash(5_000).await;
    let no_paper = format!(
        "UPDATE print_job SET paper = '{{}}' WHERE sale = '{}'",
        spoiled.id
    );
    spoil(&mut world, &no_paper).await;

    world.printer.set(State::Ready);
    let papers = papers_cut(&world, 1).await;
    assert!(papers[0].text().contains(&whole.receipt_number));
    until_counted(&world, 1).await;
    reprint(&world, &spoiled).await;
    let papers = papers_cut(&world, 2).await;
    assert!(papers[1].text().contains(&spoiled.receipt_number));
    until_counted(&world, 0).await;
}

#[tokio::test]
async fn a_film_and_a_showtime_that_cannot_be_read_hide_no_other() {
    let mut world = World::open().await;
    world.expects_error("it cannot be read, and what names it is not sold");
    let clerk = world.clerk().await;
    let spoiled = "UPDATE film SET body = '{}' WHERE id = 'fight-club'; UPDATE showtime SET body = '[]' WHERE id = 'strict'";
    spoil(&mut world, spoiled).await;

    let clerk = world.again(&clerk);
    clerk.hold("tonight", &["D1"]).await.cash(5_000).await;
    for showtime in ["tomorrow", "strict"] {
        let answer = clerk.ask_for(showtime, &["A1"]).await;
        assert_eq!(answer.problem(), (404, "unknown_showtime"), "{showtime}");
    }
    assert_eq!(set_aside(&clerk).await, 2);
    assert_eq!(world.counts("foyer_catalogue_unreadable").await, 2);
    let words = world.order(Order::Status).await.unwrap();
    for way in [
        "film fight-club version 1",
        "import it under a new version",
        "showtime strict",
        "import it under another id",
    ] {
        assert!(words.contains(way), "{words}");
    }

    let of_film = "id = \"fight-club\"\nversion = 1";
    let anew = PROGRAMME
        .replacen(of_film, "id = \"fight-club\"\nversion = 2", 1)
        .replacen("id = \"strict\"", "id = \"strict-again\"", 1);
    world.import(&anew).await.unwrap();
    for showtime in ["tomorrow", "strict-again"] {
        clerk.hold(showtime, &["A1"]).await.cash(5_000).await;
    }
}

/// Money for what cannot be read any more goes back, no more is taken, and seats are given back as ever.
#[tokio::test]
async fn what_is_paid_for_a_showtime_that_cannot_be_read_is_given_back() {
    for spoiled in [
        "UPDATE showtime SET body = '[]' WHERE id = 'tonight'",
        "UPDATE film SET body = '{}'",
        "UPDATE price_book SET body = '{}'",
        "UPDATE auditorium SET body = '{}'",
    ] {
        let mut world = World::open().await;
        world.expects_error("it cannot be read, and what names it is not sold");
        world.leaves(Left::Payments);
        let clerk = world.clerk().await;
        world.terminal.next(Behaviour::NeverAnswer);
        let by_card = clerk.hold("tonight", &["D5"]).await;
        let asked: Tender = by_card.begin_card().await.expect(202).body();
        let has_it = world.terminal.wait_until(|till| !till.payments.is_empty());
        timeout(PATIENCE, has_it)
            .await
            .expect("it asks for the card");
        let counted = clerk.hold("tonight", &["B1"]).await;
        let some_cash = json!({ "cash": { "given_minor": 500 } });
        let tenders = counted.path("/tenders");
        clerk.post(&tenders, &new_key(), &some_cash).await;
        let open = clerk.hold("tonight", &["C1"]).await;
        spoil(&mut world, spoiled).await;

        let clerk = world.again(&clerk);
        let refused = (409, "showtime_unreadable");
        let path = open.path("/tenders");
        let tender = clerk.post(&path, &new_key(), &some_cash).await;
        assert_eq!(tender.problem(), refused, "{spoiled}");
        let path = open.path("/settle");
        let all_cash = json!({ "cash_given_minor": 5_000 });
        let settled = clerk.post(&path, &new_key(), &all_cash).await;
        assert_eq!(settled.problem(), refused, "{spoiled}");
        clerk
            .post(&open.path("/extend"), &new_key(), &json!({}))
            .await
            .expect(200);
        for hold in [&open, &counted] {
            clerk.delete(&hold.path("")).await.expect(204);
        }
        world.terminal.decide(&asked.id, true);
        let till = world.terminal.wait_until(|till| till.refunded_minor > 0);
        let till = timeout(PATIENCE, till).await.expect(spoiled);
        assert_eq!(till.refunded_minor, till.captured_minor, "{spoiled}");
        until("its hold has ended", || async {
            let hold: Hold = clerk.get(&by_card.path("")).await.expect(200).body();
            (hold.state == HoldState::Ended).then_some(())
        })
        .await;
    }
}

/// A file that names what cannot be read is refused with its name; and a version that nothing names any more is in nobody's way.
#[tokio::test]
async fn a_remedy_is_named_and_once_it_is_taken_nothing_is_set_aside() {
    let mut world = World::open().await;
    world.expects_error("it cannot be read, and what names it is not sold");
    let clerk = world.clerk().await;
    let held = clerk.hold("strict", &["A1"]).await;
    let spoiled = "UPDATE film SET body = '{}' WHERE id = 'fight-club'; UPDATE showtime SET body = '[]' WHERE id = 'strict'";
    spoil(&mut world, spoiled).await;
    let clerk = world.again(&clerk);
    clerk.delete(&held.path("")).await.expect(204);
    assert_eq!(set_aside(&clerk).await, 2, "each once");
    let of_film = "id = \"fight-club\"\nversion = 1";
    let newer = PROGRAMME.replacen(of_film, "id = \"fight-club\"\nversion = 2", 1);
    let refused = world.import(&newer).await.unwrap_err();
    for told in ["strict", "another id"] {
        assert!(refused.contains(told), "{refused}");
    }
    world
        .import(&newer.replacen("id = \"strict\"", "id = \"strict-again\"", 1))
        .await
        .unwrap();
    // The film of the new version is everybody's; only the showtime, which nobody can change, is still there.
    assert_eq!(set_aside(&clerk).await, 1);
    assert_eq!(world.counts("foyer_catalogue_unreadable").await, 1);
}

/// What is stored is not as any program of ours leaves it.
async fn spoil(world: &mut World, sql: &str) {
    world.leaves(Left::Faults);
    world.stop().await;
    stored::spoil(&world.folder().join("appliance.db"), sql).unwrap();
    world.restart().await;
}

async fn until_free(seller: &Seller, showtime: &str, seat: &str) {
    until("the seat is free", || async {
        (seller.sees(showtime, seat).await == SeatState::Free).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_outlives_a_power_cut_of_days_lapses_and_so_do_the_others() {
    let mut world = World::without_programme("").await;
    let later = PROGRAMME.replace("\"today+1\"", "\"today+9\"");
    world.import(&later).await.unwrap();
    let clerk = world.clerk().await;
    clerk.hold("tonight", &["D1"]).await;
    world.stop().await;
    world.wait(Duration::from_secs(6 * 24 * 60 * 60));
    world.restart().await;
    let clerk = world.again(&clerk);
    let held = clerk.hold("tomorrow", &["D1"]).await;
    world.wait(Duration::from_secs(60 * 60));
    until_free(&clerk, "tomorrow", "D1").await;
    let hold: Hold = clerk.get(&held.path("")).await.expect(200).body();
    assert_eq!(hold.state, HoldState::Ended);
}

#[tokio::test]
async fn a_hold_that_cannot_end_is_set_aside_and_stops_no_other() {
    let mut world = World::open().await;
    world.expects_error("a hold cannot go on; trying again");
    let clerk = world.clerk().await;
    clerk.hold("tonight", &["D5", "D6"]).await;
    clerk.hold("tonight", &["B1", "B2"]).await;
    let broken = "UPDATE seat SET state = 'free', holder = NULL WHERE seat = 'D5'";
    spoil(&mut world, broken).await;
    let clerk = world.again(&clerk);
    world.wait(Duration::from_secs(60 * 60));
    until_free(&clerk, "tonight", "B1").await;
    until("it is counted", || async {
        (world.counts("foyer_selling_set_aside").await == 1).then_some(())
    })
    .await;
    assert_eq!(set_aside(&clerk).await, 1);
    let words = world.order(Order::Status).await.unwrap();
    assert!(
        words.contains("the hold ") && words.contains("tried again"),
        "{words}"
    );
    // Its neighbours are sold as ever, and its own seat is somebody's.
    let mut sale = clerk.ask_for("tonight", &["D7", "D8"]).await;
    assert_eq!(sale.status, 201, "{}", sale.text);
    sale = clerk.ask_for("tonight", &["D6"]).await;
    assert_eq!(sale.problem(), (409, "seats_taken"));
    // It is tried ever more seldom.
    let tried = world
        .counts(r#"foyer_broken_invariants_total{kind="state"}"#)
        .await;
    assert!(tried < 10, "tried {tried} times");
    // A person ends it, and nothing else.
    let stuck = named_after(&words, "the hold ");
    assert!(
        words.contains(&format!("`appliance free-hold {stuck} ")),
        "{words}"
    );
    let open = clerk.hold("tonight", &["C1"]).await;
    for (hold, reason, refused) in [
        (open.hold.id.as_str(), "nobody waits", "set aside"),
        (stuck.as_str(), " ", "reason"),
    ] {
        let words = free(&world, hold, reason).await.unwrap_err();
        assert!(words.contains(refused), "{words}");
    }
    let freed = free(&world, &stuck, "nobody waits for them").await;
    assert_eq!(freed.unwrap(), "the hold has ended; free again: 1 seat");
    until_free(&clerk, "tonight", "D6").await;
    assert_eq!(set_aside(&clerk).await, 0);
    assert_eq!(world.counts("foyer_selling_set_aside").await, 0);
    clerk.hold("tonight", &["D5", "D6"]).await.cash(5_000).await;
}

#[tokio::test]
async fn a_hold_that_cannot_be_read_keeps_no_box_from_starting() {
    let mut world = World::open().await;
    world.expects_error("cannot go on; trying again");
    world.leaves(Left::Payments);
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["D5"]).await;
    world.terminal.next(Behaviour::NeverAnswer);
    held.begin_card().await.expect(202);
    let has_it = world.terminal.wait_until(|till| !till.payments.is_empty());
    timeout(PATIENCE, has_it)
        .await
        .expect("it asks for the card");
    spoil(&mut world, "UPDATE hold SET lines = '[{}]'").await;
    let clerk = world.again(&clerk);
    let sale = clerk.hold("tonight", &["B1"]).await.cash(5_000).await;
    assert_eq!(sale.tickets.len(), 1);
    until("it is shown", || async {
        (set_aside(&clerk).await > 0).then_some(())
    })
    .await;
    let words = world.order(Order::Status).await.unwrap();
    assert!(words.contains("the payment "), "{words}");
    // Its time is over, and its money is not: no person's word frees its seats.
    let stuck = held.hold.id.to_string();
    world.wait(Duration::from_secs(60 * 60));
    let words = free(&world, &stuck, "nobody waits for them").await;
    let words = words.unwrap_err();
    assert!(
        words.contains("set aside") || words.contains("Money"),
        "{words}"
    );
    assert_eq!(clerk.sees("tonight", "D5").await, SeatState::Held);
}

/// What stands behind these words of a status, up to the next sign that is none of a name.
fn named_after(words: &str, before: &str) -> String {
    let (_, rest) = words.split_once(before).unwrap();
    let end = rest.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-');
    rest[..end.unwrap()].to_owned()
}

/// A person frees what a hold has.
async fn free(world: &World, hold: &str, reason: &str) -> Result<String, String> {
    let (hold, reason) = (hold.parse().unwrap(), reason.to_owned());
    world.order(Order::FreeHold { hold, reason }).await
}
