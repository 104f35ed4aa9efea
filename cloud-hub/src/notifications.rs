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

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use box_office::{CinemaId, HoldId, SaleId};
use counter::{Buyer, Counter, checkout};
use database::{Database, Scope, Tx};
use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use service::{Bell, Due, Machine};

use crate::storefront::Storefront;
use crate::storefront::booking::letter::{About, NoLetter};
pub(crate) use outgoing::Outgoing;
use pauses::Pauses;
pub(crate) use persons::{failed, list, send_again, undelivered};
pub(crate) use refusal::ContactRefused;
pub(crate) use settings::mailer;
pub(crate) use smtp::Mailer;
use smtp::{Address, NoAddress, NotSent};

/// Messages that are sent at once: a server takes some connections of one sender.
const AT_ONCE: usize = 4;

/// So often the server may turn one message away for now before a person looks; with the pauses between, a day and a half.
const MOST_TRIES: i64 = 12;

/// The address of somebody who has not bought yet is forgotten after so long: every payment has come to its end.
const KEPT_UNBOUGHT: SignedDuration = SignedDuration::from_hours(48);

/// It is looked so often whether an address is to be forgotten.
const FORGETS_EVERY: Duration = Duration::from_secs(60 * 60);

/// News of a booking wait so long for more of them: tickets that go back together are told of together.
const NEWS_WAIT: Duration = Duration::from_secs(3);

/// What became of a message that is at its end.
const SENT: &str = "sent";
const NOTHING_TO_TELL: &str = "nothing_to_tell";

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Tickets were bought.
    Bought,
    /// Something has become of them.
    News,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Bought, Self::News];

    fn word(self) -> &'static str {
        match self {
            Self::Bought => "bought",
            Self::News => "news",
        }
    }

    fn about(self) -> About {
        match self {
            Self::Bought => About::Bought,
            Self::News => About::News,
        }
    }
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
    /// Why a person must look; nothing while it waits to be sent.
    failed: Option<String>,
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
        tokio::select! {
            biased;
            () = shutdown.cancelled() => Due::WhenRung,
            due = self.run_all_due(now) => due,
        }
    }

    async fn run_all_due(&self, now: Duration) -> Due {
        if self.pauses.forgets_at() <= now {
            self.forget().await;
            self.pauses.forgets_again_at(now + FORGETS_EVERY);
        }
        let unsent = match self.database.read(store::unsent).await {
            Ok(unsent) => unsent,
            Err(error) => {
                tracing::error!(%error, "the messages to guests could not be looked at; trying again");
                return Due::At(now + FORGETS_EVERY.min(Duration::from_secs(30)));
            }
        };
        self.pauses.count(&unsent);
        let waiting: Vec<Message> = unsent
            .into_iter()
            .filter(|it| it.failed.is_none())
            .collect();
        self.pauses.keep_only(&waiting);
        if let Some(mailer) = &self.mailer {
            let due = waiting.into_iter().filter(|message| {
                let first = match message.kind {
                    Kind::Bought => now,
                    Kind::News => now + NEWS_WAIT,
                };
                self.pauses.is_due(message, (now, first))
            });
            stream::iter(due)
                .for_each_concurrent(AT_ONCE, |message| self.send(mailer, message, now))
                .await;
        }
        let next = [Some(self.pauses.forgets_at()), self.pauses.next()];
        next.into_iter().flatten().min().into()
    }

    /// Sends one message, and stores what became of it.
    async fn send(&self, mailer: &Mailer, message: Message, now: Duration) {
        // The server went away meanwhile: all wait alike.
        if self.pauses.is_server_away(now) {
            return;
        }
        let about = message.kind.about();
        let booking = (&message.cinema, &message.sale);
        let became = match self.storefront.letter(booking, about).await {
            Ok(letter) => mailer.send(&message, letter).await.map(|()| SENT),
            Err(NoLetter::NothingToTell) => Ok(NOTHING_TO_TELL),
            // An older copy of the hub's data that was put back does not know it, and never will.
            Err(NoLetter::UnknownSale) => {
                Err(NotSent::Never("its booking is not known".to_owned()))
            }
            Err(NoLetter::Fault(fault)) => {
                tracing::error!(message.id, %fault, "a message to a guest cannot be drawn; trying again");
                self.pauses.turned_away(&message, now);
                return;
            }
        };
        let may_wait = message.tries + 1 < MOST_TRIES;
        let stored = match became {
            Ok(state) => {
                if self.pauses.server_is_there() {
                    tracing::info!("the mail server takes messages again");
                }
                self.pauses.ends(&message);
                let ended =
                    move |tx: &mut Tx<'_>, it: &Message, at| store::ended(tx, it, (state, at));
                self.store(message, ended).await
            }
            Err(NotSent::ServerAway(why)) => {
                if !self.pauses.server_goes_away(&message, now) {
                    return;
                }
                tracing::warn!(%why, "the mail server takes nothing at the moment; trying again and again");
                self.count_a_try(message, why, may_wait).await
            }
            Err(NotSent::NotNow(why)) => {
                self.pauses.turned_away(&message, now);
                self.count_a_try(message, why, may_wait).await
            }
            Err(NotSent::Never(why)) => self.count_a_try(message, why, false).await,
        };
        if let Err(error) = stored {
            // It is sent again, under the same name, by which mail programs know it.
            tracing::error!(%error, "what became of a message to a guest could not be stored");
        }
    }

    /// It was not taken; a person must look if it may wait no longer.
    async fn count_a_try(
        &self,
        message: Message,
        why: String,
        may_wait: bool,
    ) -> Result<(), database::Error> {
        if may_wait {
            let turned_away =
                move |tx: &mut Tx<'_>, it: &Message, _| store::turned_away(tx, it, &why);
            return self.store(message, turned_away).await;
        }
        // The reason often names the address.
        tracing::warn!(
            message.id,
            "a message to a guest cannot be delivered; a person must look: `cloud-hub mails`"
        );
        let failed = move |tx: &mut Tx<'_>, it: &Message, at| store::failed(tx, it, (&why, at));
        self.store(message, failed).await
    }

    async fn store(
        &self,
        message: Message,
        what: impl Fn(&mut Tx<'_>, &Message, Timestamp) -> Result<(), database::Error> + Send + 'static,
    ) -> Result<(), database::Error> {
        let now = self.machine.clock.now();
        // What the statements look for is what was read, so nothing need be locked.
        self.database
            .write(Scope::Nothing, move |tx| what(tx, &message, now))
            .await?;
        self.bell.ring();
        Ok(())
    }

    async fn forget(&self) {
        let now = self.machine.clock.now();
        let forgetting = self
            .database
            .write(Scope::of("messages", "kept"), move |tx| {
                store::forget(tx, now)
            });
        if let Err(error) = forgetting.await {
            tracing::error!(%error, "the addresses of guests that are not needed any more could not be forgotten; trying again");
        }
    }
}
