#![doc = include_str!("../README.md")]

mod compare;
mod database;

mod postgres;
mod sqlite;

mod group;
mod job;
mod many;
mod row;
mod schema;
mod shared;
mod tx;

mod backup;
mod channels;
mod column;
mod doubt;
mod error;
mod failure;
mod files;
mod look;
mod mark;
mod migration;
mod options;
mod power;
mod scope;
mod statistics;
mod thread;
mod value;

pub use backup::{back_up, put_back};
pub use channels::{Heard, Listening};
pub use column::{Column, FromColumn};
pub use compare::compare;
pub use database::Database;
pub use doubt::{Doubt, Mark};
pub use error::{EngineError, Error, OpenError};
pub use look::{LookAt, look};
pub use migration::{MARK_MIGRATION, Migration, POSTGRES_MARK_MIGRATION, hashes};
pub use options::{IfNewer, Options, Place, ScopeLock, Synchronous, WhenFailed, WhileItRuns};
pub use power::{Power, Unanswered};
pub use row::Row;
pub use scope::Scope;
pub use sqlite::problems;
pub use statistics::Statistics;
pub use tx::{New, Snapshot, Tx};
pub use value::Value;
