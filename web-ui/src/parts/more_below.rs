//! A list that says how much of it is out of sight below: one that is cut must not look whole.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};

use crate::icons::{self, Icon};
use crate::words::{counted, spoken};

/// A list that scrolls, and below it a button with the number of its parts that are out of sight.
#[component]
pub fn LongList(
    /// The class of what scrolls.
    class: &'static str,
    /// The class of a part.
    part: &'static str,
    /// So many more, in the forms of [`counted`].
    more: Signal<&'static str>,
    /// The parts.
    children: Children,
) -> impl IntoView {
    let (outer, inner) = (NodeRef::<Div>::new(), NodeRef::<Div>::new());
    let below = RwSignal::new(0);
    let measure = move || {
        if let Some(outer) = outer.get_untracked() {
            below.set(parts_below(&outer, part));
        }
    };
    let observer = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    Effect::new(move |_| {
        let (Some(outer), Some(inner)) = (outer.get(), inner.get()) else {
            return;
        };
        let on_resize = Closure::new(measure);
        if let Ok(watching) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
            watching.observe(&outer);
            watching.observe(&inner);
            observer.set_value(Some((watching, on_resize)));
        }
    });
    on_cleanup(move || {
        observer.try_update_value(|observer| {
            if let Some((watching, _)) = observer {
                watching.disconnect();
            }
        });
    });
    let go_on = move |_| {
        if let Some(outer) = outer.get_untracked() {
            // The last part that is seen stays in sight.
            let page = outer.client_height() * 3 / 4;
            outer.set_scroll_top(outer.scroll_top() + page);
        }
    };
    let language = spoken();
    let words = move || counted(language.get(), more.get(), below.get());
    view! {
        <div class=class node_ref=outer on:scroll=move |_| measure()>
            <div node_ref=inner>{children()}</div>
        </div>
        <Show when=move || { below.get() > 0 }>
            <button type="button" class="more-below" data-testid="more-below" on:click=go_on>
                <Icon of=icons::CHEVRON_DOWN/>{words}
            </button>
        </Show>
    }
}

/// How many parts go on below the lower edge of what is seen of the list.
fn parts_below(list: &Element, part: &str) -> u64 {
    let edge = list.get_bounding_client_rect().bottom().ceil();
    let parts = list.get_elements_by_class_name(part);
    let is_below = |part: &Element| part.get_bounding_client_rect().bottom().floor() > edge;
    let below = (0..parts.length()).filter_map(|index| parts.item(index));
    below.filter(is_below).map(|_| 1).sum()
}
