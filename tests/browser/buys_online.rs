//! A guest at home buys with a phone: on the page that the hub draws, beside a kiosk in the lobby, with the line up and cut.

use std::path::PathBuf;

use counter_api::{SeatState, ShowtimeWithLayout, TenderState};
use tests::engine::Engine;
use tests::world::{House, PROGRAMME, Sides, until};

use crate::guest::{Guest, text};
use tests::chromium::{LANDSCAPE, PHONE, PORTRAIT, Size};

pub(crate) const SHOWTIME: &str = "/cinemas/metropol/showtimes/tomorrow";

/// A guest at home before the page of `tomorrow`, with a fresh browser.
pub(crate) async fn at_home(house: &House, size: Size, query: &str) -> Guest {
    let page = format!("{}{SHOWTIME}{query}", house.hub.url());
    let guest = Guest::before(&page, size).await;
    guest.sees("screen-seats").await;
    guest
}

/// Brings a part out from under the end of the basket, which sticks to that of the window.
async fn brings_out(guest: &Guest, name: &str) {
    let part = format!("[data-testid='{name}']");
    guest.finds(&part).await;
    let to_the_middle = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })";
    guest.asks_page(to_the_middle, vec![text(&part)]).await;
}

/// Whether there is something, by a CSS selector.
async fn has(guest: &Guest, selector: &str) -> bool {
    let is_there = "return !!document.querySelector(arguments[0])";
    guest.asks_page(is_there, vec![text(selector)]).await == true
}

/// Chooses seats: where they are small, the first touch brings them closer.
pub(crate) async fn chooses(guest: &Guest, seats: &[&String]) {
    const CLOSER: &str = ".seat-map.closer";
    for seat in seats {
        let name = format!("seat-{seat}");
        let touched =
            format!("[data-testid='{name}']:is([data-look='chosen'], [data-look='wanted'])");
        let was_closer = has(guest, CLOSER).await;
        brings_out(guest, &name).await;
        guest.touches(&name).await;
        let is_closer = until("the touch is answered", || async {
            let is_closer = !was_closer && has(guest, CLOSER).await;
            (is_closer || has(guest, &touched).await).then_some(is_closer)
        })
        .await;
        if is_closer {
            guest.touches(&name).await;
        }
        guest.sees_seat(seat, "chosen").await;
    }
}

/// Two of the hub's own seats beside each other.
pub(crate) fn two(seats: &[String]) -> [String; 2] {
    [seats[0].clone(), seats[1].clone()]
}

/// The address of the page that is open.
pub(crate) async fn path(guest: &Guest) -> String {
    let path = guest.asks_page("return location.pathname", vec![]).await;
    path.as_str().unwrap_or_default().to_owned()
}

pub(crate) async fn until_the_tickets_are_open(guest: &Guest) {
    until("the booking is open", || async {
        path(guest).await.starts_with("/bookings/").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_line_cut_both_counters_sell_and_both_guests_have_tickets() {
    let house = House::open(Engine::Sqlite).await;
    let Sides {
        lobby,
        home: phone,
        ours,
        theirs,
    } = house.until_both_sell().await;
    let home = at_home(&house, PHONE, "").await;
    let kiosk = Guest::arrives(&house.world, PORTRAIT).await;
    house.until_cut(&lobby).await;
    until("what is the cinema's is out of reach at home", || async {
        let away = format!("[data-testid='seat-{}'][data-look='away']", ours[0]);
        has(&home, &away).await.then_some(())
    })
    .await;

    let [first, second] = two(&theirs);
    chooses(&home, &[&first, &second]).await;
    home.touches("pay").await;
    home.sees("screen-card").await;
    home.touches("pay-now").await;

    until_the_tickets_are_open(&home).await;
    let codes = "return document.querySelectorAll('.ticket .code svg').length";
    assert_eq!(home.asks_page(codes, vec![]).await, 2);
    home.leaves().await;

    let shown = lobby.get("/api/v1/showtimes/tomorrow").await.expect(200);
    let shown: ShowtimeWithLayout = shown.body();
    let (day, _) = shown.showtime.starts_at.split_once('T').expect("a day");
    kiosk.touches(&format!("day-{day}")).await;
    kiosk.touches("time-tomorrow").await;
    kiosk.touches(&format!("seat-{}", ours[0])).await;
    kiosk.touches("pay").await;
    kiosk.sees("screen-done").await;
    kiosk.sees(&format!("ticket-{}", ours[0])).await;
    kiosk.leaves().await;

    house.cable.put_in();
    until("each hears what the other has sold", || async {
        let seen = [
            lobby.sees("tomorrow", &first).await,
            lobby.sees("tomorrow", &second).await,
            phone.sees("tomorrow", &ours[0]).await,
        ];
        (seen == [SeatState::Sold; 3]).then_some(())
    })
    .await;
    let mut house = house.comes_to_rest().await;
    house.world.stop().await;
    house.hub.kill();
    let folders = [house.hub.data(), house.world.folder().to_owned()];
    let folders: Vec<_> = folders.iter().map(PathBuf::as_path).collect();
    let found = tests::proving::found(&tests::proving::evidence(&folders));
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_refused_keeps_the_seats_and_another_pays() {
    let house = House::open(Engine::Sqlite).await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, PHONE, "?lang=en").await;
    let [first, _] = two(&theirs);
    chooses(&guest, &[&first]).await;
    guest.touches("pay").await;
    guest.touches("card_not_enough_money").await;
    guest.touches("pay-now").await;
    guest.reads("notice", "not enough money on this card").await;
    guest.reads("countdown", "Kept for").await;

    guest.touches("back-to-seats").await;
    guest.sees_seat(&first, "chosen").await;
    guest.touches("pay").await;
    guest.touches("pay-now").await;
    until_the_tickets_are_open(&guest).await;
    let sums = house.provider.as_ref().expect("it runs").sums();
    assert_eq!(sums.captured_minor, 1_000, "{sums:?}");
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_asks_first_leads_back_to_the_payment_and_it_ends_well() {
    let house = House::open(Engine::Sqlite).await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, PHONE, "?lang=de").await;
    let [first, _] = two(&theirs);
    chooses(&guest, &[&first]).await;
    guest.touches("pay").await;
    guest.touches("card_step").await;
    guest.touches("pay-now").await;
    until("the bank's page is open", || async {
        path(&guest).await.starts_with("/steps/").then_some(())
    })
    .await;
    // Back without an answer: the payment waits, and nobody is sent away again.
    guest
        .opens(&format!("{}{SHOWTIME}?lang=de", house.hub.url()))
        .await;
    guest
        .reads("screen-paying", "Ihre Bank bittet um Bestätigung")
        .await;
    guest.touches("to-the-bank").await;
    guest
        .finds("form[action$='/yes'] button")
        .await
        .click()
        .await
        .expect("yes");
    guest
        .finds("a[href*='/holds/']")
        .await
        .click()
        .await
        .expect("back");
    until_the_tickets_are_open(&guest).await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_opened_again_goes_on_with_the_seats_and_finds_what_was_bought() {
    let house = House::open(Engine::Sqlite).await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, LANDSCAPE, "?lang=en").await;
    let [first, second] = two(&theirs);
    chooses(&guest, &[&first]).await;
    guest.client().refresh().await.expect("it is read again");
    guest.sees_seat(&first, "chosen").await;
    guest.touches("more-time").await;
    let heard = "return document.querySelector('[role=status].unseen').textContent";
    until("it is said that there is more time", || async {
        (guest.asks_page(heard, vec![]).await == "You have more time.").then_some(())
    })
    .await;
    guest.touches("pay").await;
    guest.touches("pay-now").await;
    until_the_tickets_are_open(&guest).await;
    let booking = path(&guest).await;
    let sale = booking.split('/').nth(3).expect("its sale").to_owned();
    guest
        .opens(&format!("{}{SHOWTIME}?lang=en", house.hub.url()))
        .await;
    guest.reads("bought", "You have bought tickets").await;
    guest.sees_seat(&first, "sold").await;
    // Long after, when the hub lists it no more, and after another try that failed.
    let handed_over = "const done = arguments[1];\
        fetch(`/api/v1/cinemas/metropol/sales/${arguments[0]}/handed-over`, { method: 'POST' }).then(it => done(it.status));";
    let said = guest
        .client()
        .execute_async(handed_over, vec![text(&sale)])
        .await;
    assert_eq!(said.expect("the page answers"), 204);
    chooses(&guest, &[&second]).await;
    guest.touches("pay").await;
    guest.touches("card_refused").await;
    guest.touches("pay-now").await;
    guest.reads("notice", "The card was declined").await;
    guest.client().refresh().await.expect("it is read again");
    guest.reads("bought", "You have bought tickets").await;
    guest.sees_seat(&second, "chosen").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_killed_while_its_guest_is_at_the_bank_has_their_tickets() {
    let mut house = House::open(Engine::Sqlite).await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, LANDSCAPE, "?lang=en").await;
    let [first, _] = two(&theirs);
    chooses(&guest, &[&first]).await;
    guest.touches("pay").await;
    guest.touches("card_step").await;
    guest.touches("pay-now").await;
    let yes = guest.finds("form[action$='/yes'] button").await;
    house.hub.kill();
    yes.click().await.expect("yes");
    let back = guest.finds("a[href*='/holds/']").await;
    house.hub.start_again().await;
    back.click().await.expect("back");
    until_the_tickets_are_open(&guest).await;
    let sums = house.provider.as_ref().expect("it runs").sums();
    assert_eq!((sums.captured_minor, sums.refunded_minor), (1_000, 0));
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_many_choose_the_browser_works_for_its_seats() {
    let house = House::open(Engine::Sqlite).await;
    let Sides { theirs, home, .. } = house.until_both_sell().await;
    let group: Vec<&str> = theirs.iter().skip(2).take(10).map(String::as_str).collect();
    let _held = home.hold("tomorrow", &group).await;
    let [first, second] = two(&theirs);
    let another = house.hub.guest("metropol").await;
    let refused = another.ask_for("tomorrow", &[&first, &second]).await;
    assert_eq!(refused.problem(), (428, "work_needed"));

    let guest = at_home(&house, LANDSCAPE, "?lang=en").await;
    for seat in [&first, &second] {
        guest.touches(&format!("seat-{seat}")).await;
    }
    guest.sees_seat(&first, "chosen").await;
    guest.sees_seat(&second, "chosen").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_comes_from_the_page_to_the_tickets() {
    const ENTER: char = '\u{E007}';
    const RIGHT: char = '\u{E014}';
    let house = House::open(Engine::Sqlite).await;
    house.until_both_sell().await;
    let guest = at_home(&house, LANDSCAPE, "?lang=en").await;
    guest.tabs_to("seat-A1").await;
    guest.presses(&[ENTER]).await;
    guest.sees_seat("A1", "chosen").await;
    guest.presses(&[RIGHT, ENTER]).await;
    guest.sees_seat("A2", "chosen").await;
    guest.tabs_to("pay").await;
    guest.presses(&[ENTER]).await;
    let heading = "return document.activeElement?.textContent";
    until("the keyboard is on the next step", || async {
        (guest.asks_page(heading, vec![]).await == "Pay by card").then_some(())
    })
    .await;
    guest.tabs_to("pay-now").await;
    guest.presses(&[ENTER]).await;
    until_the_tickets_are_open(&guest).await;
    guest.leaves().await;
}

/// Goes to the bank's page with seats that are chosen, and answers there.
async fn answers_at_the_bank(guest: &Guest, answer: &str) {
    guest.touches("pay").await;
    guest.touches("card_step").await;
    guest.touches("pay-now").await;
    let button = format!("form[action$='/{answer}'] button");
    let button = guest.finds(&button).await;
    button.click().await.expect("an answer");
    guest.finds("a[href*='/holds/']").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_pays_for_the_last_seats_comes_back_to_their_tickets() {
    let house = House::open(Engine::Sqlite).await;
    let Sides {
        lobby,
        home,
        theirs,
        ..
    } = house.until_both_sell().await;
    let guest = at_home(&house, LANDSCAPE, "?lang=en").await;
    house.until_cut(&lobby).await;
    let (last, others) = theirs.split_first().expect("some");
    chooses(&guest, &[last]).await;
    for some in others.chunks(4) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        let bought = home.hold("tomorrow", &some).await;
        assert_eq!(bought.pay_with("card_approve").await, TenderState::Approved);
    }
    answers_at_the_bank(&guest, "yes").await;
    // Whoever looks at the showtime now reads that nothing is left.
    let stranger = Guest::before(&format!("{}{SHOWTIME}?lang=en", house.hub.url()), PHONE).await;
    stranger.finds("#seats .cannot").await;
    let has_asked =
        "return performance.getEntriesByType('resource').some(it => it.name.endsWith('/holds'))";
    until("it is asked what is theirs", || async {
        (stranger.asks_page(has_asked, vec![]).await == true).then_some(())
    })
    .await;
    let cookies = stranger.client().get_all_cookies().await;
    assert_eq!(
        cookies.expect("they are told").len(),
        0,
        "who reads is nobody"
    );
    stranger.leaves().await;
    let back = guest.finds("a[href*='/holds/']").await;
    let address = back.attr("href").await.expect("it is there");
    back.click().await.expect("back");
    until_the_tickets_are_open(&guest).await;
    guest.leaves().await;
    // Another browser, which the bank has opened: nobody is left with "sold out".
    let other = Guest::before(&address.expect("an address"), PHONE).await;
    other.reads("unavailable", "in another browser").await;
    other.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_says_no_and_a_payment_of_another_browser_are_told() {
    let (_, tomorrow) = PROGRAMME
        .split_once("id = \"tomorrow\"")
        .expect("it is there");
    let later = tomorrow.replace("days = \"today+1\"", "days = \"today+2\"");
    let programme = format!("{PROGRAMME}\n[[showtime]]\nid = \"later\"{later}");
    let house = House::open_with(Engine::Sqlite, &programme).await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, LANDSCAPE, "?lang=en").await;
    let [first, _] = two(&theirs);
    chooses(&guest, &[&first]).await;
    answers_at_the_bank(&guest, "no").await;
    let back = guest.finds("a[href*='/holds/']").await;
    let address = back.attr("href").await.expect("it is there");
    back.click().await.expect("back");
    guest
        .reads("notice", "The payment was not confirmed at the bank")
        .await;
    guest.sees("screen-card").await;

    let other = Guest::before(&address.expect("an address"), PHONE).await;
    other.reads("elsewhere", "in another browser").await;
    other.leaves().await;

    // Their seats are kept, and named where they look at another showtime.
    let later = format!(
        "{}/cinemas/metropol/showtimes/later?lang=en",
        house.hub.url()
    );
    guest.opens(&later).await;
    guest.touches("give-them-back").await;
    guest.sees_no_more("other-seats").await;
    guest
        .opens(&format!("{}{SHOWTIME}?lang=en", house.hub.url()))
        .await;
    guest.sees_seat(&first, "free").await;
    guest.leaves().await;
}

/// Each step as it looks to whoever buys.
async fn look_at_each_step(size: Size, query: &str) {
    let house = House::open(Engine::Sqlite).await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, size, query).await;
    guest.finds_nothing_in_the_way("seats").await;
    let [first, second] = two(&theirs);
    chooses(&guest, &[&first, &second]).await;
    guest.finds_nothing_in_the_way("basket").await;
    brings_out(&guest, &format!("kind-{first}")).await;
    guest.touches(&format!("kind-{first}")).await;
    guest.sees("kind-sheet").await;
    guest.finds_nothing_in_the_way("kinds").await;
    guest.touches("kind-close").await;
    guest.touches("pay").await;
    guest.sees("screen-card").await;
    guest.finds_nothing_in_the_way("card").await;
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_is_fit_for_a_phone() {
    look_at_each_step(PHONE, "?lang=de").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_is_fit_for_a_wide_screen() {
    look_at_each_step(LANDSCAPE, "?lang=en").await;
}
