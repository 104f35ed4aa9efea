//! The texts of the kiosk.

use crate::words::following;

pub use ::words::kiosk::Words;

/// A text of the kiosk that follows the language: `{say(|words| words.start_again)}`.
pub fn say(
    pick: fn(&'static Words) -> &'static str,
) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    following(move |language| pick(language.kiosk()))
}

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
