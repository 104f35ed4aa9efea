//! What `/metrics` says of all links.

use std::collections::BTreeMap;

use hub_api::LinkState;
use service::metrics::{Metrics, State};
use sync_agent::Trouble;
use wire::{CinemaId, LinkTrouble};

use super::OnBoard;

/// The states of a link by the names that `/metrics` and the HTTP contract have for them.
const STATES: [&str; 5] = ["not_enrolled", "up", "down", "refused", "update_needed"];

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

    pub(super) fn show(&self, links: &BTreeMap<CinemaId, OnBoard>, broker: &Option<Trouble>) {
        let in_state =
            |link: &&OnBoard, name: &str| link.state.is_some_and(|state| of(state) == name);
        self.states
            .count(|name| count(links, |link| in_state(link, name)));
        let code = |trouble: Option<LinkTrouble>| trouble.map_or("none", LinkTrouble::code);
        self.troubles
            .count(|name| count(links, |link| code(link.trouble) == name));
        self.broker
            .set(code(broker.as_ref().map(|trouble| trouble.kind)));
    }
}

fn count(links: &BTreeMap<CinemaId, OnBoard>, which: impl Fn(&&OnBoard) -> bool) -> i64 {
    i64::try_from(links.values().filter(which).count()).unwrap_or(i64::MAX)
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
