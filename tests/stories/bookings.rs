//! A guest at home comes back to what they have bought by its secret link: they see their tickets, give them back by plain forms and put the
//! evening into their calendar. Nobody else comes there.

use std::fs;

use appliance::control::Consent;
use counter_api::{Sale, TenderState};
use jiff::tz::TimeZone;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use service::Clock;
use tests::engine::Engine;
use tests::world::{Answer, House, Hub, PROGRAMME, Sides, client, until};

use crate::put_back::expects;
use crate::refunds::Evening;

/// What the hub answers at this path, in English; a redirect is followed, as a browser does.
async fn asked(hub: &Hub, path: &str) -> Answer {
    let asking = client().get(format!("{}{path}", hub.url()));
    Answer::of(asking.send().await.unwrap()).await
}

async fn page(hub: &Hub, path: &str) -> String {
    asked(hub, path).await.expect(200).text
}

/// What it answers to a form that names these tickets, as a browser sends it from a page that lets no referrer out.
async fn sent(hub: &Hub, path: &str, tickets: &[&str]) -> Answer {
    let fields: Vec<String> = tickets.iter().map(|id| format!("ticket={id}")).collect();
    let browser = reqwest::Client::builder().redirect(Policy::none());
    let sending = browser.build().unwrap();
    let sending = sending
        .post(format!("{}{path}/give-back", hub.url()))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("origin", "null")
        .body(fields.join("&"));
    Answer::of(sending.send().await.unwrap()).await
}

#[track_caller]
fn has(text: &str, all: &[&str]) {
    for one in all {
        assert!(text.contains(one), "{one:?} is not in {}", plain(text));
    }
}

#[track_caller]
fn lacks(text: &str, all: &[&str]) {
    for one in all {
        assert!(!text.contains(one), "{one:?} is in {}", plain(text));
    }
}

/// The text without its pictures, for whoever reads why a story has failed.
fn plain(text: &str) -> String {
    let parts = text.split("<svg");
    let parts = parts.map(|part| part.split_once("</svg>").map_or(part, |(_, rest)| rest));
    parts.collect()
}

fn path_of(sale: &Sale) -> String {
    sale.page.clone().expect("a booking has a page")
}

/// The codes that a page shows.
fn codes(text: &str) -> usize {
    text.matches("<svg").count()
}

async fn until_says(hub: &Hub, path: &str, words: &str, times: usize) -> String {
    until(words, || async {
        let text = page(hub, path).await;
        (text.matches(words).count() == times).then_some(text)
    })
    .await
}

tests::on_both_engines!(a_link_opens_the_booking_and_no_other_does);

async fn a_link_opens_the_booking_and_no_other_does(engine: Engine) {
    let mut evening = Evening::open(engine).await;
    let (sale, hub) = (&evening.sale, &evening.house.hub);
    let path = path_of(sale);
    let begin = format!("/bookings/metropol/{}/", sale.id);
    let proof = path.strip_prefix(&begin).expect("a path on this host");
    assert_eq!(proof.len(), 32);

    let answer = asked(hub, &path).await.expect(200);
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex, nofollow"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert_eq!(answer.header("set-cookie"), None);
    let ticket = &sale.tickets[0];
    let seat = format!("Row {}, seat {}", ticket.row, ticket.number);
    has(
        &answer.text,
        &[
            "<meta name=\"robots\" content=\"noindex\">",
            "<h1>Fight Club</h1>",
            "20:15",
            "The film begins at ",
            "Screen 1, Metropol",
            "1 / 2",
            "2 / 2",
            &seat,
            "Adult, €10.00",
            "€20.00",
            "including €1.30 tax",
            &sale.collection_code,
            &sale.receipt_number,
            "FSK 16",
            ">Good for entry<",
            "until the showtime begins: ",
        ],
    );
    assert_eq!(codes(&answer.text), 2);
    has(&answer.text, &["data-kept=\"no\"", "\"/bookings/keep.js\""]);
    lacks(&answer.text, &["We cannot reach", " style=", "canonical"]);
    let german = page(hub, &format!("{path}?lang=de")).await;
    has(&german, &["<html lang=\"de\">", ">Gültig<", "Erwachsene"]);

    // What is not the link leads nowhere, whatever it names.
    let (other, wrong) = (&evening.sale.hold, "0".repeat(32));
    let nowhere = [
        format!("{begin}{wrong}"),
        format!("{begin}{}", &proof[..31]),
        format!("{begin}{}", &proof[..30]),
        format!("{begin}{proof}00"),
        path.replace("metropol", "odeon"),
        path.replace(sale.id.as_str(), other.as_str()),
        format!("{begin}%ff"),
    ];
    for path in &nowhere {
        for rest in ["", "/calendar.ics", "/give-back"] {
            let answer = asked(hub, &format!("{path}{rest}")).await.expect(404);
            has(&answer.text, &["There is no booking at this address."]);
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
        sent(hub, path, &[ticket.id.as_str()]).await.expect(404);
    }
    has(
        &page(hub, "/robots.txt").await,
        &["\nDisallow: /bookings/\n"],
    );

    // The address as a picture is for whoever bought; here it is no address.
    let picture = format!("/api/v1/sales/{}/page.svg", sale.id);
    let of_buyer = evening.home.get(&picture).await;
    assert_eq!(of_buyer.problem(), (404, "no_page"));
    let stranger = hub.guest("metropol").await;
    let of_stranger = stranger.get(&picture).await;
    assert_eq!(of_stranger.problem(), (404, "unknown_sale"));
    let public = picture.replacen("/api/v1", "/api/v1/cinemas/metropol", 1);
    asked(hub, &public).await.expect(401);

    // Nobody reads it where the hub writes down what it does.
    let (log, meters) = (
        fs::read_to_string(hub.log()).unwrap(),
        page(hub, "/metrics").await,
    );
    for written in [log, meters] {
        lacks(&written, &[proof, sale.id.as_str(), &sale.collection_code]);
    }

    // Another life of the hub, which people have under a name.
    let settings = evening.house.hub.settings();
    evening.house.hub.kill();
    let text = fs::read_to_string(&settings).unwrap();
    let named = "[http]\npublic = \"https://kino.example\"\n";
    fs::write(&settings, text.replace("[http]\n", named)).unwrap();
    evening.house.hub.start_again().await;
    let hub = &evening.house.hub;
    assert_eq!(codes(&page(hub, &path).await), 2);
    let sale: Sale = evening
        .home
        .get(&format!("/api/v1/sales/{}", evening.sale.id))
        .await
        .expect(200)
        .body();
    assert_eq!(path_of(&sale), format!("https://kino.example{path}"));
    let drawn = evening.home.get(&picture).await.expect(200);
    assert_eq!(drawn.header("content-type"), Some("image/svg+xml"));
    let of_stranger = stranger.get(&picture).await;
    assert_eq!(of_stranger.problem(), (404, "unknown_sale"));
    evening.house.comes_to_rest().await;
}

tests::on_both_engines!(tickets_go_back_by_a_form_one_by_one_through_a_cut);

async fn tickets_go_back_by_a_form_one_by_one_through_a_cut(engine: Engine) {
    let evening = Evening::open(engine).await;
    let (house, hub) = (&evening.house, &evening.house.hub);
    let path = path_of(&evening.sale);
    let [first, second] = [0, 1].map(|nth| evening.sale.tickets[nth].id.as_str());

    // It is said what comes back before it is done.
    let choice = page(hub, &path).await;
    has(
        &choice,
        &[&format!("value=\"{first}\""), "See what comes back"],
    );
    let offer = format!("{path}/give-back?ticket={first}");
    let offered = page(hub, &offer).await;
    has(
        &offered,
        &[
            "Give these tickets back?",
            "1 ticket, €10.00 back to the card that paid",
            &format!("value=\"{first}\""),
        ],
    );
    lacks(&offered, &[second]);
    let both = page(hub, &format!("{offer}&ticket={second}&lang=de")).await;
    has(
        &both,
        &["2 Tickets, 20,00\u{a0}€ zurück auf die Karte, mit der bezahlt wurde"],
    );
    assert_eq!(evening.money(), (2_000, 0));
    // Nothing that is no choice is taken for one.
    for none in [
        &[][..],
        &["none"],
        &["", "%00"],
        &[first, evening.sale.id.as_str()],
    ] {
        sent(hub, &path, none).await.expect(409);
    }
    let none = asked(hub, &format!("{path}/give-back")).await.expect(409);
    has(&none.text, &["No ticket is chosen."]);
    has(&page(hub, &path).await, &[">Good for entry<"]);

    let done = sent(hub, &path, &[first]).await.expect(303);
    assert_eq!(done.header(LOCATION.as_str()), Some(path.as_str()));
    let returned = "€10.00 went back to the card that paid.";
    let text = until_says(hub, &path, returned, 1).await;
    assert_eq!(codes(&text), 1, "what went back shows no code");
    lacks(&text, &[&format!("value=\"{first}\"")]);
    assert_eq!(evening.money(), (2_000, 1_000));
    // The form is sent once more, and a page of before is.
    sent(hub, &path, &[first]).await.expect(303);
    // It leads to the booking.
    has(&page(hub, &offer).await, &[returned]);
    assert_eq!(evening.money(), (2_000, 1_000));

    // During a cut the ticket stays good until its cinema has answered.
    house.cable.pull();
    until_says(hub, &path, "We cannot reach the cinema at the moment.", 1).await;
    let offered = page(hub, &format!("{path}/give-back?ticket={second}")).await;
    has(&offered, &["until then your ticket stays good"]);
    let done = sent(hub, &path, &[second]).await.expect(303);
    assert_eq!(done.header(LOCATION.as_str()), Some(path.as_str()));
    sent(hub, &path, &[second, first]).await.expect(303);
    let text = page(hub, &path).await;
    has(
        &text,
        &[">Being given back<", "The cinema is asked whether"],
    );
    assert_eq!(codes(&text), 1);
    assert_eq!(evening.money(), (2_000, 1_000));
    house.cable.put_in();
    let text = until_says(hub, &path, returned, 2).await;
    assert_eq!(codes(&text), 0);
    assert_eq!(evening.money(), (2_000, 2_000));
    let calendar = page(hub, &format!("{path}/calendar.ics")).await;
    has(&calendar, &["STATUS:CANCELLED\r\n"]);
    evening.house.comes_to_rest().await;
}

tests::on_both_engines!(who_was_let_in_keeps_the_ticket_and_is_told_so);

async fn who_was_let_in_keeps_the_ticket_and_is_told_so(engine: Engine) {
    let evening = Evening::open(engine).await;
    let (house, hub) = (&evening.house, &evening.house.hub);
    let path = path_of(&evening.sale);
    let [first, second] = &evening.sale.tickets[..] else {
        panic!("two tickets")
    };
    evening.scan(&first.code).await.expect(201);
    let text = until_says(hub, &path, "Used at the door at ", 1).await;
    assert_eq!(codes(&text), 2);
    lacks(&text, &[&format!("value=\"{}\"", first.id)]);
    let both = [first.id.as_str(), second.id.as_str()];
    let refused = sent(hub, &path, &both).await.expect(409);
    has(
        &refused.text,
        &["One of these tickets was used at the door", &path],
    );
    has(&page(hub, &path).await, &[">Good for entry<"]);

    // What the hub cannot know when it asks, the cinema answers.
    house.cable.pull();
    sent(hub, &path, &[second.id.as_str()]).await.expect(303);
    evening.scan(&second.code).await.expect(201);
    house.cable.put_in();
    let kept = ">Not taken back<";
    until_says(hub, &path, kept, 1).await;
    assert_eq!(evening.money(), (2_000, 0));
    evening.house.comes_to_rest().await;
}

tests::on_both_engines!(what_is_cancelled_says_so_and_its_money_comes_by_itself);

async fn what_is_cancelled_says_so_and_its_money_comes_by_itself(engine: Engine) {
    let evening = Evening::open(engine).await;
    let hub = &evening.house.hub;
    let path = path_of(&evening.sale);
    let calendar = format!("{path}/calendar.ics");
    let before = asked(hub, &calendar).await.expect(200);
    let kind = before.header("content-type");
    assert_eq!(kind, Some("text/calendar; charset=utf-8"));
    has(
        &before.text,
        &[
            &format!("\r\nUID:{}\r\n", evening.sale.id),
            "\r\nSUMMARY:Fight Club\r\n",
            "\r\nLOCATION:Metropol",
            "\r\nSTATUS:CONFIRMED\r\n",
        ],
    );
    lacks(
        &before.text,
        &[&path, &evening.sale.collection_code, "FOYER1"],
    );

    evening.cancels().await;
    let returned = "€10.00 went back to the card that paid.";
    let text = until_says(hub, &path, returned, 2).await;
    has(
        &text,
        &["This showtime is cancelled.", "comes back by itself"],
    );
    lacks(&text, &["See what comes back"]);
    assert_eq!(codes(&text), 0);
    let ticket = evening.sale.tickets[0].id.as_str();
    let offer = format!("{path}/give-back?ticket={ticket}");
    let refused = asked(hub, &offer).await.expect(409);
    has(&refused.text, &["This showtime is cancelled."]);
    sent(hub, &path, &[ticket]).await.expect(303);
    assert_eq!(evening.money(), (2_000, 2_000));
    let after = page(hub, &calendar).await;
    has(
        &after,
        &["\r\nSTATUS:CANCELLED\r\n", "Fight Club (cancelled)\r\n"],
    );
    evening.house.comes_to_rest().await;
}

#[tokio::test]
async fn a_showtime_at_another_time_says_when_it_was_to_be() {
    let evening = Evening::open(Engine::Sqlite).await;
    let hub = &evening.house.hub;
    let path = path_of(&evening.sale);
    let tomorrow = "days = \"today+1\"\ntime = \"20:15\"";
    assert_eq!(PROGRAMME.matches(tomorrow).count(), 1);
    let later = PROGRAMME.replace(tomorrow, "days = \"today+1\"\ntime = \"21:05\"");
    let world = &evening.house.world;
    let moved = world.import_with(&later, Consent::Given).await;
    moved.expect("it is meant so");
    let text = until_says(hub, &path, "The time has changed: ", 1).await;
    has(&text, &[", 21:05. Before, it was ", ", 20:15."]);
    assert_eq!(codes(&text), 2);
    let calendar = page(hub, &format!("{path}/calendar.ics")).await;
    has(&calendar, &["\r\nSTATUS:CONFIRMED\r\nSEQUENCE:"]);
    evening.house.comes_to_rest().await;
}

#[tokio::test]
async fn what_has_begun_is_not_given_back_and_the_way_on_is_said() {
    let evening = Evening::open(Engine::Sqlite).await;
    let hub = &evening.house.hub;
    let path = path_of(&evening.sale);
    // The cinema says that it was the day before yesterday.
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let today = Clock::system().now().to_zoned(zone).date();
    // After midnight the business day is yesterday's yet, with showtimes of its own.
    let past = today.yesterday().unwrap().yesterday().unwrap();
    let tomorrow = "days = \"today+1\"\ntime = \"20:15\"";
    let past = format!("days = \"{past}\"\ntime = \"20:15\"");
    let past = PROGRAMME.replace(tomorrow, &past);
    let world = &evening.house.world;
    let moved = world.import_with(&past, Consent::Given);
    moved.await.expect("it is meant so");
    let text = until_says(hub, &path, "This showtime is over.", 1).await;
    let too_late = "Tickets can be given back until the showtime begins.";
    has(&text, &[too_late, "say your booking number"]);
    lacks(&text, &["type=\"checkbox\"", "data-kept=\"no\"", "keep.js"]);
    let ticket = evening.sale.tickets[0].id.as_str();
    let begun = "The showtime has begun.";
    let offer = format!("{path}/give-back?ticket={ticket}");
    let refused = asked(hub, &offer).await.expect(409);
    has(&refused.text, &[begun, "ask at the cinema", &path]);
    let refused = sent(hub, &path, &[ticket]).await.expect(409);
    has(&refused.text, &[begun]);
    assert_eq!(evening.money(), (2_000, 0));
    evening.house.comes_to_rest().await;
}

#[tokio::test]
async fn a_hub_that_has_forgotten_a_booking_does_not_say_that_there_is_none() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides { home, theirs, .. } = house.until_both_sell().await;
    house.hub.kill();
    let before = house.hub.copied();
    house.hub.start_again().await;
    let held = home.hold("tomorrow", &[&theirs[0]]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let path = path_of(&held.sale().await);
    assert_eq!(codes(&page(&house.hub, &path).await), 1);
    house.cable.pull();
    house.hub.kill();
    house.hub.put_back_folder(&before);
    house.hub.start_again().await;
    let answer = asked(&house.hub, &path).await.expect(404);
    has(
        &answer.text,
        &["This link is right", "kept or printed open the door"],
    );
}

#[tokio::test]
async fn half_of_a_love_seat_names_the_other_half() {
    let evening = Evening::open(Engine::Sqlite).await;
    let hub = &evening.house.hub;
    let held = evening.home.hold("tomorrow", &["E1", "E2"]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let sale = held.sale().await;
    let path = path_of(&sale);
    let [one, other] = [0, 1].map(|nth| sale.tickets[nth].id.as_str());
    // Whoever looks first is shown both.
    let look = page(hub, &format!("{path}/give-back?ticket={one}")).await;
    for id in [one, other] {
        has(&look, &[&format!("name=\"ticket\" value=\"{id}\"")]);
    }
    let refused = sent(hub, &path, &[one]).await.expect(409);
    has(
        &refused.text,
        &[
            "A love seat goes back whole: Row E, seat 1 and Row E, seat 2 belong together.",
            "Back to the booking",
        ],
    );
    sent(hub, &path, &[one, other]).await.expect(303);
    until_says(hub, &path, "went back to the card that paid.", 2).await;
    evening.house.comes_to_rest().await;
}
