//! Whoever takes the money of guests at home. [`protocol`] is what the sandbox provider speaks, [`signature`] how a provider proves that it
//! is the one who calls.

pub mod protocol;
pub mod signature;
