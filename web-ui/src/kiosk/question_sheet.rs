//! Which question is over the screen.

use leptos::prelude::*;

use super::question::Asked;
use super::state::{Kiosk, Sheet as Over};
use super::{companion, leave_sheet, left_alone, paperless};

/// The question that is asked, if one is.
#[component]
pub fn QuestionSheet() -> impl IntoView {
    let kiosk = Kiosk::here();
    let over = Memo::new(move |_| kiosk.sheet.get());
    move || {
        let question = match over.get()? {
            Over::Leaving(event, loss) => leave_sheet::question(kiosk, event, loss),
            Over::LeftAlone => untrack(|| left_alone::question(kiosk))?,
            Over::Paperless => paperless::question(kiosk),
            Over::Companion(wheelchair) => companion::question(kiosk, wheelchair),
            Over::Languages | Over::Help | Over::Kinds(_) => return None,
        };
        Some(view! { <Asked question/> })
    }
}
