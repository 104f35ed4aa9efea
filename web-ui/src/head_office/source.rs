//! The hub's view of all cinemas, as it comes.

use std::time::Duration;

use box_office::CinemaId;
use hub_api::{Cinema, HeadOffice};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::access::Access;
use crate::client::{Live, hub};
use crate::clock;

/// Between two tries to reach the hub.
const PAUSE: Duration = Duration::from_secs(2);
/// After so long without a picture the hub is gone, or stands still: it sends one every ten seconds.
const SILENCE: Duration = Duration::from_secs(25);
/// How often that is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const ADDRESS: &str = "/api/v1/head-office/cinemas/events";

/// The hub's view. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Source {
    /// What came last.
    pub(super) view: RwSignal<Option<HeadOffice>>,
    /// Whether what came last is how things are.
    pub(super) is_live: RwSignal<bool>,
    heard_at: StoredValue<Duration>,
    access: Access,
    stream: StoredValue<Option<Live>, LocalStorage>,
}

impl Source {
    /// Listens for as long as somebody is signed in.
    pub(super) fn start(access: Access) -> Self {
        let source = Self {
            view: RwSignal::new(None),
            is_live: RwSignal::new(false),
            heard_at: StoredValue::new(clock::monotonic()),
            access,
            stream: StoredValue::new_local(None),
        };
        source.listen();
        let look = move || {
            let heard_at = source.heard_at.try_get_value().unwrap_or_default();
            if clock::monotonic().saturating_sub(heard_at) > SILENCE {
                source.is_live.try_set(false);
            }
        };
        if let Ok(looking) = set_interval_with_handle(look, LOOK_EVERY) {
            on_cleanup(move || looking.clear());
        }
        source
    }

    /// What came last, if nothing comes any more.
    pub(super) fn view_before_silence(self) -> Option<HeadOffice> {
        match self.is_live.get() {
            true => None,
            false => self.view.get(),
        }
    }

    /// A cinema as it is now.
    pub(super) fn cinema(self, id: &CinemaId) -> Option<Cinema> {
        self.view.with(|view| {
            view.as_ref()?
                .cinemas
                .iter()
                .find(|cinema| cinema.id == *id)
                .cloned()
        })
    }

    /// What a cinema is called; its id, where it is not known.
    pub(super) fn name_of(self, id: &str) -> String {
        let name = self.view.with(|view| {
            let mut cinemas = view.iter().flat_map(|view| &view.cinemas);
            let cinema = cinemas.find(|cinema| cinema.id.as_str() == id)?;
            Some(cinema.name.clone())
        });
        name.unwrap_or_else(|| id.to_owned())
    }

    fn listen(self) {
        let on_view = Box::new(move |text: String| match serde_json::from_str(&text) {
            Ok(view) => {
                self.view.set(Some(view));
                self.heard_at.set_value(clock::monotonic());
                self.is_live.set(true);
            }
            // The hub is of another version than this page: its next page will fit.
            Err(_) => self.is_live.set(false),
        });
        let stream = Live::listen(ADDRESS, [("cinemas", on_view)], move |is_over| {
            if self.is_live.try_set(false).is_some() {
                // Nobody looks any more.
                return;
            }
            spawn_local(async move {
                // Whoever is not signed in any more sees nothing from here on; whoever is goes on.
                match hub::sessions().await {
                    Err(trouble) if trouble.is_outside() => self.access.ask(),
                    _ if is_over => {
                        clock::sleep(PAUSE).await;
                        self.listen();
                    }
                    _ => {}
                }
            });
        });
        self.stream.set_value(stream);
    }
}
