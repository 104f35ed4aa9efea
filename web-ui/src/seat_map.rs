//! The seat map of every screen: drawn, live, for fingers, keyboards and screen readers, with a list by row as its equal.
//! It knows seats, looks and prices; what a touch means is said by whoever shows it.

mod board;
mod drawing;
mod gestures;
mod grid;
mod gutter;
mod legend;
mod list;
mod live;
mod look;
mod map;
mod mini_map;
mod room;
mod seats;
mod view;
mod zoom;

pub use board::{Away, Board, kind_name};
pub use drawing::{CINEMA_ALONE, ONLINE_ALONE};
pub use legend::Legend;
pub use list::SeatList;
pub use live::{LiveSeats, watch};
pub use look::{Look, look};
pub use map::SeatMap;
pub use room::Room;
