#![doc = include_str!("../README.md")]

pub mod card_terminal;
pub mod virtual_printer;
