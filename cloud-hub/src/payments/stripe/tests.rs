use box_office::Money;
use counter::Ordered;

use super::*;

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
