//! A person takes the hub's older data as it is, and no line is up: whatever became of a seat in what it has forgotten, nothing is sold twice.

use appliance_api::{Admission, HandedOver};
use counter_api::{HoldState, SeatState, TenderState, Ticket};
use serde_json::json;
use tests::engine::Engine;
use tests::payment_provider::{PaymentProvider, SECRET};
use tests::world::{Held, House, Hub, Left, PROGRAMME, Seller, Sides, new_key, until};

use crate::put_back::{
    Backup, a_person_looks_at_what_was_taken, expects, found, nobody_is_sold, scan,
    until_home_buys_again,
};

const REASON: [&str; 2] = ["--reason", "nothing else is left"];

/// What nobody sells for it may be sold.
const KEPT_BACK: (u16, &str) = (409, "seats_blocked");

pub(crate) fn accept(hub: &Hub) -> String {
    hub.order(&[["accept-loss", "metropol"], REASON].concat())
}

fn release(hub: &Hub, showtime: &str) -> String {
    hub.order(&[&["release", "metropol", showtime], REASON.as_slice()].concat())
}

/// What is bought at home, whatever the cinema hears of it.
async fn bought(home: &Seller, seat: &str) -> Ticket {
    let held = home.hold("tomorrow", &[seat]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    held.sale().await.tickets.remove(0)
}

/// What waits at head office, with what it names.
async fn waits(hub: &Hub) -> Vec<String> {
    let shown = hub.cases().await.into_iter().map(|case| {
        let named = case.facts.into_iter().map(|fact| format!(" {}", fact.name));
        case.code + &named.collect::<String>()
    });
    shown.collect()
}

/// What the hub says that it keeps back of a showtime.
fn kept_back(hub: &Hub, showtime: &str) -> Option<String> {
    let cases = hub.order(&["cases"]);
    let of = format!("kept back metropol/{showtime}  ");
    let line = cases.lines().find_map(|line| line.strip_prefix(&of));
    line.map(|line| line.split(',').next().unwrap_or_default().to_owned())
}

/// The hub keeps back so many seats of tomorrow, once it has heard what there is to hear.
async fn until_kept_back(hub: &Hub, seats: usize) {
    until("the hub has heard whose the seats are", || async {
        let line = kept_back(hub, "tomorrow");
        (line == Some(format!("{seats} seats"))).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_a_hub_has_free_that_was_taken_as_it_is_is_kept_back() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let (clerk, usher) = (house.world.clerk().await, house.world.usher().await);
    let [sold, handed_over] = [0, 1].map(|nth| theirs[nth].as_str());
    let backup = Backup::of(&house.hub);
    house.until_cut(&lobby).await;
    let forgotten = bought(&home, sold).await;
    let order = ["hand-over", "metropol", "tomorrow", "--seats", handed_over];
    let said = house.hub.order(&order);
    let code = said.lines().find(|line| line.starts_with("FOYERH1:"));
    let body = json!({ "code": code.expect("a code") });
    let taken = clerk.post("/api/v1/hand-over", "", &body).await.expect(200);
    assert_eq!(taken.body::<HandedOver>().taken, 1);
    let in_the_lobby = lobby.hold("tomorrow", &[handed_over]).await;
    assert_eq!(in_the_lobby.card().await, TenderState::Approved);

    backup.put_back(&mut house.hub).await;
    let shown = || async {
        let waits = waits(&house.hub).await;
        let is_found = |case: &String| case.starts_with("online_payment_forgotten ");
        (waits.len() == 2 && waits[0] == "hub_has_forgotten" && is_found(&waits[1])).then_some(())
    };
    until(
        "head office sees that it has forgotten, and what was paid",
        shown,
    )
    .await;
    let said = accept(&house.hub);
    let kept_back = format!("seats_kept_back tomorrow {}", theirs.len());
    assert!(waits(&house.hub).await.contains(&kept_back));
    assert!(said.contains("cloud-hub release metropol"), "{said}");
    let all = format!("{} seats", theirs.len());
    assert!(said.contains(&all), "{said}");
    for seat in &theirs[..4] {
        let asked = home.ask_for("tomorrow", &[seat]).await;
        assert_eq!(asked.problem(), KEPT_BACK, "{seat}");
    }
    house.cable.put_in();
    // The one that went home is the cinema's, and the other stays kept back.
    until_kept_back(&house.hub, theirs.len() - 1).await;
    a_person_looks_at_what_was_taken(&house, 1).await;
    until_home_buys_again(&home, &lobby).await;
    nobody_is_sold(&[sold, handed_over], &[&home, &lobby]).await;
    let admitted: Admission = scan(&usher, &forgotten).await.expect(201).body();
    assert!(admitted.found);
    until_kept_back(&house.hub, theirs.len() - 2).await;
    // A person may answer for the rest, and for nothing that is known to be sold.
    let said = release(&house.hub, "tomorrow");
    let released = format!("{} seats on sale again", theirs.len() - 2);
    assert!(said.contains(&released), "{said}");
    nobody_is_sold(&[sold, handed_over], &[&home, &lobby]).await;
    house = house.comes_to_rest().await;
    house.world.stop().await;
    house.hub.kill();
    assert_eq!(found(&house.hub, &[&house.world]), [""; 0]);
}

/// What somebody was paying for then, who has given it up since: another has it.
#[tokio::test]
async fn what_was_being_paid_for_is_sold_to_nobody_else_once_the_payment_has_failed() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let usher = house.world.usher().await;
    let [paying, chosen] = [0, 1].map(|nth| theirs[nth].as_str());
    let undecided = house.hub.guest("metropol").await;
    let paid = undecided.hold("tomorrow", &[paying]).await;
    paid.begin_with("card_never").await.expect(202);
    let provider = house.provider.as_ref().unwrap();
    provider.wait_until(|it| !it.charges.is_empty()).await;
    let only_chosen = undecided.hold("tomorrow", &[chosen]).await;
    let backup = Backup::of(&house.hub);
    house.until_cut(&lobby).await;
    gives_up(&undecided, &paid).await;
    undecided.delete(&only_chosen.path("")).await.expect(204);
    let mut forgotten = Vec::new();
    for seat in [paying, chosen] {
        forgotten.push(bought(&home, seat).await);
    }

    // Nobody says what became of the payment until the hub goes on.
    let provider = house.provider.take().unwrap();
    let address = provider.url();
    provider.stop().await;
    house.hub.expects_error("the list of charges");
    backup.put_back(&mut house.hub).await;
    accept(&house.hub);
    assert_eq!(paid.look().await.state, HoldState::Paying);
    assert_eq!(only_chosen.look().await.state, HoldState::Ended);
    let address = address.strip_prefix("http://").unwrap().parse().unwrap();
    let book = house.book.path().join("book");
    let provider = PaymentProvider::start_at(address, Some(book), SECRET).await;
    house.provider = Some(provider.unwrap());
    assert_eq!(paid.outcome().await, TenderState::Cancelled);
    assert_eq!(paid.look().await.state, HoldState::Ended);
    assert_eq!(paid.begin_with("card_approve").await.status, 409);
    for seat in [paying, chosen] {
        let asked = home.ask_for("tomorrow", &[seat]).await;
        assert_eq!(asked.problem(), KEPT_BACK, "{seat}");
    }
    house.cable.put_in();
    until_home_buys_again(&home, &lobby).await;
    nobody_is_sold(&[paying, chosen], &[&home, &lobby]).await;
    for ticket in &forgotten {
        let admitted: Admission = scan(&usher, ticket).await.expect(201).body();
        assert!(admitted.found);
    }
    a_person_looks_at_what_was_taken(&house, 2).await;
    house = house.comes_to_rest().await;
    house.world.stop().await;
    house.hub.kill();
    assert_eq!(found(&house.hub, &[&house.world]), [""; 0]);
}

/// The line is up: the box would tell what became of their seat before anybody says what became of their payment.
#[tokio::test]
async fn what_the_cinema_tells_waits_for_a_payment_of_before() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let clerk = house.world.clerk().await;
    let seat = theirs[0].as_str();
    let paid = home.hold("tomorrow", &[seat]).await;
    paid.begin_with("card_never").await.expect(202);
    let provider = house.provider.as_ref().unwrap();
    provider.wait_until(|it| !it.charges.is_empty()).await;
    let backup = Backup::of(&house.hub);
    house.until_cut(&lobby).await;
    gives_up(&home, &paid).await;
    let order = ["hand-over", "metropol", "tomorrow", "--seats", seat];
    let said = house.hub.order(&order);
    let code = said.lines().find(|line| line.starts_with("FOYERH1:"));
    let body = json!({ "code": code.expect("a code") });
    let taken = clerk.post("/api/v1/hand-over", "", &body).await.expect(200);
    assert_eq!(taken.body::<HandedOver>().taken, 1);
    let in_the_lobby = lobby.hold("tomorrow", &[seat]).await;
    assert_eq!(in_the_lobby.card().await, TenderState::Approved);

    let provider = house.provider.take().unwrap();
    let address = provider.url();
    provider.stop().await;
    house.hub.expects_error("the list of charges");
    backup.put_back(&mut house.hub).await;
    accept(&house.hub);
    house.cable.put_in();
    until("the line is up", || async {
        let status = lobby.get("/api/v1/status").await.expect(200).json;
        (status["link"] == "up").then_some(())
    })
    .await;
    assert_eq!(paid.look().await.state, HoldState::Paying);
    let waits = "nothing is heard of it until it is known what became of";
    let cases = house.hub.order(&["cases"]);
    assert!(cases.contains(waits), "{cases}");
    let address = address.strip_prefix("http://").unwrap().parse().unwrap();
    let book = house.book.path().join("book");
    let provider = PaymentProvider::start_at(address, Some(book), SECRET).await;
    house.provider = Some(provider.unwrap());
    assert_eq!(paid.outcome().await, TenderState::Cancelled);
    until_home_buys_again(&home, &lobby).await;
    let cases = house.hub.order(&["cases"]);
    assert!(!cases.contains(waits), "{cases}");
    // It is the cinema's, which has sold it, and nobody claims anything else.
    until_kept_back(&house.hub, theirs.len() - 1).await;
    nobody_is_sold(&[seat], &[&home, &lobby]).await;
    let cases = house.hub.order(&["cases"]);
    assert!(!cases.contains("claimed by both"), "{cases}");
    house = house.comes_to_rest().await;
    house.world.stop().await;
    house.hub.kill();
    assert_eq!(found(&house.hub, &[&house.world]), [""; 0]);
}

/// It went home in what is forgotten, a person has answered for it since, and somebody is paying for it: it is the cinema's all the same.
#[tokio::test]
async fn a_seat_that_went_home_is_the_cinemas_whoever_is_paying_for_it() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let clerk = house.world.clerk().await;
    let seat = theirs[0].as_str();
    let backup = Backup::of(&house.hub);
    house.until_cut(&lobby).await;
    let order = ["hand-over", "metropol", "tomorrow", "--seats", seat];
    let said = house.hub.order(&order);
    let code = said.lines().find(|line| line.starts_with("FOYERH1:"));
    let body = json!({ "code": code.expect("a code") });
    clerk.post("/api/v1/hand-over", "", &body).await.expect(200);

    backup.put_back(&mut house.hub).await;
    accept(&house.hub);
    release(&house.hub, "tomorrow");
    let paid = home.hold("tomorrow", &[seat]).await;
    paid.begin_with("card_never").await.expect(202);
    let provider = house.provider.as_ref().unwrap();
    provider.wait_until(|it| !it.charges.is_empty()).await;
    house.cable.put_in();
    assert_eq!(paid.outcome().await, TenderState::Cancelled);
    assert_eq!(paid.look().await.state, HoldState::Ended);
    let in_the_lobby = lobby.hold("tomorrow", &[seat]).await;
    assert_eq!(in_the_lobby.card().await, TenderState::Approved);
    until_home_buys_again(&home, &lobby).await;
    let cases = house.hub.order(&["cases"]);
    assert!(!cases.contains("claimed by both"), "{cases}");
    nobody_is_sold(&[seat], &[&home, &lobby]).await;
    house = house.comes_to_rest().await;
    house.world.stop().await;
    house.hub.kill();
    assert_eq!(found(&house.hub, &[&house.world]), [""; 0]);
}

async fn gives_up(guest: &Seller, paid: &Held) {
    let tender = paid.look().await.tenders[0].id.clone();
    let path = format!("/api/v1/tenders/{tender}");
    guest.delete(&path).await.expect(202);
    assert_eq!(paid.outcome().await, TenderState::Cancelled);
    guest.delete(&paid.path("")).await.expect(204);
}

/// A payment that was under way and has brought money since: its guest has the same tickets again, and nobody else has the seat.
#[tokio::test]
async fn what_was_paid_for_meanwhile_is_its_guests() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let usher = house.world.usher().await;
    let seat = theirs[0].as_str();
    let paid = home.hold("tomorrow", &[seat]).await;
    paid.begin_with("card_never").await.expect(202);
    let provider = house.provider.as_ref().unwrap();
    provider.wait_until(|it| !it.charges.is_empty()).await;
    let backup = Backup::of(&house.hub);
    house.until_cut(&lobby).await;
    let payment = paid.look().await.tenders[0].id.clone();
    provider.decide(&payment, true);
    assert_eq!(paid.outcome().await, TenderState::Approved);
    let sold = paid.sale().await;
    let ticket = &sold.tickets[0];
    let _in: Admission = scan(&usher, ticket).await.expect(201).body();
    backup.put_back(&mut house.hub).await;
    accept(&house.hub);
    assert_eq!(paid.outcome().await, TenderState::Approved);
    let again = paid.sale().await;
    assert_eq!(again.tickets[0].id, ticket.id);
    assert_eq!(again.receipt_number, sold.receipt_number, "it was mailed");
    house.cable.put_in();
    until_home_buys_again(&home, &lobby).await;
    nobody_is_sold(&[seat], &[&home, &lobby]).await;
    house = house.comes_to_rest().await;
    house.world.stop().await;
    house.hub.kill();
    assert_eq!(found(&house.hub, &[&house.world]), [""; 0]);
}

/// The cinema had told of it only since: what the hub was given of it, it may have sold.
#[tokio::test]
async fn what_was_given_of_a_showtime_that_is_forgotten_is_kept_back() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides { home, lobby, .. } = house.until_both_sell().await;
    let usher = house.world.usher().await;
    let backup = Backup::of(&house.hub);
    let id = "id = \"tomorrow\"\n";
    let start = PROGRAMME.find(id).unwrap();
    let end = PROGRAMME[start..].find("[[");
    let end = end.map_or(PROGRAMME.len(), |end| start + end);
    let later = PROGRAMME[start..end].replace(id, "id = \"later\"\n");
    let later = later.replace("today+1", "today+2");
    let programme = format!("{PROGRAMME}\n[[showtime]]\n{later}");
    house.world.import(&programme).await.unwrap();
    let file = house.world.folder().join("appliance.db");
    let theirs = until("the hub is given some of it", || async {
        let known = tests::chaos::stored::allotted(&file, "later").unwrap();
        known.map(|(_, theirs)| theirs).filter(|it| !it.is_empty())
    })
    .await;
    let seat = theirs[0].as_str();
    let is_free = async || {
        let map = home.get("/api/v1/showtimes/later/seats").await;
        let map: counter_api::SeatMap = (map.status == 200).then(|| map.body())?;
        let now = map
            .seats
            .into_iter()
            .find(|now| now.seat.as_str() == seat)?;
        (now.state == SeatState::Free).then_some(())
    };
    until("it can be bought at home", is_free).await;
    house.until_cut(&lobby).await;
    let held = home.hold("later", &[seat]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let ticket = held.sale().await.tickets.remove(0);

    backup.put_back(&mut house.hub).await;
    accept(&house.hub);
    house.cable.put_in();
    until("the hub knows it again", || async {
        kept_back(&house.hub, "later").filter(|it| *it == format!("{} seats", theirs.len()))
    })
    .await;
    house = house.comes_to_rest().await;
    for seller in [&home, &lobby] {
        assert_eq!(seller.ask_for("later", &[seat]).await.status, 409);
    }
    let body = json!({ "code": ticket.code, "showtime": "later" });
    let path = "/api/v1/door/admissions";
    let admitted = usher.post(path, &new_key(), &body).await.expect(201);
    assert!(admitted.body::<Admission>().found);
    a_person_looks_at_what_was_taken(&house, 1).await;
    house = house.comes_to_rest().await;
    house.world.leaves(Left::Events);
    house.world.stop().await;
    house.hub.kill();
    assert_eq!(found(&house.hub, &[&house.world]), [""; 0]);
}
