#![doc = include_str!("../README.md")]

pub mod key;
pub mod ticket;

pub use key::{Frames, KeyId, KeyRing, PublicKey, SecretKey, Tickets};
pub use ticket::{Claims, TicketKeyRing, TicketRefusal, TicketSigner, VerifiedTicket};
