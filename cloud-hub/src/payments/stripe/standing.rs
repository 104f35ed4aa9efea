//! Whether Stripe does anything for this account, as far as it has said. Where it does not, no guest can pay and no card is at fault: a person
//! must look at the keys and at the account. And what the key may not do for which it is asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;

/// What Stripe does not do for this account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What that stops.
    pub(crate) stops: Stops,
    /// What Stripe says, for whoever set it up.
    pub(crate) words: String,
    /// Since when.
    pub(crate) since: Timestamp,
}

/// What a trouble stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stops {
    /// Every payment.
    Payments,
    /// Something beside them.
    Part,
}

/// What shows that Stripe does something for this account; each shows what stands before it as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// It has answered to the key.
    Answer,
    /// It has begun a payment.
    Payment,
    /// It has tried a card.
    Card,
}

/// So many cards one after another are refused untried before it is no more a guest who sends what is no card.
const MOST_UNTRIED: usize = 10;

/// How it stands. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// Why nothing is taken, and what must go well before that is over.
    refused: Option<(Trouble, Sign)>,
    /// What the key may not do.
    forbidden: BTreeMap<String, Trouble>,
    /// So many cards were refused untried since one was tried.
    untried: usize,
}

impl Standing {
    /// What is not done, the gravest first.
    pub(super) fn troubles(&self) -> Vec<Trouble> {
        let known = self.0.lock();
        let refused = known.refused.iter().map(|(trouble, _)| trouble);
        refused.chain(known.forbidden.values()).cloned().collect()
    }

    /// It will do nothing for this account until `over_with` is seen, and what it refused before is over as well. Said once, however many guests
    /// meet it.
    pub(super) fn refuses(&self, words: String, over_with: Sign, now: Timestamp) {
        let mut known = self.0.lock();
        let (since, over_with) = match &known.refused {
            Some((trouble, before)) => (trouble.since, over_with.max(*before)),
            None => {
                tracing::warn!(
                    why = words,
                    "Stripe takes nothing for this account: no guest at home can pay"
                );
                (now, over_with)
            }
        };
        let trouble = Trouble {
            stops: Stops::Payments,
            words,
            since,
        };
        known.refused = Some((trouble, over_with));
    }

    /// A card was refused untried; says whether it is one of so many that it is no matter of cards.
    pub(super) fn leaves_untried(&self) -> bool {
        let mut known = self.0.lock();
        known.untried = known.untried.saturating_add(1);
        known.untried >= MOST_UNTRIED
    }

    /// It does something.
    pub(super) fn does(&self, sign: Sign) {
        let mut known = self.0.lock();
        if sign == Sign::Card {
            known.untried = 0;
        }
        let is_over = known
            .refused
            .as_ref()
            .is_some_and(|(_, over_with)| *over_with <= sign);
        if is_over {
            known.refused = None;
            tracing::info!("Stripe takes payments for this account again");
        }
    }

    /// The key may not do this. Said once.
    pub(super) fn forbids(&self, what: &str, words: &str, now: Timestamp) {
        let mut known = self.0.lock();
        if !known.forbidden.contains_key(what) {
            tracing::warn!(what, why = words, "Stripe's key lacks a right");
            let trouble = Trouble {
                stops: Stops::Part,
                words: format!("{what}: {words}"),
                since: now,
            };
            known.forbidden.insert(what.to_owned(), trouble);
        }
    }

    /// The key may do this.
    pub(super) fn allows(&self, what: &str) {
        if self.0.lock().forbidden.remove(what).is_some() {
            tracing::info!(what, "Stripe's key has this right again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_over_with_what_shows_that_it_is_done_again() {
        let check = |refused: &[Sign], sign, is_over| {
            let standing = Standing::default();
            let now = Timestamp::UNIX_EPOCH;
            for over_with in refused {
                standing.refuses("no".to_owned(), *over_with, now);
            }
            let last = *refused.last().unwrap();
            standing.refuses("never".to_owned(), last, Timestamp::MAX);
            let known = standing.troubles().remove(0);
            assert_eq!((&*known.words, known.since), ("never", now));
            standing.does(sign);
            assert_eq!(
                standing.troubles().is_empty(),
                is_over,
                "{refused:?} {sign:?}"
            );
        };
        use Sign::{Answer, Card, Payment};
        check(&[Answer], Answer, true);
        check(&[Answer], Payment, true);
        check(&[Payment], Answer, false);
        check(&[Payment], Payment, true);
        check(&[Card], Payment, false);
        check(&[Card], Card, true);
        // The lesser does not take the greater's place.
        check(&[Payment, Answer], Answer, false);
        check(&[Payment, Answer], Payment, true);
        check(&[Card, Payment], Payment, false);
        check(&[Answer, Card], Payment, false);
    }

    #[test]
    fn cards_that_are_no_cards_are_their_guests_matter_until_none_is_tried() {
        let standing = Standing::default();
        for _card in 1..MOST_UNTRIED {
            assert!(!standing.leaves_untried());
        }
        standing.does(Sign::Payment);
        assert!(standing.leaves_untried());
        standing.does(Sign::Card);
        assert!(!standing.leaves_untried());
    }

    #[test]
    fn each_right_that_is_missing_is_told_until_it_is_there() {
        let standing = Standing::default();
        standing.forbids("read disputes", "no", Timestamp::UNIX_EPOCH);
        standing.forbids("read disputes", "never", Timestamp::MAX);
        standing.forbids("write refunds", "no", Timestamp::MAX);
        standing.allows("read refunds");
        standing.does(Sign::Card);
        let known = |(words, since): (&str, Timestamp)| Trouble {
            stops: Stops::Part,
            words: words.to_owned(),
            since,
        };
        let disputes = ("read disputes: no", Timestamp::UNIX_EPOCH);
        let refunds = ("write refunds: no", Timestamp::MAX);
        assert_eq!(standing.troubles(), [disputes, refunds].map(known));
        standing.allows("read disputes");
        assert_eq!(standing.troubles(), [known(refunds)]);
    }
}
