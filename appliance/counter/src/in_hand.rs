//! What somebody gives back or decides about at this moment, so that nobody else does so beside them. It knows no room.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::timeout;

/// So long a person waits for a try that is about to end: what it found has been written down, and they read it, just before it has ended.
const ABOUT_TO_END: Duration = Duration::from_secs(1);

/// What is in hand. Clones are the same.
#[derive(Debug)]
pub(crate) struct Hands<Id>(Arc<Inner<Id>>);

#[derive(Debug)]
struct Inner<Id> {
    taken: Mutex<BTreeSet<Id>>,
    /// Told of each that is put down.
    put_down: Notify,
}

impl<Id> Default for Hands<Id> {
    fn default() -> Self {
        Self(Arc::new(Inner {
            taken: Mutex::default(),
            put_down: Notify::new(),
        }))
    }
}

/// One that is in hand for as long as this is kept.
#[derive(Debug)]
pub(crate) struct InHand<Id: Ord> {
    hands: Arc<Inner<Id>>,
    id: Id,
}

impl<Id: Ord> Drop for InHand<Id> {
    fn drop(&mut self) {
        self.hands.taken.lock().remove(&self.id);
        self.hands.put_down.notify_waiters();
    }
}

impl<Id: Ord + Clone> Hands<Id> {
    /// Takes it in hand; nothing, if somebody has it.
    pub(crate) fn take(&self, id: &Id) -> Option<InHand<Id>> {
        let is_free = self.0.taken.lock().insert(id.clone());
        is_free.then(|| InHand {
            hands: Arc::clone(&self.0),
            id: id.clone(),
        })
    }

    /// The same for a person, for whom a try that is about to end does so first.
    pub(crate) async fn take_soon(&self, id: &Id) -> Option<InHand<Id>> {
        let taking = async {
            loop {
                let mut put_down = pin!(self.0.put_down.notified());
                // What is put down from here on is heard of.
                put_down.as_mut().enable();
                if let Some(in_hand) = self.take(id) {
                    return in_hand;
                }
                put_down.await;
            }
        };
        timeout(ABOUT_TO_END, taking).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn one_has_it_in_hand_and_a_person_waits_until_it_is_put_down() {
        let hands = Hands::default();
        let in_hand = hands.take(&"one").expect("nobody has it");
        assert!(hands.take(&"one").is_none());
        assert!(hands.take(&"another").is_some());
        let mut waits = pin!(hands.take_soon(&"one"));
        assert!(waits.as_mut().now_or_never().is_none());
        drop(in_hand);
        let taken = waits.await;
        assert!(taken.is_some() && hands.take(&"one").is_none());
        drop(taken);
        assert!(hands.take(&"one").is_some());
    }
}
