#![doc = include_str!("../README.md")]

pub mod card_terminal;
pub mod certificates;
pub mod chaos;
pub mod checkout;
pub mod damage;
pub mod engine;
pub mod floors;
pub mod http;
pub mod load;
pub mod logged;
pub mod one_counter;
pub mod operator;
pub mod proof;
pub mod tools;
pub mod virtual_printer;
pub mod world;
