//! A manager imports programme files, again and again: one showtime is no reason to refuse the rest.

use std::time::Duration;

use appliance::command::Command;
use appliance::control::Consent;
use tests::world::{PROGRAMME, World};

const CANCELLED: &str = include_str!("cases/cancelled-1.toml");
const CANCELLED_AND_DEARER: &str = include_str!("cases/cancelled-2-price-raised.toml");
const MOVED_BEFORE: &str = include_str!("cases/moved-1.toml");
const MOVED_AFTER: &str = include_str!("cases/moved-2.toml");
const DECOMPOSED: &str = include_str!("cases/nfd-title.toml");
const SILENT: &str = include_str!("cases/silent-film.toml");
/// Where the letter is that is not UTF-8.
const LATIN_1_LINE: usize = 6;
const DROPPED_BEFORE: &str = include_str!("cases/dropped-1.toml");
const DROPPED_AFTER: &str = include_str!("cases/dropped-2.toml");
const EUROS: &str = include_str!("cases/currency-1-eur.toml");
const YEN: &str = include_str!("cases/currency-2-jpy.toml");

/// The programme of the stories, with this written under one of its showtimes.
fn with(showtime: &str, line: &str) -> String {
    let id = format!("id = \"{showtime}\"\n");
    PROGRAMME.replace(&id, &format!("{id}{line}\n"))
}

/// The same with a price raised, under a new version of the price book.
fn dearer(programme: &str) -> String {
    let book = "id = \"standard\"\nversion = 1";
    let raised = programme.replace(book, "id = \"standard\"\nversion = 2");
    raised.replace("adult        10.00", "adult        11.00")
}

async fn price(world: &World, showtime: &str, seat: &str) -> i64 {
    let clerk = world.clerk().await;
    let held = clerk.hold(showtime, &[seat]).await;
    let total_minor = held.total_minor();
    clerk.delete(&held.path("")).await.expect(204);
    total_minor
}

#[tokio::test]
async fn a_cancelled_showtime_keeps_no_price_from_rising() {
    let world = World::without_programme("").await;
    world.import(CANCELLED).await.unwrap();
    let words = world.import(CANCELLED_AND_DEARER).await.unwrap();
    assert!(words.contains("1 changed, 1 as they were"), "{words}");
    let clerk = world.clerk().await;
    let day = "/api/v1/programme?day=2026-11-24";
    let shown = clerk.get(day).await.expect(200).text;
    assert!(shown.contains("\"cancelled\""), "{shown}");
    assert_eq!(price(&world, "r1-2026-11-24-2000", "A1").await, 1100);
}

#[tokio::test]
async fn what_was_cancelled_stays_so_whatever_the_file_says_and_stops_nothing() {
    let world = World::open().await;
    let cancelled = with("tonight", "status = \"cancelled\"");
    world.import(&cancelled).await.unwrap();
    let words = world.import(&dearer(PROGRAMME)).await.unwrap();
    assert!(
        words.contains("tonight") && words.contains("stays cancelled"),
        "{words}"
    );
    let clerk = world.clerk().await;
    let refused = clerk.ask_for("tonight", &["A1"]).await;
    assert_eq!(refused.problem(), (409, "showtime_cancelled"));
    assert_eq!(price(&world, "tomorrow", "A1").await, 1100);
}

#[tokio::test]
async fn an_id_whose_showtime_is_over_is_not_planned_again_and_that_is_said() {
    let world = World::open().await;
    world
        .clock
        .advance(std::time::Duration::from_secs(24 * 3_600));
    let words = world.import(PROGRAMME).await.unwrap();
    assert!(
        words.contains("tonight: is not planned") && words.contains("another `id`"),
        "{words}"
    );
    let again = world.import(PROGRAMME).await.unwrap();
    assert!(again.contains("tonight: is not planned"), "{again}");
}

#[tokio::test]
async fn a_new_layout_waits_for_the_showtimes_of_which_people_have_seats_that_it_lacks() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let sold = clerk.hold("tonight", &["A1", "A8"]).await;
    sold.cash(5_000).await;
    let rebuilt = PROGRAMME.replacen("layout_version = 1", "layout_version = 2", 1);
    let rebuilt = rebuilt.replacen(
        "A | ssssssss\nB | ssssssss\nC",
        "A | ssssss\nB | ssssssss\nC",
        1,
    );
    let words = world.import(&dearer(&rebuilt)).await.unwrap();
    assert!(
        words.contains("tonight: keeps version 1 of its room's layout; 2 tickets are sold for it; seat A8 of it is held"),
        "{words}"
    );
    assert_eq!(price(&world, "tonight", "A7").await, 1100);
    let gone = clerk.ask_for("tomorrow", &["A8"]).await;
    assert_eq!(gone.problem(), (422, "unknown_seats"));
}

/// Two tickets of `showtime` are sold.
async fn two_sold(world: &World, showtime: &str) {
    let clerk = world.clerk().await;
    clerk.hold(showtime, &["A1", "A2"]).await.cash(5_000).await;
}

#[tokio::test]
async fn a_showtime_is_moved_under_sold_tickets_only_if_that_is_meant() {
    let world = World::without_programme("").await;
    world.import(MOVED_BEFORE).await.unwrap();
    two_sold(&world, "mov").await;
    let refused = world.import(MOVED_AFTER).await.unwrap_err();
    assert!(
        refused.contains("2 tickets are sold for it") && refused.contains("--yes"),
        "{refused}"
    );
    let told = world.import_with(MOVED_AFTER, Consent::OnlyTell).await;
    let told = told.unwrap();
    assert!(told.contains("nothing was imported"), "{told}");
    assert!(
        told.contains("moved from 2026-11-25 20:00 to 2026-11-25 17:00"),
        "{told}"
    );
    assert_eq!(starts(&world).await, "2026-11-25T20:00:00+01:00");
    world
        .import_with(MOVED_AFTER, Consent::Given)
        .await
        .unwrap();
    assert_eq!(starts(&world).await, "2026-11-25T17:00:00+01:00");
}

async fn starts(world: &World) -> String {
    let shown = world.stranger().get("/api/v1/showtimes/mov").await;
    shown.expect(200).json["showtime"]["starts_at"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_showtime_is_cancelled_under_sold_tickets_only_if_that_is_meant() {
    let world = World::open().await;
    two_sold(&world, "tonight").await;
    let cancelled = with("tonight", "status = \"cancelled\"");
    let refused = world.import(&cancelled).await.unwrap_err();
    assert!(refused.contains("is cancelled; 2 tickets"), "{refused}");
    // A price is nobody's ticket.
    world.import(&dearer(PROGRAMME)).await.unwrap();
    world.import_with(&cancelled, Consent::Given).await.unwrap();
}

#[tokio::test]
async fn what_the_file_names_no_more_stays_on_sale_and_is_told() {
    let world = World::without_programme("").await;
    let words = world.import(DROPPED_BEFORE).await.unwrap();
    assert!(words.contains("showtimes added (2026-11-24 "), "{words}");
    let words = world.import(DROPPED_AFTER).await.unwrap();
    assert!(
        words.contains("is not in the file and stays on sale; no ticket is sold for it"),
        "{words}"
    );
    assert!(words.contains("status = \"cancelled\""), "{words}");
}

#[tokio::test]
async fn the_currency_stands_fast_once_money_does() {
    let world = World::without_programme("").await;
    world.import(EUROS).await.unwrap();
    // Nothing is sold or held: a slip of the pen is mended, but for what would go on being sold in it.
    let other = YEN.replacen("[[showtime]]", "[[showtime]]\nid = \"other\"", 1);
    let refused = world.import(&other).await.unwrap_err();
    assert!(
        refused.contains("which the file does not name"),
        "{refused}"
    );
    world.import(YEN).await.unwrap();
    let world = World::without_programme("").await;
    world.import(EUROS).await.unwrap();
    let clerk = world.clerk().await;
    let held = clerk.hold("r1-2026-11-24-2000", &["A1"]).await;
    let in_the_way = async |words: &str| {
        let refused = world.import(YEN).await.unwrap_err();
        assert!(
            refused.contains("cinema.currency") && refused.contains(words),
            "{refused}"
        );
    };
    in_the_way("the open hold").await;
    held.cash(10_50).await;
    in_the_way("receipt 1-").await;
    // A ticket that comes out too late is set aside.
    world.printer.papers_cut(1).await;
    world.wait(Duration::from_secs(40 * 24 * 60 * 60));
    in_the_way("is in EUR, so it cannot become JPY").await;
}

#[tokio::test]
async fn the_clocks_stand_fast_while_tickets_tell_times_to_come() {
    let world = World::open().await;
    let elsewhere = PROGRAMME.replacen("Europe/Berlin", "Europe/Lisbon", 1);
    let clerk = world.clerk().await;
    clerk.hold("tonight", &["A1", "A2"]).await.cash(50_00).await;
    let refused = world.import(&elsewhere).await.unwrap_err();
    assert!(
        refused.contains("cinema.time_zone") && refused.contains("2 tickets tell their time"),
        "{refused}"
    );
    world.printer.papers_cut(2).await;
    world.wait(Duration::from_secs(3 * 24 * 60 * 60));
    world.import(&elsewhere).await.unwrap();
}

#[tokio::test]
async fn a_title_of_decomposed_letters_is_the_same_on_paper() {
    let world = World::without_programme("").await;
    world.import(DECOMPOSED).await.unwrap();
    let clerk = world.clerk().await;
    let showtime = "r1-2026-11-24-2000";
    clerk.hold(showtime, &["A1"]).await.cash(5_000).await;
    let paper = &world.printer.papers_cut(1).await[0];
    assert!(
        paper.text().contains("Königin der Nächte"),
        "{}",
        paper.text()
    );
}

#[tokio::test]
async fn a_film_in_which_nobody_speaks_says_so() {
    let world = World::without_programme("").await;
    world.import(SILENT).await.unwrap();
    let clerk = world.clerk().await;
    let showtime = "r1-2026-11-24-2000";
    clerk.hold(showtime, &["A1"]).await.cash(5_000).await;
    let paper = &world.printer.papers_cut(1).await[0];
    assert!(
        paper.text().contains("without dialogue"),
        "{}",
        paper.text()
    );
}

#[test]
fn a_file_in_another_encoding_is_refused_with_its_line() {
    let order = |file: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/stories/cases/");
        let import = Command::Import {
            file: format!("{folder}{file}").into(),
            dry_run: false,
            yes: false,
        };
        import.order().map(drop).map_err(|why| why.to_string())
    };
    for (file, line) in [("latin1.toml", LATIN_1_LINE), ("utf16.toml", 1)] {
        let refused = order(file).unwrap_err();
        assert!(
            refused.contains(&format!("line {line}:"))
                && refused.contains("save the file as UTF-8"),
            "{refused}"
        );
    }
    order("nfd-title.toml").unwrap();
}
