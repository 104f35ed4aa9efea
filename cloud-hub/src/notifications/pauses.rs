//! When what could not be sent is tried again, by the process's monotonic time: a message that was turned away, or all while the server is
//! away; and what `/metrics` says of it. A process that begins tries everything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use service::Metrics;
use service::metrics::Gauge;

use super::{Message, Told};

/// Before the second try of a message, and the longest pause between two: a server that does not know us yet wants some minutes, one whose
/// disk is full some hours.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 60 * 60);

/// The same of a server that takes nothing.
const FIRST_SERVER_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_SERVER_PAUSE: Duration = Duration::from_secs(5 * 60);

/// The pause of a message.
#[derive(Debug, Clone, Copy)]
struct Pause {
    /// When it is tried.
    at: Duration,
    /// Since when it is known.
    since: Duration,
    /// How long the pause before was, if it was turned away.
    turned_away: Option<Duration>,
}

/// See the module.
pub(super) struct Pauses {
    messages: Mutex<BTreeMap<String, Pause>>,
    /// When the server is tried again that takes nothing, and how long that pause is.
    server: Mutex<Option<(Duration, Duration)>>,
    /// What was sent without that being stored: so many causes of a message, and what it has said of when and where.
    sent: Mutex<BTreeMap<String, (i64, Told)>>,
    /// Something could not be looked at.
    looks_again: AtomicBool,
    forgets_at: Mutex<Duration>,
    waiting: Gauge,
    failed: Gauge,
    server_away: Gauge,
}

impl Pauses {
    /// Registers what is shown; once a process.
    pub(super) fn new(metrics: &Metrics) -> Self {
        Self {
            messages: Mutex::default(),
            server: Mutex::default(),
            sent: Mutex::default(),
            looks_again: AtomicBool::default(),
            forgets_at: Mutex::default(),
            waiting: metrics.gauge(
                "messages_waiting",
                "Messages to guests that are not sent yet",
            ),
            failed: metrics.gauge(
                "messages_failed",
                "Messages to guests that a person must look at",
            ),
            server_away: metrics.gauge(
                "mail_server_away",
                "Whether the mail server takes nothing at the moment",
            ),
        }
    }

    /// Shows how many there are.
    pub(super) fn count(&self, unsent: &[Message]) {
        let failed = unsent.iter().filter(|it| it.is_failed).count();
        let as_number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.failed.set(as_number(failed));
        self.waiting.set(as_number(unsent.len() - failed));
    }

    /// Only these wait.
    pub(super) fn keep_only(&self, waiting: &[Message]) {
        let ids: BTreeSet<&str> = waiting.iter().map(|message| &*message.id).collect();
        self.messages.lock().retain(|id, _| ids.contains(&**id));
        self.sent.lock().retain(|id, _| ids.contains(&**id));
    }

    /// Whether it is to be sent now; `first` is when, if it was never tried.
    pub(super) fn is_due(&self, message: &Message, (now, first): (Duration, Duration)) -> bool {
        let mut messages = self.messages.lock();
        let new = Pause {
            at: first,
            since: now,
            turned_away: None,
        };
        messages.entry(message.id.clone()).or_insert(new).at <= now
    }

    /// For how long it is known.
    pub(super) fn waited(&self, message: &Message, now: Duration) -> Duration {
        let messages = self.messages.lock();
        let since = messages.get(&message.id).map_or(now, |pause| pause.since);
        now.saturating_sub(since)
    }

    /// It is not tried before.
    pub(super) fn waits(&self, message: &Message, until: Duration) {
        if let Some(pause) = self.messages.lock().get_mut(&message.id) {
            pause.at = pause.at.max(until);
        }
    }

    /// The server has turned it away for now, or it could not be drawn.
    pub(super) fn turned_away(&self, message: &Message, now: Duration) {
        if let Some(pause) = self.messages.lock().get_mut(&message.id) {
            let before = pause.turned_away;
            let longer = before.map_or(FIRST_PAUSE, |before| (before * 2).min(LONGEST_PAUSE));
            pause.at = now + longer;
            pause.turned_away = Some(longer);
        }
    }

    /// It is at its end; if it tells of more by now, it begins anew.
    pub(super) fn ends(&self, message: &Message) {
        self.messages.lock().remove(&message.id);
        self.sent.lock().remove(&message.id);
    }

    /// The server has taken it, and it has said this; that is to be stored yet.
    pub(super) fn is_sent(&self, message: &Message, told: &Told) {
        let sent = (message.id.clone(), (message.causes, told.clone()));
        self.sent.lock().extend([sent]);
    }

    /// What it has said, if the server has taken it with all that it tells.
    pub(super) fn was_sent(&self, message: &Message) -> Option<Told> {
        let sent = self.sent.lock();
        let (causes, told) = sent.get(&message.id)?;
        (*causes == message.causes).then(|| told.clone())
    }

    /// The server took nothing when this was sent; says whether that is news. The others are tried before it, for it may be the reason.
    pub(super) fn server_goes_away(&self, message: &Message, now: Duration) -> bool {
        let mut server = self.server.lock();
        let before = *server;
        let (again, pause) = match before {
            // Several find out at the same time.
            Some((again, pause)) if now < again => (again, pause),
            Some((_, pause)) => {
                let pause = (pause * 2).min(LONGEST_SERVER_PAUSE);
                (now + pause, pause)
            }
            None => (now + FIRST_SERVER_PAUSE, FIRST_SERVER_PAUSE),
        };
        *server = Some((again, pause));
        self.waits(message, again + pause);
        self.server_away.set(1);
        before.is_none()
    }

    /// The server has taken something; says whether that is news.
    pub(super) fn server_takes(&self) -> bool {
        self.server_away.set(0);
        self.server.lock().take().is_some()
    }

    /// When the server is asked again that took nothing.
    pub(super) fn server_again_at(&self) -> Option<Duration> {
        self.server.lock().map(|(again, _)| again)
    }

    /// Whether the server is not to be asked at this time.
    pub(super) fn is_server_away(&self, now: Duration) -> bool {
        self.server_again_at().is_some_and(|again| now < again)
    }

    /// Whether the server took nothing when it was asked last.
    pub(super) fn has_no_server(&self) -> bool {
        self.server.lock().is_some()
    }

    /// Something could not be looked at.
    pub(super) fn looks_again(&self) {
        self.looks_again.store(true, Ordering::Relaxed);
    }

    /// Whether it could not; asked once.
    pub(super) fn has_to_look_again(&self) -> bool {
        self.looks_again.swap(false, Ordering::Relaxed)
    }

    /// When an address is to be looked at next that may be forgotten.
    pub(super) fn forgets_at(&self) -> Duration {
        *self.forgets_at.lock()
    }

    pub(super) fn forgets_again_at(&self, time: Duration) {
        *self.forgets_at.lock() = time;
    }

    /// When the next message is tried.
    pub(super) fn next(&self) -> Option<Duration> {
        let messages = self.messages.lock();
        let next = messages.values().map(|pause| pause.at).min()?;
        let server = *self.server.lock();
        Some(server.map_or(next, |(again, _)| next.max(again)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;
    use jiff::Timestamp;

    fn message(id: &str) -> Message {
        Message {
            id: id.to_owned(),
            kind: Kind::Bought,
            cinema: "metropol".parse().unwrap(),
            sale: "s".parse().unwrap(),
            address: "guest@example.com".to_owned(),
            causes: 1,
            tries: 0,
            written_at: Timestamp::UNIX_EPOCH,
            is_failed: false,
            why: String::new(),
        }
    }

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_message_that_is_turned_away_waits_longer_each_time() {
        let pauses = Pauses::new(&Metrics::default());
        let one = message("a");
        assert!(pauses.is_due(&one, (at(10), at(10))));
        let mut now = at(10);
        for (pause, nth) in [60, 120, 240, 480].into_iter().zip(0..) {
            pauses.turned_away(&one, now);
            assert!(!pauses.is_due(&one, (now + at(pause - 1), now)), "{nth}");
            now += at(pause);
            assert!(pauses.is_due(&one, (now, now)), "{nth}");
        }
        for _ in 0..10 {
            pauses.turned_away(&one, now);
        }
        assert_eq!(pauses.next(), Some(now + LONGEST_PAUSE));
        let told = Told {
            starts_at: Timestamp::UNIX_EPOCH,
            room: "One".to_owned(),
        };
        pauses.is_sent(&one, &told);
        let tells_more = Message {
            causes: 2,
            ..one.clone()
        };
        assert_eq!(pauses.was_sent(&one), Some(told));
        assert_eq!(pauses.was_sent(&tells_more), None);
        pauses.ends(&one);
        assert_eq!(pauses.was_sent(&one), None);
        assert!(!pauses.is_due(&one, (now, now + at(3))), "it begins anew");
        assert_eq!(pauses.waited(&one, now + at(2)), at(2));
        pauses.keep_only(&[message("b")]);
        assert_eq!(pauses.next(), None);
    }

    #[test]
    fn a_server_that_is_away_is_asked_ever_more_seldom_and_others_are_tried_before() {
        let pauses = Pauses::new(&Metrics::default());
        let (one, other) = (message("a"), message("b"));
        assert!(pauses.is_due(&one, (at(0), at(0))) && pauses.is_due(&other, (at(0), at(0))));
        assert!(pauses.server_goes_away(&one, at(0)));
        assert!(pauses.is_server_away(at(1)) && !pauses.is_server_away(at(2)));
        assert_eq!(pauses.next(), Some(at(2)), "the other");
        assert!(!pauses.is_due(&one, (at(3), at(0))) && pauses.is_due(&one, (at(4), at(0))));
        assert!(!pauses.server_goes_away(&other, at(1)), "it was on its way");
        assert_eq!(pauses.next(), Some(at(4)));
        assert!(!pauses.server_goes_away(&one, at(4)));
        assert!(pauses.is_server_away(at(7)) && !pauses.is_server_away(at(8)));
        assert!(pauses.server_takes());
        assert!(!pauses.server_takes());
        assert!(!pauses.is_server_away(at(5)));
    }
}
