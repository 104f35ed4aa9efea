//! The commands of the program, each of which is an order to the box.

use std::path::PathBuf;

use appliance_api::DeviceKind;
use box_office::TenderId;
use clap::{Subcommand, ValueEnum};
use service::process::CommandError;

use crate::control::{Decision, Order};

/// What the program can be told to do; without a command it runs the box.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Reads a programme file: all of it or nothing. Safe to repeat.
    Import {
        /// The file; see PROGRAMME.md.
        file: PathBuf,
    },
    /// Makes a one-time code that pairs a browser with the box.
    Pair {
        /// What the browser will be.
        kind: PairKind,
    },
    /// Lists the payments that wait for a person: nobody knows whether they were taken, or they are owed back.
    Cases,
    /// Records what became of such a payment, with all that follows from it.
    Decide {
        /// The payment, as `cases` lists it.
        payment: TenderId,
        /// What became of it.
        decision: DecisionWord,
        /// How you know: a statement of the bank, a slip, the guest.
        #[arg(long)]
        reason: String,
    },
    /// Prints the tickets of a sale again, as copies.
    Reprint {
        /// The number of the receipt, as it is printed: `1-000042`.
        receipt: String,
        /// Why: torn, wet, left at home.
        #[arg(long)]
        reason: String,
    },
    /// Makes the box known to the hub by a one-time code from head office.
    Enrol {
        /// The code.
        code: String,
        /// The hub's address: `https://..`, or `http://` on loopback.
        #[arg(long)]
        hub: String,
    },
}

/// The kinds of device, as words of the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum PairKind {
    /// A kiosk in the lobby.
    Kiosk,
    /// A till at the box office.
    Till,
}

/// What a person decides about a payment, as words of the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum DecisionWord {
    /// The money was taken: tickets are issued if they still can be, else it is owed back.
    Taken,
    /// It was not taken: the seats are free.
    NotTaken,
    /// What was owed is given back by hand. Said before the money is handed out: the terminal may be giving it back.
    Refunded,
}

impl Command {
    /// The order that it is.
    ///
    /// # Errors
    /// The programme file cannot be read.
    pub fn order(self) -> Result<Order, CommandError> {
        Ok(match self {
            Self::Import { file } => Order::Import {
                programme: std::fs::read_to_string(&file).map_err(|why| {
                    CommandError::new(&format!("cannot read {}", file.display()), &why)
                })?,
            },
            Self::Pair { kind } => Order::Pair { kind: kind.into() },
            Self::Cases => Order::Cases,
            Self::Decide {
                payment,
                decision,
                reason,
            } => Order::Decide {
                payment,
                decision: decision.into(),
                reason,
            },
            Self::Reprint { receipt, reason } => Order::Reprint { receipt, reason },
            Self::Enrol { code, hub } => Order::Enrol { code, hub },
        })
    }
}

impl From<PairKind> for DeviceKind {
    fn from(kind: PairKind) -> Self {
        match kind {
            PairKind::Kiosk => Self::Kiosk,
            PairKind::Till => Self::Till,
        }
    }
}

impl From<DecisionWord> for Decision {
    fn from(word: DecisionWord) -> Self {
        match word {
            DecisionWord::Taken => Self::Taken,
            DecisionWord::NotTaken => Self::NotTaken,
            DecisionWord::Refunded => Self::Refunded,
        }
    }
}
