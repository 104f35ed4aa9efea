//! The line is cut and the film has begun: a manager sells seats at the cinema's risk that the hub may have sold.

use std::path::PathBuf;

use appliance::control::Order;
use appliance_api::Admission;
use box_office::SeatId;
use counter_api::{
    HoldState, RefundState, Refunds, SeatState, ShowtimeWithLayout, TenderState, Ticket,
};
use database::WhileItRuns;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use service::Clock;
use tests::chaos::stored;
use tests::engine::Engine;
use tests::world::{Answer, House, Hub, Left, Seller, Sides, World, new_key, released, until};

use crate::forgotten::{self, until_it_has_recovered};
use crate::hand_over::is_proved;
use crate::put_back::{self, Backup};

const REASON: &str = "sold out, and nobody came";

/// What a takeover of these seats comes to.
async fn take(world: &World, showtime: &str, seats: &[&str]) -> Result<String, String> {
    let order = Order::Takeover {
        showtime: showtime.parse().unwrap(),
        seats: seats.iter().map(|seat| seat.parse().unwrap()).collect(),
        kind: None,
        till: None,
        reason: REASON.into(),
    };
    world.order(order).await
}

/// The number of the receipt that an answer names.
fn receipt(said: &str) -> &str {
    let (_, rest) = said.split_once("receipt ").expect("a receipt");
    rest.split_once('.').expect("its end").0
}

async fn history(world: &World, seat: &str) -> String {
    let order = Order::SeatHistory {
        showtime: "tomorrow".parse().unwrap(),
        seat: seat.parse().unwrap(),
    };
    world.order(order).await.unwrap()
}

/// The ticket that was sold at the cinema for a seat.
async fn ticket_of(world: &World, clerk: &Seller, seat: &str) -> Ticket {
    let told = history(world, seat).await;
    let (_, rest) = told.split_once("ticket ").expect("a ticket");
    let id: String = rest
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    clerk
        .get(&format!("/api/v1/tickets/{id}"))
        .await
        .expect(200)
        .body()
}

/// `tomorrow` has begun, by the box's clock.
async fn begins(house: &House, lobby: &Seller) {
    let path = "/api/v1/showtimes/tomorrow";
    let shown: ShowtimeWithLayout = lobby.get(path).await.expect(200).body();
    let starts_at: Timestamp = shown.showtime.starts_at.parse().unwrap();
    house
        .world
        .clock
        .set(starts_at + SignedDuration::from_mins(1));
}

async fn scan(usher: &Seller, code: &str) -> Answer {
    let body = json!({ "code": code, "showtime": "tomorrow" });
    usher
        .post("/api/v1/door/admissions", &new_key(), &body)
        .await
}

tests::on_both_engines!(seats_that_may_be_sold_are_taken_over_once_the_film_has_begun);

async fn seats_that_may_be_sold_are_taken_over_once_the_film_has_begun(engine: Engine) {
    let mut house = House::open(engine).await;
    let Sides {
        home,
        lobby,
        ours,
        theirs,
    } = house.until_both_sell().await;
    let (clerk, usher) = (house.world.clerk().await, house.world.usher().await);
    let [free, held, sold, given_back, inside, paying] =
        [0, 1, 2, 3, 4, 6].map(|nth| theirs[nth].as_str());
    house.until_cut(&lobby).await;
    let mut bought = Vec::new();
    for seat in [sold, given_back, inside] {
        let order = home.hold("tomorrow", &[seat]).await;
        assert_eq!(order.pay_with("card_approve").await, TenderState::Approved);
        bought.push(order.sale().await);
    }
    let beside = theirs[5].as_str();
    let chosen_at_home = home.hold("tomorrow", &[held, beside]).await;
    let payer = house.hub.guest("metropol").await;
    let paid_at_home = payer.hold("tomorrow", &[paying]).await;
    paid_at_home.begin_with("card_never").await.expect(202);

    let early = take(&house.world, "tomorrow", &[free]).await.unwrap_err();
    assert!(early.contains("The showtime has not begun"), "{early}");
    begins(&house, &lobby).await;
    for (showtime, seats, why) in [
        ("nowhere", [free].as_slice(), "no such showtime"),
        ("tomorrow", &["Z99"], "The room has no such seats"),
        ("tomorrow", &[], "cannot be taken over together"),
        ("tomorrow", &[free, free], "cannot be taken over together"),
        ("tomorrow", &[free, &ours[0]], "on sale here"),
    ] {
        let refused = take(&house.world, showtime, seats).await.unwrap_err();
        assert!(refused.contains(why), "{seats:?}: {refused}");
    }
    // Whoever has been let in sits there, although the hub has told of no ticket.
    let _in: Admission = scan(&usher, &bought[2].tickets[0].code)
        .await
        .expect(201)
        .body();
    let refused = take(&house.world, "tomorrow", &[free, inside])
        .await
        .unwrap_err();
    assert!(refused.contains("These seats are sold online"), "{refused}");
    let said = take(&house.world, "tomorrow", &[free, held]).await.unwrap();
    assert!(said.contains("2 seats"), "{said}");
    assert!(said.contains("Take 20.00 EUR in cash"), "{said}");
    // Its answer is lost: given again, word for word, it is answered with the same tickets.
    let again = take(&house.world, "tomorrow", &[free, held]).await.unwrap();
    assert_eq!(receipt(&again), receipt(&said));
    assert!(again.contains("done before by the same order"), "{again}");
    take(&house.world, "tomorrow", &[sold, given_back, paying])
        .await
        .unwrap();
    let again = take(&house.world, "tomorrow", &[sold]).await.unwrap_err();
    assert!(again.contains("These seats have somebody"), "{again}");
    assert_eq!(lobby.sees("tomorrow", free).await, SeatState::Sold);
    let cases = house.world.order(Order::Cases).await.unwrap();
    assert_eq!(cases.matches("taken over").count(), 5, "{cases}");
    is_proved(&house, WhileItRuns::Snapshot);
    house.world.restart().await;
    let again = take(&house.world, "tomorrow", &[free, held]).await.unwrap();
    assert_eq!(receipt(&again), receipt(&said));
    let again = take(&house.world, "tomorrow", &[free]).await.unwrap_err();
    assert!(again.contains("These seats have somebody"), "{again}");
    let (lobby, clerk, usher) = (
        house.world.again(&lobby),
        house.world.again(&clerk),
        house.world.again(&usher),
    );
    // Before the hub has heard of it both guests come: the seat is the cinema's trouble, and nobody is turned away.
    let taken_over = ticket_of(&house.world, &clerk, sold).await;
    for code in [&bought[0].tickets[0].code, &taken_over.code] {
        let _in: Admission = scan(&usher, code).await.expect(201).body();
        assert_eq!(scan(&usher, code).await.status, 409, "once");
    }

    house.world.expects_error("the hub sold what does not fit");
    house.cable.put_in();
    // The payment that is under way for one of them is stopped first.
    until("the hub gives what it had not sold", || async {
        let cases = house.world.order(Order::Cases).await.unwrap();
        (cases.matches("taken over").count() == 0).then_some(())
    })
    .await;
    let lost = chosen_at_home.look().await;
    assert_eq!(lost.state, HoldState::Ended, "somebody sits there");
    // She is told which seat it is, and has the other one again if she likes, at its price alone.
    let [why] = &lost.warnings[..] else {
        panic!("she is told why: {:?}", lost.warnings);
    };
    assert_eq!(why.code, "seats_lost");
    assert_eq!(
        why.seats.iter().map(SeatId::as_str).collect::<Vec<_>>(),
        [held]
    );
    let cases = house.world.order(Order::Cases).await.unwrap();
    assert_eq!(cases.matches("two tickets").count(), 2, "{cases}");
    let at_hub = house.hub.order(&["cases"]);
    assert!(at_hub.contains("two tickets"), "{at_hub}");
    assert!(!at_hub.contains("taken over"), "{at_hub}");
    assert_eq!(paid_at_home.look().await.state, HoldState::Ended);
    for seat in [free, held, sold, given_back, paying] {
        let refused = home.ask_for("tomorrow", &[seat]).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        until("both see that somebody has it", || async {
            let seen = [
                lobby.sees("tomorrow", seat).await,
                home.sees("tomorrow", seat).await,
            ];
            (seen == [SeatState::Sold; 2]).then_some(())
        })
        .await;
    }

    // The line is up: whoever has to be asked is asked.
    let refused = take(&house.world, "tomorrow", &[&theirs[5]]).await;
    let refused = refused.unwrap_err();
    assert!(refused.contains("The line is up"), "{refused}");

    // Whoever bought it at home gives it back: the seat is not sold again, for somebody else has it.
    let sale = &bought[1];
    let path = format!("/api/v1/sales/{}/refunds", sale.id);
    let body = json!({ "tickets": [sale.tickets[0].id] });
    home.post(&path, &new_key(), &body).await.expect(202);
    until("the money is back", || async {
        let now: Refunds = home.get(&path).await.expect(200).body();
        (now.refunds[0].state == RefundState::Returned).then_some(())
    })
    .await;
    let refused = home.ask_for("tomorrow", &[given_back]).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert_eq!(
        lobby.sees("tomorrow", given_back).await,
        SeatState::Sold,
        "of the two tickets one stands"
    );
    let whose = ticket_of(&house.world, &clerk, given_back).await;
    let _in: Admission = scan(&usher, &whose.code).await.expect(201).body();

    let mut house = house.comes_to_rest().await;
    house.world.stop().await;
    house.hub.kill();
    is_proved(&house, WhileItRuns::Refused);
}

/// The box before may have sold a seat, and nobody knows: a manager sells it before the film begins, and a till has the cash.
#[tokio::test]
async fn a_seat_that_the_box_before_may_have_sold_is_taken_over_at_a_till() {
    let mut hub = Hub::start().await;
    let mut lost = World::open_on(Clock::system()).await;
    lost.enrol(&hub).await;
    until("the hub knows the cinema", || hub.sees("metropol")).await;
    let clerk = lost.clerk().await;
    hub.kill();
    let unheard = clerk.hold("tomorrow", &["B4"]).await.cash(2_000).await;
    lost.leaves(Left::Events);
    // It may be lost before its printer has the ticket.
    lost.leaves(Left::Papers);
    lost.stop().await;
    hub.start_again().await;
    let code = hub.order(&["replace", "metropol", "--yes"]);
    let mut next = World::open_on(Clock::system()).await;
    let enrol = Order::Enrol {
        code: code.trim().to_owned(),
        hub: hub.url(),
    };
    next.order(enrol).await.unwrap();
    let (clerk, usher) = (next.clerk().await, next.usher().await);
    let devices = next.order(Order::Devices).await.unwrap();
    let id_of = |kind: &str| {
        let line = devices.lines().find(|line| line.contains(kind));
        let id = line.and_then(|line| line.split_whitespace().next());
        id.expect("it is paired").parse().unwrap()
    };
    let order = |till, kind: &str| Order::Takeover {
        showtime: "tomorrow".parse().unwrap(),
        seats: vec!["B4".parse().unwrap()],
        kind: Some(kind.parse().unwrap()),
        till: Some(till),
        reason: REASON.into(),
    };
    let refused = next.order(order(id_of("Door"), "adult")).await;
    assert!(refused.unwrap_err().contains("There is no such till"));
    let refused = next
        .order(order(id_of("Till"), "senior"))
        .await
        .unwrap_err();
    assert!(
        refused.contains("This kind of ticket is not sold here"),
        "{refused}"
    );
    let said = next.order(order(id_of("Till"), "adult")).await.unwrap();
    assert!(said.contains("Take 10.00 EUR in cash"), "{said}");
    assert!(said.contains("receipt 2-000001"), "{said}");
    assert_eq!(clerk.sees("tomorrow", "B4").await, SeatState::Sold);
    until("the hub hears of it", || async {
        let metropol = hub.sees("metropol").await?;
        (metropol.today.sold.sales == 1).then_some(())
    })
    .await;

    // The rest is released, and whoever bought from the box before sits with somebody who came in good faith.
    let release = released("tomorrow", "its paper roll was read");
    next.order(release).await.unwrap();
    let refused = clerk.ask_for("tomorrow", &["B4"]).await;
    assert_eq!(refused.problem(), (409, "seats_taken"));
    let taken_over = ticket_of(&next, &clerk, "B4").await;
    for code in [&taken_over.code, &unheard.tickets[0].code] {
        let _in: Admission = scan(&usher, code).await.expect(201).body();
        assert_eq!(scan(&usher, code).await.status, 409, "once");
    }
    let cases = next.order(Order::Cases).await.unwrap();
    assert!(
        cases.contains("tomorrow/B4  since") && cases.contains("two tickets"),
        "{cases}"
    );
    let at_hub = hub.order(&["cases"]);
    assert!(
        at_hub.contains("tomorrow/B4") && at_hub.contains("taken over"),
        "{at_hub}"
    );
    next.stop().await;
    hub.kill();
    let folders = [next.folder().to_owned(), hub.data()];
    let folders: Vec<_> = folders.iter().map(PathBuf::as_path).collect();
    assert_eq!(
        tests::proving::found(&tests::proving::evidence(&folders)),
        [""; 0]
    );
}

/// A box that has lost what it answered, with no line: a manager takes what is stored as it is, and from then on sells seat by seat. What may be
/// sold in what is forgotten is sold by nobody else.
#[tokio::test]
async fn a_box_that_was_taken_as_it_is_sells_seat_by_seat() {
    let mut world = World::open().await;
    world.expects_error("cannot prove that it has all that it answered");
    let clerk = world.clerk().await;
    let chosen = clerk.hold("tomorrow", &["D4"]).await;
    world.stop().await;
    let older = forgotten::copied(world.folder());
    world.restart().await;
    let unheard = world.again(&clerk).hold("tomorrow", &["D5"]).await;
    let unheard = unheard.cash(5_000).await;
    world.stop().await;
    forgotten::put_back(&older, &world, &forgotten::DATABASE);
    world.restart().await;

    // A sale of a box that may be a copy would be told to nobody: there is a way on.
    let refused = take(&world, "tomorrow", &["D6"]).await.unwrap_err();
    let status = world.order(Order::Status).await.unwrap();
    for said in [&refused, &status] {
        for part in ["accept-loss", "appliance takeover", "appliance release"] {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
    let said = forgotten::accept(&world).await.unwrap();
    let status = world.order(Order::Status).await.unwrap();
    for said in [&said, &status] {
        assert!(said.contains("\n  tomorrow: "), "{said}");
        assert!(said.contains("`appliance takeover tomorrow"), "{said}");
    }
    let clerk = world.again(&clerk);
    let chosen: counter_api::Hold = clerk.get(&chosen.path("")).await.expect(200).body();
    assert_eq!(chosen.state, HoldState::Ended, "whoever chose it is gone");
    for seat in ["D4", "D5", "D6"] {
        let refused = clerk.ask_for("tomorrow", &[seat]).await;
        assert_eq!(refused.problem(), (409, "seats_blocked"), "{seat}");
    }
    let said = take(&world, "tomorrow", &["D6"]).await.unwrap();
    let taken_over = ticket_of(&world, &clerk, "D6").await;
    // Whoever bought it before the loss is let in, and has the seat.
    let usher = world.usher().await;
    let body = json!({ "code": unheard.tickets[0].code, "showtime": "tomorrow" });
    let path = "/api/v1/door/admissions";
    let _in: Admission = usher.post(path, &new_key(), &body).await.expect(201).body();
    let refused = take(&world, "tomorrow", &["D5"]).await.unwrap_err();
    assert!(refused.contains("These seats have somebody"), "{refused}");

    forgotten::release(&world, "tomorrow").await;
    for seat in ["D5", "D6"] {
        let refused = clerk.ask_for("tomorrow", &[seat]).await;
        assert_eq!(refused.problem(), (409, "seats_taken"), "{seat}");
    }
    clerk.hold("tomorrow", &["D7"]).await.cash(5_000).await;
    let again = take(&world, "tomorrow", &["D6"]).await.unwrap();
    assert_eq!(receipt(&again), receipt(&said));
    let body = json!({ "code": taken_over.code, "showtime": "tomorrow" });
    let _in: Admission = usher.post(path, &new_key(), &body).await.expect(201).body();
}

/// The hub has heard that so many seats were taken over that it did not give.
async fn until_heard(house: &House, seats: usize) {
    until("the hub has heard of the takeover", || async {
        let cases = house.hub.order(&["cases"]);
        (cases.matches("  taken over").count() == seats).then_some(())
    })
    .await;
}

/// The hub is put back to before the cut: what it has free it may have sold in what it has forgotten, and gives to nobody.
#[tokio::test]
async fn a_hub_that_has_forgotten_gives_nothing_that_was_taken_over() {
    let mut house = House::open(Engine::Sqlite).await;
    put_back::expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        ours,
        theirs,
    } = house.until_both_sell().await;
    let [free, held] = [0, 1].map(|nth| theirs[nth].as_str());
    let undecided = house.hub.guest("metropol").await;
    let chosen_at_home = undecided.hold("tomorrow", &[held]).await;
    let backup = Backup::of(&house.hub);
    house.until_cut(&lobby).await;
    begins(&house, &lobby).await;
    take(&house.world, "tomorrow", &[free, held]).await.unwrap();
    backup.put_back(&mut house.hub).await;
    house.cable.put_in();
    until_it_has_recovered(&house.hub).await;
    until_heard(&house, 2).await;
    assert_eq!(chosen_at_home.look().await.state, HoldState::Ended);
    let mut house = house.comes_to_rest().await;
    let cases = house.world.order(Order::Cases).await.unwrap();
    assert_eq!(cases.matches("taken over").count(), 2, "{cases}");
    // Nor is it counted as what the hub may sell.
    until("what was taken over is not counted as free", || async {
        let path = "/api/v1/showtimes/tomorrow";
        let shown: ShowtimeWithLayout = lobby.get(path).await.expect(200).body();
        let unsold = ours.len() + theirs.len() - 2;
        (shown.showtime.seats_free as usize == unsold).then_some(())
    })
    .await;
    // What no order frees is not counted as kept back.
    let released = format!("{} seats", theirs.len() - 2);
    let cases = house.hub.order(&["cases"]);
    let of_showtime = "kept back metropol/tomorrow";
    let kept_back = cases.lines().find(|line| line.starts_with(of_showtime));
    let kept_back = kept_back.expect("it says what is kept back");
    assert!(kept_back.contains(&released), "{kept_back}");
    let reason = ["--reason", "nobody has bought since the backup"];
    let order = [["release", "metropol", "tomorrow"].as_slice(), &reason].concat();
    let said = house.hub.order(&order);
    assert!(said.contains(&released), "{said}");
    for seat in [free, held] {
        for seller in [&home, &lobby] {
            assert_eq!(seller.ask_for("tomorrow", &[seat]).await.status, 409);
        }
    }
    house.world.stop().await;
    house.hub.kill();
    is_proved(&house, WhileItRuns::Refused);
}

/// The line stands, and the hub answers that it is stopped: it recovers, and waits for a payment. What cannot be asked for is taken over all the same.
#[tokio::test]
async fn what_a_hub_is_asked_for_that_is_stopped_is_taken_over() {
    let mut house = House::open(Engine::Sqlite).await;
    put_back::expects(&house.hub, &house.world);
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let [paying, wanted, other] = [0, 1, 2].map(|nth| theirs[nth].as_str());
    let paid = home.hold("tomorrow", &[paying]).await;
    paid.begin_with("card_never").await.expect(202);
    let backup = Backup::of(&house.hub);
    begins(&house, &lobby).await;
    let refused = take(&house.world, "tomorrow", &[wanted]).await.unwrap_err();
    assert!(refused.contains("The line is up"), "{refused}");
    let file = house.world.folder().join("appliance.db");
    until("what the hub gave to whoever asked goes home", || async {
        let known = stored::allotted(&file, "tomorrow").unwrap();
        let (_, theirs) = known?;
        theirs.iter().any(|seat| seat == wanted).then_some(())
    })
    .await;

    backup.put_back(&mut house.hub).await;
    until("the box is linked to a hub that is stopped", || async {
        let status = lobby.get("/api/v1/status").await.expect(200).json;
        (status["link"] == "up").then_some(())
    })
    .await;
    let said = house.hub.order(&["cases"]);
    assert!(said.contains("cinema metropol"), "it waits: {said}");
    take(&house.world, "tomorrow", &[other]).await.unwrap();
    // Once the payment has its outcome the hub hears of it, and goes on.
    let provider = house.provider.as_ref().unwrap();
    let payment = paid.look().await.tenders[0].id.clone();
    provider.decide(&payment, true);
    until_it_has_recovered(&house.hub).await;
    until_heard(&house, 1).await;
    for seller in [&home, &lobby] {
        assert_eq!(seller.ask_for("tomorrow", &[other]).await.status, 409);
    }
    house.world.stop().await;
    house.hub.kill();
    is_proved(&house, WhileItRuns::Refused);
}

/// A person took the hub's older data as it is, and it sells again: whoever pays for a seat that was taken over is stopped, whoever has only
/// chosen one loses it, and nobody else is sold either.
#[tokio::test]
async fn a_hub_that_was_taken_as_it_is_sells_nothing_again_that_was_taken_over() {
    let mut house = House::open(Engine::Sqlite).await;
    put_back::expects(&house.hub, &house.world);
    let Sides { lobby, theirs, .. } = house.until_both_sell().await;
    let seats = [0, 1].map(|nth| theirs[nth].as_str());
    let backup = Backup::of(&house.hub);
    house.until_cut(&lobby).await;
    begins(&house, &lobby).await;
    take(&house.world, "tomorrow", &seats).await.unwrap();
    backup.put_back(&mut house.hub).await;
    let reason = ["--reason", "the chain's risk"];
    let accept = [["accept-loss", "metropol"].as_slice(), &reason].concat();
    house.hub.order(&accept);
    let release = [["release", "metropol", "tomorrow"].as_slice(), &reason].concat();
    house.hub.order(&release);
    let guest = house.hub.guest("metropol").await;
    let chosen = guest.hold("tomorrow", &seats[..1]).await;
    let paid = guest.hold("tomorrow", &seats[1..]).await;
    paid.begin_with("card_never").await.expect(202);
    house.cable.put_in();
    for hold in [&chosen, &paid] {
        until("the hub has heard of the takeover", || async {
            (hold.look().await.state == HoldState::Ended).then_some(())
        })
        .await;
    }
    let house = house.comes_to_rest().await;
    // What nobody was paying for is kept back at once: it may be sold in what is forgotten.
    let said = house.hub.order(&["cases"]);
    assert!(said.contains("taken over"), "{said}");
    let cases = house.world.order(Order::Cases).await.unwrap();
    let of_chosen = format!("seat metropol/tomorrow/{}", seats[0]);
    assert!(cases.contains(&of_chosen), "{cases}");
    for seat in seats {
        for seller in [&guest, &lobby] {
            let asked = seller.ask_for("tomorrow", &[seat]).await;
            assert_eq!(asked.status, 409, "{}", asked.text);
        }
    }
}

/// What the hub has of the showtime cannot be read: the takeover is a case there, and all else that the box tells is heard.
#[tokio::test]
async fn a_takeover_in_what_the_hub_cannot_read_stops_no_delivery() {
    let mut house = House::open(Engine::Sqlite).await;
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    let [free, held, sold] = [0, 1, 2].map(|nth| theirs[nth].as_str());
    let undecided = house.hub.guest("metropol").await;
    undecided.hold("tomorrow", &[held]).await;
    house.until_cut(&lobby).await;
    let order = home.hold("tomorrow", &[sold]).await;
    assert_eq!(order.pay_with("card_approve").await, TenderState::Approved);
    let _theirs = order.sale().await;
    begins(&house, &lobby).await;
    for seat in [free, held, sold] {
        take(&house.world, "tomorrow", &[seat]).await.unwrap();
    }

    house.hub.kill();
    let spoiled = "UPDATE showtime SET body = '[]' WHERE id = 'tomorrow'";
    stored::spoil(&house.hub.data().join("hub.db"), spoiled).unwrap();
    house.hub.start_again().await;
    house.world.expects_error("the hub sold what does not fit");
    house
        .hub
        .expects_error("it cannot be read, and what names it is not sold");
    house.cable.put_in();
    let house = house.comes_to_rest().await;
    let cases = house.world.order(Order::Cases).await.unwrap();
    assert_eq!(cases.matches("taken over").count(), 2, "{cases}");
    assert_eq!(cases.matches("two tickets").count(), 1, "{cases}");
    let cases = house.hub.order(&["cases"]);
    assert_eq!(cases.matches("  taken over").count(), 3, "{cases}");
}
