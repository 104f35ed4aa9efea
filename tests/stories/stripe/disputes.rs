//! What a guest has their bank fetch back, and who decides about it.

use counter_api::TenderState;
use tests::engine::Engine;
use tests::stripe::Asked;
use tests::world::until;

use super::evening::Evening;

#[tokio::test]
async fn a_payment_that_a_bank_fetches_back_is_a_case_until_it_is_decided() {
    let evening = Evening::open(Engine::Sqlite).await;
    let hub = &evening.house.hub;
    let payment = evening.sale.tenders[0].id.to_string();
    evening.stripe.is_disputed(1_500, "needs_response").await;
    let case = evening.until_case("online_payment_disputed").await;
    let facts = case
        .facts
        .iter()
        .map(|fact| (&*fact.what, fact.name.clone()));
    let expected = [
        ("payment", payment.clone()),
        ("amount", "15.00 EUR".to_owned()),
        ("showtime", "tomorrow".to_owned()),
        ("answer_by", "2096-10-02".to_owned()),
        ("sale", evening.sale.id.to_string()),
    ];
    assert_eq!(facts.collect::<Vec<_>>(), expected);
    let words = hub.order(&["cases"]);
    assert!(
        words.contains(&payment) && words.contains("answer at the provider by 2096-10-02"),
        "{words}"
    );
    evening.stripe.is_disputed(1_500, "under_review").await;
    until("it is answered", || async {
        let words = hub.order(&["cases"]);
        words
            .contains("has their bank fetch it, which decides")
            .then_some(())
    })
    .await;
    assert_eq!(hub.cases().await.len(), 1);
    // It is decided for us: nobody need do anything.
    evening.stripe.is_disputed(1_500, "won").await;
    evening.until_no_cases().await;

    // The same guest has it fetched again, and more of it; and that is lost.
    evening.stripe.is_disputed_again(500).await;
    evening.until_case("online_payment_disputed").await;
    evening.stripe.is_disputed(2_000, "needs_response").await;
    until("it is more", || async {
        let words = hub.order(&["cases"]);
        words.contains("20.00 EUR").then_some(())
    })
    .await;
    // A person takes it for won.
    let decide = |word: &str| {
        let order = [
            "decide",
            &payment,
            word,
            "--about",
            "dispute",
            "--reason",
            "so they say",
        ];
        hub.order(&order).trim().to_owned()
    };
    assert_eq!(decide("taken"), "taken: the money stays");
    evening
        .says_that_it_is_disputed(2_000, "under_review")
        .await;
    assert!(hub.cases().await.is_empty(), "a person has decided");
    evening.stripe.is_disputed(2_000, "lost").await;
    let lost = evening.until_case("online_payment_dispute_lost").await;
    let order = format!("cloud-hub decide {payment} refunded --about dispute --reason ..");
    assert_eq!(lost.order, Some(order));
    assert_eq!(decide("refunded"), "given back");
    evening.says_that_it_is_disputed(2_000, "lost").await;
    assert!(hub.cases().await.is_empty());
    // The bank thinks better of it: a person knows, who may have given it back besides.
    evening.stripe.is_disputed(2_000, "won").await;
    let won = evening.until_case("online_payment_dispute_won").await;
    let order = format!("cloud-hub decide {payment} taken --about dispute --reason ..");
    assert_eq!(won.order, Some(order));
    assert!(hub.order(&["cases"]).contains("gave it twice"));
    evening.says_that_it_is_disputed(2_000, "won").await;
    evening.only_case("online_payment_dispute_won").await;
    assert_eq!(decide("taken"), "taken: the money stays");
    evening.says_that_it_is_disputed(2_000, "won").await;
    assert!(hub.cases().await.is_empty());
    evening.house.comes_to_rest().await;
}

/// A bank that asks about a payment fetches nothing: that it has its answer brings no money back, and what was said of it says nothing of what it
/// fetches later.
#[tokio::test]
async fn an_inquiry_moves_no_money() {
    let evening = Evening::open(Engine::Sqlite).await;
    let hub = &evening.house.hub;
    // Of one that ended before anybody heard of it nobody is told.
    evening
        .says_that_it_is_disputed(1_500, "warning_closed")
        .await;
    evening.says_that_it_is_disputed(1_500, "prevented").await;
    assert!(hub.cases().await.is_empty());
    let asks = "warning_needs_response";
    evening.says_that_it_is_disputed(1_500, asks).await;
    evening.only_case("online_payment_inquiry").await;
    let words = hub.order(&["cases"]);
    assert!(words.contains("nothing is fetched"), "{words}");
    evening
        .says_that_it_is_disputed(1_500, "warning_closed")
        .await;
    assert!(hub.cases().await.is_empty(), "it is over");
    // A person gives the money back while the bank asks.
    evening.says_that_it_is_disputed(1_500, asks).await;
    evening.only_case("online_payment_inquiry").await;
    let payment = evening.sale.tenders[0].id.to_string();
    let decide = |word: &str| {
        hub.order(&["decide", &payment, word, "--reason", "so they say"]);
    };
    decide("refunded");
    evening
        .says_that_it_is_disputed(1_500, "warning_under_review")
        .await;
    evening
        .says_that_it_is_disputed(1_500, "warning_closed")
        .await;
    assert!(hub.cases().await.is_empty(), "nothing had been fetched");
    // The same once more, and the bank fetches as much all the same.
    evening.says_that_it_is_disputed(1_500, asks).await;
    decide("taken");
    evening
        .says_that_it_is_disputed(1_500, "needs_response")
        .await;
    evening.only_case("online_payment_disputed").await;
    decide("refunded");
    evening.says_that_it_is_disputed(1_500, "won").await;
    evening.only_case("online_payment_dispute_won").await;
    decide("taken");
    evening.house.comes_to_rest().await;
}

#[tokio::test]
async fn a_right_that_the_key_lacks_is_told_and_a_dispute_all_the_same() {
    let evening = Evening::open(Engine::Sqlite).await;
    let hub = &evening.house.hub;
    evening.stripe.forbids(Some(Asked::Disputes));
    evening.stripe.is_disputed(1_500, "needs_response").await;
    let case = evening.until_case("online_payment_disputed").await;
    // How much of it nobody says: all of it may be.
    let amount = case.facts.iter().find(|fact| fact.what == "amount");
    assert_eq!(amount.map(|fact| &*fact.name), Some("20.00 EUR"));
    let case = evening.until_case("online_payments_right_missing").await;
    assert!(case.words.contains("read disputes"), "{}", case.words);
    assert!(hub.order(&["cases"]).contains("lacks a right"));
    evening.stripe.forbids(None);
    evening
        .says_that_it_is_disputed(1_500, "needs_response")
        .await;
    evening.only_case("online_payment_disputed").await;
    let words = hub.order(&["cases"]);
    assert!(words.contains("15.00 EUR"), "{words}");
    // What is settled is settled, also where nobody may look.
    evening.stripe.forbids(Some(Asked::Disputes));
    evening.stripe.is_disputed(1_500, "won").await;
    until("it is settled", || async {
        let words = hub.order(&["cases"]);
        (!words.contains("has their bank fetch it")).then_some(())
    })
    .await;
}

tests::on_both_engines!(a_person_says_which_of_two_cases_of_a_payment_is_decided);

async fn a_person_says_which_of_two_cases_of_a_payment_is_decided(engine: Engine) {
    let evening = Evening::open(engine).await;
    let held = evening.is_called_off_while_one_is_at_the_bank().await;
    // Stripe says no for long, and the guest has their bank fetch it as well.
    evening.stripe.refuses_refunds(true);
    evening.stripe.answers_at_the_bank(true).await;
    evening.until_case("online_payment_owed").await;
    evening.stripe.is_disputed(1_000, "needs_response").await;
    evening.until_case("online_payment_disputed").await;

    let hub = &evening.house.hub;
    let payment = held.look().await.tenders[0].id.to_string();
    let order = |word: &str, about: &[&str]| {
        let order = ["decide", &payment, word, "--reason", "by hand"];
        let order: Vec<&str> = order.into_iter().chain(about.iter().copied()).collect();
        hub.try_order(&order)
    };
    let refused = order("refunded", &[]).expect_err("which of them?");
    assert!(
        refused.contains("`--about payment` or `--about dispute`"),
        "{refused}"
    );
    assert_eq!(hub.cases().await.len(), 2);
    // The bank decided for us: that says nothing of what is owed.
    let said = order("taken", &["--about", "dispute"]).expect("it is asked");
    assert_eq!(said.trim(), "taken: the money stays");
    evening.only_case("online_payment_owed").await;
    // One is left, and need not be named. Stripe gives nothing beside it.
    let said = order("refunded", &[]).expect("it is asked");
    assert_eq!(said.trim(), "given back");
    assert!(hub.cases().await.is_empty());
    evening.stripe.refuses_refunds(false);
    assert_eq!(held.outcome().await, TenderState::Refunded);
    assert_eq!(evening.money().await, (3_000, 2_000));
}
