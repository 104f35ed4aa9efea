#![doc = include_str!("../README.md")]

mod database;
mod error;
mod failure;
mod migration;
mod open;
mod options;
mod reader;
mod row;
mod statistics;
mod tx;
mod value;
mod writer;

pub use database::{Database, Scope};
pub use error::{EngineError, Error, OpenError};
pub use migration::{Migration, hashes, problems};
pub use options::{Options, Place, Synchronous, WhenFailed};
pub use row::{Column, FromColumn, Row};
pub use statistics::Statistics;
pub use tx::{Snapshot, Tx};
pub use value::Value;
