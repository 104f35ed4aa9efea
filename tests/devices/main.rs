//! What takes money and prints, against its stand-ins: every paper as the printer understood it, every way in which a printer, a card terminal
//! or a payment provider fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod paper;
mod printer;
mod printing;
mod provider;
mod terminal;
