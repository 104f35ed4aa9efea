//! A guest's session: who buys, without an account. The browser keeps its cookie. On a page that sells nothing nobody is given one: what a guest has
//! under way there is found by the one that they have.

use std::time::Duration;

use counter_api::Hold;
use futures_util::future::join;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::place::Place;
use super::{proof, work};
use crate::client::{Counter, Trouble, hub};
use crate::clock;

/// Between two tries to reach the hub.
const PAUSE: Duration = Duration::from_secs(2);

/// So many tries reach nothing before that is told.
const PATIENCE: u32 = 3;

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
    /// There is none, and the guest comes back from a payment: another browser has begun it.
    Elsewhere,
    /// Begun, or gone on with: the counter knows who buys, what of theirs is under way, and whether it is their turn to choose.
    Begun(Counter, Vec<Hold>, Option<proof::Answer>),
}

impl Session {
    /// Begins one with the hub, for as long as it takes.
    pub fn begin(place: Place) -> RwSignal<Self> {
        let session = RwSignal::new(Self::Beginning);
        spawn_local(async move {
            // Who only reads is told of nothing that does not concern them.
            let is_wanted = place.sells || place.paid_for.is_some();
            let counter = Counter::of_cinema(&place.cinema);
            for tried in 1_u32.. {
                let is_refused = match ask(&place, counter).await {
                    Ok(found) => return session.set(found),
                    Err(Trouble::Refused(_)) => true,
                    Err(Trouble::Unreachable) => tried == PATIENCE,
                };
                let is_told = session.with_untracked(|now| matches!(now, Self::Refused));
                if is_refused && is_wanted && !is_told {
                    session.set(Self::Refused);
                }
                clock::sleep(PAUSE).await;
            }
        });
        session
    }
}

async fn ask(place: &Place, counter: Counter) -> Result<Session, Trouble> {
    if !place.sells {
        match counter.under_way().await {
            Err(trouble) if trouble.is_outside() => {
                return Ok(match place.paid_for {
                    Some(_) => Session::Elsewhere,
                    None => Session::None,
                });
            }
            Err(trouble) => return Err(trouble),
            Ok(_) => {}
        }
    }
    let guest = hub::begin_session().await?;
    match join(counter.under_way(), proof::first(counter, place)).await {
        (Ok(under_way), turn) => Ok(Session::Begun(
            counter.for_guest(guest, work::done),
            under_way.holds,
            turn,
        )),
        (Err(trouble), _) if trouble.is_outside() => Ok(Session::NoCookie),
        (Err(trouble), _) => Err(trouble),
    }
}
