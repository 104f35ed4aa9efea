//! The line is cut, and the lobby sells out: head office hands the hub's free seats over by a code that somebody carries to the cinema.

use appliance::control::Order;
use appliance_api::HandedOver;
use counter_api::{SeatMap, SeatState, TenderState};
use database::WhileItRuns;
use hub_api::{HandOver, HandOvers};
use reqwest::header::COOKIE;
use serde_json::{Value, json};
use service::Clock;
use tests::chaos::stored;
use tests::engine::Engine;
use tests::world::{
    Answer, House, Hub, Left, PROGRAMME, Seller, Sides, World, client, new_key, until,
};
use wire::event::SeatAtEpoch;
use wire::{Frames, Generation, Incarnation, Nonce, SecretKey};

use crate::two_counters::OUT_OF_REACH;

const OF_TOMORROW: &str = "/api/v1/head-office/cinemas/metropol/showtimes/tomorrow/hand-over";

/// The codes that an order has printed.
fn codes(said: &str) -> Vec<String> {
    let lines = said.lines().filter(|line| line.starts_with("FOYERH1:"));
    lines.map(str::to_owned).collect()
}

async fn scan(clerk: &Seller, code: &str) -> Answer {
    let body = json!({ "code": code });
    clerk.post("/api/v1/hand-over", "", &body).await
}

/// Somebody of head office asks, signed in on their phone.
async fn ask(hub: &Hub, path: &str, order: Option<(&str, &Value)>) -> (u16, String) {
    let url = format!("{}{path}", hub.url());
    let asked = match order {
        None => client().get(url),
        Some((key, body)) => client().post(url).header("idempotency-key", key).json(body),
    };
    let answer = asked
        .header(COOKIE, hub.cookie().await)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn handed_over(hub: &Hub, order: Option<(&str, &Value)>) -> HandOver {
    let (status, text) = ask(hub, OF_TOMORROW, order).await;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

fn few(seats: usize) -> u32 {
    u32::try_from(seats).unwrap()
}

async fn can_be_sold(seller: &Seller) -> usize {
    let path = "/api/v1/showtimes/tomorrow/seats";
    let map: SeatMap = seller.get(path).await.expect(200).body();
    let free = map.seats.iter().filter(|now| now.state == SeatState::Free);
    free.count()
}

pub(crate) fn is_proved(house: &House, while_it_runs: WhileItRuns) {
    let folders = [house.hub.settings(), house.world.folder().to_owned()];
    let evidence: Vec<_> = (folders.iter())
        .map(|it| audit::read(&tests::proving::source(it).unwrap(), while_it_runs).unwrap())
        .collect();
    let verdict = audit::prove(&evidence);
    assert!(verdict.is_proved(), "{}", audit::said(&verdict));
}

tests::on_both_engines!(seats_come_to_the_lobby_by_code_while_the_line_is_cut);

async fn seats_come_to_the_lobby_by_code_while_the_line_is_cut(engine: Engine) {
    let mut house = House::open(engine).await;
    let Sides {
        home,
        lobby,
        ours,
        theirs,
    } = house.until_both_sell().await;
    house.until_cut(&lobby).await;
    let clerk = house.world.clerk().await;
    let at_home = home.hold("tomorrow", &[&theirs[0]]).await;

    let said = house.hub.order(&["hand-over", "metropol", "tomorrow"]);
    let [code] = codes(&said).try_into().unwrap();
    let left = theirs.len() - 1;
    assert!(
        said.starts_with(&format!("{left} seats handed over, 0 seats still")),
        "{said}"
    );
    for seller in [&home, &lobby] {
        let refused = seller.ask_for("tomorrow", &[&theirs[1]]).await;
        assert_eq!(refused.problem(), OUT_OF_REACH, "on its way it is nobody's");
    }
    let taken: HandedOver = scan(&clerk, &code).await.expect(200).body();
    assert_eq!((taken.taken, taken.waiting, taken.known), (few(left), 0, 0));
    assert_eq!(can_be_sold(&lobby).await, ours.len() + left);
    let refused = lobby.ask_for("tomorrow", &[&theirs[0]]).await;
    assert_eq!(refused.problem(), OUT_OF_REACH, "a guest at home holds it");
    let sold = lobby.hold("tomorrow", &[&theirs[1], &theirs[2]]).await;
    assert_eq!(sold.card().await, TenderState::Approved);
    let refused = home.ask_for("tomorrow", &[&theirs[1]]).await;
    assert_eq!(refused.problem(), OUT_OF_REACH);

    // Scanned again, typed this time, it takes nothing back from whoever has bought meanwhile.
    let typed = format!(" {}\n", code.to_lowercase().replace("z", "z-\n"));
    let order = Order::HandOver { code: typed };
    let said = house.world.order(order).await.unwrap();
    assert_eq!(said, "tomorrow: nothing new, all of it came before");
    assert_eq!(lobby.sees("tomorrow", &theirs[1]).await, SeatState::Sold);
    assert_eq!(
        at_home.pay_with("card_approve").await,
        TenderState::Approved
    );
    is_proved(&house, WhileItRuns::Snapshot);

    house.cable.put_in();
    until("each hears what the other has sold", || async {
        let seen = [
            lobby.sees("tomorrow", &theirs[0]).await,
            home.sees("tomorrow", &theirs[1]).await,
        ];
        (seen == [SeatState::Sold, SeatState::Sold]).then_some(())
    })
    .await;
    let again: HandedOver = scan(&clerk, &code).await.expect(200).body();
    assert_eq!((again.taken, again.known), (0, few(left)));
    house = house.comes_to_rest().await;
    assert_eq!(handed_over(&house.hub, None).await.codes, []);
    for said in [
        house.hub.order(&["cases"]),
        house.world.order(Order::Cases).await.unwrap(),
    ] {
        assert!(!said.contains("seat "), "{said}");
    }
    house.world.stop().await;
    house.hub.kill();
    is_proved(&house, WhileItRuns::Refused);
    let database = house.world.database();
    let listed = database
        .read(|db| db.number("SELECT COUNT(*) FROM scanned_grant", &[]))
        .await;
    let listed: Result<i64, database::Error> = listed;
    assert_eq!(
        listed,
        Ok(0),
        "the stream has brought all that the code had"
    );
    database.close().await;
}

/// Which of its seats head office hands over, from a phone; and what it has handed over is shown again until the cinema has it.
#[tokio::test]
async fn head_office_hands_over_so_many_or_these_and_sees_the_codes_again() {
    let house = House::open(Engine::Sqlite).await;
    let Sides {
        home,
        lobby,
        theirs,
        ..
    } = house.until_both_sell().await;
    house.until_cut(&lobby).await;
    until("the hub knows that it is alone", || async {
        (can_be_sold(&home).await == theirs.len()).then_some(())
    })
    .await;
    let (_, text) = ask(
        &house.hub,
        "/api/v1/head-office/cinemas/metropol/hand-over",
        None,
    )
    .await;
    let all: HandOvers = serde_json::from_str(&text).unwrap();
    let tomorrow = all
        .showtimes
        .iter()
        .find(|it| it.showtime.as_str() == "tomorrow")
        .unwrap();
    assert_eq!(
        (tomorrow.free as usize, tomorrow.on_their_way),
        (theirs.len(), 0)
    );

    let key = new_key();
    let two = json!({ "count": 2 });
    let given = handed_over(&house.hub, Some((&key, &two))).await;
    assert_eq!((given.given, given.free as usize), (2, theirs.len() - 2));
    assert_eq!(
        handed_over(&house.hub, Some((&key, &two))).await,
        given,
        "said twice, meant once"
    );
    let (status, text) = ask(&house.hub, OF_TOMORROW, Some((&key, &json!({})))).await;
    assert_eq!(status, 422, "{text}");
    assert!(text.contains("idempotency_key_reused"), "{text}");
    let shown = handed_over(&house.hub, None).await;
    assert_eq!(shown.codes, given.codes);
    assert_eq!(shown.codes[0].seats, 2);

    let still_theirs: Vec<_> = {
        let map: SeatMap = home
            .get("/api/v1/showtimes/tomorrow/seats")
            .await
            .expect(200)
            .body();
        let free = map.seats.iter().filter(|now| now.state == SeatState::Free);
        free.map(|now| now.seat.to_string()).collect()
    };
    let named = json!({ "seats": [still_theirs[0]] });
    let given = handed_over(&house.hub, Some((&new_key(), &named))).await;
    assert_eq!(
        (given.given, given.codes[0].seats),
        (1, 3),
        "one code for all that is on its way"
    );
    let given = handed_over(&house.hub, Some((&new_key(), &named))).await;
    assert_eq!(
        (given.given, given.codes[0].seats),
        (0, 3),
        "it is given already"
    );
    let held = home.hold("tomorrow", &[&still_theirs[1]]).await;
    for (body, code) in [
        (json!({ "seats": [still_theirs[1]] }), "seats_not_free"),
        (json!({ "seats": ["Z99"] }), "unknown_seat"),
        (json!({ "seats": ["A1"], "count": 1 }), "named_and_counted"),
    ] {
        let (status, text) = ask(&house.hub, OF_TOMORROW, Some((&new_key(), &body))).await;
        assert!(
            (400..500).contains(&status) && text.contains(code),
            "{status} {text}"
        );
    }
    let elsewhere = OF_TOMORROW.replace("tomorrow", "never");
    let (status, text) = ask(&house.hub, &elsewhere, Some((&new_key(), &json!({})))).await;
    assert_eq!(status, 404, "{text}");

    let picture = format!(
        "/api/v1/head-office/hand-over-code.svg?text={}",
        given.codes[0].text
    );
    let (status, text) = ask(&house.hub, &picture, None).await;
    assert_eq!(status, 200);
    assert!(text.starts_with("<svg"), "{text}");
    let (status, _) = ask(
        &house.hub,
        "/api/v1/head-office/hand-over-code.svg?text=hello",
        None,
    )
    .await;
    assert_eq!(status, 422);

    let clerk = house.world.clerk().await;
    scan(&clerk, &given.codes[0].text).await.expect(200);
    home.delete(&held.path("")).await.expect(204);
    house.cable.put_in();
    let mut house = house.comes_to_rest().await;
    // What is given by itself from now on is no matter of this story.
    house.world.stop().await;
}

#[tokio::test]
async fn a_code_that_is_none_of_this_box_changes_nothing_and_says_why() {
    let hub = Hub::start().await;
    let world = World::open_on(Clock::system()).await;
    let (clerk, guest) = (world.clerk().await, world.guest().await);
    assert_eq!(scan(&clerk, "FOYERH1:").await.problem(), (409, "no_hub"));
    world.enrol(&hub).await;
    let of = |cinema: &str| {
        let life = Nonce::from([7; 16]);
        let code = wire::HandOver {
            cinema: cinema.parse().unwrap(),
            incarnation: Incarnation::first(life),
            generation: Generation::first(life),
            showtime: "tomorrow".parse().unwrap(),
            auditorium: "screen-1".parse().unwrap(),
            plan: 1,
            seats: vec![SeatAtEpoch {
                seat: "A1".parse().unwrap(),
                epoch: 2,
            }],
        };
        let key = SecretKey::<Frames>::from_seed(cinema.parse().unwrap(), &[1; 32]);
        code.sign(&key).unwrap().remove(0).0
    };
    let (forged, elsewhere) = (of("metropol"), of("odeon"));
    let torn = &forged[..forged.len() - 9];
    for (text, refused) in [
        ("", (422, "not_a_hand_over_code")),
        ("a seat, please", (422, "not_a_hand_over_code")),
        (torn, (422, "code_not_whole")),
        (&elsewhere, (409, "code_of_another_cinema")),
        (&forged, (403, "code_not_signed")),
    ] {
        assert_eq!(scan(&clerk, text).await.problem(), refused, "{text}");
    }
    assert_eq!(
        scan(&guest, &forged).await.problem().0,
        403,
        "a kiosk takes no codes"
    );
    let said = world
        .order(Order::HandOver { code: forged })
        .await
        .unwrap_err();
    assert!(said.contains("not from this cinema's hub"), "{said}");
    assert_eq!(clerk.sees("tomorrow", "A1").await, SeatState::Free);
}

/// A code is for one life of the box: whoever takes the lost one's place has heard of the seats at its enrolment.
#[tokio::test]
async fn a_code_for_the_box_before_is_an_old_one() {
    let house = House::open(Engine::Sqlite).await;
    let Sides { lobby, .. } = house.until_both_sell().await;
    house.until_cut(&lobby).await;
    let [code] = codes(&house.hub.order(&["hand-over", "metropol", "tomorrow"]))
        .try_into()
        .unwrap();
    let House {
        world: mut lost,
        hub,
        cable,
        provider: _provider,
        ..
    } = house;
    lost.leaves(Left::Events);
    lost.stop().await;
    hub.order(&["revoke", "metropol"]);
    let refused = hub
        .try_order(&["hand-over", "metropol", "tomorrow"])
        .unwrap_err();
    assert!(refused.contains("no box"), "{refused}");
    let one_time = hub.order(&["replace", "metropol", "--yes"]);
    let next = World::without_programme_on(Clock::system()).await;
    next.import(PROGRAMME).await.unwrap();
    let enrol = Order::Enrol {
        code: one_time.trim().to_owned(),
        hub: hub.url(),
    };
    next.order(enrol).await.unwrap();
    let clerk = next.clerk().await;
    assert_eq!(scan(&clerk, &code).await.problem(), (409, "code_too_old"));
    cable.put_in();
    let file = next.folder().join("appliance.db");
    until("the next box has told the hub what it knows", || async {
        (stored::unacknowledged(&file).unwrap() == 0).then_some(())
    })
    .await;
}
