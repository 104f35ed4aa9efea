//! A sheet over the screen. The browser's own modal dialog keeps the keyboard inside and hides the rest from screen readers; when it goes,
//! the keyboard is where the sheet was opened. A program has it once, whatever stands on it.

use std::rc::Rc;

use leptos::html::Dialog;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::focus::Place;

/// A sheet that is there as long as it is shown.
#[component]
pub fn Sheet(
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// The id of what on it explains the heading.
    #[prop(optional)]
    described_by: Option<&'static str>,
    /// The name for tests.
    testid: &'static str,
    /// Escape was pressed, or the room beside the sheet was touched.
    on_leave: impl Fn() + 'static,
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    sheet((title, described_by, testid), Rc::new(on_leave), children)
}

fn sheet(
    (title, described_by, testid): (Signal<String>, Option<&'static str>, &'static str),
    on_leave: Rc<dyn Fn()>,
    children: Children,
) -> impl IntoView {
    let on_escape = Rc::clone(&on_leave);
    let dialog = NodeRef::<Dialog>::new();
    let opener = StoredValue::new_local(Place::here());
    on_cleanup(move || {
        if let Some(opener) = opener.try_get_value() {
            // As long as the dialog stands, nothing beside it takes the keyboard.
            spawn_local(async move { opener.go_back() });
        }
    });
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            // Fails only for a dialog that is open already.
            let _ = dialog.show_modal();
        }
    });
    let on_click = move |event: web_sys::MouseEvent| {
        let target = event.target();
        let is_beside = dialog.get_untracked().is_some_and(|dialog| {
            target == Some(web_sys::EventTarget::from(web_sys::Element::from(dialog)))
        });
        if is_beside {
            on_leave();
        }
    };
    view! {
        <dialog
            class="sheet"
            node_ref=dialog
            aria-label=title
            aria-describedby=described_by
            data-testid=testid
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                on_escape();
            }
            on:click=on_click
        >
            <div class="sheet-inside">
                <h2>{title}</h2>
                {children()}
            </div>
        </dialog>
    }
}
