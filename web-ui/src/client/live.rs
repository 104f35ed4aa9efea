//! Server-sent events. The browser reconnects by itself, except after an answer other than 200, when it stops for good:
//! then whoever listens has to begin anew.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// What to do with the text of an event.
pub type Hear = Box<dyn Fn(String)>;

/// A stream of events that ends when it is dropped.
pub struct Live {
    source: EventSource,
    _listeners: Vec<Closure<dyn FnMut(MessageEvent)>>,
    _lost: Closure<dyn FnMut()>,
}

impl Live {
    /// Listens at an address: each name with what to do with the text of an event of that name. `on_lost` is told at every
    /// interruption whether it is for good.
    pub fn listen<const N: usize>(
        address: &str,
        names: [(&'static str, Hear); N],
        on_lost: impl Fn(bool) + 'static,
    ) -> Option<Self> {
        let source = EventSource::new(address).ok()?;
        let listeners = names
            .into_iter()
            .map(|(name, hear)| {
                let listener = Closure::new(move |event: MessageEvent| {
                    hear(event.data().as_string().unwrap_or_default());
                });
                // Only fails for a listener that is not a function.
                let _ = source
                    .add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
                listener
            })
            .collect();
        let stopped = source.clone();
        let lost = Closure::new(move || on_lost(stopped.ready_state() == EventSource::CLOSED));
        source.set_onerror(Some(lost.as_ref().unchecked_ref()));
        Some(Self {
            source,
            _listeners: listeners,
            _lost: lost,
        })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.source.set_onerror(None);
        self.source.close();
    }
}
