//! A guest at home types a card into Stripe's own fields: Stripe's script draws them, here `localstripe`'s, and no number of a card comes to the
//! hub.

use serde_json::json;
use tests::engine::Engine;
use tests::stripe::{Asked, Stripe};
use tests::world::{House, PROGRAMME, Sides, until};

use crate::buys_online::{at_home, chooses, path, two, until_the_tickets_are_open};
use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PHONE};

const PAYS: &str = "4242424242424242";
pub(crate) const WITHOUT_MONEY: &str = "4000000000009995";
pub(crate) const BANK_ASKS_FIRST: &str = "4000002500003155";

/// A house whose guests at home pay by Stripe.
async fn open() -> (House, Stripe) {
    let stripe = Stripe::start().await;
    let house = House::open_paying(Engine::Sqlite, PROGRAMME, &stripe.settings()).await;
    stripe.tells(&house.hears_of_payments());
    (house, stripe)
}

/// Types a card into the fields.
pub(crate) async fn types_a_card(guest: &Guest, number: &str) {
    let fields = [
        ("number", number),
        ("exp_month", "12"),
        ("exp_year", "99"),
        ("cvc", "123"),
    ];
    for (name, typed) in fields {
        let field = format!("[data-testid='card-fields'] input[placeholder='{name}']");
        let field = guest.finds(&field).await;
        field.send_keys(typed).await.expect("it is typed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_typed_into_stripes_fields_and_a_ticket_goes_back_to_it() {
    let (house, stripe) = open().await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, PHONE, "?lang=en").await;
    let [first, second] = two(&theirs);
    chooses(&guest, &[&first, &second]).await;
    guest.touches("pay").await;
    guest.sees("card-fields").await;
    // Nothing is typed yet: it is said, and nothing is asked.
    guest.finds("[data-testid='card-fields'] input").await;
    guest.touches("pay-now").await;
    guest.reads("card-wrong", "incomplete").await;
    guest.finds_nothing_in_the_way("fields").await;

    types_a_card(&guest, WITHOUT_MONEY).await;
    guest.touches("pay-now").await;
    guest.reads("notice", "not enough money on this card").await;
    types_a_card(&guest, PAYS).await;
    guest.touches("pay-now").await;
    until_the_tickets_are_open(&guest).await;
    let codes = "return document.querySelectorAll('.ticket .code svg').length";
    assert_eq!(guest.asks_page(codes, vec![]).await, 2);
    let taken = stripe.taken().await;
    assert_eq!((taken.captured, taken.payments.len()), (2_000, 2));
    let hub = std::fs::read_to_string(house.hub.log()).expect("its log");
    assert!(!hub.contains(PAYS) && !hub.contains(WITHOUT_MONEY));

    // One ticket goes back, and its money to the card.
    guest.touches("choose").await;
    guest.touches("look-first").await;
    guest.touches("give-back").await;
    until("its money is back", || async {
        (stripe.taken().await.refunded == 1_000).then_some(())
    })
    .await;
    guest.leaves().await;
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_asks_first_leads_back_to_the_tickets() {
    let (house, stripe) = open().await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, LANDSCAPE, "?lang=de").await;
    let [first, _] = two(&theirs);
    chooses(&guest, &[&first]).await;
    guest.touches("pay").await;
    types_a_card(&guest, BANK_ASKS_FIRST).await;
    guest.touches("pay-now").await;
    until("the bank's page is open", || async {
        path(&guest).await.starts_with("/steps/").then_some(())
    })
    .await;
    let yes = guest.finds("form[action$='/yes'] button").await;
    yes.click().await.expect("yes");
    let back = guest.finds("a[href*='/holds/']").await;
    back.click().await.expect("back");
    until_the_tickets_are_open(&guest).await;
    let language = "return document.documentElement.lang";
    let is_german = guest.asks_page(language, vec![]).await;
    assert!(
        is_german.as_str().is_some_and(|it| it.starts_with("de")),
        "as it was chosen: {is_german}"
    );
    assert_eq!(stripe.taken().await.captured, 1_000);
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_cannot_be_loaded_are_said_and_loaded_again() {
    let (house, stripe) = open().await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    stripe.gives_its_script(false);
    let guest = at_home(&house, PHONE, "?lang=en").await;
    let [first, _] = two(&theirs);
    chooses(&guest, &[&first]).await;
    guest.touches("pay").await;
    guest.reads("fields-failed", "could not be loaded").await;
    guest.finds_nothing_in_the_way("failed").await;
    guest.finds("[data-testid='pay-now']:disabled").await;
    guest.reads("countdown", "Kept for").await;
    stripe.gives_its_script(true);
    guest.touches("fields-again").await;
    types_a_card(&guest, PAYS).await;
    // Back to the seats and here once more: other fields stand there.
    guest.touches("back-to-seats").await;
    guest.sees_seat(&first, "chosen").await;
    guest.touches("pay").await;
    types_a_card(&guest, PAYS).await;
    guest.touches("pay-now").await;
    until_the_tickets_are_open(&guest).await;
    assert_eq!(stripe.taken().await.captured, 1_000);
    guest.leaves().await;
}

/// Whatever the page waits for so many milliseconds and longer is over at once from here on.
async fn waits_less_than(guest: &Guest, milliseconds: u64) {
    let script = "window.wait ??= window.setTimeout.bind(window); const longest = arguments[0];\
        window.setTimeout = (then, time, ...more) => wait(then, time >= longest ? 0 : time, ...more);";
    guest.asks_page(script, vec![json!(milliseconds)]).await;
}

/// Nothing is over before its time.
const PATIENT: u64 = 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_stay_away_and_a_name_that_does_not_come_are_said_and_nothing_is_taken() {
    let (house, stripe) = open().await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, PHONE, "?lang=en").await;
    let [first, _] = two(&theirs);
    chooses(&guest, &[&first]).await;
    waits_less_than(&guest, 20_000).await;
    stripe.gives_its_frames(false);
    guest.touches("pay").await;
    guest.reads("fields-failed", "could not be loaded").await;
    guest.finds("[data-testid='pay-now']:disabled").await;
    stripe.gives_its_frames(true);
    waits_less_than(&guest, PATIENT).await;
    guest.touches("fields-again").await;
    types_a_card(&guest, PAYS).await;

    // The card has no name yet, and then it is too late for one.
    stripe.names_cards(false);
    waits_less_than(&guest, 20_000).await;
    guest.touches("pay-now").await;
    guest
        .reads("fields-failed", "does not answer, and nothing was charged")
        .await;
    guest.finds("[data-testid='pay-now']:disabled").await;
    guest.reads("countdown", "Kept for").await;
    guest.finds_nothing_in_the_way("silent").await;
    stripe.names_cards(true);
    waits_less_than(&guest, PATIENT).await;
    guest.touches("fields-again").await;
    types_a_card(&guest, PAYS).await;
    assert!(stripe.taken().await.payments.is_empty());
    guest.touches("pay-now").await;
    until_the_tickets_are_open(&guest).await;
    let taken = stripe.taken().await;
    assert_eq!((taken.captured, taken.payments.len()), (1_000, 1));
    guest.leaves().await;
}

/// Gives the seats of the page back as another page of the same guest does.
const GIVES_BACK_ELSEWHERE: &str = "const done = arguments[0], here = '/api/v1/cinemas/metropol/holds';\
    fetch(here).then(it => it.json()).then(all => fetch(`${here}/${all.holds[0].id}`, { method: 'DELETE' }))\
    .then(it => { window.dispatchEvent(new Event('visibilitychange')); done(it.status); });";

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_gets_its_name_late_pays_for_no_other_seats() {
    let (house, stripe) = open().await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, PHONE, "?lang=en").await;
    let [first, _] = two(&theirs);
    chooses(&guest, &[&first]).await;
    guest.touches("pay").await;
    types_a_card(&guest, WITHOUT_MONEY).await;
    stripe.names_cards(false);
    guest.touches("pay-now").await;
    stripe.until_asked(Asked::Name, 1).await;
    let client = guest.client();
    let said = client.execute_async(GIVES_BACK_ELSEWHERE, vec![]).await;
    assert_eq!(said.expect("the page answers"), 204);
    guest.sees("screen-seats").await;
    guest.sees_seat(&first, "free").await;
    chooses(&guest, &[&first]).await;
    stripe.names_cards(true);
    guest.touches("pay").await;
    types_a_card(&guest, PAYS).await;
    guest.touches("pay-now").await;
    until_the_tickets_are_open(&guest).await;
    let taken = stripe.taken().await;
    assert_eq!((taken.captured, taken.payments.len()), (1_000, 1));
    guest.leaves().await;
}

/// Less than Stripe charges.
const CHEAP: &str = "0.40";

#[tokio::test(flavor = "multi_thread")]
async fn what_no_card_is_charged_is_said_beside_the_seats() {
    let stripe = Stripe::start().await;
    let cheap = PROGRAMME.replace("10.00", CHEAP);
    let house = House::open_paying(Engine::Sqlite, &cheap, &stripe.settings()).await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, PHONE, "?lang=de").await;
    let [first, second] = two(&theirs);
    chooses(&guest, &[&first]).await;
    guest.touches("pay").await;
    guest.reads("notice", "Ein so kleiner Betrag").await;
    guest.sees("screen-seats").await;
    // Two cost enough.
    chooses(&guest, &[&second]).await;
    guest.touches("pay").await;
    types_a_card(&guest, PAYS).await;
    guest.touches("pay-now").await;
    until_the_tickets_are_open(&guest).await;
    assert_eq!(stripe.taken().await.captured, 80);
    guest.leaves().await;
}
