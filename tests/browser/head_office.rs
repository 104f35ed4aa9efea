//! What an operator reads at head office is as it is now, or is said not to be; on a phone too, and in the dark.

use std::time::Duration;

use serde_json::Value;
use service::Clock;
use tests::card_terminal::Behaviour;
use tests::virtual_printer::State;
use tests::world::{Hub, Left, PROGRAMME, World};

use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PHONE};

/// The programme of the stories with a showtime at the very beginning of the business day, one at its very end, and a long title.
fn programme() -> String {
    let early = "[[showtime]]\nid = \"early\"\nfilm = \"metropolis\"\nauditorium = \"screen-1\"\nprice_book = \"standard\"\n\
         days = \"today\"\ntime = \"05:00\"\nlanguage = \"de\"\n\n[[showtime]]\nid = \"tonight\"";
    PROGRAMME
        .replacen("time = \"20:15\"", "time = \"28:45\"", 1)
        .replacen("[[showtime]]\nid = \"tonight\"", early, 1)
        .replacen(
            "title = \"Metropolis\"",
            "title = \"Metropolis: Donaudampfschifffahrtsgesellschaftskapitän\"",
            1,
        )
}

async fn a_cinema_with_its_hub() -> (World, Hub) {
    let world = World::without_programme_on(Clock::system()).await;
    world.import(&programme()).await.expect("it is right");
    let hub = Hub::start().await;
    world.enrol(&hub).await;
    (world, hub)
}

/// Parts of the page that reach beyond its right edge, or whose words do not fit.
async fn cut_off(office: &Guest) -> Value {
    let script = "return [...document.querySelectorAll('main *, header *')].filter(part => { \
         const box = part.getBoundingClientRect(); \
         return box.width > 1 && getComputedStyle(part).display !== 'inline' && (box.right > innerWidth + 1 || part.scrollWidth > part.clientWidth + 1); \
         }).map(part => part.outerHTML.slice(0, 120))";
    office.asks_page(script, vec![]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_silent_is_never_green() {
    let (world, hub) = a_cinema_with_its_hub().await;
    let office = Guest::at_head_office(&hub, LANDSCAPE).await;
    let link = |state: &str| format!("[data-testid='link-state'][data-state='{state}']");
    office.finds(&link("good")).await;
    // Its broker throws off whoever it has not heard, itself included.
    hub.expects_error("KeepAlive(Elapsed");
    hub.stands_still(true);
    office.reads("silent", "The hub does not answer").await;
    office.finds(&link("quiet")).await;
    office.reads("live", "Reconnecting").await;
    hub.stands_still(false);
    office.finds(&link("good")).await;
    office.sees_no_more("silent").await;
    drop(world);
    drop(hub);
    office.reads("silent", "The hub does not answer").await;
    office.finds(&link("quiet")).await;
    office.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_come_stands_first_and_what_is_sold_for_tomorrow_is_seen() {
    let (world, hub) = a_cinema_with_its_hub().await;
    world
        .clerk()
        .await
        .hold("tomorrow", &["B1", "B2"])
        .await
        .cash(2000)
        .await;
    let office = Guest::at_head_office(&hub, PHONE).await;
    office
        .finds("[data-testid='to-come'] [data-testid='showtime-tonight']")
        .await;
    office
        .finds("[data-testid='begun'] [data-testid='showtime-early']")
        .await;
    office.reads("ahead", "2 tickets").await;
    office.reads("ahead", "1 showtime").await;
    let cinema = hub.sees("metropol").await.expect("it is known");
    let here = &cinema.now[11..13];
    office.reads("cinema-clock", &format!(" {here}:")).await;
    office.reads("last-contact", &format!(" {here}:")).await;
    assert!(
        cinema.now.ends_with("+01:00") || cinema.now.ends_with("+02:00"),
        "{}",
        cinema.now
    );
    assert_eq!(cut_off(&office).await, Value::Array(vec![]));

    let widths = "return [...new Set([...document.querySelectorAll('.bar')].map(bar => bar.getBoundingClientRect().width))].length";
    assert_eq!(
        office.asks_page(widths, vec![]).await,
        1,
        "bars of one length"
    );
    let findings = office.serious_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");

    office.touches("appearance").await;
    office.finds("html[data-contrast='dark']").await;
    let findings = office.serious_findings().await;
    assert!(findings.is_empty(), "in the dark: {findings:#?}");
    office.opens(&format!("{}/head-office", hub.url())).await;
    office.sees("head-office").await;
    office.finds("html[data-contrast='dark']").await;
    office.leaves().await;
    drop(world);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_person_is_said_in_the_readers_words() {
    let hub = Hub::start().await;
    let world = World::open().await;
    world.leaves(Left::Payments);
    world.enrol(&hub).await;
    let guest = world.guest().await;
    world.terminal.next(Behaviour::NeverAnswer);
    let held = guest.hold("tonight", &["D5"]).await;
    held.begin_card().await.expect(202);
    let payment = held.look().await.tenders[0].id.to_string();
    world.wait(Duration::from_secs(6 * 60 * 60));
    let office = Guest::at_head_office(&hub, LANDSCAPE).await;
    let named = format!("Payment {payment} · Showtime tonight");
    office.reads("cases", &named).await;
    office.reads("cases", "its outcome is not known").await;
    office.reads("cases", "Metropol · ").await;
    let as_logged =
        "return document.querySelector('[data-testid=cases]').textContent.includes('for tonight')";
    let is_as_logged = office.asks_page(as_logged, vec![]).await;
    assert_eq!(
        is_as_logged,
        Value::Bool(false),
        "the log's words are English"
    );
    office.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cinema_without_paper_is_seen_with_its_clock_until_somebody_brings_some() {
    let (world, hub) = a_cinema_with_its_hub().await;
    let office = Guest::at_head_office(&hub, PHONE).await;
    office
        .finds("[data-testid='link-state'][data-state='good']")
        .await;
    world.printer.set(State::PaperOut);
    office.reads("printer-trouble", "No paper since").await;
    let since = hub.sees("metropol").await.and_then(|cinema| cinema.printer);
    let since = since.expect("it is told").since;
    office
        .reads("printer-trouble", &format!("since {}", &since[11..16]))
        .await;
    assert_eq!(cut_off(&office).await, Value::Array(vec![]));
    assert_eq!(office.serious_findings().await, Vec::<String>::new());
    world.printer.set(State::Ready);
    office.sees_no_more("printer-trouble").await;
    office.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_box_is_refused_is_said_in_the_readers_language_alone() {
    let (world, hub) = a_cinema_with_its_hub().await;
    let office = Guest::at_head_office_in(&hub, LANDSCAPE, "de").await;
    office
        .finds("[data-testid='link-state'][data-state='good']")
        .await;
    hub.order(&["revoke", "metropol"]);
    world.expects_error("the link is refused: head office has revoked this box");
    world.expects_error("head office has revoked this box: nothing more is sold at it");
    let told = "Die Zentrale hat diese Box gesperrt";
    office.reads("attention", told).await;
    let words = office.text("attention").await;
    assert!(!words.contains('('), "English stands behind it: {words}");
    office
        .reads("cases", "Die Box dieses Kinos ist gesperrt")
        .await;
    office
        .reads("cases", "cloud-hub replace metropol --yes")
        .await;
    office.leaves().await;
    let office = Guest::at_head_office_in(&hub, PHONE, "de").await;
    office
        .reads("cases", "cloud-hub replace metropol --yes")
        .await;
    assert_eq!(cut_off(&office).await, Value::Array(vec![]));
    assert_eq!(office.serious_findings().await, Vec::<String>::new());
    office.leaves().await;
    drop(world);
}
