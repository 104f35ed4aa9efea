#![doc = include_str!("../README.md")]

mod channels;
mod column;
mod database;
mod error;
mod failure;
mod job;
mod migration;
mod options;
mod postgres;
mod row;
mod schema;
mod sqlite;
mod statistics;
mod tx;
mod value;

pub use channels::{Heard, Listening};
pub use database::{Database, Scope};
pub use error::{EngineError, Error, OpenError};
pub use migration::{Migration, hashes};
pub use options::{Options, Place, ScopeLock, Synchronous, WhenFailed};
pub use row::{Column, FromColumn, Row};
pub use schema::compare;
pub use sqlite::problems;
pub use statistics::Statistics;
pub use tx::{Snapshot, Tx};
pub use value::Value;
