//! A hub is put back from an older backup: whatever became of a seat, a ticket or a box in what it has forgotten, nothing is sold twice, and
//! there is a way on.

use appliance::control::{Consent, Order};
use appliance_api::{Admission, LinkState, Status};
use counter_api::{HoldState, RefundState, Refunds, SeatState, TenderState, Ticket};
use serde_json::json;
use service::Clock;
use tests::engine::Engine;
use tests::world::{
    Answer, House, Hub, Left, PROGRAMME, Seller, Sides, World, new_key, released, until,
};

use crate::forgotten::{buy, until_it_has_recovered};

const STOPPED: (u16, &str) = (503, "selling_stopped");

/// What is said aloud where a hub is put back.
pub(crate) fn expects(hub: &Hub, world: &World) {
    hub.expects_error("the database cannot prove that it has all that it answered");
    hub.expects_error("the hub's data is not what was answered last");
    hub.expects_error("money was taken of which this side knows nothing");
    hub.expects_error("Duplicate client_id");
    hub.expects_error("router-drop");
    world.expects_error("the link is refused");
    world.leaves(Left::Events);
}

/// A backup of the hub on a Friday.
pub(crate) struct Backup(tempfile::TempDir);

impl Backup {
    pub(crate) fn of(hub: &Hub) -> Self {
        let backup = Self(tempfile::tempdir().unwrap());
        hub.order(&["backup", &backup.file()]);
        backup
    }

    fn file(&self) -> String {
        self.0
            .path()
            .join("friday.backup")
            .to_str()
            .unwrap()
            .to_owned()
    }

    /// Something breaks, and it is put back.
    pub(crate) async fn put_back(&self, hub: &mut Hub) {
        hub.kill();
        hub.order(&["restore", &self.file(), "--over-newer"]);
        hub.start_again().await;
    }
}

/// Nobody is sold any of these seats of tomorrow.
pub(crate) async fn nobody_is_sold(seats: &[&str], sellers: &[&Seller]) {
    for seller in sellers {
        for seat in seats {
            let asked = seller.ask_for("tomorrow", &[seat]).await;
            assert_ne!(asked.status, 201, "{seat} is sold once more");
        }
    }
}

pub(crate) async fn scan(usher: &Seller, ticket: &Ticket) -> Answer {
    let body = json!({ "code": ticket.code, "showtime": "tomorrow" });
    usher
        .post("/api/v1/door/admissions", &new_key(), &body)
        .await
}

/// Some seat of tomorrow that the seller can have is bought at home, once there is one.
pub(crate) async fn until_home_buys_again(home: &Seller, lobby: &Seller) {
    let free = until("a seat can be bought at home", || async {
        let map = home.get("/api/v1/showtimes/tomorrow/seats").await;
        let map: counter_api::SeatMap = (map.status == 200).then(|| map.body())?;
        let free = map
            .seats
            .into_iter()
            .find(|now| now.state == SeatState::Free && *now.seat.as_str() < *"E");
        free.map(|now| now.seat.to_string())
    })
    .await;
    buy(home, lobby, &free).await;
}

pub(crate) fn found(hub: &Hub, boxes: &[&World]) -> Vec<String> {
    let mut folders = vec![hub.data()];
    folders.extend(boxes.iter().map(|world| world.folder().to_owned()));
    let folders: Vec<_> = folders.iter().map(std::path::PathBuf::as_path).collect();
    tests::proving::found(&tests::proving::evidence(&folders))
}

/// Money was taken for so many sales that the hub has forgotten: a person says of each that its guest has the tickets.
pub(crate) async fn a_person_looks_at_what_was_taken(house: &House, sales: usize) {
    let forgotten = || {
        let cases = house.hub.order(&["cases"]);
        let lines = cases.lines().filter(|line| line.contains("forgotten here"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    until("what was taken is found", || async {
        (forgotten().len() == sales).then_some(())
    })
    .await;
    let charges = house.provider.as_ref().unwrap().sums().charges;
    for case in forgotten() {
        let payment = case.split_whitespace().next().unwrap();
        assert!(
            charges.iter().any(|it| it.reference.as_str() == payment),
            "{case}"
        );
        let decide = |word| {
            house
                .hub
                .try_order(&["decide", payment, word, "--reason", "she showed them"])
        };
        assert!(case.contains("taken for metropol"), "{case}");
        assert!(decide("not-taken").is_err(), "{case}");
        assert!(
            decide("taken")
                .unwrap()
                .contains("has what it was paid for")
        );
        assert!(decide("taken").is_err(), "once");
    }
    assert_eq!(forgotten(), [""; 0]);
}

#[tokio::test]
async fn what_was_closed_when_a_hub_recovered_is_sold_once() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ours,
    } = house.until_both_sell().await;
    // Whoever has not decided is not waited for.
    let undecided = house.hub.guest("metropol").await;
    let held = undecided.hold("tomorrow", &[theirs[1].as_str()]).await;
    let backup = Backup::of(&house.hub);
    // One of the hub's own, and one that it asked for.
    let forgotten = [theirs[0].as_str(), ours[0].as_str()];
    for seat in forgotten {
        buy(&home, &lobby, seat).await;
    }
    let id = "id = \"tomorrow\"\n";
    let closed = PROGRAMME.replace(id, &format!("{id}status = \"closed\"\n"));
    house
        .world
        .import_with(&closed, Consent::Given)
        .await
        .unwrap();
    backup.put_back(&mut house.hub).await;
    until_it_has_recovered(&house.hub).await;
    assert_eq!(held.begin_with("card_approve").await.status, 409);
    a_person_looks_at_what_was_taken(&house, 2).await;
    let opened = closed.replace("status = \"closed\"\n", "");
    house
        .world
        .import_with(&opened, Consent::Given)
        .await
        .unwrap();
    until("the hub has heard that it is on sale again", || async {
        let shown = home.get("/api/v1/showtimes/tomorrow").await.expect(200);
        let shown: counter_api::ShowtimeWithLayout = shown.body();
        (shown.showtime.state != counter_api::ShowtimeState::Closed).then_some(())
    })
    .await;
    until_home_buys_again(&home, &lobby).await;
    nobody_is_sold(&forgotten, &[&home, &lobby]).await;
    house.world.stop().await;
    house.hub.kill();
    assert_eq!(found(&house.hub, &[&house.world]), [""; 0]);
}

/// It waits until nothing is held, and whoever holds something can do nothing there.
#[tokio::test]
async fn a_payment_that_fails_while_a_hub_recovers_keeps_nobody_waiting() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let held = home.hold("tomorrow", &[theirs[0].as_str()]).await;
    held.begin_with("card_never").await.expect(202);
    let provider = house.provider.as_ref().unwrap();
    provider.wait_until(|it| !it.charges.is_empty()).await;
    let backup = Backup::of(&house.hub);
    let payment = held.look().await.tenders[0].id.clone();
    provider.decide(&payment, false);
    backup.put_back(&mut house.hub).await;
    until_it_has_recovered(&house.hub).await;
    assert_eq!(held.look().await.state, HoldState::Ended);
    until_home_buys_again(&home, &lobby).await;
}

#[tokio::test]
async fn a_seat_that_came_back_and_was_sold_anew_is_sold_to_no_third_guest() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let next = house.hub.guest("metropol").await;
    let usher = house.world.usher().await;
    let seat = theirs[0].as_str();
    let first = buy(&home, &lobby, seat).await;
    let backup = Backup::of(&house.hub);
    let path = format!("/api/v1/sales/{}/refunds", first.id);
    let asks_back = async || home.post(&path, &new_key(), &json!({})).await;
    let until_returned = async || {
        until("the money is back", || async {
            let now: Refunds = home.get(&path).await.expect(200).body();
            let state = now.refunds.first()?.state;
            (state == RefundState::Returned).then_some(())
        })
        .await;
    };
    asks_back().await.expect(202);
    until_returned().await;
    let second = buy(&next, &lobby, seat).await;
    let money = house.provider.as_ref().unwrap().sums();

    backup.put_back(&mut house.hub).await;
    until_it_has_recovered(&house.hub).await;
    asks_back().await.expect(202);
    until_returned().await;
    nobody_is_sold(&[seat], &[&home, &next, &lobby]).await;
    let again = house.provider.as_ref().unwrap().sums();
    assert_eq!(
        again.refunded_minor, money.refunded_minor,
        "given back once"
    );
    let old = scan(&usher, &first.tickets[0]).await;
    assert_eq!(old.status, 409, "{:?}", old.problem());
    scan(&usher, &second.tickets[0]).await.expect(201);
    until_home_buys_again(&home, &lobby).await;
}

#[tokio::test]
async fn a_box_that_takes_a_place_at_a_hub_that_has_forgotten_sells() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ours,
    } = house.until_both_sell().await;
    let backup = Backup::of(&house.hub);
    let (of_hub, asked_for) = (theirs[0].as_str(), ours[0].as_str());
    let forgotten = buy(&home, &lobby, of_hub).await;
    buy(&home, &lobby, asked_for).await;
    house.world.stop().await;
    backup.put_back(&mut house.hub).await;
    assert_eq!(home.ask_for("tomorrow", &[of_hub]).await.problem(), STOPPED);
    let code = house.hub.order(&["replace", "metropol", "--yes"]);
    let next = World::without_programme_on(Clock::system()).await;
    next.leaves(Left::Events);
    next.import(PROGRAMME).await.unwrap();
    let enrol = Order::Enrol {
        code: code.trim().to_owned(),
        hub: house.hub.url(),
    };
    let said = next.order(enrol).await.unwrap();
    assert!(said.contains("is enrolled"), "{said}");
    let cases = house.hub.order(&["cases"]);
    assert!(!cases.contains("cinema metropol"), "{cases}");
    let clerk = next.clerk().await;
    nobody_is_sold(&[of_hub, asked_for], &[&home, &clerk]).await;
    let usher = next.usher().await;
    scan(&usher, &forgotten.tickets[0]).await.expect(201);
    // What a person answers for at the cinema is the cinema's: no seat of which the hub may have sold a ticket by itself.
    let release = released("tomorrow", "the hall was counted");
    next.order(release).await.unwrap();
    nobody_is_sold(&[of_hub], &[&home, &clerk]).await;
    until_home_buys_again(&home, &clerk).await;
}

#[tokio::test]
async fn a_hub_that_was_put_back_to_before_it_knew_a_cinema_is_told_all() {
    let (mut hub, _provider) = Hub::start_with_payments(Engine::Sqlite).await;
    let backup = Backup::of(&hub);
    let world = World::open_on(Clock::system()).await;
    expects(&hub, &world);
    world.enrol(&hub).await;
    let lobby = world.clerk().await;
    until("the hub knows the cinema", || hub.sees("metropol")).await;
    let home = hub.guest("metropol").await;
    buy(&home, &lobby, "D5").await;
    lobby.hold("tomorrow", &["A1"]).await.cash(5_000).await;

    backup.put_back(&mut hub).await;
    world.enrol(&hub).await;
    until_it_has_recovered(&hub).await;
    let home = hub.guest("metropol").await;
    until_home_buys_again(&home, &lobby).await;
    nobody_is_sold(&["D5", "A1"], &[&home, &lobby]).await;
}

#[tokio::test]
async fn a_whole_disk_from_before_a_cinema_was_known_is_seen_by_its_box() {
    let (mut hub, _provider) = Hub::start_with_payments(Engine::Sqlite).await;
    hub.kill();
    let disk = hub.copied();
    hub.start_again().await;
    let world = World::open_on(Clock::system()).await;
    expects(&hub, &world);
    hub.expects_error("nothing of this cinema is sold here until the right data is put back");
    world.enrol(&hub).await;
    let lobby = world.clerk().await;
    until("the hub knows the cinema", || hub.sees("metropol")).await;
    let home = hub.guest("metropol").await;
    buy(&home, &lobby, "D5").await;

    hub.kill();
    hub.put_back(&disk);
    hub.start_again().await;
    let (code, url) = (hub.code("metropol"), hub.url());
    let enrol = || Order::Enrol {
        code: code.clone(),
        hub: url.clone(),
    };
    let refused = world.order(enrol()).await.unwrap_err();
    assert!(refused.contains("start the hub once more"), "{refused}");
    hub.kill();
    hub.start_again().await;
    world.order(enrol()).await.unwrap();
    until_it_has_recovered(&hub).await;
    let home = hub.guest("metropol").await;
    until_home_buys_again(&home, &lobby).await;
    nobody_is_sold(&["D5"], &[&home, &lobby]).await;
}

#[tokio::test]
async fn a_hub_that_was_put_back_to_before_a_box_took_a_place_is_told_all_by_that_box() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    house.until_both_sell().await;
    let backup = Backup::of(&house.hub);
    house.world.stop().await;
    let code = house.hub.order(&["replace", "metropol", "--yes"]);
    let enrol = |code: &str| Order::Enrol {
        code: code.trim().to_owned(),
        hub: house.hub.url(),
    };
    let next = World::without_programme_on(Clock::system()).await;
    next.leaves(Left::Events);
    next.expects_error("the link is refused");
    next.import(PROGRAMME).await.unwrap();
    next.order(enrol(&code)).await.unwrap();
    let release = released("tomorrow", "the hall was counted");
    next.order(release).await.unwrap();
    let clerk = next.clerk().await;
    let home = house.hub.guest("metropol").await;
    until_home_buys_again(&home, &clerk).await;
    let sold_at_home = until("it is sold", || async {
        let map: counter_api::SeatMap = clerk.get("/api/v1/showtimes/tomorrow/seats").await.body();
        let sold = map
            .seats
            .into_iter()
            .find(|now| now.state == SeatState::Sold);
        sold.map(|now| now.seat.to_string())
    })
    .await;

    backup.put_back(&mut house.hub).await;
    until("the hub does not know the box", || async {
        let status: Status = clerk.get("/api/v1/status").await.expect(200).body();
        (status.link == LinkState::Refused).then_some(())
    })
    .await;
    let code = house.hub.order(&["replace", "metropol", "--yes"]);
    let enrol = Order::Enrol {
        code: code.trim().to_owned(),
        hub: house.hub.url(),
    };
    let said = next.order(enrol).await.unwrap();
    assert!(said.contains("is enrolled"), "{said}");
    until_it_has_recovered(&house.hub).await;
    let home = house.hub.guest("metropol").await;
    nobody_is_sold(&[&sold_at_home], &[&home, &clerk]).await;
    until_home_buys_again(&home, &clerk).await;
}

#[tokio::test]
async fn what_a_hub_keeps_back_is_sold_again_once_a_person_answers_for_it() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let backup = Backup::of(&house.hub);
    backup.put_back(&mut house.hub).await;
    until_it_has_recovered(&house.hub).await;
    let kept_back = |hub: &Hub| {
        let cases = hub.order(&["cases"]);
        let line = cases
            .lines()
            .find(|it| it.starts_with("kept back metropol/tomorrow"));
        line.map(str::to_owned)
    };
    let line = kept_back(&house.hub).expect("it says what is kept back");
    let seats = format!("{} seats", theirs.len());
    assert!(line.contains(&seats), "{line}");
    assert!(
        line.contains("cloud-hub release metropol tomorrow"),
        "{line}"
    );
    until("the box knows it", || async {
        (in_quarantine(&house.world) == theirs.len()).then_some(())
    })
    .await;
    nobody_is_sold(&[theirs[0].as_str()], &[&home, &lobby]).await;

    let release = |showtime, reason| {
        house
            .hub
            .try_order(&["release", "metropol", showtime, "--reason", reason])
    };
    let nobody = "nobody has bought since the backup";
    assert!(
        release("yesterday", nobody)
            .unwrap_err()
            .contains("no such showtime")
    );
    assert!(release("tomorrow", " ").is_err(), "without a reason");
    let said = release("tomorrow", nobody).unwrap();
    assert!(said.contains(&seats), "{said}");
    assert!(
        release("tomorrow", nobody)
            .unwrap_err()
            .contains("in doubt"),
        "once"
    );
    assert_eq!(kept_back(&house.hub), None);
    buy(&home, &lobby, theirs[0].as_str()).await;
    until("the box knows it", || async {
        (in_quarantine(&house.world) == 0).then_some(())
    })
    .await;
    house.world.stop().await;
    house.hub.kill();
    assert_eq!(found(&house.hub, &[&house.world]), [""; 0]);
}

/// A person answers for what a hub keeps back. What the cinema knows to be sold is not in question, and whoever bought what nobody remembers is let in.
#[tokio::test]
async fn what_the_cinema_remembers_is_sold_to_nobody_else_and_whoever_nobody_remembers_is_let_in() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let usher = house.world.usher().await;
    let backup = Backup::of(&house.hub);
    let (remembered, forgotten) = (theirs[0].as_str(), theirs[1].as_str());
    let known = buy(&home, &lobby, remembered).await;
    house.until_cut(&lobby).await;
    let held = home.hold("tomorrow", &[forgotten]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let unknown = held.sale().await.tickets;
    let early = theirs[2].as_str();
    let held = home.hold("tomorrow", &[early]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let shown = held.sale().await.tickets;
    backup.put_back(&mut house.hub).await;
    house.cable.put_in();
    until_it_has_recovered(&house.hub).await;
    let kept_back = format!("  {} seats, of which nobody", theirs.len() - 1);
    let cases = house.hub.order(&["cases"]);
    assert!(cases.contains(&kept_back), "{cases}");
    a_person_looks_at_what_was_taken(&house, 3).await;
    // Who comes before a person answers has shown that the seat is sold.
    let first: Admission = scan(&usher, &shown[0]).await.expect(201).body();
    assert!(first.found, "{first:?}");
    let kept_back = format!("  {} seats, of which nobody", theirs.len() - 2);
    until("the hub hears who was let in", || async {
        let cases = house.hub.order(&["cases"]);
        cases.contains(&kept_back).then_some(())
    })
    .await;

    let reason = ["--reason", "nobody has come"];
    let release = [&["release", "metropol", "tomorrow"], &reason[..]].concat();
    let said = house.hub.order(&release);
    let released = format!("{} seats on sale again", theirs.len() - 2);
    assert!(said.contains(&released), "{said}");
    nobody_is_sold(&[remembered, early], &[&home, &lobby]).await;
    until("the lobby can have the other", || async {
        (lobby.sees("tomorrow", forgotten).await == SeatState::Free).then_some(())
    })
    .await;
    let anew = lobby.hold("tomorrow", &[forgotten]).await;
    assert_eq!(anew.card().await, TenderState::Approved);
    let anew = anew.sale().await.tickets;
    for (ticket, is_found) in [
        (&known.tickets[0], false),
        (&unknown[0], true),
        (&anew[0], false),
    ] {
        let admitted: Admission = scan(&usher, ticket).await.expect(201).body();
        assert_eq!(admitted.found, is_found, "{}", ticket.seat);
        let again = scan(&usher, ticket).await;
        assert_eq!(again.problem(), (409, "already_admitted"));
    }
    let cases = house.world.order(Order::Cases).await.unwrap();
    let two = format!("seat metropol/tomorrow/{forgotten}  ");
    let case = cases.lines().find(|line| line.starts_with(&two));
    assert!(case.is_some_and(|it| it.contains("two tickets")), "{cases}");
    house.world.stop().await;
    house.hub.kill();
    assert_eq!(found(&house.hub, &[&house.world]), [""; 0]);
}

/// How many seats the box takes for such that the hub sells to nobody.
fn in_quarantine(world: &World) -> usize {
    let file = rusqlite::Connection::open(world.folder().join("appliance.db")).unwrap();
    let sql = "SELECT COUNT(*) FROM seat JOIN showtime ON showtime.key = seat.showtime \
        WHERE showtime.id = 'tomorrow' AND seat.state = 'quarantine'";
    let count: i64 = file.query_row(sql, [], |row| row.get(0)).unwrap();
    usize::try_from(count).unwrap()
}
