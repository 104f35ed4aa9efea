//! What the storefront says and does otherwise than the kiosk.

use counter_api::DeclineReason;
use leptos::prelude::*;

use super::more_time::MoreTime;
use crate::buying::Voice;
use crate::seat_map::{Away, CINEMA_ALONE};

/// As buying knows it.
pub const VOICE: &Voice = &Voice {
    problem: |language, code| language.online().problem(code),
    problem_unknown: |language| language.online().problem_unknown,
    declined: |language, why| language.online().declined(DeclineReason::as_str(why)),
    away: Away {
        words: |language| language.online().look_away,
        mark: CINEMA_ALONE,
    },
    to_pay: |language| language.online().to_payment,
    more_time: Some(|| view! { <MoreTime/> }.into_any()),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn what_the_hub_refuses_has_a_text_in_every_language() {
        let own = [
            "no_guest_session",
            "not_selling",
            "not_your_turn",
            "queue_full",
            "too_many_choose",
            "too_many_from_here",
            "too_many_payments",
            "too_little_to_charge",
            "too_much_to_charge",
            "not_round_to_charge",
        ];
        for language in Language::ALL {
            for code in own.into_iter().chain(["seats_taken", "hold_lapsed"]) {
                assert!((VOICE.problem)(language, code).is_some(), "{code}");
            }
            assert!((VOICE.problem)(language, "never heard of").is_none());
            let why = |why| (VOICE.declined)(language, why);
            assert!(why(DeclineReason::Unavailable).is_some());
            assert_ne!(
                why(DeclineReason::NotEnoughMoney),
                why(DeclineReason::Expired)
            );
        }
    }
}
