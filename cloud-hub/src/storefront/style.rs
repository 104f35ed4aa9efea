//! How the pages look: one sheet, made of the colours and spaces of every screen (`tokens.css`) and of what is the storefront's own. Its address
//! names its content, so that a browser keeps it for good.

use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

const TOKENS: &str = include_str!("../../../web-ui/style/tokens.css");
const OWN: &str = concat!(
    include_str!("../../../web-ui/style/storefront.css"),
    include_str!("../../../web-ui/style/booking.css")
);

/// The heads of the blocks of [`TOKENS`] that hold what is light, and what of it is otherwise where it is dark.
const LIGHT: &str = "\n:root {";
const DARK: &str = "\n:root[data-contrast=\"dark\"] {";

/// The sheet and the name of its content.
static SHEET: LazyLock<(String, String)> = LazyLock::new(|| {
    let (light, dark) = (block(TOKENS, LIGHT), block(TOKENS, DARK));
    let sheet = short(&format!(
        ":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}{OWN}"
    ));
    let hash = Sha256::digest(sheet.as_bytes());
    let name = hash[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    (sheet, name)
});

pub(super) fn sheet() -> &'static str {
    &SHEET.0
}

/// Where the sheet stands.
pub(super) fn address() -> String {
    format!("/storefront/style/{}", SHEET.1)
}

/// Whether this is the name of the sheet as it is.
pub(super) fn is_of(name: &str) -> bool {
    SHEET.1 == name
}

/// The value of a role where it is light, for what has no sheet.
pub(super) fn light(role: &str) -> &'static str {
    let inside = block(TOKENS, LIGHT);
    let value = inside.split_once(&format!("{role}:"));
    let value = value.and_then(|(_, rest)| rest.split_once(';'));
    value.map_or("", |(value, _)| value.trim())
}

/// What stands in the block with this head.
fn block<'a>(sheet: &'a str, head: &str) -> &'a str {
    let inside = sheet.split_once(head).map(|(_, rest)| rest);
    let inside = inside.and_then(|rest| rest.split_once('}'));
    inside.map_or("", |(inside, _)| inside)
}

/// The same without comments and without the spaces that only people read.
fn short(sheet: &str) -> String {
    let mut rest = sheet;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept.lines().map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_has_the_colours_of_every_screen_light_and_dark() {
        let (light, dark) = (block(TOKENS, LIGHT), block(TOKENS, DARK));
        for role in ["--ground", "--ink", "--accent", "--focus", "--line"] {
            assert!(light.contains(role) && dark.contains(role), "{role}");
        }
        assert_ne!(light, dark);
        for used in OWN.split("var(").skip(1) {
            let name = used.split(')').next().unwrap_or_default();
            assert!(light.contains(&format!("{name}:")), "{name}");
        }
    }

    #[test]
    fn a_role_has_its_light_value() {
        assert_eq!(light("--on-accent"), "#ffffff");
        assert_eq!(light("--accent").len(), 7);
        assert_eq!(light("--no-such-role"), "");
    }

    #[test]
    fn comments_and_spaces_at_lines_are_left_out() {
        let sheet = "/* a */\na {\n  b: c d;\n}\n/* e */ f{}";
        assert_eq!(short(sheet), "a {b: c d;}f{}");
    }
}
