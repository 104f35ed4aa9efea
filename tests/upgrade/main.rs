//! A box that was in use is updated: what it had is there afterwards and goes on, wherever the migration was killed.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

mod old_box;
mod stored;

mod goes_on;
mod kept;
mod killed;
