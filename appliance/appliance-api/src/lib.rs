#![doc = include_str!("../README.md")]

pub mod device;
pub mod status;

pub use device::{Device, DeviceKind, PairRequest, Paired};
pub use status::{LinkState, LinkTrouble, PrinterState, Status, TerminalState};
