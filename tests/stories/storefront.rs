//! Guests at home read what is on, on pages that the hub draws: without a script, in their language, and never what is not so any more.

use std::collections::BTreeSet;

use appliance::control::Order;
use box_office::SeatKind;
use counter_api::{DayProgramme, ShowtimeState, ShowtimeWithLayout, TenderState};
use reqwest::Method;
use serde_json::{Value, json};
use service::Clock;
use tests::engine::Engine;
use tests::one_counter::give_to_the_hub;
use tests::world::{Answer, House, Hub, PROGRAMME, Seller, Sides, World, client, until};

use crate::guests_at_home::Online;
use crate::put_back::expects;

const YEN: &str = include_str!("cases/currency-2-jpy.toml");
const DECOMPOSED: &str = include_str!("cases/nfd-title.toml");
const LONG: &str = include_str!("cases/long-title.toml");
const SILENT: &str = include_str!("cases/silent-film.toml");

/// What the hub answers at this path with these headers; a redirect is followed, as a browser does.
async fn asked(hub: &Hub, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut asking = client().get(format!("{}{path}", hub.url()));
    for (name, value) in headers {
        asking = asking.header(*name, *value);
    }
    Answer::of(asking.send().await.unwrap()).await
}

/// The page at this path in English, as a browser without scripts shows it.
pub(crate) async fn page(hub: &Hub, path: &str) -> String {
    asked(hub, path, &[]).await.expect(200).text
}

/// The text has all of these.
#[track_caller]
fn has(text: &str, all: &[&str]) {
    for one in all {
        assert!(text.contains(one), "{one:?} is not in {text}");
    }
}

/// The text has none of these.
#[track_caller]
fn lacks(text: &str, all: &[&str]) {
    for one in all {
        assert!(!text.contains(one), "{one:?} is in {text}");
    }
}

/// What stands in the attributes of this name.
fn attributes(text: &str, name: &str) -> BTreeSet<String> {
    let begin = format!(" {name}=\"");
    let rest = text.split(&begin).skip(1);
    let values = rest.filter_map(|rest| rest.split('"').next());
    values.map(|value| value.replace("&amp;", "&")).collect()
}

/// What the page tells programs, of this type.
fn told(text: &str, kind: &str) -> Vec<Value> {
    let (_, rest) = text
        .split_once("<script type=\"application/ld+json\">")
        .expect("what it is about");
    let (document, _) = rest.split_once("</script>").unwrap();
    let document: Value = serde_json::from_str(document).expect("JSON");
    assert_eq!(document["@context"], "https://schema.org");
    let all = document["@graph"].as_array().expect("a list").iter();
    all.filter(|of| of["@type"] == kind).cloned().collect()
}

/// Every page that a reader comes to from the first one, by links alone; all are there.
async fn walked(hub: &Hub) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut left = vec!["/".to_owned()];
    while let Some(path) = left.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answer = asked(hub, &path, &[]).await;
        assert_eq!(answer.status, 200, "{path}");
        let is_page = answer.header("content-type") == Some("text/html; charset=utf-8");
        if is_page {
            // What has the nearest cinema stand first is shown by it alone.
            let nearest = "<script src=\"/storefront/nearest.js\" defer></script>";
            // Its sheets stand in the page, and the policy names them.
            let sheets = answer.text.matches("<style>").count();
            assert!((1..=2).contains(&sheets), "{path}: {sheets}");
            let policy = answer.header("content-security-policy").unwrap();
            assert!(policy.contains("style-src 'self' 'sha256-"), "{policy}");
            lacks(
                &answer.text.replace(nearest, ""),
                &["<script src", " style=", " onclick"],
            );
            let mut links = attributes(&answer.text, "href");
            links.append(&mut attributes(&answer.text, "src"));
            left.extend(links.into_iter().filter(|link| link.starts_with('/')));
        }
    }
    seen
}

async fn shown(seller: &Seller, showtime: &str) -> ShowtimeWithLayout {
    let path = format!("/api/v1/showtimes/{showtime}");
    seller.get(&path).await.expect(200).body()
}

/// Where the list of the day stands on which `tomorrow` is.
async fn day_of_tomorrow(seller: &Seller) -> String {
    let starts_at = shown(seller, "tomorrow").await.showtime.starts_at;
    format!("/cinemas/metropol?day={}", &starts_at[..10])
}

const TOMORROW: &str = "/cinemas/metropol/showtimes/tomorrow";

tests::on_both_engines!(what_is_on_is_read_without_a_script_and_is_what_is_sold);

async fn what_is_on_is_read_without_a_script_and_is_what_is_sold(engine: Engine) {
    let house = House::open(engine).await;
    let Sides { home, lobby, .. } = house.until_both_sell().await;
    let hub = &house.hub;

    has(&page(hub, "/").await, &["What’s on at Metropol"]);
    let day = day_of_tomorrow(&home).await;
    let list = asked(hub, &day, &[]).await.expect(200);
    assert_eq!(list.header("set-cookie"), None, "nobody who reads is known");
    has(
        &list.text,
        &[
            "<html lang=\"en\">",
            "Fight Club",
            "20:15",
            TOMORROW,
            "FSK 16",
            "139\u{a0}min",
            "from €10.00",
            "English, German subtitles",
            "/api/v1/cinemas/metropol/films/fight-club/poster.svg",
        ],
    );
    let film = page(hub, "/cinemas/metropol/films/fight-club").await;
    has(
        &film,
        &[
            "David Fincher, 1999",
            "Drama",
            "FSK 16: admission from age 16. Your age is checked at the door.",
            "English, German subtitles",
            "Screen 1",
            "Adult",
            "from €10.00",
            "All prices include 7\u{a0}% tax.",
        ],
    );
    lacks(&film, &["Child", "School class"]);

    let now = shown(&home, "tomorrow").await;
    assert_eq!(now.showtime.state, ShowtimeState::OnSale);
    let before = asked(hub, TOMORROW, &[]).await.expect(200);
    let can = |seats: u32| format!("{seats} seats are free online right now.");
    has(
        &before.text,
        &[
            &can(now.showtime.seats_free),
            "Screen 1, Metropol",
            "€12.00",
            "€14.00",
            "Online sales end at 20:05.",
        ],
    );
    let events = told(&before.text, "ScreeningEvent");
    let [event] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(event["startDate"], now.showtime.starts_at);
    assert_eq!(event["endDate"], now.showtime.ends_at);
    assert_eq!(event["eventStatus"], "https://schema.org/EventScheduled");
    let offers = event["offers"].as_array().unwrap().iter();
    let offered: Vec<_> = offers
        .map(|offer| {
            assert_eq!(offer["availability"], "https://schema.org/InStock");
            assert_eq!(offer["url"], format!("{}{TOMORROW}", hub.url()));
            format!("{} {}", offer["price"], offer["priceCurrency"]).replace('"', "")
        })
        .collect();
    let alone = (now.prices.iter()).filter(|price| price.seat_kind != SeatKind::Companion);
    let sold = alone.map(|price| price.price.to_string());
    assert_eq!(offered, sold.collect::<Vec<_>>());
    let movies = told(&before.text, "Movie");
    assert_eq!(movies[0]["@id"], event["workPresented"]["@id"]);
    assert_eq!(movies[0]["duration"], "PT139M");

    // What has changed is sent, and what has not is not.
    let etag = before.header("etag").unwrap();
    assert_eq!(before.header("cache-control"), Some("no-cache"));
    let again = asked(hub, TOMORROW, &[("if-none-match", etag)]).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    let held = home.hold("tomorrow", &["A1", "A2"]).await;
    let after = asked(hub, TOMORROW, &[("if-none-match", etag)]).await;
    has(
        &after.expect(200).text,
        &[&can(now.showtime.seats_free - 2)],
    );
    home.delete(&held.path("")).await.expect(204);

    house.until_cut(&lobby).await;
    until("the page says that the line is cut", || async {
        let text = page(hub, TOMORROW).await;
        let here = shown(&home, "tomorrow").await.showtime.seats_free;
        let is_said = text.contains("We cannot reach the cinema at the moment.")
            && text.contains(&can(here))
            && here < now.showtime.seats_free;
        is_said.then_some(())
    })
    .await;
    has(
        &page(hub, &day).await,
        &["We cannot reach this cinema at the moment."],
    );
}

#[tokio::test]
async fn every_link_leads_somewhere_and_search_engines_find_the_same() {
    let online = Online::selling(Engine::Sqlite, "", PROGRAMME).await;
    let hub = online.hub();
    let walked = walked(hub).await;
    let map = page(hub, "/sitemap.xml").await;
    let listed = map.split("<loc>").skip(1);
    let listed: Vec<_> = listed.filter_map(|rest| rest.split('<').next()).collect();
    assert!(listed.len() >= 4, "{map}");
    for address in listed {
        let path = address.strip_prefix(&hub.url()).expect("our own address");
        let text = page(hub, path).await;
        assert!(walked.contains(path), "{path} of {walked:?}");
        if path != "/" {
            let canonical = format!("<link rel=\"canonical\" href=\"{address}\">");
            has(&text, &[&canonical, "property=\"og:title\""]);
        }
    }
    let robots = page(hub, "/robots.txt").await;
    let sitemap = format!("Sitemap: {}/sitemap.xml\n", hub.url());
    has(
        &robots,
        &["Disallow: /api/\n", "Disallow: /head-office\n", &sitemap],
    );
    let in_all = ["en", "de", "es", "fr"].map(|it| format!("{TOMORROW}?lang={it}"));
    assert!(
        in_all.iter().all(|path| walked.contains(path)),
        "{walked:?}"
    );

    let film = "/cinemas/metropol/films/fight-club";
    for path in ["/sitemap.xml", TOMORROW, film] {
        let head = client().request(Method::HEAD, format!("{}{path}", hub.url()));
        let head = Answer::of(head.send().await.unwrap()).await.expect(200);
        let full = asked(hub, path, &[]).await;
        assert_eq!(head.text, "");
        assert_eq!(head.header("etag"), full.header("etag"), "{path}");
        assert_eq!(
            head.header("content-length"),
            full.header("content-length"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_page_speaks_the_language_of_its_reader() {
    let online = Online::selling(Engine::Sqlite, "", PROGRAMME).await;
    let hub = online.hub();
    let german = [("accept-language", "de-AT,de;q=0.9,en;q=0.1")];
    let text = asked(hub, TOMORROW, &german).await.expect(200).text;
    has(
        &text,
        &[
            "<html lang=\"de\">",
            "32 Plätze sind jetzt online frei.",
            "Erwachsene",
            "12,00\u{a0}€",
            "Englisch, Untertitel: Deutsch",
            "FSK 16: Zutritt ab 16 Jahren.",
        ],
    );
    lacks(&text, &["Adult"]);
    let french = asked(hub, &format!("{TOMORROW}?lang=fr"), &german).await;
    let french = french.expect(200);
    has(
        &french.text,
        &[
            "<html lang=\"fr\">",
            "href=\"/cinemas/metropol/films/fight-club?lang=fr\"",
            "sous-titres\u{a0}: allemand",
        ],
    );
    assert_eq!(french.header("content-language"), Some("fr"));
    let vary = french.header("vary").unwrap_or_default();
    has(vary, &["accept-language", "accept-encoding"]);
}

#[tokio::test]
async fn every_page_leads_to_who_sells_and_by_which_terms() {
    let section = "[storefront]\nimprint = \"https://house.example/who?a=1&b\"\nprivacy = \"https://house.example/data\"\n";
    let online = Online::selling(Engine::Sqlite, section, PROGRAMME).await;
    let hub = online.hub();
    for path in ["/cinemas/metropol", TOMORROW, "/cinemas/none"] {
        let text = asked(hub, &format!("{path}?lang=de"), &[]).await.text;
        let imprint = "<a href=\"https://house.example/who?a=1&amp;b\">Impressum</a>";
        has(&text, &[imprint, ">Datenschutz</a>"]);
        lacks(&text, &[">AGB</a>"]);
    }
    let without = Online::selling(Engine::Sqlite, "", PROGRAMME).await;
    lacks(&page(without.hub(), TOMORROW).await, &[">Privacy</a>"]);
}

#[tokio::test]
async fn what_is_not_there_says_so_in_words_and_leads_on() {
    let online = Online::selling(Engine::Sqlite, "", PROGRAMME).await;
    let hub = online.hub();
    let check = async |path: &str, says: &str, leads: &str| {
        let answer = asked(hub, path, &[]).await.expect(404);
        let kind = answer.header("content-type");
        assert_eq!(kind, Some("text/html; charset=utf-8"), "{path}");
        has(
            &answer.text,
            &[says, &format!("href=\"{leads}\""), "content=\"noindex\""],
        );
    };
    let (cinema, home) = ("/cinemas/metropol", "/");
    let no_cinema = "There is no cinema at this address.";
    let no_film = "This cinema does not show this film.";
    let no_showtime = "This showtime is not in the programme";
    check("/cinemas/none", no_cinema, home).await;
    check("/cinemas/none/films/fight-club", no_cinema, home).await;
    check("/cinemas/none/showtimes/tomorrow", no_cinema, home).await;
    check("/cinemas/%ff%fe", no_cinema, home).await;
    check("/cinemas/metropol/films/none", no_film, cinema).await;
    check("/cinemas/metropol/films/%3Cb%3E", no_film, cinema).await;
    check("/cinemas/metropol/showtimes/none", no_showtime, cinema).await;
    let german = asked(hub, "/cinemas/none?lang=de", &[]).await.expect(404);
    has(&german.text, &["Unter dieser Adresse gibt es kein Kino."]);
    // A day that is none is today; one without showtimes says so.
    has(
        &page(hub, "/cinemas/metropol?day=<b>").await,
        &["What’s on at Metropol"],
    );
    has(
        &page(hub, "/cinemas/metropol?day=1999-12-31").await,
        &["There is nothing on that day.", "content=\"noindex\""],
    );
}

/// A showtime of the programme with this written under its id.
fn with(showtime: &str, line: &str) -> String {
    let id = format!("id = \"{showtime}\"\n");
    PROGRAMME.replace(&id, &format!("{id}{line}\n"))
}

#[tokio::test]
async fn what_cannot_be_bought_says_why() {
    let cancelled = with("tomorrow", "status = \"cancelled\"");
    // By two in the night it would be over.
    let late = "days = \"today\"\ntime = \"23:30\"";
    assert_eq!(cancelled.matches(late).count(), 1);
    let cancelled = cancelled.replace(late, "days = \"today+1\"\ntime = \"23:30\"");
    let online = Online::selling(Engine::Sqlite, "", &cancelled).await;
    let hub = online.hub();
    let text = page(hub, TOMORROW).await;
    has(&text, &["This showtime is cancelled."]);
    let event = &told(&text, "ScreeningEvent")[0];
    assert_eq!(event["eventStatus"], "https://schema.org/EventCancelled");
    assert_eq!(event["offers"], Value::Null);
    let guest = online.guest().await;
    has(
        &page(hub, &day_of_tomorrow(&guest).await).await,
        &["Cancelled"],
    );
    lacks(&page(hub, "/sitemap.xml").await, &["showtimes/tomorrow<"]);
    let closed = page(hub, "/cinemas/metropol/showtimes/closed").await;
    has(&closed, &["This showtime is not on sale at the moment."]);

    let minutes = "[online]\nend_before_start_minutes = 60000\n";
    let online = Online::selling(Engine::Sqlite, minutes, PROGRAMME).await;
    let text = page(online.hub(), TOMORROW).await;
    let why = "Online sales have ended. Tickets are still sold at the cinema until 20:30.";
    has(&text, &[why, "https://schema.org/InStoreOnly"]);
    lacks(&text, &["are free online right now"]);
}

tests::on_both_engines!(what_was_answered_stands_on_every_page_that_is_asked_for_after_it);

async fn what_was_answered_stands_on_every_page_that_is_asked_for_after_it(engine: Engine) {
    let online = Online::selling(engine, "", PROGRAMME).await;
    let (hub, watcher) = (online.hub(), online.guest().await);
    // Everybody reads, all the while, so that every page is one that was kept.
    let free = async || {
        let mut seen = BTreeSet::new();
        for _ in 0..3 {
            let text = page(hub, TOMORROW).await;
            let (before, _) = text.split_once(" seats are free online").expect("seats");
            let count: u32 = before.rsplit('>').next().unwrap().parse().unwrap();
            let asked = shown(&watcher, "tomorrow").await.showtime.seats_free;
            assert_eq!(asked, count);
            seen.insert(count);
        }
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.pop_first().unwrap()
    };
    let first = free().await;
    for pair in ["A1 A2", "B1 B2", "C1 C2"] {
        let seats: Vec<&str> = pair.split(' ').collect();
        let guest = online.guest().await;
        let held = guest.hold("tomorrow", &seats).await;
        assert_eq!(free().await, first - 2, "held");
        guest.delete(&held.path("")).await.expect(204);
        assert_eq!(free().await, first, "let go");
    }
    let held = online.guest().await.hold("tomorrow", &["A1"]).await;
    assert_eq!(free().await, first - 1);
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    assert_eq!(free().await, first - 1, "sold");
}

#[tokio::test]
async fn a_hub_that_has_forgotten_something_says_that_it_sells_nothing() {
    let mut house = House::open(Engine::Sqlite).await;
    expects(&house.hub, &house.world);
    let Sides { home, theirs, .. } = house.until_both_sell().await;
    house.hub.kill();
    let before = house.hub.copied();
    house.hub.start_again().await;
    home.hold("tomorrow", &[&theirs[0], &theirs[1]]).await;
    house.cable.pull();
    house.hub.kill();
    house.hub.put_back_folder(&before);
    house.hub.start_again().await;
    let hub = &house.hub;
    let why = "Tickets of this cinema cannot be sold online at the moment.";
    let text = page(hub, TOMORROW).await;
    has(&text, &[why, "https://schema.org/InStoreOnly"]);
    lacks(&text, &["are free online right now"]);
    let day = day_of_tomorrow(&home).await;
    has(&page(hub, &day).await, &[why, "At the cinema only"]);
    house.cable.put_in();
    until("the hub has heard what it had forgotten", || async {
        let text = page(hub, TOMORROW).await;
        text.contains("are free online right now").then_some(())
    })
    .await;
}

/// A hub that takes no money, with this programme.
async fn hub_with(programme: &str) -> Hub {
    let mut hub = Hub::start().await;
    hub.kill();
    let database = hub.database().open().unwrap();
    give_to_the_hub(&database, programme, &[]).await;
    database.close().await;
    hub.start_again().await;
    hub
}

#[tokio::test]
async fn no_text_of_a_programme_breaks_a_page() {
    let nasty = r#"</script><script>alert(1)</script>\" onload=\"x&amp;'<!--"#;
    let plain = nasty.replace("\\\"", "\"");
    let programme = PROGRAMME
        .replace("title = \"Fight Club\"", &format!("title = \"{nasty}\""))
        .replace("\"David Fincher\"", "\"<i>D</i> & Co\"")
        .replace(
            "name = \"Metropol\"",
            "name = \"Kino </title><b> & \\\"Co\\\"\"",
        );
    let hub = hub_with(&programme).await;
    let pages = [
        "/cinemas/metropol",
        "/cinemas/metropol/films/fight-club",
        TOMORROW,
    ];
    for path in pages {
        let text = page(&hub, path).await;
        lacks(
            &text,
            &["<script>", "<!--", "<i>", "<b>", " onload=\"", "\"x&amp;'"],
        );
        assert_eq!(text.matches("</title>").count(), 1, "{path}");
        let theatre = &told(&text, "MovieTheater")[0];
        assert_eq!(theatre["name"], "Kino </title><b> & \"Co\"");
        for movie in told(&text, "Movie") {
            let name = movie["name"].as_str().unwrap();
            assert!(["Metropolis", &plain].contains(&name), "{name}");
        }
    }
    let film = page(&hub, "/cinemas/metropol/films/fight-club").await;
    has(&film, &["&lt;/script&gt;&lt;script&gt;alert(1)"]);
}

/// Where one of them is.
const PLACE: &str = "location = \"35.69, -13.7\"\n";

#[tokio::test]
async fn the_cinemas_of_a_chain_are_chosen_from_and_each_writes_as_it_is() {
    let hub = Hub::start().await;
    let programmes = [
        ("yen", YEN),
        ("decomposed", DECOMPOSED),
        ("long", LONG),
        ("silent", SILENT),
    ];
    let mut boxes = Vec::new();
    for (id, programme) in programmes {
        let programme = programme
            .replace("id = \"test\"", &format!("id = \"{id}\""))
            .replace("name = \"Testkino\"", &format!("name = \"Kino {id}\""));
        // One of them says where it is.
        let programme = match id {
            "yen" => programme.replacen("tax_number", &format!("{PLACE}tax_number"), 1),
            _ => programme,
        };
        let world = World::without_programme_on(Clock::running_from(Clock::system().now())).await;
        world.import(&programme).await.unwrap();
        let (code, hub) = (hub.code(id), hub.url());
        world.order(Order::Enrol { code, hub }).await.unwrap();
        boxes.push(world);
    }
    for (id, _) in programmes {
        until("the cinema has told its programme", || async {
            let film = asked(&hub, &format!("/cinemas/{id}/films/f1"), &[]).await;
            let is_told = film.text.contains("/showtimes/");
            is_told.then_some(())
        })
        .await;
    }
    let choice = page(&hub, "/").await;
    has(&choice, &["Choose your cinema"]);
    for (id, _) in programmes {
        has(
            &choice,
            &[&format!("href=\"/cinemas/{id}\""), &format!("Kino {id}")],
        );
    }
    has(
        &choice,
        &[
            "<li data-latitude=\"35690000\" data-longitude=\"-13700000\">",
            "<div class=\"nearest\" data-asking=",
            "src=\"/storefront/nearest.js\"",
        ],
    );
    assert_eq!(choice.matches("data-latitude").count(), 1);
    let theatres = told(&choice, "MovieTheater");
    let places: Vec<_> = theatres.iter().filter_map(|it| it.get("geo")).collect();
    let place =
        json!({ "@type": "GeoCoordinates", "latitude": "35.690000", "longitude": "-13.700000" });
    assert_eq!(places, [&place]);
    let script = asked(&hub, "/storefront/nearest.js", &[]).await;
    assert_eq!(
        script.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    let yen = page(&hub, "/cinemas/yen/films/f1").await;
    has(&yen, &["JPY\u{a0}2055", "\"lowPrice\":\"2055\""]);
    lacks(&yen, &["2055.", "2055,"]);
    let decomposed = page(&hub, "/cinemas/decomposed/films/f1").await;
    has(&decomposed, &["Königin der Nächte"]);
    let silent = page(&hub, "/cinemas/silent/films/f1").await;
    has(&silent, &["Without dialogue"]);
    has(&page(&hub, "/cinemas/long/films/f1").await, &["WWWWWW"]);
    // Nobody takes the money of guests at home here.
    let path = showtime_of(&hub, "yen").await;
    has(
        &page(&hub, &path).await,
        &["Tickets for this showtime are sold at the cinema only."],
    );
    walked(&hub).await;
}

/// The page of the first showtime that a cinema has.
async fn showtime_of(hub: &Hub, cinema: &str) -> String {
    let film = page(hub, &format!("/cinemas/{cinema}/films/f1")).await;
    let links = attributes(&film, "href");
    let found = links.iter().find(|link| link.contains("/showtimes/"));
    found.expect("a showtime").clone()
}

#[tokio::test]
async fn a_showtime_that_is_over_is_still_told_of_for_a_day() {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    // A business day begins at five.
    let begun = jiff::SignedDuration::from_hours(5);
    let business_day = (Clock::system().now() - begun).to_zoned(zone).date();
    let yesterday = business_day.yesterday().unwrap();
    let programme = PROGRAMME.replacen(
        "days = \"today\"\ntime = \"20:15\"",
        &format!("days = \"{yesterday}\"\ntime = \"20:15\""),
        1,
    );
    let online = Online::selling(Engine::Sqlite, "", &programme).await;
    let text = page(online.hub(), "/cinemas/metropol/showtimes/tonight").await;
    has(&text, &["This showtime is over.", "content=\"noindex\""]);
    let guest = online.guest().await;
    let day: DayProgramme = guest.get("/api/v1/programme").await.expect(200).body();
    let list = page(online.hub(), &format!("/cinemas/metropol?day={yesterday}")).await;
    lacks(&list, &["showtimes/tonight"]);
    assert!(!day.days.contains(&yesterday.to_string()));
}
