#![doc = include_str!("../README.md")]

pub mod checkout;
pub mod line;
pub mod process;
pub mod say;
pub mod set_up;
pub mod stop;
pub mod suites;
pub mod survivors;
pub mod web;
