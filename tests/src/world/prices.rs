//! What a story's price book says beyond that of the stories.

use super::PROGRAMME;

/// The programme of the stories with a version of its price book that has these rules for tickets that go back, as lines of TOML.
///
/// # Panics
/// The price book of the stories is another.
pub fn with_refund_rules(version: u32, rules: &str) -> String {
    let before = "id = \"standard\"\nversion = 1\nname = \"Standard\"\ntax_basis_points = 700\n";
    let after = before.replace("version = 1", &format!("version = {version}"));
    let after = format!("{after}\n[price_book.refunds]\n{rules}\n");
    assert_eq!(PROGRAMME.matches(before).count(), 1);
    PROGRAMME.replace(before, &after)
}
