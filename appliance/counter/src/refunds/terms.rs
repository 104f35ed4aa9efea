//! On what terms a guest gives a ticket back by now: by the rules under which it was sold, unless the cinema has cancelled its showtime or put it
//! at another time since.

use box_office::{Currency, Money, RefundRules, RefundsUntil, TaxRate};
use jiff::Timestamp;

use super::RefundRefused;
use crate::catalogue::PlannedNow;
use crate::sold::{TicketFacts, TicketRow};

/// What of a ticket's price is kept when it goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// How much, in minor units, tax inside.
    pub minor: i64,
    /// The tax inside it, by the rate of the ticket.
    pub tax_minor: i64,
}

impl Kept {
    /// The whole price goes back.
    pub const NOTHING: Self = Self {
        minor: 0,
        tax_minor: 0,
    };

    /// So much of whatever was sold like this.
    pub(crate) fn of_sold(facts: &TicketFacts, kept: Money) -> Self {
        let rate = u16::try_from(facts.tax_basis_points).ok();
        let rate = rate.and_then(|rate| TaxRate::from_basis_points(rate).ok());
        let tax = rate.map(|rate| rate.inside(kept));
        Self {
            minor: kept.minor,
            tax_minor: tax.map_or(0, |tax| tax.minor),
        }
    }

    /// It as money, if it is any.
    pub fn of(self, currency: Currency) -> Option<Money> {
        (self.minor > 0).then(|| Money::new(self.minor, currency))
    }

    /// The tax inside it as money, if anything is kept.
    pub fn tax_of(self, currency: Currency) -> Option<Money> {
        (self.minor > 0).then(|| Money::new(self.tax_minor, currency))
    }
}

/// Why so much of a ticket's price is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptWhy {
    /// By the rules under which it was sold.
    Rules,
    /// Nothing is: its cinema has cancelled the showtime or put it at another time.
    Showtime,
    /// Nothing is: head office has taken it back itself.
    HeadOffice,
    /// Nothing is: a person has said that it goes back although its guest was let in.
    Person,
    /// Nothing is: all of the sale went back, at whoever took the money.
    AllIsBack,
    /// It is the rest of what whoever took the money has given.
    AsItWent,
    /// Nothing is: who had asked for it is forgotten.
    Forgotten,
}

impl KeptWhy {
    const ALL: [Self; 7] = [
        Self::Rules,
        Self::Showtime,
        Self::HeadOffice,
        Self::Person,
        Self::AllIsBack,
        Self::AsItWent,
        Self::Forgotten,
    ];

    /// Its name, as it is stored.
    pub(super) fn stored(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Showtime => "showtime",
            Self::HeadOffice => "head_office",
            Self::Person => "person",
            Self::AllIsBack => "all_is_back",
            Self::AsItWent => "as_it_went",
            Self::Forgotten => "forgotten",
        }
    }

    /// What was stored like this; `None` if there is no such name.
    pub(super) fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.stored() == name)
    }
}

/// On what terms a ticket goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The rules that hold.
    pub rules: RefundRules,
    /// The first moment at which it goes back no more; nothing, if no guest gives it back.
    pub end: Option<Timestamp>,
    /// What is kept of it.
    pub kept: Kept,
}

/// The terms of a ticket whose showtime is planned like this.
pub(crate) fn of(ticket: &TicketRow, planned: &PlannedNow) -> Terms {
    let price = Money::new(ticket.price_minor, ticket.currency);
    of_sold(&ticket.facts, (price, ticket.starts_at), planned)
}

/// The same of whatever was sold for such a price, for a showtime that was to begin then.
pub(crate) fn of_sold(
    facts: &TicketFacts,
    (price, starts_at): (Money, Timestamp),
    planned: &PlannedNow,
) -> Terms {
    let is_as_sold = !planned.is_cancelled && planned.starts_at == starts_at;
    let rules = match is_as_sold {
        true => facts.refunds,
        false => RefundRules::default(),
    };
    let kept = Money::new(rules.kept_of(price.minor), price.currency);
    Terms {
        rules,
        end: rules.end(planned.starts_at),
        kept: Kept::of_sold(facts, kept),
    }
}

impl Terms {
    /// Why so much is kept of whatever was sold like this.
    pub(crate) fn kept_why(&self, facts: &TicketFacts) -> KeptWhy {
        match self.rules == facts.refunds {
            true => KeptWhy::Rules,
            false => KeptWhy::Showtime,
        }
    }

    /// Whether a guest gives a ticket back on these terms at this moment, where its showtime is planned like this.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn check(&self, planned: &PlannedNow, now: Timestamp) -> Result<(), RefundRefused> {
        if planned.is_cancelled || self.end.is_some_and(|end| now < end) {
            return Ok(());
        }
        Err(match self.rules.until {
            RefundsUntil::Never => RefundRefused::NeverBack,
            RefundsUntil::MinutesBefore(_) if now >= planned.starts_at => RefundRefused::TooLate,
            RefundsUntil::MinutesBefore(minutes) => RefundRefused::WindowOver { minutes },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(until: RefundsUntil, now: &str, is_cancelled: bool) -> &'static str {
        let at = |time: &str| format!("2026-11-23T{time}:00Z").parse().unwrap();
        let planned = PlannedNow {
            starts_at: at("19:15"),
            ends_at: at("21:49"),
            is_cancelled,
        };
        let rules = RefundRules {
            until,
            kept_minor: 0,
        };
        let terms = Terms {
            rules,
            end: rules.end(planned.starts_at),
            kept: Kept::NOTHING,
        };
        match terms.check(&planned, at(now)) {
            Ok(()) => "goes back",
            Err(RefundRefused::TooLate) => "has begun",
            Err(RefundRefused::WindowOver { minutes: 60 }) => "an hour before",
            Err(RefundRefused::NeverBack) => "never",
            Err(_) => "otherwise",
        }
    }

    #[test]
    fn a_ticket_goes_back_as_it_was_sold_and_whole_where_its_cinema_changed_the_showtime() {
        let at = |time: &str| -> Timestamp { format!("2026-11-23T{time}:00Z").parse().unwrap() };
        let facts = crate::bookings::sample_facts();
        let price = |minor| Money::new(minor, "EUR".parse().unwrap());
        let check = |minor, (starts_at, is_cancelled), expected: (Option<Timestamp>, i64, i64)| {
            let planned = PlannedNow {
                starts_at,
                ends_at: at("23:00"),
                is_cancelled,
            };
            let Terms { end, kept, .. } = of_sold(&facts, (price(minor), at("19:15")), &planned);
            assert_eq!((end, kept.minor, kept.tax_minor), expected, "{minor}");
        };
        let hour_before = Some(at("18:15"));
        check(1_250, (at("19:15"), false), (hour_before, 100, 7));
        check(60, (at("19:15"), false), (hour_before, 60, 4));
        check(0, (at("19:15"), false), (hour_before, 0, 0));
        check(1_250, (at("21:00"), false), (Some(at("21:00")), 0, 0));
        check(1_250, (at("19:15"), true), (Some(at("19:15")), 0, 0));
    }

    #[test]
    fn a_guest_is_told_by_which_rule_a_ticket_does_not_go_back() {
        let (begin, hour) = (RefundsUntil::default(), RefundsUntil::MinutesBefore(60));
        let check = |until, now: &str, expected: &str| {
            assert_eq!(said(until, now, false), expected, "{until:?} at {now}");
            assert_eq!(said(until, now, true), "goes back", "what is cancelled");
        };
        check(begin, "19:14", "goes back");
        check(begin, "19:15", "has begun");
        check(hour, "18:14", "goes back");
        check(hour, "18:15", "an hour before");
        check(hour, "19:15", "has begun");
        check(RefundsUntil::Never, "08:00", "never");
        check(RefundsUntil::Never, "19:15", "never");
    }

    #[test]
    fn why_it_is_kept_is_stored_by_its_name() {
        for why in KeptWhy::ALL {
            assert_eq!(KeptWhy::from_stored(why.stored()), Some(why));
        }
        assert_eq!(KeptWhy::from_stored("nothing"), None);
    }
}
