//! The terminal as a counter sees whoever takes money.

use std::future::Future;

use box_office::Money;
use box_office::checkout::Said;
use counter::{Answer, Charge, Details, NoAnswer, Pays};

use super::{CardTerminal, Payment, Unknown};

/// A future of an answer, as the counter waits for it.
type Waiting = futures_util::future::BoxFuture<'static, Answer>;

impl Pays for CardTerminal {
    fn ask(&self, charge: &Charge, _: Option<String>) -> Waiting {
        let (terminal, asked) = (self.clone(), charge.clone());
        let asking = async move { terminal.pay(&asked.reference, asked.amount).await };
        waiting(charge.amount, asking)
    }

    fn look(&self, charge: &Charge) -> Waiting {
        let (terminal, asked) = (self.clone(), charge.clone());
        let asking = async move { terminal.status(&asked.reference).await };
        waiting(charge.amount, asking)
    }

    fn stop(&self, charge: &Charge) -> Waiting {
        let (terminal, asked) = (self.clone(), charge.clone());
        let asking = async move { terminal.cancel(&asked.reference).await };
        waiting(charge.amount, asking)
    }

    fn give_back(&self, charge: &Charge) -> Waiting {
        let (terminal, asked) = (self.clone(), charge.clone());
        let asking = async move { terminal.refund(&asked.reference, asked.amount).await };
        waiting(charge.amount, asking)
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
            let details = Details {
                slip: Some(slip),
                ..Details::default()
            };
            return Ok((Said::Captured { amount_minor }, details));
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
    Ok((said, Details::default()))
}
