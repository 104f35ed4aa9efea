//! Deliveries on their way into the database, in their order. Each is in the writer's queue before the next message is looked at: while
//! one is written the next is verified, and those that wait share a commit.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use futures_util::FutureExt;
use futures_util::future::{MaybeDone, maybe_done};
use wire::Position;

use crate::post::PostError;

/// Up to where a stream is committed with a delivery.
type Written = Result<Position, PostError>;

/// The deliveries of one link that are not known to be committed.
#[derive(Default)]
pub(crate) struct Applying(VecDeque<MaybeDone<Pin<Box<dyn Future<Output = Written> + Send>>>>);

impl Applying {
    /// Takes one that is written after the others. It is in the writer's queue once this returns.
    pub(crate) fn push(&mut self, writing: impl Future<Output = Written> + Send + 'static) {
        let mut writing = maybe_done(Box::pin(writing) as Pin<Box<_>>);
        // Polled once, whatever comes of it.
        (&mut writing).now_or_never().unwrap_or_default();
        self.0.push_back(writing);
    }

    /// Resolves when the oldest is written; `None` if there is none. Nothing is lost if nobody waits for the end.
    pub(crate) async fn next(&mut self) -> Option<Written> {
        let oldest = self.0.front_mut()?;
        (&mut *oldest).await;
        let written = Pin::new(oldest).take_output();
        self.0.pop_front();
        written
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Debug for Applying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Applying").field(&self.len()).finish()
    }
}
