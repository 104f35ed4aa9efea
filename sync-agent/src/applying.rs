//! Deliveries on their way into the database, in their order. Each is in the writer's queue before the next message is looked at: while
//! one is written the next is verified, and those that wait share a commit.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{MaybeDone, maybe_done};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wire::Position;

use crate::post::PostError;

/// Up to where a stream is committed with a delivery; nothing, where this end is stopped and keeps nothing of it.
type Written = Result<Option<Position>, PostError>;

/// Room for deliveries in the writer's queue, which others need as well: so many of all links of a process may be in it. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Room(Arc<Semaphore>);

impl Room {
    /// A sixteenth of what the writer's queue takes.
    const DELIVERIES: usize = 64;

    /// The room of a process.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(Self::DELIVERIES)))
    }
}

/// One delivery's place in the writer's queue, until it is known to be written.
#[derive(Debug)]
pub(crate) struct Place(
    #[expect(dead_code, reason = "it is there to be dropped")] OwnedSemaphorePermit,
);

/// The deliveries of one link that are not known to be committed.
pub(crate) struct Applying {
    queue: VecDeque<MaybeDone<Pin<Box<dyn Future<Output = Written> + Send>>>>,
    room: Room,
}

impl Applying {
    /// None yet, with room for what comes.
    pub(crate) fn new(room: &Room) -> Self {
        Self {
            queue: VecDeque::new(),
            room: room.clone(),
        }
    }

    /// A place for one more, if there is one.
    pub(crate) fn find_place(&self) -> Option<Place> {
        Arc::clone(&self.room.0).try_acquire_owned().ok().map(Place)
    }

    /// A place for one more. Whoever waits for it must have none, or all may wait for one another.
    pub(crate) async fn wait_for_place(&mut self) -> Option<Place> {
        debug_assert!(self.queue.is_empty(), "it waits with a place in hand");
        // Nobody closes it.
        Arc::clone(&self.room.0)
            .acquire_owned()
            .await
            .ok()
            .map(Place)
    }

    /// Takes one that is written after the others. It is in the writer's queue once this returns.
    pub(crate) fn push(
        &mut self,
        place: Option<Place>,
        writing: impl Future<Output = Written> + Send + 'static,
    ) {
        let writing = async move {
            let written = writing.await;
            drop(place);
            written
        };
        let mut writing = maybe_done(Box::pin(writing) as Pin<Box<_>>);
        // Polled once, whatever comes of it.
        (&mut writing).now_or_never().unwrap_or_default();
        self.queue.push_back(writing);
    }

    /// Resolves when the oldest is written; `None` if there is none. Nothing is lost if nobody waits for the end.
    pub(crate) async fn next(&mut self) -> Option<Written> {
        let oldest = self.queue.front_mut()?;
        (&mut *oldest).await;
        let written = Pin::new(oldest).take_output();
        self.queue.pop_front();
        written
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }
}

impl fmt::Debug for Applying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Applying").field(&self.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    #[tokio::test]
    async fn a_link_finds_room_once_another_knows_what_is_written() {
        let room = Room(Arc::new(Semaphore::new(1)));
        let (mut one, mut other) = (Applying::new(&room), Applying::new(&room));
        let place = one.find_place();
        assert!(place.is_some());
        one.push(place, async {
            tokio::task::yield_now().await;
            Ok(Some(Position::START))
        });
        assert!(other.find_place().is_none(), "it is the first's");
        let waiting = other.wait_for_place();
        let knowing = async { one.next().await };
        let (place, written) = tokio::join!(waiting, knowing);
        assert_eq!(written, Some(Ok(Some(Position::START))));
        other.push(place, ready(Err(PostError("full".to_owned()))));
        assert_eq!((one.len(), other.len()), (0, 1));
        assert!(other.next().await.unwrap().is_err());
        assert!(
            one.find_place().is_some(),
            "what fails gives its place back"
        );
    }
}
