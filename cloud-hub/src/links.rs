//! The links to all boxes: who they are, and how each stands on the board that head office sees. What a box tells is applied by whoever
//! is registered with its link.

mod board;
mod meters;
mod refusals;
mod store;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use counter::custody;
use database::{Database, Scope, Snapshot, Tx};
use futures_util::future::BoxFuture;
use hub_api::LinkState;
use jiff::Timestamp;
use mailbox::StreamKey;
use parking_lot::Mutex;
use service::{Bell, Due, Machine};
use sync_agent::{
    Address, Applies, Asks, Change, Changes, Desk, Directory, Enrolled, Happening, HubEnd,
    KnownBox, PostError, Transport, Trouble,
};
use wire::{
    Answered, CinemaId, Codes, End, Frames, Generation, Incarnation, KeyBytes, KeyId, Keys,
    LinkTrouble, Nonce, Notice, PublicKey, Refusal, SecretKey, Tickets, ToldKeyList, Wish,
};

use crate::key_lists::{Heard, KeyLists};
use crate::keys;
pub(crate) use board::{Board, OnBoard};
use refusals::Refusals;

/// The pause after the mark could not be set.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// The hub's ends of all links. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Links(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    database: Database,
    machine: Machine,
    /// The life of this hub, in which every signed message is made.
    generation: Generation,
    frame_seed: [u8; 32],
    key_lists: KeyLists,
    board: Board,
    refusals: Refusals,
    /// Where the links are told of changes; silent until they are started.
    changes: OnceLock<Changes>,
    /// Where the hub asks the boxes.
    asks: Asks,
    /// The box of each cinema whose link was asked for.
    boxes: Mutex<HashMap<CinemaId, Address>>,
    /// Whether a box has told what was forgotten, and its bell.
    has_recovered: AtomicBool,
    recovered: Bell,
}

impl Links {
    /// Reads which life the hub is in; a new hub begins its first one, and one that has forgotten another.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn open(
        (frame_seed, key_lists): ([u8; 32], KeyLists),
        (database, has_forgotten): (Database, bool),
        machine: Machine,
    ) -> Result<Self, database::Error> {
        let fresh = Nonce::from(machine.random.bytes());
        let now = machine.clock.now();
        let generation = database
            .write(Scope::of("hub", "generation"), move |tx| {
                if has_forgotten {
                    store::begin_generation(tx, fresh, now)?;
                    mailbox::session::begin_all_anew(tx)?;
                    custody::begin_anew_as_accepted(tx)?;
                    KeyLists::begin_anew(tx)?;
                }
                store::generation(tx, fresh)
            })
            .await?;
        Ok(Self(Arc::new(Inner {
            board: Board::new(machine.clock.clone(), &machine.metrics),
            refusals: Refusals::default(),
            changes: OnceLock::new(),
            asks: Asks::default(),
            boxes: Mutex::default(),
            has_recovered: AtomicBool::new(false),
            recovered: Bell::default(),
            database,
            machine,
            generation,
            frame_seed,
            key_lists,
        })))
    }

    /// The life of this hub.
    pub(crate) fn generation(&self) -> Generation {
        self.0.generation
    }

    /// Every cinema whose box was ever enrolled.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn cinemas(&self) -> Result<Vec<CinemaId>, database::Error> {
        let boxes = self.0.database.read(store::boxes).await?;
        let mut cinemas: Vec<_> = boxes.into_iter().map(|address| address.cinema).collect();
        cinemas.dedup();
        Ok(cinemas)
    }

    /// The stream that the hub writes to a cinema in this life.
    pub(crate) fn down(&self, cinema: &CinemaId) -> StreamKey {
        StreamKey::down(cinema.clone(), self.0.generation)
    }

    /// The key that signs frames for a cinema.
    pub(crate) fn frame_key(&self, cinema: &CinemaId) -> SecretKey<Frames> {
        keys::frame_key(&self.0.frame_seed, cinema)
    }

    /// The key that signs hand-over codes to a cinema.
    pub(crate) fn code_key(&self, cinema: &CinemaId) -> SecretKey<Codes> {
        keys::code_key(&self.0.frame_seed, cinema)
    }

    /// The lists of the cinemas' keys.
    pub(crate) fn key_lists(&self) -> &KeyLists {
        &self.0.key_lists
    }

    /// The public half of the key that signs the hub's tickets of a cinema.
    pub(crate) fn ticket_key(&self, cinema: &CinemaId) -> PublicKey<Tickets> {
        self.0.key_lists.signer(cinema).public().clone()
    }

    /// The box of a cinema opens a session with this list of keys.
    pub(crate) fn hear_key_list(
        &self,
        tx: &mut Tx<'_>,
        address: &Address,
        told: &ToldKeyList,
    ) -> Result<(), mailbox::Error> {
        let (cinema, down) = (&address.cinema, self.down(&address.cinema));
        match self.0.key_lists.hear(tx, (cinema, &down), told)? {
            Heard::Acknowledged | Heard::Nothing => {}
            Heard::MustHear => {
                let (links, address) = (self.clone(), address.clone());
                tx.after_commit(move || links.keys_changed(address));
            }
        }
        Ok(())
    }

    /// A box has heard more of what the hub has told: perhaps all that was sold with a key that is stolen.
    fn tell_what_is_stolen(&self, address: &Address) {
        if !self.0.key_lists.has_untold(&address.cinema) {
            return;
        }
        let (links, address) = (self.clone(), address.clone());
        self.run("what is stolen", async move {
            let (acting, of) = (links.clone(), address.clone());
            let scope = Scope::of("cinema", address.cinema.as_str());
            let telling = links.0.database.write(scope, move |tx| {
                let down = acting.down(&of.cinema);
                acting.0.key_lists.tell_what_is_stolen(tx, (&of.cinema, &down))
            });
            match telling.await {
                Ok(false) => {}
                Ok(true) => links.keys_changed(address),
                Err(error) => {
                    tracing::error!(%error, "a cinema could not be told that a key is stolen; it is tried again");
                }
            }
        });
    }

    /// The life of a cinema's box; nothing, where none is enrolled or its keys are revoked.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) fn box_of(
        &self,
        db: &mut Snapshot<'_>,
        cinema: &CinemaId,
    ) -> Result<Option<Incarnation>, database::Error> {
        store::box_of(db, cinema)
    }

    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.machine.clock.now()
    }

    /// How the link to a cinema stands at this moment, by what was heard of it.
    pub(crate) fn state(&self, cinema: &CinemaId) -> LinkState {
        let mut board = self.0.board.read();
        let on_board = board.remove(cinema).unwrap_or_default();
        on_board.state.unwrap_or(LinkState::Down)
    }

    /// How each link stands, as it is shown.
    pub(crate) fn board(&self) -> &Board {
        &self.0.board
    }

    /// A box was enrolled, or its keys have changed.
    pub(crate) fn keys_changed(&self, address: Address) {
        self.tell(Change::Keys(address));
        self.0.board.changed();
    }

    /// Events for this cinema are committed.
    pub(crate) fn written(&self, cinema: &CinemaId) {
        let address = self.0.boxes.lock().get(cinema).cloned();
        if let Some(address) = address {
            self.tell(Change::Written(address));
        }
    }

    /// Asks the box of a cinema for seats.
    pub(crate) fn ask(&self, cinema: &CinemaId, wish: Wish) -> BoxFuture<'static, Answered> {
        let (asks, cinema) = (self.0.asks.clone(), cinema.clone());
        Box::pin(async move { asks.ask(&cinema, wish).await })
    }

    /// Keeps that a cinema was heard, in the transaction of what it told.
    pub(crate) fn heard(&self, tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<(), database::Error> {
        store::put_heard(tx, cinema, self.0.machine.clock.now())?;
        let board = self.0.board.clone();
        tx.after_commit(move || board.changed());
        Ok(())
    }

    /// The box of a cinema has told what the hub had forgotten: from here on what is stored is what was answered, also where other cinemas are
    /// stopped still, which is stored with it.
    pub(crate) fn recovered(&self, cinema: &CinemaId) {
        tracing::warn!(%cinema, "the cinema has told what was forgotten: its seats are sold online again, but for those that may have been");
        self.0.has_recovered.store(true, Ordering::Release);
        self.0.recovered.ring();
    }

    async fn mark_anew(self, now: Duration) -> Due {
        if !self.0.has_recovered.swap(false, Ordering::AcqRel) {
            return Due::WhenRung;
        }
        match self.0.database.accept().await {
            Ok(None) => Due::WhenRung,
            Ok(Some(doubt)) => {
                tracing::error!(%doubt, "the mark cannot be set anew");
                Due::WhenRung
            }
            Err(error) => {
                tracing::error!(%error, "the mark cannot be set anew; it is tried again");
                self.0.has_recovered.store(true, Ordering::Release);
                Due::At(now + AFTER_TROUBLE)
            }
        }
    }

    /// A box knows a life of the hub with this number: the next one is above it.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn raise(&self, number: u64) -> Result<(), database::Error> {
        let scope = Scope::of("hub", "generation");
        let raising = (self.0.database).write(scope, move |tx| store::raise_generation(tx, number));
        raising.await
    }

    /// Does something beside the links, until the hub ends.
    pub(crate) fn run(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        self.0.machine.lifecycle.run(name, work);
    }

    /// Somebody is refused for `code`, in these words: it will stand on head office's page and in the log.
    pub(crate) fn refuse(&self, address: &Address, code: &'static str, words: String) {
        let at = self.0.machine.clock.now();
        self.0.refusals.count(address, code, words, at);
    }

    /// Starts the links over `transport`; what a box tells is applied by what `applies` gives for it.
    pub(crate) fn start<A: Applies>(
        &self,
        transport: Transport,
        applies: impl Fn(&Address) -> A + Send + Sync + 'static,
    ) {
        let boxes = Boxes {
            links: self.clone(),
            applies: Box::new(applies),
        };
        let machine = &self.0.machine;
        let asks = self.0.asks.clone();
        let (end, changes) = HubEnd::new(boxes, transport, asks, machine.clone());
        if self.0.changes.set(changes).is_err() {
            return tracing::error!("the links were started twice");
        }
        end.start();
        let bell = self.0.refusals.bell();
        machine.job("refusals", bell, self, Self::write_refusals);
        machine.job("the mark", &self.0.recovered, self, Self::mark_anew);
    }

    async fn write_refusals(self, now: Duration) -> Due {
        let Inner {
            refusals,
            database,
            board,
            ..
        } = &*self.0;
        refusals.run_due(database, board, now).await
    }

    fn tell(&self, change: Change) {
        if let Some(changes) = self.0.changes.get() {
            changes.tell(change);
        }
    }
}

/// The boxes as the links see them.
struct Boxes<A> {
    links: Links,
    applies: Box<dyn Fn(&Address) -> A + Send + Sync>,
}

impl<A: Applies> Directory for Boxes<A> {
    type Post = Desk<A>;

    async fn boxes(&self) -> Result<Vec<Address>, PostError> {
        let database = &self.links.0.database;
        Ok(database
            .read(store::boxes_of_all_times)
            .await
            .map_err(mailbox::Error::from)?)
    }

    async fn find(&self, address: &Address) -> Result<Option<Enrolled<Self::Post>>, PostError> {
        let (links, wanted) = (&*self.links.0, address.clone());
        let find = move |snapshot: &mut Snapshot<'_>| {
            let known = store::find_box(snapshot, &wanted)?;
            Ok::<_, database::Error>((known, store::find_former(snapshot, &wanted)?))
        };
        let found = links.database.read(find).await;
        let wrong = |error: wire::key::NotAKey| PostError(error.to_string());
        let key = |bytes| PublicKey::from_bytes(address.cinema.clone(), bytes).map_err(wrong);
        let row = match found.map_err(mailbox::Error::from)? {
            (Some(row), _) => row,
            (None, Some(former)) => return Ok(Some(Enrolled::Former(key(&former)?.id()))),
            (None, None) => return Ok(None),
        };
        let key = key(&row.frame_key)?;
        let keys = match row.revoked {
            false => Keys::valid([key]),
            true => Keys {
                revoked: vec![key.id()],
                ..Keys::default()
            },
        };
        links
            .boxes
            .lock()
            .insert(address.cinema.clone(), address.clone());
        let desk = Desk::open(
            links.database.clone(),
            links.machine.clock.clone(),
            End::Hub,
            address.cinema.clone(),
            (row.incarnation, links.generation),
            Arc::new((self.applies)(address)),
        );
        Ok(Some(Enrolled::Known(Box::new(KnownBox {
            key: self.links.frame_key(&address.cinema),
            ticket_key: KeyBytes::from(*self.links.ticket_key(&address.cinema).as_bytes()),
            keys,
            incarnation: row.incarnation,
            generation: links.generation,
            post: desk.await?,
        }))))
    }

    fn stranger(&self, address: &Address, former: Option<KeyId>) -> SecretKey<Frames> {
        match former {
            None => {
                let words = "no such box is enrolled".to_owned();
                self.links.refuse(address, "unknown_box", words);
            }
            Some(key) => {
                let words =
                    format!("another box has taken the place of the one with the key {key}");
                self.links.refuse(address, "revoked_key", words);
            }
        }
        self.links.frame_key(&address.cinema)
    }

    fn broker(&self, reached: Result<(), Trouble>) {
        match &reached {
            Ok(()) => tracing::info!("the broker is reached"),
            Err(why) if why.kind == LinkTrouble::Unreachable => {
                tracing::warn!(%why, "the broker is not reached; the links wait");
            }
            Err(why) => {
                let words = why.kind.words();
                tracing::error!(code = why.kind.code(), %why, "the broker refuses the hub; the links wait: {words}");
            }
        }
        self.links.board().reached(reached.err());
    }
}

impl Links {
    /// What a link is told of itself.
    pub(crate) fn note(&self, address: &Address, happening: Happening) {
        let (board, cinema) = (&self.0.board, &address.cinema);
        match happening {
            Happening::Connected | Happening::Disconnected(_) | Happening::Closed(_) => {
                board.down(cinema);
            }
            Happening::Failed(why) => {
                board.failed(cinema, format!("nothing that it tells is kept: {why}"));
            }
            Happening::Opened { program, .. } => {
                board.up(cinema, program.clone());
                self.keep_program(cinema.clone(), program);
            }
            Happening::Heard => board.heard(cinema),
            Happening::Acknowledged(_) => {
                board.heard(cinema);
                self.tell_what_is_stolen(address);
            }
            Happening::Quiet => board.quiet(cinema),
            Happening::Presence(presence) => {
                if !presence.there {
                    board.down(cinema);
                }
            }
            Happening::Notice(notice) => self.notice(address, notice),
        }
    }

    fn keep_program(&self, cinema: CinemaId, program: String) {
        let (database, now) = (self.0.database.clone(), self.0.machine.clock.now());
        self.0.machine.lifecycle.run("box programs", async move {
            let kept = database.write(Scope::Nothing, move |tx| {
                store::put_program(tx, &cinema, &program, now)
            });
            if let Err(error) = kept.await {
                tracing::error!(%error, "the version of a box's program could not be kept");
            }
        });
    }

    fn notice(&self, address: &Address, notice: Notice) {
        let (board, cinema) = (&self.0.board, &address.cinema);
        match notice {
            Notice::Refused(refusal) => {
                let words = refusal.to_string();
                if let Some(trouble) = refusal.trouble(End::Hub) {
                    board.refused(cinema, trouble, words.clone());
                }
                self.refuse(address, code(&refusal), words);
            }
            Notice::RefusedByPeer(refusal) => {
                if let Some(trouble) = refusal.trouble(End::Box) {
                    board.refused(
                        cinema,
                        trouble,
                        format!("the box refuses the hub: {refusal}"),
                    );
                }
            }
            Notice::UpdateNeeded { kind, seq } => {
                tracing::warn!(%cinema, kind, seq, "an event is not understood: this hub must be updated");
                // The inbox has stored it, from where the page reads it.
                board.changed();
            }
            Notice::PeerMustUpdate { kind, seq } => {
                tracing::warn!(%cinema, kind, seq, "an event waits until the box is updated");
                board.waits_for_the_box(
                    cinema,
                    format!("the box is too old to understand {kind:?}, event {seq}"),
                );
            }
            Notice::OwnStreamForgotten { known } => {
                let words = format!(
                    "the box has heard event {} of this hub, and the hub has another or none",
                    known.seq
                );
                tracing::error!(%cinema, words);
                board.refused(cinema, LinkTrouble::HubForgot, words);
            }
            Notice::LaterLife(generation) => {
                let words = format!(
                    "the box knows a later life of this hub, the {}th: this one is a copy of before",
                    generation.0.number
                );
                tracing::error!(%cinema, words);
                board.refused(cinema, LinkTrouble::HubForgot, words);
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
        Refusal::OtherProtocol { .. } => "other_protocol",
        Refusal::Forked(_) => "forked",
        Refusal::NotKept { .. } => "not_kept",
    }
}

#[cfg(test)]
mod tests;
