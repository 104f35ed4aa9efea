//! The terminal as a counter sees whoever takes money.

use std::future::Future;

use box_office::checkout::Said;
use box_office::{Money, TenderId};
use counter::{Answer, NoAnswer, Pays};

use super::{CardSlip, CardTerminal, Payment, Unknown};

/// A future of an answer, as the counter waits for it.
type Waiting = futures_util::future::BoxFuture<'static, Answer>;

impl Pays for CardTerminal {
    fn ask(&self, reference: &TenderId, amount: Money) -> Waiting {
        let (terminal, reference) = (self.clone(), reference.clone());
        waiting(async move { terminal.pay(&reference, amount).await })
    }

    fn look(&self, reference: &TenderId) -> Waiting {
        let (terminal, reference) = (self.clone(), reference.clone());
        waiting(async move { terminal.status(&reference).await })
    }

    fn stop(&self, reference: &TenderId) -> Waiting {
        let (terminal, reference) = (self.clone(), reference.clone());
        waiting(async move { terminal.cancel(&reference).await })
    }

    fn give_back(&self, reference: &TenderId, amount: Money) -> Waiting {
        let (terminal, reference) = (self.clone(), reference.clone());
        waiting(async move { terminal.refund(&reference, amount).await })
    }
}

fn waiting(answer: impl Future<Output = Result<Payment, Unknown>> + Send + 'static) -> Waiting {
    Box::pin(async move {
        match answer.await {
            Ok(payment) => Ok(said(payment)),
            Err(unknown) => Err(NoAnswer(unknown.to_string())),
        }
    })
}

fn said(payment: Payment) -> (Said, Option<CardSlip>) {
    let said = match payment {
        Payment::Approved { amount_minor, slip } => {
            return (Said::Captured { amount_minor }, Some(slip));
        }
        Payment::Unknown => Said::NeverHeard,
        Payment::Waiting => Said::Waiting,
        Payment::Declined { .. } => Said::Declined,
        Payment::Cancelled => Said::Cancelled,
        Payment::Refunded { .. } => Said::Returned,
    };
    (said, None)
}
