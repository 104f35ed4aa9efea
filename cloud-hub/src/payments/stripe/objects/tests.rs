use counter_api::DeclineReason;
use serde_json::{Value, json};

use super::*;
use crate::payments::stripe::tests::known;

/// An intent as Stripe says it, with these fields for others.
fn intent(fields: &Value) -> Intent {
    let mut said = json!({
        "id": "pi_1", "object": "payment_intent", "created": 1_700_000_000, "amount": 1_250, "currency": "eur",
        "metadata": { "foyer_payment": "a", "foyer_cinema": "metropol", "foyer_hold": "h", "of_others": "x" },
        "last_payment_error": null, "next_action": null, "latest_charge": null,
    });
    for (name, value) in fields.as_object().unwrap() {
        said[name] = value.clone();
    }
    serde_json::from_value(said).unwrap()
}

fn taken() -> Value {
    let charge = json!({ "amount": 1_250, "amount_refunded": 0, "payment_method_details": { "type": "card", "card": { "last4": "4242" } } });
    json!({ "status": "succeeded", "amount_received": 1_250, "latest_charge": charge })
}

#[test]
fn what_an_intent_says_is_what_became_of_the_payment() {
    let check = |fields: Value, expected: Option<Said>| {
        let heard = intent(&fields).said(&known(), &[]).ok();
        assert_eq!(heard.map(|(said, _)| said), expected, "{fields}");
    };
    let amount_minor = 1_250;
    check(taken(), Some(Said::Captured { amount_minor }));
    check(json!({ "status": "succeeded", "amount_received": 0 }), None);
    check(
        json!({ "status": "succeeded", "amount_received": i64::MAX }),
        None,
    );
    check(json!({ "status": "succeeded", "currency": "usd" }), None);
    let other = json!({ "status": "succeeded", "metadata": { "foyer_payment": "b" } });
    check(other, None);
    check(json!({ "status": "succeeded", "metadata": {} }), None);
    check(json!({ "status": "processing" }), Some(Said::Waiting));
    check(json!({ "status": "requires_capture" }), Some(Said::Waiting));
    check(json!({ "status": "canceled" }), Some(Said::Cancelled));
    check(
        json!({ "status": "requires_payment_method" }),
        Some(Said::NeverHeard),
    );
    check(
        json!({ "status": "requires_confirmation" }),
        Some(Said::NeverHeard),
    );
    check(json!({ "status": "requires_action" }), Some(Said::Waiting));
    let unknown = serde_json::from_value::<Status>(json!("something_new"));
    assert!(unknown.is_err(), "what is not understood is no outcome");
}

#[test]
fn the_page_of_a_step_the_reason_and_the_slip_are_handed_on() {
    let details = |fields: &Value| intent(fields).said(&known(), &[]).unwrap();
    let action =
        json!({ "type": "redirect_to_url", "redirect_to_url": { "url": "https://bank.example/" } });
    let (said, step) = details(&json!({ "status": "requires_action", "next_action": action }));
    assert_eq!(
        (said, step.step.as_deref()),
        (Said::Step, Some("https://bank.example/"))
    );
    let error = json!({ "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds" });
    let refused = json!({ "status": "requires_payment_method", "last_payment_error": error });
    let (said, refused) = details(&refused);
    assert_eq!(said, Said::Declined);
    assert_eq!(refused.declined, Some(DeclineReason::NotEnoughMoney));
    let (_, details) = details(&taken());
    let slip = details.slip.unwrap();
    assert_eq!(
        (slip.last_four.as_str(), slip.authorisation.as_str()),
        ("4242", "pi_1")
    );
}

fn refund(amount: i64, status: &str, ticket: Option<&str>) -> Refund {
    let metadata = match ticket {
        Some(ticket) => json!({ "foyer_ticket": ticket }),
        None => Value::Null,
    };
    serde_json::from_value(json!({ "amount": amount, "status": status, "metadata": metadata }))
        .unwrap()
}

#[test]
fn what_is_given_back_ticket_by_ticket_was_taken_and_what_is_given_back_whole_is_back() {
    let check = |refunds: &[Refund], expected: Said| {
        let (said, _) = intent(&taken()).said(&known(), refunds).unwrap();
        assert_eq!(said, expected, "{refunds:?}");
    };
    let captured = Said::Captured {
        amount_minor: 1_250,
    };
    check(&[], captured);
    check(&[refund(1_250, "succeeded", None)], Said::Returned);
    check(&[refund(1_250, "pending", None)], Said::Waiting);
    check(&[refund(1_250, "failed", None)], captured);
    check(&[refund(1_000, "succeeded", None)], captured);
    let [first, second] = [("t1", 1_000), ("t2", 250)]
        .map(|(ticket, amount)| refund(amount, "succeeded", Some(ticket)));
    check(&[first.clone(), second], captured);
    check(
        &[first.clone(), refund(250, "succeeded", None)],
        Said::Returned,
    );
    check(&[first, refund(250, "canceled", None)], captured);
}

#[test]
fn the_price_of_a_ticket_is_back_where_all_is_whatever_failed_before() {
    let ticket: TicketId = "t1".parse().unwrap();
    let check = |refunds: &[Refund], expected: PriceOf<'_>| {
        let found = intent(&taken()).price_of(refunds, &ticket);
        assert_eq!(found, expected, "{refunds:?}");
    };
    let failed = refund(1_000, "failed", Some("t1"));
    let given = refund(1_000, "succeeded", Some("t1"));
    let all = refund(1_250, "succeeded", None);
    check(&[], PriceOf::NotAsked);
    check(std::slice::from_ref(&failed), PriceOf::Asked(&failed));
    check(&[failed.clone(), all.clone()], PriceOf::AllIsBack);
    check(std::slice::from_ref(&all), PriceOf::AllIsBack);
    let rest = refund(250, "succeeded", None);
    check(&[given.clone(), rest], PriceOf::Asked(&given));
    let pending = refund(1_250, "pending", None);
    check(&[failed.clone(), pending], PriceOf::Asked(&failed));
}

#[test]
fn a_refund_that_failed_is_no_refund_beside_one_that_did_not() {
    let ticket: TicketId = "t1".parse().unwrap();
    let refunds = [
        refund(500, "failed", Some("t1")),
        refund(500, "succeeded", Some("t1")),
        refund(500, "pending", Some("t2")),
    ];
    assert_eq!(of_ticket(&refunds, &ticket), Some(&refunds[1]));
    assert_eq!(of_ticket(&refunds[..1], &ticket), Some(&refunds[0]));
    assert_eq!(of_ticket(&refunds[2..], &ticket), None);
    assert_eq!(given(&refunds), 1_000);
}

#[test]
fn the_list_has_what_is_ours_what_is_kept_of_it_and_what_is_open() {
    let check = |fields: Value, kept: i64, is_open: bool| {
        let listed = intent(&fields).listed().unwrap();
        assert_eq!(
            (listed.kept.minor, listed.is_open),
            (kept, is_open),
            "{fields}"
        );
        assert_eq!(listed.theirs.as_deref(), Some("pi_1"));
    };
    check(taken(), 1_250, false);
    let mut part = taken();
    part["latest_charge"]["amount_refunded"] = json!(1_000);
    check(part, 250, false);
    check(json!({ "status": "requires_action" }), 0, true);
    check(json!({ "status": "requires_payment_method" }), 0, true);
    let declined = json!({ "status": "requires_payment_method", "last_payment_error": { "code": "card_declined" } });
    check(declined, 0, false);
    check(json!({ "status": "canceled" }), 0, false);
    let of_others = json!({ "status": "succeeded", "metadata": {} });
    assert_eq!(intent(&of_others).listed(), None);
    assert_eq!(intent(&of_others).unlisted(), None);
}

#[test]
fn what_is_ours_and_says_too_little_is_told_if_anything_may_be_taken() {
    let check = |fields: Value, expected: Option<&str>| {
        let intent = intent(&fields);
        assert_eq!(intent.listed(), None, "{fields}");
        let found = intent.unlisted().map(|found| found.amount);
        assert_eq!(found.as_deref(), expected, "{fields}");
    };
    let with = |fields: Value| {
        let mut said = taken();
        for (name, value) in fields.as_object().unwrap() {
            said[name] = value.clone();
        }
        said
    };
    let no_hold = json!({ "foyer_payment": "a", "foyer_cinema": "metropol" });
    let euros = "1250 of the smallest unit of EUR";
    check(with(json!({ "metadata": no_hold })), Some(euros));
    check(
        json!({ "status": "processing", "metadata": no_hold }),
        Some(euros),
    );
    check(json!({ "status": "canceled", "metadata": no_hold }), None);
    let all_back = json!({ "amount": 1_250, "amount_refunded": 1_250 });
    check(
        with(json!({ "metadata": no_hold, "latest_charge": all_back })),
        None,
    );
    // No whole crown.
    let crowns = "1250 of the smallest unit of ISK";
    check(with(json!({ "currency": "isk" })), Some(crowns));
}
