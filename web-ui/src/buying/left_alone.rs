//! Before one pays: a seat that would stay free alone, where the counter knows a choice that leaves none. Whoever has chosen so goes on all the same.

use counter_api::{Hold, Warning};
use leptos::prelude::*;

use super::notice::listed;
use super::words::said;
use super::{Buying, Sheet};
use crate::icons;
use crate::parts::{Answer, Question};
use crate::words::fill;

/// Goes on to pay, after the question if there is one.
pub fn go_on(buying: Buying, on_pay: Callback<()>) {
    match untrack(|| buying.order.hold()).is_some_and(|hold| better(&hold).is_some()) {
        true => buying.sheet.set(Some(Sheet::LeftAlone)),
        false => on_pay.run(()),
    }
}

/// What is left alone, if another choice would really be better.
fn better(hold: &Hold) -> Option<&Warning> {
    let has_better = |warning: &&Warning| !warning.instead.is_empty();
    hold.warnings.iter().find(has_better)
}

/// The question, while there is something better.
pub fn question(buying: Buying, on_pay: Callback<()>) -> Option<Question> {
    let hold = buying.order.hold()?;
    let Warning { seats, instead, .. } = better(&hold)?.clone();
    let better = StoredValue::new(instead);
    let text = Signal::derive(move || {
        let showtime = buying.order.showtime.get();
        let room = showtime.as_ref().map(|showtime| &showtime.layout);
        let instead = better.with_value(|instead| listed(instead, room));
        let values = [("seats", &*listed(&seats, room)), ("instead", &*instead)];
        fill(buying.language.get().buying().left_alone_text, &values)
    });
    let take = Callback::new(move |()| better.with_value(|instead| buying.order.move_to(instead)));
    Some(Question {
        testid: "left-alone",
        title: said(|words| words.left_alone_title),
        text,
        other: (
            icons::CREDIT_CARD,
            Answer {
                testid: "keep-mine",
                words: said(|words| words.keep_mine),
                then: on_pay,
            },
        ),
        next: Answer {
            testid: "take-instead",
            words: said(|words| words.take_instead),
            then: take,
        },
        goes_on_by_other: false,
    })
}
