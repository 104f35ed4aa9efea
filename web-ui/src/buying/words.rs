//! The texts of buying.

use leptos::prelude::*;

use crate::words::{following, spoken};

pub use ::words::buying::Words;

/// A text of buying that follows the language: `{say(|words| words.your_seats)}`.
pub fn say(
    pick: fn(&'static Words) -> &'static str,
) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    following(move |language| pick(language.buying()))
}

/// The same as a signal.
pub fn said(pick: fn(&'static Words) -> &'static str) -> Signal<String> {
    let language = spoken();
    Signal::derive(move || pick(language.get().buying()).to_owned())
}
