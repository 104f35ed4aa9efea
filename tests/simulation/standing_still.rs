//! A box whose background work stands still, as on a busy machine: what is over and in a guest's way is ended by the guest's own request.

use std::time::Duration;

use appliance_api::DeviceKind;
use serde_json::{Value, json};

use crate::house::{Answer, House};
use crate::people::Person;

/// How long a guest in the lobby has.
const HOLD_TIME: Duration = Duration::from_secs(8 * 60);

#[tokio::test]
async fn a_hold_that_is_over_ends_with_the_choice_that_it_is_in_the_way_of() {
    let house = House::open(1).await;
    let mut slow = Person::come(&house, DeviceKind::Kiosk, "slow").await;
    let mut next = Person::come(&house, DeviceKind::Till, "next").await;
    let (path, other) = (
        hold(&house, &mut slow, "tonight", &["A1", "A2"]).await.1,
        hold(&house, &mut slow, "tonight", &["D1"]).await.1,
    );
    let (refused, _) = hold(&house, &mut next, "tonight", &["A2", "A3"]).await;
    assert_eq!(problem(&refused), (409, "seats_taken"));

    house.clock.advance(HOLD_TIME);
    let (held, mine) = hold(&house, &mut next, "tonight", &["A2", "A3"]).await;
    assert_eq!(held.0, 201, "{}", held.1);
    let cash = json!({ "cash_given_minor": 5_000 });
    let settle = format!("{mine}/settle");
    let sold = next.ask(&house, "POST", &settle, &cash).await.0;
    assert_eq!(sold.0, 200, "{}", sold.1);

    for (seat, state) in [("A1", "free"), ("A2", "sold"), ("D1", "held")] {
        assert_eq!(seen(&house, &mut next, seat).await, state, "{seat}");
    }
    let over = slow.ask(&house, "GET", &path, &Value::Null).await.0;
    assert_eq!(over.1["state"], "ended", "{}", over.1);
    // A choice that is made anew is one as well.
    let (_, third) = hold(&house, &mut next, "tonight", &["B1"]).await;
    let wish = choices(&["D1", "D2"]);
    let seats = format!("{third}/seats");
    let chosen = next.ask(&house, "PUT", &seats, &wish).await.0;
    assert_eq!(chosen.0, 200, "{}", chosen.1);
    let over = slow.ask(&house, "GET", &other, &Value::Null).await.0;
    assert_eq!(over.1["state"], "ended", "{}", over.1);
}

#[tokio::test]
async fn a_hold_that_is_over_is_no_reason_to_leave_a_single_seat() {
    let house = House::open(1).await;
    let mut slow = Person::come(&house, DeviceKind::Kiosk, "slow").await;
    let mut next = Person::come(&house, DeviceKind::Till, "next").await;
    let row = |letter, first| -> Vec<String> {
        (first..=10).map(|seat| format!("{letter}{seat}")).collect()
    };
    hold(&house, &mut slow, "strict", &row('B', 1)).await;
    house.clock.advance(HOLD_TIME / 2);
    for taken in [row('A', 4), row('C', 1)] {
        let (held, _) = hold(&house, &mut slow, "strict", &taken).await;
        assert_eq!(held.0, 201, "{}", held.1);
    }

    house.clock.advance(HOLD_TIME / 2);
    let (refused, _) = hold(&house, &mut next, "strict", &["A1", "A2"]).await;
    assert_eq!(problem(&refused), (409, "single_seat_left"), "B is free");
    let (held, _) = hold(&house, &mut next, "strict", &["B1", "B2"]).await;
    assert_eq!(held.0, 201, "{}", held.1);
    let (held, _) = hold(&house, &mut slow, "strict", &["A1", "A2"]).await;
    assert_eq!(problem(&held), (409, "single_seat_left"), "B3 to B10 are");
}

/// The answer to a wish for these seats, and where the hold is if there is one.
async fn hold<S: AsRef<str>>(
    house: &House,
    person: &mut Person,
    showtime: &str,
    seats: &[S],
) -> (Answer, String) {
    let holds = format!("/api/v1/showtimes/{showtime}/holds");
    let asked = person.ask(house, "POST", &holds, &choices(seats)).await.0;
    let id = asked.1["id"].as_str().unwrap_or_default();
    let path = format!("/api/v1/holds/{id}");
    (asked, path)
}

fn choices<S: AsRef<str>>(seats: &[S]) -> Value {
    let seats = seats.iter().map(|seat| json!({ "seat": seat.as_ref() }));
    json!({ "seats": seats.collect::<Vec<_>>() })
}

async fn seen(house: &House, person: &mut Person, seat: &str) -> String {
    let path = "/api/v1/showtimes/tonight/seats";
    let map = person.ask(house, "GET", path, &Value::Null).await.0.1;
    let mut seats = map["seats"].as_array().into_iter().flatten();
    let found = seats.find(|it| it["seat"] == seat).unwrap();
    found["state"].as_str().unwrap().to_owned()
}

fn problem(answer: &Answer) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}
