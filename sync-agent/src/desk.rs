//! The streams of one cinema in a database, for either end: what the mailbox keeps, and what the process does with the other
//! end's events.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mailbox::inbox::{Applied, Heard};
use mailbox::{
    Database, Scope, Snapshot, StreamId, StreamKey, Tx, inbox, outbox, prune, session, stream,
};
use service::Clock;
use wire::event::Kinds;
use wire::{
    Body, CinemaId, CustodyHashes, Delivery, End, Event, Frame, Generation, Incarnation, KeyBytes,
    NotGiven, Position, Reply, Standing, ToldKeyList, Verified, Wish,
};

use crate::asks::Asked;
use crate::post::{ComesAs, Happening, Post, PostError, Taken, Told};

/// What a process does with what its link brings.
pub trait Applies: Send + Sync + 'static {
    /// What the events of one delivery leave to be done once, after the last of them.
    type Batch;

    /// Looks up what the events of a delivery need, before the first of them, in the same transaction. Nothing, while this side may decide
    /// nothing: it applies none of them then, and the other end tells them again.
    ///
    /// # Errors
    /// Only the database's.
    fn begin(
        &self,
        tx: &mut Tx<'_>,
        delivery: &Delivery,
    ) -> Result<Option<Self::Batch>, mailbox::Error>;

    /// Applies one event, in the transaction that moves the position. It may run again, so it does SQL and pure rules only; what
    /// contradicts is its to record.
    ///
    /// # Errors
    /// The database's, or that the event cannot be applied.
    fn apply(
        &self,
        tx: &mut Tx<'_>,
        batch: &mut Self::Batch,
        event: &Event,
        body: &Body,
    ) -> Result<(), mailbox::Error>;

    /// An event breaks whatever applies it, by what it says or by what is stored about it. It is passed over, and what it says is a person's to look
    /// after, in the transaction that moves the position past it; says no where nothing that comes after it may be applied before it is. Whoever says
    /// nothing passes over none.
    ///
    /// # Errors
    /// As [`Applies::apply`].
    fn pass_over(
        &self,
        _: &mut Tx<'_>,
        _: (&Event, &Body),
        _why: &str,
    ) -> Result<bool, mailbox::Error> {
        Ok(false)
    }

    /// Does what the events of a delivery have left, in the same transaction.
    ///
    /// # Errors
    /// Only the database's.
    fn finish(&self, tx: &mut Tx<'_>, batch: Self::Batch) -> Result<(), mailbox::Error>;

    /// The other end has told in a session's Hello with which key it signs its tickets; in the transaction that keeps the session.
    ///
    /// # Errors
    /// Only the database's.
    fn hear_ticket_key(&self, _: &mut Tx<'_>, _: KeyBytes) -> Result<(), mailbox::Error> {
        Ok(())
    }

    /// The other end has told its newest list of keys: the hub offers it with a session, in the transaction that keeps the session's number, and
    /// the box opens the session with the one that it has.
    ///
    /// # Errors
    /// Only the database's.
    fn hear_key_list(&self, _: &mut Tx<'_>, _: &ToldKeyList) -> Result<(), mailbox::Error> {
        Ok(())
    }

    /// The newest list of keys that this end has.
    ///
    /// # Errors
    /// Only the database's.
    fn key_list(&self, _: &mut Snapshot<'_>) -> Result<Option<ToldKeyList>, mailbox::Error> {
        Ok(None)
    }

    /// Which event types the other end has said it understands; in the same transaction.
    ///
    /// # Errors
    /// Only the database's.
    fn hear_understood(&self, _: &mut Tx<'_>, _: Kinds) -> Result<(), mailbox::Error> {
        Ok(())
    }

    /// Who has custody of which seat, at the box, whose own stream is written and the other's applied up to these numbers: read together with
    /// them. Whoever says nothing is not compared with the hub.
    ///
    /// # Errors
    /// Only the database's.
    fn custody(
        &self,
        _: &mut Snapshot<'_>,
        _: (u64, u64),
    ) -> Result<Option<CustodyHashes>, mailbox::Error> {
        Ok(None)
    }

    /// Compares custody with what the box has said of it in its Hello, at the hub, which has applied exactly as much of the box's stream as the
    /// box had written then.
    ///
    /// # Errors
    /// Only the database's.
    fn compare(&self, _: &mut Tx<'_>, _: &CustodyHashes) -> Result<(), mailbox::Error> {
        Ok(())
    }

    /// Answers what a guest of the other end wants, in a transaction: gives all of the seats or none. What it gives is in the own stream with
    /// the same transaction. Whoever says nothing keeps all that it has.
    ///
    /// # Errors
    /// The database's, or that it cannot be answered: nothing is given then, and nothing changes.
    fn answer(&self, _: &mut Tx<'_>, _: &Wish) -> Result<Reply, mailbox::Error> {
        Ok(Reply::Refused(NotGiven::Floor))
    }

    /// Whether the other end may be told what is stored here: not, while nobody can prove that it is what was written. Whoever says no
    /// tells the end that something was written, once it may be told again.
    fn may_tell(&self) -> bool {
        true
    }

    /// How this end may come to its line, where it may be a copy of another that is there.
    fn comes_as(&self) -> ComesAs {
        ComesAs::Itself
    }

    /// Something happened that may be shown. It must not block.
    fn note(&self, happening: Happening);
}

/// The streams of one cinema in a database.
#[derive(Debug)]
pub struct Desk<A> {
    database: Database,
    clock: Clock,
    cinema: CinemaId,
    end: End,
    own: StreamId,
    others: StreamId,
    others_key: StreamKey,
    incarnation: Incarnation,
    applies: Arc<A>,
    /// Whether the last delivery was not applied, for this side is stopped.
    is_held: AtomicBool,
    /// Whether something of the last delivery could not be applied: what comes next is applied event by event, so that the others can be.
    is_careful: AtomicBool,
    /// Whether the stream stands before an event that cannot be applied.
    stands: AtomicBool,
    /// At the hub, what the box has said of custody and is not compared yet.
    said: Arc<Mutex<Option<CustodyHashes>>>,
}

impl From<mailbox::Error> for PostError {
    fn from(error: mailbox::Error) -> Self {
        Self(error.to_string())
    }
}

impl<A: Applies> Desk<A> {
    /// The desk of `end` for the cinema, in these lives; its streams begin empty the first time.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn open(
        database: Database,
        clock: Clock,
        end: End,
        cinema: CinemaId,
        lives: (Incarnation, Generation),
        applies: Arc<A>,
    ) -> Result<Self, PostError> {
        let (up, down) = (
            StreamKey::up(cinema.clone(), lives.0),
            StreamKey::down(cinema.clone(), lives.1),
        );
        let (own_key, others_key) = match end {
            End::Box => (up, down),
            End::Hub => (down, up),
        };
        let key = others_key.clone();
        let opening = database.write(scope(&cinema), move |tx| {
            Ok::<_, mailbox::Error>((stream::open(tx, &own_key)?, stream::open(tx, &key)?))
        });
        let (own, others) = opening.await?;
        Ok(Self {
            database,
            clock,
            cinema,
            end,
            own,
            others,
            others_key,
            incarnation: lives.0,
            applies,
            is_held: AtomicBool::new(false),
            is_careful: AtomicBool::new(false),
            stands: AtomicBool::new(false),
            said: Arc::default(),
        })
    }

    /// The stream that this end writes.
    pub fn own(&self) -> StreamId {
        self.own
    }
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Applies one event by itself, so that only what it does is undone if it breaks: it is passed over then, or stands. Says why it broke.
fn apply_alone<A: Applies>(
    applies: &A,
    tx: &mut Tx<'_>,
    delivery: &Delivery,
    (event, body): (&Event, &Body),
) -> Result<(Heard, Option<String>), mailbox::Error> {
    let applying = |tx: &mut Tx<'_>| {
        let Some(mut batch) = applies.begin(tx, delivery)? else {
            return Ok(Heard::NotNow);
        };
        applies.apply(tx, &mut batch, event, body)?;
        applies.finish(tx, batch)?;
        Ok(Heard::Done)
    };
    // A program that panics here would do so again.
    let applying = |tx: &mut Tx<'_>| {
        let ended = catch_unwind(AssertUnwindSafe(|| applying(tx)));
        ended.unwrap_or_else(|_| Err(mailbox::Error::Unfit("the program panicked".to_owned())))
    };
    let why = match tx.attempt(applying) {
        Err(error) if error.is_of_the_event() => error.to_string(),
        Err(mailbox::Error::NotNow) => return Ok((Heard::NotNow, None)),
        other => return Ok((other?, None)),
    };
    let passed = tx.attempt(|tx: &mut Tx<'_>| applies.pass_over(tx, (event, body), &why));
    let heard = match passed {
        Ok(true) => Heard::Done,
        Ok(false) => Heard::Stands,
        Err(error) if error.is_of_the_event() => Heard::Stands,
        Err(error) => return Err(error),
    };
    Ok((heard, Some(why)))
}

fn scope(cinema: &CinemaId) -> Scope {
    Scope::of("cinema", cinema.as_str())
}

impl<A: Applies> Post for Desk<A> {
    async fn standing(&self) -> Result<Standing, PostError> {
        let (cinema, own, others) = (self.cinema.clone(), self.own, self.others);
        Ok(self
            .database
            .read(move |snapshot| session::standing(snapshot, &cinema, own, others))
            .await?)
    }

    async fn written(&self) -> Result<Position, PostError> {
        let own = self.own;
        Ok(self
            .database
            .read(move |snapshot| outbox::written(snapshot, own))
            .await?)
    }

    async fn load(&self, after: u64) -> Result<Vec<Event>, PostError> {
        if !self.applies.may_tell() {
            return Ok(Vec::new());
        }
        let own = self.own;
        Ok(self
            .database
            .read(move |snapshot| outbox::after(snapshot, own, after))
            .await?)
    }

    async fn apply(&self, delivery: Delivery) -> Result<Taken, PostError> {
        let (key, applies, last) = (
            self.others_key.clone(),
            Arc::clone(&self.applies),
            delivery.last(),
        );
        let received_ms = self.clock.now().as_millisecond();
        let said = Arc::clone(&self.said);
        let is_careful = self.is_careful.load(Ordering::Relaxed);
        let stood = self.stands.load(Ordering::Relaxed);
        let cinema = self.cinema.clone();
        let applying = self.database.write(scope(&self.cinema), move |tx| {
            let mut stands = false;
            // Event by event each has a beginning of its own, and what begins with one must end with it.
            let mut batch = match is_careful {
                true => None,
                false => match applies.begin(tx, &delivery)? {
                    None => return Ok((Applied::Held, false)),
                    some => some,
                },
            };
            // Taken: what is rolled back with this delivery is compared after the next Hello.
            let said_before = |seq: u64| lock(&said).take_if(|said| said.up < seq);
            let each = |tx: &mut Tx<'_>, event: &Event, body: &Body| {
                if let Some(said) = said_before(event.seq()) {
                    applies.compare(tx, &said)?;
                }
                if let Some(batch) = &mut batch {
                    applies.apply(tx, batch, event, body)?;
                    return Ok::<_, mailbox::Error>(Heard::Done);
                }
                let (heard, why) = apply_alone(&*applies, tx, &delivery, (event, body))?;
                stands = heard == Heard::Stands;
                // It comes again while it stands, and was said.
                if let Some(why) = why.filter(|_| !(stands && stood)) {
                    tracing::error!(%cinema, event.seq = event.seq(), kind = event.kind(), why, stands, "what the other side told could not be applied");
                }
                Ok(heard)
            };
            let applied = inbox::apply(tx, &key, delivery.frame(), received_ms, each)?;
            if let Some(batch) = batch {
                applies.finish(tx, batch)?;
            }
            if let Applied::Further(position) = &applied
                && let Some(said) = said_before(position.seq + 1)
            {
                applies.compare(tx, &said)?;
            }
            Ok::<_, mailbox::Error>((applied, stands))
        });
        let (applied, stands) = match applying.await {
            Ok(applied) => applied,
            Err(error) => {
                if error.is_of_the_event() {
                    self.is_careful.store(true, Ordering::Relaxed);
                }
                return Err(error.into());
            }
        };
        if stands {
            self.stands.store(true, Ordering::Relaxed);
        }
        let is_held = applied == Applied::Held;
        if self.is_held.swap(is_held, Ordering::Relaxed) != is_held {
            match is_held {
                true => {
                    tracing::warn!(cinema = %self.cinema, "this side is stopped, and applies nothing that the other tells")
                }
                false => {
                    tracing::info!(cinema = %self.cinema, "what the other side tells is applied again")
                }
            }
        }
        match applied {
            Applied::Held => Ok(Taken::Held),
            Applied::Halted(_) if stands => Ok(Taken::Held),
            // What comes after an event that stands is on its way as well.
            Applied::Gap if self.stands.load(Ordering::Relaxed) => Ok(Taken::Held),
            Applied::Further(position) if position == last => {
                self.is_careful.store(false, Ordering::Relaxed);
                self.stands.store(false, Ordering::Relaxed);
                Ok(Taken::Kept)
            }
            Applied::Known | Applied::Halted(_) => Ok(Taken::Kept),
            other @ (Applied::Further(_) | Applied::Gap | Applied::Forked(_)) => Err(PostError(
                format!("the stream in the database is not where the link left it: {other:?}"),
            )),
        }
    }

    async fn acknowledged(&self, position: Position) -> Result<(), PostError> {
        let own = self.own;
        let known = self
            .database
            .read(move |snapshot| outbox::acknowledged(snapshot, own))
            .await?;
        if known.seq < position.seq {
            let acknowledging = self.database.write(scope(&self.cinema), move |tx| {
                outbox::acknowledge(tx, own, position)
            });
            acknowledging.await?;
        }
        Ok(())
    }

    async fn store_session(
        &self,
        number: u64,
        offered: Option<ToldKeyList>,
    ) -> Result<Option<ToldKeyList>, PostError> {
        let (cinema, end) = (self.cinema.clone(), self.end);
        let applies = Arc::clone(&self.applies);
        let storing = self.database.write(scope(&self.cinema), move |tx| {
            session::store(tx, &cinema, end, number)?;
            if let Some(offered) = &offered {
                applies.hear_key_list(tx, offered)?;
            }
            applies.key_list(tx)
        });
        Ok(storing.await?)
    }

    async fn custody(&self) -> Result<Option<CustodyHashes>, PostError> {
        if self.end == End::Hub {
            return Ok(None);
        }
        let (applies, own, others) = (Arc::clone(&self.applies), self.own, self.others);
        let reading = self.database.read(move |snapshot| {
            let up = outbox::written(snapshot, own)?.seq;
            let down = stream::head(snapshot, others)?.seq;
            applies.custody(snapshot, (up, down))
        });
        Ok(reading.await?)
    }

    async fn confirm_session(&self, number: u64, told: Told) -> Result<(), PostError> {
        let (cinema, applies) = (self.cinema.clone(), Arc::clone(&self.applies));
        let (said, own, others) = (Arc::clone(&self.said), self.own, self.others);
        let confirming = self.database.write(scope(&self.cinema), move |tx| {
            session::confirm(tx, &cinema, number)?;
            if let Some(key) = told.ticket_key {
                applies.hear_ticket_key(tx, key)?;
            }
            if let Some(list) = &told.key_list {
                applies.hear_key_list(tx, list)?;
            }
            if let Some(kinds) = &told.understands {
                applies.hear_understood(tx, kinds.clone())?;
            }
            prune::hear(tx, own, others, told.oldest_copy)?;
            let applied = stream::head(tx, others)?.seq;
            *lock(&said) = None;
            match &told.custody {
                Some(custody) if custody.up == applied => applies.compare(tx, custody),
                Some(custody) if custody.up > applied => {
                    *lock(&said) = Some(custody.clone());
                    Ok(())
                }
                Some(_) | None => Ok(()),
            }
        });
        Ok(confirming.await?)
    }

    async fn stray(&self, frame: Frame<Verified>) -> Result<(), PostError> {
        let (key, received_ms) = (self.others_key.clone(), self.clock.now().as_millisecond());
        let keeping = self.database.write(scope(&self.cinema), move |tx| {
            inbox::keep_stray(tx, &key, &frame, received_ms)
        });
        Ok(keeping.await?)
    }

    async fn answer(&self, asked: Asked) -> Reply {
        let (applies, clock) = (Arc::clone(&self.applies), self.clock.clone());
        let answering = self.database.write(scope(&self.cinema), move |tx| {
            if clock.monotonic() >= asked.until {
                return Ok(Reply::Refused(NotGiven::TooSlow));
            }
            applies.answer(tx, &asked.wish)
        });
        answering.await.unwrap_or_else(|error: mailbox::Error| {
            tracing::error!(%error, cinema = %self.cinema, "an ask for seats could not be answered; none is given");
            Reply::Refused(NotGiven::Stopped)
        })
    }

    async fn with_hub_in(&self, generation: Generation) -> Result<Self, PostError> {
        let (database, clock) = (self.database.clone(), self.clock.clone());
        let lives = (self.incarnation, generation);
        let (cinema, applies) = (self.cinema.clone(), Arc::clone(&self.applies));
        Self::open(database, clock, self.end, cinema, lives, applies).await
    }

    fn comes_as(&self) -> ComesAs {
        self.applies.comes_as()
    }

    fn note(&self, happening: Happening) {
        self.applies.note(happening);
    }
}
