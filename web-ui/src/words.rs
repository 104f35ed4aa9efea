//! Which language is spoken by the screens, and the texts that every one of them says.

use leptos::prelude::*;

pub use ::words::{Language, Words, counted, fill, row_name, seat_name, seats_name};

/// The language that is spoken, for every component below the one that gave it as context.
pub fn spoken() -> RwSignal<Language> {
    use_context().unwrap_or_else(|| RwSignal::new(Language::default()))
}

/// A text of every screen that follows the language: `{say(|words| words.zoom_in)}`.
pub fn say(
    pick: fn(&'static Words) -> &'static str,
) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    following(move |language| pick(language.shared()))
}

/// What follows the language that is spoken.
pub fn following(
    text: impl Fn(Language) -> &'static str + Copy + Send + Sync + 'static,
) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let language = spoken();
    move || text(language.get())
}
