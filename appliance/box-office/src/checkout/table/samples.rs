//! A sample of every state and of everything that can happen. A variant that has none does not compile.

use super::{NOW_MS, TOTAL_MINOR};
use crate::checkout::Means;
use crate::checkout::payment::{Payment, PaymentEvent, Said, Taken, Word};
use crate::checkout::purchase::{Purchase, PurchaseFact, PurchaseTrigger, Sums};
use crate::checkout::refund::{Refund, RefundEvent, RefundWord};

/// A function that gives samples by variant, and a match over the variants without an arm for the rest.
macro_rules! samples {
    ($name:ident: $type:ty { $($pattern:pat => $samples:expr),+ $(,)? }) => {
        pub(in crate::checkout::table) fn $name() -> Vec<$type> {
            const _: fn(&$type) = |sample| match sample { $($pattern => {})+ };
            let mut all: Vec<$type> = Vec::new();
            $({
                let samples = $samples;
                debug_assert!(
                    samples.iter().all(|sample| matches!(sample, $pattern)),
                    "{samples:?} are samples of something else"
                );
                all.extend(samples);
            })+
            all
        }
    };
}

#[cfg(test)]
pub(super) mod effects;

samples!(purchases: Purchase {
    Purchase::Open { .. } => [
        Purchase::Open { ends_ms: NOW_MS + 1 },
        Purchase::Open { ends_ms: NOW_MS },
    ],
    Purchase::Paying { .. } => [Purchase::Paying { left_ms: 1 }],
    Purchase::Settled => [Purchase::Settled],
    Purchase::Releasing => [Purchase::Releasing],
    Purchase::Ended => [Purchase::Ended],
});

samples!(facts: PurchaseFact {
    PurchaseFact::Captured => [PurchaseFact::Captured],
    PurchaseFact::Failed => [PurchaseFact::Failed],
    PurchaseFact::Lapse => [PurchaseFact::Lapse],
    PurchaseFact::ShowtimeGone => [PurchaseFact::ShowtimeGone],
    PurchaseFact::SeatLost => [PurchaseFact::SeatLost],
    PurchaseFact::BuyerGone => [PurchaseFact::BuyerGone],
    PurchaseFact::WaitsForNothing => [PurchaseFact::WaitsForNothing],
});

samples!(purchase_triggers: PurchaseTrigger {
    PurchaseTrigger::Choose => [PurchaseTrigger::Choose],
    PurchaseTrigger::Extend { .. } => [PurchaseTrigger::Extend { time_ms: 2 }],
    PurchaseTrigger::Tender(_) => Means::ALL.map(PurchaseTrigger::Tender),
    PurchaseTrigger::Settle => [PurchaseTrigger::Settle],
    PurchaseTrigger::Release => [PurchaseTrigger::Release],
    PurchaseTrigger::Fact(_) => facts().into_iter().map(PurchaseTrigger::Fact).collect::<Vec<_>>(),
});

samples!(payments: Payment {
    Payment::Intended => [Payment::Intended],
    Payment::Asked => [Payment::Asked],
    Payment::StepNeeded => [Payment::StepNeeded],
    Payment::Stopping => [Payment::Stopping],
    Payment::Case => [Payment::Case],
    Payment::Captured(_) => taken(0).map(Payment::Captured),
    Payment::Declined => [Payment::Declined],
    Payment::Cancelled { .. } => [true, false].map(|heard| Payment::Cancelled { heard }),
    Payment::Owed(_) => taken(0).map(Payment::Owed),
    Payment::Returning(_) => taken(0).map(Payment::Returning),
    Payment::Returned(_) => taken(TOTAL_MINOR).map(Payment::Returned),
});

samples!(sayings: Said {
    Said::NeverHeard => [Said::NeverHeard],
    Said::Waiting => [Said::Waiting],
    Said::Step => [Said::Step],
    Said::Captured { .. } => [Said::Captured { amount_minor: TOTAL_MINOR }],
    Said::Declined => [Said::Declined],
    Said::Cancelled => [Said::Cancelled],
    Said::Returned => [Said::Returned],
});

samples!(words: Word {
    Word::Taken => [Word::Taken],
    Word::NotTaken => [Word::NotTaken],
    Word::GivenBack => [Word::GivenBack],
});

samples!(payment_events: PaymentEvent {
    PaymentEvent::Said(_) => sayings().into_iter().map(PaymentEvent::Said).collect::<Vec<_>>(),
    PaymentEvent::NoAnswer => [PaymentEvent::NoAnswer],
    PaymentEvent::Due => [PaymentEvent::Due],
    PaymentEvent::Stop => [PaymentEvent::Stop],
    PaymentEvent::Restart => [PaymentEvent::Restart],
    PaymentEvent::GiveBack { .. } => [false, true].map(|by_hand| PaymentEvent::GiveBack { by_hand }),
    PaymentEvent::Deadline => [PaymentEvent::Deadline],
    PaymentEvent::Word(_) => words().into_iter().map(PaymentEvent::Word).collect::<Vec<_>>(),
});

samples!(refunds: Refund {
    Refund::Requested => [Refund::Requested],
    Refund::Revoking => [Refund::Revoking],
    Refund::Owed => [Refund::Owed],
    Refund::Done => [Refund::Done],
    Refund::Refused => [Refund::Refused],
});

samples!(refund_words: RefundWord {
    RefundWord::GiveBack => [RefundWord::GiveBack],
    RefundWord::Keep => [RefundWord::Keep],
});

samples!(refund_events: RefundEvent {
    RefundEvent::Due => [RefundEvent::Due],
    RefundEvent::Revoked => [RefundEvent::Revoked],
    RefundEvent::AlreadyAdmitted => [RefundEvent::AlreadyAdmitted],
    RefundEvent::Unproven => [RefundEvent::Unproven],
    RefundEvent::Deadline => [RefundEvent::Deadline],
    RefundEvent::Returned => [RefundEvent::Returned],
    RefundEvent::Word(_) => refund_words().into_iter().map(RefundEvent::Word).collect::<Vec<_>>(),
});

/// Every situation of the money and the showtime that a purchase may be in.
pub(super) fn sums() -> Vec<Sums> {
    let mut sums = Vec::new();
    for may_issue in [true, false] {
        for in_flight in [false, true] {
            for paid_minor in [0, TOTAL_MINOR / 2, TOTAL_MINOR, TOTAL_MINOR * 2] {
                sums.push(Sums {
                    total_minor: TOTAL_MINOR,
                    paid_minor,
                    in_flight,
                    may_issue,
                });
            }
        }
    }
    sums
}

/// As they say it was, and as only a person says.
fn taken(returned_minor: i64) -> [Taken; 2] {
    [true, false].map(|heard| Taken {
        captured_minor: TOTAL_MINOR,
        returned_minor,
        heard,
    })
}
