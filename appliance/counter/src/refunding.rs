//! The refunds that a process has in hand: which somebody gives or decides about at this moment, and when those are tried again that nobody has
//! given. It knows no room.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use box_office::TicketId;
use parking_lot::Mutex;
use service::Bell;

use crate::in_hand::Hands;

/// Before the second try of a refund that was not given.
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// The longest pause between two tries: a guest waits for their money, and a provider may be away for a night.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Refunding {
    /// Rung when somebody should look at what has come due.
    pub(crate) bell: Bell,
    /// When each is tried again that was not given, by the process's monotonic time, and how long the pause was.
    pauses: Mutex<BTreeMap<TicketId, (Duration, Duration)>>,
    /// Those that somebody has in hand at this moment.
    pub(crate) hands: Hands<TicketId>,
}

impl Refunding {
    /// Whether it waits for another try.
    pub(crate) fn pauses(&self, ticket: &TicketId, now: Duration) -> bool {
        let pauses = self.pauses.lock();
        pauses.get(ticket).is_some_and(|(again, _)| now < *again)
    }

    /// It was not given; says whether that is news.
    pub(crate) fn fails(&self, ticket: &TicketId, now: Duration) -> bool {
        let mut pauses = self.pauses.lock();
        let before = pauses.get(ticket).map(|(_, pause)| *pause);
        let pause = before.map_or(FIRST_PAUSE, |pause| (pause * 2).min(LONGEST_PAUSE));
        pauses.insert(ticket.clone(), (now + pause, pause));
        before.is_none()
    }

    /// It has come to its end.
    pub(crate) fn ends(&self, ticket: &TicketId) {
        self.pauses.lock().remove(ticket);
    }

    /// Only these wait.
    pub(crate) fn keep_only(&self, owed: &BTreeSet<&TicketId>) {
        self.pauses.lock().retain(|ticket, _| owed.contains(ticket));
    }

    /// When the next of those that pause is tried again.
    pub(crate) fn next(&self) -> Option<Duration> {
        let pauses = self.pauses.lock();
        pauses.values().map(|(again, _)| *again).min()
    }
}
