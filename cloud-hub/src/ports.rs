//! What stands above the counter at the hub: its links and whoever takes cards, as the counter sees them.

use box_office::CinemaId;
use counter::{Pays, Ports};

use crate::links::Links;
use crate::payments::PaymentGateway;

/// The rooms of a hub above its counter.
pub(crate) struct HubPorts {
    pub(crate) links: Links,
    pub(crate) payments: PaymentGateway,
}

impl Ports for HubPorts {
    fn written(&self, cinema: &CinemaId) {
        self.links.written(cinema);
    }

    fn cards(&self) -> Option<&dyn Pays> {
        self.payments.cards()
    }
}
