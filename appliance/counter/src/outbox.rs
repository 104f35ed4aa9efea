//! What tells the other side: an event is written in the transaction of the change that it tells of.

use std::sync::{Arc, OnceLock};

use box_office::{CinemaId, Custodian, EventId};
use database::Tx;
use mailbox::{StreamId, StreamKey, outbox, stream};
use parking_lot::Mutex;
use service::{Clock, Random};
use wire::{Body, Generation, Incarnation, Life, Position};

use crate::Fault;
use crate::ports::{Ports, Stopped};

/// The stream of one cinema that this counter writes.
pub(crate) struct Outbox {
    key: StreamKey,
    /// Found with the first event.
    id: OnceLock<StreamId>,
    /// Where it stands if the last write was kept.
    head: Mutex<Option<Position>>,
    clock: Clock,
    random: Random,
    ports: Arc<dyn Ports>,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl Outbox {
    pub(crate) fn new(
        side: Custodian,
        cinema: CinemaId,
        life: Life,
        clock: Clock,
        random: Random,
        ports: Arc<dyn Ports>,
    ) -> Arc<Self> {
        let key = match side {
            Custodian::Cinema => StreamKey::up(cinema, Incarnation(life)),
            Custodian::Hub => StreamKey::down(cinema, Generation(life)),
        };
        Arc::new(Self {
            key,
            id: OnceLock::new(),
            head: Mutex::default(),
            clock,
            random,
            ports,
        })
    }

    /// The stream's name.
    pub(crate) fn key(&self) -> &StreamKey {
        &self.key
    }

    /// Writes events, in the transaction of the changes that they tell of; the link hears of them after the commit. None, while others may
    /// have had their numbers and were forgotten.
    pub(crate) fn push(
        self: &Arc<Self>,
        tx: &mut Tx<'_>,
        bodies: impl IntoIterator<Item = Body>,
    ) -> Result<(), Fault> {
        if self.ports.stopped() == Some(Stopped::All) {
            return Err(Fault::Stopped);
        }
        let id = match self.id.get() {
            Some(id) => *id,
            None => {
                let (id, this) = (stream::open(tx, &self.key)?, Arc::clone(self));
                // Another write may have been quicker; it found the same.
                tx.after_commit(move || {
                    let _ = this.id.set(id);
                });
                id
            }
        };
        let now = self.clock.now();
        let draft = |body| outbox::Draft {
            id: EventId::new(now, self.random.bytes()),
            body,
        };
        let drafts: Vec<_> = bodies.into_iter().map(draft).collect();
        let mut head = self.head.lock();
        *head = Some(outbox::push(tx, id, now.as_millisecond(), &drafts, *head)?);
        let this = Arc::clone(self);
        tx.after_commit(move || this.ports.written(&this.key.cinema));
        Ok(())
    }
}
