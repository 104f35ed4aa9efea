//! Stripe as the counter sees whoever takes cards.

use box_office::{Currency, TicketId};
use counter::{
    Again, Answer, Bounds, Charge, Listing, NoAnswer, PartGiven, PartNow, Patience, Pays,
};
use futures_util::future::BoxFuture;

use super::{Stripe, amount};
use crate::payments::settings;

impl Pays for Stripe {
    fn ask(&self, charge: &Charge, card: Option<String>) -> BoxFuture<'static, Answer> {
        Box::pin(
            self.clone()
                .charge(charge.clone(), card.unwrap_or_default()),
        )
    }

    fn look(&self, charge: &Charge) -> BoxFuture<'static, Answer> {
        Box::pin(self.clone().status(charge.clone()))
    }

    fn stop(&self, charge: &Charge) -> BoxFuture<'static, Answer> {
        Box::pin(self.clone().cancel(charge.clone()))
    }

    fn give_back(&self, charge: &Charge) -> BoxFuture<'static, Answer> {
        Box::pin(self.clone().refund(charge.clone()))
    }

    fn give_part_back(
        &self,
        charge: &Charge,
        ticket: &TicketId,
    ) -> BoxFuture<'static, Result<PartGiven, NoAnswer>> {
        Box::pin(self.clone().refund_part(charge.clone(), ticket.clone()))
    }

    fn look_at_part(
        &self,
        charge: &Charge,
        ticket: &TicketId,
    ) -> BoxFuture<'static, Result<PartNow, NoAnswer>> {
        Box::pin(self.clone().part(charge.clone(), ticket.clone()))
    }

    fn list(&self, since: u64, again: &[Again]) -> BoxFuture<'static, Result<Listing, NoAnswer>> {
        Box::pin(self.clone().listing(since, again.to_vec()))
    }

    fn wants_card(&self) -> bool {
        true
    }

    fn bounds(&self, currency: Currency) -> Bounds {
        amount::bounds(currency)
    }

    fn patience(&self) -> Patience {
        settings::PATIENCE
    }
}
