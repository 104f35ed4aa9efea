//! By which rules the tickets go back that a guest is about to buy: those under which their seats were chosen, and whether the page said others.

use counter_api::{Hold, RefundTerms};
use leptos::prelude::*;

use super::state::{OtherRules, Shop};
use super::words::Words;
use crate::format::{clock_time, day_name, day_of, money};
use crate::words::{Language, fill};

/// The rules in words, once seats are held.
#[component]
pub fn BackRules() -> impl IntoView {
    let shop = Shop::here();
    let buying = shop.buying;
    let said = Memo::new(move |_| {
        let hold = buying.order.hold()?;
        let terms = &hold.refund_terms();
        let showtime = buying.order.showtime.get();
        let starts_at = showtime.map(|it| it.showtime.starts_at.clone());
        let language = buying.language.get();
        let others = shop.reads_other_rules(terms);
        let words = match others {
            Some(OtherRules::Over) => language.online().back_over.to_owned(),
            Some(OtherRules::Changed) | None => {
                in_words(terms, (&hold, starts_at.as_deref()), language)
            }
        };
        Some((words, others))
    });
    move || {
        let (rules, others) = said.get()?;
        let changed = (others == Some(OtherRules::Changed)).then(|| {
            let words = buying.language.get().online();
            view! { <strong>{words.rules_changed}</strong>" " }
        });
        let class = if others.is_some() { "told" } else { "quiet" };
        Some(view! { <p class=class data-testid="back-rules">{changed}{rules}</p> })
    }
}

fn in_words(
    terms: &RefundTerms,
    (hold, starts_at): (&Hold, Option<&str>),
    language: Language,
) -> String {
    let words: &Words = language.online();
    let Some(until) = &terms.until else {
        return words.back_never.to_owned();
    };
    let day = day_name(day_of(until), language);
    let text = match starts_at == Some(until) {
        true => words.back_until_begin,
        false => words.back_until,
    };
    let until = fill(text, &[("day", &day), ("time", clock_time(until))]);
    let what = match terms.kept {
        // There is nothing to give back.
        _ if hold.basket.total.minor == 0 => return until,
        Some(kept) => fill(words.back_less, &[("kept", &money(kept, language))]),
        None => words.back_whole.to_owned(),
    };
    format!("{until} {what}")
}
