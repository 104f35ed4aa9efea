use super::{OperatorName, SESSION_LASTS, SESSION_RESTS};

#[test]
fn a_name_is_one_whatever_its_case() {
    let name: OperatorName = " Office@Astor.example ".parse().unwrap();
    assert_eq!(name.as_str(), "office@astor.example");
    for wrong in ["", "two words", "näme", "<b>", &"x".repeat(61)] {
        assert!(wrong.parse::<OperatorName>().is_err(), "{wrong}");
    }
    assert!(SESSION_RESTS < SESSION_LASTS);
}
