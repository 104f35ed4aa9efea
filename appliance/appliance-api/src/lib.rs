#![doc = include_str!("../README.md")]

pub mod device;
pub mod status;

pub use box_office::LinkTrouble;
pub use device::{Device, DeviceKind, PairRequest, Paired};
pub use status::{LinkState, PrinterState, Status, TerminalState};
