//! Box and hub are killed at random moments while both sell the same showtimes, and the line between them is cut; afterwards what was answered
//! is compared with what is stored, printed, taken for it and known to the other. See `src/bin/chaos.rs`.

pub mod audit;
pub mod door;
pub mod home;
pub mod kiosk;
pub mod memory;
pub mod papers;
pub mod run;
pub mod seller;
pub mod stored;
pub mod taken;
pub mod till;
