//! What goes back at Stripe: whole or ticket by ticket, once, by the hub or by hand, and what of it does not arrive.

use counter_api::{RefundState, Sale, TenderState};
use serde_json::json;
use tests::engine::Engine;
use tests::stripe::{Asked, Fault, Stripe};
use tests::world::{new_key, until, with_refund_rules};

use super::evening::Evening;
use crate::forgotten::until_it_has_recovered;
use crate::put_back::{Backup, expects};
use crate::refund_rules::KEEPS_A_EURO;

tests::on_both_engines!(what_is_paid_in_vain_goes_back_whole_and_is_followed_after_that);

async fn what_is_paid_in_vain_goes_back_whole_and_is_followed_after_that(engine: Engine) {
    let evening = Evening::open(engine).await;
    // The tickets of the others go back one by one.
    let held = evening.is_called_off_while_one_is_at_the_bank().await;
    // Stripe says no at first, as for good: a person is asked at once, with its words, and it is asked again.
    for _try in 0..3 {
        evening.stripe.next(Asked::Refund, Fault::OtherWords);
    }
    evening.stripe.answers_at_the_bank(true).await;
    evening.until_case("online_payment_owed").await;
    let words = evening.house.hub.order(&["cases"]);
    assert!(words.contains("same parameters"), "{words}");
    until("it is given back", || async {
        (evening.money().await == (3_000, 3_000)).then_some(())
    })
    .await;
    evening.until_no_cases().await;
    assert_eq!(held.outcome().await, TenderState::Refunded);

    // Days later the whole payment did not arrive.
    let hub = &evening.house.hub;
    let payment = held.look().await.tenders[0].id.to_string();
    evening.stripe.refunds_are(Some("failed")).await;
    let case = evening.until_case("online_payment_not_arrived").await;
    let fact = |what: &str| {
        let found = case.facts.iter().find(|fact| fact.what == what);
        found.map(|fact| fact.name.clone()).unwrap_or_default()
    };
    let expected = ("10.00 EUR".to_owned(), payment.clone());
    assert_eq!((fact("amount"), fact("payment")), expected);
    assert_eq!(fact("showtime"), "tomorrow");
    let words = hub.order(&["cases"]);
    assert!(
        words.contains("it did not arrive: give it by hand"),
        "{words}"
    );
    let kept = ["decide", &payment, "taken", "--reason", "no"];
    assert!(hub.try_order(&kept).is_err(), "that is not what is asked");
    // A person gives it again at Stripe, and that does not arrive either.
    evening.stripe.refunds_are(Some("pending")).await;
    evening.until_no_cases().await;
    evening.stripe.refunds_are(Some("failed")).await;
    evening.until_case("online_payment_not_arrived").await;
    let by_hand = ["decide", &payment, "refunded", "--reason", "by hand"];
    hub.order(&by_hand);
    evening.until_no_cases().await;
    // It says so again: a person has decided.
    evening.says_that_refunds_are("failed").await;
    assert!(hub.cases().await.is_empty());
    assert!(hub.try_order(&by_hand).is_err());
    // It was given again after that all the same, and comes back.
    evening.says_that_refunds_are("pending").await;
    assert!(hub.cases().await.is_empty());
    evening.stripe.refunds_are(Some("failed")).await;
    evening.until_case("online_payment_not_arrived").await;
    // What Stripe has said before is not what stands, however late it arrives.
    evening.says_that_refunds_are("pending").await;
    evening.until_no_cases().await;
    let (told, looks) = (evening.stripe.told(), evening.stripe.heard(Asked::Refunds));
    evening.stripe.next(Asked::Refunds, Fault::Slow);
    evening.stripe.refunds_are(Some("pending")).await;
    evening.stripe.until_asked(Asked::Refunds, looks + 1).await;
    evening.stripe.refunds_are(Some("failed")).await;
    evening.stripe.until_told(told + 2).await;
    evening.only_case("online_payment_not_arrived").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_that_was_asked_for_in_other_words_is_found_or_for_a_person() {
    let evening = Evening::open(Engine::Sqlite).await;
    for _try in 0..3 {
        evening.stripe.next(Asked::Refund, Fault::OtherWords);
    }
    evening.asks_back(0).await;
    evening.until_case("online_refund_owed").await;
    let words = evening.house.hub.order(&["cases"]);
    assert!(words.contains("same parameters"), "{words}");
    // It is asked for again, and then it is given.
    evening.until_all(RefundState::Returned).await;
    evening.until_no_cases().await;
    assert_eq!(evening.money().await, (2_000, 1_000));
    // It was given, and an error of Stripe's own is kept for it: it is looked for.
    evening.stripe.next(Asked::Refund, Fault::DoneErrorKept);
    evening.asks_back(1).await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money().await, (2_000, 2_000));
    // The bank sends both back, also the one that a person was asked about before: nobody has decided about it.
    evening.stripe.refunds_are(Some("failed")).await;
    let hub = &evening.house.hub;
    until("a person is asked about both", || async {
        let cases = hub.cases().await;
        let is_owed = |case: &hub_api::Case| case.code == "online_refund_owed";
        (cases.len() == 2 && cases.iter().all(is_owed)).then_some(())
    })
    .await;
    for ticket in &evening.sale.tickets {
        let ticket = ticket.id.to_string();
        let reason = ["--reason", "by hand"];
        let order = ["decide-refund", &ticket, "given-back"];
        hub.order(&[&order[..], &reason].concat());
    }
    evening.says_that_refunds_are("failed").await;
    assert!(hub.cases().await.is_empty(), "a person has decided");
    evening.house.comes_to_rest().await;
}

tests::on_both_engines!(each_ticket_goes_back_once_whatever_becomes_of_the_answer);

async fn each_ticket_goes_back_once_whatever_becomes_of_the_answer(engine: Engine) {
    let mut evening = Evening::open(engine).await;
    evening.stripe.next(Asked::Refund, Fault::Twice);
    evening.asks_back(0).await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money().await, (2_000, 1_000));
    // It is given, and the hub is killed before it hears so.
    evening.stripe.next(Asked::Refund, Fault::Silent);
    let asked = evening.stripe.heard(Asked::Refund);
    evening.asks_back(1).await;
    evening.stripe.until_asked(Asked::Refund, asked + 1).await;
    assert_eq!(evening.money().await, (2_000, 2_000));
    evening.house.hub.kill();
    evening.house.hub.start_again().await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money().await, (2_000, 2_000));
    assert_eq!(
        evening.stripe.heard(Asked::Refund),
        asked + 1,
        "it was looked for first"
    );
    // All of it went back ticket by ticket, as it was wanted: no case.
    assert!(evening.house.hub.cases().await.is_empty());
    evening.house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_on_its_way_back_is_not_given_twice_and_what_does_not_arrive_is_for_a_person() {
    let evening = Evening::open(Engine::Sqlite).await;
    let hub = &evening.house.hub;
    let ticket = evening.sale.tickets[0].id.to_string();
    let decide = [
        "decide-refund",
        &ticket,
        "given-back",
        "--reason",
        "by hand",
    ];

    // The bank takes its time: nobody is asked, and it is not asked for again.
    evening.stripe.refunds_are(Some("pending")).await;
    evening.asks_back(0).await;
    evening.stripe.until_asked(Asked::Refund, 1).await;
    let looks = evening.stripe.heard(Asked::Refunds);
    evening.stripe.until_asked(Asked::Refunds, looks + 3).await;
    assert_eq!(evening.stripe.heard(Asked::Refund), 1);
    assert!(hub.cases().await.is_empty());
    evening.stripe.refunds_are(None).await;
    evening.until_all(RefundState::Returned).await;

    // Days later it has not arrived.
    evening.stripe.refunds_are(Some("failed")).await;
    let case = until("a person is asked", || async {
        let mut cases = hub.cases().await;
        (cases.len() == 1).then(|| cases.remove(0))
    })
    .await;
    assert_eq!(case.code, "online_refund_owed");
    let words = hub.order(&["cases"]);
    assert!(
        words.contains(&ticket) && words.contains("given-back by hand?"),
        "{words}"
    );
    assert_eq!(hub.order(&decide).trim(), "given back");
    assert!(hub.cases().await.is_empty());
    // It says so again: a person has decided.
    evening.stripe.refunds_are(Some("failed")).await;
    assert!(hub.try_order(&decide).is_err());
    assert!(hub.cases().await.is_empty());
    assert_eq!(evening.stripe.heard(Asked::Refund), 1);
    evening.house.comes_to_rest().await;
}

#[tokio::test]
async fn what_a_person_gave_back_at_stripe_is_seen_and_not_given_again() {
    let evening = Evening::open(Engine::Sqlite).await;
    // A part without a word for what: no ticket's price is left whole.
    evening.stripe.gives_back_by_hand(Some(1_500)).await;
    evening.asks_back(0).await;
    let hub = &evening.house.hub;
    until("a person is asked", || async {
        let is_it = |case: &hub_api::Case| case.code == "online_refund_owed";
        hub.cases().await.iter().any(is_it).then_some(())
    })
    .await;
    assert_eq!(evening.money().await, (2_000, 1_500));
    // The rest as well: all is back, and the hub hears it by Stripe's call.
    evening.stripe.gives_back_by_hand(None).await;
    until("the payment is seen to be back", || async {
        let sale = format!("/api/v1/sales/{}", evening.sale.id);
        let sale: Sale = evening.home.get(&sale).await.expect(200).body();
        (sale.tenders[0].state == TenderState::Refunded).then_some(())
    })
    .await;
    evening.until_all(RefundState::Returned).await;
    assert!(hub.cases().await.is_empty());
    assert_eq!(evening.money().await, (2_000, 2_000));
}

/// What a person gives in the place of money that did not arrive is given once, although all of its sale had gone back at Stripe before: it is not taken
/// for twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_did_not_arrive_is_given_by_hand_once_although_all_of_the_sale_was_back() {
    let mut evening = Evening::open(Engine::Sqlite).await;
    evening.asks_back(0).await;
    evening.until_all(RefundState::Returned).await;
    evening.stripe.gives_back_by_hand(None).await;
    until("all of it is back", || async {
        (evening.back().await == [(1_000, 0), (1_000, 0)]).then_some(())
    })
    .await;
    evening.until_all(RefundState::Returned).await;
    let ticket = evening.sale.tickets[0].id.to_string();
    evening.stripe.refunds_are(Some("failed")).await;
    let case = evening.until_case("online_refund_owed").await;
    let named = case.facts.iter().any(|fact| fact.name == ticket);
    assert!(
        named,
        "of the ticket that Stripe's own refund names: {case:?}"
    );
    let order = [
        "decide-refund",
        &ticket,
        "given-back",
        "--reason",
        "in cash",
    ];
    evening.house.hub.order(&order);
    // Whatever a hub looks at when it begins, and when it is told again.
    evening.house.hub.kill();
    evening.house.hub.start_again().await;
    evening.says_that_refunds_are("failed").await;
    evening.house = evening.house.comes_to_rest().await;
    let cases = evening.house.hub.cases().await;
    let about = |code: &str| cases.iter().filter(|case| case.code == code).count();
    assert_eq!(about("online_refund_owed"), 0, "{cases:?}");
    assert_eq!(about("online_refund_too_much"), 0, "{cases:?}");
    evening.house.is_proved().await;
}

/// The guest was inside, head office gave the money back all the same, and the bank sends it back: head office is asked again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_had_given_back_and_did_not_arrive_is_asked_about_again() {
    let evening = Evening::open(Engine::Sqlite).await;
    let usher = evening.house.world.usher().await;
    let ticket = &evening.sale.tickets[0];
    evening.house.cable.pull();
    evening.asks_back(0).await;
    let body = json!({ "code": ticket.code, "showtime": ticket.showtime });
    let key = new_key();
    let admitted = usher.post("/api/v1/door/admissions", &key, &body);
    admitted.await.expect(201);
    evening.house.cable.put_in();
    evening.until_case("refund_admitted").await;
    let id = ticket.id.to_string();
    let hub = &evening.house.hub;
    let decides = |decision| {
        let reason = ["--reason", "the projector broke"];
        hub.order(&[&["decide-refund", &id, decision], &reason[..]].concat())
    };
    decides("give-back");
    evening.until_all(RefundState::Returned).await;
    evening.stripe.refunds_are(Some("failed")).await;
    evening.until_case("online_refund_owed").await;
    assert_eq!(decides("given-back").trim(), "given back");
    // And once is enough.
    evening.says_that_refunds_are("failed").await;
    assert!(hub.cases().await.is_empty());
    evening.house.ends_proved().await;
}

/// What did not arrive may be given once more at Stripe: who is about to give it by hand is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_did_not_arrive_and_is_there_after_all_is_not_given_by_hand() {
    let evening = Evening::open(Engine::Sqlite).await;
    evening.asks_back(0).await;
    evening.until_all(RefundState::Returned).await;
    evening.says_that_refunds_are("failed").await;
    evening.until_case("online_refund_owed").await;
    let ticket = evening.sale.tickets[0].id.to_string();
    let hub = &evening.house.hub;
    let gives = || {
        let order = ["decide-refund", &ticket, "given-back"];
        hub.try_order(&[&order[..], &["--reason", "in cash"]].concat())
    };
    evening.says_that_refunds_are("pending").await;
    let refused = gives().expect_err("it is on its way");
    assert!(refused.contains("at this moment"), "{refused}");
    evening.stripe.refunds_are(None).await;
    let refused = gives().expect_err("it is there");
    assert!(refused.contains("gone back meanwhile"), "{refused}");
    assert!(hub.cases().await.is_empty());
    // And once more it does not arrive.
    evening.says_that_refunds_are("failed").await;
    evening.until_case("online_refund_owed").await;
    assert_eq!(gives().expect("it is owed").trim(), "given back");
    evening.says_that_refunds_are("failed").await;
    assert!(hub.cases().await.is_empty());
    evening.house.ends_proved().await;
}

/// Head office takes a ticket back whole while less is on its way at Stripe: the rest is a person's to give, and all of it, where that does not arrive.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_back_beyond_what_stripe_had_in_hand_is_a_persons_to_give() {
    let programme = with_refund_rules(1, KEEPS_A_EURO);
    let evening = Evening::open_with(Engine::Sqlite, &programme).await;
    let hub = &evening.house.hub;
    let (sale, ticket) = (&evening.sale.id, evening.sale.tickets[0].id.to_string());
    evening.stripe.refunds_are(Some("pending")).await;
    evening.asks_back(0).await;
    evening.stripe.until_asked(Asked::Refund, 1).await;
    let order = ["refund", "metropol", sale.as_str(), "--ticket", &ticket];
    let reason = ["--reason", "the seat was broken"];
    let said = hub.order(&[&order[..], &reason].concat());
    assert_eq!(said.trim(), format!("{ticket}  10.00 EUR  owed"));
    evening.stripe.refunds_are(None).await;
    let case = evening.until_case("online_refund_owed").await;
    let amount = case.facts.iter().find(|fact| fact.what == "amount");
    let amount = amount.expect("it says how much");
    assert_eq!(amount.name, "1.00 EUR");
    assert_eq!(amount.money.map(|money| money.minor), Some(100));
    let order =
        format!("cloud-hub decide-refund {ticket} given-back --given-minor 100 --reason ..");
    assert_eq!(case.order, Some(order));
    let words = hub.order(&["cases"]);
    let left = "9.00 EUR went back for it, and 1.00 EUR are left to give";
    assert!(words.contains(left), "{words}");
    // What had gone does not arrive; whether or not it is asked for again by then.
    evening.says_that_refunds_are("failed").await;
    let words = hub.order(&["cases"]);
    assert!(words.contains(&format!("{ticket}  10.00 EUR  ")), "{words}");
    assert!(
        words.contains("did not take it") && !words.contains(left),
        "{words}"
    );
    let gives = |minor: &str| {
        let order = [
            "decide-refund",
            &ticket,
            "given-back",
            "--given-minor",
            minor,
        ];
        hub.try_order(&[&order[..], &reason].concat())
    };
    let refused = gives("100").expect_err("all of it is to be given");
    assert!(refused.contains("give 10.00 EUR by hand"), "{refused}");
    assert_eq!(gives("1000").expect("it is owed").trim(), "given back");
    assert_eq!(evening.back().await, [(1_000, 0)]);
    assert!(hub.cases().await.is_empty());
    evening.house.ends_proved().await;
}

/// A person gives a part back at Stripe, for whatever, and the guest's bank does not take it.
#[tokio::test]
async fn a_part_that_was_given_by_hand_and_did_not_arrive_is_for_a_person() {
    let evening = Evening::open(Engine::Sqlite).await;
    evening.stripe.gives_back_by_hand(Some(300)).await;
    evening.says_that_refunds_are("pending").await;
    let hub = &evening.house.hub;
    assert!(hub.cases().await.is_empty());
    evening.stripe.refunds_are(Some("failed")).await;
    let case = evening.until_case("online_payment_not_arrived").await;
    let amount = case.facts.iter().find(|fact| fact.what == "amount");
    assert_eq!(amount.map(|fact| &*fact.name), Some("3.00 EUR"));
    let payment = evening.sale.tenders[0].id.to_string();
    hub.order(&["decide", &payment, "refunded", "--reason", "by hand"]);
    evening.says_that_refunds_are("failed").await;
    assert!(hub.cases().await.is_empty());
    evening.house.comes_to_rest().await;
}

tests::on_both_engines!(what_is_kept_of_tickets_stays_and_goes_with_the_rest_of_the_sale);

async fn what_is_kept_of_tickets_stays_and_goes_with_the_rest_of_the_sale(engine: Engine) {
    let programme = with_refund_rules(1, KEEPS_A_EURO);
    let evening = Evening::open_with(engine, &programme).await;
    evening.stripe.next(Asked::Refund, Fault::Twice);
    evening.asks_back(0).await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money().await, (2_000, 900));
    assert_eq!(evening.back().await, [(900, 100)]);
    // A person gives back all that is left of the sale.
    evening.stripe.gives_back_by_hand(None).await;
    until("nothing is kept", || async {
        (evening.back().await == [(1_000, 0), (1_000, 0)]).then_some(())
    })
    .await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.money().await, (2_000, 2_000));
    assert!(evening.house.hub.cases().await.is_empty());
    evening.house.ends_proved().await;
}

#[tokio::test]
async fn what_stripe_gave_back_on_other_terms_is_written_down_as_it_went() {
    let programme = with_refund_rules(1, KEEPS_A_EURO);
    let mut evening = Evening::open_with(Engine::Sqlite, &programme).await;
    expects(&evening.house.hub, &evening.house.world);
    evening.house = evening.house.comes_to_rest().await;
    let backup = Backup::of(&evening.house.hub);
    evening.asks_back(0).await;
    evening.until_all(RefundState::Returned).await;
    // It is forgotten, and who had asked: it goes back whole by now, and Stripe has given it less the fee.
    backup.put_back(&mut evening.house.hub).await;
    until_it_has_recovered(&evening.house.hub).await;
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.back().await, [(900, 100)]);
    assert_eq!(evening.money().await, (2_000, 900));
    assert_eq!(evening.stripe.heard(Asked::Refund), 1, "it was looked for");
    let cases = evening.house.hub.order(&["cases"]);
    assert!(!cases.contains("by hand"), "{cases}");
    evening.house.is_proved().await;
}

/// Of a ticket for which nothing goes back nobody is waited for who never took the money: the provider was replaced.
#[tokio::test]
async fn where_nothing_goes_back_a_provider_of_before_is_not_waited_for() {
    let programme = with_refund_rules(1, "kept = \"10.50\"");
    let mut evening = Evening::open_with(Engine::Sqlite, &programme).await;
    evening.house.cable.pull();
    evening.asks_back(0).await;
    let other = Stripe::start().await;
    let hub = &mut evening.house.hub;
    hub.kill();
    let file = hub.settings();
    let settings = std::fs::read_to_string(&file).unwrap();
    let replaced = settings.replace(&evening.stripe.settings(), &other.settings());
    assert_ne!(settings, replaced, "the settings name the provider");
    std::fs::write(&file, replaced).unwrap();
    hub.start_again().await;
    evening.house.cable.put_in();
    evening.until_all(RefundState::Returned).await;
    assert_eq!(evening.back().await, [(0, 1_000)]);
    assert!(other.heard(Asked::Refund) == 0, "nothing was to be given");
}
