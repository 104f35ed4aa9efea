//! A showtime goes to another room while seats of it are sold, held, with the hub or on their way: whoever has a seat has the one of its name
//! there, and the ticket in their hand opens the door.

use appliance::control::{Consent, Order};
use appliance_api::{Admission, DoorShowtime, HandedOver};
use counter_api::{
    Hold, SeatDeed, SeatHistory, SeatMap, SeatState, ShowtimeWithLayout, TenderState, Ticket,
};
use database::WhileItRuns;
use serde_json::json;
use service::Clock;
use tests::chaos::stored;
use tests::engine::Engine;
use tests::world::{Answer, House, Hub, Left, PROGRAMME, Seller, Sides, World, new_key, until};

use crate::forgotten::until_it_has_recovered;
use crate::hand_over::is_proved;
use crate::put_back::{self, Backup, until_home_buys_again};

/// A room that has every seat of the first and more, none at the place that it has there.
const LARGE: &str = "[[auditorium]]
id = \"large\"
name = \"Large Screen\"
layout_version = 1
focus_row = \"D\"
seats = '''
Z | ssssssssssss
F | wc    ssssss
E | <><><><><><>
D | pppppppppppp
C | ssssssssssss
B | ssssssssssss
A | ssssssssssss
'''

";

/// The programme of the stories with the large room and a showtime in this one.
pub(crate) fn in_room(showtime: &str, room: &str) -> String {
    let with_room = PROGRAMME.replacen("[[film]]", &format!("{LARGE}[[film]]"), 1);
    let (before, after) = with_room
        .split_once(&format!("id = \"{showtime}\""))
        .unwrap();
    let after = after.replacen("\"screen-1\"", &format!("\"{room}\""), 1);
    format!("{before}id = \"{showtime}\"{after}")
}

/// The manager puts a showtime into a room.
async fn put(world: &World, showtime: &str, room: &str) -> Result<String, String> {
    world
        .import_with(&in_room(showtime, room), Consent::Given)
        .await
}

async fn scan(usher: &Seller, ticket: &Ticket) -> Answer {
    let body = json!({ "code": ticket.code, "showtime": ticket.showtime });
    let path = "/api/v1/door/admissions";
    usher.post(path, &new_key(), &body).await
}

/// The room and how many seats it has, as a seller is shown it.
async fn room(seller: &Seller, showtime: &str) -> (String, usize) {
    let path = format!("/api/v1/showtimes/{showtime}");
    let shown: ShowtimeWithLayout = seller.get(&path).await.expect(200).body();
    let map: SeatMap = seller
        .get(&format!("{path}/seats"))
        .await
        .expect(200)
        .body();
    let name = shown.showtime.auditorium.to_string();
    (name, map.seats.len())
}

#[tokio::test]
async fn guests_of_the_lobby_go_along_to_the_large_room_and_back() {
    let mut world = World::open().await;
    let (clerk, usher) = (world.clerk().await, world.usher().await);
    let sold = clerk.hold("tonight", &["A1", "F1", "F2"]).await;
    let tickets = sold.cash(10_000).await.tickets;
    let held = clerk.hold("tonight", &["B7", "B8"]).await;
    let refused = world
        .import(&in_room("tonight", "large"))
        .await
        .unwrap_err();
    assert!(
        refused.contains(
            "is in large instead of screen-1; 3 tickets are sold for it, 2 seats are held"
        ) && refused.contains("--yes"),
        "{refused}"
    );
    assert_eq!(room(&clerk, "tonight").await, ("screen-1".into(), 46));

    put(&world, "tonight", "large").await.unwrap();
    assert_eq!(room(&clerk, "tonight").await, ("large".into(), 80));
    for (seat, state) in [
        ("A1", SeatState::Sold),
        ("F2", SeatState::Sold),
        ("B7", SeatState::Held),
        ("Z1", SeatState::Free),
        ("A2", SeatState::Free),
    ] {
        assert_eq!(clerk.sees("tonight", seat).await, state, "{seat}");
    }
    let taken = clerk.ask_for("tonight", &["A1"]).await;
    assert_eq!(taken.problem(), (409, "seats_taken"));
    let bought = held.cash(10_000).await.tickets;
    let seats: Vec<_> = bought.iter().map(|it| it.seat.as_str()).collect();
    assert_eq!(seats, ["B7", "B8"]);
    assert_eq!(bought[0].auditorium_name, "Large Screen");
    assert_eq!(clerk.sees("tonight", "B8").await, SeatState::Sold);

    let first: Admission = scan(&usher, &tickets[0]).await.expect(201).body();
    assert!(first.proven && !first.found, "{first:?}");
    let again = scan(&usher, &tickets[0]).await;
    assert_eq!(again.problem(), (409, "already_admitted"));
    let page = clerk.get(&format!("/tickets/{}", tickets[1].id)).await;
    let page = page.expect(200).text;
    assert!(page.contains("Large Screen"), "{page}");

    // What only the large room has keeps it there, and is named.
    let extra = clerk.hold("tonight", &["Z1", "Z2"]).await;
    let refused = put(&world, "tonight", "screen-1").await.unwrap_err();
    assert!(
        refused.contains("showtimes.tonight: seats Z1, Z2 of it are held or sold")
            && refused.contains("screen-1, layout 1 has no seats of these names"),
        "{refused}"
    );
    assert_eq!(room(&clerk, "tonight").await, ("large".into(), 80));
    clerk.delete(&extra.path("")).await.expect(204);
    put(&world, "tonight", "screen-1").await.unwrap();
    world.restart().await;
    let (clerk, usher) = (world.again(&clerk), world.again(&usher));
    assert_eq!(room(&clerk, "tonight").await, ("screen-1".into(), 46));
    scan(&usher, &bought[1]).await.expect(201);
    let stands = "/api/v1/door/showtimes/tonight";
    let stands: DoorShowtime = usher.get(stands).await.expect(200).body();
    assert_eq!((stands.admitted, stands.to_come), (2, 3));
    assert_eq!(stands.auditorium_name, "Screen 1");
}

#[tokio::test]
async fn a_seat_that_becomes_another_kind_is_told() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    clerk.hold("tonight", &["C1", "C2"]).await.cash(5_000).await;
    let plain = in_room("tonight", "large").replace("C | ssssssssssss", "C | <>ssssssssss");
    let told = world.import_with(&plain, Consent::OnlyTell).await.unwrap();
    assert!(
        told.contains("tonight: seats C1, C2 of it are sold or held, and of another kind in large"),
        "{told}"
    );
}

tests::on_both_engines!(guests_at_home_go_along_though_the_line_is_cut_meanwhile);

async fn guests_at_home_go_along_though_the_line_is_cut_meanwhile(engine: Engine) {
    let mut house = House::open(engine).await;
    let Sides {
        home,
        lobby,
        ours,
        theirs,
    } = house.until_both_sell().await;
    let usher = house.world.usher().await;
    let early = home.hold("tomorrow", &[&theirs[0]]).await;
    assert_eq!(early.pay_with("card_approve").await, TenderState::Approved);
    let early = early.sale().await.tickets;
    let held = home.hold("tomorrow", &[&theirs[1]]).await;

    house.until_cut(&lobby).await;
    let in_the_cut = home.hold("tomorrow", &[&theirs[2]]).await;
    assert_eq!(
        in_the_cut.pay_with("card_approve").await,
        TenderState::Approved
    );
    let in_the_cut = in_the_cut.sale().await.tickets;
    // On their way when the room changes: one by the stream alone, the others by a code as well.
    let last = theirs.last().unwrap();
    let order = ["hand-over", "metropol", "tomorrow"];
    let said = house.hub.order(&order);
    let code = said.lines().find(|it| it.starts_with("FOYERH1:")).unwrap();
    let code = code.to_owned();

    put(&house.world, "tomorrow", "large").await.unwrap();
    assert_eq!(room(&lobby, "tomorrow").await, ("large".into(), 80));
    assert_eq!(room(&home, "tomorrow").await, ("screen-1".into(), 46));
    let first: Admission = scan(&usher, &in_the_cut[0]).await.expect(201).body();
    assert!(first.proven && first.found, "{first:?}");
    let clerk = house.world.clerk().await;
    let body = json!({ "code": code });
    let taken = clerk.post("/api/v1/hand-over", "", &body).await;
    let taken: HandedOver = taken.expect(200).body();
    assert_eq!(taken.waiting, 0, "{taken:?}");
    assert_eq!(lobby.sees("tomorrow", last).await, SeatState::Free);
    let sold = lobby.hold("tomorrow", &[last, &ours[0]]).await;
    assert_eq!(sold.card().await, TenderState::Approved);
    is_proved(&house, WhileItRuns::Snapshot);

    house.cable.put_in();
    until("the hub has gone along", || async {
        (room(&home, "tomorrow").await == ("large".into(), 80)).then_some(())
    })
    .await;
    let shown: Hold = held.look().await;
    let seats: Vec<_> = shown
        .basket
        .lines
        .iter()
        .map(|line| line.seat.as_str())
        .collect();
    assert_eq!(seats, [theirs[1].as_str()], "a hold survives");
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let paid = held.sale().await.tickets;
    assert_eq!(paid[0].auditorium_name, "Large Screen");
    until("each hears what the other has sold", || async {
        let mut seen = Vec::new();
        for seat in &theirs[..3] {
            seen.push(lobby.sees("tomorrow", seat).await);
        }
        seen.push(home.sees("tomorrow", last).await);
        seen.iter().all(|it| *it == SeatState::Sold).then_some(())
    })
    .await;
    let extra = home.hold("tomorrow", &["Z5"]).await;
    assert_eq!(extra.pay_with("card_approve").await, TenderState::Approved);

    for ticket in [&early[0], &paid[0]] {
        scan(&usher, ticket).await.expect(201);
    }
    for (ticket, code) in [
        (&early[0], "already_admitted"),
        (&in_the_cut[0], "already_admitted"),
    ] {
        let refused = scan(&usher, ticket).await;
        assert_eq!(refused.problem(), (409, code));
    }
    let back = extra.sale().await;
    let refund = json!({ "tickets": [back.tickets[0].id] });
    let path = format!("/api/v1/sales/{}/refunds", back.id);
    home.post(&path, &new_key(), &refund).await.expect(202);
    until("its seat can be had again", || async {
        let free = lobby.sees("tomorrow", "Z5").await == SeatState::Free;
        (free && home.sees("tomorrow", "Z5").await == SeatState::Free).then_some(())
    })
    .await;

    let path = format!("/api/v1/showtimes/tomorrow/seats/{}/history", theirs[0]);
    let told: SeatHistory = clerk.get(&path).await.expect(200).body();
    let moved = told.happenings.iter().find(|it| it.deed == SeatDeed::Moved);
    let words = &moved.expect("it says so").words;
    assert!(words.contains("from screen-1"), "{words}");

    house = house.comes_to_rest().await;
    for said in [
        house.hub.order(&["cases"]),
        house.world.order(Order::Cases).await.unwrap(),
    ] {
        assert!(!said.contains("seat "), "{said}");
    }
    house.world.stop().await;
    house.hub.kill();
    is_proved(&house, WhileItRuns::Refused);
    house.world.restart().await;
    house.hub.start_again().await;
}

tests::on_both_engines!(a_new_layout_takes_everybody_along_once_nobody_has_what_it_lacks);

/// The programme with a second layout of the first room, of which a chair is missing, and `tomorrow` like this.
fn rebuilt(missing: &str, status: &str) -> String {
    let (row, number) = missing.split_at(1);
    let number: usize = number.parse().unwrap();
    let drawn = if row == "D" { "pppppppp" } else { "ssssssss" };
    let mut chairs = drawn.to_owned();
    chairs.replace_range(number - 1..number, "x");
    let (was, is) = (format!("{row} | {drawn}"), format!("{row} | {chairs}"));
    PROGRAMME
        .replacen("layout_version = 1", "layout_version = 2", 1)
        .replacen(&was, &is, 1)
        .replacen(
            "id = \"tomorrow\"",
            &format!("id = \"tomorrow\"\nstatus = \"{status}\""),
            1,
        )
}

/// A chair is broken that the hub may sell: the showtime keeps its layout until the hub has given it back, and loses nobody on the way.
async fn a_new_layout_takes_everybody_along_once_nobody_has_what_it_lacks(engine: Engine) {
    let mut house = House::open(engine).await;
    let Sides {
        home,
        lobby,
        ours,
        theirs,
    } = house.until_both_sell().await;
    let (clerk, usher) = (house.world.clerk().await, house.world.usher().await);
    let broken = theirs.iter().rfind(|it| it.as_str() < "E").unwrap();
    let others: Vec<_> = theirs.iter().filter(|it| *it != broken).collect();
    let here = lobby.hold("tomorrow", &[&ours[0]]).await;
    assert_eq!(here.card().await, TenderState::Approved);
    let here = here.sale().await.tickets;
    let there = home.hold("tomorrow", &[others[0]]).await;
    assert_eq!(there.pay_with("card_approve").await, TenderState::Approved);
    let there = there.sale().await.tickets;
    let held = home.hold("tomorrow", &[others[1]]).await;
    let import = async |status: &str| {
        let file = rebuilt(broken, status);
        house.world.import_with(&file, Consent::Given).await
    };

    let words = import("open").await.unwrap();
    assert!(
        words.contains("tomorrow: keeps version 1 of its room's layout")
            && words.contains(&format!(
                "seat {broken} of it is held or sold, or with the hub"
            ))
            && words.contains("screen-1, layout 2 has no seats of these names"),
        "{words}"
    );
    assert_eq!(room(&lobby, "tomorrow").await, ("screen-1".into(), 46));

    let until_it_is_home = || async {
        let words = import("closed").await.unwrap();
        (!words.contains("tomorrow: keeps version 1")).then_some(())
    };
    until("the hub gives back what is closed", until_it_is_home).await;
    let refused = home.ask_for("tomorrow", &[others[2]]).await;
    assert_eq!(refused.problem(), (409, "sales_closed"));
    import("open").await.unwrap();
    for (side, seller) in [("box", &lobby), ("hub", &home)] {
        until(side, || async {
            (room(seller, "tomorrow").await == ("screen-1".into(), 45)).then_some(())
        })
        .await;
        let gone = seller.ask_for("tomorrow", &[broken]).await;
        assert_eq!(gone.problem(), (422, "unknown_seats"), "{side}");
    }

    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let paid = held.sale().await.tickets;
    until("each hears what the other has sold", || async {
        let mut seen = Vec::new();
        for (seller, seat) in [
            (&lobby, &others[0]),
            (&lobby, &others[1]),
            (&home, &&ours[0]),
        ] {
            seen.push(seller.sees("tomorrow", seat).await);
        }
        seen.iter().all(|it| *it == SeatState::Sold).then_some(())
    })
    .await;
    until("guests at home buy again", || async {
        let asked = home.ask_for("tomorrow", &[others[2]]).await;
        (asked.status == 201).then_some(())
    })
    .await;
    for ticket in [&here[0], &there[0], &paid[0]] {
        scan(&usher, ticket).await.expect(201);
        let again = scan(&usher, ticket).await;
        assert_eq!(again.problem(), (409, "already_admitted"));
    }
    let path = format!("/api/v1/showtimes/tomorrow/seats/{}/history", others[0]);
    let told: SeatHistory = clerk.get(&path).await.expect(200).body();
    let moved = told.happenings.iter().any(|it| it.deed == SeatDeed::Moved);
    assert!(!moved, "it is in its room: {told:?}");

    // And back, when the chair is mended.
    put(&house.world, "tomorrow", "screen-1").await.unwrap();
    until("the hub has it again", || async {
        (room(&home, "tomorrow").await == ("screen-1".into(), 46)).then_some(())
    })
    .await;
    until("it is sold once more", || async {
        (lobby.ask_for("tomorrow", &[broken]).await.status == 201).then_some(())
    })
    .await;
    house = house.comes_to_rest().await;
    for said in [
        house.hub.order(&["cases"]),
        house.world.order(Order::Cases).await.unwrap(),
    ] {
        assert!(!said.contains("seat "), "{said}");
    }
    house.world.stop().await;
    house.hub.kill();
    is_proved(&house, WhileItRuns::Refused);
    house.world.restart().await;
    house.hub.start_again().await;
}

/// The hub is put back to before it gave what the cinema then left behind in another room: it goes along, and what comes back there is on sale once.
#[tokio::test]
async fn a_hub_that_has_forgotten_what_it_gave_goes_along() {
    let mut house = House::open_with(Engine::Sqlite, &in_room("tomorrow", "large")).await;
    put_back::expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let clerk = house.world.clerk().await;
    let backup = Backup::of(&house.hub);
    house.until_cut(&lobby).await;
    let said = house.hub.order(&["hand-over", "metropol", "tomorrow"]);
    for code in said.lines().filter(|it| it.starts_with("FOYERH1:")) {
        let body = json!({ "code": code });
        let taken = clerk.post("/api/v1/hand-over", "", &body).await;
        taken.expect(200);
    }
    put(&house.world, "tomorrow", "screen-1").await.unwrap();
    let path = "/api/v1/showtimes/tomorrow/seats";
    let map: SeatMap = clerk.get(path).await.expect(200).body();
    let is_left = |seat: &&String| !map.seats.iter().any(|it| it.seat.as_str() == **seat);
    let left: Vec<_> = theirs.iter().filter(is_left).collect();
    assert!(!left.is_empty(), "{theirs:?}");

    backup.put_back(&mut house.hub).await;
    house.cable.put_in();
    until_it_has_recovered(&house.hub).await;
    until("the hub has gone along", || async {
        (room(&home, "tomorrow").await == ("screen-1".into(), 46)).then_some(())
    })
    .await;
    until_home_buys_again(&home, &lobby).await;
    let mut house = house.comes_to_rest().await;
    for said in [
        house.hub.order(&["cases"]),
        house.world.order(Order::Cases).await.unwrap(),
    ] {
        assert!(!said.contains("seat "), "{said}");
    }
    put(&house.world, "tomorrow", "large").await.unwrap();
    until("the hub has gone back", || async {
        (room(&home, "tomorrow").await == ("large".into(), 80)).then_some(())
    })
    .await;
    until("what was left behind can be had again", || async {
        let mut seen = Vec::new();
        for seller in [&lobby, &home] {
            seen.push(seller.sees("tomorrow", left[0]).await);
        }
        (seen == [SeatState::Free; 2]).then_some(())
    })
    .await;
    let sold = clerk.ask_for("tomorrow", &[left[0]]).await;
    assert_eq!(sold.status, 201, "{}", sold.text);
    house = house.comes_to_rest().await;
    house.world.stop().await;
    house.hub.kill();
    is_proved(&house, WhileItRuns::Refused);
}

/// A box moved a showtime and sold a seat of the larger room, of which nobody has heard: the next box has it in no room where it may be sold again.
#[tokio::test]
async fn what_the_box_before_moved_unheard_goes_nowhere_until_a_person_answers() {
    let (mut hub, _provider) = Hub::start_with_payments(Engine::Sqlite).await;
    let mut lost = World::open_on(Clock::system()).await;
    lost.import(&in_room("tomorrow", "screen-1")).await.unwrap();
    lost.enrol(&hub).await;
    let clerk = lost.clerk().await;
    let file = lost.folder().join("appliance.db");
    until("the hub has seats", || async {
        let known = stored::allotted(&file, "tomorrow").unwrap();
        known.filter(|(_, theirs)| !theirs.is_empty())
    })
    .await;
    hub.kill();
    put(&lost, "tomorrow", "large").await.unwrap();
    clerk.hold("tomorrow", &["Z1"]).await.cash(5_000).await;
    for left in [Left::Events, Left::Papers] {
        lost.leaves(left);
    }
    lost.stop().await;

    hub.start_again().await;
    let code = hub.order(&["replace", "metropol", "--yes"]);
    let next = World::without_programme_on(Clock::system()).await;
    let large = in_room("tomorrow", "large");
    next.import(&large).await.unwrap();
    let enrol = Order::Enrol {
        code: code.trim().to_owned(),
        hub: hub.url(),
    };
    next.order(enrol).await.unwrap();
    let clerk = next.clerk().await;
    assert_eq!(room(&clerk, "tomorrow").await, ("screen-1".into(), 46));
    let refused = next.import_with(&large, Consent::Given).await.unwrap_err();
    assert!(
        refused.contains("the box before has sold") && refused.contains("appliance release"),
        "{refused}"
    );
    assert_ne!(clerk.ask_for("tomorrow", &["Z1"]).await.status, 201);
}
