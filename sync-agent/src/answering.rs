//! Asks of the other end that are being answered. Each is in the writer's queue as soon as it is heard, behind nothing that comes later.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use wire::{Nonce, Reply};

/// How many may be answered at once; what comes on top is not answered, and the other end waits no longer than it does.
const MOST_AT_ONCE: usize = 64;

/// An ask on its way to its answer.
type Open = dyn Future<Output = (Nonce, Reply)> + Send;

/// The asks of one link that are not answered yet.
#[derive(Default)]
pub(crate) struct Answering {
    open: FuturesUnordered<Pin<Box<Open>>>,
    /// What was answered as soon as it was heard.
    done: Vec<(Nonce, Reply)>,
}

impl Answering {
    /// Takes one up.
    pub(crate) fn push(&mut self, id: Nonce, reply: impl Future<Output = Reply> + Send + 'static) {
        if self.open.len() >= MOST_AT_ONCE {
            tracing::warn!(
                "the other end asks for seats faster than it is answered; one ask is passed over"
            );
            return;
        }
        self.open
            .push(Box::pin(reply.map(move |reply| (id, reply))));
        // Looked at once, whatever comes of it.
        let done = self.open.next().now_or_never().flatten();
        self.done.extend(done);
    }

    /// Resolves when one is answered; `None` if there is none. Nothing is lost if nobody waits for the end.
    pub(crate) async fn next(&mut self) -> Option<(Nonce, Reply)> {
        match self.done.pop() {
            Some(done) => Some(done),
            None => self.open.next().await,
        }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.done.is_empty() && self.open.is_empty()
    }
}

impl fmt::Debug for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Answering").field(&self.open.len()).finish()
    }
}
