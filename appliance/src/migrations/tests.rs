use super::MIGRATIONS;

#[test]
fn every_table_is_strict_and_no_key_dangles() {
    assert_eq!(
        database::problems(MIGRATIONS).unwrap(),
        Vec::<String>::new()
    );
}
