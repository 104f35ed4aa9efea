//! From the posters to the codes with type twice as large, in the whole screen and within low reach: nothing is cut, nothing is covered.
//! So too in a browser that enlarges all of the page.

use serde_json::{Value, json};
use tests::card_terminal::Behaviour;
use tests::world::{Left, World};

use crate::guest::{Guest, text};
use tests::chromium::{LANDSCAPE, PHONE, PORTRAIT, Size};

/// What is left of the kiosk's screen, upright or on a desk, where the browser shows all of it twice as large.
const ENLARGED: [Size; 2] = [(540, 960), (683, 384)];

/// The words on the screen that cannot be read whole, and the buttons that cannot be touched in their middle, though they be scrolled to:
/// cut by what they stand in, or covered by something else.
const CUT_OR_COVERED: &str = "
    const found = [];
    const root = document.querySelector('dialog[open]') ?? document.body;
    const clips = part => {
        const style = getComputedStyle(part);
        return style.display !== 'contents' && [style.overflowX, style.overflowY].some(flow => flow !== 'visible');
    };
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (texts.nextNode()) nodes.push(texts.currentNode);
    for (const node of nodes) {
        const part = node.parentElement;
        if (!node.textContent.trim() || part.closest('svg, script, style, noscript, .unseen, [aria-hidden=true]') || !part.checkVisibility()) continue;
        part.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
        const range = document.createRange();
        range.selectNodeContents(node);
        const lines = [...range.getClientRects()].filter(line => line.width > 0);
        const frames = [{ left: 0, top: 0, right: innerWidth, bottom: innerHeight }];
        for (let around = part; around && around !== document.documentElement; around = around.parentElement)
            if (clips(around)) frames.push(around.getBoundingClientRect());
        const isCut = line => frames.some(frame => line.left < frame.left - 1 || line.right > frame.right + 1
            || line.top < frame.top - 3 || line.bottom > frame.bottom + 3);
        const target = part.closest('button') ?? part;
        const isCovered = line => {
            const top = document.elementFromPoint((line.left + line.right) / 2, (line.top + line.bottom) / 2);
            return getComputedStyle(part).pointerEvents !== 'none' && !(top && (target.contains(top) || top.contains(target)));
        };
        const words = node.textContent.trim().slice(0, 40);
        if (lines.some(isCut)) found.push(`cut: ${words}`);
        else if (lines.some(isCovered)) found.push(`covered: ${words}`);
    }
    for (const button of root.querySelectorAll('button')) {
        if (!button.checkVisibility()) continue;
        button.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
        const box = button.getBoundingClientRect();
        const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
        const name = `the button ${button.dataset.testid ?? button.textContent}`;
        if (!button.contains(document.elementFromPoint(x, y))) found.push(`covered: ${name}`);
        if (box.left < -1 || box.right > innerWidth + 1 || button.scrollWidth > button.clientWidth + 1) found.push(`cut: ${name}`);
    }
    document.querySelectorAll('*').forEach(part => { if (part.scrollTop) part.scrollTop = 0; if (part.scrollLeft) part.scrollLeft = 0; });
    return found;";

async fn check(guest: &Guest, screen: &str, size: Size) {
    let found = guest.asks_page(CUT_OR_COVERED, vec![]).await;
    assert_eq!(found, json!([]), "{screen} at {size:?}");
    let wider =
        "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
    assert_eq!(
        guest.asks_page(wider, vec![]).await,
        Value::Bool(false),
        "{screen} at {size:?} is wider than the window"
    );
}

/// The one next step can be touched where it is, without a search.
async fn check_at_hand(guest: &Guest, name: &str, size: Size) {
    guest.sees(name).await;
    let ask = "const part = document.querySelector(`[data-testid='${arguments[0]}']`); const box = part.getBoundingClientRect(); \
         return part.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)) \
             && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth;";
    let is_at_hand = guest.asks_page(ask, vec![text(name)]).await;
    assert_eq!(is_at_hand, Value::Bool(true), "{name} at {size:?}");
}

/// Before anybody scrolls, the first code is whole: a phone held before it reads it.
async fn check_code_in_sight(guest: &Guest, size: Size) {
    let ask = "const code = document.querySelector('.ticket-card img'); const box = code.getBoundingClientRect(); \
         return [[box.left + 2, box.top + 2], [box.right - 2, box.bottom - 2]].every(([x, y]) => code === document.elementFromPoint(x, y))";
    let is_in_sight = guest.asks_page(ask, vec![]).await;
    assert_eq!(is_in_sight, Value::Bool(true), "a code at {size:?}");
}

/// Touches what may have to be scrolled to, as the driver does not where a part that stays lies over it.
async fn scrolls_to_and_touches(guest: &Guest, name: &str) {
    guest.sees(name).await;
    let scroll = "document.querySelector(`[data-testid='${arguments[0]}']`).scrollIntoView({ block: 'center', behavior: 'instant' })";
    guest.asks_page(scroll, vec![text(name)]).await;
    guest.touches(name).await;
}

async fn walks(guest: &Guest, world: &World, size: Size) {
    guest.sees("time-tonight").await;
    check(guest, "attract", size).await;
    guest.touches("help").await;
    guest.sees("help-sheet").await;
    check(guest, "help", size).await;
    guest.touches("help-close").await;
    scrolls_to_and_touches(guest, "time-tonight").await;
    scrolls_to_and_touches(guest, "as-list").await;
    scrolls_to_and_touches(guest, "listed-F1").await;
    scrolls_to_and_touches(guest, "listed-F2").await;
    guest.reads("basket", "Begleit").await;
    check(guest, "list", size).await;
    check_at_hand(guest, "pay", size).await;
    scrolls_to_and_touches(guest, "as-map").await;
    guest.sees_seat("F2", "chosen").await;
    check(guest, "map", size).await;
    check_at_hand(guest, "pay", size).await;
    scrolls_to_and_touches(guest, "kind-F1").await;
    guest.sees("kind-sheet").await;
    check(guest, "kinds", size).await;
    scrolls_to_and_touches(guest, "choose-child").await;
    guest.sees_no_more("kind-sheet").await;
    guest.reads("total", "6,00").await;
    world.terminal.next(Behaviour::NeverAnswer);
    guest.touches("pay").await;
    guest.sees("screen-paying").await;
    check(guest, "paying", size).await;
    check_at_hand(guest, "stop-payment", size).await;
    let till = world
        .terminal
        .wait_until(|till| !till.payments.is_empty())
        .await;
    world.terminal.decide(&till.payments[0].reference, true);
    guest.sees("ticket-F1").await;
    guest.sees("ticket-F2").await;
    check(guest, "codes", size).await;
    check_at_hand(guest, "finished", size).await;
}

async fn sets_the_largest_type(guest: &Guest) {
    guest.touches("type-size").await;
    guest.touches("type-size").await;
    guest.finds("[data-size='largest']").await;
}

async fn with_the_largest_type(guest: &Guest) {
    let size = "return Number.parseInt(getComputedStyle(document.documentElement).fontSize)";
    let before = guest.asks_page(size, vec![]).await;
    sets_the_largest_type(guest).await;
    let twice = before.as_i64().map(|before| before * 2);
    assert_eq!(guest.asks_page(size, vec![]).await.as_i64(), twice);
    assert!(twice.is_some(), "the type has a size");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_type_twice_as_large_nothing_is_cut_or_covered_from_posters_to_codes() {
    for size in [PORTRAIT, LANDSCAPE] {
        let world = World::open().await;
        let guest = Guest::arrives_at(&world, size, "&language=de").await;
        with_the_largest_type(&guest).await;
        walks(&guest, &world, size).await;
        check_code_in_sight(&guest, size).await;
        guest.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_largest_type_within_low_reach_nothing_is_cut_or_covered_from_posters_to_codes() {
    for size in [PORTRAIT, LANDSCAPE] {
        let world = World::open().await;
        let guest = Guest::arrives_at(&world, size, "&language=de").await;
        guest.touches("low-reach").await;
        with_the_largest_type(&guest).await;
        walks(&guest, &world, size).await;
        check_code_in_sight(&guest, size).await;
        guest.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_browser_that_enlarges_the_page_nothing_is_cut_or_covered_from_posters_to_codes() {
    for size in [ENLARGED[0], ENLARGED[1], PHONE] {
        let world = World::open().await;
        let guest = Guest::arrives_at(&world, size, "&language=de").await;
        walks(&guest, &world, size).await;
        guest.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_page_is_enlarged_all_of_the_order_is_in_sight_while_one_pays() {
    let world = World::open().await;
    world.leaves(Left::Payments);
    for size in [ENLARGED[1], PHONE] {
        world.terminal.next(Behaviour::NeverAnswer);
        let guest = Guest::arrives_at(&world, size, "&language=de").await;
        guest.touches("low-reach").await;
        guest.touches("time-tonight").await;
        guest.touches("together").await;
        guest.touches("pay").await;
        guest.sees("screen-paying").await;
        guest.reads("screen-paying", "Metropolis").await;
        let hidden = "const words = document.querySelector('.pay-words'); const hero = document.querySelector('.hero'); \
             return [words.scrollHeight - words.clientHeight, hero.getBoundingClientRect().height]";
        let hidden = guest.asks_page(hidden, vec![]).await;
        assert_eq!(hidden, json!([0, 0]), "at {size:?}");
        guest.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_largest_type_of_a_phone_nothing_is_cut_or_covered_from_posters_to_codes() {
    let world = World::open().await;
    let guest = Guest::arrives_at(&world, PHONE, "&language=de").await;
    sets_the_largest_type(&guest).await;
    walks(&guest, &world, PHONE).await;
    check_code_in_sight(&guest, PHONE).await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_seats_together_are_found_without_a_search() {
    let world = World::open().await;
    let guest = Guest::arrives_at(&world, PHONE, "&language=de").await;
    guest.touches("time-tonight").await;
    guest.sees_seat("A1", "free").await;
    for name in ["together", "as-list"] {
        check_at_hand(&guest, name, PHONE).await;
    }
    guest.touches("together").await;
    guest.reads("total", "24,00").await;
    check_at_hand(&guest, "pay", PHONE).await;
    guest.leaves().await;
}
