//! What stands above the counter at the hub: its links, as the counter sees them.

use box_office::{CinemaId, SaleId};
use counter::{Fault, Pays, Ports, Sold};
use counter_api::PaperState;
use database::Tx;
use futures_util::future::BoxFuture;

use crate::links::Links;

impl Ports for Links {
    fn settled(&self, _: &mut Tx<'_>, _: &CinemaId, _: &Sold) -> Result<(), Fault> {
        Ok(())
    }

    fn written(&self, cinema: &CinemaId) {
        Links::written(self, cinema);
    }

    /// A guest at home has the code on the phone.
    fn paper_of(&self, _: &SaleId) -> BoxFuture<'static, Result<PaperState, Fault>> {
        Box::pin(async { Ok(PaperState::NoPrinter) })
    }

    fn cards(&self) -> Option<&dyn Pays> {
        None
    }
}
