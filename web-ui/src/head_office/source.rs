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
const ADDRESS: &str = "/api/v1/head-office/cinemas/events";

/// The hub's view. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Source {
    /// What came last.
    pub(super) view: RwSignal<Option<HeadOffice>>,
    /// Whether more can come.
    pub(super) is_live: RwSignal<bool>,
    access: Access,
    stream: StoredValue<Option<Live>, LocalStorage>,
}

impl Source {
    /// Listens for as long as somebody is signed in.
    pub(super) fn start(access: Access) -> Self {
        let source = Self {
            view: RwSignal::new(None),
            is_live: RwSignal::new(false),
            access,
            stream: StoredValue::new_local(None),
        };
        source.listen();
        source
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

    fn listen(self) {
        let on_view = Box::new(move |text: String| match serde_json::from_str(&text) {
            Ok(view) => {
                self.view.set(Some(view));
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
