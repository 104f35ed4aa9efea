use box_office::Money;
use counter::Ordered;
use reqwest::Url;

use super::*;
use crate::payments::settings::SecretKey;

pub(super) fn known() -> Charge {
    Charge {
        reference: "a".parse().unwrap(),
        amount: Money::new(1_250, "EUR".parse().unwrap()),
        cinema: "metropol".parse().unwrap(),
        hold: "h".parse().unwrap(),
        order: None,
        theirs: None,
    }
}

#[test]
fn a_payment_says_what_it_is_for_and_nothing_that_is_too_long_for_stripe() {
    let mut charge = known();
    let seats: Vec<String> = (0..200).map(|seat| format!("A{seat}")).collect();
    charge.order = Some(Ordered {
        showtime: "tomorrow".parse().unwrap(),
        seats: seats.iter().map(|seat| seat.parse().unwrap()).collect(),
    });
    let named = metadata(&charge);
    assert_eq!(named[names::SHOWTIME], "tomorrow");
    assert!(named[names::SEATS].starts_with("A0 A1 A2 "));
    assert_eq!(named[names::SEATS].chars().count(), LONGEST_VALUE);
    assert_eq!(named, metadata(&charge), "the same question each time");
    assert_eq!(metadata(&known()).len(), 3);
}

/// An account of a Stripe that nobody reaches.
fn out_of_reach() -> Stripe {
    let address = Url::parse("http://127.0.0.1:9").unwrap();
    let account = Account {
        address: address.clone(),
        key: SecretKey::of("sk_test_1"),
        publishable: "pk_test_1".to_owned(),
        script: address,
    };
    let way_back = WayBack {
        address: Some("https://tickets.example".to_owned()),
        page: |_, _| String::new(),
    };
    Stripe::at(account, (Clock::system(), way_back)).unwrap()
}

#[tokio::test]
async fn what_stripe_cannot_charge_is_certain_before_anybody_is_asked() {
    let stripe = out_of_reach();
    let mut charge = known();
    let asked = async |charge: &Charge| stripe.clone().charge(charge.clone(), "pm_1".into()).await;
    assert!(asked(&charge).await.is_err(), "nobody is reached");
    charge.amount = Money::new(12_345, "KWD".parse().unwrap());
    let (said, details) = asked(&charge).await.unwrap();
    let expected = (Said::Declined, Some(DeclineReason::Unavailable));
    assert_eq!((said, details.declined), expected);
    let stopped = stripe.clone().cancel(charge.clone()).await.unwrap();
    assert_eq!(stopped.0, Said::Cancelled);
}

#[test]
fn a_card_that_is_not_tried_is_its_guests_matter_unless_stripe_says_otherwise_or_none_is() {
    let refused = |status: u16, problem: &str| Refused {
        status: StatusCode::from_u16(status).unwrap(),
        problem: serde_json::from_str(problem).unwrap(),
    };
    let check = |times: usize, refused: &Refused, (reason, is_told): (DeclineReason, bool)| {
        let stripe = out_of_reach();
        let mut found = None;
        for _time in 0..times {
            found = Some(stripe.not_tried(&known(), refused).1.declined);
        }
        assert_eq!(found, Some(Some(reason)), "{refused:?}");
        assert_eq!(!stripe.troubles().is_empty(), is_told, "{refused:?}");
    };
    use DeclineReason::{NotEnoughMoney, Refused as No, Unavailable};
    let used = refused(
        400,
        r#"{"type":"invalid_request_error","message":"used before"}"#,
    );
    check(1, &used, (No, false));
    check(9, &used, (No, false));
    check(10, &used, (No, true));
    let unknown = refused(
        400,
        r#"{"type":"invalid_request_error","code":"resource_missing","param":"payment_method"}"#,
    );
    check(10, &unknown, (No, true));
    let account = r#"{"type":"invalid_request_error","code":"testmode_charges_only"}"#;
    check(1, &refused(400, account), (Unavailable, true));
    let right = refused(403, r#"{"type":"invalid_request_error"}"#);
    check(1, &right, (Unavailable, true));
    let poor = refused(
        402,
        r#"{"type":"card_error","decline_code":"insufficient_funds"}"#,
    );
    check(20, &poor, (NotEnoughMoney, false));
}
