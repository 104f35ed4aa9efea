//! Two cinemas and their hub sell the same showtimes as processes, while boxes, hub and broker are killed at random moments, the lines between
//! them are cut, clocks are set, and boxes are put back and cloned; afterwards what was answered is compared with what is stored, printed, taken
//! for it and known to the other. See `src/bin/chaos.rs`.

pub mod audit;
pub mod chain;
pub mod cinema;
pub mod door;
pub mod faults;
pub mod forgotten;
pub mod home;
pub mod hubs;
pub mod kiosk;
pub mod memory;
pub mod papers;
pub mod reckoning;
pub mod run;
pub mod seller;
pub mod stored;
pub mod taken;
pub mod till;
