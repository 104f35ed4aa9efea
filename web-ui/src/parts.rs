//! Small parts that every screen uses.

mod labelled;
mod more_below;
mod question;
mod sheet;

pub use labelled::{IconButton, TextButton};
pub use more_below::LongList;
pub use question::{Answer, Asked, Question};
pub use sheet::Sheet;
