//! A box is lost, and another takes its place: it knows what the hub knows, sells nothing twice that the lost one may have sold, and lets in
//! whoever has a ticket of it.

use std::path::PathBuf;

use appliance::control::{Consent, Order};
use appliance_api::{Admission, LinkState, Status};
use audit::books::AdmissionRow;
use audit::{Evidence, Name};
use counter_api::{RefundState, Refunds, Sale, SeatMap, SeatState, TenderState, Ticket};
use serde_json::json;
use service::Clock;
use tests::chaos::stored;
use tests::engine::Engine;
use tests::payment_provider::{PaymentProvider, SECRET};
use tests::world::{Answer, Hub, Left, PROGRAMME, Seller, World, new_key, released, until};

/// A showtime of tomorrow's afternoon.
pub(crate) const AFTERNOON: &str = "\n[[showtime]]\nid = \"afternoon\"\nfilm = \"fight-club\"\nauditorium = \"screen-2\"\nprice_book = \"standard\"\n\
    days = \"today+1\"\ntime = \"15:15\"\nlanguage = \"en\"\nsubtitles = \"de\"\n";

/// Another, of which the hub has never heard.
const UNHEARD: &str = "\n[[showtime]]\nid = \"unheard\"\nfilm = \"fight-club\"\nauditorium = \"screen-1\"\nprice_book = \"standard\"\n\
    days = \"today+1\"\ntime = \"11:15\"\nlanguage = \"en\"\nsubtitles = \"de\"\n";

fn enrol(hub: &Hub, code: &str) -> Order {
    Order::Enrol {
        code: code.trim().to_owned(),
        hub: hub.url(),
    }
}

async fn scan(usher: &Seller, ticket: &Ticket) -> Answer {
    scan_for("tomorrow", usher, ticket).await
}

async fn scan_for(showtime: &str, usher: &Seller, ticket: &Ticket) -> Answer {
    let body = json!({ "code": ticket.code, "showtime": showtime });
    let path = "/api/v1/door/admissions";
    usher.post(path, &new_key(), &body).await
}

/// The seats of a showtime that are in this state.
async fn seats_that_are(state: SeatState, seller: &Seller, showtime: &str) -> Vec<String> {
    let path = format!("/api/v1/showtimes/{showtime}/seats");
    let answer = seller.get(&path).await;
    if answer.status == 404 {
        return Vec::new();
    }
    let map: SeatMap = answer.expect(200).body();
    let found = map.seats.into_iter().filter(|now| now.state == state);
    found.map(|now| now.seat.to_string()).collect()
}

/// The seats that somebody can have by themselves: behind row D stand those that are sold with another.
async fn free(seller: &Seller, showtime: &str) -> Vec<String> {
    let free = seats_that_are(SeatState::Free, seller, showtime).await;
    let alone = free.into_iter().filter(|seat| *seat.as_str() < *"E");
    alone.collect()
}

async fn until_it_is(link: LinkState, seller: &Seller) {
    until(&format!("the link is {link:?}"), || async {
        let status: Status = seller.get("/api/v1/status").await.expect(200).body();
        (status.link == link).then_some(())
    })
    .await;
}

/// How many sales of a cinema's own the hub has heard of.
async fn heard_of(hub: &Hub) -> Option<u64> {
    let today = hub.sees("metropol").await?.today;
    Some(today.sold.sales - today.online.sales)
}

async fn until_sold(hub: &Hub, sales: u64) {
    until("the hub hears of the sales", || async {
        (heard_of(hub).await? == sales).then_some(())
    })
    .await;
}

tests::on_both_engines!(another_takes_the_place_of_a_lost_box);

async fn another_takes_the_place_of_a_lost_box(engine: Engine) {
    let provider = PaymentProvider::start().await;
    let sections = format!(
        "[payments]\nsandbox = \"{}\"\nwebhook_secret = \"{SECRET}\"\n",
        provider.url()
    );
    let mut hub = Hub::start_and(engine, &sections).await;
    provider.tells(&format!("{}/api/v1/payment-events", hub.url()));
    let mut lost = World::open_on(Clock::system()).await;
    let of_both = format!("{PROGRAMME}{AFTERNOON}");
    lost.import(&of_both).await.unwrap();
    lost.enrol(&hub).await;
    let clerk = lost.clerk().await;
    until("the hub knows the cinema", || hub.sees("metropol")).await;
    let home = hub.guest("metropol").await;
    let (theirs, ours) = until("both sell", || async {
        let (theirs, ours) = (
            free(&home, "tomorrow").await,
            free(&clerk, "tomorrow").await,
        );
        (theirs.len() >= 10 && ours.len() >= 10).then_some((theirs, ours))
    })
    .await;
    let theirs: Vec<_> = theirs.into_iter().rev().collect();
    // What the hub hears of, what it sells itself, and what it never hears of.
    let sell = async |seller: &Seller, seats: &[&str]| {
        let held = seller.hold("tomorrow", seats).await;
        held.cash(10_000).await
    };
    let known = sell(&clerk, &[&ours[0], &ours[1]]).await.tickets;
    until_sold(&hub, 1).await;
    let usher = lost.usher().await;
    scan(&usher, &known[1]).await.expect(201);
    let at_home = home.hold("tomorrow", &[&theirs[0]]).await;
    assert_eq!(
        at_home.pay_with("card_approve").await,
        TenderState::Approved
    );
    let from_home = at_home.sale().await.tickets;
    let kiosk = lost.guest().await;
    let calls = kiosk.post("/api/v1/staff-call", "", &json!({})).await;
    calls.expect(200);
    // One whose money is back, and one that is asked back when nobody is there to answer.
    let buy = async |seat: &str| {
        let held = home.hold("tomorrow", &[seat]).await;
        assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
        held.sale().await
    };
    let (back, asked) = (buy(&theirs[2]).await, buy(&theirs[3]).await);
    let asks_back = async |sale: &Sale| {
        let path = format!("/api/v1/sales/{}/refunds", sale.id);
        home.post(&path, &new_key(), &json!({})).await.expect(202);
    };
    let until_returned = async |sale: &Sale| {
        let path = format!("/api/v1/sales/{}/refunds", sale.id);
        until("the money is back", || async {
            let now: Refunds = home.get(&path).await.expect(200).body();
            (now.refunds[0].state == RefundState::Returned).then_some(())
        })
        .await;
    };
    asks_back(&back).await;
    until_returned(&back).await;
    // What is told after it is heard after it.
    sell(&clerk, &[&ours[2]]).await;
    until_sold(&hub, 2).await;
    let calls = hub.sees("metropol").await.unwrap().staff_calls;
    assert_eq!(calls.len(), 1, "somebody calls the staff");
    // Its last sales reach nobody: the line is cut.
    hub.kill();
    // While it takes the line to be up, the hub's are free here too.
    until("the lobby sees what is out of its reach", || async {
        // Which they are the allotment decides, that goes on meanwhile.
        let out = seats_that_are(SeatState::OutOfReach, &clerk, "tomorrow").await;
        (!out.is_empty()).then_some(())
    })
    .await;
    let alone = free(&clerk, "tomorrow").await[0].clone();
    let unheard = sell(&clerk, &[&alone]).await.tickets;
    lost.leaves(Left::Events);
    lost.stop().await;
    hub.start_again().await;
    let words = hub.try_order(&["replace", "metropol"]).unwrap_err();
    let told = words.contains("3 tickets") && words.contains("--yes");
    assert!(told, "{words}");
    let words = hub.try_order(&["replace", "odeon", "--yes"]).unwrap_err();
    assert!(words.contains("has no box"), "{words}");
    let code = hub.order(&["replace", "metropol", "--yes"]);
    asks_back(&asked).await;

    let has_sold = World::open_on(Clock::system()).await;
    sell(&has_sold.clerk().await, &["A1"]).await;
    let words = has_sold.order(enrol(&hub, &code)).await.unwrap_err();
    assert!(words.contains("empty data folder"), "{words}");

    let mut next = World::without_programme_on(Clock::system()).await;
    let with_one_more = format!("{PROGRAMME}{UNHEARD}");
    next.import(&with_one_more).await.unwrap();
    let said = next.order(enrol(&hub, &code)).await.unwrap();
    assert!(
        said.contains("tomorrow: ") && said.contains("unheard: "),
        "{said}"
    );
    let calls = hub.sees("metropol").await.unwrap().staff_calls;
    assert_eq!(calls, [], "the lost box's kiosks are none of its own");
    let of_lost = clerk;
    let clerk = next.clerk().await;
    let sees = async |seat: &str| clerk.sees("tomorrow", seat).await;
    assert_eq!(sees(&ours[0]).await, SeatState::Sold);
    assert_eq!(sees(&alone).await, SeatState::Blocked, "nobody knows");
    let (taken, blocked) = ((409, "seats_taken"), (409, "seats_blocked"));
    let refused = clerk.ask_for("tomorrow", &[&ours[0]]).await;
    assert_eq!(refused.problem(), taken);
    for (showtime, seat) in [("tomorrow", alone.as_str()), ("unheard", "A1")] {
        let refused = clerk.ask_for(showtime, &[seat]).await;
        assert_eq!(refused.problem(), blocked, "{showtime} {seat}");
    }
    let again = next.order(enrol(&hub, &code)).await.unwrap();
    assert!(
        again.contains("is enrolled"),
        "the same code and box: {again}"
    );
    let words = has_sold.order(enrol(&hub, &code)).await.unwrap_err();
    assert!(words.contains("another box"), "{words}");
    until_it_is(LinkState::Up, &clerk).await;

    // Whoever has a ticket is let in once, of whichever counter and whether or not anybody told of it.
    let usher = next.usher().await;
    let answer = scan(&usher, &known[1]).await;
    assert_eq!(answer.problem(), (409, "already_admitted"));
    let revoked = (409, "ticket_revoked");
    assert_eq!(scan(&usher, &back.tickets[0]).await.problem(), revoked);
    until_returned(&asked).await;
    assert_eq!(scan(&usher, &asked.tickets[0]).await.problem(), revoked);
    for (ticket, is_found) in [
        (&known[0], false),
        (&from_home[0], false),
        (&unheard[0], true),
    ] {
        let admitted: Admission = scan(&usher, ticket).await.expect(201).body();
        // Nobody can have been let in by the lost box a day before.
        assert_eq!((admitted.proven, admitted.found), (!is_found, is_found));
        let answer = scan(&usher, ticket).await;
        assert_eq!(answer.problem(), (409, "already_admitted"));
    }
    assert_eq!(sees(&alone).await, SeatState::Sold, "its guest has come");

    // A person answers for the rest.
    let release = released;
    let words = next.order(Order::Status).await.unwrap();
    assert!(
        words.contains("`appliance release tomorrow --reason"),
        "{words}"
    );
    let cases = next.order(Order::Cases).await.unwrap();
    let (of_money, of_seats) = (
        "payments that wait for a person: 0\n",
        cases.matches("\nseat ").count(),
    );
    let counted = words.contains(of_money)
        && words.contains(&format!("seats that wait for a person: {of_seats} "));
    assert!(of_seats > 0 && counted, "{words}\n{cases}");
    let words = next.order(release("tomorrow", " ")).await.unwrap_err();
    assert!(words.contains("reason"), "{words}");
    let said = next
        .order(release("tomorrow", "its paper roll was read"))
        .await;
    assert!(said.unwrap().contains("on sale again"));
    let words = next
        .order(release("tomorrow", "once more"))
        .await
        .unwrap_err();
    assert!(words.contains("in doubt"), "{words}");
    let refused = clerk.ask_for("tomorrow", &[&alone]).await;
    assert_eq!(refused.problem(), taken);
    let left = free(&clerk, "tomorrow").await;
    let sale = sell(&clerk, &[&left[0], &left[1]]).await;
    assert_eq!(sale.receipt_number, "2-000001");
    until_sold(&hub, 3).await;

    // It stays so. What the hub knew is as it was whenever it is imported, and a showtime that is new is nobody's but its own.
    next.restart().await;
    let clerk = next.again(&clerk);
    assert_eq!(clerk.sees("tomorrow", &ours[0]).await, SeatState::Sold);
    let newer = UNHEARD.replace("unheard", "newer");
    let newer = newer.replace("11:15", "23:45");
    let all = format!("{with_one_more}{AFTERNOON}{newer}");
    next.import(&all).await.unwrap();
    assert_ne!(clerk.sees("newer", "A1").await, SeatState::Blocked);
    for showtime in ["unheard", "afternoon"] {
        let blocked = seats_that_are(SeatState::Blocked, &clerk, showtime).await;
        assert!(!blocked.is_empty(), "{showtime}");
    }
    let left = free(&clerk, "tomorrow").await;
    let sale = sell(&clerk, &[&left[0]]).await;
    assert_eq!(sale.receipt_number, "2-000002");
    until_sold(&hub, 4).await;
    // It knows that guests at home may buy, and gives them seats.
    let said = next.order(release("unheard", "nobody was there")).await;
    assert!(said.unwrap().contains("on sale again"));
    until("guests at home are given seats", || async {
        (!free(&home, "unheard").await.is_empty()).then_some(())
    })
    .await;
    // The lost box counts for nothing, should it be found, and sells nothing that the other may have sold.
    lost.expects_error("the link is refused");
    lost.expects_error("head office has revoked this box");
    lost.restart().await;
    let found = lost.again(&of_lost);
    until_it_is(LinkState::Refused, &found).await;
    let refused = found.ask_for("tomorrow", &["A1"]).await;
    assert_eq!(refused.problem(), (503, "box_revoked"));
    assert_eq!(heard_of(&hub).await, Some(4));

    // What is stored fits together, at the box and with the hub.
    until("the hub knows all", || async {
        let status: Status = next.stranger().get("/api/v1/status").await.body();
        (status.unsent_sales == 0).then_some(())
    })
    .await;
    next.stop().await;
    let mut folders = vec![next.folder().to_owned()];
    if engine == Engine::Sqlite {
        hub.kill();
        folders.push(hub.data());
    }
    let folders: Vec<_> = folders.iter().map(PathBuf::as_path).collect();
    let sound = tests::proving::evidence(&folders);
    assert_eq!(tests::proving::found(&sound), [""; 0]);

    // What was before it is believed; what has come since is proved as of any box.
    let mut moved = sound.clone();
    let seats = moved[0]
        .cinemas
        .values_mut()
        .next()
        .unwrap()
        .seats
        .iter_mut();
    for (_, seat) in seats {
        seat.epoch += 2;
    }
    let is_named = |evidence: &[Evidence], name| audit::prove(evidence).names().contains(&name);
    assert!(is_named(&moved, Name::EpochNotAsTold));
    let mut let_in = sound.clone();
    for one in &mut let_in {
        let admissions = &mut one.cinemas.values_mut().next().unwrap().admissions;
        let of_hub = admissions.iter_mut().find(|(_, it)| !it.is_of_cinema);
        let (found, admitted) = of_hub.map(|(id, it)| (id.clone(), it.clone())).unwrap();
        admissions.remove(&found);
        admissions.insert(
            "planted".to_owned(),
            AdmissionRow {
                found: true,
                ..admitted
            },
        );
    }
    let is_seen = is_named(&let_in, Name::AdmissionOfUnknownTicket);
    assert_eq!(is_seen, engine == Engine::Sqlite, "it takes both databases");
}

/// A person has answered for the seats of a lost box, and was wrong about one: whoever bought it there is let in, wherever the seat has gone since.
#[tokio::test]
async fn whoever_bought_of_the_lost_box_is_let_in_after_its_seats_are_released() {
    let (mut hub, _provider) = Hub::start_with_payments(Engine::Sqlite).await;
    let mut lost = World::open_on(Clock::system()).await;
    lost.enrol(&hub).await;
    let clerk = lost.clerk().await;
    until("the hub knows the cinema", || hub.sees("metropol")).await;
    let home = hub.guest("metropol").await;
    until("both sell", || async {
        let (theirs, ours) = (
            free(&home, "tomorrow").await,
            free(&clerk, "tomorrow").await,
        );
        (theirs.len() >= 10 && ours.len() >= 10).then_some(())
    })
    .await;
    hub.kill();
    until("the lobby sees what is out of its reach", || async {
        let out = seats_that_are(SeatState::OutOfReach, &clerk, "tomorrow").await;
        (!out.is_empty()).then_some(())
    })
    .await;
    let ours = free(&clerk, "tomorrow").await;
    let (alone, next_to_it) = (ours[0].clone(), ours[1].clone());
    let held = clerk.hold("tomorrow", &[&alone, &next_to_it]).await;
    let unheard = held.cash(10_000).await.tickets;
    for left in [Left::Events, Left::Papers] {
        lost.leaves(left);
    }
    lost.stop().await;
    hub.start_again().await;
    let code = hub.order(&["replace", "metropol", "--yes"]);

    let mut next = World::without_programme_on(Clock::system()).await;
    next.import(PROGRAMME).await.unwrap();
    next.order(enrol(&hub, &code)).await.unwrap();
    let (clerk, usher) = (next.clerk().await, next.usher().await);
    until_it_is(LinkState::Up, &clerk).await;
    let release = released("tomorrow", "its paper roll was read");
    next.order(release).await.unwrap();
    until("guests at home can have it", || async {
        let free = free(&home, "tomorrow").await;
        (free.contains(&alone) && free.contains(&next_to_it)).then_some(())
    })
    .await;
    // Whoever comes first has shown that it is sold, whoever has the seat by now.
    let of_two = |seat: &str| {
        let mut tickets = unheard.iter();
        tickets.find(|it| it.seat.as_str() == seat).unwrap()
    };
    let first: Admission = scan(&usher, of_two(&next_to_it)).await.expect(201).body();
    assert!(first.found, "{first:?}");
    until("nobody is sold it at home", || async {
        (!free(&home, "tomorrow").await.contains(&next_to_it)).then_some(())
    })
    .await;
    for seller in [&home, &clerk] {
        let refused = seller.ask_for("tomorrow", &[&next_to_it]).await;
        assert_ne!(refused.status, 201, "{}", refused.text);
    }
    let at_home = home.hold("tomorrow", &[&alone]).await;
    assert_eq!(
        at_home.pay_with("card_approve").await,
        TenderState::Approved
    );
    let from_home = at_home.sale().await.tickets;
    until("the box hears of it", || async {
        (clerk.sees("tomorrow", &alone).await == SeatState::Sold).then_some(())
    })
    .await;
    for (ticket, is_found) in [(of_two(&alone), true), (&from_home[0], false)] {
        let admitted: Admission = scan(&usher, ticket).await.expect(201).body();
        assert_eq!(admitted.found, is_found);
        let again = scan(&usher, ticket).await;
        assert_eq!(again.problem(), (409, "already_admitted"));
    }
    let cases = next.order(Order::Cases).await.unwrap();
    let of_seat = format!("seat metropol/tomorrow/{alone}  ");
    let case = cases.lines().find(|line| line.starts_with(&of_seat));
    assert!(case.is_some_and(|it| it.contains("two tickets")), "{cases}");
    until("the hub knows all", || async {
        let status: Status = next.stranger().get("/api/v1/status").await.body();
        (status.unsent_sales == 0).then_some(())
    })
    .await;
    next.stop().await;
    hub.kill();
    let (of_box, of_hub) = (next.folder().to_owned(), hub.data());
    let sound = tests::proving::evidence(&[&of_box, &of_hub]);
    assert_eq!(tests::proving::found(&sound), [""; 0]);
}

/// The file of the day on which a box is replaced is not the one by which its tickets were sold: it names a showtime no more, and has another
/// layout of a room.
#[tokio::test]
async fn what_was_sold_by_an_older_file_lets_its_guests_in_at_the_next_box() {
    let provider = PaymentProvider::start().await;
    let sections = format!(
        "[payments]\nsandbox = \"{}\"\nwebhook_secret = \"{SECRET}\"\n",
        provider.url()
    );
    let hub = Hub::start_and(Engine::Sqlite, &sections).await;
    provider.tells(&format!("{}/api/v1/payment-events", hub.url()));
    let lost = World::open_on(Clock::system()).await;
    lost.import(&format!("{PROGRAMME}{AFTERNOON}"))
        .await
        .unwrap();
    lost.enrol(&hub).await;
    let clerk = lost.clerk().await;
    until("the hub knows the cinema", || hub.sees("metropol")).await;
    let home = hub.guest("metropol").await;
    let mut sold = Vec::new();
    let is_cut_off = |seat: &String| seat[1..].parse::<u32>().unwrap() > 2 && *seat.as_str() < *"D";
    for showtime in ["tomorrow", "afternoon"] {
        let (theirs, ours) = until("both sell", || async {
            let (theirs, ours) = (free(&home, showtime).await, free(&clerk, showtime).await);
            // As one pool on both: each takes from its end.
            let theirs = theirs.into_iter().rfind(is_cut_off);
            theirs.zip(ours.into_iter().find(is_cut_off))
        })
        .await;
        let held = home.hold(showtime, &[&theirs]).await;
        assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
        sold.push((showtime, held.sale().await.tickets));
        let here = clerk.hold(showtime, &[&ours]).await.cash(10_000).await;
        sold.push((showtime, here.tickets));
    }
    until_sold(&hub, 2).await;
    let rows = "A | ssssssss\nB | ssssssss\nC | ssssssss";
    let rebuilt = PROGRAMME.replacen("layout_version = 1", "layout_version = 2", 1);
    let of_today = rebuilt.replacen(rows, "A | ss\nB | ss\nC | ss", 1);
    assert_ne!(of_today, rebuilt);
    let words = lost.import(&of_today).await.unwrap();
    assert!(words.contains("keeps version 1"), "{words}");
    until("the hub knows the programme", || async {
        let status: Status = lost.stranger().get("/api/v1/status").await.body();
        (status.unsent_sales == 0).then_some(())
    })
    .await;
    lost.expects_error("the link is refused");
    lost.expects_error("head office has revoked this box");
    let code = hub.order(&["replace", "metropol", "--yes"]);
    until_it_is(LinkState::Refused, &clerk).await;
    lost.leaves(Left::Events);

    let next = World::without_programme_on(Clock::system()).await;
    next.import(&of_today).await.unwrap();
    let said = next.order(enrol(&hub, &code)).await.unwrap();
    let unnamed = said.contains("afternoon: the file does not name it");
    assert!(unnamed, "{said}");
    assert!(said.contains("tomorrow: it keeps layout 1"), "{said}");
    let clerk = next.clerk().await;
    until_it_is(LinkState::Up, &clerk).await;
    let usher = next.usher().await;
    for (showtime, tickets) in &sold {
        let seen = clerk.sees(showtime, tickets[0].seat.as_str()).await;
        assert_ne!(seen, SeatState::Free, "{showtime}");
        let admitted: Admission = scan_for(showtime, &usher, &tickets[0])
            .await
            .expect(201)
            .body();
        assert!(!admitted.found, "{showtime}");
    }
    // Both sides sell all of it once a person has answered for the rest, and the next import changes nothing of that.
    for showtime in ["tomorrow", "afternoon"] {
        let release = released(showtime, "its paper roll was read");
        next.order(release).await.unwrap();
    }
    let words = next.import(&of_today).await.unwrap();
    assert!(words.contains("keeps version 1"), "{words}");
    for showtime in ["tomorrow", "afternoon"] {
        let theirs = until("guests at home are given seats", || async {
            free(&home, showtime).await.into_iter().next()
        })
        .await;
        let held = home.hold(showtime, &[&theirs]).await;
        assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
        held.sale().await;
    }
    let status = next.order(Order::Status).await.unwrap();
    assert!(!status.contains("does not know it"), "{status}");
}

/// A file that is older than what was done has a showtime take place that was cancelled.
#[tokio::test]
async fn what_the_box_before_cancelled_is_not_sold_by_the_one_that_takes_its_place() {
    let (hub, _provider) = Hub::start_with_payments(Engine::Sqlite).await;
    let mut lost = World::open_on(Clock::system()).await;
    let file = format!("{PROGRAMME}{AFTERNOON}");
    lost.import(&file).await.unwrap();
    lost.enrol(&hub).await;
    let id = "id = \"afternoon\"\n";
    let cancelled = file.replace(id, &format!("{id}status = \"cancelled\"\n"));
    lost.import_with(&cancelled, Consent::Given).await.unwrap();
    until("the hub has heard of it", || async {
        let left = stored::unacknowledged(&lost.folder().join("appliance.db")).unwrap();
        (left == 0).then_some(())
    })
    .await;
    lost.stop().await;

    let code = hub.order(&["replace", "metropol", "--yes"]);
    let next = World::without_programme_on(Clock::system()).await;
    next.import(&file).await.unwrap();
    let said = next.order(enrol(&hub, &code)).await.unwrap();
    assert!(
        said.contains("afternoon: it was cancelled, which is final"),
        "{said}"
    );
    let clerk = next.clerk().await;
    for _ in 0..2 {
        let refused = clerk.ask_for("afternoon", &["A1"]).await;
        assert_eq!(refused.problem(), (409, "showtime_cancelled"));
        let again = next.import_with(&file, Consent::Given).await;
        assert!(again.unwrap().contains("stays cancelled"));
    }
    let home = hub.guest("metropol").await;
    until("the hub has heard of the other box", || async {
        let left = stored::unacknowledged(&next.folder().join("appliance.db")).unwrap();
        (left == 0).then_some(())
    })
    .await;
    let refused = home.ask_for("afternoon", &["A1"]).await;
    assert_eq!(refused.problem(), (409, "showtime_cancelled"));
}
