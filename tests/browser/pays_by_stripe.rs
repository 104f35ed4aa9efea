//! A guest at home types a card into Stripe's own fields: Stripe's script draws them, here `localstripe`'s, and no number of a card comes to the
//! hub.

use tests::engine::Engine;
use tests::stripe::Stripe;
use tests::world::{House, PROGRAMME, Sides, until};

use crate::buys_online::{at_home, chooses, path, two, until_the_tickets_are_open};
use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PHONE};

const PAYS: &str = "4242424242424242";
const WITHOUT_MONEY: &str = "4000000000009995";
const BANK_ASKS_FIRST: &str = "4000002500003155";

/// A house whose guests at home pay by Stripe.
async fn open() -> (House, Stripe) {
    let stripe = Stripe::start().await;
    let house = House::open_paying(Engine::Sqlite, PROGRAMME, &stripe.settings()).await;
    stripe.tells(&house.hears_of_payments());
    (house, stripe)
}

/// Types a card into the fields.
async fn types_a_card(guest: &Guest, number: &str) {
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
