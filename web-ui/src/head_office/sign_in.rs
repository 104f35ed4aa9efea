//! The page before the page: name and password, or a new password by a one-time link.

use hub_api::SignedIn;
use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::access::Access;
use super::words::say;
use crate::client::{Trouble, hub};
use crate::focus::focus_once;
use crate::icons::{self, Icon};
use crate::parts::TextButton;
use crate::words::{Language, fill, spoken};

/// Name and password.
#[component]
pub(super) fn SignIn(
    access: Access,
    /// Whether nobody has chosen a password yet.
    nobody_yet: bool,
) -> impl IntoView {
    let (name, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let first = NodeRef::<Input>::new();
    focus_once(first);
    let form = Form::new(access, password);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (operator, password) = (name.get_untracked(), password.get_untracked());
        form.send(hub::sign_in(operator, password));
    };
    let (title, name_label) = (
        say(|words| words.sign_in_title),
        say(|words| words.operator),
    );
    let text = say(match nobody_yet {
        true => |words| words.nobody_yet,
        false => |words| words.sign_in_text,
    });
    view! {
        <form class="sign-in" data-testid="sign-in" on:submit=submit>
            <Icon of=icons::LOCK/>
            <h1>{title}</h1>
            <p class="quiet">{text}</p>
            <label>{name_label}
                <input type="text" node_ref=first required maxlength="60" autocomplete="username" autocapitalize="none" spellcheck="false"
                    data-testid="operator" prop:value=name on:input=move |event| name.set(event_target_value(&event))/>
            </label>
            <PasswordField password autocomplete="current-password"/>
            <Foot form words=Signal::derive(say(|words| words.sign_in))/>
        </form>
    }
}

/// A new password.
#[component]
pub(super) fn ChoosePassword(access: Access, link: String) -> impl IntoView {
    let password = RwSignal::new(String::new());
    let form = Form::new(access, password);
    let operator = RwSignal::new(String::new());
    let asked = link.clone();
    spawn_local(async move {
        match hub::whose_link(asked).await {
            Ok(found) => operator.set(found.operator),
            Err(trouble) => form.trouble.set(Some(trouble)),
        }
    });
    let language = spoken();
    let whose = move || {
        let operator = operator.get();
        let words = language.get().head_office().choose_for;
        (!operator.is_empty()).then(|| fill(words, &[("operator", &operator)]))
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.send(hub::choose_password(link.clone(), password.get_untracked()));
    };
    let (title, text, sign_in) = (
        say(|words| words.choose_title),
        say(|words| words.choose_text),
        say(|words| words.sign_in),
    );
    view! {
        <form class="sign-in" data-testid="choose-password" on:submit=submit>
            <Icon of=icons::LOCK/>
            <h1>{title}</h1>
            <p data-testid="whose-link">{whose}</p>
            <p class="quiet">{text}</p>
            <PasswordField password autocomplete="new-password"/>
            <Foot form words=Signal::derive(say(|words| words.choose))/>
            <Show when=move || form.is_refused("wrong_link")>
                <TextButton words=sign_in testid="without-link" on_touch=move || access.without_link()/>
            </Show>
        </form>
    }
}

#[component]
fn PasswordField(password: RwSignal<String>, autocomplete: &'static str) -> impl IntoView {
    let is_shown = RwSignal::new(false);
    let field = NodeRef::<Input>::new();
    if autocomplete == "new-password" {
        focus_once(field);
    }
    let (label, show) = (
        say(|words| words.password),
        say(|words| words.show_password),
    );
    let kind = move || if is_shown.get() { "text" } else { "password" };
    view! {
        <label>{label}
            <input type=kind node_ref=field required maxlength="200" autocomplete=autocomplete spellcheck="false" data-testid="password"
                prop:value=password on:input=move |event| password.set(event_target_value(&event))/>
        </label>
        <label class="show-password">
            <input type="checkbox" data-testid="show-password" prop:checked=is_shown on:change=move |event| is_shown.set(event_target_checked(&event))/>
            <span>{show}</span>
        </label>
    }
}

/// What went wrong, and the button.
#[component]
fn Foot(form: Form, words: Signal<&'static str>) -> impl IntoView {
    let language = spoken();
    let problem = move || {
        form.trouble
            .with(|trouble| trouble.as_ref().map(|it| text(it, language.get())))
    };
    view! {
        <p class="form-problem" role="alert" data-testid="sign-in-problem">{problem}</p>
        <button type="submit" class="button next" disabled=form.is_asking data-testid="send"><span>{words}</span></button>
    }
}

/// A form on its way to the hub. Cheap to copy.
#[derive(Clone, Copy)]
struct Form {
    access: Access,
    password: RwSignal<String>,
    trouble: RwSignal<Option<Trouble>>,
    is_asking: RwSignal<bool>,
}

impl Form {
    fn new(access: Access, password: RwSignal<String>) -> Self {
        Self {
            access,
            password,
            trouble: RwSignal::new(None),
            is_asking: RwSignal::new(false),
        }
    }

    /// Whether the hub has refused with this code.
    fn is_refused(self, code: &str) -> bool {
        self.trouble
            .with(|trouble| trouble.as_ref().and_then(Trouble::code) == Some(code))
    }

    fn send(self, asked: impl Future<Output = Result<SignedIn, Trouble>> + 'static) {
        if self.is_asking.get_untracked() {
            return;
        }
        self.is_asking.set(true);
        self.trouble.set(None);
        spawn_local(async move {
            let answer = asked.await;
            self.is_asking.set(false);
            match answer {
                Ok(signed_in) => {
                    self.password.set(String::new());
                    self.access.let_in(signed_in.operator);
                }
                Err(trouble) => self.trouble.set(Some(trouble)),
            }
        });
    }
}

fn text(trouble: &Trouble, language: Language) -> String {
    let words = language.head_office();
    let Trouble::Refused(problem) = trouble else {
        return words.unreachable.to_owned();
    };
    let text = match problem.code.as_str() {
        "wrong_password" => words.wrong_password,
        "wrong_link" => words.wrong_link,
        "password_length" => words.password_length,
        "too_many_tries" | "too_many_requests" => words.too_many_tries,
        _ => words.did_not_work,
    };
    fill(text, &[("request", &problem.request_id)])
}
