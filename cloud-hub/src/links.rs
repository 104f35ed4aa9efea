//! The links to all boxes: who they are, what their events do here, and how each stands on the board that head office sees.

mod board;
mod refusals;
mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, MutexGuard, OnceLock, PoisonError};

use database::Tx;
use hub_api::LinkState;
use sync_agent::{
    Address, Applies, Change, Changes, Desk, Directory, Happening, HubEnd, KnownBox, PostError,
    Transport,
};
use tokio::sync::Mutex;
use wire::{Body, CinemaId, End, Event, Keys, Notice, PublicKey, Refusal};

use crate::app::App;
use crate::told::{Applying, Batch};
pub(crate) use board::{Board, OnBoard};
pub(crate) use refusals::{Refusals, refuse};
pub(crate) use store::generation;

/// Where the links are told of changes; silent until they are started. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bells(Arc<Rings>);

#[derive(Debug, Default)]
struct Rings {
    changes: OnceLock<Changes>,
    /// The box of each cinema whose link was asked for.
    boxes: StdMutex<HashMap<CinemaId, Address>>,
}

impl Bells {
    /// Tells the links.
    pub(crate) fn tell(&self, change: Change) {
        if let Some(changes) = self.0.changes.get() {
            changes.tell(change);
        }
    }

    /// Events for this cinema are committed.
    pub(crate) fn written(&self, cinema: &CinemaId) {
        let address = self.boxes().get(cinema).cloned();
        if let Some(address) = address {
            self.tell(Change::Written(address));
        }
    }

    fn boxes(&self) -> MutexGuard<'_, HashMap<CinemaId, Address>> {
        self.0.boxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the links over `transport`.
pub(crate) fn start(app: &App, transport: Transport) {
    let boxes = Arc::new(Boxes(app.clone()));
    let (end, changes, incoming) = HubEnd::new(
        boxes,
        transport,
        app.clock.clone(),
        app.random.clone(),
        app.life.clone(),
    );
    if app.bells.0.changes.set(changes).is_err() {
        return tracing::error!("the links were started twice");
    }
    let (end, incoming) = (Arc::new(end), Arc::new(Mutex::new(incoming)));
    let keeping = app.clone();
    app.life
        .supervise("refusals", move || refusals::keep(keeping.clone()));
    app.life.supervise("links", move || {
        let (end, incoming) = (Arc::clone(&end), Arc::clone(&incoming));
        async move { end.run(&mut *incoming.lock().await).await }
    });
}

/// The boxes as the links see them.
#[derive(Debug)]
struct Boxes(App);

impl Directory for Boxes {
    type Post = Desk<CinemaLink>;

    async fn boxes(&self) -> Result<Vec<Address>, PostError> {
        Ok(self
            .0
            .database
            .read(store::boxes)
            .await
            .map_err(mailbox::Error::from)?)
    }

    async fn find(&self, address: &Address) -> Result<Option<KnownBox<Self::Post>>, PostError> {
        let (app, wanted) = (&self.0, address.clone());
        let found = app
            .database
            .read(move |snapshot| store::find_box(snapshot, &wanted))
            .await
            .map_err(mailbox::Error::from)?;
        let Some(row) = found else { return Ok(None) };
        let wrong = |error: wire::key::NotAKey| PostError(error.to_string());
        let key = PublicKey::from_bytes(address.cinema.clone(), &row.frame_key).map_err(wrong)?;
        let keys = match row.revoked {
            false => Keys::valid([key]),
            true => Keys {
                revoked: vec![key.id()],
                ..Keys::default()
            },
        };
        app.bells
            .boxes()
            .insert(address.cinema.clone(), address.clone());
        let lives = (row.incarnation, app.generation);
        let applies = Arc::new(CinemaLink {
            app: app.clone(),
            address: address.clone(),
        });
        let desk = Desk::open(
            app.database.clone(),
            app.clock.clone(),
            End::Hub,
            address.cinema.clone(),
            lives,
            applies,
        );
        Ok(Some(KnownBox {
            key: app.frame_key(&address.cinema),
            keys,
            incarnation: row.incarnation,
            generation: app.generation,
            post: desk.await?,
        }))
    }

    fn stranger(&self, address: &Address) {
        refuse(
            &self.0,
            address,
            "unknown_box",
            "no such box is enrolled".to_owned(),
        );
    }

    fn broker(&self, reached: Result<(), String>) {
        match reached {
            Ok(()) => tracing::info!("the broker is reached"),
            Err(why) => tracing::warn!(why, "the broker is not reached; the links wait"),
        }
    }
}

/// What the hub does with one cinema's link.
#[derive(Debug)]
struct CinemaLink {
    app: App,
    address: Address,
}

impl Applies for CinemaLink {
    type Batch = Batch;

    fn apply(
        &self,
        tx: &mut Tx<'_>,
        batch: &mut Batch,
        event: &Event,
        body: &Body,
    ) -> Result<(), mailbox::Error> {
        let mut applying = Applying {
            tx,
            cinema: &self.address.cinema,
            event,
            now: self.app.clock.now(),
            batch,
            counter: &self.app.counter,
        };
        Ok(applying.apply(body)?)
    }

    fn finish(&self, tx: &mut Tx<'_>, batch: Batch) -> Result<(), mailbox::Error> {
        let cinema = &self.address.cinema;
        store::put_heard(tx, cinema, self.app.clock.now())?;
        batch.put_sums(tx, cinema)?;
        let Batch {
            hearing, answers, ..
        } = batch;
        hearing.finish(tx, &self.app.counter, cinema)?;
        if !answers.is_empty() {
            self.app.counter.tell(tx, cinema, answers)?;
        }
        let board = self.app.board.clone();
        tx.after_commit(move || board.changed());
        Ok(())
    }

    fn note(&self, happening: Happening) {
        let (board, cinema) = (&self.app.board, &self.address.cinema);
        match happening {
            Happening::Connected | Happening::Disconnected(_) | Happening::Closed(_) => {
                board.down(cinema);
            }
            Happening::Opened { program, .. } => {
                board.up(cinema, program.clone());
                self.keep_program(program);
            }
            Happening::Heard => board.heard(cinema),
            Happening::Presence(presence) => {
                if !presence.there {
                    board.down(cinema);
                }
            }
            Happening::Notice(notice) => self.notice(notice),
        }
    }
}

impl CinemaLink {
    fn keep_program(&self, program: String) {
        let (database, cinema, now) = (
            self.app.database.clone(),
            self.address.cinema.clone(),
            self.app.clock.now(),
        );
        self.app.life.run(async move {
            let kept = database.write(database::Scope::Nothing, move |tx| {
                store::put_program(tx, &cinema, &program, now)
            });
            if let Err(error) = kept.await {
                tracing::error!(%error, "the version of a box's program could not be kept");
            }
        });
    }

    fn notice(&self, notice: Notice) {
        let (board, cinema) = (&self.app.board, &self.address.cinema);
        match notice {
            Notice::Refused(refusal) => {
                let words = refusal.to_string();
                board.attention(cinema, LinkState::Refused, words.clone());
                refuse(&self.app, &self.address, code(&refusal), words);
            }
            Notice::RefusedByPeer(refusal) => {
                board.attention(
                    cinema,
                    LinkState::Refused,
                    format!("the box refuses the hub: {refusal}"),
                );
            }
            Notice::UpdateNeeded { kind, seq } => {
                tracing::warn!(%cinema, kind, seq, "an event is not understood: this hub must be updated");
                // The inbox has stored it, from where the page reads it.
                board.changed();
            }
            Notice::PeerMustUpdate { kind, seq } => {
                tracing::warn!(%cinema, kind, seq, "an event waits until the box is updated");
                board.attention(
                    cinema,
                    LinkState::UpdateNeeded,
                    format!("the box is too old to understand {kind:?}, event {seq}"),
                );
            }
            Notice::Unwritable(error) => {
                tracing::error!(%cinema, %error, "a message could not be written");
            }
        }
    }
}

/// The stable code of a refusal.
fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Unreadable => "unreadable",
        Refusal::UnknownKey(_) => "unknown_key",
        Refusal::RevokedKey(_) => "revoked_key",
        Refusal::WrongSignature => "wrong_signature",
        Refusal::OtherCinema => "other_cinema",
        Refusal::BrokenChain => "broken_chain",
        Refusal::OtherIncarnation => "other_incarnation",
        Refusal::OtherGeneration => "other_generation",
        Refusal::StaleSession { .. } => "stale_session",
        Refusal::SessionNeverGiven { .. } => "session_never_given",
        Refusal::WriterForgot { .. } => "writer_forgot",
        Refusal::Forked(_) => "forked",
    }
}
