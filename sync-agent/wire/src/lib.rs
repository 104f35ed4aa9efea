#![doc = include_str!("../README.md")]

pub mod event;
pub mod ticket;

pub mod ack;
pub mod ask;
pub mod frame;
pub mod hand_over;
pub mod hello;
pub mod key_list;
pub mod link;
mod seal;

pub mod enrolment;

pub mod bytes;
pub mod context;
pub mod key;

pub use ack::Acknowledgement;
pub use ask::{NotGiven, Reply, Wish};
pub use box_office::{CinemaId, DeviceId, LinkTrouble};
pub use bytes::{Hash, KeyBytes, Nonce};
pub use context::{Context, End, Generation, Incarnation, Life};
pub use event::{Body, Event, EventError, Meaning, Position, Stream};
pub use frame::{Frame, Unverified, Verified};
pub use hand_over::{HandOver, HandOverRefusal};
pub use hello::{CustodyHashes, Hello, Keeping, OldestCopy, custody_hash};
pub use key::{Codes, Frames, KeyId, KeyLists, KeyRing, PublicKey, Purpose, SecretKey, Tickets};
pub use key_list::{KeyList, KeyListRefusal, ListedKey, ToldKeyList};
pub use link::{Answered, Delivery, Input, Link, Notice, Output, Setup, Standing, Status, Topic};
pub use seal::{Keys, LARGEST_MESSAGE, Refusal};
pub use ticket::{Claims, TicketKeyRing, TicketRefusal, TicketSigner, VerifiedTicket};
