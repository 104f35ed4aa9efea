//! Before one pays: a seat that would stay free alone, where the box knows a choice that leaves none. Whoever has chosen so goes on all the same.

use counter_api::{Hold, Warning};
use leptos::prelude::*;

use super::notice::listed;
use super::paperless;
use super::question::{Answer, Question, said};
use super::state::{Kiosk, Sheet as Over};
use crate::icons;
use crate::words::fill;

/// Goes on to pay, after the question if there is one.
pub fn go_on(kiosk: Kiosk) {
    match untrack(|| kiosk.order.hold()).is_some_and(|hold| better(&hold).is_some()) {
        true => kiosk.sheet.set(Some(Over::LeftAlone)),
        false => paperless::go_on(kiosk),
    }
}

/// What is left alone, if another choice would really be better.
fn better(hold: &Hold) -> Option<&Warning> {
    let has_better = |warning: &&Warning| !warning.instead.is_empty();
    hold.warnings.iter().find(has_better)
}

/// The question, while there is something better.
pub fn question(kiosk: Kiosk) -> Option<Question> {
    let hold = kiosk.order.hold()?;
    let Warning { seats, instead, .. } = better(&hold)?.clone();
    let better = StoredValue::new(instead);
    let text = Signal::derive(move || {
        let showtime = kiosk.order.showtime.get();
        let room = showtime.as_ref().map(|showtime| &showtime.layout);
        let instead = better.with_value(|instead| listed(instead, room));
        let values = [("seats", &*listed(&seats, room)), ("instead", &*instead)];
        fill(kiosk.language.get().kiosk().left_alone_text, &values)
    });
    let take = Callback::new(move |()| better.with_value(|instead| kiosk.order.move_to(instead)));
    let keep = Callback::new(move |()| paperless::go_on(kiosk));
    Some(Question {
        testid: "left-alone",
        title: said(kiosk, |words| words.left_alone_title),
        text,
        other: (
            icons::CREDIT_CARD,
            Answer::new(kiosk, ("keep-mine", |words| words.keep_mine), keep),
        ),
        next: Answer::new(kiosk, ("take-instead", |words| words.take_instead), take),
        goes_on_by_other: false,
    })
}
