//! When what could not be sent is tried again, by the process's monotonic time: a message that was turned away, or all while the server is
//! away; and what `/metrics` says of it. A process that begins tries everything.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use parking_lot::Mutex;
use service::Metrics;
use service::metrics::Gauge;

use super::Message;

/// Before the second try of a message, and the longest pause between two: a server that does not know us yet wants some minutes, one whose
/// disk is full some hours.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 60 * 60);

/// The same of a server that takes nothing.
const FIRST_SERVER_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_SERVER_PAUSE: Duration = Duration::from_secs(5 * 60);

/// See the module.
pub(super) struct Pauses {
    /// When each message is tried, and how long the pause before was, if it was turned away.
    messages: Mutex<BTreeMap<String, (Duration, Option<Duration>)>>,
    /// When the server is tried again that takes nothing, and how long that pause is.
    server: Mutex<Option<(Duration, Duration)>>,
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
        let failed = unsent.iter().filter(|it| it.failed.is_some()).count();
        let as_number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.failed.set(as_number(failed));
        self.waiting.set(as_number(unsent.len() - failed));
    }

    /// Only these wait.
    pub(super) fn keep_only(&self, waiting: &[Message]) {
        let ids: BTreeSet<&str> = waiting.iter().map(|message| &*message.id).collect();
        self.messages.lock().retain(|id, _| ids.contains(&**id));
    }

    /// Whether it is to be sent now; `first` is when, if it was never tried.
    pub(super) fn is_due(&self, message: &Message, (now, first): (Duration, Duration)) -> bool {
        let mut messages = self.messages.lock();
        let (at, _) = messages.entry(message.id.clone()).or_insert((first, None));
        *at <= now
    }

    /// The server has turned it away for now, or it could not be drawn.
    pub(super) fn turned_away(&self, message: &Message, now: Duration) {
        let mut messages = self.messages.lock();
        let before = messages.get(&message.id).and_then(|(_, pause)| *pause);
        let pause = before.map_or(FIRST_PAUSE, |pause| (pause * 2).min(LONGEST_PAUSE));
        messages.insert(message.id.clone(), (now + pause, Some(pause)));
    }

    /// It was sent; if it tells of more by now, it begins anew.
    pub(super) fn ends(&self, message: &Message) {
        self.messages.lock().remove(&message.id);
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
        let mut messages = self.messages.lock();
        let turned_away = messages.get(&message.id).and_then(|(_, pause)| *pause);
        messages.insert(message.id.clone(), (again + pause, turned_away));
        self.server_away.set(1);
        before.is_none()
    }

    /// The server has taken something; says whether that is news.
    pub(super) fn server_is_there(&self) -> bool {
        self.server_away.set(0);
        self.server.lock().take().is_some()
    }

    /// Whether the server is not to be asked at this time.
    pub(super) fn is_server_away(&self, now: Duration) -> bool {
        self.server.lock().is_some_and(|(again, _)| now < again)
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
        let next = messages.values().map(|(at, _)| *at).min()?;
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
            failed: None,
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
        pauses.ends(&one);
        assert!(!pauses.is_due(&one, (now, now + at(3))), "it begins anew");
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
        assert!(pauses.server_is_there());
        assert!(!pauses.server_is_there());
        assert!(!pauses.is_server_away(at(5)));
    }
}
