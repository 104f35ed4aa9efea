use box_office::Money;
use counter_api::DeclineReason;

use super::*;

fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap())
}

fn known() -> Charge {
    Charge {
        reference: "a".parse().unwrap(),
        amount: eur(1250),
        cinema: "metropol".parse().unwrap(),
        hold: "h".parse().unwrap(),
        order: None,
        theirs: None,
    }
}

fn found(state: ChargeState) -> protocol::Charge {
    protocol::Charge {
        reference: "a".parse().unwrap(),
        amount_minor: 1250,
        currency: Some("EUR".parse().unwrap()),
        metadata: None,
        return_to: None,
        parts: Vec::new(),
        state,
        changed: 1,
    }
}

fn captured(amount_minor: i64) -> ChargeState {
    ChargeState::Captured {
        amount_minor,
        last_four: "4242".into(),
        authorisation: "000001".into(),
    }
}

#[test]
fn what_cannot_be_is_no_outcome() {
    let check = |state: ChargeState, expected: Option<Said>| {
        let words = format!("{state:?}");
        let heard = said(found(state), &known()).ok();
        assert_eq!(heard.map(|(said, _)| said), expected, "{words}");
    };
    let amount_minor = 1250;
    check(captured(1250), Some(Said::Captured { amount_minor }));
    check(captured(900), Some(Said::Captured { amount_minor: 900 }));
    check(captured(0), None);
    check(
        captured(99_999_999),
        Some(Said::Captured {
            amount_minor: 99_999_999,
        }),
    );
    check(captured(100_000_000), None);
    check(captured(i64::MAX), None);
    check(ChargeState::Refunded { amount_minor }, Some(Said::Returned));
    check(ChargeState::Refunded { amount_minor: 1 }, None);
    check(ChargeState::Cancelled, Some(Said::Cancelled));
    let mut other = found(captured(1250));
    other.currency = Some("USD".parse().unwrap());
    assert!(said(other, &known()).is_err(), "another currency");
    let mut other = found(captured(1250));
    other.currency = None;
    assert!(said(other, &known()).is_err(), "money without a currency");
    let mut unheard = found(ChargeState::Cancelled);
    unheard.currency = None;
    assert!(
        said(unheard, &known()).is_ok(),
        "cancelled before it was asked for"
    );
    let mut other = found(captured(1250));
    other.reference = "b".parse().unwrap();
    assert!(said(other, &known()).is_err(), "another payment");
}

#[test]
fn the_page_of_a_step_and_the_reason_of_a_refusal_are_handed_on() {
    let address = "https://bank.example/".to_owned();
    let (_, details) = said(found(ChargeState::Step { address }), &known()).unwrap();
    assert_eq!(details.step.unwrap(), "https://bank.example/");
    let reason = DeclineReason::Expired;
    let (_, details) = said(found(ChargeState::Declined { reason }), &known()).unwrap();
    assert_eq!(details.declined, Some(reason));
}

#[test]
fn an_address_is_one_of_the_web() {
    for wrong in [
        "",
        "127.0.0.1:9300",
        "ftp://here",
        "http://",
        "http://user:password@here",
    ] {
        let refused = Sandbox::at(wrong, way_back()).map(drop).unwrap_err();
        assert!(refused.contains("9300"), "{wrong}");
        assert!(!refused.contains("password"), "it is logged");
    }
    let sandbox = Sandbox::at("http://127.0.0.1:9300/", way_back()).unwrap();
    let url = sandbox.of(&"a".parse().unwrap(), "/cancel");
    assert_eq!(url.as_str(), "http://127.0.0.1:9300/v1/charges/a/cancel");
}

fn way_back() -> WayBack {
    WayBack {
        address: Some("https://cinema.example/".to_owned()),
        page: |cinema, hold| format!("/{cinema}/{hold}"),
    }
}
