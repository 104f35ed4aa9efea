//! The link to the hub, from the box's side: what each change tells it, in the transaction of the change, and how the link stands.
//! Selling never waits for it.

mod arriving;
mod store;
mod telling;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use appliance_api::LinkState;
use box_office::{CinemaId, EventId};
use database::{Database, Scope, Tx};
use mailbox::{StreamId, StreamKey, outbox, stream};
use service::{Clock, Random};
use sync_agent::{Address, BoxEnd, BoxIdentity, Broker, Desk, Happening, Transport};
use tokio::sync::Notify;
use wire::enrolment::EnrolmentRequest;
use wire::link::Closed;
use wire::{Body, End, Frames, Keys, Notice, SecretKey};

pub(crate) use store::{Hub, Lives};
pub(crate) use telling::{
    Told, tell_auditorium, tell_cinema, tell_film, tell_payment_decided, tell_payment_unknown,
    tell_price_book, tell_refund, tell_sale, tell_showtime,
};

use crate::app::App;
use crate::error::Refused;
use crate::programme;

/// The box's end of the link, as the box knows it.
#[derive(Debug)]
pub(crate) struct Link {
    frame_seed: [u8; 32],
    lives: Lives,
    /// The stream that tells the hub; found with the first event.
    up: OnceLock<StreamId>,
    /// Rung after a commit that wrote events.
    written: Arc<Notify>,
    /// Rung when the box was enrolled.
    enrolled: Notify,
    state: Mutex<(LinkState, Duration)>,
}

impl Link {
    /// Reads who the box is on its link; a new box becomes somebody by this.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn open(
        frame_seed: [u8; 32],
        database: &Database,
        clock: &Clock,
        random: &Random,
    ) -> Result<Self, database::Error> {
        let born = Lives::born(random);
        let lives = database
            .write(Scope::of("link", "one"), move |tx| store::lives(tx, &born))
            .await?;
        let state = match lives.hub {
            Some(_) => LinkState::Down,
            None => LinkState::NotEnrolled,
        };
        Ok(Self {
            frame_seed,
            lives,
            up: OnceLock::new(),
            written: Arc::default(),
            enrolled: Notify::new(),
            state: Mutex::new((state, clock.monotonic())),
        })
    }

    fn set(&self, state: LinkState, now: Duration) {
        let mut known = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 != state {
            *known = (state, now);
        }
    }
}

/// How the link stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) state: LinkState,
    pub(crate) state_for: Duration,
    pub(crate) unsent_sales: u64,
}

/// How the link stands now.
pub(crate) async fn state(app: &App) -> Result<Standing, Refused> {
    let (state, since) = *app
        .link
        .state
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let key = app
        .catalogue
        .now()
        .map(|catalogue| up_key(app, &catalogue.cinema.id));
    let unsent_sales = match key {
        None => 0,
        Some(key) => {
            app.database
                .read(move |db| match stream::find(db, &key)? {
                    Some(up) => {
                        Ok::<_, Refused>(outbox::unacknowledged_of(db, up, "sale_settled")?)
                    }
                    None => Ok(0),
                })
                .await?
        }
    };
    let state_for = app.clock.monotonic().saturating_sub(since);
    Ok(Standing {
        state,
        state_for,
        unsent_sales,
    })
}

fn up_key(app: &App, cinema: &CinemaId) -> StreamKey {
    StreamKey::up(cinema.clone(), app.link.lives.incarnation)
}

/// Makes the box known to a hub by a one-time code. Repeating it with the same code gives the same answer.
pub(crate) async fn enrol(app: &App, code: &str, hub: &str) -> Result<String, Refused> {
    let catalogue = app.catalogue.now().ok_or(Refused::NoProgramme)?;
    let cinema = catalogue.cinema.id.clone();
    let frame_key = SecretKey::<Frames>::from_seed(cinema.clone(), &app.link.frame_seed);
    let (device, incarnation) = (app.link.lives.device.clone(), app.link.lives.incarnation);
    let request = EnrolmentRequest::new(device, code, &frame_key, &catalogue.signer, incarnation);
    let words = |why: &dyn std::fmt::Display| Refused::Enrolment(format!("{why}."));
    let answer = sync_agent::enrol::enrol(hub, &request)
        .await
        .map_err(|why| words(&why))?;
    let known = answer.read(&cinema).map_err(|why| words(&why))?;
    Broker::parse(&answer.broker, None).map_err(|why| words(&why))?;
    let kept = Hub {
        frame_key: *known.frame_key.as_bytes(),
        generation: known.generation,
        broker: answer.broker,
    };
    app.database
        .write(Scope::of("link", "one"), move |tx| {
            store::keep_hub(tx, &kept)
        })
        .await?;
    app.link.enrolled.notify_one();
    tracing::info!(hub, "the box is enrolled");
    Ok(format!("{cinema} is enrolled with {hub}"))
}

/// Runs the link once the box is enrolled, until shutdown; a fault ends it, and it is started again.
pub(crate) async fn run(app: App) {
    let shutdown = app.lifecycle.shutdown().clone();
    while !shutdown.is_cancelled() {
        let hub = app.database.read(store::hub).await;
        match (hub, app.catalogue.now()) {
            (Ok(Some(hub)), Some(catalogue)) => {
                return drive(&app, hub, catalogue.cinema.id.clone()).await;
            }
            (Ok(_), _) => {}
            (Err(error), _) => tracing::error!(%error, "the link cannot be read"),
        }
        tokio::select! { () = app.link.enrolled.notified() => {} () = shutdown.cancelled() => {} }
    }
}

async fn drive(app: &App, hub: Hub, cinema: CinemaId) {
    let key = wire::PublicKey::<Frames>::from_bytes(cinema.clone(), &hub.frame_key);
    let broker = Broker::parse(
        app.config.hub.broker.as_deref().unwrap_or(&hub.broker),
        None,
    );
    let (Ok(key), Ok(broker)) = (key, broker) else {
        tracing::error!(
            "the hub that this box was enrolled with cannot be reached like that; enrol the box again"
        );
        return app.lifecycle.shutdown().cancelled().await;
    };
    app.link.set(LinkState::Down, app.clock.monotonic());
    let (incarnation, generation) = (app.link.lives.incarnation, hub.generation);
    let desk = Desk::open(
        app.database.clone(),
        app.clock.clone(),
        End::Box,
        cinema.clone(),
        (incarnation, generation),
        Arc::new(arriving::Arriving(app.clone())),
    );
    let post = match desk.await {
        Ok(post) => post,
        Err(error) => return tracing::error!(%error, "the link's streams cannot be opened"),
    };
    let end = BoxEnd {
        identity: BoxIdentity {
            address: Address {
                cinema,
                device: app.link.lives.device.clone(),
            },
            frame_seed: app.link.frame_seed,
            hub: Keys::valid([key]),
            incarnation,
            generation,
        },
        transport: Transport::Mqtt(broker),
        post,
        written: Arc::clone(&app.link.written),
        clock: app.clock.clone(),
        random: app.random.clone(),
        life: app.lifecycle.clone(),
    };
    end.run().await;
}

/// Writes an event to the outbox, in the transaction of the change that it tells of.
fn push(tx: &mut Tx<'_>, app: &App, body: Body) -> Result<(), Refused> {
    let up = match app.link.up.get() {
        Some(up) => *up,
        None => {
            let cinema = programme::store::cinema(tx)?.ok_or(Refused::NoProgramme)?;
            let (up, app) = (stream::open(tx, &up_key(app, &cinema.id))?, app.clone());
            // Another write may have been quicker; it found the same.
            tx.after_commit(move || {
                let _ = app.link.up.set(up);
            });
            up
        }
    };
    let now_ms = app.clock.now().as_millisecond();
    outbox::push(
        tx,
        up,
        EventId::new(now_ms, app.random.bytes()),
        now_ms,
        body,
    )?;
    let written = Arc::clone(&app.link.written);
    tx.after_commit(move || written.notify_one());
    Ok(())
}

/// What the link is told of itself.
fn note(app: &App, happening: &Happening) {
    let now = app.clock.monotonic();
    match happening {
        Happening::Opened { session, program } => {
            tracing::info!(session, program, "the link is up");
            app.link.set(LinkState::Up, now);
        }
        Happening::Disconnected(why) => {
            tracing::debug!(why, "the link is down");
            app.link.set(LinkState::Down, now);
        }
        Happening::Closed(Closed::Refused) => {
            tracing::error!("the box and the hub contradict each other; somebody must look");
            app.link.set(LinkState::Refused, now);
        }
        Happening::Notice(Notice::RefusedByPeer(refusal)) => {
            tracing::error!(%refusal, "the hub refuses this box; somebody must look");
            app.link.set(LinkState::Refused, now);
        }
        Happening::Closed(
            Closed::Disconnected | Closed::Silent | Closed::Replaced | Closed::KeysChanged,
        ) => {
            app.link.set(LinkState::Down, now);
        }
        Happening::Notice(notice) => tracing::warn!(?notice, "the link has a notice"),
        Happening::Connected | Happening::Heard | Happening::Presence(_) => {}
    }
}
