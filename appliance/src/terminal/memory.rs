//! A card terminal in memory, for tests and the simulation: told what to do next, and read back.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use box_office::TenderId;
use parking_lot::Mutex;

use super::Unknown;
use super::protocol::{CardSlip, Payment, Request};

/// What the terminal does with the next request to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes the money and says so.
    Approve,
    /// Refuses the card.
    Decline,
    /// Takes the money, and the answer is lost.
    ApproveSilently,
    /// The guest takes their time: waiting until [`MemoryTerminal::decide`]; the answer is lost.
    Wait,
    /// The request never arrives.
    Lose,
}

/// A terminal in memory. Clones are the same terminal.
#[derive(Debug, Clone, Default)]
pub struct MemoryTerminal(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    next: VecDeque<Behaviour>,
    out_of_reach: bool,
    payments: BTreeMap<TenderId, Record>,
}

#[derive(Debug)]
struct Record {
    amount_minor: i64,
    payment: Payment,
}

impl MemoryTerminal {
    /// Does this with the next request to pay; several are done in turn; without any, it approves.
    pub fn next(&self, behaviour: Behaviour) {
        self.0.lock().next.push_back(behaviour);
    }

    /// Answers nobody from now on, or everybody again.
    pub fn set_out_of_reach(&self, out_of_reach: bool) {
        self.0.lock().out_of_reach = out_of_reach;
    }

    /// The guest of a waiting payment decides.
    pub fn decide(&self, reference: &TenderId, approve: bool) {
        if let Some(record) = self
            .0
            .lock()
            .payments
            .get_mut(reference)
            .filter(|record| record.payment == Payment::Waiting)
        {
            record.payment = if approve {
                approved(record.amount_minor)
            } else {
                declined()
            };
        }
    }

    /// The sum of what it took and what it gave back, in minor units.
    pub fn captured_and_refunded(&self) -> (i64, i64) {
        self.0
            .lock()
            .payments
            .values()
            .fold((0, 0), |(captured, refunded), record| {
                match record.payment {
                    Payment::Approved { amount_minor, .. } => (captured + amount_minor, refunded),
                    Payment::Refunded { amount_minor } => {
                        (captured + record.amount_minor, refunded + amount_minor)
                    }
                    Payment::Unknown
                    | Payment::Waiting
                    | Payment::Declined { .. }
                    | Payment::Cancelled => (captured, refunded),
                }
            })
    }

    pub(super) fn ready(&self) -> bool {
        !self.0.lock().out_of_reach
    }

    pub(super) fn ask(&self, request: &Request) -> Result<Payment, Unknown> {
        let mut inner = self.0.lock();
        if inner.out_of_reach {
            return Err(Unknown::NotSent("out of reach".to_owned()));
        }
        match request {
            Request::Pay {
                reference,
                amount_minor,
                ..
            } => inner.pay(reference, *amount_minor),
            Request::Status { reference } => Ok(inner.status(reference)),
            Request::Cancel { reference } => Ok(inner.cancel(reference)),
            Request::Refund {
                reference,
                amount_minor,
            } => inner.refund(reference, *amount_minor),
            Request::Ready => Ok(Payment::Unknown),
        }
    }
}

impl Inner {
    fn pay(&mut self, reference: &TenderId, amount_minor: i64) -> Result<Payment, Unknown> {
        if let Some(record) = self.payments.get(reference) {
            if record.payment != Payment::Cancelled && record.amount_minor != amount_minor {
                return Err(Unknown::Refused("another amount".to_owned()));
            }
            return Ok(record.payment.clone());
        }
        let behaviour = self.next.pop_front().unwrap_or(Behaviour::Approve);
        let payment = match behaviour {
            Behaviour::Approve | Behaviour::ApproveSilently => approved(amount_minor),
            Behaviour::Decline => declined(),
            Behaviour::Wait => Payment::Waiting,
            Behaviour::Lose => return Err(Unknown::NoAnswer("lost".to_owned())),
        };
        self.payments.insert(
            reference.clone(),
            Record {
                amount_minor,
                payment: payment.clone(),
            },
        );
        match behaviour {
            Behaviour::Approve | Behaviour::Decline => Ok(payment),
            Behaviour::ApproveSilently | Behaviour::Wait | Behaviour::Lose => {
                Err(Unknown::NoAnswer("lost".to_owned()))
            }
        }
    }

    fn status(&self, reference: &TenderId) -> Payment {
        self.payments
            .get(reference)
            .map_or(Payment::Unknown, |record| record.payment.clone())
    }

    fn cancel(&mut self, reference: &TenderId) -> Payment {
        let never_seen = Record {
            amount_minor: 0,
            payment: Payment::Cancelled,
        };
        let record = self.payments.entry(reference.clone()).or_insert(never_seen);
        if record.payment == Payment::Waiting {
            record.payment = Payment::Cancelled;
        }
        record.payment.clone()
    }

    fn refund(&mut self, reference: &TenderId, amount_minor: i64) -> Result<Payment, Unknown> {
        let Some(record) = self.payments.get_mut(reference) else {
            return Ok(Payment::Unknown);
        };
        match record.payment {
            Payment::Approved {
                amount_minor: taken,
                ..
            } if amount_minor > taken || amount_minor < 1 => {
                Err(Unknown::Refused("more than was taken".to_owned()))
            }
            Payment::Approved { .. } => {
                record.payment = Payment::Refunded { amount_minor };
                Ok(record.payment.clone())
            }
            Payment::Refunded {
                amount_minor: given,
            } if given != amount_minor => {
                Err(Unknown::Refused("another amount was given back".to_owned()))
            }
            Payment::Refunded { .. }
            | Payment::Unknown
            | Payment::Waiting
            | Payment::Declined { .. }
            | Payment::Cancelled => Ok(record.payment.clone()),
        }
    }
}

fn approved(amount_minor: i64) -> Payment {
    Payment::Approved {
        amount_minor,
        slip: CardSlip {
            last_four: "4242".to_owned(),
            authorisation: "000001".to_owned(),
        },
    }
}

fn declined() -> Payment {
    Payment::Declined {
        reason: "declined".to_owned(),
    }
}

#[cfg(test)]
mod tests;
