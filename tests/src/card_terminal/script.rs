//! What a test has the terminal do with a question: say something else than its book does, or be cut off before or after it has done what
//! it was asked.

use std::collections::HashMap;

use appliance::terminal::Payment;
use appliance::terminal::protocol::Request;

/// What the box asks about a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// To take it.
    Pay,
    /// What became of it.
    Status,
    /// To stop it.
    Cancel,
    /// To give it back.
    Refund,
}

/// Where a question is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cut {
    /// The line breaks before it is understood.
    LosesQuestion,
    /// It is done, and the line breaks instead of the answer.
    LosesAnswer,
    /// It is not done until whoever asks is gone, and then never.
    HoldsQuestion,
    /// It is done, and the answer is kept until whoever asks is gone.
    HoldsAnswer,
    /// It is done, and what is true then is answered once [`super::CardTerminalSimulator::let_go`] is called.
    KeepsAnswer,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Script {
    says: HashMap<Question, Payment>,
    cuts: HashMap<Question, Cut>,
    held: u64,
    /// How often what was kept was let go.
    let_go: u64,
}

impl Question {
    /// What a request asks, if it is about a payment.
    pub(super) fn of(request: &Request) -> Option<Self> {
        match request {
            Request::Pay { .. } => Some(Self::Pay),
            Request::Status { .. } => Some(Self::Status),
            Request::Cancel { .. } => Some(Self::Cancel),
            Request::Refund { .. } => Some(Self::Refund),
            Request::Ready => None,
        }
    }
}

impl Script {
    pub(super) fn say(&mut self, question: Question, payment: Payment) {
        self.says.insert(question, payment);
    }

    pub(super) fn say_the_truth(&mut self) {
        self.says.clear();
    }

    pub(super) fn said(&self, question: Question) -> Option<Payment> {
        self.says.get(&question).cloned()
    }

    pub(super) fn cut(&mut self, question: Question, cut: Cut) {
        self.cuts.insert(question, cut);
    }

    pub(super) fn take_cut(&mut self, question: Question) -> Option<Cut> {
        self.cuts.remove(&question)
    }

    pub(super) fn hold_nothing(&mut self) {
        self.cuts
            .retain(|_, cut| !matches!(cut, Cut::HoldsQuestion | Cut::HoldsAnswer));
    }

    pub(super) fn hold(&mut self) {
        self.held += 1;
    }

    pub(super) fn let_go(&mut self) {
        self.let_go += 1;
    }

    /// How often what was kept was let go.
    pub(super) fn times_let_go(&self) -> u64 {
        self.let_go
    }

    /// How many questions were ever held.
    pub(super) fn held(&self) -> u64 {
        self.held
    }
}
