//! How changes are told: signed, again and again until somebody hears them, and late, twice or backwards where a test wants it so.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_hub::payments::protocol::Event;
use cloud_hub::payments::signature;
use service::Clock;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Delivery;
use crate::http::client;

/// The pause after the first time that nobody hears; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How often a change is told at most: for an hour, then whoever wants to know lists.
const MOST_TRIES: u32 = 720;

/// See the module.
#[derive(Debug)]
pub(super) struct Telling {
    secret: Vec<u8>,
    tasks: TaskTracker,
    stop: CancellationToken,
    how: Mutex<How>,
    told: watch::Sender<u64>,
    clock: Clock,
    client: reqwest::Client,
}

#[derive(Debug, Default)]
struct How {
    to: Option<String>,
    by: Delivery,
    kept: Vec<Event>,
}

impl Telling {
    pub(super) fn new(secret: &str, tasks: TaskTracker, stop: CancellationToken) -> Self {
        Self {
            secret: secret.as_bytes().to_vec(),
            tasks,
            stop,
            how: Mutex::default(),
            told: watch::Sender::new(0),
            clock: Clock::system(),
            client: client(),
        }
    }

    pub(super) fn to(&self, address: &str) {
        self.how().to = Some(address.to_owned());
    }

    pub(super) fn by(&self, delivery: Delivery) {
        let kept = {
            let mut how = self.how();
            how.by = delivery;
            match delivery {
                Delivery::Kept => Vec::new(),
                Delivery::AtOnce | Delivery::Late { .. } | Delivery::Twice | Delivery::Never => {
                    std::mem::take(&mut how.kept)
                }
            }
        };
        if !kept.is_empty() {
            self.send(kept.into_iter().rev().collect(), Duration::ZERO);
        }
    }

    /// How often somebody has heard.
    pub(super) fn told(&self) -> watch::Receiver<u64> {
        self.told.subscribe()
    }

    /// Tells of a change, `times` times, if there is one.
    pub(super) fn tell(&self, event: Option<Event>, times: usize) {
        let Some(event) = event else { return };
        let (events, late) = {
            let mut how = self.how();
            match how.by {
                Delivery::AtOnce => (vec![event; times], Duration::ZERO),
                Delivery::Late { after_ms } => {
                    (vec![event; times], Duration::from_millis(after_ms))
                }
                Delivery::Twice => (vec![event; 2 * times], Duration::ZERO),
                Delivery::Kept => return how.kept.extend(vec![event; times]),
                Delivery::Never => return,
            }
        };
        self.send(events, late);
    }

    /// Tells of a change later, if there is one.
    pub(super) fn tell_late(&self, event: Option<Event>, late: Duration) {
        self.send(event.into_iter().collect(), late);
    }

    /// Sends them in this order, each once the one before it is heard.
    fn send(&self, events: Vec<Event>, late: Duration) {
        let Some(to) = self.how().to.clone() else {
            return;
        };
        let (secret, told, clock) = (self.secret.clone(), self.told.clone(), self.clock.clone());
        let (stop, client) = (self.stop.clone(), self.client.clone());
        let sending = async move {
            sleep(late).await;
            for event in events {
                if until_heard((&client, &to), &secret, &clock, &event).await {
                    told.send_modify(|told| *told += 1);
                }
            }
        };
        self.tasks.spawn(async move {
            tokio::select! { () = sending => {} () = stop.cancelled() => {} }
        });
    }

    fn how(&self) -> MutexGuard<'_, How> {
        self.how.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn until_heard(
    (client, to): (&reqwest::Client, &str),
    secret: &[u8],
    clock: &Clock,
    event: &Event,
) -> bool {
    let body = serde_json::to_vec(event).unwrap_or_default();
    let mut pause = FIRST_PAUSE;
    for _try in 0..MOST_TRIES {
        let signed = signature::sign(secret, clock.now(), &body);
        let sent = client
            .post(to)
            .header(signature::HEADER, signed)
            .header("content-type", "application/json")
            .body(body.clone())
            .send();
        if sent.await.is_ok_and(|answer| answer.status().is_success()) {
            return true;
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    false
}
