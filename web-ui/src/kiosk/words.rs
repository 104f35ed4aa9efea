//! The texts of the kiosk.

use leptos::prelude::*;

use crate::buying::Voice;
use crate::seat_map::{Away, ONLINE_ALONE};
use crate::words::{following, spoken};

pub use ::words::kiosk::Words;

/// A text of the kiosk that follows the language: `{say(|words| words.start_again)}`.
pub fn say(
    pick: fn(&'static Words) -> &'static str,
) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    following(move |language| pick(language.kiosk()))
}

/// The same as a signal.
pub fn said(pick: fn(&'static Words) -> &'static str) -> Signal<String> {
    let language = spoken();
    Signal::derive(move || pick(language.get().kiosk()).to_owned())
}

/// What the kiosk says otherwise than the storefront. Of a card its terminal tells the guest more than the box hears.
pub const VOICE: &Voice = &Voice {
    problem: |language, code| language.kiosk().problem(code),
    problem_unknown: |language| language.kiosk().problem_unknown,
    declined: |_, _| None,
    away: Away {
        words: |language| language.kiosk().look_away,
        mark: ONLINE_ALONE,
    },
    to_pay: |language| language.buying().pay_amount,
    // The bar at its foot does.
    more_time: None,
};

#[cfg(test)]
mod tests {
    use box_office::programme::GENRES;

    use crate::words::Language;

    #[test]
    fn a_word_of_the_box_has_a_text_in_every_language() {
        for language in Language::ALL {
            for genre in GENRES {
                assert!(language.kiosk().genre(genre).is_some(), "{genre}");
            }
            assert!(language.kiosk().problem("seats_taken").is_some());
            assert!(language.kiosk().fault("F03").is_some());
            assert!(language.kiosk().genre("no such genre").is_none());
        }
    }
}
