//! Asks before a guest loses chosen seats, or the codes that are the only tickets.

use leptos::prelude::*;

use super::flow::{Event, Loss};
use super::state::Kiosk;
use super::words::{Words, said};
use crate::icons;
use crate::parts::{Answer, Question};

/// The question before something is lost.
pub fn question(kiosk: Kiosk, event: Event, loss: Loss) -> Question {
    type Pick = fn(&'static Words) -> &'static str;
    let pick = |of_seats: Pick, of_codes: Pick| match loss {
        Loss::Seats => of_seats,
        Loss::Codes => of_codes,
    };
    let go = pick(|words| words.give_seats_back, |words| words.close_codes);
    let stay = pick(|words| words.keep_seats, |words| words.keep_codes);
    let title = pick(|words| words.leave_seats, |words| words.leave_codes);
    let text = pick(
        |words| words.leave_seats_text,
        |words| words.leave_codes_text,
    );
    let leave = Callback::new(move |()| kiosk.happen(event.clone()));
    Question {
        testid: "leave-sheet",
        title: said(title),
        text: said(text),
        other: (
            icons::ROTATE_CCW,
            Answer {
                testid: "leave",
                words: said(go),
                then: leave,
            },
        ),
        next: Answer::harmless("stay", said(stay)),
        goes_on_by_other: false,
    }
}
