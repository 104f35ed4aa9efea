//! One side tells what the other cannot apply, by a fault of a program: it is passed over and a person looks, and all that comes after it goes on. What
//! would sell a seat twice, or keep a guest's money, is not passed over.

use appliance::control::{Consent, Order};
use appliance_api::{Admission, PrinterState, Status};
use counter_api::{RefundState, Refunds, SeatState, TenderState, Ticket};
use hub_api::LinkState;
use tests::chaos::stored;
use tests::engine::Engine;
use tests::virtual_printer::State;
use tests::world::{House, Left, PROGRAMME, Seller, Sides, until};

use crate::put_back::{Backup, expects, scan};

const BREAKS: &str = "what the other side told could not be applied";

/// What is logged of it before.
const BEFORE: [&str; 2] = ["a statement failed", "the link's database failed"];

/// Whatever writes such a row breaks, as it would by a fault of a program.
fn breaks(table: &str, when: &str) -> String {
    format!(
        "CREATE TRIGGER breaks BEFORE INSERT ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, 'it breaks'); END"
    )
}

async fn buys(home: &Seller, seat: &str) -> Ticket {
    let held = home.hold("tomorrow", &[seat]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    held.sale().await.tickets.remove(0)
}

fn spoil_hub(house: &mut House, sql: &str) {
    house.hub.kill();
    let file = house.hub.data().join("hub.db");
    stored::spoil(&file, sql).unwrap();
}

#[tokio::test]
async fn what_the_hub_tells_and_a_box_cannot_apply_is_a_case_and_stops_nothing() {
    let mut house = House::open(Engine::Sqlite).await;
    for words in [&[BREAKS][..], &BEFORE].concat() {
        house.world.expects_error(words);
    }
    house.world.leaves(Left::Faults);
    for words in ["Duplicate client_id", "router-drop"] {
        house.hub.expects_error(words);
    }
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let usher = house.world.usher().await;
    house.world.stop().await;
    let file = house.world.folder().join("appliance.db");
    let of = format!("NEW.seat IN ('{}', '{}')", theirs[0], theirs[2]);
    stored::spoil(&file, &breaks("seat_heard", &of)).unwrap();
    house.cable.pull();
    house.world.restart().await;
    let [usher, lobby] = [&usher, &lobby].map(|person| house.world.again(person));
    // They come together.
    let mut tickets = Vec::new();
    for seat in &theirs[..4] {
        tickets.push(buys(&home, seat).await);
    }
    house.cable.put_in();
    let told = async || -> Vec<String> {
        let cases = house.world.order(Order::Cases).await.unwrap();
        let told = cases.lines().filter_map(|line| line.strip_prefix("told "));
        told.map(str::to_owned).collect()
    };
    let told_twice = || async { Some(told().await).filter(|told| told.len() == 2) };
    let lines = until("both are cases", told_twice).await;
    for line in &lines {
        assert!(line.contains("tickets sold"), "{line}");
    }
    let status = house.world.order(Order::Status).await.unwrap();
    assert!(status.contains("not applied: 2"), "{status}");
    // What came between and after is known, and whoever bought what was passed over is let in by their ticket.
    for (seat, ticket) in theirs.iter().zip(&tickets) {
        let is_passed_over = of.contains(&format!("'{seat}'"));
        if !is_passed_over {
            let known =
                || async { (lobby.sees("tomorrow", seat).await == SeatState::Sold).then_some(()) };
            until("it is known", known).await;
        }
        let admitted: Admission = scan(&usher, ticket).await.expect(201).body();
        assert_eq!(admitted.found, is_passed_over, "{seat}");
    }
    assert_eq!(house.world.errors_with(BREAKS), 2, "each once");
    for line in lines {
        let (about, _) = line.split_once(' ').unwrap();
        let close = Order::CloseCase {
            about: about.to_owned(),
            reason: "its guest was called".to_owned(),
        };
        house.world.order(close).await.unwrap();
    }
    assert_eq!(told().await, [""; 0]);
    house.comes_to_rest().await;
}

#[tokio::test]
async fn what_a_box_tells_and_the_hub_cannot_apply_is_a_case_and_stops_nothing() {
    let mut house = House::open(Engine::Sqlite).await;
    for words in [&[BREAKS][..], &BEFORE].concat() {
        house.hub.expects_error(words);
    }
    let Sides { ours, .. } = house.until_both_sell().await;
    let clerk = house.world.clerk().await;
    spoil_hub(&mut house, &breaks("told_printer", "TRUE"));
    house.world.printer.set(State::PaperOut);
    until("it prints nothing", || async {
        let status: Status = clerk.get("/api/v1/status").await.expect(200).body();
        (status.printer == PrinterState::PaperOut).then_some(())
    })
    .await;
    clerk.hold("tomorrow", &[&ours[0]]).await.cash(5_000).await;
    house.world.printer.set(State::Ready);
    house.hub.start_again().await;
    let told = || async {
        let metropol = house.hub.sees("metropol").await?;
        (metropol.today.sold.tickets == 1).then_some(())
    };
    until("what came after it is known", told).await;
    let [case] = &house.hub.cases().await[..] else {
        panic!("one case")
    };
    assert_eq!(case.code, "could_not_be_applied");
    house.comes_to_rest().await;
}

/// A hub that has forgotten is made whole by all that it is told, or not at all.
#[tokio::test]
async fn a_hub_that_has_forgotten_stays_stopped_while_it_cannot_apply_what_it_is_told() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    for words in [&[BREAKS][..], &BEFORE].concat() {
        house.hub.expects_error(words);
    }
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let backup = Backup::of(&house.hub);
    house.until_cut(&lobby).await;
    backup.put_back(&mut house.hub).await;
    let spoiled = "CREATE TRIGGER breaks BEFORE UPDATE ON seat WHEN NEW.state = 'quarantine' BEGIN SELECT RAISE(ABORT, 'it breaks'); END";
    spoil_hub(&mut house, spoiled);
    house.hub.start_again().await;
    house.cable.put_in();
    let stands = || async {
        let link = house.hub.sees("metropol").await?.link;
        (link.state == LinkState::UpdateNeeded).then_some(())
    };
    until("the stream stands", stands).await;
    for seat in &theirs[..3] {
        let asked = home.ask_for("tomorrow", &[seat]).await;
        assert_eq!(asked.problem(), (503, "selling_stopped"), "{seat}");
    }
    spoil_hub(&mut house, "DROP TRIGGER breaks");
    house.hub.start_again().await;
    let recovered = || async {
        let asked = home.ask_for("tomorrow", &[&theirs[0]]).await;
        (asked.problem() == (409, "seats_blocked")).then_some(())
    };
    until("it has recovered, and keeps back what it had", recovered).await;
}

/// Guests at home have their money back by it.
#[tokio::test]
async fn a_cancellation_that_the_hub_cannot_apply_is_not_passed_over() {
    let mut house = House::open(Engine::Sqlite).await;
    for words in [&[BREAKS][..], &BEFORE].concat() {
        house.hub.expects_error(words);
    }
    let Sides { home, theirs, .. } = house.until_both_sell().await;
    let held = home.hold("tomorrow", &[&theirs[0]]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let path = format!("/api/v1/sales/{}/refunds", held.sale().await.id);
    let spoiled = "CREATE TRIGGER breaks BEFORE UPDATE ON told_showtime WHEN NEW.cancelled IS NOT NULL BEGIN SELECT RAISE(ABORT, 'it breaks'); END";
    spoil_hub(&mut house, spoiled);
    let id = "id = \"tomorrow\"\n";
    let cancelled = PROGRAMME.replace(id, &format!("{id}status = \"cancelled\"\n"));
    let import = house.world.import_with(&cancelled, Consent::Given);
    import.await.expect("it is meant so");
    house.hub.start_again().await;
    let stands = || async {
        let link = house.hub.sees("metropol").await?.link;
        (link.state == LinkState::UpdateNeeded).then_some(link.attention)
    };
    let words = until("the stream stands", stands).await.unwrap();
    assert!(words.contains("showtime_cancelled"), "{words}");
    spoil_hub(&mut house, "DROP TRIGGER breaks");
    house.hub.start_again().await;
    until("the money is back", || async {
        let now: Refunds = home.get(&path).await.expect(200).body();
        (now.refunds.first()?.state == RefundState::Returned).then_some(())
    })
    .await;
}
