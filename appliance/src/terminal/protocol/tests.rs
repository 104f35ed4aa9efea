use super::*;

#[test]
fn the_words_are_as_documented() {
    let pay = Request::Pay {
        reference: "t1".parse().unwrap(),
        amount_minor: 1250,
        currency: "EUR".parse().unwrap(),
    };
    assert_eq!(
        serde_json::to_string(&pay).unwrap(),
        r#"{"do":"pay","reference":"t1","amount_minor":1250,"currency":"EUR"}"#
    );
    let check = |line: &str, answer: Answer| {
        assert_eq!(serde_json::to_string(&answer).unwrap(), line);
        assert_eq!(serde_json::from_str::<Answer>(line).unwrap(), answer);
    };
    let slip = CardSlip {
        last_four: "4242".into(),
        authorisation: "A1B2C3".into(),
    };
    check(
        r#"{"is":"approved","amount_minor":1250,"last_four":"4242","authorisation":"A1B2C3"}"#,
        Answer::Payment(Payment::Approved {
            amount_minor: 1250,
            slip,
        }),
    );
    check(r#"{"is":"unknown"}"#, Answer::Payment(Payment::Unknown));
    check(r#"{"is":"ready"}"#, Answer::Other(Other::Ready));
}
