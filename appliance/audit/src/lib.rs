#![doc = include_str!("../README.md")]

mod report;

mod prove;

mod asked_back;
mod chains;
mod custody;
mod door;
mod money;
mod refunds;
mod seats;
mod told;

pub mod streams;

pub mod books;
mod finding;
mod store;

pub use books::Evidence;
pub use finding::{Finding, LookedAt, Name, Verdict};
pub use prove::prove;
pub use report::{NotRead, Source, not_read, read, run, said};
