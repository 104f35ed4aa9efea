//! What either end of the link may rely on, told through the public interface alone.

use mailbox::MIGRATION;

#[test]
fn every_table_is_sound() {
    assert_eq!(database::problems(&[MIGRATION]).unwrap(), [""; 0]);
}

#[test]
fn the_migration_is_as_it_was_released() {
    assert_eq!(database::hashes(&[MIGRATION]).len(), 1);
}
