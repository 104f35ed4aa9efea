//! The link between a box and the hub when everything goes wrong on the way: the broker and the hub are killed, messages are lost,
//! repeated, reordered, damaged and replayed, and at the end both streams are equal on both sides.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod adversary;
mod cinema;
mod contradicts;
mod killed;
mod refused;
mod site;
mod weather;
