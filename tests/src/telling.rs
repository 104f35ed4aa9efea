//! How a provider of payments tells of changes: signed, again and again until somebody hears them, and late, twice or backwards where a test wants it so.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_hub::payments::signature;
use serde::{Deserialize, Serialize};
use service::Clock;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::http::client;

/// The pause after the first time that nobody hears; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How often a change is told at most: for an hour, then whoever wants to know lists.
const MOST_TRIES: u32 = 720;

/// How changes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// At once, and again until it is heard.
    #[default]
    AtOnce,
    /// Each so many milliseconds late.
    Late {
        /// How late.
        after_ms: u64,
    },
    /// Each twice.
    Twice,
    /// Kept; whatever comes next tells them, the last of them first.
    Kept,
    /// Not at all.
    Never,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Telling {
    header: &'static str,
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
    kept: Vec<Vec<u8>>,
}

impl Telling {
    /// Signs in this header with this secret.
    pub(crate) fn new(
        (header, secret): (&'static str, &str),
        tasks: TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        Self {
            header,
            secret: secret.as_bytes().to_vec(),
            tasks,
            stop,
            how: Mutex::default(),
            told: watch::Sender::new(0),
            clock: Clock::system(),
            client: client(),
        }
    }

    pub(crate) fn to(&self, address: &str) {
        self.how().to = Some(address.to_owned());
    }

    pub(crate) fn by(&self, delivery: Delivery) {
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
    pub(crate) fn told(&self) -> watch::Receiver<u64> {
        self.told.subscribe()
    }

    /// Tells of a change, `times` times, if there is one.
    pub(crate) fn tell(&self, event: Option<&impl Serialize>, times: usize) {
        let Some(event) = event.map(written) else {
            return;
        };
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
    pub(crate) fn tell_late(&self, event: Option<&impl Serialize>, late: Duration) {
        self.send(event.into_iter().map(written).collect(), late);
    }

    /// Sends them in this order, each once the one before it is heard.
    fn send(&self, events: Vec<Vec<u8>>, late: Duration) {
        let Some(to) = self.how().to.clone() else {
            return;
        };
        let (signs, told, clock) = (
            (self.header, self.secret.clone()),
            self.told.clone(),
            self.clock.clone(),
        );
        let (stop, client) = (self.stop.clone(), self.client.clone());
        let sending = async move {
            sleep(late).await;
            for event in events {
                if until_heard((&client, &to), &signs, &clock, &event).await {
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

/// As it is sent, the same each time.
fn written(event: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(event).unwrap_or_default()
}

async fn until_heard(
    (client, to): (&reqwest::Client, &str),
    (header, secret): &(&'static str, Vec<u8>),
    clock: &Clock,
    body: &[u8],
) -> bool {
    let mut pause = FIRST_PAUSE;
    for _try in 0..MOST_TRIES {
        let signed = signature::sign(secret, clock.now(), body);
        let sent = client
            .post(to)
            .header(*header, signed)
            .header("content-type", "application/json")
            .body(body.to_vec())
            .send();
        if sent.await.is_ok_and(|answer| answer.status().is_success()) {
            return true;
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    false
}
