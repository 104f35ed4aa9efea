//! Stripe's fields for a card (<https://docs.stripe.com/js>): its script draws them where this page says, asks for the number by itself, and gives a
//! name for the card, which is all that goes to the hub.

use std::time::Duration;

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};

use super::place::Fields;
use super::words::said;
use crate::clock;
use crate::icons;
use crate::parts::TextButton;
use crate::words::{Language, spoken};

/// How long the script may take: a slow line has it within seconds, and a guest who waits for longer should be told.
const LOADED_WITHIN: Duration = Duration::from_secs(20);

/// The name under which the script makes itself known.
const STRIPE: &str = "Stripe";

/// Where the fields stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Loading,
    Failed,
    Ready,
    /// A name for the card is being asked for.
    Asking,
}

/// The fields. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Hosted {
    fields: StoredValue<Fields>,
    language: RwSignal<Language>,
    state: RwSignal<State>,
    /// What is wrong with what was typed.
    wrong: RwSignal<Option<String>>,
    place: NodeRef<Div>,
    drawn: StoredValue<Option<Drawn>, LocalStorage>,
}

/// What the script has made.
#[derive(Clone)]
struct Drawn {
    stripe: JsValue,
    element: JsValue,
}

impl Hosted {
    /// Begins to load them; they are drawn once their place is there.
    pub fn begin(fields: Fields) -> Self {
        let hosted = Self {
            fields: StoredValue::new(fields),
            language: spoken(),
            state: RwSignal::new(State::Loading),
            wrong: RwSignal::new(None),
            place: NodeRef::new(),
            drawn: StoredValue::new_local(None),
        };
        Effect::new(move |_| {
            if hosted.place.get().is_some() {
                hosted.load();
            }
        });
        on_cleanup(move || {
            let drawn = hosted.drawn.try_update_value(Option::take);
            if let Some(drawn) = drawn.flatten() {
                // It is gone with the page's part in any case.
                let _ = call(&drawn.element, "destroy", &[]);
            }
        });
        hosted
    }

    /// Whether a card can be asked for.
    pub fn is_ready(self) -> bool {
        matches!(self.state.get(), State::Ready | State::Asking)
    }

    /// Whether a name for the card is being asked for.
    pub fn is_asking(self) -> bool {
        self.state.get() == State::Asking
    }

    /// The name that the provider gives the card; nothing, if it takes what was typed for none, which is said.
    pub async fn card(self) -> Option<String> {
        let drawn = self.drawn.try_get_value().flatten()?;
        self.wrong.set(None);
        self.state.set(State::Asking);
        let named = named(&drawn).await;
        // The guest may have gone back to the seats meanwhile.
        let _ = self.state.try_set(State::Ready);
        match named {
            Ok(card) => Some(card),
            Err(why) => {
                let usual = self.language.get_untracked().online().fields_incomplete;
                let words = why.unwrap_or_else(|| usual.to_owned());
                let _ = self.wrong.try_set(Some(words));
                None
            }
        }
    }

    fn load(self) {
        self.state.set(State::Loading);
        let fields = self.fields.get_value();
        let language = self.language.get_untracked().tag();
        spawn_local(async move {
            let loaded = loaded(&fields.script).await;
            let drawn = loaded.and_then(|()| {
                let place = self.place.try_get_untracked().flatten();
                let place = place.ok_or(JsValue::UNDEFINED)?;
                drawn(&fields.key, language, &place)
            });
            let state = match drawn {
                Ok(drawn) => {
                    // Nobody is left to see them.
                    let _ = self.drawn.try_set_value(Some(drawn));
                    State::Ready
                }
                Err(_) => State::Failed,
            };
            let _ = self.state.try_set(state);
        });
    }
}

/// The fields, or why there are none and the way on.
#[component]
pub fn CardFields(hosted: Hosted) -> impl IntoView {
    let now = move || {
        match hosted.state.get() {
        State::Loading => Some(
            view! { <p role="status" data-testid="fields-loading">{said(|words| words.fields_loading)}</p> }
                .into_any(),
        ),
        State::Failed => Some(
            view! {
                <p class="told" role="alert" data-testid="fields-failed">{said(|words| words.fields_failed)}</p>
                <TextButton icon=icons::CREDIT_CARD words=said(|words| words.fields_again) testid="fields-again" on_touch=move || hosted.load()/>
            }
            .into_any(),
        ),
        State::Ready | State::Asking => None,
    }
    };
    let wrong = move || {
        let words = hosted.wrong.get()?;
        Some(view! { <p class="told" role="alert" data-testid="card-wrong">{words}</p> })
    };
    let is_there = move || matches!(hosted.state.get(), State::Ready | State::Asking);
    view! {
        <div class="card-fields" role="group" aria-label=said(|words| words.card_fields)>
            {now}
            <div class="card-field" class:drawn=is_there data-testid="card-fields" node_ref=hosted.place></div>
            {wrong}
        </div>
    }
}

/// Has the browser load the script, unless it has.
async fn loaded(script: &str) -> Result<(), JsValue> {
    if has_script() {
        return Ok(());
    }
    let page = document();
    let element = page.create_element("script")?;
    element.set_attribute("src", script)?;
    let heard = Promise::new(&mut |done, failed| {
        // Without them the wait ends by its time.
        let _ = element.add_event_listener_with_callback("load", &done);
        let _ = element.add_event_listener_with_callback("error", &failed);
    });
    let over = future_to_promise(async {
        clock::sleep(LOADED_WITHIN).await;
        Err(JsValue::UNDEFINED)
    });
    let root = page.document_element().ok_or(JsValue::UNDEFINED)?;
    root.append_child(&element)?;
    let first = JsFuture::from(Promise::race(&Array::of2(&heard, &over))).await;
    match first {
        Ok(_) if has_script() => Ok(()),
        Ok(_) => Err(JsValue::UNDEFINED),
        Err(why) => {
            // It is tried again by another.
            element.remove();
            Err(why)
        }
    }
}

fn has_script() -> bool {
    Reflect::has(&window(), &STRIPE.into()).unwrap_or(false)
}

/// Has the script draw the fields in this place.
fn drawn(key: &str, language: &str, place: &JsValue) -> Result<Drawn, JsValue> {
    let locale = object(&[("locale", language.into())])?;
    let stripe = call(&window(), STRIPE, &[key.into(), locale.into()])?;
    let elements = call(&stripe, "elements", &[])?;
    let text = object(&[
        ("color", colour_of(place).into()),
        ("fontSize", "18px".into()),
    ])?;
    let style = object(&[("base", text.into())])?;
    let wishes = object(&[("style", style.into()), ("hidePostalCode", true.into())])?;
    let element = call(&elements, "create", &["card".into(), wishes.into()])?;
    call(&element, "mount", std::slice::from_ref(place))?;
    Ok(Drawn { stripe, element })
}

/// The colour of text in a place: what stands in a frame of somebody else's does not inherit it.
fn colour_of(place: &JsValue) -> String {
    let look = place
        .dyn_ref::<web_sys::Element>()
        .and_then(|place| window().get_computed_style(place).ok().flatten());
    look.and_then(|look| look.get_property_value("color").ok())
        .unwrap_or_default()
}

/// What the provider calls the card that was typed, or what is wrong with it, in words, if it says so.
async fn named(drawn: &Drawn) -> Result<String, Option<String>> {
    let asked = || -> Result<Promise, JsValue> {
        let card = object(&[("type", "card".into()), ("card", drawn.element.clone())])?;
        call(&drawn.stripe, "createPaymentMethod", &[card.into()])?.dyn_into()
    };
    let asked = asked().map_err(|_| None)?;
    let answer = JsFuture::from(asked).await.map_err(|_| None)?;
    let text = |path: &[&str]| {
        let mut found = answer.clone();
        for name in path {
            found = Reflect::get(&found, &(*name).into()).ok()?;
        }
        found.as_string()
    };
    text(&["paymentMethod", "id"]).ok_or_else(|| text(&["error", "message"]))
}

fn call(of: &JsValue, name: &str, with: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(of, &name.into())?.dyn_into()?;
    function.apply(of, &with.iter().collect::<Array>())
}

fn object(fields: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let made = Object::new();
    for (name, value) in fields {
        Reflect::set(&made, &(*name).into(), value)?;
    }
    Ok(made)
}
