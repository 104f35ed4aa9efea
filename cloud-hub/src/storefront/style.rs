//! How the pages look: one sheet, made of the colours and spaces of every screen (`tokens.css`) and of what is the storefront's own, and another one
//! where its program is. They stand in each page, so that a guest's first sight of it waits for nothing else; their policy names them by their
//! hashes, and no other.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

const TOKENS: &str = include_str!("../../../web-ui/style/tokens.css");
const OWN: &str = concat!(
    include_str!("../../../web-ui/style/storefront.css"),
    include_str!("../../../web-ui/style/booking.css")
);

const OF_PROGRAM: &str = concat!(
    include_str!("../../../web-ui/style/parts.css"),
    include_str!("../../../web-ui/style/seat-map.css"),
    include_str!("../../../web-ui/style/buying.css"),
    include_str!("../../../web-ui/style/online.css")
);

/// The heads of the blocks of [`TOKENS`] that hold what is light, and what of it is otherwise where it is dark.
const LIGHT: &str = "\n:root {";
const DARK: &str = "\n:root[data-contrast=\"dark\"] {";

/// What a policy lets pages draw with, as every screen has it.
const FROM_HERE: &str = "style-src 'self'";

static SHEET: LazyLock<String> = LazyLock::new(|| {
    let (light, dark) = (block(TOKENS, LIGHT), block(TOKENS, DARK));
    short(&format!(
        ":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}{OWN}"
    ))
});

static SHEET_OF_PROGRAM: LazyLock<String> = LazyLock::new(|| short(OF_PROGRAM));

/// How every page looks.
pub(super) fn sheet() -> &'static str {
    &SHEET
}

/// How the program looks on it.
pub(super) fn sheet_of_program() -> &'static str {
    &SHEET_OF_PROGRAM
}

/// The policy with which a page may have the sheets in it.
pub(super) fn widened(policy: &str) -> String {
    let of = |sheet| format!(" {}", hash(sheet));
    let both = of(sheet()) + &of(sheet_of_program());
    policy.replace(FROM_HERE, &format!("{FROM_HERE}{both}"))
}

/// What stands in a page, as a policy names it (CSP level 3, section 2.3.1).
fn hash(sheet: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(sheet.as_bytes()));
    format!("'sha256-{hash}'")
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
    fn a_policy_names_the_sheets_and_is_else_as_it_was() {
        let mut policy = widened(bundle::CONTENT_SECURITY_POLICY);
        for sheet in [sheet(), sheet_of_program()] {
            let named = format!(" {}", hash(sheet));
            assert_eq!(policy.matches(&named).count(), 1, "{policy}");
            policy = policy.replace(&named, "");
            assert!(!sheet.contains("</"), "nothing in it ends it");
        }
        assert_eq!(policy, bundle::CONTENT_SECURITY_POLICY);
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
