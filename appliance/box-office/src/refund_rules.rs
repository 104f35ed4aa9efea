//! By which rules a guest gives a ticket back: until when, and what of its price the cinema keeps. It knows no ticket and no clock; what is
//! cancelled or moved by the cinema is for whoever asks.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The longest time before the start that a cinema may ask for, in minutes: thirty days.
pub const LONGEST_NOTICE_MINUTES: u32 = 30 * 24 * 60;

/// The rules of a price book. Those under which a ticket was sold hold for it, whatever the price book says later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RefundRules {
    /// Until when tickets go back.
    pub until: RefundsUntil,
    /// What is kept of each ticket, in minor units, tax inside; of one that costs less, its whole price.
    pub kept_minor: i64,
}

/// Until when tickets go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundsUntil {
    /// So many minutes before the showtime begins.
    MinutesBefore(u32),
    /// They do not.
    Never,
}

impl Default for RefundsUntil {
    /// Until it begins.
    fn default() -> Self {
        Self::MinutesBefore(0)
    }
}

impl RefundRules {
    /// Whether they are those of a cinema that has said nothing: the whole price, until the showtime begins.
    pub fn are_default(&self) -> bool {
        *self == Self::default()
    }

    /// The first moment at which a ticket of a showtime that begins then goes back no more; nothing, if none ever does.
    pub fn end(&self, starts_at: Timestamp) -> Option<Timestamp> {
        match self.until {
            RefundsUntil::MinutesBefore(minutes) => {
                let notice = SignedDuration::from_mins(minutes.into());
                // Before all time, nothing goes back.
                starts_at.checked_sub(notice).ok()
            }
            RefundsUntil::Never => None,
        }
    }

    /// What is kept of a ticket of this price, in minor units: never more than it cost.
    pub fn kept_of(&self, price_minor: i64) -> i64 {
        self.kept_minor.min(price_minor).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(until: RefundsUntil, kept_minor: i64) -> RefundRules {
        RefundRules { until, kept_minor }
    }

    #[test]
    fn tickets_go_back_until_so_many_minutes_before_the_start() {
        let start: Timestamp = "2026-11-23T19:15:00Z".parse().unwrap();
        let end = |until| rules(until, 0).end(start).map(|end| end.to_string());
        let at = |text: &str| Some(text.to_owned());
        assert_eq!(end(RefundsUntil::default()), at("2026-11-23T19:15:00Z"));
        let hour = RefundsUntil::MinutesBefore(60);
        assert_eq!(end(hour), at("2026-11-23T18:15:00Z"));
        let most = RefundsUntil::MinutesBefore(LONGEST_NOTICE_MINUTES);
        assert_eq!(end(most), at("2026-10-24T19:15:00Z"));
        assert_eq!(end(RefundsUntil::Never), None);
    }

    #[test]
    fn never_more_is_kept_than_a_ticket_cost() {
        let check = |kept: i64, price: i64, expected: i64| {
            let kept = rules(RefundsUntil::default(), kept).kept_of(price);
            assert_eq!(kept, expected);
        };
        check(100, 1_000, 100);
        check(100, 100, 100);
        check(100, 99, 99);
        check(100, 0, 0);
        check(0, 1_000, 0);
        check(-5, 1_000, 0);
    }

    #[test]
    fn what_is_not_said_is_the_whole_price_until_the_start() {
        let said: RefundRules = RefundRules::default();
        assert!(said.are_default());
        assert!(!rules(RefundsUntil::Never, 0).are_default());
        assert!(!rules(RefundsUntil::default(), 1).are_default());
        let kept = r#"{"until":{"minutes_before":60},"kept_minor":100}"#;
        let read: RefundRules = serde_json::from_str(kept).unwrap();
        assert_eq!(read, rules(RefundsUntil::MinutesBefore(60), 100));
        assert_eq!(serde_json::to_string(&read).unwrap(), kept);
    }
}
