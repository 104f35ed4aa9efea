#![doc = include_str!("../README.md")]

pub mod bytes;
pub mod event;
pub mod key;
pub mod ticket;

pub use bytes::{Hash, Nonce};
pub use event::{Body, Event, EventError, Meaning, Position, Stream};
pub use key::{Frames, KeyId, KeyRing, PublicKey, SecretKey, Tickets};
pub use ticket::{Claims, TicketKeyRing, TicketRefusal, TicketSigner, VerifiedTicket};
