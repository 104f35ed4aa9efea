//! What `/metrics` says of the link.

use appliance_api::LinkState;
use box_office::LinkTrouble;
use service::metrics::{Metrics, State};

/// The states of the link by the names that `/metrics` and the HTTP contract have for them.
const STATES: [&str; 5] = ["not_enrolled", "up", "down", "refused", "update_needed"];

/// How the link is, as numbers.
#[derive(Debug)]
pub(super) struct Meters {
    state: State,
    trouble: State,
}

impl Meters {
    /// Registers them; once a process.
    pub(super) fn new(metrics: &Metrics) -> Self {
        Self {
            state: metrics.state("link", "How the link to the hub stands", &STATES),
            trouble: metrics.state(
                "link_trouble",
                "What a person must see to before the link does its work",
                &LinkTrouble::NAMES,
            ),
        }
    }

    pub(super) fn show(&self, state: LinkState, trouble: Option<LinkTrouble>) {
        self.state.set(match state {
            LinkState::NotEnrolled => "not_enrolled",
            LinkState::Up => "up",
            LinkState::Down => "down",
            LinkState::Refused => "refused",
            LinkState::UpdateNeeded => "update_needed",
        });
        self.trouble.set(trouble.map_or("none", LinkTrouble::code));
    }
}
