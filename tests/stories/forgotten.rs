//! A box that has lost what it had answered sells nothing until the right data is back or a person takes it as it is, and says so wherever
//! somebody looks.

use std::fs;
use std::path::Path;

use appliance::control::Order;
use appliance_api::{Admission, LinkState, Status};
use counter::custody::AnsweredFor;
use counter_api::{Sale, SeatState, TenderState};
use serde_json::json;
use service::Clock;
use tempfile::TempDir;
use tests::chaos::stored;
use tests::engine::Engine;
use tests::payment_provider::{PaymentProvider, SECRET};
use tests::world::{Hub, Left, PROGRAMME, Seller, World, new_key, released, until};

use crate::replaced::AFTERNOON;

const IN_DOUBT: &str = "cannot prove that it has all that it answered";

/// The files of a box that is stopped.
pub(crate) fn copied(folder: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if file.file_type().unwrap().is_file() {
            fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
    }
    copy
}

/// Puts these files of a copy back.
pub(crate) fn put_back(copy: &TempDir, world: &World, names: &[&str]) {
    for name in names {
        fs::copy(copy.path().join(name), world.folder().join(name)).unwrap();
    }
}

pub(crate) const DATABASE: [&str; 2] = ["appliance.db", "appliance.db-sums"];

/// Whoever looks is told that nothing is sold; what is stored can be seen.
async fn stands_still(world: &World, clerk: &Seller, words: &str) {
    let stopped = (503, "selling_stopped");
    assert_eq!(clerk.ask_for("tomorrow", &["A1"]).await.problem(), stopped);
    assert_eq!(world.stranger().get("/readyz").await.problem(), stopped);
    assert_eq!(world.counts("foyer_selling_stopped").await, 1);
    let status: Status = clerk.get("/api/v1/status").await.expect(200).body();
    assert_eq!(status.out_of_service.as_deref(), Some("F09"));
    let said = world.order(Order::Status).await.unwrap();
    assert!(
        said.starts_with("selling: stopped") && said.contains(words),
        "{said}"
    );
    assert!(said.contains("accept-loss"), "no way out: {said}");
    clerk
        .get("/api/v1/showtimes/tomorrow/seats")
        .await
        .expect(200);
}

pub(crate) async fn accept(world: &World) -> Result<String, String> {
    take(world, false).await
}

async fn take(world: &World, set_back: bool) -> Result<String, String> {
    let reason = "the manager has counted the hall".to_owned();
    world.order(Order::AcceptLoss { reason, set_back }).await
}

/// What is kept back of a showtime since then is sold again: somebody knows that nobody has bought it.
pub(crate) async fn release(world: &World, showtime: &str) {
    let release = released(showtime, "head office knows what was sold");
    world.order(release).await.unwrap();
}

/// The whole folder was put back with its mark: the box has no means to see it, so that a person says it.
#[tokio::test]
async fn a_copy_that_was_put_back_gives_no_number_twice() {
    let mut world = World::open().await;
    let clerk = world.clerk().await;
    world.stop().await;
    let older = copied(world.folder());
    world.restart().await;
    let mut known = Vec::new();
    for seat in ["D4", "D5"] {
        let hold = world.again(&clerk).hold("tonight", &[seat]).await;
        known.push(hold.cash(5_000).await.receipt_number);
    }
    world.stop().await;
    put_back(
        &older,
        &world,
        &[DATABASE.as_slice(), &["appliance.mark"]].concat(),
    );
    world.restart().await;
    let refused = accept(&world).await.unwrap_err();
    assert!(refused.contains("--set-back"), "no way out: {refused}");
    let said = take(&world, true).await.unwrap();
    assert!(said.contains("passed over"), "{said}");
    release(&world, "tonight").await;
    let clerk = world.again(&clerk);
    for seat in ["D4", "D5"] {
        let again = clerk.hold("tonight", &[seat]).await.cash(5_000).await;
        assert!(
            !known.contains(&again.receipt_number),
            "{}",
            again.receipt_number
        );
    }
    assert_eq!(world.counts("foyer_selling_stopped").await, 0);
}

/// As people put a copy back: the folder alone, or with the mark beside it. Neither needs a line to be known.
#[tokio::test]
async fn a_box_whose_folder_was_put_back_knows_it_by_itself() {
    let mut world = World::marked_beside().await;
    world.expects_error(IN_DOUBT);
    let clerk = world.clerk().await;
    world.stop().await;
    let older = copied(world.folder());
    world.restart().await;
    let clerk = world.again(&clerk);
    clerk.hold("tonight", &["D5"]).await.cash(5_000).await;
    world.stop().await;
    let newest = copied(world.folder());
    let mark = world.mark();
    let newest_mark = fs::read(&mark).unwrap();
    put_back(&older, &world, &DATABASE);
    world.restart().await;
    stands_still(&world, &world.again(&clerk), "changes are missing").await;
    world.stop().await;
    // The mark was made when it was put back.
    put_back(&newest, &world, &DATABASE);
    fs::remove_file(&mark).unwrap();
    fs::write(&mark, newest_mark).unwrap();
    world.restart().await;
    stands_still(&world, &world.again(&clerk), "it is a copy").await;
    accept(&world).await.unwrap();
    release(&world, "tonight").await;
    let clerk = world.again(&clerk);
    clerk.hold("tonight", &["D6"]).await.cash(5_000).await;
    world.restart().await;
    assert_eq!(world.counts("foyer_selling_stopped").await, 0);
}

#[tokio::test]
async fn a_database_behind_its_mark_sells_nothing() {
    let mut world = World::open().await;
    world.expects_error(IN_DOUBT);
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["D4"]).await;
    assert!(
        accept(&world)
            .await
            .unwrap_err()
            .contains("Nothing is known to be missing")
    );
    world.stop().await;
    let older = copied(world.folder());
    world.restart().await;
    let clerk = world.again(&clerk);
    let lost = clerk.hold("tonight", &["D5", "D6"]).await.cash(5_000).await;
    world.stop().await;
    let newest = copied(world.folder());
    put_back(&older, &world, &DATABASE);
    for _ in 0..2 {
        world.restart().await;
        let clerk = world.again(&clerk);
        stands_still(&world, &clerk, "answered changes are missing").await;
        let body = json!({ "cash_given_minor": 5_000 });
        let settled = clerk.post(&held.path("/settle"), &new_key(), &body).await;
        assert_eq!(settled.problem(), (503, "selling_stopped"));
        let tender = json!({ "cash": { "given_minor": 5_000 } });
        let paid = clerk
            .post(&held.path("/tenders"), &new_key(), &tender)
            .await;
        assert_eq!(paid.problem(), (503, "selling_stopped"));
        assert_eq!(clerk.sees("tonight", "D5").await, SeatState::Free);
        world.stop().await;
    }
    // The right data is back.
    put_back(&newest, &world, &DATABASE);
    world.restart().await;
    let clerk = world.again(&clerk);
    assert_eq!(clerk.sees("tonight", "D5").await, SeatState::Sold);
    let next = clerk.hold("tonight", &["D7"]).await.cash(5_000).await;
    assert_ne!(next.receipt_number, lost.receipt_number);
    // Or a person takes what is there.
    world.stop().await;
    put_back(&older, &world, &DATABASE);
    world.restart().await;
    let said = accept(&world).await.unwrap();
    assert!(said.contains("passed over"), "{said}");
    release(&world, "tonight").await;
    let clerk = world.again(&clerk);
    let again = clerk.hold("tonight", &["D5"]).await.cash(5_000).await;
    for known in [&lost, &next] {
        assert_ne!(again.receipt_number, known.receipt_number);
    }
    world.restart().await;
    assert_eq!(world.counts("foyer_selling_stopped").await, 0);
}

/// Somebody had counted cash for seats that nobody can answer for: a person goes on all the same, the seats are kept back and the cash is owed.
#[tokio::test]
async fn a_person_goes_on_although_cash_was_counted_before_the_loss() {
    let mut world = World::open().await;
    world.expects_error(IN_DOUBT);
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["D4", "D6"]).await.path("");
    let (tenders, part) = (
        format!("{held}/tenders"),
        json!({ "cash": { "given_minor": 500 } }),
    );
    let counted = clerk.post(&tenders, &new_key(), &part).await;
    counted.expect(201);
    world.stop().await;
    let older = copied(world.folder());
    world.restart().await;
    let lost = world.again(&clerk).hold("tonight", &["D7"]).await;
    lost.cash(5_000).await;
    world.stop().await;
    put_back(&older, &world, &DATABASE);
    world.restart().await;
    let said = accept(&world).await.unwrap();
    assert!(said.contains("passed over"), "{said}");
    let clerk = world.again(&clerk);
    // Nobody goes on to pay for what may be sold, not even at once.
    let rest = json!({ "cash_given_minor": 5_000 });
    for (way, body) in [("extend", json!({})), ("settle", rest)] {
        let asked = clerk
            .post(&format!("{held}/{way}"), &new_key(), &body)
            .await;
        assert_eq!(asked.problem(), (409, "hold_lapsed"), "{way}");
    }
    until("what was held then is over", || async {
        let now: counter_api::Hold = clerk.get(&held).await.expect(200).body();
        (now.state == counter_api::HoldState::Ended).then_some(())
    })
    .await;
    for seat in ["D4", "D7"] {
        let asked = clerk.ask_for("tonight", &[seat]).await;
        assert_eq!(asked.problem(), (409, "seats_blocked"), "{seat}");
    }
    world.leaves(Left::Payments);
}

/// The day is closed after a loss: one word sells what is of later days, and what somebody is known to have stays theirs whatever is said later.
#[tokio::test]
async fn a_person_answers_for_later_days_at_once_and_not_for_what_is_known_to_be_sold() {
    let mut world = World::open().await;
    world.expects_error(IN_DOUBT);
    let of_both = format!("{PROGRAMME}{AFTERNOON}");
    world.import(&of_both).await.unwrap();
    let clerk = world.clerk().await;
    world.stop().await;
    let older = copied(world.folder());
    world.restart().await;
    let held = world.again(&clerk).hold("tomorrow", &["D7"]).await;
    let forgotten = held.cash(5_000).await.tickets.remove(0);
    world.stop().await;
    put_back(&older, &world, &DATABASE);
    world.restart().await;
    accept(&world).await.unwrap();
    let clerk = world.again(&clerk);
    let kept_back = async || {
        let status: Status = clerk.get("/api/v1/status").await.expect(200).body();
        status.kept_back
    };
    let all = kept_back().await;
    let but = |seats: &[&str]| {
        let seats = seats.iter().map(|seat| seat.parse().unwrap()).collect();
        Order::Release {
            answered: AnsweredFor::Showtime("tomorrow".parse().unwrap(), seats),
            reason: "their guest has called".to_owned(),
        }
    };
    let wrong = world.order(but(&["D7", "Z99"])).await.unwrap_err();
    assert!(wrong.contains("Z99") && !wrong.contains("D7"), "{wrong}");
    assert_eq!(kept_back().await, all, "nothing is released by half");
    let said = world.order(but(&["D7"])).await.unwrap();
    assert!(said.contains("on sale again"), "{said}");
    let sells = async |showtime: &str, seat: &str| {
        let asked = clerk.ask_for(showtime, &[seat]).await;
        (asked.status != 201).then(|| asked.problem().1.to_owned())
    };
    let blocked = Some("seats_blocked".to_owned());
    assert_eq!(sells("tomorrow", "D7").await, blocked);
    assert_eq!(sells("tomorrow", "D4").await, None);
    for (other, seat) in [("afternoon", "A1"), ("tonight", "D4")] {
        assert_eq!(sells(other, seat).await, blocked, "{other}");
    }
    let later = || Order::Release {
        answered: AnsweredFor::LaterDays,
        reason: "the day is closed".to_owned(),
    };
    let said = world.order(later()).await.unwrap();
    assert!(
        said.starts_with("afternoon: ") && said.lines().count() == 1,
        "{said}"
    );
    assert_eq!(sells("afternoon", "A1").await, None);
    assert_eq!(sells("tonight", "D4").await, blocked);
    // No later word sells what is known to be sold, and its guest is let in.
    for release in [but(&[]), but(&["D7"]), later()] {
        let refused = world.order(release).await.unwrap_err();
        assert!(refused.contains("in doubt"), "{refused}");
    }
    assert_eq!(sells("tomorrow", "D7").await, blocked);
    let usher = world.usher().await;
    let body = json!({ "code": forgotten.code, "showtime": "tomorrow" });
    let path = "/api/v1/door/admissions";
    let admitted = usher.post(path, &new_key(), &body).await.expect(201);
    assert!(admitted.body::<Admission>().found);
    let left = kept_back().await;
    assert!(0 < left && left < all, "{left} of {all}: tonight's");
}

/// What the loss took may be the showtime itself: whoever asks for it is told of the doubt, not that it never was.
#[tokio::test]
async fn a_showtime_that_the_loss_took_is_not_said_to_be_unknown() {
    let mut world = World::open().await;
    world.expects_error(IN_DOUBT);
    world.expects_error("it cannot be read, and what names it is not sold");
    let clerk = world.clerk().await;
    world.stop().await;
    let older = copied(world.folder());
    world.restart().await;
    let clerk = world.again(&clerk);
    clerk.hold("tonight", &["D5"]).await.cash(5_000).await;
    world.stop().await;
    put_back(&older, &world, &DATABASE);
    let unreadable = "UPDATE showtime SET body = '[]' WHERE id = 'strict'";
    stored::spoil(&world.folder().join("appliance.db"), unreadable).unwrap();
    world.restart().await;
    let clerk = world.again(&clerk);
    for showtime in ["strict", "never-imported"] {
        let answer = clerk.ask_for(showtime, &["A1"]).await;
        assert_eq!(answer.problem(), (503, "selling_stopped"), "{showtime}");
    }
}

#[tokio::test]
async fn a_payment_that_may_have_come_to_its_end_does_not_go_on() {
    let mut world = World::open().await;
    world.expects_error(IN_DOUBT);
    let guest = world.guest().await;
    world
        .terminal
        .next(tests::card_terminal::Behaviour::NeverAnswer);
    let held = guest.hold("tonight", &["D4"]).await;
    held.begin_card().await.expect(202);
    until("the terminal asks for the card", || async {
        (!world.terminal.till().payments.is_empty()).then_some(())
    })
    .await;
    world.stop().await;
    let older = copied(world.folder());
    world.restart().await;
    world.again(&guest).hold("tomorrow", &["A1"]).await;
    world.stop().await;
    put_back(&older, &world, &DATABASE);
    world.restart().await;
    let clerk = world.clerk().await;
    stands_still(&world, &clerk, "missing").await;
    // Nobody puts a copy back over money that may have been taken.
    let cases = world.order(Order::Cases).await.unwrap();
    let status = world.order(Order::Status).await.unwrap();
    for said in [&cases, &status] {
        for part in ["card  tonight  D4  since ", "taken or not taken?", "12.00"] {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
    world.wait(std::time::Duration::from_secs(3_600));
    assert_eq!(clerk.sees("tonight", "D4").await, SeatState::Held);
    world.leaves(Left::Payments);
}

#[tokio::test]
async fn a_missing_mark_and_a_damaged_file_are_told_apart() {
    let mut world = World::open().await;
    world.leaves(Left::Faults);
    world.expects_error(IN_DOUBT);
    let clerk = world.clerk().await;
    clerk.hold("tonight", &["D4"]).await.cash(5_000).await;
    world.stop().await;
    let whole = copied(world.folder());
    fs::remove_file(world.folder().join("appliance.mark")).unwrap();
    world.restart().await;
    stands_still(&world, &world.again(&clerk), "the mark is missing").await;
    world.stop().await;
    put_back(
        &whole,
        &world,
        &["appliance.mark", "appliance.db", "appliance.db-sums"],
    );
    let file = world.folder().join("appliance.db");
    let mut bytes = fs::read(&file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&file, bytes).unwrap();
    // What was told last stands at the end of the file.
    world.expects_error("the chain of what this box tells is broken");
    world.restart().await;
    stands_still(
        &world,
        &world.again(&clerk),
        "pages are not as they were written",
    )
    .await;
}

#[tokio::test]
async fn everything_is_looked_at_when_somebody_asks() {
    let mut world = World::open().await;
    world.leaves(Left::Faults);
    let clerk = world.clerk().await;
    clerk.hold("tonight", &["D4"]).await.cash(5_000).await;
    // What the log holds is read from there: after a start it holds next to nothing.
    world.restart().await;
    let clerk = world.again(&clerk);
    assert_eq!(
        world.order(Order::Check).await.unwrap(),
        "everything that is stored fits"
    );
    world.expects_error(IN_DOUBT);
    let file = world.folder().join("appliance.db");
    let mut bytes = fs::read(&file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&file, bytes).unwrap();
    let said = world.order(Order::Check).await.unwrap();
    assert!(
        said.contains("pages are not as they were written"),
        "{said}"
    );
    stands_still(&world, &clerk, "damaged").await;
}

#[tokio::test]
async fn what_the_hub_has_heard_stops_a_box_that_is_a_copy() {
    let hub = Hub::start().await;
    let mut world = World::open_on(Clock::system()).await;
    world.expects_error("the hub knows more of this box than it has itself");
    world.expects_error("the link is refused");
    world.enrol(&hub).await;
    let clerk = world.clerk().await;
    let heard = |sales: u64| {
        let hub = &hub;
        until("the hub hears of the sales", move || async move {
            (hub.sees("metropol").await?.today.sold.sales == sales).then_some(())
        })
    };
    clerk.hold("tomorrow", &["D4"]).await.cash(5_000).await;
    heard(1).await;
    world.stop().await;
    let older = copied(world.folder());
    world.restart().await;
    let clerk = world.again(&clerk);
    let lost = clerk.hold("tomorrow", &["D5"]).await.cash(5_000).await;
    heard(2).await;
    world.stop().await;
    let newest = copied(world.folder());
    // The whole folder, with its mark: only the hub can know.
    let all = [DATABASE.as_slice(), &["appliance.mark"]].concat();
    put_back(&older, &world, &all);
    world.restart().await;
    let clerk = world.again(&clerk);
    until("the hub says what it knows", || async {
        (world.counts("foyer_selling_stopped").await == 1).then_some(())
    })
    .await;
    stands_still(&world, &clerk, "the hub knows event").await;
    // It stays so without the line.
    world.restart().await;
    let clerk = world.again(&clerk);
    stands_still(&world, &clerk, "the hub knows event").await;
    world.stop().await;
    put_back(&newest, &world, &all);
    world.restart().await;
    let clerk = world.again(&clerk);
    until("the link is up", || async {
        let status: Status = clerk.get("/api/v1/status").await.expect(200).body();
        (status.link == LinkState::Up).then_some(())
    })
    .await;
    let next = clerk.hold("tomorrow", &["D6"]).await.cash(5_000).await;
    assert_ne!(next.receipt_number, lost.receipt_number);
    heard(3).await;
    // A person may take the copy as it is; its link stays refused until it is enrolled anew.
    world.stop().await;
    put_back(&older, &world, &all);
    world.restart().await;
    until("the hub says what it knows", || async {
        (world.counts("foyer_selling_stopped").await == 1).then_some(())
    })
    .await;
    accept(&world).await.unwrap();
    world.leaves(Left::Events);
    // The hub has proven that it knows more: what is free here may be sold.
    let clerk = world.again(&clerk);
    let refused = clerk.ask_for("tomorrow", &["D5"]).await;
    assert_eq!(refused.problem(), (409, "seats_blocked"));
    release(&world, "tomorrow").await;
    for _ in 0..2 {
        let clerk = world.again(&clerk);
        assert_eq!(world.counts("foyer_selling_stopped").await, 0);
        let sale = clerk.hold("tomorrow", &["A7"]).await;
        clerk.delete(&sale.path("")).await.expect(204);
        world.restart().await;
        let clerk = world.again(&clerk);
        until("the hub refuses the box", || async {
            let status: Status = clerk.get("/api/v1/status").await.expect(200).body();
            (status.link == LinkState::Refused).then_some(())
        })
        .await;
    }
}

/// Put back during a cut, it has sold more by the time the line heals than the hub has ever heard of.
#[tokio::test]
async fn a_copy_that_has_sold_through_a_cut_stops_when_the_hub_refuses_it() {
    let mut hub = Hub::start().await;
    let mut world = World::open_on(Clock::system()).await;
    world.expects_error("the hub refuses this box as a copy");
    world.expects_error("the hub knows more of this box than it has itself");
    world.expects_error("the link is refused");
    world.enrol(&hub).await;
    let clerk = world.clerk().await;
    clerk.hold("tomorrow", &["D4"]).await.cash(5_000).await;
    let heard = |sales: u64| {
        let hub = &hub;
        until("the hub hears of the sales", move || async move {
            (hub.sees("metropol").await?.today.sold.sales == sales).then_some(())
        })
    };
    heard(1).await;
    world.stop().await;
    let older = copied(world.folder());
    world.restart().await;
    let clerk = world.again(&clerk);
    clerk.hold("tomorrow", &["D5"]).await.cash(5_000).await;
    heard(2).await;
    world.stop().await;
    let newest = copied(world.folder());
    hub.kill();
    let all = [DATABASE.as_slice(), &["appliance.mark"]].concat();
    put_back(&older, &world, &all);
    world.restart().await;
    let clerk = world.again(&clerk);
    for seat in ["A1", "A2", "A3"] {
        clerk.hold("tomorrow", &[seat]).await.cash(5_000).await;
    }
    hub.start_again().await;
    let stopped = || async { (world.counts("foyer_selling_stopped").await == 1).then_some(()) };
    until("the hub refuses it", stopped).await;
    let words = "the hub has heard this box, or another with the same identity";
    let clerk_of_a_copy = clerk;
    stands_still(&world, &clerk_of_a_copy, words).await;
    // It stays so without the line.
    hub.kill();
    world.restart().await;
    stands_still(&world, &world.again(&clerk_of_a_copy), words).await;
    hub.start_again().await;

    world.stop().await;
    put_back(&newest, &world, &all);
    world.restart().await;
    let clerk = world.again(&clerk_of_a_copy);
    clerk.hold("tomorrow", &["D6"]).await.cash(5_000).await;
    let hub = &hub;
    until("the hub hears the right box", move || async move {
        (hub.sees("metropol").await?.today.sold.sales == 3).then_some(())
    })
    .await;
    assert_eq!(world.counts("foyer_selling_stopped").await, 0);

    // A person may take a copy as it is.
    world.stop().await;
    put_back(&older, &world, &all);
    world.restart().await;
    until("it is stopped again", || async {
        (world.counts("foyer_selling_stopped").await == 1).then_some(())
    })
    .await;
    accept(&world).await.unwrap();
    release(&world, "tomorrow").await;
    world.leaves(Left::Events);
    world.restart().await;
    let clerk = world.again(&clerk);
    until("the hub refuses the box", || async {
        let status: Status = clerk.get("/api/v1/status").await.expect(200).body();
        (status.link == LinkState::Refused).then_some(())
    })
    .await;
    assert_eq!(world.counts("foyer_selling_stopped").await, 0);
    clerk.hold("tomorrow", &["A7"]).await;
}

/// What was put back is known before anybody is sold anything, with no line at all, and until somebody takes it as it is.
#[tokio::test]
async fn a_hub_whose_folder_was_put_back_knows_it_by_itself() {
    let provider = PaymentProvider::start().await;
    let payments = format!(
        "[payments]\nsandbox = \"{}\"\nwebhook_secret = \"{SECRET}\"\n",
        provider.url()
    );
    let mut hub = Hub::start_and(Engine::Sqlite, &payments).await;
    hub.expects_error("the database cannot prove that it has all that it answered");
    hub.expects_error("the hub's data is not what was answered last");
    hub.expects_error("money was taken of which this side knows nothing");
    // The broker says so of a box that begins its line anew.
    hub.expects_error("Duplicate client_id");
    hub.expects_error("router-drop");
    hub.expects_error("the box has heard event");
    hub.expects_error("nothing of this cinema is sold here until the right data is put back");
    let mut world = World::open_on(Clock::system()).await;
    world.expects_error("the link is refused");
    world.leaves(Left::Events);
    world.enrol(&hub).await;
    let home = hub.guest("metropol").await;
    until("the hub knows the showtime", || async {
        let map = home.get("/api/v1/showtimes/tomorrow/seats").await;
        (map.status == 200).then_some(())
    })
    .await;
    let held = async || {
        until("a seat is held", || async {
            let answer = home.ask_for("tomorrow", &["D4"]).await;
            (answer.status == 201).then_some(answer)
        })
        .await
    };
    hub.kill();
    let older = hub.copied();
    hub.start_again().await;
    held().await;
    hub.kill();
    world.stop().await;
    let stopped = (503, "selling_stopped");
    for _ in 0..2 {
        let newest = hub.copied();
        hub.put_back_folder(&older);
        // It is no other with the next start.
        for _ in 0..2 {
            hub.start_again().await;
            assert_eq!(home.ask_for("tomorrow", &["D5"]).await.problem(), stopped);
            let cases = hub.order(&["cases"]);
            for said in [
                "cinema metropol",
                "cannot prove that it has all",
                "accept-loss",
            ] {
                assert!(cases.contains(said), "{said} in {cases}");
            }
            hub.kill();
        }
        // What is newer is whole.
        hub.put_back_folder(&newest);
        hub.start_again().await;
        let cases = hub.order(&["cases"]);
        assert!(!cases.contains("cinema metropol"), "{cases}");
        assert_ne!(home.ask_for("tomorrow", &["D5"]).await.problem(), stopped);
        hub.kill();
    }
    // A person takes the older one, and may do so again when another is put back.
    for _ in 0..2 {
        hub.put_back_folder(&older);
        hub.start_again().await;
        assert_eq!(home.ask_for("tomorrow", &["D5"]).await.problem(), stopped);
        let reason = ["--reason", "nothing else is left"];
        hub.order(&[&["accept-loss", "metropol"], reason.as_slice()].concat());
        for _ in 0..2 {
            assert_ne!(home.ask_for("tomorrow", &["D5"]).await.problem(), stopped);
            let cases = hub.order(&["cases"]);
            assert!(!cases.contains("cinema metropol"), "{cases}");
            hub.kill();
            hub.start_again().await;
        }
        hub.kill();
    }
    hub.start_again().await;
    world.restart().await;
}

/// Buys a seat at home, once the cinema can be asked for it, and until the cinema has heard of it.
pub(crate) async fn buy(home: &Seller, lobby: &Seller, seat: &str) -> Sale {
    until("both are linked", || async {
        let status: Status = lobby.get("/api/v1/status").await.expect(200).body();
        let is_asked = home.sees("tomorrow", seat).await == SeatState::Free;
        (status.link == LinkState::Up && is_asked).then_some(())
    })
    .await;
    let held = home.hold("tomorrow", &[seat]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let sale = held.sale().await;
    until("the box hears of it", || async {
        (lobby.sees("tomorrow", seat).await == SeatState::Sold).then_some(())
    })
    .await;
    sale
}

pub(crate) async fn until_it_has_recovered(hub: &Hub) {
    until("it has recovered", || async {
        let cases = hub.order(&["cases"]);
        (!cases.contains("cinema metropol")).then_some(())
    })
    .await;
}

async fn until_it_learns_that_it_has_forgotten(hub: &Hub) {
    until("it learns that it has forgotten", || async {
        let cases = hub.order(&["cases"]);
        (cases.contains("cinema metropol") && cases.contains("has forgotten")).then_some(())
    })
    .await;
}

/// A hub whose data was put back does not know what it has sold to guests at home since.
#[tokio::test]
async fn a_hub_that_is_a_copy_sells_nothing_of_a_cinema_that_knows_more() {
    let (mut hub, _provider) = Hub::start_with_payments(Engine::Sqlite).await;
    hub.expects_error("the box has heard event");
    hub.expects_error("nothing of this cinema is sold here until the right data is put back");
    let mut world = World::open_on(Clock::system()).await;
    world.expects_error("the link is refused");
    hub.expects_error("the database cannot prove that it has all that it answered");
    hub.expects_error("the hub's data is not what was answered last");
    hub.expects_error("money was taken of which this side knows nothing");
    // The broker says so of a box that begins its line anew.
    hub.expects_error("Duplicate client_id");
    hub.expects_error("router-drop");
    world.enrol(&hub).await;
    until("the hub knows the cinema", || hub.sees("metropol")).await;
    let home = hub.guest("metropol").await;
    let lobby = world.guest().await;
    until("the hub knows the showtime", || async {
        let map = home.get("/api/v1/showtimes/tomorrow/seats").await;
        (map.status == 200).then_some(())
    })
    .await;
    buy(&home, &lobby, "D4").await;
    hub.kill();
    let older = hub.copied();
    hub.start_again().await;
    buy(&home, &lobby, "D5").await;
    // And this one it gave back.
    let held = home.hold("tomorrow", &["C4"]).await;
    home.delete(&held.path("")).await.expect(204);
    let held = lobby.hold("tomorrow", &["C4"]).await;
    lobby.delete(&held.path("")).await.expect(204);
    hub.kill();
    hub.put_back(&older);
    let stopped = (503, "selling_stopped");
    hub.start_again().await;
    until_it_learns_that_it_has_forgotten(&hub).await;
    assert_eq!(home.ask_for("tomorrow", &["D5"]).await.problem(), stopped);
    let none = hub.try_order(&["accept-loss", "odeon", "--reason", "nothing else is left"]);
    assert!(none.unwrap_err().contains("Nothing is missing"));
    // Nobody would ever hear what it told in a life whose numbers the box has heard otherwise.
    let early = hub.try_order(&[
        "accept-loss",
        "metropol",
        "--reason",
        "nothing else is left",
    ]);
    assert!(early.unwrap_err().contains("Start the hub again first"));

    // With its next start it begins another life, in which the box tells it what it has forgotten.
    hub.kill();
    hub.start_again().await;
    until_it_has_recovered(&hub).await;
    assert_ne!(home.ask_for("tomorrow", &["D5"]).await.status, 201);
    buy(&home, &lobby, "D6").await;

    // What was told again, and what is forgotten for good, is no fault in what is stored.
    hub.kill();
    world.stop().await;
    let evidence = tests::proving::evidence(&[&hub.data(), world.folder()]);
    assert_eq!(tests::proving::found(&evidence), [""; 0]);

    // The folder alone, while the box is not there: a person takes it as it is.
    hub.put_back_folder(&older);
    hub.start_again().await;
    assert_eq!(home.ask_for("tomorrow", &["D6"]).await.problem(), stopped);
    let reason = ["--reason", "nothing else is left"];
    let said = hub.order(&[&["accept-loss", "metropol"], reason.as_slice()].concat());
    assert!(said.contains("cloud-hub release metropol"), "{said}");
    let cases = hub.order(&["cases"]);
    assert!(!cases.contains("cinema metropol"), "{cases}");

    // The box tells this one what it knows as well, and the two agree: what is shown to be missing after that is another loss.
    world.restart().await;
    let lobby = world.again(&lobby);
    buy(&home, &lobby, "D7").await;
    let again = home.ask_for("tomorrow", &["D6"]).await;
    assert_ne!(
        again.status, 201,
        "it was given and sold in what is forgotten"
    );
    hub.kill();
    let later = hub.copied();
    hub.start_again().await;
    buy(&home, &lobby, "D8").await;
    hub.kill();
    hub.put_back(&later);
    hub.start_again().await;
    until_it_learns_that_it_has_forgotten(&hub).await;
    assert_eq!(home.ask_for("tomorrow", &["D8"]).await.problem(), stopped);
}
