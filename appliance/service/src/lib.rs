#![doc = include_str!("../README.md")]

mod database_meters;
mod files;

pub mod backup;
pub mod clock;
pub mod code;
pub mod control;
mod failures;
pub mod http;
pub mod job;
pub mod lifecycle;
pub mod log;
pub mod machine;
pub mod metrics;
pub mod process;
pub mod random;
pub mod seed;
pub mod settings;
pub mod tls;
#[cfg(test)]
mod tls_samples;

pub use clock::Clock;
pub use failures::Failures;
pub use job::{Bell, ByHand, Due};
pub use lifecycle::Lifecycle;
pub use machine::Machine;
pub use metrics::Metrics;
pub use random::Random;
