//! The commands of the program, each of which is an order to the hub.

use box_office::{CinemaId, TenderId};
use clap::Subcommand;
use serde::Deserialize as _;
use serde_json::Value;

use crate::OperatorName;
use crate::control::{Decision, Order};

/// What the program can be told to do; without a command it runs the hub.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a one-time code by which the box of a cinema enrols.
    Enrol {
        /// The cinema's id, as in its programme file.
        cinema: CinemaId,
    },
    /// Revokes the keys of a cinema's box: nothing that it sends counts any more.
    Revoke {
        /// The cinema's id.
        cinema: CinemaId,
    },
    /// Makes a one-time link by which somebody chooses a password for head office: a new operator, or one who has forgotten it.
    Operator {
        /// The name by which they sign in.
        name: OperatorName,
        /// Takes away the password and the sessions instead.
        #[arg(long)]
        remove: bool,
    },
    /// Lists who may sign in at head office.
    Operators,
    /// Lists what waits for a person: payments of guests at home, and seats of which hub and box say what does not fit together.
    Cases,
    /// Closes the case of a seat, once somebody has looked at it.
    CloseCase {
        /// The case, as `cases` lists it behind the word "seat": `metropol/today-1/A1`.
        about: String,
        /// What you found.
        #[arg(long)]
        reason: String,
    },
    /// Decides what became of a payment.
    Decide {
        /// The payment, as `cases` lists it.
        payment: TenderId,
        /// `taken`, `not-taken`, or `refunded` once it is given back by hand.
        #[arg(value_parser = decision)]
        decision: Decision,
        /// How you know it: what the payment provider or the bank says.
        #[arg(long)]
        reason: String,
    },
}

impl Command {
    /// The order that it is.
    pub fn order(self) -> Order {
        match self {
            Self::Enrol { cinema } => Order::Enrol { cinema },
            Self::Revoke { cinema } => Order::Revoke { cinema },
            Self::Operator { name, remove } => match remove {
                false => Order::Operator { name },
                true => Order::RemoveOperator { name },
            },
            Self::Operators => Order::Operators,
            Self::Cases => Order::Cases,
            Self::CloseCase { about, reason } => Order::CloseCase { about, reason },
            Self::Decide {
                payment,
                decision,
                reason,
            } => Order::Decide {
                payment,
                decision,
                reason,
            },
        }
    }
}

/// A decision, with dashes as one types it.
fn decision(typed: &str) -> Result<Decision, String> {
    let word = Value::from(typed.replace('-', "_"));
    Decision::deserialize(word).map_err(|why| why.to_string().replace('_', "-"))
}
