//! The box is killed at random moments while it sells, and afterwards what was answered is compared with what is stored, printed,
//! taken by the card terminal and known to the hub. See `src/bin/chaos.rs`.

pub mod audit;
pub mod kiosk;
pub mod memory;
pub mod papers;
pub mod run;
pub mod seller;
pub mod stored;
pub mod till;
