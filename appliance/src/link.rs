//! The link to the hub, from the box's side: who the box is on it, whom it was enrolled with, and how the link stands. What arrives is
//! applied by whoever is registered with it; selling never waits for it.

mod believed;
mod hub_keys;
mod meters;
mod refusal;
mod store;

use std::sync::Arc;
use std::time::Duration;

use appliance_api::LinkState;
use box_office::text::counted;
use box_office::{CinemaId, LinkTrouble, ShowtimeId};
use counter::custody::SuccessionRefused;
use counter::programme::TakenOver;
use counter::{At, Fault, Stopped, custody, programme};
use database::{Database, Scope, Snapshot, Tx};
use futures_util::future::BoxFuture;
use mailbox::{StreamKey, outbox, stream};
use parking_lot::Mutex;
use service::{Bell, Due, Machine};
use sync_agent::{
    Address, Applies, Asks, BoxEnd, BoxIdentity, Broker, ComesAs, Desk, Happening, PostError,
    Renewals, TlsFiles, Transport, Trouble, Written,
};
use wire::enrolment::EnrolmentRequest;
use wire::event::{Content, ContentRefused, Kinds};
use wire::link::Closed;
use wire::{
    Answered, End, Frames, Generation, HandOver, HandOverRefusal, Hash, Keys, Life, Notice,
    PublicKey, Refusal, SecretKey, Wish,
};

use hub_keys::HubKeys;
use meters::Meters;
pub(crate) use refusal::{CodeRefused, EnrolmentRefused};

use crate::proof::Proof;
use store::{Hub, Lives};

/// The pause after the database has failed: long enough not to fill the log, short enough for a lobby.
const PAUSE_AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// What is said of a hub that does not answer in an open session.
const QUIET: &str = "the broker is reached, and the hub has not answered for some seconds";

/// The box's end of the link. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Link(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    database: Database,
    machine: Machine,
    /// What carries messages, where it is another than the broker that the hub named.
    transport: Option<Transport>,
    /// How the broker that the hub named is trusted.
    broker_tls: Option<TlsFiles>,
    frame_seed: [u8; 32],
    lives: Lives,
    written: Written,
    asks: Asks,
    proof: Proof,
    /// Rung when the box was enrolled.
    enrolled: Bell,
    /// Where the link is told that the hub is in another life, once it has begun.
    renewals: Mutex<Option<Renewals>>,
    /// With which keys a ticket or a code of this cinema is signed.
    hub_keys: Mutex<HubKeys>,
    state: Mutex<Shown>,
    /// The event types that the hub has said it understands.
    understood: Mutex<Option<Kinds>>,
    meters: Meters,
}

/// What a box says of the seats that may be sold: by the one whose place it has taken, or in what it has forgotten itself.
pub(crate) fn in_doubt(showtimes: &[(ShowtimeId, u64)]) -> String {
    let mut said = String::new();
    for (showtime, seats) in showtimes {
        let seats = counted(
            usize::try_from(*seats).unwrap_or(usize::MAX),
            "seat",
            "seats",
        );
        said.push_str(&format!(
            "\n  {showtime}: {seats} may be sold: by the box before, in what this one has forgotten, or by the hub, which has left them to this box; `appliance release {showtime} --reason ..` sells what nobody holds a ticket for, `appliance takeover {showtime} SEAT.. --reason ..` those that it names"
        ));
    }
    said
}

/// How the link is shown, and since when.
#[derive(Debug, Clone)]
struct Shown {
    state: LinkState,
    /// What keeps it from its work.
    trouble: Option<Trouble>,
    since: Duration,
    /// How it stood before the hub fell quiet in a session that is open still.
    before_quiet: Option<(LinkState, Option<Trouble>)>,
}

/// How the link stands.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) state: LinkState,
    pub(crate) trouble: Option<Trouble>,
    pub(crate) state_for: Duration,
    pub(crate) unsent_sales: u64,
}

impl Link {
    /// Reads who the box is on its link; a new box becomes somebody by this.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn open(
        frame_seed: [u8; 32],
        database: Database,
        machine: Machine,
        (transport, broker_tls): (Option<Transport>, Option<TlsFiles>),
        proof: Proof,
    ) -> Result<Self, database::Error> {
        let born = Lives::born(&machine.random);
        let lives = database
            .write(Scope::of("link", "one"), move |tx| store::lives(tx, &born))
            .await?;
        let hub_keys = database.read(store::hub_keys).await?;
        let understood = database.read(store::understood).await?;
        let state = match lives.hub {
            Some(_) => LinkState::Down,
            None => LinkState::NotEnrolled,
        };
        let meters = Meters::new(&machine.metrics);
        meters.show(state, None);
        Ok(Self(Arc::new(Inner {
            state: Mutex::new(Shown {
                state,
                trouble: None,
                since: machine.clock.monotonic(),
                before_quiet: None,
            }),
            meters,
            understood: Mutex::new(understood),
            hub_keys: Mutex::new(hub_keys),
            database,
            machine,
            transport,
            broker_tls,
            frame_seed,
            lives,
            written: Written::default(),
            asks: Asks::default(),
            proof,
            enrolled: Bell::default(),
            renewals: Mutex::default(),
        })))
    }

    /// The life in which the box writes its stream.
    pub(crate) fn life(&self) -> Life {
        self.0.lives.incarnation.0
    }

    /// What a hand-over code of the hub that this box was enrolled with hands over, its name, and that hub's life as it is known here.
    ///
    /// # Errors
    /// Why it is none, or that the database refuses.
    pub(crate) fn read_code(
        &self,
        db: &mut Snapshot<'_>,
        cinema: &CinemaId,
        text: &str,
    ) -> Result<(HandOver, Hash, Generation), CodeRefused> {
        let hub = store::hub(db)?.ok_or(CodeRefused::NotEnrolled)?;
        let key = PublicKey::<Frames>::from_bytes(cinema.clone(), &hub.frame_key);
        let key = key.map_err(|_| CodeRefused::NotEnrolled)?;
        let keys = self.0.hub_keys.lock().code_keys(cinema);
        // A hub that does not know that this box has its list signs with the one for frames.
        let read = match HandOver::read(text, cinema, &keys) {
            Err(HandOverRefusal::Forged) => HandOver::read(text, cinema, &[key]),
            read => read,
        };
        let (code, name) = read.map_err(CodeRefused::Code)?;
        Ok((code, name, hub.generation))
    }

    /// Events were committed.
    pub(crate) fn written(&self) {
        self.0.written.tell();
    }

    /// Asks the hub for seats.
    pub(crate) fn ask(&self, cinema: &CinemaId, wish: Wish) -> BoxFuture<'static, Answered> {
        let (asks, cinema) = (self.0.asks.clone(), cinema.clone());
        Box::pin(async move { asks.ask(&cinema, wish).await })
    }

    /// Whether the hub may be told what is stored here: it would take it for what the box has written, and refuse the right data later.
    pub(crate) fn may_tell(&self) -> bool {
        self.0.proof.stops() != Some(Stopped::All)
    }

    /// How this box may come to its line.
    pub(crate) fn comes_as(&self) -> ComesAs {
        self.0.proof.comes_as()
    }

    /// Whether the hub is there and hears what it is told.
    pub(crate) fn is_up(&self) -> bool {
        self.0.state.lock().state == LinkState::Up
    }

    /// What keeps the link from being up, if anything does.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.0.state.lock().trouble.clone()
    }

    /// How the link stands now; `up` is the stream that tells the hub, once there is a cinema.
    pub(crate) async fn standing(&self, up: Option<StreamKey>) -> Result<Standing, mailbox::Error> {
        let Shown {
            state,
            trouble,
            since,
            before_quiet: _,
        } = self.0.state.lock().clone();
        let unsent_sales = match up {
            None => 0,
            Some(up) => {
                let counting = self
                    .0
                    .database
                    .read(move |db| match stream::find(db, &up)? {
                        Some(up) => outbox::unacknowledged_of(db, up, "sale_settled"),
                        None => Ok(0),
                    });
                counting.await?
            }
        };
        Ok(Standing {
            state,
            trouble,
            state_for: self.0.machine.clock.monotonic().saturating_sub(since),
            unsent_sales,
        })
    }

    /// Makes the box known to a hub by a one-time code. Repeating it with the same code gives the same answer.
    pub(crate) async fn enrol(
        &self,
        at: &At,
        code: &str,
        hub: &str,
    ) -> Result<String, EnrolmentRefused> {
        let (catalogue, cinema) = (at.catalogue(), at.cinema());
        let signer = &catalogue.signer;
        let frame_key = SecretKey::<Frames>::from_seed(cinema.clone(), &self.0.frame_seed);
        let Lives {
            device,
            incarnation,
            ..
        } = &self.0.lives;
        let (is_blank, former) = (self.0.database)
            .read(|db| Ok::<_, database::Error>((custody::is_blank(db)?, store::hub(db)?)))
            .await?;
        let request = EnrolmentRequest {
            is_blank,
            former: former.map(|hub| hub.generation.0.into()),
            ..EnrolmentRequest::new(device.clone(), code, &frame_key, signer, *incarnation)
        };
        let words = |why: &dyn std::fmt::Display| EnrolmentRefused::NotEnrolled(format!("{why}."));
        let answer = sync_agent::enrol::enrol(hub, &request, self.0.broker_tls.as_ref())
            .await
            .map_err(|why| words(&why))?;
        let known = answer.read(cinema).map_err(|why| words(&why))?;
        Broker::parse(&answer.broker, self.0.broker_tls.clone()).map_err(|why| words(&why))?;
        let kept = Hub {
            frame_key: *known.frame_key.as_bytes(),
            generation: known.generation,
            broker: answer.broker,
        };
        let (link, ticket_key) = (self.clone(), known.ticket_key);
        let key_list = known.key_list;
        let (acting, succession) = (at.clone(), answer.succession);
        let takes_place = succession.is_some();
        let down = StreamKey::down(cinema.clone(), known.generation);
        let keeping = self.0.database.write(at.scope(), move |tx| {
            let taken_over = match &succession {
                Some(succession) => programme::take_place(tx, &acting, (succession, &down))?,
                None => TakenOver::default(),
            };
            let former = store::hub(tx)?.map(|hub| hub.generation);
            let another = former.filter(|former| *former != kept.generation);
            if let Some(former) = another.filter(|_| succession.is_none()) {
                custody::tell_all(tx, &acting, kept.generation, former)?;
            }
            store::keep_hub(tx, &kept)?;
            // Whose lists count is said by whoever gave the code.
            store::keep_root(tx, key_list.as_ref().map(|told| &told.root))?;
            if let Some(told) = &key_list {
                link.hear_key_list(tx, acting.cinema(), told)?;
            }
            if let Some(key) = &ticket_key {
                link.hear_ticket_key(tx, *key.as_bytes())?;
            }
            link.believe_what_is_stored(tx)?;
            Ok::<_, SuccessionRefused>(taken_over)
        });
        let taken_over = keeping.await?;
        self.0.proof.is_enrolled_anew();
        self.0.enrolled.ring();
        if let Some(renewals) = self.0.renewals.lock().as_ref() {
            renewals.renew(known.generation);
        }
        tracing::info!(hub, takes_place, "the box is enrolled");
        let mut said = format!("{cinema} is enrolled with {hub}");
        if takes_place {
            said.push_str(&taken_over.words());
            said.push_str(&programme::unknown_words(&custody::not_known(at).await?));
            said.push_str(&in_doubt(&custody::in_doubt(at).await?));
        }
        Ok(said)
    }

    /// Begins the link as soon as the box is enrolled and has a cinema.
    pub(crate) fn start<A: Applies>(
        &self,
        cinema: impl Fn() -> Option<CinemaId> + Send + Sync + 'static,
        applies: A,
    ) {
        let state = (self.clone(), Arc::new(applies));
        let begin = move |(link, applies): (Self, Arc<A>), now: Duration| {
            let cinema = cinema();
            async move {
                let begun = link.begin(cinema, applies).await;
                begun.unwrap_or_else(|error| {
                    tracing::error!(%error, "the link cannot begin");
                    Due::At(now + PAUSE_AFTER_TROUBLE)
                })
            }
        };
        let machine = &self.0.machine;
        machine.job("enrolment", &self.0.enrolled, &state, begin);
    }

    async fn begin<A: Applies>(
        &self,
        cinema: Option<CinemaId>,
        applies: Arc<A>,
    ) -> Result<Due, PostError> {
        let inner = &self.0;
        let hub = inner
            .database
            .read(store::hub)
            .await
            .map_err(mailbox::Error::from)?;
        let (Some(hub), Some(cinema)) = (hub, cinema) else {
            return Ok(Due::WhenRung);
        };
        let key = PublicKey::<Frames>::from_bytes(cinema.clone(), &hub.frame_key);
        let transport = match &inner.transport {
            Some(transport) => Ok(transport.clone()),
            None => Broker::parse(&hub.broker, inner.broker_tls.clone())
                .map(Transport::Mqtt)
                .map_err(|why| {
                    let (kind, words) = (LinkTrouble::OurFiles, why.to_string());
                    Trouble { kind, words }
                }),
        };
        let (Ok(key), Ok(transport)) = (key, transport.as_ref()) else {
            self.set(LinkState::Down, transport.err());
            tracing::error!(
                "the hub that this box was enrolled with cannot be reached like that: look at [hub] in the settings, or enrol the box again"
            );
            return Ok(Due::WhenRung);
        };
        let transport = transport.clone();
        self.set(LinkState::Down, None);
        let (incarnation, generation) = (inner.lives.incarnation, hub.generation);
        let desk = Desk::open(
            inner.database.clone(),
            inner.machine.clock.clone(),
            End::Box,
            cinema.clone(),
            (incarnation, generation),
            applies,
        );
        let identity = BoxIdentity {
            address: Address {
                cinema,
                device: inner.lives.device.clone(),
            },
            frame_seed: inner.frame_seed,
            hub: Keys::valid([key]),
            incarnation,
            generation,
        };
        let (written, machine) = (inner.written.clone(), inner.machine.clone());
        let asks = inner.asks.clone();
        let end = BoxEnd::new(identity, transport, desk.await?, written, asks, machine);
        *inner.renewals.lock() = Some(end.renewals());
        end.start();
        Ok(Due::Never)
    }

    /// The hub has forgotten, and begun another life: it is told all that this box knows of custody, and the link begins anew. A box that cannot
    /// prove its own past tells nothing.
    pub(crate) fn hub_began_anew(&self, at: &At, generation: Generation) {
        let (link, at) = (self.clone(), at.clone());
        self.0.machine.lifecycle.run("another life of the hub", async move {
            if link.0.proof.stops().is_some() {
                return;
            }
            if let Err(why) = link.renew(&at, generation).await {
                tracing::error!(%why, "the hub could not be told what it has forgotten; it is tried again with the next Hello");
            }
        });
    }

    async fn renew(&self, at: &At, generation: Generation) -> Result<(), Fault> {
        let acting = at.clone();
        let telling = self.0.database.write(at.scope(), move |tx| {
            let Some(known) = store::hub(tx)? else {
                return Ok(false);
            };
            if known.generation.0.number >= generation.0.number {
                return Ok(known.generation == generation);
            }
            custody::tell_all(tx, &acting, generation, known.generation)?;
            store::keep_hub(
                tx,
                &Hub {
                    generation,
                    ..known
                },
            )?;
            tx.after_commit(move || {
                tracing::warn!(
                    generation = generation.0.number,
                    "the hub has forgotten something, and is told it"
                );
            });
            Ok::<_, Fault>(true)
        });
        if telling.await?
            && let Some(renewals) = self.0.renewals.lock().as_ref()
        {
            renewals.renew(generation);
        }
        Ok(())
    }

    /// Whether the hub understands events of a type, as it has said last; where there is none, nobody need.
    pub(crate) fn is_understood(&self, kind: &str) -> bool {
        match &*self.0.understood.lock() {
            Some(kinds) => kinds.contain(kind),
            None => self.0.lives.hub.is_none(),
        }
    }

    /// Whether the hub has not said before what it understands.
    pub(crate) fn has_understood_nothing(&self) -> bool {
        self.0.understood.lock().is_none()
    }

    /// Keeps what the hub says it understands, and goes by it once that is committed.
    pub(crate) fn hear_understood(
        &self,
        tx: &mut Tx<'_>,
        kinds: Kinds,
    ) -> Result<(), database::Error> {
        if self.0.understood.lock().as_ref() == Some(&kinds) {
            return Ok(());
        }
        store::keep_understood(tx, &kinds)?;
        let link = self.clone();
        tx.after_commit(move || *link.0.understood.lock() = Some(kinds));
        Ok(())
    }

    /// What the link is told of itself.
    pub(crate) fn note(&self, happening: &Happening) {
        match happening {
            Happening::Opened { session, program } => {
                tracing::info!(session, program, "the link is up");
                self.0.proof.hub_takes_it_as_it_is();
                self.set(LinkState::Up, None);
            }
            Happening::Disconnected(trouble) => {
                // Once: a line may be cut for days.
                let state = match trouble.kind.refuses() {
                    true => LinkState::Refused,
                    false => LinkState::Down,
                };
                let is_news = self.set(state, Some(trouble.clone()));
                if is_news && trouble.kind != LinkTrouble::Unreachable {
                    let (code, why) = (trouble.kind.code(), &trouble.words);
                    tracing::warn!(code, why, "the hub's broker cannot be used");
                } else {
                    tracing::debug!(why = trouble.words, "the link is down");
                }
            }
            // The reason comes with a notice, before or after.
            Happening::Closed(Closed::Refused) if !self.is_open() => {}
            Happening::Closed(_) => {
                let was_quiet = self.0.state.lock().before_quiet.is_some();
                let trouble = was_quiet.then(|| Trouble::unreachable(QUIET));
                self.set(LinkState::Down, trouble);
            }
            Happening::Failed(_) => {
                self.set(LinkState::Down, None);
            }
            Happening::Notice(notice) => self.notice(notice),
            Happening::Acknowledged(position) => self.0.proof.hub_agrees(*position),
            Happening::Quiet => self.quiet(),
            Happening::Heard => self.heard_again(),
            Happening::Connected | Happening::Presence(_) => {}
        }
    }

    /// The hub does not answer in the open session: what is sold from here on may not reach it.
    fn quiet(&self) {
        let Shown { state, trouble, .. } = self.0.state.lock().clone();
        if self.is_open() {
            self.set(LinkState::Down, Some(Trouble::unreachable(QUIET)));
            self.0.state.lock().before_quiet = Some((state, trouble));
        }
    }

    fn heard_again(&self) {
        let before = self.0.state.lock().before_quiet.take();
        if let Some((state, trouble)) = before {
            self.set(state, trouble);
        }
    }

    fn notice(&self, notice: &Notice) {
        match notice {
            Notice::RefusedByPeer(refusal) => {
                match refusal.trouble(End::Hub) {
                    Some(LinkTrouble::Copied) => self.0.proof.hub_takes_it_for_a_copy(),
                    Some(LinkTrouble::KeyRevoked) => self.0.proof.hub_has_revoked_it(),
                    Some(_) | None => {}
                }
                self.refused_by(End::Hub, refusal);
            }
            // What is heard beside an open session may come from anybody.
            Notice::Refused(refusal) if self.is_open() => {
                tracing::warn!(%refusal, "a message on the link counts for nothing");
            }
            Notice::Refused(refusal) => self.refused_by(End::Box, refusal),
            Notice::OwnStreamForgotten { known } => {
                self.0.proof.hub_knows_more(*known);
                self.refused(
                    LinkTrouble::BoxForgot,
                    "the hub knows events that this box has not",
                );
            }
            Notice::UpdateNeeded { kind, seq } => {
                tracing::warn!(
                    kind,
                    seq,
                    "an event of the hub waits until this box is updated"
                );
                self.waits(LinkTrouble::BoxMustUpdate);
            }
            Notice::PeerMustUpdate { kind, seq } => {
                tracing::warn!(kind, seq, "an event waits until the hub is updated");
                self.waits(LinkTrouble::HubMustUpdate);
            }
            // It is told what it has forgotten: see [`Link::hub_began_anew`].
            Notice::LaterLife(_) => {}
            Notice::Unwritable(error) => {
                tracing::error!(%error, "a message could not be written");
            }
        }
    }

    fn refused_by(&self, end: End, refusal: &Refusal) {
        match refusal.trouble(end) {
            Some(trouble) => self.refused(trouble, &refusal.to_string()),
            None => tracing::warn!(%refusal, "a message on the link counts for nothing"),
        }
    }

    /// A stream waits for an update.
    fn waits(&self, kind: LinkTrouble) {
        let words = kind.words().to_owned();
        self.set(LinkState::UpdateNeeded, Some(Trouble { kind, words }));
    }

    /// Somebody refuses: said once, for it is tried again and again.
    fn refused(&self, kind: LinkTrouble, heard: &str) {
        let words = kind.words().to_owned();
        if self.set(LinkState::Refused, Some(Trouble { kind, words })) {
            tracing::error!(
                code = kind.code(),
                heard,
                "the link is refused: {}",
                kind.words()
            );
        }
    }

    /// Keeps that the hub refuses content; the cinema goes on with it.
    pub(crate) fn content_refused(
        &self,
        tx: &mut Tx<'_>,
        refused: &ContentRefused,
    ) -> Result<(), database::Error> {
        let (kind, id) = match &refused.content {
            Content::Film(film) => ("film", film.as_str()),
            Content::PriceBook(book) => ("price_book", book.as_str()),
        };
        let version = refused.version;
        tracing::warn!(
            kind,
            id,
            version,
            "the hub knows other content under this version"
        );
        store::refuse(tx, kind, id, version, "other_content_under_this_version")
    }

    /// Whether a session is open.
    fn is_open(&self) -> bool {
        let shown = self.0.state.lock();
        match shown.state {
            LinkState::Up | LinkState::UpdateNeeded => true,
            LinkState::NotEnrolled | LinkState::Down | LinkState::Refused => {
                shown.before_quiet.is_some()
            }
        }
    }

    /// Whether that is news.
    fn set(&self, state: LinkState, trouble: Option<Trouble>) -> bool {
        let since = self.0.machine.clock.monotonic();
        let mut known = self.0.state.lock();
        known.before_quiet = None;
        let kind = |trouble: &Option<Trouble>| trouble.as_ref().map(|trouble| trouble.kind);
        let is_news = (known.state, kind(&known.trouble)) != (state, kind(&trouble));
        if is_news {
            self.0.meters.show(state, kind(&trouble));
            *known = Shown {
                state,
                trouble,
                since,
                before_quiet: None,
            };
        }
        is_news
    }
}

#[cfg(test)]
mod tests;
