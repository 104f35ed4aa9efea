//! What stands over the seats: the ticket kinds of one of them, or a question.

use leptos::prelude::*;

use super::kind_sheet::Kinds;
use super::{Buying, Sheet, companion, left_alone};
use crate::parts::{Asked, Question};

/// The sheet that is over the seats; `on_pay` goes on to pay.
pub fn sheet_over_seats(buying: Buying, over: Sheet, on_pay: Callback<()>) -> Option<AnyView> {
    let question = match over {
        Sheet::Kinds(seat) => return Some(view! { <Kinds seat/> }.into_any()),
        Sheet::LeftAlone => untrack(|| left_alone::question(buying, on_pay))?,
        Sheet::Companion(wheelchair) => companion::question(buying, wheelchair),
    };
    Some(asked(question, buying.sheet))
}

/// A question on its sheet, which is taken away from where it was put.
pub fn asked<T: Send + Sync + 'static>(question: Question, over: RwSignal<Option<T>>) -> AnyView {
    let on_leave = Callback::new(move |()| over.set(None));
    view! { <Asked question on_leave/> }.into_any()
}
