//! The card terminal as the box sees it: it is told to take an amount under a reference, and asked what became of a reference.
//! It never says what it does not know: a time-out is not an outcome. No card number comes near it.

pub mod memory;
mod pays;
pub mod protocol;
mod simulated;

use std::time::Duration;

use appliance_api::TerminalState;
use box_office::{Money, TenderId};

use self::memory::MemoryTerminal;
use self::protocol::Request;
pub use self::protocol::{CardSlip, Payment};

/// How long a connection to the terminal may take: it stands on the same desk.
pub const CONNECT_TIME: Duration = Duration::from_secs(2);

/// How long the terminal may take to answer a question that needs no guest and no bank.
pub const ANSWER_TIME: Duration = Duration::from_secs(5);

/// How long a refund may take: the bank is asked, the guest is not.
pub const REFUND_TIME: Duration = Duration::from_secs(30);

/// How long a payment may take before the box stops waiting and asks: longer than a terminal waits for a card and a PIN.
pub const PAY_TIME: Duration = Duration::from_secs(120);

/// A card terminal. Clones are the same terminal.
#[derive(Debug, Clone)]
pub enum CardTerminal {
    /// The simulated terminal of demo and tests, at this host and port.
    Simulated(String),
    /// One in memory, which a test reads back.
    Memory(MemoryTerminal),
    /// None is set up: nobody pays by card.
    None,
}

/// The terminal gave no outcome. The payment may or may not have happened; only [`CardTerminal::status`] tells.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// The request did not leave the box, so this request changed nothing.
    #[error("the card terminal could not be reached: {0}")]
    NotSent(String),
    /// The request was sent, and no answer came in time or the line broke.
    #[error("the card terminal did not answer: {0}")]
    NoAnswer(String),
    /// It answered, but with no outcome: another amount under the same reference, or words that we do not know.
    #[error("the card terminal refused: {0}")]
    Refused(String),
    /// There is no terminal to ask.
    #[error("no card terminal is set up")]
    NoTerminal,
}

impl CardTerminal {
    /// Whether there is a terminal at all.
    pub fn is_set_up(&self) -> bool {
        match self {
            Self::Simulated(_) | Self::Memory(_) => true,
            Self::None => false,
        }
    }

    /// Takes `amount` under `reference`, waiting for guest and bank, at most [`PAY_TIME`]. The same reference never takes money
    /// twice: a repeat gives the first one's outcome, also after a cancellation.
    ///
    /// # Errors
    /// No outcome: ask [`CardTerminal::status`] until it gives one that is neither unknown nor waiting.
    pub async fn pay(&self, reference: &TenderId, amount: Money) -> Result<Payment, Unknown> {
        let (reference, amount_minor, currency) =
            (reference.clone(), amount.minor, amount.currency);
        self.ask(
            Request::Pay {
                reference,
                amount_minor,
                currency,
            },
            PAY_TIME,
        )
        .await
    }

    /// What became of `reference`.
    ///
    /// # Errors
    /// No outcome: ask again later.
    pub async fn status(&self, reference: &TenderId) -> Result<Payment, Unknown> {
        self.ask(
            Request::Status {
                reference: reference.clone(),
            },
            ANSWER_TIME,
        )
        .await
    }

    /// Stops a payment that has not been approved. The answer is what is true afterwards: [`Payment::Approved`] if it came too
    /// late, else [`Payment::Cancelled`]; a reference that was never seen is cancelled for good, so a late request to pay fails.
    ///
    /// # Errors
    /// No outcome: ask again later.
    pub async fn cancel(&self, reference: &TenderId) -> Result<Payment, Unknown> {
        self.ask(
            Request::Cancel {
                reference: reference.clone(),
            },
            ANSWER_TIME,
        )
        .await
    }

    /// Gives back `amount` of an approved payment, once: a repeat with the same amount gives the first one's outcome. What was
    /// not approved stays as it is.
    ///
    /// # Errors
    /// No outcome: ask [`CardTerminal::status`], then try again.
    pub async fn refund(&self, reference: &TenderId, amount: Money) -> Result<Payment, Unknown> {
        self.ask(
            Request::Refund {
                reference: reference.clone(),
                amount_minor: amount.minor,
            },
            REFUND_TIME,
        )
        .await
    }

    /// Whether it can be paid with at this moment.
    pub async fn ready(&self) -> TerminalState {
        let answers = match self {
            Self::Simulated(address) => simulated::ready(address, ANSWER_TIME).await,
            Self::Memory(memory) => memory.ready(),
            Self::None => return TerminalState::None,
        };
        if answers {
            TerminalState::Ready
        } else {
            TerminalState::Unreachable
        }
    }

    async fn ask(&self, request: Request, time: Duration) -> Result<Payment, Unknown> {
        match self {
            Self::Simulated(address) => simulated::ask(address, &request, time).await,
            Self::Memory(memory) => memory.ask(&request),
            Self::None => Err(Unknown::NoTerminal),
        }
    }
}
