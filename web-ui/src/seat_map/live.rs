//! The seats of a showtime as the counter tells them, live: the map once, then every change. After a gap it is fetched anew.

use std::collections::HashMap;
use std::time::Duration;

use box_office::{SeatId, ShowtimeId};
use counter_api::{SeatChange, SeatMap, SeatNow, SeatState};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::room::Room;
use crate::client::{Counter, Live};
use crate::clock;

/// Between two tries to reach the counter.
const PAUSE: Duration = Duration::from_secs(2);

/// The live states of a room's seats.
#[derive(Clone, Copy)]
pub struct LiveSeats {
    /// By the seats' places in the room; none until the first map has come.
    pub states: RwSignal<Option<Vec<SeatState>>>,
    watch: StoredValue<Watch>,
    stream: StoredValue<Option<Live>, LocalStorage>,
}

struct Watch {
    counter: Counter,
    showtime: ShowtimeId,
    places: HashMap<SeatId, usize>,
    version: u64,
}

/// Watches the seats of a showtime until the component that asked for it is gone.
pub fn watch(counter: Counter, showtime: ShowtimeId, room: &Room) -> LiveSeats {
    let places = room
        .seats
        .iter()
        .enumerate()
        .map(|(place, drawn)| (drawn.seat.clone(), place))
        .collect();
    let live = LiveSeats {
        states: RwSignal::new(None),
        watch: StoredValue::new(Watch {
            counter,
            showtime,
            places,
            version: 0,
        }),
        stream: StoredValue::new_local(None),
    };
    spawn_local(live.begin());
    live
}

impl LiveSeats {
    /// Fetches the map until the counter answers, then listens from its version on.
    async fn begin(self) {
        let asked = |watch: &Watch| (watch.counter, watch.showtime.clone());
        while let Some((counter, showtime)) = self.watch.try_with_value(asked) {
            if let Ok(map) = counter.seats(&showtime).await {
                let version = map.version;
                if self.take_map(&map).is_some() {
                    self.listen(&counter.seat_events(&showtime, version));
                }
                return;
            }
            clock::sleep(PAUSE).await;
        }
    }

    /// None if nobody watches any more.
    fn take_map(self, map: &SeatMap) -> Option<()> {
        let seats = self.watch.try_with_value(|watch| watch.places.len())?;
        self.watch
            .try_update_value(|watch| watch.version = map.version)?;
        self.states.try_set(Some(vec![SeatState::Sold; seats]));
        self.apply(&map.seats);
        Some(())
    }

    fn listen(self, address: &str) {
        let on_seats =
            Box::new(
                move |text: String| match serde_json::from_str::<SeatChange>(&text) {
                    Ok(change) => self.take_change(&change),
                    Err(_) => self.begin_anew(Duration::ZERO),
                },
            );
        let on_reset = Box::new(move |_| self.begin_anew(Duration::ZERO));
        let on_lost = move |is_over| {
            if is_over {
                self.begin_anew(PAUSE);
            }
        };
        let stream = Live::listen(address, [("seats", on_seats), ("reset", on_reset)], on_lost);
        self.stream.try_set_value(stream);
    }

    fn take_change(self, change: &SeatChange) {
        let is_news = self.watch.try_update_value(|watch| {
            let is_news = change.version > watch.version;
            watch.version = watch.version.max(change.version);
            is_news
        });
        if is_news == Some(true) {
            self.apply(&change.seats);
        }
    }

    fn apply(self, seats: &[SeatNow]) {
        self.watch.try_with_value(|watch| {
            self.states.try_update(|states| {
                for now in seats {
                    if let (Some(states), Some(place)) =
                        (states.as_mut(), watch.places.get(&now.seat))
                    {
                        states[*place] = now.state;
                    }
                }
            })
        });
    }

    /// The stream that called this is still running its own callback, so it is closed a moment later.
    fn begin_anew(self, after: Duration) {
        spawn_local(async move {
            clock::sleep(after).await;
            self.stream.try_set_value(None);
            self.begin().await;
        });
    }
}
