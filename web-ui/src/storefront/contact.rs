//! Where the tickets go: the guest's e-mail address, asked for before the card, where the hub writes mails.

use leptos::html::Input;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, Storage};

use super::words::said;

/// The address, and what is wrong with it.
#[derive(Clone, Copy)]
pub struct Contact {
    /// As it was typed.
    pub email: RwSignal<String>,
    /// It was tried, and it is no address.
    pub is_wrong: RwSignal<bool>,
    field: NodeRef<Input>,
}

impl Contact {
    /// As this tab has it from before, if a guest comes back from their bank.
    pub fn new() -> Self {
        let kept = tab().and_then(|tab| tab.get_item(KEPT).ok().flatten());
        Self {
            email: RwSignal::new(kept.unwrap_or_default()),
            is_wrong: RwSignal::new(false),
            field: NodeRef::new(),
        }
    }

    /// The hub has taken it: this tab keeps it.
    pub fn keep(self, email: &str) {
        if let Some(tab) = tab() {
            let _ = tab.set_item(KEPT, email);
        }
    }

    /// The tickets are there: whoever sits here next is somebody else.
    pub fn forget() {
        if let Some(tab) = tab() {
            let _ = tab.remove_item(KEPT);
        }
    }

    /// Says that it is no address, and goes there.
    pub fn refuse(self) {
        self.is_wrong.set(true);
        if let Some(field) = self.field.get_untracked() {
            // Only fails where it cannot be seen.
            let _ = field.focus();
        }
    }
}

/// Under what a tab keeps it.
const KEPT: &str = "foyer-email";

/// What a tab keeps, as long as it is open.
fn tab() -> Option<Storage> {
    window().session_storage().ok()?
}

/// The field for it.
#[component]
pub fn ContactField(
    /// What is typed, and what is wrong with it.
    contact: Contact,
    /// What a guest wants who presses Enter.
    on_enter: Callback<()>,
) -> impl IntoView {
    let Contact {
        email,
        is_wrong,
        field,
    } = contact;
    let typed = move |event| {
        email.set(event_target_value(&event));
        is_wrong.set(false);
    };
    let pressed = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            on_enter.run(());
        }
    };
    let help = move || match is_wrong.get() {
        true => said(|words| words.email_wrong),
        false => said(|words| words.email_help),
    };
    view! {
        <div class="contact" class:wrong=is_wrong>
            <label for="email">{said(|words| words.email)}</label>
            <input id="email" type="email" node_ref=field required maxlength="254" autocomplete="email" inputmode="email" autocapitalize="none"
                spellcheck="false" aria-describedby="email-help" aria-invalid=move || is_wrong.get().to_string() data-testid="email"
                prop:value=email on:input=typed on:keydown=pressed/>
            <p id="email-help" role=move || is_wrong.get().then_some("alert") data-testid="email-help">{move || help().get()}</p>
        </div>
    }
}
