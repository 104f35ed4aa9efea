#![doc = include_str!("../README.md")]

pub mod inbox;
pub mod outbox;
pub mod prune;
pub mod session;
pub mod stream;

mod error;
mod fork;
mod journal;
mod tables;

pub use database::{Database, Scope, Snapshot, Tx};
pub use error::Error;
pub use stream::{StreamId, StreamKey};
pub use tables::{
    CHECKED_MIGRATION, KINDS_MIGRATION, MIGRATION, POSTGRES_CHECKED_MIGRATION, POSTGRES_MIGRATION,
    POSTGRES_PRUNED_MIGRATION, PRUNED_MIGRATION, WAITING_MIGRATION,
};
