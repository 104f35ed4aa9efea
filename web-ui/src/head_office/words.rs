//! The texts of head office.

use crate::format::{clock_time, day_of, day_short};
use crate::words::{Language, following};

pub use ::words::head_office::Words;

/// A text of head office that follows the language: `{say(|words| words.cinemas)}`.
pub fn say(
    pick: fn(&'static Words) -> &'static str,
) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    following(move |language| pick(language.head_office()))
}

/// A time as text.
pub fn when(at: &str, language: Language) -> String {
    format!("{} {}", day_short(day_of(at), language), clock_time(at))
}

#[cfg(test)]
mod tests {
    use box_office::LinkTrouble;

    use crate::words::Language;

    #[test]
    fn each_trouble_of_a_link_has_a_text_in_every_language() {
        for language in Language::ALL {
            for trouble in LinkTrouble::ALL {
                let words = language.head_office().trouble(trouble.code());
                assert!(words.is_some(), "{} in {language:?}", trouble.code());
            }
        }
    }
}
