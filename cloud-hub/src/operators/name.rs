//! What an operator is called.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name by which somebody signs in: 1 to 60 letters, digits and `.`, `-`, `_`, `@`, `+`, so that an address of mail may be one.
/// Case does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct OperatorName(String);

/// It is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 60 letters a to z, digits, and . - _ @ +")]
pub struct NotAName;

impl OperatorName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OperatorName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let name = text.trim().to_ascii_lowercase();
        let is_one = (1..=60).contains(&name.len())
            && name
                .bytes()
                .all(|sign| sign.is_ascii_alphanumeric() || b".-_@+".contains(&sign));
        is_one.then_some(Self(name)).ok_or(NotAName)
    }
}

impl TryFrom<String> for OperatorName {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, NotAName> {
        text.parse()
    }
}

impl fmt::Display for OperatorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
