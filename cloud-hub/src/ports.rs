//! What stands above the counter at the hub: its links, as the counter sees them.

use box_office::{CinemaId, SaleId};
use counter::{Fault, Pays, Ports, Sold};
use counter_api::PaperState;
use database::Tx;
use futures_util::future::BoxFuture;

use crate::links::Bells;

/// The rooms of the hub above its counter.
pub(crate) struct HubPorts {
    pub(crate) bells: Bells,
}

impl Ports for HubPorts {
    fn settled(&self, _: &mut Tx<'_>, _: &CinemaId, _: &Sold) -> Result<(), Fault> {
        Ok(())
    }

    fn written(&self, cinema: &CinemaId) {
        self.bells.written(cinema);
    }

    /// A guest at home has the code on the phone.
    fn paper_of(&self, _: &SaleId) -> BoxFuture<'static, Result<PaperState, Fault>> {
        Box::pin(async { Ok(PaperState::NoPrinter) })
    }

    fn cards(&self) -> Option<&dyn Pays> {
        None
    }
}
