//! A question over the screen with two answers: one that does something, and a harmless one, which the keyboard is on.

use leptos::prelude::*;

use super::state::Kiosk;
use super::words::Words;
use crate::icons;
use crate::parts::{Sheet, TextButton};

/// A question.
#[derive(Clone)]
pub struct Question {
    /// The name for tests.
    pub testid: &'static str,
    /// The heading.
    pub title: Signal<String>,
    /// What it is about.
    pub text: Signal<String>,
    /// What does something, with its icon.
    pub other: (&'static str, Answer),
    /// What does no harm.
    pub next: Answer,
    /// Whether the guest goes on by what does something, which then has the accent. The keyboard is on what does no harm either way.
    pub goes_on_by_other: bool,
}

/// An answer.
#[derive(Clone)]
pub struct Answer {
    /// Its words.
    pub words: Signal<String>,
    /// The name for tests.
    pub testid: &'static str,
    /// What it does, once the question is gone.
    pub then: Callback<()>,
}

impl Answer {
    /// An answer in the words that `pick` picks.
    pub fn new(
        kiosk: Kiosk,
        (testid, pick): (&'static str, fn(&Words) -> &'static str),
        then: Callback<()>,
    ) -> Self {
        Self {
            words: said(kiosk, pick),
            testid,
            then,
        }
    }
}

/// Words that follow the language.
pub fn said(kiosk: Kiosk, pick: fn(&Words) -> &'static str) -> Signal<String> {
    Signal::derive(move || pick(kiosk.language.get().kiosk()).to_owned())
}

/// Does nothing: the question is gone, and all is as it was.
pub fn nothing() -> Callback<()> {
    Callback::new(|()| ())
}

/// The question on its sheet.
#[component]
pub fn Asked(
    /// What is asked.
    question: Question,
) -> impl IntoView {
    let kiosk = Kiosk::here();
    let leave = move || kiosk.sheet.set(None);
    let answer = move |then: Callback<()>| {
        move || {
            // What it does may ask the next question.
            leave();
            then.run(());
        }
    };
    let Question {
        testid,
        title,
        text,
        other: (icon, other),
        next,
        goes_on_by_other,
    } = question;
    let (of_other, of_next, harmless) = match goes_on_by_other {
        true => ("next", "calm", icons::ARROW_LEFT),
        false => ("calm", "next", icons::CHECK),
    };
    view! {
        <Sheet title testid on_leave=leave>
            <p>{text}</p>
            <div class="side-by-side">
                <TextButton class=of_other icon words=other.words testid=other.testid on_touch=answer(other.then)/>
                <TextButton class=of_next icon=harmless words=next.words testid=next.testid is_first=true on_touch=answer(next.then)/>
            </div>
        </Sheet>
    }
}
