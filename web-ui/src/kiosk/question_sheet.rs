//! What is over the screen beside languages and help: what belongs to the seats, or a question.

use leptos::prelude::*;

use super::state::{Kiosk, Sheet as Over};
use super::{leave_sheet, paperless};
use crate::buying::{asked, sheet_over_seats};

/// The sheet, if there is one.
#[component]
pub fn QuestionSheet() -> impl IntoView {
    let kiosk = Kiosk::here();
    let on_pay = Callback::new(move |()| paperless::go_on(kiosk));
    let own = Memo::new(move |_| kiosk.sheet.get());
    let of_seats = Memo::new(move |_| kiosk.buying.sheet.get());
    move || {
        let question = match own.get() {
            None => return sheet_over_seats(kiosk.buying, of_seats.get()?, on_pay),
            Some(Over::Leaving(event, loss)) => leave_sheet::question(kiosk, event, loss),
            Some(Over::Paperless) => paperless::question(kiosk),
            Some(Over::Languages | Over::Help) => return None,
        };
        Some(asked(question, kiosk.sheet))
    }
}
