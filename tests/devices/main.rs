//! The box's devices against their stand-ins: every paper as the printer understood it, every way in which a printer or a card
//! terminal fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod paper;
mod printer;
mod printing;
mod provider;
mod terminal;
