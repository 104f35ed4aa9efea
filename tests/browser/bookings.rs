//! A guest opens the link to what they have bought on a phone: they find their codes, give a ticket back by touch, print the rest, and still
//! have it where the hub is not reached.

use appliance::control::Consent;
use counter_api::{Sale, TenderState};
use jiff::tz::TimeZone;
use serde_json::json;
use service::Clock;
use tests::engine::Engine;
use tests::world::{Hub, PROGRAMME, World, until};

use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PHONE, Size};

/// A hub that sells, the box of its cinema, and three tickets that a guest at home has bought.
struct Bought {
    hub: Hub,
    sale: Sale,
    world: World,
    _provider: Box<dyn std::any::Any>,
}

/// A programme whose film has a name that wants room.
fn programme() -> String {
    let name = "Donaudampfschifffahrt".repeat(2);
    PROGRAMME.replace("title = \"Fight Club\"", &format!("title = \"{name}\""))
}

impl Bought {
    async fn three_tickets() -> Self {
        let (hub, provider) = Hub::start_with_payments(Engine::Sqlite).await;
        let world = World::without_programme_on(Clock::running_from(Clock::system().now())).await;
        world.import(&programme()).await.expect("it is right");
        world.enrol(&hub).await;
        let home = hub.guest("metropol").await;
        until("the seats are to be had", || async {
            let asked = home.ask_for("tomorrow", &["C4"]).await;
            (asked.status == 201).then_some(())
        })
        .await;
        let held = home.hold("tomorrow", &["A1", "A2", "A3"]).await;
        assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
        Self {
            sale: held.sale().await,
            hub,
            world,
            _provider: Box::new(provider),
        }
    }

    fn address(&self) -> String {
        let path = self.sale.page.as_deref().expect("a page");
        format!("{}{path}", self.hub.url())
    }
}

/// Whether the ground of the page is dark, its first headings, the
/// parts that a finger misses, how many codes there are, and those that something covers or that are not black on white.
const LOOK: &str = "\
    const done = arguments[0], root = document.documentElement;\
    const ground = getComputedStyle(root).backgroundColor;\
    const small = [...document.querySelectorAll('.top a, .languages a, .live > a, label, button')].filter(it => it.getBoundingClientRect().height < 44);\
    const codes = [...document.querySelectorAll('.code')];\
    const covered = codes.filter(code => {\
        code.scrollIntoView({ block: 'center', behavior: 'instant' });\
        const box = code.getBoundingClientRect();\
        const spots = [[.5, .5], [.02, .02], [.98, .02], [.02, .98], [.98, .98]];\
        const isSeen = spots.every(([x, y]) => code.contains(document.elementFromPoint(box.left + x * box.width, box.top + y * box.height)));\
        return !isSeen || getComputedStyle(code).backgroundColor !== 'rgb(255, 255, 255)' || box.width < 200;\
    });\
    scrollTo(0, 0);\
    done({\
        dark: Number(ground.match(/[0-9]+/)[0]) < 100,\
        headings: document.querySelectorAll('h1').length,\
        small: small.map(it => it.outerHTML),\
        codes: codes.length,\
        covered: covered.length,\
    });";

async fn look_at(size: Size, scheme: &str) {
    let bought = Bought::three_tickets().await;
    let guest = Guest::before(&bought.address(), size).await;
    guest.prefers(scheme).await;
    let choice: Vec<String> = (bought.sale.tickets.iter())
        .map(|ticket| format!("ticket={}", ticket.id))
        .collect();
    let (booking, offer) = (bought.address(), choice.join("&"));
    for language in ["en", "de"] {
        let pages = [
            (format!("{booking}?lang={language}"), 3),
            (format!("{booking}/give-back?lang={language}&{offer}"), 0),
            (format!("{booking}/give-back?lang={language}"), 0),
        ];
        for (page, codes) in pages {
            guest.opens(&page).await;
            guest.finds_nothing_in_the_way(&page).await;
            let said = guest.client().execute_async(LOOK, vec![]).await;
            let said = said.expect("the page answers");
            let expected = json!({
                "dark": scheme == "dark", "headings": 1,
                "small": [], "codes": codes, "covered": 0,
            });
            assert_eq!(said, expected, "{page}");
        }
    }
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_fit_for_a_phone_in_the_light() {
    look_at(PHONE, "light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_fit_for_a_wide_screen_in_the_dark() {
    look_at(LANDSCAPE, "dark").await;
}

/// What of the page comes onto paper: the colours of a ticket, whether one may be cut by the end of a sheet, the codes, and what is only for a screen.
const ON_PAPER: &str = "\
    const ticket = document.querySelector('.ticket'), style = getComputedStyle(ticket);\
    return {\
        ink: style.color,\
        ground: getComputedStyle(document.documentElement).backgroundColor,\
        cut: style.breakInside,\
        codes: [...document.querySelectorAll('.code')].filter(it => it.checkVisibility()).length,\
        aside: [...document.querySelectorAll('.top, footer, .live, .as-of')].filter(it => it.checkVisibility()).length,\
    };";

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_printed_black_on_white_with_nothing_but_its_tickets() {
    let bought = Bought::three_tickets().await;
    let guest = Guest::before(&bought.address(), PHONE).await;
    let paper = json!({
        "media": "print",
        "features": [{ "name": "prefers-color-scheme", "value": "dark" }],
    });
    guest.commands("Emulation.setEmulatedMedia", paper).await;
    let printed = guest.asks_page(ON_PAPER, vec![]).await;
    let expected = json!({
        "ink": "rgb(0, 0, 0)", "ground": "rgb(255, 255, 255)", "cut": "avoid",
        "codes": 3, "aside": 0,
    });
    assert_eq!(printed, expected);
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_goes_back_by_touch_and_the_others_are_there_without_the_hub() {
    let mut bought = Bought::three_tickets().await;
    let guest = Guest::before(&bought.address(), PHONE).await;
    guest.touches("choose").await;
    guest.touches("look-first").await;
    guest
        .reads("comes-back", "1 ticket, €10.00 back to the card that paid")
        .await;
    guest.touches("give-back").await;
    until("the ticket has gone back", || async {
        guest.opens(&bought.address()).await;
        let text = guest.text("tickets").await;
        text.contains("went back to the card that paid")
            .then_some(())
    })
    .await;

    until_kept(&guest, "went back to the card that paid", 1).await;
    bought.hub.kill();
    guest.opens(&format!("{}?lang=de", bought.address())).await;
    let as_of = guest.finds(".as-of").await.text().await.expect("words");
    assert!(as_of.starts_with("This is your booking as of "), "{as_of}");
    let shown = guest
        .asks_page(
            "const seen = all => [...document.querySelectorAll(all)].filter(it => it.checkVisibility()).length;\
             return [seen('.code'), seen('.ticket'), seen('.live'), getComputedStyle(document.querySelector('.code')).backgroundColor];",
            vec![],
        )
        .await;
    assert_eq!(shown, json!([2, 3, 0, "rgb(255, 255, 255)"]));

    // What gives a ticket back is never shown from before.
    let form = format!("{}/give-back", bought.address());
    let gone = guest.client().goto(&form).await;
    assert!(gone.is_err(), "there is nobody to ask");
    guest.leaves().await;
}

/// Waits until the browser has kept so many bookings, all with these words.
async fn until_kept(guest: &Guest, words: &str, count: usize) {
    let kept = "const [words, done] = arguments;\
        (async () => {\
            const pages = await (await caches.open('bookings')).matchAll();\
            const texts = await Promise.all(pages.map(page => page.text()));\
            done(navigator.serviceWorker.controller ? texts.map(text => text.includes(words)) : null);\
        })();";
    until("the browser has kept it so", || async {
        let asking = guest.client().execute_async(kept, vec![json!(words)]);
        (asking.await.ok()? == json!(vec![true; count])).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_kept_no_longer() {
    let bought = Bought::three_tickets().await;
    let guest = Guest::before(&bought.address(), PHONE).await;
    until_kept(&guest, "Good for entry", 1).await;
    let zone = TimeZone::get("Europe/Berlin").expect("a zone");
    let today = Clock::system().now().to_zoned(zone).date();
    // After midnight the business day is yesterday's yet, with showtimes of its own.
    let yesterday = today.yesterday().expect("a day");
    let past = yesterday.yesterday().expect("a day");
    let past = format!("days = \"{past}\"\ntime = \"20:15\"");
    let past = programme().replace("days = \"today+1\"\ntime = \"20:15\"", &past);
    let moved = bought.world.import_with(&past, Consent::Given).await;
    moved.expect("it is meant so");
    until("it is over", || async {
        guest.opens(&bought.address()).await;
        let text = "return document.body.innerText.includes('This showtime is over.')";
        (guest.asks_page(text, vec![]).await == json!(true)).then_some(())
    })
    .await;
    until_kept(&guest, "", 0).await;
    guest.leaves().await;
}
