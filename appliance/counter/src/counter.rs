//! A counter: the seats of one side's custody and all that is done with them. A box opens one for its cinema, the hub one for all of its
//! cinemas; each cinema's part is reached through [`Counter::at`].

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use box_office::programme::Showtime;
use box_office::{CinemaId, Currency, Custodian, ShowtimeId};
use database::{Database, Scope, Snapshot, Tx};
use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, RwLock};
use service::{Bell, Clock, Due, Lifecycle, Metrics, Random};
use wire::{Body, Life};

use crate::Fault;
use crate::asking::Asking;
use crate::catalogue::{self, Catalogue, CatalogueRefused, Scheduled, ShowtimeKey};
use crate::following::Following;
use crate::live::LiveSeats;
use crate::outbox::Outbox;
use crate::ports::{Bounds, Patience, Pays, Ports};
use crate::refunding::Refunding;
use crate::running_time::{self, RunningTime};
use crate::set_aside::SetAside;
use crate::ticket_seed::TicketSeed;
use crate::watching::Watching;

/// How often it is looked whether the catalogues fit the time of day.
const FITS_FOR: Duration = Duration::from_secs(1);

/// The pause after they could not be read.
const AFTER_TROUBLE: Duration = Duration::from_secs(30);

/// A counter. Clones share it.
#[derive(Clone)]
pub struct Counter(Arc<Inner>);

/// What a counter has; reached through [`Counter`].
pub struct Inner {
    pub(crate) side: Custodian,
    pub(crate) database: Database,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) metrics: Metrics,
    pub(crate) selling: Selling,
    pub(crate) time: RunningTime,
    pub(crate) following: Following,
    pub(crate) watching: Watching,
    pub(crate) asking: Asking,
    pub(crate) ports: Arc<dyn Ports>,
    pub(crate) life: Life,
    pub(crate) ticket_seed: TicketSeed,
    pub(crate) shops: RwLock<BTreeMap<CinemaId, Arc<Shop>>>,
    /// Rung when seats may have to be given to the other side.
    pub(crate) allotting: Bell,
    pub(crate) refunding: Refunding,
    /// Rung when the list of whoever takes the money is to be read.
    pub(crate) listing: Bell,
    /// Held by whoever imports a programme, until its catalogue is shown.
    pub(crate) importing: tokio::sync::Mutex<()>,
    /// Tells which showtimes stay in memory although they are over.
    pub(crate) in_question: InQuestion,
}

/// The showtimes that a room above still needs, however long ago they ended.
pub(crate) type InQuestion = fn(&mut Snapshot<'_>) -> Result<Vec<ShowtimeKey>, Fault>;

/// How a counter sells.
#[derive(Debug, Clone, Copy)]
pub struct Selling {
    /// How long a hold lasts.
    pub hold_time: Duration,
}

/// What a counter has of one cinema.
#[derive(Debug)]
pub(crate) struct Shop {
    pub(crate) cinema: CinemaId,
    pub(crate) live: Arc<LiveSeats>,
    pub(crate) outbox: Arc<Outbox>,
    /// Whether the other side was told in this life how its seats are sold online.
    pub(crate) is_told_how_it_sells: AtomicBool,
    /// The series and the last number of its receipts, if the last write was kept.
    pub(crate) last_receipt: Mutex<Option<(i64, i64)>>,
    catalogue: RwLock<Arc<Catalogue>>,
}

/// A counter at one cinema: what every use case is given.
#[derive(Debug, Clone)]
pub struct At {
    counter: Counter,
    pub(crate) shop: Arc<Shop>,
}

impl std::fmt::Debug for Counter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Counter")
            .field("side", &self.side)
            .finish_non_exhaustive()
    }
}

impl Deref for Counter {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Deref for At {
    type Target = Counter;
    fn deref(&self) -> &Counter {
        &self.counter
    }
}

impl Counter {
    /// A counter without any cinema yet.
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Which amounts of a currency are charged to a card.
    pub fn bounds(&self, currency: Currency) -> Bounds {
        let cards = self.ports.cards();
        cards.map_or(Bounds::ANY, |cards| cards.bounds(currency))
    }

    /// The counter at a cinema, if it knows it.
    pub fn at(&self, cinema: &CinemaId) -> Option<At> {
        let shop = self.shops.read().get(cinema).cloned()?;
        Some(At {
            counter: self.clone(),
            shop,
        })
    }

    /// The counter at its only cinema: a box has one, once a programme was imported.
    pub fn here(&self) -> Option<At> {
        let shops = self.shops.read();
        let shop = shops.values().next().filter(|_| shops.len() == 1)?;
        Some(At {
            counter: self.clone(),
            shop: Arc::clone(shop),
        })
    }

    /// What time it is by its clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Rung when something comes due in checkout.
    pub fn bell(&self) -> &Bell {
        &self.following.bell
    }

    /// Rung when somebody has left who asked the other side for seats.
    pub fn left(&self) -> &Bell {
        &self.asking.bell
    }

    /// Rung when seats may have to be given to the other side.
    pub fn allotting(&self) -> &Bell {
        &self.allotting
    }

    /// Rung when the list of whoever takes the money is to be read: they tell of what is not known.
    pub fn listing(&self) -> &Bell {
        &self.listing
    }

    /// Rung when something comes due in refunds.
    pub fn refunding(&self) -> &Bell {
        &self.refunding.bell
    }

    /// What cannot go on by a fault of ours, and stops nothing else: each is tried again ever more seldom, and when a process begins; and what
    /// of the catalogues cannot be read.
    pub fn set_aside(&self) -> Vec<SetAside> {
        let mut all = self.following.all_aside();
        for shop in self.shops.read().values() {
            all.extend_from_slice(&shop.catalogue.read().unreadable);
        }
        all
    }

    /// The cinemas that it knows.
    pub fn cinemas(&self) -> Vec<CinemaId> {
        self.shops.read().keys().cloned().collect()
    }

    /// Has a cinema's catalogue read anew in a transaction that changed it, and shown once it is committed; `changed` are the showtimes
    /// whose maps are drawn anew.
    ///
    /// # Errors
    /// The database refuses, or holds what cannot be read.
    pub(crate) fn reload(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        changed: Vec<ShowtimeId>,
    ) -> Result<(), Fault> {
        let catalogue = self.read_catalogue(tx, cinema)?;
        let (counter, cinema) = (self.clone(), cinema.clone());
        if let Some(catalogue) = catalogue {
            tx.after_commit(move || {
                counter.put(catalogue);
                if let Some(at) = counter.at(&cinema) {
                    changed
                        .iter()
                        .for_each(|showtime| at.shop.live.forget(showtime));
                }
                counter.allotting.ring();
                counter.refunding.bell.ring();
            });
        }
        Ok(())
    }

    fn read_catalogue(
        &self,
        db: &mut Snapshot<'_>,
        cinema: &CinemaId,
    ) -> Result<Option<Catalogue>, Fault> {
        let since = catalogue::kept_since(self.clock.now());
        let also = (self.in_question)(db)?;
        catalogue::load(db, cinema, (since, &also), &self.ticket_seed)
    }

    /// The counter at a cinema, as a transaction has it that may have heard of it first: what it shows is nobody's map then.
    ///
    /// # Errors
    /// The database refuses, or holds what cannot be read.
    pub fn at_in(&self, db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Option<At>, Fault> {
        if let Some(at) = self.at(cinema) {
            return Ok(Some(at));
        }
        let catalogue = self.read_catalogue(db, cinema)?;
        Ok(catalogue.map(|catalogue| At {
            counter: self.clone(),
            shop: Arc::new(self.new_shop(catalogue)),
        }))
    }

    /// As a job: reads the catalogues anew that do not fit the time of day any more, shows of each cinema whether its other side is reached,
    /// and looks again a second later.
    pub async fn refresh_due(self, now: Duration) -> Due {
        for at in self.cinemas().iter().filter_map(|it| self.at(it)) {
            let is_reached = self.ports.is_linked(at.cinema());
            at.shop.live.reach(is_reached, now);
        }
        if let Err(fault) = self.refresh().await {
            self.broke(&fault);
            tracing::error!(%fault, "the programme cannot be read anew");
            return Due::At(now + AFTER_TROUBLE);
        }
        Due::At(now + FITS_FOR)
    }

    async fn refresh(&self) -> Result<(), Fault> {
        let now = self.clock.now();
        let at = |cinema: CinemaId| self.at(&cinema);
        let stale: Vec<At> = self.cinemas().into_iter().filter_map(at).collect();
        for at in stale.iter().filter(|at| !at.catalogue().fits(now)) {
            let (counter, cinema) = (self.clone(), at.cinema().clone());
            tracing::info!(%cinema, "the programme is read anew for the time of day");
            let reading = self.database.write(scope(at.cinema()), move |tx| {
                counter.reload(tx, &cinema, Vec::new())
            });
            reading.await?;
        }
        Ok(())
    }

    /// Tells the other side, in the transaction of what it is told of.
    ///
    /// # Errors
    /// The database refuses.
    pub fn tell(
        &self,
        tx: &mut Tx<'_>,
        cinema: &CinemaId,
        bodies: impl IntoIterator<Item = Body>,
    ) -> Result<(), Fault> {
        self.outbox_of(cinema).push(tx, bodies)
    }

    /// How long whoever pays by card is waited for.
    pub(crate) fn patience(&self) -> Patience {
        let cards = self.ports.cards();
        cards.map_or(Patience::AT_A_TERMINAL, Pays::patience)
    }

    /// Counts a fault that nobody is answered with; whoever meets it logs it.
    pub(crate) fn broke(&self, fault: &Fault) {
        if let Some(kind) = fault.kind() {
            self.metrics.broke(kind);
        }
    }

    /// The link's error for a fault that keeps an event from being applied.
    pub fn undone(&self, fault: Fault) -> mailbox::Error {
        self.broke(&fault);
        match fault {
            Fault::Database(error) => error.into(),
            Fault::Stopped => mailbox::Error::NotNow,
            Fault::Stream(words) => {
                tracing::error!(words, "what is to be told could not be written");
                mailbox::Error::NotNow
            }
            Fault::Broken(words) => mailbox::Error::Unfit(words),
        }
    }

    pub(crate) fn put(&self, catalogue: Catalogue) {
        for piece in &catalogue.unreadable {
            let SetAside { what, why, .. } = piece;
            tracing::error!(
                what,
                id = piece.name(),
                why,
                "it cannot be read, and what names it is not sold"
            );
        }
        let mut shops = self.shops.write();
        let cinema = catalogue.cinema.id.clone();
        match shops.get(&cinema) {
            Some(shop) => {
                let catalogue = Arc::new(catalogue);
                *shop.catalogue.write() = Arc::clone(&catalogue);
                (shop.live).keep_only(|showtime| catalogue.showtime(showtime).is_some());
            }
            None => {
                shops.insert(cinema, Arc::new(self.new_shop(catalogue)));
            }
        }
        let unreadable = |shop: &Arc<Shop>| shop.catalogue.read().unreadable.len();
        self.following
            .show_unreadable(shops.values().map(unreadable).sum());
    }

    fn new_shop(&self, catalogue: Catalogue) -> Shop {
        let cinema = catalogue.cinema.id.clone();
        Shop {
            live: Arc::new(LiveSeats::new(self.random.bytes())),
            catalogue: RwLock::new(Arc::new(catalogue)),
            outbox: self.new_outbox(&cinema),
            cinema,
            is_told_how_it_sells: AtomicBool::new(false),
            last_receipt: Mutex::default(),
        }
    }

    /// The stream that tells of a cinema, which may not be known yet.
    pub(crate) fn outbox_of(&self, cinema: &CinemaId) -> Arc<Outbox> {
        match self.shops.read().get(cinema) {
            Some(shop) => Arc::clone(&shop.outbox),
            None => self.new_outbox(cinema),
        }
    }

    fn new_outbox(&self, cinema: &CinemaId) -> Arc<Outbox> {
        Outbox::new(
            self.side,
            cinema.clone(),
            self.life,
            self.clock.clone(),
            self.random.clone(),
            Arc::clone(&self.ports),
        )
    }
}

impl Inner {
    /// A point of the counter's running time.
    pub(crate) fn running_ms(&self) -> i64 {
        self.time.now_ms()
    }

    /// How long a hold lasts, in milliseconds.
    pub(crate) fn hold_ms(&self) -> i64 {
        running_time::ms(self.selling.hold_time)
    }
}

impl At {
    /// A showtime whose seats may be held now, as the transaction that does it has it. What is held already may be paid for a little longer.
    ///
    /// # Errors
    /// It is cancelled, closed or over, or cannot be read.
    pub(crate) fn held_now(
        &self,
        db: &mut Snapshot<'_>,
        showtime: ShowtimeKey,
    ) -> Result<Arc<Scheduled>, CatalogueRefused> {
        let now = self.clock.now();
        let scheduled = catalogue::on_sale_now(db, &self.catalogue(), showtime, now)?;
        match now < self.holds_until(&scheduled.showtime) {
            true => Ok(scheduled),
            false => Err(CatalogueRefused::SalesClosed),
        }
    }

    /// Until when seats of a showtime may be held on this side: at the hub until some minutes before the start, when they are the cinema's.
    pub(crate) fn holds_until(&self, showtime: &Showtime) -> Timestamp {
        let end = showtime.sales_end_at();
        match (self.side, self.ports.online_sales()) {
            (Custodian::Hub, Some(online)) => {
                let before = SignedDuration::from_mins(online.end_before_start_min.into());
                end.min(showtime.starts_at - before)
            }
            (Custodian::Hub, None) | (Custodian::Cinema, _) => end,
        }
    }

    /// The cinema.
    pub fn cinema(&self) -> &CinemaId {
        &self.shop.cinema
    }

    /// What is on, as it was committed last.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.shop.catalogue.read())
    }

    /// Whether the other side is reached, as the maps of its seats show it.
    pub fn is_reached(&self) -> bool {
        self.shop.live.is_reached()
    }

    /// How often something of the cinema changed that everyone is shown: its programme, its seats, whether the other side is reached. What was
    /// drawn since is as it would be drawn now, but for the time of day and for whether this side may sell.
    pub fn changes(&self) -> u64 {
        self.shop.live.changes()
    }

    /// Whether the cinema has told of such a showtime.
    pub fn has_showtime(&self, id: &ShowtimeId) -> bool {
        self.showtime(id).is_some()
    }

    /// A showtime with all that it names.
    pub(crate) fn showtime(&self, id: &ShowtimeId) -> Option<Arc<Scheduled>> {
        self.catalogue().showtime(id)
    }

    /// The stream that this side writes for the cinema.
    pub fn stream(&self) -> &mailbox::StreamKey {
        self.shop.outbox.key()
    }

    /// Every write to a cinema's seats, holds, checkout, tickets or streams has this one scope.
    pub fn scope(&self) -> Scope {
        scope(&self.shop.cinema)
    }
}

/// The scope of every write to a cinema's seats, holds, checkout, tickets or streams.
pub fn scope(cinema: &CinemaId) -> Scope {
    Scope::of("cinema", cinema.as_str())
}
