//! Small parts that every screen uses.

mod labelled;
mod sheet;

pub use labelled::{IconButton, TextButton};
pub use sheet::Sheet;
