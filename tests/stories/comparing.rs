//! Box and hub do not say the same of who has a seat: somebody has changed what one of them stored. The next Hello shows it, both name the
//! seats, and each acts on them.

use std::collections::BTreeMap;

use appliance::control::Order;
use counter_api::{SeatState, TenderState};
use database::{Database, Error, Scope};
use serde_json::json;
use tests::engine::Engine;
use tests::world::{House, Left, Sides, new_key, released, until};

/// What the hub says when it finds it.
const DISAGREE: &str = "box and hub do not agree";

/// Changes what is stored, as no program of ours does.
async fn change(database: &Database, sql: &str) {
    let sql = sql.to_owned();
    let changing = database.write(Scope::Nothing, move |tx| tx.execute(&sql, &[]));
    let changed: Result<u64, Error> = changing.await;
    assert_eq!(changed, Ok(1));
}

async fn epochs_and_states(
    database: &Database,
    seats: &[String],
) -> BTreeMap<String, (i64, String)> {
    let sql = "SELECT seat.seat, seat.epoch, seat.state FROM seat JOIN showtime s ON s.key = seat.showtime WHERE s.id = 'tomorrow'";
    let reading = database.read(move |db| {
        db.query(sql, &[], |row| {
            Ok::<(String, (i64, String)), Error>((row.get(0)?, (row.get(1)?, row.get(2)?)))
        })
    });
    let all: Result<Vec<_>, Error> = reading.await;
    let all = all.unwrap().into_iter();
    all.filter(|(seat, _)| seats.contains(seat)).collect()
}

/// How often the box has told the hub what it knows of a showtime.
fn comparisons(house: &House) -> i64 {
    let file = house.world.folder().join("appliance.db");
    let file = rusqlite::Connection::open(file).unwrap();
    let sql = "SELECT COUNT(*) FROM event WHERE kind = 'custody_claimed'";
    file.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn expects(house: &House) {
    for words in [
        DISAGREE,
        "box and hub both say",
        "box and hub each say",
        "has changed hands more often",
    ] {
        house.world.expects_error(words);
        house.hub.expects_error(words);
    }
}

tests::on_both_engines!(a_seat_that_one_side_has_otherwise_is_found_at_the_next_hello);

async fn a_seat_that_one_side_has_otherwise_is_found_at_the_next_hello(engine: Engine) {
    let mut house = House::open(engine).await;
    expects(&house);
    house.world.leaves(Left::Faults);
    let Sides {
        home,
        lobby,
        ours,
        theirs,
    } = house.until_both_sell().await;
    let sold = home.hold("tomorrow", &[&theirs[4]]).await;
    assert_eq!(sold.pay_with("card_approve").await, TenderState::Approved);
    house = house.comes_to_rest().await;
    house.world.stop().await;
    house.hub.kill();

    // The box takes one of the hub's seats for its own, and of another that the hub has given; the hub takes one for the box's. What the box takes
    // has changed hands too often for the allotment, which would give it back, out of turn, before the hub is heard.
    let at_box = house.world.database();
    let of = |seat: &str| {
        format!(
            "WHERE seat = '{seat}' AND showtime = (SELECT key FROM showtime WHERE id = 'tomorrow')"
        )
    };
    let (both, nobody, more, with_ticket) = (&theirs[0], &theirs[1], &theirs[2], &theirs[4]);
    change(
        &at_box,
        &format!("UPDATE seat SET epoch = 102 {}", of(both)),
    )
    .await;
    change(&at_box, &format!("UPDATE seat SET epoch = 3 {}", of(more))).await;
    change(
        &at_box,
        &format!("UPDATE seat SET epoch = 102 {}", of(with_ticket)),
    )
    .await;
    at_box.close().await;
    let at_hub = house.hub.database().open().unwrap();
    change(
        &at_hub,
        &format!("UPDATE seat SET epoch = 2 {}", of(nobody)),
    )
    .await;
    at_hub.close().await;

    house.world.restart().await;
    house.hub.start_again().await;
    let lobby = house.world.again(&lobby);
    let found = |said: &str| {
        let named = |seat: &str, stage: &str| {
            let about = format!("metropol/tomorrow/{seat} ");
            said.lines()
                .any(|it| it.contains(&about) && it.contains(&format!("  {stage}")))
        };
        (named(both, "claimed by both") && named(nobody, "claimed by nobody"))
            .then(|| named(more, "other epoch") && named(with_ticket, "claimed by both"))
    };
    until("both have found it", || async {
        let at_box = found(&house.world.order(Order::Cases).await.unwrap())?;
        let at_hub = found(&house.hub.order(&["cases"]))?;
        (at_box && at_hub).then_some(())
    })
    .await;
    for words in [
        house.world.order(Order::Cases).await.unwrap(),
        house.hub.order(&["cases"]),
    ] {
        let cases = words.lines().filter(|it| it.starts_with("seat "));
        assert_eq!(cases.count(), 4, "none but these: {words}");
    }
    let counted = house.world.counts("foyer_custody_disagreements_total");
    assert_eq!(counted.await, 4);

    for seller in [&home, &lobby] {
        let refused = seller.ask_for("tomorrow", &[both]).await;
        assert_ne!(refused.status, 201, "it stops on both sides");
    }
    until("the lobby has what nobody claimed", || async {
        (lobby.sees("tomorrow", nobody).await == SeatState::Free).then_some(())
    })
    .await;
    let bought = lobby.hold("tomorrow", &[nobody, &ours[0]]).await;
    assert_eq!(bought.card().await, TenderState::Approved);
    assert_eq!(home.sees("tomorrow", with_ticket).await, SeatState::Sold);
    house = house.comes_to_rest().await;

    // What both claim differs still: it is compared again, and nothing more is done about it.
    let (said, compared) = (house.hub.order(&["cases"]), comparisons(&house));
    house.world.stop().await;
    house.world.restart().await;
    until("they have compared again", || async {
        (comparisons(&house) > compared).then_some(())
    })
    .await;
    house = house.comes_to_rest().await;
    assert_eq!(house.hub.order(&["cases"]), said);
    let counted = house.world.counts("foyer_custody_disagreements_total");
    assert_eq!(counted.await, 0, "found once, said once");

    // Neither sells it by itself: one leaves it to the other, which releases it then.
    let usher = house.world.usher().await;
    let lobby = house.world.again(&lobby);
    let release = || released("tomorrow", "both were looked at");
    let refused = house.world.order(release()).await.unwrap_err();
    assert!(refused.contains("both say"), "{refused}");
    let reason = ["--reason", "the paper count"];
    let of_hub = [&["release", "metropol", "tomorrow"], &reason[..]].concat();
    let refused = house.hub.try_order(&of_hub).unwrap_err();
    assert!(refused.contains("both say"), "{refused}");
    let about = format!("metropol/tomorrow/{both}");
    let close = [&["close-case", about.as_str()], &reason[..]].concat();
    let said = house.hub.order(&close);
    assert!(said.contains("the other side's"), "{said}");
    // Whose they are is said by nobody else: what is told of the others waits at head office until a person has looked at it.
    let told = || {
        let cases = house.hub.order(&["cases"]);
        let told = cases.lines().filter_map(|line| line.strip_prefix("told "));
        told.map(str::to_owned).collect::<Vec<_>>()
    };
    let of_seat = |seat: &str| {
        let named = format!("seat {seat} ");
        told().into_iter().find(|line| line.contains(&named))
    };
    assert_eq!(of_seat(both), None, "it ends with the case of the seat");
    let line = of_seat(nobody).expect("it waits");
    let number = line.split_whitespace().next().unwrap();
    let shown = house.hub.cases().await;
    assert_eq!(shown.len(), told().len(), "{shown:?}");
    let close = [&["close-case", number], &reason[..]].concat();
    assert!(house.hub.order(&close).contains(nobody.as_str()));
    assert!(house.hub.try_order(&close).is_err(), "once");
    assert_eq!(of_seat(nobody), None);
    assert_eq!(house.hub.cases().await.len(), shown.len() - 1);
    until("the box hears it", || async {
        let cases = house.world.order(Order::Cases).await.unwrap();
        (!cases.contains(&about)).then_some(())
    })
    .await;
    let said = house.world.order(release()).await.unwrap();
    assert!(said.contains("1 seat on sale again"), "{said}");
    let bought = lobby.hold("tomorrow", &[both]).await;
    assert_eq!(bought.card().await, TenderState::Approved);
    until("the hub hears of it", || async {
        (home.sees("tomorrow", both).await == SeatState::Sold).then_some(())
    })
    .await;
    // The hub has sold the other, and leaves it to nobody: whoever has closed its case there is not asked again.
    let of_seat = format!("seat metropol/tomorrow/{with_ticket}  ");
    let about = format!("metropol/tomorrow/{with_ticket}");
    let close = [&["close-case", about.as_str()], &reason[..]].concat();
    assert_eq!(house.hub.order(&close).trim(), "closed");
    let compared = comparisons(&house);
    house.world.stop().await;
    house.world.restart().await;
    let (lobby, usher) = (house.world.again(&lobby), house.world.again(&usher));
    until("they have compared again", || async {
        (comparisons(&house) > compared).then_some(())
    })
    .await;
    house = house.comes_to_rest().await;
    assert!(!house.hub.order(&["cases"]).contains(&of_seat), "once");
    let at_box = house.world.order(Order::Cases).await.unwrap();
    assert!(at_box.contains(&of_seat), "{at_box}");
    // A person's risk does not reach that far: the box knows its ticket.
    let over = Order::Takeover {
        showtime: "tomorrow".parse().unwrap(),
        seats: vec![with_ticket.parse().unwrap()],
        kind: None,
        till: None,
        reason: "she looks trustworthy".to_owned(),
    };
    let refused = house.world.order(over).await.unwrap_err();
    assert!(refused.contains("online"), "{refused}");
    // And its guest is let in whatever the box says of the seat.
    let about = format!("metropol/tomorrow/{with_ticket}");
    let close = Order::CloseCase {
        about,
        reason: "the hub has sold it".to_owned(),
    };
    let said = house.world.order(close).await.unwrap();
    assert!(said.contains("the other side's"), "{said}");
    assert_ne!(lobby.ask_for("tomorrow", &[with_ticket]).await.status, 201);
    let ticket = &sold.sale().await.tickets[0];
    let body = json!({ "code": ticket.code, "showtime": ticket.showtime });
    let path = "/api/v1/door/admissions";
    usher.post(path, &new_key(), &body).await.expect(201);
    house = house.comes_to_rest().await;
    let compared = comparisons(&house);
    house.world.stop().await;
    house.world.restart().await;
    until("they have compared once more", || async {
        (comparisons(&house) > compared).then_some(())
    })
    .await;
    house = house.comes_to_rest().await;
    let cases = house.world.order(Order::Cases).await.unwrap();
    assert!(!cases.contains("claimed by both"), "{cases}");
    house.world.stop().await;
    house.hub.kill();
    let (at_box, at_hub) = (house.world.database(), house.hub.database().open().unwrap());
    let named = [both, nobody, more, with_ticket].map(String::clone);
    let here = epochs_and_states(&at_box, &named).await;
    let there = epochs_and_states(&at_hub, &named).await;
    assert_eq!(here[both], (102, "sold".to_owned()));
    assert_eq!(there[both], (102, "quarantine".to_owned()), "the box's");
    assert_eq!(
        here[with_ticket],
        (103, "quarantine".to_owned()),
        "the hub's"
    );
    assert_eq!(there[with_ticket], (1, "sold".to_owned()));
    assert_eq!(here[nobody].0, there[nobody].0, "they agree again");
    assert_eq!(here[nobody].1, "sold");
    assert_eq!(here[more].0, there[more].0, "they agree again");
    assert!(here[more].0 >= 3, "{here:?}");
    at_box.close().await;
    at_hub.close().await;
}
