//! What a guest sees is whole and where they look for it: nothing cut, nothing covered, and the way on in the lower third.

use serde_json::Value;
use tests::card_terminal::Behaviour;
use tests::world::{PROGRAMME, World, until};

use crate::guest::{Guest, text};
use tests::chromium::{LANDSCAPE, PHONE, PORTRAIT, Size};

const SIZES: [Size; 3] = [PORTRAIT, LANDSCAPE, PHONE];

/// Where a part stands in the window, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edges {
    left: i64,
    top: i64,
    right: i64,
    bottom: i64,
}

impl Edges {
    async fn of(guest: &Guest, name: &str) -> Self {
        guest.sees(name).await;
        let ask = "const box = document.querySelector(`[data-testid='${arguments[0]}']`).getBoundingClientRect(); \
             return [box.left, box.top, box.right, box.bottom].map(Math.round);";
        let edges = guest.asks_page(ask, vec![text(name)]).await;
        let edge = |nth: usize| edges[nth].as_i64().expect("a number");
        Self {
            left: edge(0),
            top: edge(1),
            right: edge(2),
            bottom: edge(3),
        }
    }
}

/// All of a part is within the window, and nothing lies on its middle or near its corners.
async fn check_in_sight(guest: &Guest, name: &str, (width, height): Size) {
    let edges = Edges::of(guest, name).await;
    let is_inside = edges.left >= 0
        && edges.top >= 0
        && edges.right <= i64::from(width)
        && edges.bottom <= i64::from(height);
    assert!(is_inside, "{name} at {width}x{height}: {edges:?}");
    let ask = "const part = document.querySelector(`[data-testid='${arguments[0]}']`); const box = part.getBoundingClientRect(); \
         const [x, y] = [box.width / 5, box.height / 5]; \
         const points = [[box.x + box.width / 2, box.y + box.height / 2], [box.left + x, box.top + y], [box.right - x, box.bottom - y]]; \
         return points.every(([x, y]) => part.contains(document.elementFromPoint(x, y)));";
    let is_free = guest.asks_page(ask, vec![text(name)]).await;
    assert_eq!(
        is_free,
        Value::Bool(true),
        "{name} at {width}x{height} is covered: {edges:?}"
    );
}

/// Nothing goes on beyond the sides of the window, and no part of the screen beyond its own.
async fn check_width(guest: &Guest, screen: &str, (width, height): Size) {
    let ask = "return [document.documentElement, ...document.querySelectorAll('.screen, .screen *:not(svg *)')] \
         .filter(part => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0 && getComputedStyle(part).display !== 'inline' \
             && !part.closest('.day-strip, .unseen, h2, [data-reach=low] .films')) \
         .map(part => `${part.tagName}.${part.className} ${part.scrollWidth} > ${part.clientWidth}`);";
    let wider = guest.asks_page(ask, vec![]).await;
    assert_eq!(wider, Value::Array(vec![]), "{screen} at {width}x{height}");
}

#[tokio::test(flavor = "multi_thread")]
async fn times_stand_below_the_posters_in_sight_and_two_at_one_time_name_their_rooms() {
    let world = World::without_programme("").await;
    let at_one_time = PROGRAMME.replace("time = \"20:30\"", "time = \"20:15\"");
    world.import(&at_one_time).await.expect("it is right");
    for size in [PORTRAIT, LANDSCAPE] {
        let guest = Guest::arrives_at(&world, size, "&language=de").await;
        let poster = Edges::of(&guest, "poster-metropolis").await;
        for time in ["time-tonight", "time-strict"] {
            let time_edges = Edges::of(&guest, time).await;
            assert!(
                time_edges.top >= poster.bottom,
                "{time_edges:?} below {poster:?}"
            );
            check_in_sight(&guest, time, size).await;
        }
        guest.reads("time-tonight", "Screen 1").await;
        guest.reads("time-strict", "Screen 2").await;
        guest.reads("time-strict", "Untertitel: Englisch").await;
        let ask = "return [...document.querySelectorAll('.time-button *')].filter(part => part.scrollHeight > part.clientHeight + 1 \
             && getComputedStyle(part).overflow === 'hidden' && !part.matches('.unseen')).map(part => part.textContent)";
        assert_eq!(
            guest.asks_page(ask, vec![]).await,
            Value::Array(vec![]),
            "cut words"
        );
        guest.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_posters_above_low_reach_are_of_films_that_can_be_seen_today() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    guest.touches("low-reach").await;
    guest.finds(".hero img").await;
    let ask = "return [...document.querySelectorAll('.hero img')].map(image => new URL(image.src).pathname)";
    let shown = guest.asks_page(ask, vec![]).await;
    assert_eq!(
        shown,
        serde_json::json!(["/api/v1/films/metropolis/poster.svg"])
    );
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_works_says_nothing() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, LANDSCAPE).await;
    guest.reads("status-line", "Metropol").await;
    for part in ["status-link", "status-printer", "status-unsent"] {
        assert!(!guest.is_there(part).await, "{part}");
    }
    guest.leaves().await;
}

/// Chooses ten seats.
async fn chooses_ten(guest: &Guest) {
    for _ in 2..10 {
        guest.touches("more").await;
    }
    guest.reads("together-count", "10").await;
    guest.touches("together").await;
    guest.finds(".ticket-line:nth-child(10)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_tickets_say_that_there_are_more_and_a_notice_moves_none_of_them() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, LANDSCAPE).await;
    guest.touches("time-strict").await;
    guest.sees_seat("A1", "free").await;
    chooses_ten(&guest).await;
    guest.reads("more-below", "more tickets").await;
    let first = guest.asks_page(
        "return document.querySelector('.ticket-line .line-remove').getBoundingClientRect().top",
        vec![],
    );
    let first = first.await;
    let pay = Edges::of(&guest, "pay").await;
    world.terminal.next(Behaviour::Decline { after_ms: 0 });
    guest.touches("pay").await;
    guest.reads("notice", "declined").await;
    let after = guest.asks_page(
        "return document.querySelector('.ticket-line .line-remove').getBoundingClientRect().top",
        vec![],
    );
    assert_eq!(first, after.await, "the first row");
    assert_eq!(pay, Edges::of(&guest, "pay").await);
    for _ in 0..8 {
        if !guest.is_there("more-below").await {
            break;
        }
        guest.touches("more-below").await;
        // It is counted anew once the list has moved.
        guest.lets_pass(200).await;
    }
    guest.sees_no_more("more-below").await;
    let ask = "const list = document.querySelector('.lines'); \
         return document.querySelector('.ticket-line:last-child').getBoundingClientRect().bottom <= list.getBoundingClientRect().bottom + 1";
    assert_eq!(
        guest.asks_page(ask, vec![]).await,
        Value::Bool(true),
        "the last row"
    );
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_pays_sees_what_for_and_the_way_on_stands_in_the_lower_third() {
    for size in SIZES {
        let world = World::open().await;
        let guest = Guest::arrives(&world, size).await;
        guest.touches("time-strict").await;
        guest.sees("together").await;
        chooses_ten(&guest).await;
        world.terminal.next(Behaviour::NeverAnswer);
        guest.touches("pay").await;
        guest.reads("order", "Metropolis").await;
        guest.reads("order", "20:30 · Screen 2").await;
        guest.reads("order", "Row ").await;
        check_lower_third(&guest, "stop-payment", size).await;
        let till = world
            .terminal
            .wait_until(|till| !till.payments.is_empty())
            .await;
        world.terminal.decide(&till.payments[0].reference, true);
        guest.reads("done-title", "Take your tickets").await;
        check_lower_third(&guest, "finished", size).await;
        check_width(&guest, "the codes", size).await;
        guest.leaves().await;
    }
}

async fn check_lower_third(guest: &Guest, name: &str, size: Size) {
    check_in_sight(guest, name, size).await;
    let edges = Edges::of(guest, name).await;
    assert!(
        edges.top * 3 >= i64::from(size.1) * 2,
        "{name} at {size:?}: {edges:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_nothing_is_wider_than_the_window_and_the_bar_covers_nothing() {
    let world = World::open().await;
    let guest = Guest::arrives_at(&world, PHONE, "&language=de").await;
    check_width(&guest, "attract", PHONE).await;
    guest.touches_upper_part_of("poster-metropolis").await;
    guest.sees("age-words").await;
    check_width(&guest, "film", PHONE).await;
    guest.touches("time-tonight").await;
    guest.sees_seat("A1", "free").await;
    check_width(&guest, "seats", PHONE).await;
    guest.touches("together").await;
    guest.reads("total", "24,00").await;
    check_width(&guest, "seats and basket", PHONE).await;
    for part in ["total", "pay", "language", "start-again"] {
        check_in_sight(&guest, part, PHONE).await;
    }
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_seat_has_its_price_in_sight() {
    let world = World::open().await;
    for size in [PORTRAIT, LANDSCAPE] {
        let guest = Guest::arrives_at(&world, size, "&language=de").await;
        guest.touches("time-tonight").await;
        guest.sees_seat("A1", "free").await;
        for kind in [
            "standard",
            "premium",
            "love-seat",
            "wheelchair",
            "companion",
        ] {
            check_in_sight(&guest, &format!("band-{kind}"), size).await;
        }
        guest.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sheet_of_kinds_says_what_seat_it_is_and_closes() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, LANDSCAPE).await;
    guest.touches("time-tonight").await;
    guest.touches("seat-E1").await;
    guest.touches("kind-E1").await;
    guest.reads("kind-sheet", "Row E, seat 1, Love seat").await;
    guest.touches("kind-close").await;
    guest.sees_no_more("kind-sheet").await;
    until("the keyboard is back", || async {
        (guest.focus().await == "kind-E1").then_some(())
    })
    .await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_that_cannot_sell_offers_only_how_it_reads_and_help() {
    let world = World::without_programme("").await;
    let guest = Guest::before_a_kiosk(&world, PORTRAIT, "").await;
    guest.sees("screen-out-of-service").await;
    for part in ["low-reach", "more-time", "start-again"] {
        assert!(!guest.is_there(part).await, "{part}");
    }
    for part in ["language", "type-size", "contrast", "help"] {
        check_in_sight(&guest, part, PORTRAIT).await;
    }
    guest.leaves().await;
}
