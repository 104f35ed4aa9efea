//! How each link stands, in memory, for those who look; and a bell for whoever watches head office's page.

use std::collections::BTreeMap;
use std::sync::Arc;

use hub_api::LinkState;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use service::{Clock, Metrics};
use sync_agent::Trouble;
use tokio::sync::watch;
use wire::{CinemaId, LinkTrouble};

use super::meters::Meters;

/// How often a box that is heard all the time changes the page.
const HEARD_SHOWN: SignedDuration = SignedDuration::from_secs(5);

/// How one link stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct OnBoard {
    pub(crate) state: Option<LinkState>,
    pub(crate) heard: Option<Timestamp>,
    pub(crate) program: Option<String>,
    /// What a person must see to.
    pub(crate) trouble: Option<LinkTrouble>,
    /// What was heard of it.
    pub(crate) attention: Option<String>,
}

/// How all links stand. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Board {
    clock: Clock,
    links: Arc<Mutex<BTreeMap<CinemaId, OnBoard>>>,
    /// Why the broker is not reached, if it is not.
    broker: Arc<Mutex<Option<Trouble>>>,
    version: Arc<watch::Sender<u64>>,
}

impl Board {
    /// An empty board.
    pub(crate) fn new(clock: Clock, metrics: &Metrics) -> Self {
        let board = Self {
            clock,
            links: Arc::default(),
            broker: Arc::default(),
            version: Arc::new(watch::Sender::new(0)),
        };
        let (meters, shown) = (Meters::new(metrics), board.clone());
        metrics.before_each_reading(move || {
            let broker = shown.broker.lock().as_ref().map(|trouble| trouble.kind);
            let links = shown.read();
            let links: Vec<_> = links
                .values()
                .map(|link| (link.state, link.trouble))
                .collect();
            meters.show(&links, broker);
        });
        board
    }

    /// Everything on it.
    pub(crate) fn read(&self) -> BTreeMap<CinemaId, OnBoard> {
        self.links.lock().clone()
    }

    /// Why the broker is not reached, if it is not.
    pub(crate) fn broker(&self) -> Option<Trouble> {
        self.broker.lock().clone()
    }

    /// The broker is reached, or not and why.
    pub(crate) fn reached(&self, trouble: Option<Trouble>) {
        *self.broker.lock() = trouble;
        self.changed();
    }

    /// Changes whenever something that head office sees has changed.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Something that head office sees has changed.
    pub(crate) fn changed(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    /// A session is open.
    pub(crate) fn up(&self, cinema: &CinemaId, program: String) {
        let heard = Some(self.clock.now());
        self.put(cinema, |link| {
            *link = OnBoard {
                state: Some(LinkState::Up),
                heard,
                program: Some(program),
                trouble: None,
                attention: None,
            };
        });
    }

    /// Whether the box is there and hears what it is told.
    pub(crate) fn is_up(&self, cinema: &CinemaId) -> bool {
        let links = self.links.lock();
        links
            .get(cinema)
            .is_some_and(|link| link.state == Some(LinkState::Up))
    }

    /// Nobody is there. What somebody must look at stays.
    pub(crate) fn down(&self, cinema: &CinemaId) {
        self.put(cinema, |link| match link.state {
            Some(LinkState::Refused) => {}
            Some(
                LinkState::NotEnrolled | LinkState::Up | LinkState::Down | LinkState::UpdateNeeded,
            )
            | None => (link.state, link.trouble) = (Some(LinkState::Down), None),
        });
    }

    /// The box does not answer in its session. What somebody must look at stays.
    pub(crate) fn quiet(&self, cinema: &CinemaId) {
        self.put(cinema, |link| {
            if link.state == Some(LinkState::Up) {
                link.state = Some(LinkState::Down);
            }
        });
    }

    /// The box was heard in its session.
    pub(crate) fn heard(&self, cinema: &CinemaId) {
        let now = self.clock.now();
        let news = {
            let mut links = self.links.lock();
            let link = links.entry(cinema.clone()).or_default();
            let was_down = link.state == Some(LinkState::Down);
            if was_down {
                link.state = Some(LinkState::Up);
            }
            let long_ago = link
                .heard
                .is_none_or(|before| now.duration_since(before) >= HEARD_SHOWN);
            if was_down || long_ago {
                link.heard = Some(now);
            }
            was_down || long_ago
        };
        if news {
            self.changed();
        }
    }

    /// One end refuses the other. A link that is up stays up: what is refused there may come from anybody.
    pub(crate) fn refused(&self, cinema: &CinemaId, trouble: LinkTrouble, words: String) {
        self.put(cinema, |link| match link.state {
            Some(LinkState::Up | LinkState::UpdateNeeded) => {}
            Some(LinkState::NotEnrolled | LinkState::Down | LinkState::Refused) | None => {
                link.state = Some(LinkState::Refused);
                (link.trouble, link.attention) = (Some(trouble), Some(words));
            }
        });
    }

    /// What the hub tells waits for an update of the box.
    pub(crate) fn waits_for_the_box(&self, cinema: &CinemaId, words: String) {
        self.put(cinema, |link| {
            link.state = Some(LinkState::UpdateNeeded);
            link.trouble = Some(LinkTrouble::BoxMustUpdate);
            link.attention = Some(words);
        });
    }

    /// What the box tells cannot be kept, in these words.
    pub(crate) fn failed(&self, cinema: &CinemaId, words: String) {
        self.down(cinema);
        self.put(cinema, |link| link.attention = Some(words));
    }

    fn put(&self, cinema: &CinemaId, change: impl FnOnce(&mut OnBoard)) {
        change(self.links.lock().entry(cinema.clone()).or_default());
        self.changed();
    }
}
