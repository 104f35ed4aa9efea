//! Why a cinema's tickets do not come out: one list for the box that sees it and for head office, which is told.

use serde::{Deserialize, Serialize};

/// What keeps a printer from printing. A person at the cinema must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PrinterTrouble {
    /// No paper.
    PaperOut,
    /// Its cover is open.
    CoverOpen,
    /// It reports a fault.
    Fault,
    /// It does not answer.
    Unreachable,
}

impl PrinterTrouble {
    /// Every one.
    pub const ALL: [Self; 4] = [
        Self::PaperOut,
        Self::CoverOpen,
        Self::Fault,
        Self::Unreachable,
    ];

    /// Its stable code, as in JSON, in tables and in the screens' messages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PaperOut => "paper_out",
            Self::CoverOpen => "cover_open",
            Self::Fault => "fault",
            Self::Unreachable => "unreachable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_the_code_that_json_says() {
        for trouble in PrinterTrouble::ALL {
            assert_eq!(serde_json::to_value(trouble).unwrap(), trouble.code());
        }
    }
}
