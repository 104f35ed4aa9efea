//! Tells head office when no ticket comes out of the printer, and when they come out again. A printer that goes to and fro fills no stream:
//! what it does too often is told later, as it stands by then.

mod store;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use box_office::PrinterTrouble;
use counter::{At, Counter, Fault, Stopped};
use database::Database;
use jiff::Timestamp;
use parking_lot::Mutex;
use service::{Clock, Due};
use wire::Body;
use wire::event::{PrinterReady, PrinterStopped};

use crate::printing::{Printing, Seen};
use crate::proof::Proof;

/// How often it is looked whether there is something to tell, besides when the printer changes.
const LOOKED_AT: Duration = Duration::from_secs(5);

/// How often a printer is told of within [`WITHIN`]: whoever changes a roll opens the cover, takes the paper out and puts it in.
const MOST_TOLD: usize = 6;

/// See [`MOST_TOLD`].
const WITHIN: Duration = Duration::from_secs(600);

/// Tells of the printer. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct PrinterWatch(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    database: Database,
    clock: Clock,
    printing: Printing,
    counter: Counter,
    proof: Proof,
    budget: Mutex<Budget>,
}

/// What head office was told of a printer that does not print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told {
    trouble: PrinterTrouble,
    since: Timestamp,
}

/// What is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    Stopped(Told),
    Ready,
}

impl News {
    /// What is new about a printer that was seen so; nothing, if head office knows it.
    fn of(told: Option<Told>, seen: Seen) -> Option<Self> {
        match (told, seen) {
            (_, Seen::NotYet) | (None, Seen::Prints) => None,
            (Some(_), Seen::Prints) => Some(Self::Ready),
            (Some(told), Seen::Stopped { trouble, .. }) if told.trouble == trouble => None,
            // It may have stopped before the box was started.
            (told, Seen::Stopped { trouble, since }) => Some(Self::Stopped(Told {
                trouble,
                since: told.map_or(since, |told| told.since),
            })),
        }
    }

    fn body(self, now: Timestamp) -> Body {
        let time = now.as_millisecond();
        match self {
            Self::Stopped(Told { trouble, since }) => PrinterStopped {
                trouble,
                since: since.as_millisecond(),
                time,
            }
            .into(),
            Self::Ready => PrinterReady { time }.into(),
        }
    }
}

/// How often was told lately.
#[derive(Debug, Default)]
struct Budget(VecDeque<Duration>);

impl Budget {
    /// From when on it may be told; nothing, if at once.
    fn wait(&mut self, now: Duration) -> Option<Duration> {
        self.0.retain(|told_at| now < *told_at + WITHIN);
        let is_full = self.0.len() >= MOST_TOLD;
        self.0.front().filter(|_| is_full).map(|at| *at + WITHIN)
    }

    fn spend(&mut self, now: Duration) {
        self.0.push_back(now);
    }
}

impl PrinterWatch {
    pub(crate) fn new(
        (database, clock): (Database, Clock),
        printing: Printing,
        counter: Counter,
        proof: Proof,
    ) -> Self {
        Self(Arc::new(Inner {
            database,
            clock,
            printing,
            counter,
            proof,
            budget: Mutex::default(),
        }))
    }

    /// Tells what is new, and says when to look again.
    pub(crate) async fn run_due(self, now: Duration) -> Due {
        let again = now + LOOKED_AT;
        let Some(at) = self.0.counter.here().filter(|_| self.may_tell()) else {
            return Due::At(again);
        };
        let later = self.0.budget.lock().wait(now);
        if let Some(later) = later {
            return Due::At(later);
        }
        match self.tell(at).await {
            Ok(true) => self.0.budget.lock().spend(now),
            Ok(false) => {}
            Err(fault) => tracing::error!(%fault, "head office is not told of the printer yet"),
        }
        Due::At(again)
    }

    /// A box that must not go on says nothing.
    fn may_tell(&self) -> bool {
        match self.0.proof.stops() {
            Some(Stopped::All) => false,
            Some(Stopped::New | Stopped::Revoked) | None => true,
        }
    }

    /// Whether something was told.
    async fn tell(&self, at: At) -> Result<bool, Fault> {
        let seen = self.0.printing.seen();
        let told = self.0.database.read(store::told).await?;
        if News::of(told, seen).is_none() {
            return Ok(false);
        }
        let now = self.0.clock.now();
        let telling = self.0.database.write(at.scope(), move |tx| {
            let Some(news) = News::of(store::told(tx)?, seen) else {
                return Ok(false);
            };
            match news {
                News::Stopped(told) => store::put(tx, &told)?,
                News::Ready => store::end(tx)?,
            }
            at.tell(tx, at.cinema(), [news.body(now)])?;
            Ok::<_, Fault>(true)
        });
        telling.await
    }
}

#[cfg(test)]
mod tests;
