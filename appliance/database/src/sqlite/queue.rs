//! The bounded queue before the writer, and the thread behind it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::writer::Writer;
use crate::Error;
use crate::job::Job;
use crate::statistics::Counters;
use crate::thread::{self, Ended};

/// Writes that may wait. At six thousand a second this is a sixth of a second: who comes later is better told at once.
const WAITING_WRITES: usize = 1_024;

/// Writes that share a commit. More would make the first of them wait for the last without saving a sync worth the name.
const LARGEST_GROUP: usize = 128;

/// The way to the writer's thread.
#[derive(Debug)]
pub(crate) struct Queue {
    /// Nothing once the database is closed.
    sender: RwLock<Option<SyncSender<Box<dyn Job>>>>,
    ended: Mutex<Option<Ended>>,
}

impl Queue {
    /// Gives the writer a thread of its own.
    pub(crate) fn start(writer: Writer, counters: Arc<Counters>) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(WAITING_WRITES);
        let ended = thread::start("database writer", move || {
            serve(writer, receiver, &counters);
        })?;
        Ok(Self {
            sender: RwLock::new(Some(sender)),
            ended: Mutex::new(Some(ended)),
        })
    }

    pub(crate) fn submit(&self, job: Box<dyn Job>, counters: &Counters) -> Result<(), Error> {
        let sender = self.sender.read().unwrap_or_else(PoisonError::into_inner);
        let sender = sender.as_ref().ok_or(Error::Closed)?;
        counters.queue_length.fetch_add(1, Relaxed);
        sender.try_send(job).map_err(|error| {
            counters.queue_length.fetch_sub(1, Relaxed);
            match error {
                TrySendError::Full(_) => {
                    Counters::add(&counters.refused_busy, 1);
                    Error::Busy
                }
                TrySendError::Disconnected(_) => Error::Closed,
            }
        })
    }

    /// Takes no more writes, and waits until those that wait are answered and the file is given back.
    pub(crate) async fn close(&self) {
        drop(
            self.sender
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let ended = self
            .ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(ended) = ended {
            drop(ended.await);
        }
    }
}

/// Writes until nobody can ask any more, then closes the file.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the queue ends with its writer"
)]
fn serve(mut writer: Writer, receiver: Receiver<Box<dyn Job>>, counters: &Counters) {
    let served = catch_unwind(AssertUnwindSafe(|| {
        while let Ok(first) = receiver.recv() {
            let mut group = vec![first];
            group.extend(receiver.try_iter().take(LARGEST_GROUP - 1));
            counters.queue_length.fetch_sub(group.len() as u64, Relaxed);
            writer.run(group);
        }
    }));
    match served {
        Ok(()) => writer.close(),
        Err(_) => writer.fail_for_good(),
    }
}
