//! Whether Stripe does anything for this account, as far as it has said. Where it does not, no guest can pay and no card is at fault: a person
//! must look at the keys and at the account.

use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;

/// Why nothing is taken for anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What Stripe says, for whoever set it up.
    pub(crate) words: String,
    /// Since when.
    pub(crate) since: Timestamp,
    /// What must go well before it is over.
    over_with: Sign,
}

/// What shows that Stripe does something for this account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// It has answered to the key.
    Answer,
    /// It has begun a payment.
    Payment,
}

/// How it stands. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing(Arc<Mutex<Option<Trouble>>>);

impl Standing {
    /// Why nothing is taken, if that is so.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        self.0.lock().clone()
    }

    /// It will do nothing for this account until `over_with` is seen. Said once, however many guests meet it.
    pub(super) fn refuses(&self, words: String, over_with: Sign, now: Timestamp) {
        let mut trouble = self.0.lock();
        if trouble.is_none() {
            tracing::warn!(
                why = words,
                "Stripe takes nothing for this account: no guest at home can pay"
            );
        }
        let since = trouble.as_ref().map_or(now, |known| known.since);
        *trouble = Some(Trouble {
            words,
            since,
            over_with,
        });
    }

    /// It does something.
    pub(super) fn does(&self, sign: Sign) {
        let mut trouble = self.0.lock();
        if trouble
            .as_ref()
            .is_some_and(|known| known.over_with <= sign)
        {
            *trouble = None;
            tracing::info!("Stripe takes payments for this account again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_key_is_over_with_an_answer_and_a_refused_payment_with_the_next() {
        let check = |over_with, sign, is_over| {
            let standing = Standing::default();
            let now = Timestamp::UNIX_EPOCH;
            standing.refuses("no".to_owned(), over_with, now);
            standing.refuses("never".to_owned(), over_with, Timestamp::MAX);
            let known = standing.trouble().unwrap();
            assert_eq!((&*known.words, known.since), ("never", now));
            standing.does(sign);
            assert_eq!(
                standing.trouble().is_none(),
                is_over,
                "{over_with:?} {sign:?}"
            );
        };
        check(Sign::Answer, Sign::Answer, true);
        check(Sign::Answer, Sign::Payment, true);
        check(Sign::Payment, Sign::Answer, false);
        check(Sign::Payment, Sign::Payment, true);
    }
}
