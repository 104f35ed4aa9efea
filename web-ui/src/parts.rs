//! Small parts that every screen uses.

mod labelled;
mod more_below;
mod sheet;

pub use labelled::{IconButton, TextButton};
pub use more_below::LongList;
pub use sheet::Sheet;
