//! A guest's session: who buys, without an account. The browser keeps its cookie.

use std::time::Duration;

use box_office::CinemaId;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::work;
use crate::client::{Counter, Trouble, hub};
use crate::clock;

/// Between two tries to reach the hub.
const PAUSE: Duration = Duration::from_secs(2);

/// Where the session stands.
#[derive(Debug, Clone, Copy)]
pub enum Session {
    /// The hub has not answered.
    Beginning,
    /// The hub refuses, for now.
    Refused,
    /// Begun, or gone on with: the counter knows who buys.
    Begun(Counter),
}

impl Session {
    /// Begins one with the hub, for as long as it takes.
    pub fn begin(cinema: CinemaId) -> RwSignal<Self> {
        let session = RwSignal::new(Self::Beginning);
        spawn_local(async move {
            loop {
                match hub::begin_session().await {
                    Ok(guest) => {
                        let counter = Counter::of_cinema(&cinema, guest, work::done);
                        return session.set(Self::Begun(counter));
                    }
                    Err(Trouble::Refused(_)) => session.set(Self::Refused),
                    Err(Trouble::Unreachable) => {}
                }
                clock::sleep(PAUSE).await;
            }
        });
        session
    }
}
