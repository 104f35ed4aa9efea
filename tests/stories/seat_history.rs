//! What became of a seat: told to staff at the box and to operators at the hub, each as far as their side keeps it.

use appliance::control::Order;
use counter_api::{SeatDeed, SeatHappening, SeatHistory, SeatOutcome, TenderState};
use hub_api::DayShowtimes;
use reqwest::header::COOKIE;
use serde_json::json;
use tests::engine::Engine;
use tests::world::{House, Seller, Sides, World, client, new_key, until};

fn path(seat: &str) -> String {
    format!("/api/v1/showtimes/tomorrow/seats/{seat}/history")
}

async fn ask(staff: &Seller, seat: &str) -> SeatHistory {
    staff.get(&path(seat)).await.expect(200).body()
}

fn deeds(history: &SeatHistory) -> Vec<SeatDeed> {
    history.happenings.iter().map(|it| it.deed).collect()
}

fn order(seat: &str) -> Order {
    Order::SeatHistory {
        showtime: "tomorrow".parse().unwrap(),
        seat: seat.parse().unwrap(),
    }
}

tests::on_both_engines!(both_sides_tell_what_became_of_a_seat);

async fn both_sides_tell_what_became_of_a_seat(engine: Engine) {
    use SeatDeed::{Admitted, GivenToTheCinema, GivenToTheHub, Held, Sold, SoldElsewhere};
    let house = House::open(engine).await;
    let Sides {
        home,
        lobby,
        ours,
        theirs,
    } = house.until_both_sell().await;
    let (clerk, usher) = (house.world.clerk().await, house.world.usher().await);
    let online = theirs[0].as_str();
    let given_up = home.hold("tomorrow", &[online]).await;
    home.delete(&given_up.path("")).await.expect(204);
    let bought = home.hold("tomorrow", &[online]).await;
    assert_eq!(bought.pay_with("card_approve").await, TenderState::Approved);
    let ticket = bought.sale().await.tickets.remove(0);
    let scan = json!({ "code": ticket.code, "showtime": "tomorrow" });
    until("the box lets the guest in", || async {
        let scanned = usher
            .post("/api/v1/door/admissions", &new_key(), &scan)
            .await;
        (scanned.status == 201).then_some(())
    })
    .await;
    // A seat of the hub's that is bought in the lobby.
    let fetched = theirs[2].as_str();
    lobby
        .hold("tomorrow", &[fetched, &theirs[3]])
        .await
        .card()
        .await;

    let at_box = until("the box knows who bought it", || async {
        let told = ask(&usher, online).await;
        deeds(&told).contains(&SoldElsewhere).then_some(told)
    })
    .await;
    assert_eq!(deeds(&at_box), [GivenToTheHub, SoldElsewhere, Admitted]);
    assert!(at_box.happenings[1].words.contains(ticket.id.as_str()));
    assert!(
        at_box.happenings.iter().all(|it| it.at.ends_with("+01:00")),
        "{at_box:?}"
    );
    let brought = ask(&clerk, fetched).await;
    assert_eq!(
        deeds(&brought),
        [GivenToTheHub, GivenToTheCinema, Held, Sold]
    );
    assert_eq!(
        brought.happenings[2].by.as_deref(),
        Some("Kiosk 1"),
        "{brought:?}"
    );
    assert!(
        brought.happenings[3].words.contains("receipt 1-000001"),
        "{brought:?}"
    );
    let untouched = ask(&clerk, &ours[0]).await;
    assert_eq!(
        (deeds(&untouched).len(), untouched.now.as_str()),
        (0, "the cinema's, free")
    );
    let said = house.world.order(order(fetched)).await.unwrap();
    for words in [
        "the hub gave it back to the cinema",
        "held, and bought (Kiosk 1)",
        "not kept: ",
    ] {
        assert!(said.contains(words), "{said}");
    }

    let at_hub = async |seat: &str| {
        let path =
            format!("/api/v1/head-office/cinemas/metropol/showtimes/tomorrow/seats/{seat}/history");
        house.hub.get::<SeatHistory>(&path).await
    };
    let sold = until("the hub knows who was let in", || async {
        let told = at_hub(online).await.unwrap();
        deeds(&told).contains(&Admitted).then_some(told)
    })
    .await;
    assert_eq!(deeds(&sold), [GivenToTheHub, Held, Held, Sold, Admitted]);
    assert!(
        sold.happenings[1].words.contains("given up or lapsed"),
        "{sold:?}"
    );
    let lent = until("the hub knows who bought it", || async {
        let told = at_hub(fetched).await.unwrap();
        deeds(&told).contains(&SoldElsewhere).then_some(told)
    })
    .await;
    assert_eq!(
        deeds(&lent),
        [GivenToTheHub, GivenToTheCinema, SoldElsewhere]
    );
    assert_eq!(lent.now, "the cinema's to sell, or on its way there");
    assert!(at_hub("Z99").await.is_none());

    // The same, for whoever is signed in on the hub's machine.
    let order = |seat| {
        house
            .hub
            .try_order(&["seat-history", "metropol", "tomorrow", seat])
    };
    let said = order(fetched).unwrap();
    for words in [
        "the hub gave it back to the cinema",
        "sold at the cinema, ticket",
        "receipt 1-000001",
        "What is held in the lobby, the cinema's box alone knows.",
        "what its box has told so far; there is contact",
    ] {
        assert!(said.contains(words), "{said}");
    }
    assert!(order("Z99").unwrap_err().contains("no such seat"));
    let nowhere = house
        .hub
        .try_order(&["seat-history", "never", "tomorrow", "A1"]);
    assert!(nowhere.is_err(), "{nowhere:?}");
    house.until_cut(&lobby).await;
    until("the hub says that it hears nothing", || async {
        let said = order(fetched).unwrap();
        let told = at_hub(fetched).await.unwrap().heard.unwrap();
        let since = format!("no contact since {}", told.last_contact?);
        (!told.is_up && said.contains(&since)).then_some(())
    })
    .await;
}

tests::on_both_engines!(a_ticket_that_goes_back_is_part_of_the_story);

async fn a_ticket_that_goes_back_is_part_of_the_story(engine: Engine) {
    use SeatDeed::{AskedBack, GivenToTheHub, Held, Sold};
    let house = House::open(engine).await;
    let Sides { home, theirs, .. } = house.until_both_sell().await;
    let seat = theirs[0].as_str();
    let bought = home.hold("tomorrow", &[seat]).await;
    assert_eq!(bought.pay_with("card_approve").await, TenderState::Approved);
    let sale = bought.sale().await;
    let back = format!("/api/v1/sales/{}/refunds", sale.id);
    home.post(&back, &new_key(), &json!({})).await.expect(202);
    let path =
        format!("/api/v1/head-office/cinemas/metropol/showtimes/tomorrow/seats/{seat}/history");
    let told = until("the cinema takes it back", || async {
        let told = house.hub.get::<SeatHistory>(&path).await.unwrap();
        let is_back = |it: &SeatHappening| it.outcome == Some(SeatOutcome::GivenBack);
        told.happenings.iter().any(is_back).then_some(told)
    })
    .await;
    assert_eq!(deeds(&told), [GivenToTheHub, Held, Sold, AskedBack]);
    let [.., asked] = told.happenings.as_slice() else {
        unreachable!("there are four")
    };
    assert_eq!(asked.ticket.as_ref(), Some(&sale.tickets[0].id));
    assert!(asked.words.starts_with("asked back, ticket "), "{asked:?}");
    let said = house
        .hub
        .order(&["seat-history", "metropol", "tomorrow", seat]);
    assert!(said.contains("; it is given back"), "{said}");
}

#[tokio::test]
async fn head_office_finds_the_showtimes_of_any_day() {
    let house = House::open(Engine::Sqlite).await;
    house.until_both_sell().await;
    let of_day = async |query: &str| {
        let path = format!("/api/v1/head-office/cinemas/metropol/showtimes{query}");
        house.hub.get::<DayShowtimes>(&path).await
    };
    let ids = |day: &DayShowtimes| -> Vec<String> {
        day.showtimes.iter().map(|it| it.id.to_string()).collect()
    };
    let today = of_day("").await.unwrap();
    let cinema = house.hub.sees("metropol").await.unwrap();
    assert_eq!(
        (&today.day, &today.showtimes),
        (&cinema.today.day, &cinema.today.showtimes)
    );
    assert!(ids(&today).contains(&"over".to_owned()), "{today:?}");
    let date: jiff::civil::Date = today.day.parse().unwrap();
    let next = of_day(&format!("?day={}", date.tomorrow().unwrap())).await;
    let next = next.unwrap();
    assert!(ids(&next).contains(&"tomorrow".to_owned()), "{next:?}");
    let long_ago = of_day("?day=1999-12-31").await.unwrap();
    assert_eq!(ids(&long_ago), [""; 0]);
    let nonsense = client()
        .get(format!(
            "{}/api/v1/head-office/cinemas/metropol/showtimes?day=yesterday",
            house.hub.url()
        ))
        .header(COOKIE, house.hub.cookie().await);
    assert_eq!(nonsense.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn guests_are_told_nothing_and_nonsense_is_refused_in_words() {
    let world = World::open().await;
    let (kiosk, clerk) = (world.guest().await, world.clerk().await);
    let refused = kiosk.get(&path("A1")).await;
    assert_eq!(refused.problem(), (403, "not_for_guests"));
    let stranger = world.stranger().get(&path("A1")).await;
    assert_eq!(stranger.problem(), (401, "not_paired"));
    let there_is_none = |answer: (u16, &str)| assert_eq!(answer.0, 404, "{answer:?}");
    assert_eq!(
        clerk.get(&path("Z99")).await.problem(),
        (404, "unknown_seat")
    );
    let unknown = clerk.get("/api/v1/showtimes/never/seats/A1/history").await;
    assert_eq!(unknown.problem(), (404, "unknown_showtime"));
    for nonsense in ["..", "%00", "A1%20OR%201", "%F0%9F%8D%BF", &"A".repeat(65)] {
        let answer = client().get(format!("{}{}", world.url(), path(nonsense)));
        let asked = answer
            .bearer_auth(clerk.token().unwrap())
            .send()
            .await
            .unwrap();
        let problem: serde_json::Value = asked.json().await.unwrap();
        there_is_none((
            u16::try_from(problem["status"].as_u64().unwrap()).unwrap(),
            nonsense,
        ));
    }
    let said = world.order(order("Z99")).await.unwrap_err();
    assert!(said.contains("no such seat"), "{said}");
}
