//! Stripe's list: what a hub finds in it that was put back, and what others have there.

use counter_api::TenderState;
use tests::engine::Engine;
use tests::payment_provider::Delivery;
use tests::stripe::{Asked, Fault};
use tests::world::{Seller, until};

use super::evening::Evening;
use super::{ASKS_FIRST, VISA, page_of_the_bank};
use crate::put_back::{Backup, expects};

/// A guest buys after a backup was made of the hub.
async fn sale_that_will_be_forgotten() -> (Evening, Backup, Seller) {
    let evening = Evening::open(Engine::Sqlite).await;
    expects(&evening.house.hub, &evening.house.world);
    let backup = Backup::of(&evening.house.hub);
    let guest = evening.house.hub.guest("metropol").await;
    let bought = guest.hold("tomorrow", &[&evening.theirs[2]]).await;
    assert_eq!(bought.pay_with(VISA).await, TenderState::Approved);
    (evening, backup, guest)
}

// Stripe answers while an order waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_was_put_back_finds_in_stripes_list_what_it_has_forgotten() {
    let (mut evening, backup, guest) = sale_that_will_be_forgotten().await;
    let at_the_bank = guest.hold("tomorrow", &[&evening.theirs[3]]).await;
    at_the_bank.begin_with(ASKS_FIRST).await.expect(202);
    page_of_the_bank(&at_the_bank).await;
    evening.stripe.delivers(Delivery::Never);
    backup.put_back(&mut evening.house.hub).await;
    let hub = &evening.house.hub;
    let forgotten = || hub.order(&["cases"]).matches("forgotten here").count();
    until("what was taken is found", || async {
        (forgotten() == 1).then_some(())
    })
    .await;
    let payments = until("what was at the bank is stopped", || async {
        let payments = evening.stripe.taken().await.payments;
        (payments[0]["status"] == "canceled").then_some(payments)
    })
    .await;
    // A person gives it back at Stripe, and the hub reads so when it reads the list next, which tells nothing new.
    let sold = &payments[1];
    assert_eq!(sold["status"], "succeeded");
    evening.stripe.gives_back_by_hand_of(sold, None).await;
    // By now it stands before what is read, and Stripe does not say at once what became of it: that says nothing against the list.
    evening.stripe.has_made_all_earlier(1_200);
    // Not before it is started anew: what it asks until then is of something else.
    evening.house.hub.kill();
    // Calls that came late are asked about as well.
    for _try in 0..50 {
        evening.stripe.next(Asked::Look, Fault::Down);
    }
    let looks = evening.stripe.heard(Asked::Look);
    evening.house.hub.start_again().await;
    evening.stripe.until_asked(Asked::Look, looks + 3).await;
    let hub = &evening.house.hub;
    let log = || std::fs::read_to_string(hub.log()).unwrap();
    until("it is asked about again", || async {
        let is_told = log().contains("what became of a payment that waits for a person");
        is_told.then_some(())
    })
    .await;
    evening.stripe.nothing_goes_wrong();
    assert!(!log().contains("the list of charges cannot be compared"));
    assert!(hub.order(&["cases"]).contains("forgotten here"));
    // Whoever has given it back need not wait for the hour.
    let compared = hub.order(&["compare-payments"]);
    assert!(
        compared.contains("every payment in it is known here"),
        "{compared}"
    );
    assert!(!hub.order(&["cases"]).contains("forgotten here"));
    assert_eq!(evening.money().await, (3_000, 1_000));
}

#[tokio::test]
async fn what_others_have_in_the_account_hides_nothing_of_ours() {
    let (mut evening, backup, _) = sale_that_will_be_forgotten().await;
    let unreadable = "what whoever takes the money lists as ours cannot be read";
    evening.house.hub.expects_error(unreadable);
    // Ours stands behind two pages of theirs, and behind what cannot be read.
    evening.stripe.is_used_by_others(230).await;
    evening.stripe.delivers(Delivery::Never);
    let lists = evening.stripe.heard(Asked::List);
    backup.put_back(&mut evening.house.hub).await;
    let hub = &evening.house.hub;
    until("what was taken is found", || async {
        let is_found = hub.order(&["cases"]).contains("forgotten here");
        is_found.then_some(())
    })
    .await;
    assert!(evening.stripe.heard(Asked::List) >= lists + 3);
    let all = evening.stripe.taken().await.payments;
    let others = all.iter().filter(|it| it["currency"] == "usd");
    let untouched = others.filter(|it| it["status"] == "requires_payment_method");
    assert_eq!(untouched.count(), 230, "what is theirs is left alone");
    let log = std::fs::read_to_string(hub.log()).unwrap();
    assert!(log.contains("in Stripe's list cannot be read"));
    // One that is named as ours is for a person, who finds it at Stripe.
    let words = hub.order(&["cases"]);
    assert!(words.contains("there named pi_like_ours"), "{words}");
    hub.order(&["decide", "p", "refunded", "--reason", "it is nobody's"]);
    let words = hub.order(&["cases"]);
    assert!(!words.contains("pi_like_ours"), "{words}");
}
