#![doc = include_str!("../README.md")]

pub mod head_office;

pub use head_office::{Case, Cinema, HeadOffice, Link, LinkState, RefusedContact, Showtime, Today};
