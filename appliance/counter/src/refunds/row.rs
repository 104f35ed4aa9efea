//! A ticket on its way back, as it is stored: what is to go back for it, what has, and by whom; and why so much of its price is kept. It asks nobody.

use box_office::checkout::Refund;
use box_office::{CinemaId, Money, SaleId, TenderId, TicketId};
use jiff::Timestamp;

use super::{Kept, KeptWhy};
use crate::ports::Given;
use crate::sold::TicketFacts;

/// A ticket on its way back, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRow {
    /// The ticket.
    pub ticket: TicketId,
    /// The sale that it is of.
    pub sale: SaleId,
    /// The cinema.
    pub cinema: CinemaId,
    /// Where it stands.
    pub state: Refund,
    /// The payment that gives the money back; nothing, where a person must.
    pub payment: Option<TenderId>,
    /// What goes back: the ticket's price without what is kept of it.
    pub amount: Money,
    /// What is kept.
    pub kept: Kept,
    /// Why it is that much; nothing, where it was written down before that was.
    pub kept_why: Option<KeptWhy>,
    /// What whoever took the money has given back for it and has not come back to them, in minor units: more than was to go back, if they say so.
    pub given_minor: i64,
    /// What a person has given for it by hand, in minor units.
    pub by_hand_minor: i64,
    /// Whether it is written down that all of its sale is back at whoever took the money. It is heard once: what a person gives after that is not
    /// what went there.
    pub all_is_back: bool,
    /// When it was asked for.
    pub asked_at: Timestamp,
}

impl RefundRow {
    /// What the ticket has cost.
    pub(crate) fn price(&self) -> Money {
        self.money(self.amount.minor + self.kept.minor)
    }

    /// What a person is to give by hand: what nobody has given, or what did not arrive.
    pub fn to_give(&self) -> Money {
        self.money((self.amount.minor - self.went_minor()).max(0))
    }

    /// What has gone back for it, whoever gave it, in minor units.
    fn went_minor(&self) -> i64 {
        self.given_minor + self.by_hand_minor
    }

    /// The same as money.
    pub(super) fn went(&self) -> Money {
        self.money(self.went_minor())
    }

    /// What goes back for it or has, in minor units; nothing, while it is refused.
    pub(super) fn promised_minor(&self) -> i64 {
        match self.state {
            Refund::Requested | Refund::Revoking | Refund::Owed | Refund::Done => self.amount.minor,
            Refund::Refused => 0,
        }
    }

    /// What has gone back for it beyond what it has cost, whoever gave it.
    pub(super) fn too_much(&self) -> Option<Money> {
        let minor = self.went_minor() - self.price().minor;
        (minor > 0).then(|| self.money(minor))
    }

    /// What of a payment goes back for it: what went, or what is to.
    pub(super) fn of_payment_minor(&self) -> i64 {
        match self.state {
            Refund::Requested | Refund::Revoking | Refund::Owed | Refund::Refused => {
                self.amount.minor
            }
            Refund::Done => self.given_minor,
        }
    }

    /// It goes back whole.
    pub(super) fn goes_whole(&mut self, why: KeptWhy) {
        if self.kept != Kept::NOTHING {
            self.amount = self.price();
            self.kept = Kept::NOTHING;
            self.kept_why = Some(why);
        }
    }

    /// Somebody of the cinema has said that it goes back whole: that as much went as the rules say is not all then.
    pub(super) fn is_said_to_go_whole(&mut self, why: KeptWhy) {
        self.goes_whole(why);
        self.kept_why = Some(why);
    }

    /// Whether somebody of the cinema has said so.
    fn is_decided(&self) -> bool {
        match self.kept_why {
            Some(KeptWhy::HeadOffice | KeptWhy::Person) => true,
            Some(
                KeptWhy::Rules
                | KeptWhy::Showtime
                | KeptWhy::AllIsBack
                | KeptWhy::AsItWent
                | KeptWhy::Forgotten,
            )
            | None => false,
        }
    }

    /// A person has given by hand what was left to give.
    pub(super) fn is_given_by_hand(&mut self) {
        self.by_hand_minor += self.to_give().minor;
    }

    /// What whoever took the money had given did not arrive; says whether that is news.
    pub(super) fn comes_back(&mut self) -> bool {
        let is_news = self.given_minor > 0;
        self.given_minor = 0;
        is_news
    }

    /// What whoever took the money has given is what went, whatever was to; says whether it is all. It is if as much went as the rules of the ticket
    /// say, which may have held when it was asked for: the hub may have forgotten that it was. Where somebody of the cinema has said that it goes back
    /// whole it is not, and what is less beside is owed still.
    pub(super) fn hears(&mut self, given: Given, facts: &TicketFacts) -> bool {
        let price = self.price();
        let given_minor = match given {
            Given::All => {
                self.goes_whole(KeptWhy::AllIsBack);
                self.given_minor = self.given_minor.max(price.minor);
                self.all_is_back = true;
                return true;
            }
            Given::Part(minor) => minor,
        };
        self.given_minor = given_minor;
        let by_rules_minor = facts.refunds.kept_of(price.minor);
        let keeps = match given_minor {
            minor if minor == self.amount.minor => return true,
            minor if minor > self.amount.minor => {
                let rest_minor = (price.minor - minor).max(0);
                (rest_minor, KeptWhy::AsItWent)
            }
            minor if minor > 0 && minor + by_rules_minor == price.minor && !self.is_decided() => {
                (by_rules_minor, KeptWhy::Rules)
            }
            _less => return false,
        };
        let (kept_minor, why) = keeps;
        self.amount = self.money(price.minor - kept_minor);
        self.kept = Kept::of_sold(facts, self.money(kept_minor));
        self.kept_why = Some(why);
        true
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.amount.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ticket of 12.50 by whose rules 1.00 is kept.
    fn row(kept_minor: i64) -> RefundRow {
        let facts = crate::bookings::sample_facts();
        let money = |minor| Money::new(minor, "EUR".parse().unwrap());
        RefundRow {
            ticket: "ticket".parse().unwrap(),
            sale: "sale".parse().unwrap(),
            cinema: "metropol".parse().unwrap(),
            state: Refund::Owed,
            payment: None,
            amount: money(1_250 - kept_minor),
            kept: Kept::of_sold(&facts, money(kept_minor)),
            kept_why: Some(KeptWhy::Rules),
            given_minor: 0,
            by_hand_minor: 0,
            all_is_back: false,
            asked_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_went_is_all_if_it_is_what_was_to_or_what_the_rules_say() {
        let facts = crate::bookings::sample_facts();
        let check = |kept, given, expected: (bool, i64, i64, KeptWhy)| {
            let mut row = row(kept);
            let is_all = row.hears(given, &facts);
            let why = row.kept_why.unwrap();
            let found = (is_all, row.amount.minor, row.kept.minor, why);
            assert_eq!(found, expected, "{given:?} where {kept} are kept");
            assert_eq!(row.price().minor, 1_250);
            let tax_minor = if row.kept.minor == 100 { 7 } else { 0 };
            if matches!(row.kept.minor, 0 | 100) {
                assert_eq!(row.kept.tax_minor, tax_minor);
            }
        };
        use KeptWhy::{AllIsBack, AsItWent, Rules};
        let part = Given::Part;
        check(100, part(1_150), (true, 1_150, 100, Rules));
        check(100, part(1_250), (true, 1_250, 0, AsItWent));
        check(100, part(1_200), (true, 1_200, 50, AsItWent));
        check(100, part(1_300), (true, 1_250, 0, AsItWent));
        check(100, part(500), (false, 1_150, 100, Rules));
        check(100, part(0), (false, 1_150, 100, Rules));
        check(100, Given::All, (true, 1_250, 0, AllIsBack));
        // Asked for whole by now, it went less the fee before.
        check(0, part(1_150), (true, 1_150, 100, Rules));
        check(0, part(1_250), (true, 1_250, 0, Rules));
        check(0, part(500), (false, 1_250, 0, Rules));
        check(0, Given::All, (true, 1_250, 0, Rules));
        check(1_250, part(0), (true, 0, 1_250, Rules));
    }

    #[test]
    fn where_the_cinema_has_said_that_it_goes_whole_less_is_not_all() {
        let facts = crate::bookings::sample_facts();
        let check = |kept, why, expected: (bool, i64, KeptWhy)| {
            let mut row = row(kept);
            row.is_said_to_go_whole(why);
            let is_all = row.hears(Given::Part(1_150), &facts);
            let left_minor = row.to_give().minor;
            let found = (is_all, left_minor, row.kept_why.unwrap());
            assert_eq!(found, expected, "{why:?} where {kept} were kept");
        };
        use KeptWhy::{Forgotten, HeadOffice, Person, Rules, Showtime};
        for kept in [0, 100] {
            check(kept, HeadOffice, (false, 100, HeadOffice));
            check(kept, Person, (false, 100, Person));
            check(kept, Showtime, (true, 0, Rules));
            check(kept, Forgotten, (true, 0, Rules));
        }
    }

    #[test]
    fn what_a_person_gives_is_what_is_left() {
        let facts = crate::bookings::sample_facts();
        let mut row = row(100);
        assert!(!row.hears(Given::Part(500), &facts));
        assert_eq!(row.to_give().minor, 650);
        row.is_given_by_hand();
        row.state = Refund::Done;
        assert_eq!((row.given_minor, row.by_hand_minor), (500, 650));
        assert_eq!((row.too_much(), row.of_payment_minor()), (None, 500));
        assert_eq!(row.to_give().minor, 0);
        assert!(row.comes_back(), "what had gone does not arrive");
        assert!(!row.comes_back(), "and is told again");
        assert_eq!((row.to_give().minor, row.of_payment_minor()), (500, 0));
        row.is_given_by_hand();
        assert_eq!((row.given_minor, row.by_hand_minor), (0, 1_150));
        // And all of the sale goes back after that.
        assert!(row.hears(Given::All, &facts));
        assert_eq!((row.given_minor, row.by_hand_minor), (1_250, 1_150));
        assert_eq!(row.too_much().map(|it| it.minor), Some(1_150));
        assert!(row.all_is_back, "and is not heard again");
    }
}
