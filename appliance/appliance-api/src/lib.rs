#![doc = include_str!("../README.md")]

pub mod device;
pub mod door;
pub mod staff_call;
pub mod status;

pub use box_office::LinkTrouble;
pub use device::{Device, DeviceKind, PairRequest, Paired};
pub use door::{Admission, AdmissionRequest, DoorShowtime};
pub use staff_call::StaffCall;
pub use status::{LinkState, PrinterState, Status, TerminalState};
