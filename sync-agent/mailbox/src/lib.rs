#![doc = include_str!("../README.md")]

pub mod inbox;
pub mod outbox;
pub mod session;
pub mod stream;

mod error;
mod fork;
mod journal;

pub use database::{Database, Scope, Tx};
pub use error::Error;
pub use stream::{KINDS_MIGRATION, MIGRATION, StreamId, StreamKey, WAITING_MIGRATION};
