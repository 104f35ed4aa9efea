//! The terminal as a counter sees whoever takes money.

use std::future::Future;

use box_office::checkout::Said;
use box_office::{Money, TenderId};
use counter::{Answer, NoAnswer, Pays};

use super::{CardTerminal, Payment, Unknown};

/// A future of an answer, as the counter waits for it.
type Waiting = futures_util::future::BoxFuture<'static, Answer>;

impl Pays for CardTerminal {
    fn ask(&self, reference: &TenderId, amount: Money) -> Waiting {
        let (terminal, reference) = (self.clone(), reference.clone());
        waiting(
            amount,
            async move { terminal.pay(&reference, amount).await },
        )
    }

    fn look(&self, reference: &TenderId, amount: Money) -> Waiting {
        let (terminal, reference) = (self.clone(), reference.clone());
        waiting(amount, async move { terminal.status(&reference).await })
    }

    fn stop(&self, reference: &TenderId, amount: Money) -> Waiting {
        let (terminal, reference) = (self.clone(), reference.clone());
        waiting(amount, async move { terminal.cancel(&reference).await })
    }

    fn give_back(&self, reference: &TenderId, amount: Money) -> Waiting {
        let (terminal, reference) = (self.clone(), reference.clone());
        waiting(
            amount,
            async move { terminal.refund(&reference, amount).await },
        )
    }
}

/// More than anybody pays, in minor units; sums of such amounts are numbers.
const MOST_MINOR: i64 = 1_000_000_000;

fn waiting(
    amount: Money,
    answer: impl Future<Output = Result<Payment, Unknown>> + Send + 'static,
) -> Waiting {
    Box::pin(async move {
        match answer.await {
            Ok(payment) => said(payment, amount.minor),
            Err(unknown) => Err(NoAnswer(unknown.to_string())),
        }
    })
}

/// What it says of a payment of which so much is known. It may have taken a part, or too much; that a part was given back is for a person.
fn said(payment: Payment, known_minor: i64) -> Answer {
    let said = match payment {
        Payment::Approved { amount_minor, slip } if (1..=MOST_MINOR).contains(&amount_minor) => {
            return Ok((Said::Captured { amount_minor }, Some(slip)));
        }
        Payment::Refunded { amount_minor } if amount_minor == known_minor => Said::Returned,
        Payment::Approved { amount_minor, .. } | Payment::Refunded { amount_minor } => {
            let words = format!("it says {amount_minor} of {known_minor}, in minor units");
            return Err(NoAnswer(words));
        }
        Payment::Unknown => Said::NeverHeard,
        Payment::Waiting => Said::Waiting,
        Payment::Declined { .. } => Said::Declined,
        Payment::Cancelled => Said::Cancelled,
    };
    Ok((said, None))
}
