use super::*;

#[test]
fn a_receipt_number_is_read_as_it_is_printed() {
    assert_eq!(numbers(" 1-000042 "), Some((1, 42)));
    assert_eq!(numbers("12-7"), Some((12, 7)));
    assert_eq!([numbers("42"), numbers("1-"), numbers("a-1")], [None; 3]);
}
