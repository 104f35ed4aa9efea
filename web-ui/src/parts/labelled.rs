//! Buttons with words. What a touch does is boxed, so that a program has each kind of button once, whatever its buttons do.

use leptos::prelude::*;

use crate::icons::Icon;

/// A button of a bar: a drawing above its words, and how it is set below.
#[component]
pub fn IconButton(
    /// The drawing.
    #[prop(into)]
    icon: Signal<&'static str>,
    /// The words.
    #[prop(into)]
    words: Signal<String>,
    /// How it is set at present.
    #[prop(into, optional)]
    setting: Option<Signal<String>>,
    /// The name for tests.
    testid: &'static str,
    /// Whether it can do nothing.
    #[prop(into, optional)]
    disabled: Signal<bool>,
    /// What a touch does.
    on_touch: impl Fn() + 'static,
) -> impl IntoView {
    icon_button(icon, words, setting, (testid, disabled), Box::new(on_touch))
}

fn icon_button(
    icon: Signal<&'static str>,
    words: Signal<String>,
    setting: Option<Signal<String>>,
    (testid, disabled): (&'static str, Signal<bool>),
    on_touch: Box<dyn Fn()>,
) -> impl IntoView {
    view! {
        <button type="button" class="icon-button" data-testid=testid disabled=disabled on:click=move |_| on_touch()>
            <Icon of=icon/>
            <span class="label">{words}</span>
            {setting.map(|setting| view! { <span class="setting">{setting}</span> })}
        </button>
    }
}

/// A plain button: words, and a drawing before them.
#[component]
pub fn TextButton(
    /// `next` for the one next step of a screen, `calm` for all others.
    #[prop(default = "calm")]
    class: &'static str,
    /// The drawing, if it has one.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// The words.
    #[prop(into)]
    words: Signal<String>,
    /// The name for tests.
    testid: &'static str,
    /// Whether it can do nothing.
    #[prop(into, optional)]
    disabled: Signal<bool>,
    /// Whether the keyboard is on it when its sheet opens: the one that does no harm.
    #[prop(optional)]
    is_first: bool,
    /// What a touch does.
    on_touch: impl Fn() + 'static,
) -> impl IntoView {
    text_button(
        (class, icon, words),
        (testid, disabled, is_first),
        Box::new(on_touch),
    )
}

fn text_button(
    (class, icon, words): (&'static str, Option<&'static str>, Signal<String>),
    (testid, disabled, is_first): (&'static str, Signal<bool>, bool),
    on_touch: Box<dyn Fn()>,
) -> impl IntoView {
    view! {
        <button type="button" class=format!("button {class}") data-testid=testid disabled=disabled autofocus=is_first on:click=move |_| on_touch()>
            {icon.map(|icon| view! { <Icon of=icon/> })}
            <span>{words}</span>
        </button>
    }
}
