//! The terminal as a counter sees whoever takes money.

use std::future::Future;

use box_office::{Money, TenderId};
use counter::{Answer, NoAnswer, Pays, Said};

use super::{CardTerminal, Payment, Unknown};

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

fn said(payment: Payment) -> Said {
    match payment {
        Payment::Unknown => Said::NeverHeard,
        Payment::Waiting => Said::Waiting,
        Payment::Approved { amount_minor, slip } => Said::Captured { amount_minor, slip },
        Payment::Declined { .. } => Said::Declined,
        Payment::Cancelled => Said::Cancelled,
        Payment::Refunded { amount_minor } => Said::Returned { amount_minor },
    }
}
