//! When guests at home see what they came for, on a phone: a real browser with the network of its slow 4G and a processor of a quarter of the speed, with nothing
//! in its cache. Each page is held against a bare page of as many bytes in the same browser.

use std::io;
use std::path::Path;

use serde_json::{Value, json};
use service::Clock;

use crate::bookings::Shop;
use crate::chromium::{Chromium, PHONE};
use crate::engine::HubDatabase;
use crate::load::appliance_process::answers;
use crate::load::bare;
use crate::load::figure::{Better, Figure, Target, Unit, median};
use crate::load::hall::{CINEMA, Hall};
use crate::world::until;

/// As much is on as in a large cinema.
const STOCK: Hall = Hall { rooms: 10, days: 7 };

/// How often each page is opened, by a browser of its own; the median counts.
const TIMES: usize = 5;

/// The browser's own slow 4G: bytes a second each way, and milliseconds until an answer begins.
const DOWN: u32 = 180_000;
const UP: u32 = 84_375;
const LATENCY_MS: f64 = 562.5;

/// So many times slower than this machine is a phone's processor.
const SLOWER: u32 = 4;

/// What a page may take of the time that a bare page of its bytes takes, in hundredths.
const OF_A_BARE_PAGE: u64 = 130;

/// Within so long of a tap there are seats to touch, once the program is there: in microseconds.
const SEATS_WITHIN_US: u64 = 1_000_000;

/// Watches a page from its first moment.
const WATCH: &str = "\
    window.seen = { largest: 0, blocked: 0, shifted: 0, seats: null };\
    const watch = (type, each) => new PerformanceObserver(list => list.getEntries().forEach(each)).observe({ type, buffered: true });\
    watch('largest-contentful-paint', one => { seen.largest = one.startTime; });\
    watch('longtask', one => { seen.blocked += Math.max(0, one.duration - 50); });\
    watch('layout-shift', one => { if (!one.hadRecentInput) seen.shifted += one.value; });\
    new MutationObserver(() => {\
        if (seen.seats === null && document.querySelector(\"[role='gridcell'][data-look='free']\")) {\
            requestAnimationFrame(() => { seen.seats ??= performance.now(); });\
        }\
    }).observe(document, { childList: true, subtree: true });";

/// What was seen, in whole microseconds, thousandths and bytes; nothing before the page has come to rest.
const SEEN: &str = "\
    const page = performance.getEntriesByType('navigation')[0], rest = performance.getEntriesByType('resource');\
    const last = Math.max(page.loadEventEnd, ...rest.map(one => one.responseEnd));\
    if (!page.loadEventEnd || (arguments[0] && seen.seats === null) || performance.now() < last + 1000) return null;\
    const us = ms => Math.round(ms * 1000);\
    return {\
        largest_us: us(seen.largest), blocked_us: us(seen.blocked), shifted: Math.round(seen.shifted * 1000),\
        seats_us: us(seen.seats ?? 0), loaded_us: us(page.loadEventEnd),\
        bytes: [page, ...rest].reduce((sum, one) => sum + one.transferSize, 0)\
    };";

/// What a browser saw of a page.
#[derive(Debug, serde::Deserialize)]
struct Seen {
    largest_us: u64,
    blocked_us: u64,
    /// Thousandths of the window.
    shifted: u64,
    seats_us: u64,
    loaded_us: u64,
    bytes: u64,
}

/// Measures it in `folder`.
///
/// # Errors
/// A process could not be run, or a page could not be read.
///
/// # Panics
/// The browser cannot be started, or a page does not come to rest.
pub async fn measure(folder: &Path, clock: &Clock, emit: &mut dyn FnMut(Figure)) -> io::Result<()> {
    let folder = folder.join("first-view");
    let database = HubDatabase::File(folder.join("data/hub.db"));
    let shop = Shop::new(&folder, &database, &STOCK.programme(), clock).await?;
    let running = shop.open(clock).await?;
    let below = format!("http://{}/cinemas/{CINEMA}", shop.hub.address);
    let day = &shop.on_sale.first_day;
    let showtime = format!("{below}/showtimes/{}?lang=en", shop.on_sale.showtimes[0]);
    for (name, address, has_seats) in [
        ("day", format!("{below}?lang=en&day={day}"), false),
        ("film", format!("{below}/films/short?lang=en"), false),
        ("showtime", showtime.clone(), true),
    ] {
        let mut all = Vec::new();
        for _ in 0..TIMES {
            all.push(opened(&address, has_seats, Network::Slow4G).await);
        }
        let bytes = middle(&all, |seen| seen.bytes);
        let bare = bare_page(&folder, bytes, clock).await?;
        tell(name, &all, bare, has_seats, emit);
    }
    let mut tapped = Vec::new();
    for _ in 0..TIMES {
        tapped.push(seats_after_a_tap(&showtime).await);
    }
    emit(Figure {
        name: "seats_after_a_tap".to_owned(),
        measured: median(&mut tapped),
        unit: Unit::Milliseconds,
        better: Better::Lower,
        limit: None,
        target: Target::Fixed(SEATS_WITHIN_US),
    });
    running.stop()
}

fn tell(page: &str, all: &[Seen], bare_us: u64, has_seats: bool, emit: &mut dyn FnMut(Figure)) {
    let mut figure = |name: &str, measured: u64, unit, limit, target| {
        emit(Figure {
            name: format!("first_view_{page}_{name}"),
            measured,
            unit,
            better: Better::Lower,
            limit,
            target,
        });
    };
    let limit = Some(("a bare page of as many bytes in the same browser", bare_us));
    let of_bare = Target::OfLimit(OF_A_BARE_PAGE);
    let largest = middle(all, |seen| seen.largest_us);
    figure("largest_paint", largest, Unit::Milliseconds, limit, of_bare);
    if has_seats {
        let seats = middle(all, |seen| seen.seats_us);
        figure("seats", seats, Unit::Milliseconds, limit, of_bare);
    }
    let blocked = middle(all, |seen| seen.blocked_us);
    figure("blocked", blocked, Unit::Milliseconds, None, Target::None);
    let shifted = all.iter().map(|seen| seen.shifted).max().unwrap_or(0);
    figure(
        "shifted",
        shifted,
        Unit::InAThousand,
        None,
        Target::Fixed(0),
    );
    let bytes = middle(all, |seen| seen.bytes);
    figure("bytes", bytes, Unit::Kibibytes, None, Target::None);
}

fn middle(all: &[Seen], of: fn(&Seen) -> u64) -> u64 {
    median(&mut all.iter().map(of).collect::<Vec<_>>())
}

/// How the browser reaches the hub.
#[derive(Debug, Clone, Copy)]
enum Network {
    Slow4G,
    Loopback,
}

/// A phone's browser, before any page.
async fn phone(network: Network) -> Chromium {
    let browser = Chromium::start(PHONE).await;
    let slower = json!({ "rate": SLOWER });
    browser
        .commands("Emulation.setCPUThrottlingRate", slower)
        .await;
    browser.commands("Network.enable", json!({})).await;
    if matches!(network, Network::Slow4G) {
        let slow = json!({ "offline": false, "latency": LATENCY_MS, "downloadThroughput": DOWN, "uploadThroughput": UP });
        browser
            .commands("Network.emulateNetworkConditions", slow)
            .await;
    }
    let watch = json!({ "source": WATCH });
    browser
        .commands("Page.addScriptToEvaluateOnNewDocument", watch)
        .await;
    browser
}

/// What a browser that was never here sees of a page.
async fn opened(address: &str, has_seats: bool, network: Network) -> Seen {
    let browser = phone(network).await;
    browser.client.goto(address).await.expect("the page opens");
    let seen = comes_to_rest(&browser, has_seats).await;
    browser.close().await;
    seen
}

async fn comes_to_rest(browser: &Chromium, has_seats: bool) -> Seen {
    let seen = until("the page comes to rest", || async {
        let asked = browser.client.execute(SEEN, vec![Value::Bool(has_seats)]);
        let seen = asked.await.expect("the page answers");
        (!seen.is_null()).then_some(seen)
    });
    serde_json::from_value(seen.await).expect("what was watched")
}

/// How long a page without anything in it takes that has so many bytes.
async fn bare_page(folder: &Path, bytes: u64, clock: &Clock) -> io::Result<u64> {
    let head = "<!doctype html><html lang=\"en\"><title>Bare</title><h1>Bare</h1><!--";
    let rest = usize::try_from(bytes)
        .unwrap_or(0)
        .saturating_sub(head.len());
    let page = format!("{head}{}-->", "x".repeat(rest));
    let bare = bare::Running::start(folder, page.as_bytes())?;
    answers(bare.address, "/", clock).await?;
    let mut loaded = Vec::new();
    for _ in 0..TIMES {
        let seen = opened(&format!("http://{}/", bare.address), false, Network::Slow4G).await;
        loaded.push(seen.loaded_us);
    }
    Ok(median(&mut loaded))
}

/// From the tap on a time to seats that can be touched, by a browser that was here before, in microseconds.
async fn seats_after_a_tap(showtime: &str) -> u64 {
    let browser = phone(Network::Loopback).await;
    for _ in 0..2 {
        browser.client.goto(showtime).await.expect("the page opens");
        comes_to_rest(&browser, true).await;
    }
    browser.client.goto(showtime).await.expect("the page opens");
    let seen = comes_to_rest(&browser, true).await;
    browser.close().await;
    seen.seats_us
}
