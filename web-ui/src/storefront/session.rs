//! A guest's session: who buys, without an account. The browser keeps its cookie. On a page that sells nothing nobody is given one: what a guest has
//! under way there is found by the one that they have.

use std::time::Duration;

use counter_api::Hold;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::place::Place;
use super::work;
use crate::client::{Counter, Trouble, hub};
use crate::clock;

/// Between two tries to reach the hub.
const PAUSE: Duration = Duration::from_secs(2);

/// Where the session stands.
#[derive(Debug, Clone)]
pub enum Session {
    /// The hub has not answered.
    Beginning,
    /// The hub refuses, for now.
    Refused,
    /// The browser keeps no cookie.
    NoCookie,
    /// There is none, and none is needed.
    None,
    /// Begun, or gone on with: the counter knows who buys, and what of theirs is under way.
    Begun(Counter, Vec<Hold>),
}

impl Session {
    /// Begins one with the hub, for as long as it takes.
    pub fn begin(place: Place) -> RwSignal<Self> {
        let session = RwSignal::new(Self::Beginning);
        spawn_local(async move {
            loop {
                match ask(&place).await {
                    Ok(found) => return session.set(found),
                    Err(Trouble::Refused(_)) => session.set(Self::Refused),
                    Err(Trouble::Unreachable) => {}
                }
                clock::sleep(PAUSE).await;
            }
        });
        session
    }
}

async fn ask(place: &Place) -> Result<Session, Trouble> {
    if !place.sells {
        match Counter::of_cinema(&place.cinema).under_way().await {
            Err(trouble) if trouble.is_outside() => return Ok(Session::None),
            Err(trouble) => return Err(trouble),
            Ok(_) => {}
        }
    }
    let guest = hub::begin_session().await?;
    let counter = Counter::of_cinema(&place.cinema).for_guest(guest, work::done);
    match counter.under_way().await {
        Ok(under_way) => Ok(Session::Begun(counter, under_way.holds)),
        Err(trouble) if trouble.is_outside() => Ok(Session::NoCookie),
        Err(trouble) => Err(trouble),
    }
}
