//! The names of topics: `foyer/v1/{cinema}/{device}/` and the kind of message. An id has no slash and no wildcard in it.

use wire::{CinemaId, DeviceId, End, Topic};

/// Whose link a message belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The cinema.
    pub cinema: CinemaId,
    /// Its box.
    pub device: DeviceId,
}

/// What a topic carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carries {
    /// A message for the link's state machine.
    Link(Topic),
    /// Whether the box is there; unsigned, and it decides nothing.
    Presence,
}

const PRESENCE: &str = "presence";

impl Address {
    /// The full name of a topic of this link.
    pub(crate) fn topic(&self, topic: Topic) -> String {
        self.name(topic.as_str())
    }

    /// The full name of the presence.
    pub(crate) fn presence(&self) -> String {
        self.name(PRESENCE)
    }

    fn name(&self, end: &str) -> String {
        format!("foyer/v1/{}/{}/{end}", self.cinema, self.device)
    }

    /// What a box subscribes to: what the hub writes.
    pub(crate) fn subscriptions_of_box(&self) -> Vec<String> {
        Topic::ALL
            .into_iter()
            .filter(|topic| topic.is_written_by(End::Hub))
            .map(|topic| self.topic(topic))
            .collect()
    }
}

/// What the hub subscribes to: what every box writes.
pub(crate) fn subscriptions_of_hub() -> Vec<String> {
    let topics = Topic::ALL
        .into_iter()
        .filter(|topic| topic.is_written_by(End::Box))
        .map(Topic::as_str);
    topics
        .chain([PRESENCE])
        .map(|end| format!("foyer/v1/+/+/{end}"))
        .collect()
}

/// Whose topic this is and what it carries, if it is one of ours.
pub(crate) fn parse(name: &str) -> Option<(Address, Carries)> {
    let mut parts = name.strip_prefix("foyer/v1/")?.splitn(3, '/');
    let cinema = parts.next()?.parse().ok()?;
    let device = parts.next()?.parse().ok()?;
    let end = parts.next()?;
    let carries = match Topic::ALL.into_iter().find(|topic| topic.as_str() == end) {
        Some(topic) => Carries::Link(topic),
        None if end == PRESENCE => Carries::Presence,
        None => return None,
    };
    Some((Address { cinema, device }, carries))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        let address = Address {
            cinema: "metropol".parse().unwrap(),
            device: "box-1".parse().unwrap(),
        };
        assert_eq!(
            address.topic(Topic::DownAck),
            "foyer/v1/metropol/box-1/down/ack"
        );
        for topic in Topic::ALL {
            assert_eq!(
                parse(&address.topic(topic)),
                Some((address.clone(), Carries::Link(topic)))
            );
        }
        assert_eq!(
            parse(&address.presence()),
            Some((address.clone(), Carries::Presence))
        );
        assert_eq!(parse("foyer/v1/metropol/box-1/elsewhere"), None);
        assert_eq!(parse("foyer/v2/metropol/box-1/up"), None);
        assert_eq!(
            subscriptions_of_hub(),
            [
                "foyer/v1/+/+/up",
                "foyer/v1/+/+/down/ack",
                "foyer/v1/+/+/hello",
                "foyer/v1/+/+/up/ask",
                "foyer/v1/+/+/down/answer",
                "foyer/v1/+/+/presence"
            ]
        );
        assert_eq!(
            address.subscriptions_of_box(),
            ["up/ack", "down", "hello", "up/answer", "down/ask"]
                .map(|end| format!("foyer/v1/metropol/box-1/{end}"))
        );
    }
}
