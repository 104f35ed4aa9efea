#![doc = include_str!("../README.md")]

pub mod buying;
pub mod head_office;
pub mod kiosk;
pub mod seat_map;
pub mod storefront;

pub mod client;
pub mod clock;
pub mod focus;
pub mod format;
pub mod icons;
pub mod parts;
pub mod words;
