//! The texts of the storefront's program.

use leptos::prelude::*;

use crate::words::spoken;

pub use ::words::online::Words;

/// A text of the storefront that follows the language, as a signal: `{said(|words| words.paying)}`.
pub fn said(pick: fn(&'static Words) -> &'static str) -> Signal<String> {
    let language = spoken();
    Signal::derive(move || pick(language.get().online()).to_owned())
}
