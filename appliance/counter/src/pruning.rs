//! Streams forget what both sides have had for long, as a background job: one small piece at a time, so that a sale waits for one at most. Age
//! is counted in the counter's running time, which no clock moves.

use std::sync::Arc;
use std::time::Duration;

use box_office::{CinemaId, Custodian};
use mailbox::StreamId;
use mailbox::prune::{self, DAY_MS, Piece, Retention};
use parking_lot::Mutex;
use service::Due;
use service::metrics;
use wire::Stream;

use crate::counter::{Counter, scope};
use crate::{Fault, holds};

/// For how many days of running time what is acknowledged is kept, at least.
pub const KEPT_DAYS: i64 = 90;

/// How often it is looked what is old enough: the first time so long after a start, which has enough to do.
const LOOKED_EVERY: Duration = Duration::from_secs(60 * 60);

/// The pause between two pieces: what waits meanwhile is written before the next.
const PAUSE: Duration = Duration::from_secs(1);

/// The pruning of all streams of a counter. Clones share it.
#[derive(Clone)]
pub struct Pruning(Arc<Inner>);

struct Inner {
    counter: Counter,
    retention: Retention,
    round: Mutex<Round>,
    pruned: metrics::Counter,
}

/// What is left to do, and when it is looked again.
#[derive(Default)]
struct Round {
    due: Vec<(StreamId, CinemaId)>,
    next_at: Duration,
    /// The streams of which it is said already that they are pruned no further.
    broken: Vec<StreamId>,
}

impl Pruning {
    /// The pruning of this counter's streams, of whose database a copy may be put back that is so many days old.
    pub fn new(counter: &Counter, backups_kept_days: u16) -> Self {
        let writes = match counter.side {
            Custodian::Cinema => Stream::Up,
            Custodian::Hub => Stream::Down,
        };
        let pruned = counter.metrics.counter(
            "events_pruned",
            "Events that are kept no longer, since both sides have had them for long",
        );
        Self(Arc::new(Inner {
            retention: Retention {
                writes,
                kept_ms: KEPT_DAYS * DAY_MS,
                copies_ms: i64::from(backups_kept_days) * DAY_MS,
            },
            round: Mutex::new(Round {
                next_at: counter.clock.monotonic() + LOOKED_EVERY,
                ..Round::default()
            }),
            counter: counter.clone(),
            pruned,
        }))
    }

    /// As a job: removes one piece, or looks what is to be removed.
    pub async fn run_due(self, now: Duration) -> Due {
        let next = {
            let round = self.0.round.lock();
            match round.due.last() {
                Some(next) => Some(next.clone()),
                None if now < round.next_at => return Due::At(round.next_at),
                None => None,
            }
        };
        match next {
            Some((stream, cinema)) => self.take_step(stream, &cinema).await,
            None => self.look(now).await,
        }
        let round = self.0.round.lock();
        match round.due.is_empty() {
            true => Due::At(round.next_at),
            false => Due::At(now + PAUSE),
        }
    }

    /// Looks which streams are to be pruned. None are, where nobody can say what is stored here.
    async fn look(&self, now: Duration) {
        self.0.round.lock().next_at = now + LOOKED_EVERY;
        if self.0.counter.ports.stopped().is_some() {
            return;
        }
        match self.find_due().await {
            Ok(due) => self.0.round.lock().due = due,
            Err(fault) => {
                self.0.counter.broke(&fault);
                tracing::error!(%fault, "which events are old enough to be pruned could not be read; nothing is pruned");
            }
        }
    }

    async fn find_due(&self) -> Result<Vec<(StreamId, CinemaId)>, Fault> {
        let (counter, retention) = (&self.0.counter, self.0.retention);
        // Without it a power cut would take the whole day from what is counted.
        holds::write_time(counter).await?;
        let now_ms = counter.running_ms();
        let finding = counter
            .database
            .read(move |db| prune::due(db, retention, now_ms));
        Ok(finding.await?)
    }

    async fn take_step(&self, stream: StreamId, cinema: &CinemaId) {
        let (counter, retention) = (&self.0.counter, self.0.retention);
        let now_ms = counter.running_ms();
        let stepping = counter.database.write(scope(cinema), move |tx| {
            prune::step(tx, stream, retention, now_ms)
        });
        let done = stepping.await;
        let mut round = self.0.round.lock();
        match done {
            Ok(Piece::Removed(events)) => {
                self.0.pruned.inc_by(events);
                return;
            }
            Ok(Piece::Nothing) => {}
            Ok(Piece::Broken { after }) => {
                if !round.broken.contains(&stream) {
                    round.broken.push(stream);
                    tracing::warn!(%cinema, after, "what follows this event does not fit it: this stream is pruned no further");
                }
            }
            Err(error) => {
                tracing::error!(%error, %cinema, "a stream could not be pruned; it is tried again");
            }
        }
        round.due.pop();
    }
}
