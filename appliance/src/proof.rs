//! Whether this box can prove that it has all that it answered: by its mark and its sums, by the chain of what it tells the hub, by what the
//! hub has heard of it, and by whether the hub takes it for the box that it heard last. Where it cannot, nothing is sold until the right data is
//! back or a person takes it as it is; nor is anything where head office has revoked it, for another may sell its seats. It knows nothing of what
//! is sold.

mod refusal;
mod stop;
mod store;

use std::sync::Arc;
use std::time::Duration;

use counter::cases::reason_of;
use counter::{At, Fault, Stopped, checkout};
use database::{Database, Doubt, Scope};
use mailbox::outbox::{self, Chain, Look};
use mailbox::{StreamKey, stream};
use parking_lot::Mutex;
use service::http::Refusal;
use service::{Bell, Due, Machine};
use sync_agent::ComesAs;
use wire::Position;

pub(crate) use refusal::AcceptRefused;
pub(crate) use stop::{AFTER_A_COPY, WHAT_TAKES_ITS_PLACE};
use stop::{AFTER_A_LOSS, Stop, may_be_sold, missing, numbers, words};
use store::{Known, Refused, Why};

/// The pause after what the hub knows could not be kept.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// What is proven, and what stops. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Proof(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    database: Database,
    machine: Machine,
    /// What the hub has proven that it knows and this box has not.
    hub: Mutex<Option<Known>>,
    /// Whether the hub refuses it.
    refused: Mutex<Option<Refused>>,
    /// The last event of the own stream that fits, if the next one does not.
    broken_after: Mutex<Option<u64>>,
    /// How many numbers of receipts this process has passed over for a loss that is not accepted yet.
    passed_over: tokio::sync::Mutex<u64>,
    /// Rung when what the hub knows is to be kept.
    bell: Bell,
}

impl Proof {
    /// Reads what was found before.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn open(
        database: Database,
        machine: Machine,
    ) -> Result<Self, database::Error> {
        let reading =
            database.read(|db| Ok::<_, database::Error>((store::known(db)?, store::refused(db)?)));
        let (hub, refused) = reading.await?;
        let proof = Self(Arc::new(Inner {
            database,
            hub: Mutex::new(hub),
            refused: Mutex::new(refused),
            broken_after: Mutex::default(),
            passed_over: tokio::sync::Mutex::default(),
            bell: Bell::default(),
            machine,
        }));
        let (stopped, shown) = (
            proof.0.machine.metrics.gauge(
                "selling_stopped",
                "Whether nothing is sold because the box cannot prove that it has all that it sold: 1, or 0",
            ),
            Arc::downgrade(&proof.0),
        );
        (proof.0.machine.metrics).before_each_reading(move || {
            let proof = shown.upgrade().map(Proof);
            stopped.set(proof.is_some_and(|proof| proof.stops().is_some()).into());
        });
        Ok(proof)
    }

    /// How much of selling is stopped.
    pub(crate) fn stops(&self) -> Option<Stopped> {
        let of = |stop: &Stop| match stop {
            Stop::Doubt(_) | Stop::Chain(_) => Stopped::All,
            Stop::Hub(_) | Stop::Copied | Stop::SetBack | Stop::TakenAgain => Stopped::New,
            Stop::Revoked => Stopped::Revoked,
        };
        // The first is the hardest.
        self.found().first().map(of)
    }

    /// How this box may come to the hub's broker.
    pub(crate) fn comes_as(&self) -> ComesAs {
        let as_what = |stop: &Stop| match stop {
            Stop::Doubt(
                Doubt::Behind { .. }
                | Doubt::OtherRun
                | Doubt::OtherDatabase
                | Doubt::NoMark
                | Doubt::Copied
                | Doubt::Backup,
            ) => Some(ComesAs::Nobody),
            Stop::Hub(_) | Stop::Copied => Some(ComesAs::Copy),
            Stop::Doubt(Doubt::Damaged(_) | Doubt::Gone(_) | Doubt::Unmarked(_))
            | Stop::Chain(_)
            | Stop::SetBack
            | Stop::Revoked
            | Stop::TakenAgain => None,
        };
        let found = self.found();
        found.iter().find_map(as_what).unwrap_or(ComesAs::Itself)
    }

    /// For whoever asks whether the box is ready.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        let words = self.words()?;
        Some(match self.stops() {
            Some(Stopped::Revoked) => {
                Refusal::unavailable("box_revoked", "Head office has revoked this box", words)
            }
            Some(Stopped::New | Stopped::All) | None => Refusal::unavailable(
                "selling_stopped",
                "Nothing is sold here until somebody has looked",
                words,
            ),
        })
    }

    /// For whoever orders what the hub would be told of, while what is stored may not be what was written.
    pub(crate) fn refusal_of_writing(&self) -> Option<Refusal> {
        (self.stops() == Some(Stopped::All))
            .then(|| self.refusal())
            .flatten()
    }

    /// What is wrong and what can be done about it, if something is.
    pub(crate) fn words(&self) -> Option<String> {
        let found = self.found();
        (!found.is_empty()).then(|| words(&found))
    }

    /// All that stops, the hardest first.
    fn found(&self) -> Vec<Stop> {
        let of_hub = (*self.0.hub.lock()).filter(|known| !known.accepted);
        let broken_after = *self.0.broken_after.lock();
        let refused = (*self.0.refused.lock()).filter(|refused| !refused.accepted);
        let of_why = |refused: Refused| match refused.why {
            Why::Copied => Stop::Copied,
            Why::Revoked => Stop::Revoked,
            Why::TakenAgain => Stop::TakenAgain,
        };
        let doubt = self.0.database.doubt().map(Stop::Doubt);
        doubt
            .into_iter()
            .chain(broken_after.map(Stop::Chain))
            .chain(refused.map(of_why))
            .chain(of_hub.map(|known| Stop::Hub(known.position)))
            .collect()
    }

    /// The hub has proven that it knows the own stream up to `known`, where this box has something else: nothing new is sold from here on.
    pub(crate) fn hub_knows_more(&self, known: Position) {
        let mut hub = self.0.hub.lock();
        if (*hub).is_some_and(|before| before.position == known) {
            return;
        }
        tracing::error!(
            known.seq,
            "the hub knows more of this box than it has itself: nothing is sold until somebody has looked"
        );
        *hub = Some(Known {
            position: known,
            accepted: false,
        });
        drop(hub);
        self.0.bell.ring();
    }

    /// The hub has heard another box with this one's identity since, or this one's data is older than its last session: nothing new is sold
    /// from here on.
    pub(crate) fn hub_takes_it_for_a_copy(&self) {
        let mut refused = self.0.refused.lock();
        if refused.is_some() {
            return;
        }
        tracing::error!(
            "the hub refuses this box as a copy: nothing is sold until somebody has looked"
        );
        *refused = Some(Refused {
            why: Why::Copied,
            accepted: false,
        });
        drop(refused);
        self.0.bell.ring();
    }

    /// Head office has revoked it, as the hub says in answer to its own call: another may sell its seats, so nothing new is sold from here on,
    /// whatever else is wrong and whatever a person took as it is.
    pub(crate) fn hub_has_revoked_it(&self) {
        let revoked = Some(Refused {
            why: Why::Revoked,
            accepted: false,
        });
        let mut refused = self.0.refused.lock();
        if *refused == revoked {
            return;
        }
        tracing::error!("head office has revoked this box: nothing more is sold at it");
        *refused = revoked;
        drop(refused);
        self.0.bell.ring();
    }

    /// The hub has opened a session with it. One that was revoked before may only be forgotten to be so: that takes a person's word.
    pub(crate) fn hub_takes_it_as_it_is(&self) {
        let mut refused = self.0.refused.lock();
        let now = match *refused {
            None => return,
            Some(Refused {
                why: Why::TakenAgain,
                accepted: false,
            }) => return,
            Some(Refused {
                why: Why::Revoked, ..
            }) => Some(Refused {
                why: Why::TakenAgain,
                accepted: false,
            }),
            Some(Refused {
                why: Why::Copied | Why::TakenAgain,
                ..
            }) => None,
        };
        *refused = now;
        drop(refused);
        match now {
            None => tracing::info!("the hub refuses this box no more"),
            Some(_) => tracing::error!(
                "the hub takes this box again, which it had revoked: nothing is sold until somebody has looked"
            ),
        }
        self.0.bell.ring();
    }

    /// It is enrolled by a code of head office's: what another hub, or an earlier word of this one, refused is past.
    pub(crate) fn is_enrolled_anew(&self) {
        if self.0.refused.lock().take().is_some() {
            self.0.bell.ring();
        }
    }

    /// The hub has heard what the box has, up to here.
    pub(crate) fn hub_agrees(&self, position: Position) {
        let mut hub = self.0.hub.lock();
        if (*hub).is_some_and(|known| position.seq >= known.position.seq) {
            tracing::info!("what the hub knows of this box is back");
            *hub = None;
            drop(hub);
            self.0.bell.ring();
        }
    }

    /// Rung when what the hub knows is to be kept.
    pub(crate) fn bell(&self) -> &Bell {
        &self.0.bell
    }

    /// Keeps what the hub knows, so that a start changes nothing.
    pub(crate) async fn keep_due(self, now: Duration) -> Due {
        let (known, refused) = (*self.0.hub.lock(), *self.0.refused.lock());
        let keeping = self.0.database.write(scope(), move |tx| {
            store::keep(tx, known.as_ref())?;
            store::keep_refused(tx, refused)
        });
        match keeping.await {
            Ok(()) => Due::WhenRung,
            Err(error) => {
                tracing::error!(%error, "what the hub knows could not be kept; trying again");
                Due::At(now + AFTER_TROUBLE)
            }
        }
    }

    /// Looks at the chain of what this box tells.
    pub(crate) async fn check(&self, key: StreamKey, look: Look) -> Result<(), Fault> {
        let checking =
            self.0
                .database
                .write(scope_of(&key), move |tx| match stream::find(tx, &key)? {
                    Some(stream) => outbox::check(tx, stream, look),
                    None => Ok(Chain::Whole),
                });
        let broken_after = match checking.await {
            Ok(Chain::Whole) => None,
            Ok(Chain::Broken { after }) => {
                tracing::error!(after, "the chain of what this box tells is broken");
                Some(after)
            }
            // It is in doubt already, and says so.
            Err(mailbox::Error::Database(error)) if error.is_damage() => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        *self.0.broken_after.lock() = broken_after;
        Ok(())
    }

    /// Looks at all of it, and says in words what was found.
    pub(crate) async fn look(&self, at: Option<&At>) -> Result<String, Fault> {
        if let Some(at) = at {
            self.check(at.stream().clone(), Look::Whole).await?;
        }
        self.0.database.look_at_all().await?;
        Ok(self.words().map_or_else(
            || "everything that is stored fits".to_owned(),
            |why| format!("selling: stopped. {why}"),
        ))
    }

    /// A person takes what is stored as it is. It is written down, and the numbers of receipts that may have been given are passed over.
    /// What comes up meanwhile is not accepted.
    pub(crate) async fn accept(
        &self,
        at: Option<&At>,
        reason: &str,
    ) -> Result<String, AcceptRefused> {
        self.take(at, reason, Vec::new()).await
    }

    /// The same by a person who knows that older data was put back, which the box itself may have no means to see.
    pub(crate) async fn accept_copy(&self, at: &At, reason: &str) -> Result<String, AcceptRefused> {
        self.take(Some(at), reason, vec![Stop::SetBack]).await
    }

    async fn take(
        &self,
        at: Option<&At>,
        reason: &str,
        said: Vec<Stop>,
    ) -> Result<String, AcceptRefused> {
        let reason = reason_of(reason).ok_or(AcceptRefused::NoReason)?;
        let mut passed_over = self.0.passed_over.lock().await;
        let found = [self.found(), said].concat();
        if found.is_empty() {
            return Err(AcceptRefused::NothingMissing);
        }
        if found.contains(&Stop::Revoked) {
            return Err(AcceptRefused::Revoked);
        }
        // Before anything can be sold again: a crash in between must not give a number or a seat twice. A repeat passes over no more.
        let numbers = numbers(&found);
        if let Some(at) = at {
            self.keep_back(at, &found, numbers.saturating_sub(*passed_over))
                .await?;
            *passed_over = numbers.max(*passed_over);
        }
        match self.0.database.accept().await.map_err(Fault::from)? {
            Some(Doubt::Unmarked(why)) => return Err(AcceptRefused::Unkept(why)),
            Some(doubt) => return Err(AcceptRefused::Broken(words(&[Stop::Doubt(doubt)]))),
            None => {}
        }
        self.write_down(at, &found, reason).await?;
        *passed_over = 0;
        // Behind a doubt the chain may not have been read.
        if let Some(at) = at {
            self.check(at.stream().clone(), Look::New).await?;
        }
        let missing = missing(&found);
        tracing::warn!(what = missing, "a person has taken what is stored as it is");
        let kept_back = match may_be_sold(&found) {
            true => AFTER_A_LOSS,
            false => "",
        };
        let said = format!(
            "taken as it is: {missing}. {numbers} numbers of receipts are passed over, so that none is given twice{kept_back}"
        );
        Ok(match self.words() {
            None => format!("the box sells again; {said}"),
            Some(why) => format!("{said}. But nothing is sold yet. {why}"),
        })
    }

    /// What may have been sold has a number of a receipt and a seat: neither is given twice.
    async fn keep_back(&self, at: &At, found: &[Stop], numbers: u64) -> Result<(), Fault> {
        let may_be_sold = may_be_sold(found);
        let (acting, numbers) = (at.clone(), i64::try_from(numbers).unwrap_or(i64::MAX));
        let keeping = self.0.database.write(at.scope(), move |tx| {
            checkout::pass_over(tx, &acting, numbers)?;
            match may_be_sold {
                true => checkout::keep_free_back(tx, &acting),
                false => Ok(()),
            }
        });
        keeping.await
    }

    /// Keeps that these were accepted, and no others.
    async fn write_down(
        &self,
        at: Option<&At>,
        found: &[Stop],
        reason: String,
    ) -> Result<(), Fault> {
        let (now, what) = (self.0.machine.clock.now(), missing(found));
        let of_chain = |stop: &Stop| match stop {
            Stop::Chain(after) => Some(*after),
            Stop::Doubt(_)
            | Stop::Hub(_)
            | Stop::Copied
            | Stop::SetBack
            | Stop::Revoked
            | Stop::TakenAgain => None,
        };
        let of_hub = |stop: &Stop| match stop {
            Stop::Hub(known) => Some(*known),
            Stop::Doubt(_)
            | Stop::Chain(_)
            | Stop::Copied
            | Stop::SetBack
            | Stop::Revoked
            | Stop::TakenAgain => None,
        };
        let of_refusal = |stop: &Stop| match stop {
            Stop::Copied => Some(Why::Copied),
            Stop::TakenAgain => Some(Why::TakenAgain),
            Stop::Doubt(_) | Stop::Chain(_) | Stop::Hub(_) | Stop::SetBack | Stop::Revoked => None,
        };
        let (chain, hub) = (
            found.iter().find_map(of_chain),
            found.iter().find_map(of_hub),
        );
        let refused = found.iter().find_map(of_refusal).map(|why| Refused {
            why,
            accepted: true,
        });
        let stream = chain.and(at).map(|at| at.stream().clone());
        let writing = self.0.database.write(scope(), move |tx| {
            store::accept(tx, hub, (&what, &reason), now)?;
            if refused.is_some() {
                store::keep_refused(tx, refused)?;
            }
            if let Some(key) = &stream
                && let Some(stream) = stream::find(tx, key)?
            {
                outbox::take_as_checked(tx, stream)?;
            }
            Ok::<_, Fault>(())
        });
        writing.await?;
        (self.0.broken_after.lock()).take_if(|after| Some(*after) == chain);
        if let Some(known) = &mut *self.0.hub.lock()
            && Some(known.position) == hub
        {
            known.accepted = true;
        }
        if let (Some(known), Some(accepted)) = (&mut *self.0.refused.lock(), refused)
            && known.why == accepted.why
        {
            *known = accepted;
        }
        // It may have been kept meanwhile as it was.
        self.0.bell.ring();
        Ok(())
    }
}

fn scope() -> Scope {
    Scope::of("proof", "one")
}

fn scope_of(key: &StreamKey) -> Scope {
    Scope::of("cinema", key.cinema.as_str())
}

#[cfg(test)]
mod tests;
