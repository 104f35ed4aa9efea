#![doc = include_str!("../README.md")]

pub mod box_end;
pub mod hub_end;

mod answering;
mod applying;
pub mod asks;
pub mod desk;
mod drive;
pub mod post;

pub mod enrol;

mod backoff;
mod message;
mod mqtt;
pub mod presence;
pub mod topic;
pub mod transport;
mod trouble;

pub use asks::{Asked, Asks};
pub use box_end::{BoxEnd, BoxIdentity, Renewals, Written};
pub use desk::{Applies, Desk};
pub use hub_end::{Change, Changes, Directory, Enrolled, HubEnd, KnownBox};
pub use post::{ComesAs, Happening, Post, PostError, Taken, Told};
pub use presence::Presence;
pub use topic::Address;
pub use transport::{Broker, BrokerError, Network, TlsFiles, Transport, Weather};
pub use trouble::Trouble;

#[cfg(test)]
mod tests;
