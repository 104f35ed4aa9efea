//! What `/metrics` says of all links.

use hub_api::LinkState;
use service::metrics::{Metrics, State};
use wire::LinkTrouble;

/// The states of a link by the names that `/metrics` and the HTTP contract have for them.
const STATES: [&str; 5] = ["not_enrolled", "up", "down", "refused", "update_needed"];

/// How one link stands, and what a person must see to.
pub(super) type Standing = (Option<LinkState>, Option<LinkTrouble>);

/// How many links stand how.
pub(super) struct Meters {
    states: State,
    troubles: State,
    broker: State,
}

impl Meters {
    /// Registers them; once a process.
    pub(super) fn new(metrics: &Metrics) -> Self {
        Self {
            states: metrics.state("links", "How many links stand how", &STATES),
            troubles: metrics.state(
                "link_troubles",
                "How many links wait for a person to see to this",
                &LinkTrouble::NAMES,
            ),
            broker: metrics.state(
                "broker_trouble",
                "What a person must see to before the broker lets the hub in",
                &LinkTrouble::NAMES,
            ),
        }
    }

    /// Shows how the links stand, and what is wrong with the broker.
    pub(super) fn show(&self, links: &[Standing], broker: Option<LinkTrouble>) {
        let in_state = |link: &Standing, name: &str| link.0.is_some_and(|state| of(state) == name);
        self.states
            .count(|name| count(links, |link| in_state(link, name)));
        let code = |trouble: Option<LinkTrouble>| trouble.map_or("none", LinkTrouble::code);
        self.troubles
            .count(|name| count(links, |link| code(link.1) == name));
        self.broker.set(code(broker));
    }
}

fn count(links: &[Standing], which: impl Fn(&&Standing) -> bool) -> i64 {
    i64::try_from(links.iter().filter(which).count()).unwrap_or(i64::MAX)
}

fn of(state: LinkState) -> &'static str {
    match state {
        LinkState::NotEnrolled => "not_enrolled",
        LinkState::Up => "up",
        LinkState::Down => "down",
        LinkState::Refused => "refused",
        LinkState::UpdateNeeded => "update_needed",
    }
}
