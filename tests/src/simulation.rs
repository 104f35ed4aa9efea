//! A hub and its cinemas in one thread, each process whole: databases without threads, clocks that are moved by hand, and printers, terminals, a
//! payment provider and a network in memory. One seed decides what hundreds of guests at both counters do, what goes wrong, and which thing that
//! can happen happens next; so the same seed is the same evening, byte for byte. `cargo simulate` plays as many as one likes.

pub mod chain;
mod dice;
mod faults;
mod guest;
mod mains;
mod matrix;
mod play;
mod reference;
mod seeds;
mod shrink;
pub mod side;

pub use chain::Who;
pub use dice::Dice;
pub use faults::{Fault, What};
pub use mains::Kept;
pub use matrix::Matrix;
pub use play::{Outcome, Plan, evening};
pub use seeds::{Seeds, Summary};
