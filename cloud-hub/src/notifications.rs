//! What guests at home are told about what they have bought: written down in the transaction of its cause, once for each cause, and sent by
//! mail until the server has taken it or a person must look. What a message says is drawn as the booking is when it is sent.

mod outgoing;
mod pauses;
mod persons;
mod refusal;
pub(crate) mod routes;
mod settings;
mod smtp;
mod store;

use std::collections::BTreeSet;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use box_office::{CinemaId, HoldId, SaleId};
use counter::bookings::{self, Booking};
use counter::tickets::TicketRefused;
use counter::{Buyer, Counter, Fault, Stopped, checkout, custody};
use database::{Database, Scope, Snapshot, Tx};
use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use service::{Bell, Due, Machine};

use crate::proof;
use crate::storefront::Storefront;
use crate::storefront::booking::letter::{About, NoLetter};
pub(crate) use outgoing::Outgoing;
use pauses::Pauses;
pub(crate) use persons::{
    decide, failed, for_head_office, list, no_such_message, send_to, undelivered,
};
pub(crate) use refusal::ContactRefused;
pub(crate) use settings::mailer;
pub(crate) use smtp::Mailer;
use smtp::{Address, NoAddress, NotSent};

/// Messages that are looked at in one go: what comes meanwhile waits no longer.
const A_GO: usize = 64;

/// Messages that are sent at once: a server takes some connections of one sender.
const AT_ONCE: usize = 4;

/// So often the server may turn one message away for now before a person looks; with the pauses between, twenty hours.
const MOST_TRIES: i64 = 12;

/// The address of somebody who has not bought yet is forgotten after so long: every payment has come to its end that no person decides.
const KEPT_UNBOUGHT: SignedDuration = SignedDuration::from_hours(48);

/// The address of somebody who has bought is forgotten so long after the start of their showtime: refunds have come to their end, and who was
/// wronged has asked.
const KEPT_AFTER_START: SignedDuration = SignedDuration::from_hours(31 * 24);

/// It is looked so often whether an address is to be forgotten.
const FORGETS_EVERY: Duration = Duration::from_secs(60 * 60);

/// For so long a clock must have stood before something is forgotten by it: an address that is gone because somebody set a clock is gone.
const STOOD: Duration = Duration::from_secs(60 * 60);

/// The pause after the database could not be asked.
const AFTER_TROUBLE: Duration = Duration::from_secs(30);

/// What became of tickets waits so long for more of it: what goes back together is told of together.
const MORE_TO_COME: Duration = Duration::from_secs(3);

/// As long as tickets of a booking are on their way back it waits for them, but not for longer: the cinema's line may be down.
const LONGEST_WAIT_FOR_MORE: Duration = Duration::from_secs(2 * 60);

/// What is being sent when the process ends has so long to come to its end, so that nobody is sent it twice.
const LAST_MOMENT: Duration = Duration::from_secs(3);

/// What became of a message that is at its end.
const SENT: &str = "sent";
const NOTHING_TO_TELL: &str = "nothing_to_tell";

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Tickets were bought.
    Bought,
    /// Tickets went back, or did not, or do not take place.
    Back,
    /// Their showtime is at another time.
    Time,
    /// It is in another room.
    Room,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Bought, Self::Back, Self::Time, Self::Room];

    fn word(self) -> &'static str {
        match self {
            Self::Bought => "bought",
            Self::Back => "back",
            Self::Time => "time",
            Self::Room => "room",
        }
    }

    /// What its letter is about, for somebody who was told this last.
    fn about(self, told: Told) -> About {
        match self {
            Self::Bought => About::Bought,
            Self::Back => About::Back,
            Self::Time => About::Time(told.starts_at),
            Self::Room => About::Room(told.room),
        }
    }
}

/// When and where a booking's showtime is, as its buyer was told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    starts_at: Timestamp,
    /// The room as guests call it.
    room: String,
}

impl Told {
    fn of(booking: &Booking) -> Self {
        let first = booking.tickets.first();
        Self {
            starts_at: booking.when.starts_at,
            room: first.map_or_else(String::new, |it| it.facts.auditorium.clone()),
        }
    }

    /// Until when the address is kept.
    fn kept_until(&self) -> Timestamp {
        let kept_until = self.starts_at.checked_add(KEPT_AFTER_START);
        kept_until.unwrap_or(Timestamp::MAX)
    }
}

/// A booking whose showtime was moved since its buyer was told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Moved {
    cinema: CinemaId,
    sale: SaleId,
    told: Told,
    /// How often by now.
    moves: i64,
}

/// A message that waits to be sent, or for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    /// Which; it derives from its first cause, so that a hub that was put back writes the same again.
    id: String,
    kind: Kind,
    cinema: CinemaId,
    sale: SaleId,
    address: String,
    /// How many causes it tells of.
    causes: i64,
    /// How often the server has turned it away.
    tries: i64,
    written_at: Timestamp,
    /// Whether a person must look.
    is_failed: bool,
    /// What the server said last.
    why: String,
}

/// A message that could not be delivered; it names nobody's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failed {
    /// Which.
    pub(crate) id: String,
    /// Of which cinema it tells.
    pub(crate) cinema: CinemaId,
    /// Of which sale.
    pub(crate) sale: SaleId,
    /// Since when it waits for a person.
    pub(crate) at: Timestamp,
}

/// What somebody decides about what could not be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decided {
    /// It is sent once more.
    SentAgain,
    /// Nobody need look at it any more.
    SetAside,
}

/// The room. Clones share it.
#[derive(Clone)]
pub(crate) struct Notifications {
    database: Database,
    machine: Machine,
    counter: Counter,
    storefront: Storefront,
    mailer: Option<Mailer>,
    bell: Bell,
    pauses: Arc<Pauses>,
}

impl fmt::Debug for Notifications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifications").finish_non_exhaustive()
    }
}

impl Notifications {
    pub(crate) fn new(
        (database, machine): (Database, Machine),
        counter: Counter,
        storefront: Storefront,
        (mailer, outgoing): (Option<Mailer>, &Outgoing),
    ) -> Self {
        Self {
            database,
            counter,
            storefront,
            mailer,
            bell: outgoing.bell().clone(),
            pauses: Arc::new(Pauses::new(&machine.metrics)),
            machine,
        }
    }

    /// Rung when something is to be sent.
    pub(crate) fn bell(&self) -> &Bell {
        &self.bell
    }

    /// Keeps where whoever holds these seats is written to. Said again before they have bought, it is the address that counts.
    pub(crate) async fn keep_address(
        &self,
        cinema: &CinemaId,
        (buyer, hold): (Buyer, HoldId),
        address: &str,
    ) -> Result<(), ContactRefused> {
        if self.mailer.is_none() {
            return Err(ContactRefused::NoMail);
        }
        let address: Address = address
            .parse()
            .map_err(|NoAddress| ContactRefused::NoAddress)?;
        let at = self.counter.at(cinema).ok_or(ContactRefused::NoProgramme)?;
        let kept_until = self.machine.clock.now() + KEPT_UNBOUGHT;
        self.database
            .write(at.scope(), move |tx| {
                let showtime = checkout::not_yet_bought(tx, &at, (&buyer, &hold))?;
                let of = (at.cinema(), &showtime);
                store::put_contact(tx, (&hold, of), address.as_str(), kept_until)?;
                Ok(())
            })
            .await
    }

    /// Sends what is due, and forgets the addresses that are not needed any more.
    pub(crate) async fn run_due(self, now: Duration) -> Due {
        let shutdown = self.machine.lifecycle.shutdown().clone();
        let mut running = pin!(self.run_all_due(now));
        tokio::select! {
            biased;
            due = &mut running => return due,
            () = shutdown.cancelled() => {}
        }
        // What is on its way to the server comes to its end; nothing else begins.
        let ended = tokio::time::timeout(LAST_MOMENT, running).await;
        ended.unwrap_or(Due::WhenRung)
    }

    async fn run_all_due(&self, now: Duration) -> Due {
        // Nothing is written where what is stored may not be all that was answered.
        if proof::stops(&self.database) == Some(Stopped::All) {
            return Due::At(now + AFTER_TROUBLE);
        }
        self.forget_due(now).await;
        let forgets_at = self.pauses.forgets_at();
        let Some(mailer) = &self.mailer else {
            return Due::At(forgets_at);
        };
        self.look_at_the_moved().await;
        if let Some(again) = self.pauses.server_again_at().filter(|again| now < *again) {
            return Due::At(again.min(forgets_at));
        }
        let unsent = match self.database.read(store::unsent).await {
            Ok(unsent) => unsent,
            Err(error) => {
                tracing::error!(%error, "the messages to guests could not be looked at; trying again");
                return Due::At(now + AFTER_TROUBLE);
            }
        };
        self.pauses.count(&unsent);
        let waiting: Vec<Message> = unsent.into_iter().filter(|it| !it.is_failed).collect();
        self.pauses.keep_only(&waiting);
        if waiting.is_empty() {
            // Nobody asks a server that nobody needs.
            self.pauses.server_takes();
        }
        let mut due: Vec<Message> = waiting
            .into_iter()
            .filter(|message| {
                let first = match message.kind {
                    Kind::Bought | Kind::Time | Kind::Room => now,
                    Kind::Back => now + MORE_TO_COME,
                };
                self.pauses.is_due(message, (now, first))
            })
            .collect();
        due.truncate(A_GO);
        let cinemas: BTreeSet<CinemaId> = due.iter().map(|it| it.cinema.clone()).collect();
        let (stopped, rest) = match self.stopped_of(cinemas).await {
            Ok(stopped) => due
                .into_iter()
                .partition(|message| stopped.contains(&message.cinema)),
            Err(error) => {
                tracing::error!(%error, "the messages to guests could not be looked at; trying again");
                return Due::At(now + AFTER_TROUBLE);
            }
        };
        // What they would say may not be so: its box tells the rest first.
        let stopped: Vec<Message> = stopped;
        for message in &stopped {
            self.pauses.waits(message, now + AFTER_TROUBLE);
        }
        stream::iter::<Vec<Message>>(rest)
            .for_each_concurrent(AT_ONCE, |message| self.send(mailer, message))
            .await;
        let again = self.pauses.has_to_look_again().then(|| now + AFTER_TROUBLE);
        let next = [Some(forgets_at), self.pauses.next(), again];
        next.into_iter().flatten().min().into()
    }

    /// Sends one message, and stores what became of it.
    async fn send(&self, mailer: &Mailer, message: Message) {
        let now = self.machine.clock.monotonic();
        // The server went away meanwhile: all wait alike.
        if self.pauses.is_server_away(now) || self.machine.lifecycle.shutdown().is_cancelled() {
            return;
        }
        // It may tell of more by now, or of nothing, or go elsewhere.
        let (message, told) = match self.now(&message).await {
            Ok(Some(found)) => found,
            Ok(None) => return,
            Err(error) => {
                tracing::error!(message.id, %error, "a message to a guest could not be looked at; trying again");
                return self.pauses.waits(&message, now + AFTER_TROUBLE);
            }
        };
        // It was sent, and that could not be stored.
        if let Some(place) = self.pauses.was_sent(&message) {
            return self.end((message, now), (SENT, Some(place))).await;
        }
        let waited = self.pauses.waited(&message, now);
        let may_wait = waited < LONGEST_WAIT_FOR_MORE;
        let (booking, about) = ((&message.cinema, &message.sale), message.kind.about(told));
        let became = match self.storefront.letter(booking, (&about, may_wait)).await {
            Ok(letter) => {
                let (starts_at, room) = letter.place.clone();
                let sent_at = self.machine.clock.now();
                let sent = mailer.send((&message, sent_at), letter).await;
                sent.map(|()| (SENT, Some(Told { starts_at, room })))
            }
            Err(NoLetter::NothingToTell) => Ok((NOTHING_TO_TELL, None)),
            Err(NoLetter::SoonMore) => {
                return self
                    .pauses
                    .waits(&message, now + MORE_TO_COME.max(waited / 2));
            }
            // An older copy of the hub's data that was put back does not know it, and never will.
            Err(NoLetter::UnknownSale) => {
                Err(NotSent::Never("its booking is not known".to_owned()))
            }
            Err(NoLetter::Fault(fault)) => {
                tracing::error!(message.id, %fault, "a message to a guest cannot be drawn; trying again");
                Err(NotSent::NotNow("it cannot be drawn".to_owned()))
            }
        };
        // Sending takes its time.
        let now = self.machine.clock.monotonic();
        let may_wait = message.tries + 1 < MOST_TRIES;
        match became {
            Ok((state, place)) => {
                if state == SENT && self.pauses.server_takes() {
                    tracing::info!("the mail server takes messages again");
                }
                self.end((message, now), (state, place)).await;
            }
            Err(NotSent::ServerAway(why)) => {
                if self.pauses.server_goes_away(&message, now) {
                    tracing::warn!(%why, "the mail server takes nothing at the moment; trying again and again");
                    self.count_a_try((message, now), why, may_wait).await;
                }
            }
            Err(NotSent::NotNow(why)) => {
                self.pauses.turned_away(&message, now);
                self.count_a_try((message, now), why, may_wait).await;
            }
            Err(NotSent::Never(why)) => self.count_a_try((message, now), why, false).await,
        }
    }

    /// The message as it is now, if it still waits, with what its buyer was told last.
    async fn now(&self, message: &Message) -> Result<Option<(Message, Told)>, database::Error> {
        let id = message.id.clone();
        let look = move |db: &mut Snapshot<'_>| {
            let Some(message) = store::waiting(db, &id)? else {
                return Ok(None);
            };
            let told = store::told(db, &message.sale)?;
            Ok::<_, database::Error>(told.map(|told| (message, told)))
        };
        self.database.read(look).await
    }

    /// The cinemas of these of which not all is known that there is to know.
    async fn stopped_of(
        &self,
        cinemas: BTreeSet<CinemaId>,
    ) -> Result<BTreeSet<CinemaId>, database::Error> {
        if proof::stops(&self.database).is_some() {
            return Ok(cinemas);
        }
        let counter = self.counter.clone();
        let look = move |db: &mut Snapshot<'_>| {
            let mut stopped = BTreeSet::new();
            for cinema in cinemas {
                if !custody::may_hear(db, &counter, &cinema)? {
                    stopped.insert(cinema);
                }
            }
            Ok::<_, database::Error>(stopped)
        };
        self.database.read(look).await
    }

    /// The message is at its end; whoever was sent it was told so of when and where it is.
    async fn end(
        &self,
        (message, now): (Message, Duration),
        (state, place): (&'static str, Option<Told>),
    ) {
        if let Some(place) = &place {
            self.pauses.is_sent(&message, place);
        }
        let ended = move |tx: &mut Tx<'_>, it: &Message, at| {
            if let Some(place) = &place {
                store::is_told(tx, &it.sale, place)?;
            }
            store::ended(tx, it, (state, at))
        };
        if self.store((message.clone(), now), ended).await {
            self.pauses.ends(&message);
        }
    }

    /// It was not taken; a person must look if it may wait no longer.
    async fn count_a_try(&self, (message, now): (Message, Duration), why: String, may_wait: bool) {
        if may_wait {
            let turned_away =
                move |tx: &mut Tx<'_>, it: &Message, _| store::turned_away(tx, it, &why);
            self.store((message, now), turned_away).await;
            return;
        }
        // The reason often names the address.
        tracing::warn!(
            message.id,
            "a message to a guest cannot be delivered; a person must look: `cloud-hub mails`"
        );
        let failed = move |tx: &mut Tx<'_>, it: &Message, at| store::failed(tx, it, (&why, at));
        self.store((message, now), failed).await;
    }

    /// Stores what became of it; if that cannot be, it is looked at again after a pause. Says whether it is stored.
    async fn store(
        &self,
        (message, now): (Message, Duration),
        what: impl Fn(&mut Tx<'_>, &Message, Timestamp) -> Result<(), database::Error> + Send + 'static,
    ) -> bool {
        let (at, stored) = (self.machine.clock.now(), message.clone());
        // Its statement changes only what it was read as, so nothing need be locked.
        let writing = self
            .database
            .write(Scope::Nothing, move |tx| what(tx, &stored, at));
        match writing.await {
            Ok(()) => {
                self.bell.ring();
                true
            }
            Err(error) => {
                tracing::error!(message.id, %error, "what became of a message to a guest could not be stored; trying again");
                self.pauses.waits(&message, now + AFTER_TROUBLE);
                false
            }
        }
    }

    /// Has everybody told whose showtime is elsewhere than they were told last. What cannot be looked at stops nothing else.
    async fn look_at_the_moved(&self) {
        let moved = self.database.read(store::moved).await;
        let moved = moved.unwrap_or_else(|error| {
            tracing::error!(%error, "the bookings whose showtimes have moved cannot be looked at; trying again");
            self.pauses.looks_again();
            Vec::new()
        });
        for moved in moved {
            if self.machine.lifecycle.shutdown().is_cancelled() {
                return;
            }
            if let Err(fault) = self.look_at(moved).await {
                tracing::error!(%fault, "a booking whose showtime has moved cannot be looked at; trying again");
                self.pauses.looks_again();
            }
        }
    }

    async fn look_at(&self, moved: Moved) -> Result<(), Fault> {
        let Some(at) = self.counter.at(&moved.cinema) else {
            return Ok(());
        };
        let place = match bookings::find(&at, moved.sale.clone()).await {
            Ok(booking) => Told::of(&booking),
            // An older copy of the hub's data that was put back does not know it.
            Err(TicketRefused::UnknownTicket) => moved.told.clone(),
            Err(TicketRefused::Fault(fault)) => return Err(fault),
        };
        let now = self.machine.clock.now();
        let writing = self.database.write(at.scope(), move |tx| {
            store::looked(tx, &moved, &place)?;
            let Moved {
                sale, told, moves, ..
            } = &moved;
            for (kind, is_other) in [
                (Kind::Time, told.starts_at != place.starts_at),
                (Kind::Room, told.room != place.room),
            ] {
                if is_other {
                    let cause = format!("sale {sale} {} {moves}", kind.word());
                    store::tell(tx, (sale, kind), &cause, now)?;
                }
            }
            Ok::<_, Fault>(())
        });
        writing.await
    }

    async fn forget_due(&self, now: Duration) {
        if now < self.pauses.forgets_at() {
            return;
        }
        self.pauses.forgets_again_at(now + FORGETS_EVERY);
        if self.machine.clock.steady_for() < STOOD {
            return;
        }
        let until = self.machine.clock.now();
        let scope = Scope::of("messages", "kept");
        let forgetting = (self.database).write(scope, move |tx| store::forget(tx, until));
        if let Err(error) = forgetting.await {
            tracing::error!(%error, "the addresses of guests that are not needed any more could not be forgotten; trying again");
        }
    }
}
