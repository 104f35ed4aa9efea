//! `cargo circles`: prints the modules that stand in circles with what makes each circle, the stores that are named from
//! outside their room, and who knows `App` and should not. It judges nothing: `tests/tidy.rs` does.

use std::io::{self, Write};

use tests::checkout::Checkout;
use tests::floors::report;

fn main() -> io::Result<()> {
    io::stdout().write_all(report(&Checkout::here()).as_bytes())
}
