//! A question over the screen with two answers: one that does something, and a harmless one, which the keyboard is on.

use leptos::prelude::*;

use super::{Sheet, TextButton};
use crate::icons;

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
    /// The name for tests.
    pub testid: &'static str,
    /// Its words.
    pub words: Signal<String>,
    /// What it does, once the question is gone.
    pub then: Callback<()>,
}

impl Answer {
    /// Does nothing: the question is gone, and all is as it was.
    pub fn harmless(testid: &'static str, words: Signal<String>) -> Self {
        let then = Callback::new(|()| ());
        Self {
            testid,
            words,
            then,
        }
    }
}

/// The question on its sheet.
#[component]
pub fn Asked(
    /// What is asked.
    question: Question,
    /// Takes the question away.
    on_leave: Callback<()>,
) -> impl IntoView {
    let leave = move || on_leave.run(());
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
