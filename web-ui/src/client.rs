//! The box's HTTP contract as functions. It knows no screen and keeps no state; the browser adds the device's cookie.

mod appliance;
mod live;
mod request;

pub use appliance::*;
pub use live::Live;
pub use request::Trouble;
