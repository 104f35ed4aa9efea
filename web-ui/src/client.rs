//! The HTTP contracts of box and hub as functions. It knows no screen and keeps no state; the browser adds the cookie.

mod appliance;
pub mod asked;
mod counter;
pub mod hub;
mod live;
mod request;

pub use appliance::*;
pub use counter::{Counter, Work};
pub use live::Live;
pub use request::Trouble;
