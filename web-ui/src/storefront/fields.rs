//! Stripe's fields for a card (<https://docs.stripe.com/js>): its script draws them where this page says, asks for the number by itself, and gives a
//! name for the card, which is all that goes to the hub.

use std::time::Duration;

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};

use super::place::Fields;
use super::words::{Words, said};
use crate::clock;
use crate::icons;
use crate::parts::TextButton;
use crate::words::{Language, spoken};

/// A text of the fields.
type Pick = fn(&'static Words) -> &'static str;

/// How long the script may take, and the fields that it draws: a slow line has them within seconds, and a guest who waits for longer should be told.
const LOADED_WITHIN: Duration = Duration::from_secs(20);

/// How long the provider may take to give a card a name, which asks no bank.
const NAMED_WITHIN: Duration = Duration::from_secs(30);

/// The name under which the script makes itself known.
const STRIPE: &str = "Stripe";

/// Where the fields stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Loading,
    /// They did not come.
    Failed,
    /// They came, and whoever is behind them did not answer.
    Silent,
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
        on_cleanup(move || hosted.clear());
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

    /// The name that the provider gives the card. Nothing, if it takes what was typed for none or does not answer, which is said, or if these
    /// fields are gone meanwhile: what comes late is nobody's card.
    pub async fn card(self) -> Option<String> {
        let drawn = self.drawn.try_get_value().flatten()?;
        self.wrong.set(None);
        self.state.set(State::Asking);
        let (state, card, wrong) = match named(&drawn).await {
            Ok(Named::Card(card)) => (State::Ready, Some(card), None),
            Ok(Named::Wrong(why)) => {
                let usual = self.language.get_untracked().online().fields_incomplete;
                let words = why.unwrap_or_else(|| usual.to_owned());
                (State::Ready, None, Some(words))
            }
            Err(_) => {
                self.clear();
                (State::Silent, None, None)
            }
        };
        let is_gone = self.state.try_set(state).is_some();
        let _ = self.wrong.try_set(wrong);
        card.filter(|_| !is_gone)
    }

    /// Takes away what was drawn.
    fn clear(self) {
        let drawn = self.drawn.try_update_value(Option::take);
        if let Some(drawn) = drawn.flatten() {
            // It is gone with the page's part in any case.
            let _ = call(&drawn.element, "destroy", &[]);
        }
    }

    fn load(self) {
        self.clear();
        self.state.set(State::Loading);
        let fields = self.fields.get_value();
        let language = self.language.get_untracked().tag();
        spawn_local(async move {
            let drawn = match loaded(&fields.script).await {
                Ok(()) => self.draw(&fields.key, language).await,
                Err(why) => Err(why),
            };
            let state = match drawn {
                Ok(()) => State::Ready,
                Err(_) => {
                    self.clear();
                    State::Failed
                }
            };
            let _ = self.state.try_set(state);
        });
    }

    /// Has the script draw the fields, and waits until they are there.
    async fn draw(self, key: &str, language: &str) -> Result<(), JsValue> {
        let place = self.place.try_get_untracked().flatten();
        let place = place.ok_or(JsValue::UNDEFINED)?;
        let drawn = made(key, language, &place)?;
        let element = drawn.element.clone();
        // Nobody may be left to see them.
        let _ = self.drawn.try_set_value(Some(drawn));
        let ready = Promise::new(&mut |done, failed| {
            // Without them the wait ends by its time.
            let _ = call(&element, "on", &["ready".into(), done.into()]);
            let _ = call(&element, "on", &["loaderror".into(), failed.into()]);
        });
        call(&element, "mount", std::slice::from_ref(&place))?;
        within(LOADED_WITHIN, ready).await.map(drop)
    }
}

/// The fields, or why there are none and the way on.
#[component]
pub fn CardFields(hosted: Hosted) -> impl IntoView {
    let failed = move |why: Pick| {
        view! {
            <p class="told" role="alert" data-testid="fields-failed">{said(why)}</p>
            <TextButton icon=icons::CREDIT_CARD words=said(|words| words.fields_again) testid="fields-again" on_touch=move || hosted.load()/>
        }
        .into_any()
    };
    let failed = move || {
        let why: Pick = match hosted.state.get() {
            State::Failed => |words| words.fields_failed,
            State::Silent => |words| words.fields_silent,
            State::Loading | State::Ready | State::Asking => return None,
        };
        Some(failed(why))
    };
    let loading = move || {
        let is_loading = hosted.state.get() == State::Loading;
        is_loading.then(|| view! { <p role="status" data-testid="fields-loading">{said(|words| words.fields_loading)}</p> })
    };
    let wrong = move || {
        let words = hosted.wrong.get()?;
        Some(view! { <p class="told" role="alert" data-testid="card-wrong">{words}</p> })
    };
    let is_away = move || matches!(hosted.state.get(), State::Failed | State::Silent);
    view! {
        <div class="card-fields" role="group" aria-label=said(|words| words.card_fields)>
            {failed}
            // It has its size before the fields are there.
            <div class="card-box" class:away=is_away>
                <div data-testid="card-fields" node_ref=hosted.place></div>
                {loading}
            </div>
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
    let root = page.document_element().ok_or(JsValue::UNDEFINED)?;
    root.append_child(&element)?;
    match within(LOADED_WITHIN, heard).await {
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

/// What comes of a promise in this time; what comes later counts for nothing.
async fn within(time: Duration, promise: Promise) -> Result<JsValue, JsValue> {
    let over = future_to_promise(async move {
        clock::sleep(time).await;
        Err(JsValue::UNDEFINED)
    });
    JsFuture::from(Promise::race(&Array::of2(&promise, &over))).await
}

/// Has the script make the fields that are to be drawn in this place.
fn made(key: &str, language: &str, place: &JsValue) -> Result<Drawn, JsValue> {
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

/// What the provider says of a card that was typed.
enum Named {
    /// What it calls the card.
    Card(String),
    /// It is none; why, in its words, if it says so.
    Wrong(Option<String>),
}

/// What the provider says of the card that was typed; an error, if it says nothing.
async fn named(drawn: &Drawn) -> Result<Named, JsValue> {
    let card = object(&[("type", "card".into()), ("card", drawn.element.clone())])?;
    let asked = call(&drawn.stripe, "createPaymentMethod", &[card.into()])?;
    let answer = within(NAMED_WITHIN, asked.dyn_into()?).await?;
    let text = |path: &[&str]| {
        let mut found = answer.clone();
        for name in path {
            found = Reflect::get(&found, &(*name).into()).ok()?;
        }
        found.as_string()
    };
    Ok(match text(&["paymentMethod", "id"]) {
        Some(card) => Named::Card(card),
        None => Named::Wrong(text(&["error", "message"])),
    })
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
