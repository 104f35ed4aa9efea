//! What a payment's state means to others, and how it is stored.

use super::{Payment, Taken};

impl Payment {
    /// Whether nobody knows its outcome yet: its seats are kept until somebody does.
    pub fn is_without_outcome(self) -> bool {
        match self {
            Self::Intended | Self::Asked | Self::StepNeeded | Self::Stopping | Self::Case => true,
            Self::Captured(_)
            | Self::Declined
            | Self::Cancelled { .. }
            | Self::Owed(_)
            | Self::Returning(_)
            | Self::Returned(_) => false,
        }
    }

    /// Whether they must still be asked about it: it has no outcome, is to be given back, or only a person has spoken.
    pub fn must_be_asked(self) -> bool {
        match self {
            Self::Intended
            | Self::Asked
            | Self::StepNeeded
            | Self::Stopping
            | Self::Case
            | Self::Returning(_) => true,
            Self::Captured(taken) | Self::Returned(taken) => !taken.heard,
            Self::Cancelled { heard } => !heard,
            Self::Declined | Self::Owed(_) => false,
        }
    }

    /// Whether something of it is still to be done, by whomever.
    pub fn is_unfinished(self) -> bool {
        self.must_be_asked() || matches!(self, Self::Owed(_))
    }

    /// Whether nothing came of it and nothing more will.
    pub fn is_without_effect(self) -> bool {
        match self {
            Self::Declined | Self::Cancelled { .. } | Self::Returned(_) => true,
            Self::Intended
            | Self::Asked
            | Self::StepNeeded
            | Self::Stopping
            | Self::Case
            | Self::Captured(_)
            | Self::Owed(_)
            | Self::Returning(_) => false,
        }
    }

    /// What it pays of its purchase, in minor units.
    pub fn paid_minor(self) -> i64 {
        match self {
            Self::Captured(taken) => taken.kept_minor(),
            Self::Intended
            | Self::Asked
            | Self::StepNeeded
            | Self::Stopping
            | Self::Case
            | Self::Declined
            | Self::Cancelled { .. }
            | Self::Owed(_)
            | Self::Returning(_)
            | Self::Returned(_) => 0,
        }
    }

    /// The state's name, and the numbers that it carries, as they are stored.
    pub fn stored(self) -> (&'static str, Taken) {
        let nothing = |heard| Taken {
            captured_minor: 0,
            returned_minor: 0,
            heard,
        };
        match self {
            Self::Intended => ("intended", nothing(false)),
            Self::Asked => ("asked", nothing(false)),
            Self::StepNeeded => ("step_needed", nothing(false)),
            Self::Stopping => ("stopping", nothing(false)),
            Self::Case => ("case", nothing(false)),
            Self::Captured(taken) => ("captured", taken),
            Self::Declined => ("declined", nothing(true)),
            Self::Cancelled { heard } => ("cancelled", nothing(heard)),
            Self::Owed(taken) => ("owed", taken),
            Self::Returning(taken) => ("returning", taken),
            Self::Returned(taken) => ("returned", taken),
        }
    }

    /// The state that was stored like this; `None` if there is no such name.
    pub fn from_stored(name: &str, taken: Taken) -> Option<Self> {
        Some(match name {
            "intended" => Self::Intended,
            "asked" => Self::Asked,
            "step_needed" => Self::StepNeeded,
            "stopping" => Self::Stopping,
            "case" => Self::Case,
            "captured" => Self::Captured(taken),
            "declined" => Self::Declined,
            "cancelled" => Self::Cancelled { heard: taken.heard },
            "owed" => Self::Owed(taken),
            "returning" => Self::Returning(taken),
            "returned" => Self::Returned(taken),
            _ => return None,
        })
    }
}
