//! The seats of each showtime as everyone may see them, in memory, with the latest changes for those who watch.
//! It is told of changes in the order of the commits and only after them. While the other side is reached, what it may have is shown as free:
//! a guest who touches it has it asked for.

mod counted;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::body::Bytes;
use box_office::{Plan, SeatId, ShowtimeId};
use counter_api::{SeatChange, SeatMap, SeatNow, SeatState};
use parking_lot::{Mutex, RwLock};
use tokio::sync::broadcast;

use crate::Fault;

pub(crate) use counted::{Count, Counted, Counts};

/// How many changes a watcher may have missed before it must fetch the map anew: some minutes of a busy sale.
const REMEMBERED: usize = 256;

/// How many changes may wait for one slow watcher.
const WAITING: usize = 64;

/// For so long a seat that the other side did not give is shown as held: somebody there is choosing it, and may let it go.
const KEPT_THERE_FOR: Duration = Duration::from_secs(30);

/// All live maps that somebody has asked for.
#[derive(Debug)]
pub(crate) struct LiveSeats {
    maps: RwLock<Maps>,
    /// What is loaded at this moment, for as long as somebody waits for it.
    loading: Mutex<HashMap<ShowtimeId, Weak<Loading>>>,
    /// No map that was ever kept here has a higher version than this, but for those that still are.
    last_version: AtomicU64,
    counted: Counted,
    /// How often something of the cinema changed that is shown.
    changes: AtomicU64,
}

/// Whoever loads a map has this; all others who want it wait for them, and learn of a fault and when that was, on the monotonic clock.
pub(crate) type Loading = tokio::sync::Mutex<Option<(Duration, Fault)>>;

#[derive(Debug, Default)]
struct Maps {
    kept: HashMap<ShowtimeId, Arc<Mutex<LiveMap>>>,
    is_reached: bool,
}

#[derive(Debug)]
struct LiveMap {
    showtime: ShowtimeId,
    plan: Arc<Plan>,
    /// What is known by itself: out of reach is what the other side may have, whether or not it is reached.
    states: Vec<SeatState>,
    /// Whether the other side is reached.
    is_reached: bool,
    /// The places that the other side did not give, and until when they are shown as held, on the monotonic clock.
    kept_there: BTreeMap<usize, Duration>,
    version: u64,
    /// Whether it was forgotten: another may be kept by now, above all versions that this one ever has.
    is_gone: bool,
    json: Option<Bytes>,
    latest: VecDeque<Arc<SeatChange>>,
    watchers: broadcast::Sender<Arc<SeatChange>>,
}

/// A map that was kept. Whoever has it reads it as it is, also where it is forgotten meanwhile; a watch of it ends then.
#[derive(Debug, Clone)]
pub(crate) struct KeptMap(Arc<Mutex<LiveMap>>);

/// A map as it is sent, with its version.
#[derive(Debug, Clone)]
pub(crate) struct MapBytes {
    pub(crate) version: u64,
    pub(crate) json: Bytes,
}

/// What a watcher gets: the changes since the version that it knows, or word that it must fetch the map, then what follows.
#[derive(Debug)]
pub(crate) struct Watch {
    /// The changes since then; `None` if they are no longer known.
    pub(crate) missed: Option<Vec<Arc<SeatChange>>>,
    /// The version at which `following` begins.
    pub(crate) version: u64,
    /// What follows.
    pub(crate) following: broadcast::Receiver<Arc<SeatChange>>,
}

impl LiveSeats {
    /// No maps yet. `chance` decides where versions begin, so that none is one of an earlier life, whatever the clock was then: below
    /// 2^52, so that they stay below 2^53, which a browser counts exactly.
    pub(crate) fn new(chance: [u8; 8]) -> Self {
        Self {
            maps: RwLock::default(),
            loading: Mutex::default(),
            last_version: AtomicU64::new(u64::from_le_bytes(chance) >> 12),
            counted: Counted::default(),
            changes: AtomicU64::default(),
        }
    }

    /// How many seats of each showtime were counted, as long as it is so.
    pub(crate) fn counted(&self) -> &Counted {
        &self.counted
    }

    /// How often something of the cinema changed that is shown: what was drawn since is as it would be drawn now, but for the time of day.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Acquire)
    }

    /// Something changed that is shown.
    pub(crate) fn note_change(&self) {
        self.changes.fetch_add(1, Release);
    }

    /// Keeps a map from now on, above every version that an earlier one had. To be called in the order of the commits, like [`LiveSeats::change`].
    pub(crate) fn keep(
        &self,
        showtime: &ShowtimeId,
        plan: Arc<Plan>,
        states: Vec<SeatState>,
    ) -> KeptMap {
        let mut maps = self.maps.write();
        let is_reached = maps.is_reached;
        let map = maps.kept.entry(showtime.clone()).or_insert_with(|| {
            let (watchers, _) = broadcast::channel(WAITING);
            let version = self.last_version.fetch_add(1, Relaxed) + 1;
            let (showtime, latest) = (showtime.clone(), VecDeque::new());
            Arc::new(Mutex::new(LiveMap {
                showtime,
                plan,
                states,
                is_reached,
                kept_there: BTreeMap::new(),
                version,
                is_gone: false,
                json: None,
                latest,
                watchers,
            }))
        });
        KeptMap(Arc::clone(map))
    }

    /// Forgets the map of a showtime that is over or was changed as a whole; watchers fetch it anew.
    pub(crate) fn forget(&self, showtime: &ShowtimeId) {
        self.counted.forget(showtime);
        self.note_change();
        if let Some(map) = self.maps.write().kept.remove(showtime) {
            let mut map = map.lock();
            map.is_gone = true;
            self.last_version.fetch_max(map.version, Relaxed);
        }
    }

    /// Forgets the maps of all showtimes but those of which `is_kept` says so.
    pub(crate) fn keep_only(&self, is_kept: impl Fn(&ShowtimeId) -> bool) {
        let known: Vec<_> = self.maps.read().kept.keys().cloned().collect();
        let gone = known.iter().filter(|showtime| !is_kept(showtime));
        gone.for_each(|showtime| self.forget(showtime));
        self.counted.keep_only(is_kept);
        self.note_change();
    }

    /// Changes seats (by place) of a map that is kept; others are nobody's concern yet.
    pub(crate) fn change(&self, showtime: &ShowtimeId, seats: &[(usize, SeatState)]) {
        self.counted.forget(showtime);
        self.note_change();
        self.with(showtime, |map| map.change(seats));
    }

    /// Whether the other side is reached at this moment, `now` on the monotonic clock.
    pub(crate) fn reach(&self, is_reached: bool, now: Duration) {
        let maps: Vec<_> = {
            let mut maps = self.maps.write();
            if maps.is_reached != is_reached {
                maps.is_reached = is_reached;
                self.note_change();
            }
            maps.kept.values().cloned().collect()
        };
        for map in maps {
            let mut map = map.lock();
            let is_over = map.kept_there.values().any(|until| *until <= now);
            if map.is_reached != is_reached || is_over {
                map.show(|map| {
                    map.is_reached = is_reached;
                    map.kept_there.retain(|_, until| *until > now);
                });
            }
        }
    }

    /// The other side was asked for these seats at `now`, on the monotonic clock, and did not give them.
    pub(crate) fn not_given(&self, showtime: &ShowtimeId, seats: &[SeatId], now: Duration) {
        self.with(showtime, |map| {
            let places: Vec<_> = (seats.iter())
                .filter_map(|seat| map.plan.place_of(seat))
                .collect();
            map.show(|map| {
                let kept = places.iter().map(|place| (*place, now + KEPT_THERE_FOR));
                map.kept_there.extend(kept);
            });
        });
    }

    /// Whether the other side is reached.
    pub(crate) fn is_reached(&self) -> bool {
        self.maps.read().is_reached
    }

    /// What those have in common who want the map of a showtime loaded at this moment.
    pub(crate) fn loading(&self, showtime: &ShowtimeId) -> Arc<Loading> {
        let mut loading = self.loading.lock();
        loading.retain(|_, wanted| wanted.strong_count() > 0);
        let wanted = loading.get(showtime).and_then(Weak::upgrade);
        wanted.unwrap_or_else(|| {
            let wanted = Arc::default();
            loading.insert(showtime.clone(), Arc::downgrade(&wanted));
            wanted
        })
    }

    /// The map, if it is kept.
    pub(crate) fn kept(&self, showtime: &ShowtimeId) -> Option<KeptMap> {
        self.maps.read().kept.get(showtime).cloned().map(KeptMap)
    }

    fn with(&self, showtime: &ShowtimeId, work: impl FnOnce(&mut LiveMap)) {
        if let Some(KeptMap(map)) = self.kept(showtime) {
            work(&mut map.lock());
        }
    }
}

impl KeptMap {
    /// The room, and what everyone sees of it, by place.
    pub(crate) fn shown(&self) -> (Arc<Plan>, Vec<SeatState>) {
        let map = self.0.lock();
        (Arc::clone(&map.plan), map.shown())
    }

    /// The map as it is sent.
    pub(crate) fn bytes(&self) -> MapBytes {
        self.0.lock().bytes()
    }

    /// Watches it; `known` is the version that the watcher has.
    pub(crate) fn watch(&self, known: Option<u64>) -> Watch {
        self.0.lock().watch(known)
    }
}

impl LiveMap {
    fn now(&self, place: usize) -> Option<SeatNow> {
        Some(SeatNow {
            seat: self.plan.at(place)?.seat.clone(),
            state: self.shown_at(place)?,
        })
    }

    fn shown_at(&self, place: usize) -> Option<SeatState> {
        let known = *self.states.get(place)?;
        Some(match known {
            SeatState::OutOfReach if !self.is_reached => known,
            SeatState::OutOfReach if self.kept_there.contains_key(&place) => SeatState::Held,
            SeatState::OutOfReach => SeatState::Free,
            SeatState::Free | SeatState::Held | SeatState::Sold | SeatState::Blocked => known,
        })
    }

    fn shown(&self) -> Vec<SeatState> {
        let places = 0..self.states.len();
        places.filter_map(|place| self.shown_at(place)).collect()
    }

    fn change(&mut self, seats: &[(usize, SeatState)]) {
        if self.is_gone {
            return;
        }
        let before: Vec<_> = seats
            .iter()
            .map(|(place, _)| self.shown_at(*place))
            .collect();
        for &(place, state) in seats {
            if let Some(seat) = self.states.get_mut(place) {
                *seat = state;
                // Whatever was said of it was said of the seat as it was.
                self.kept_there.remove(&place);
            }
        }
        let changed = seats.iter().zip(before);
        let changed = changed.filter_map(|((place, _), before)| self.changed_since(*place, before));
        let changed = changed.collect();
        self.tell(changed);
    }

    /// Changes how the seats are shown.
    fn show(&mut self, change: impl FnOnce(&mut Self)) {
        if self.is_gone {
            return;
        }
        let before = self.shown();
        change(self);
        let places = before.into_iter().enumerate();
        let changed = places.filter_map(|(place, was)| self.changed_since(place, Some(was)));
        let changed = changed.collect();
        self.tell(changed);
    }

    fn changed_since(&self, place: usize, before: Option<SeatState>) -> Option<SeatNow> {
        let now = self.now(place)?;
        (Some(now.state) != before).then_some(now)
    }

    fn tell(&mut self, changed: Vec<SeatNow>) {
        if changed.is_empty() {
            return;
        }
        self.version += 1;
        self.json = None;
        let change = Arc::new(SeatChange {
            version: self.version,
            seats: changed,
        });
        if self.latest.len() == REMEMBERED {
            self.latest.pop_front();
        }
        self.latest.push_back(Arc::clone(&change));
        // Nobody watching is not an error.
        let _ = self.watchers.send(change);
    }

    fn bytes(&mut self) -> MapBytes {
        if self.json.is_none() {
            let seats = (0..self.states.len())
                .filter_map(|place| self.now(place))
                .collect();
            let map = SeatMap {
                showtime: self.showtime.clone(),
                version: self.version,
                seats,
            };
            // Plain strings and numbers always serialise.
            self.json = Some(serde_json::to_vec(&map).unwrap_or_default().into());
        }
        MapBytes {
            version: self.version,
            json: self.json.clone().unwrap_or_default(),
        }
    }

    fn watch(&mut self, known: Option<u64>) -> Watch {
        let missed = match known {
            Some(known) if known == self.version => Some(Vec::new()),
            Some(known)
                if self
                    .latest
                    .front()
                    .is_some_and(|first| first.version <= known.saturating_add(1))
                    && known < self.version =>
            {
                Some(
                    self.latest
                        .iter()
                        .filter(|change| change.version > known)
                        .cloned()
                        .collect(),
                )
            }
            Some(_) | None => None,
        };
        Watch {
            missed,
            version: self.version,
            following: self.watchers.subscribe(),
        }
    }
}

#[cfg(test)]
mod tests;
