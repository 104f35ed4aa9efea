#![doc = include_str!("../README.md")]

pub mod device;
pub mod door;
pub mod hand_over;
pub mod staff_call;
pub mod status;

pub use box_office::LinkTrouble;
pub use device::{Device, DeviceKind, PairRequest, Paired};
pub use door::{Admission, AdmissionRequest, DoorShowtime};
pub use hand_over::{HandOverRequest, HandedOver};
pub use staff_call::StaffCall;
pub use status::{LinkState, PrinterState, Status, TerminalState};
