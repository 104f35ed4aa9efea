//! The commands of the program, each of which is an order to the hub.

use box_office::CinemaId;
use clap::Subcommand;

use crate::OperatorName;
use crate::control::Order;

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
        }
    }
}
