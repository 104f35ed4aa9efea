//! The commands of the program, each of which is an order to the hub.

use box_office::CinemaId;
use clap::Subcommand;

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
}

impl Command {
    /// The order that it is.
    pub fn order(self) -> Order {
        match self {
            Self::Enrol { cinema } => Order::Enrol { cinema },
            Self::Revoke { cinema } => Order::Revoke { cinema },
        }
    }
}
