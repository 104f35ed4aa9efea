#![doc = include_str!("../README.md")]

pub mod printer;
pub mod terminal;
