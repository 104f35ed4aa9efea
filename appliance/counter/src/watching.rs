//! Whoever waits for a hold to move: a guest's browser that asks how it stands, and is answered once something has become of it.

use std::collections::HashMap;

use box_office::HoldId;
use parking_lot::Mutex;
use tokio::sync::watch;

/// The holds that somebody waits for.
#[derive(Debug, Default)]
pub(crate) struct Watching(Mutex<HashMap<HoldId, watch::Sender<()>>>);

impl Watching {
    /// Watches a hold from now on: what moves it after this is not missed.
    pub(crate) fn watch(&self, hold: &HoldId) -> Watch<'_> {
        let mut watched = self.0.lock();
        let moves = watched.entry(hold.clone()).or_default().subscribe();
        Watch {
            watching: self,
            hold: hold.clone(),
            moves: Some(moves),
        }
    }

    /// A hold, or a payment of it, has moved.
    pub(crate) fn moved(&self, hold: &HoldId) {
        if let Some(watched) = self.0.lock().get(hold) {
            watched.send_replace(());
        }
    }
}

/// A hold that is watched.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    watching: &'a Watching,
    hold: HoldId,
    moves: Option<watch::Receiver<()>>,
}

impl Watch<'_> {
    /// Waits until it moves.
    pub(crate) async fn moved(&mut self) {
        if let Some(moves) = &mut self.moves {
            // It cannot be closed: what it is told by is kept while anybody watches.
            let _told = moves.changed().await;
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut watched = self.watching.0.lock();
        drop(self.moves.take());
        let is_last = |moves: &watch::Sender<()>| moves.receiver_count() == 0;
        if watched.get(&self.hold).is_some_and(is_last) {
            watched.remove(&self.hold);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(id: &str) -> HoldId {
        id.parse().unwrap()
    }

    #[tokio::test]
    async fn whoever_watches_hears_of_what_moved_since() {
        let watching = Watching::default();
        let (one, other) = (
            hold("h01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            hold("h01ARZ3NDEKTSV4RRFFQ69G5FAW"),
        );
        let (mut first, mut second) = (watching.watch(&one), watching.watch(&one));
        watching.moved(&other);
        watching.moved(&one);
        let both_hear = async {
            first.moved().await;
            second.moved().await;
        };
        let in_vain = std::time::Duration::from_secs(10);
        let heard = tokio::time::timeout(in_vain, both_hear).await;
        assert!(heard.is_ok(), "both hear of it");
        let again = std::time::Duration::from_millis(5);
        let heard_twice = tokio::time::timeout(again, first.moved()).await;
        assert!(heard_twice.is_err(), "it has moved once");
        drop((first, second));
        assert!(watching.0.lock().is_empty(), "nothing is kept of it");
    }
}
