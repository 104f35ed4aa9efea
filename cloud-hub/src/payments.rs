//! Whoever takes the money of guests at home: a provider behind HTTP, asked by the counter as a box asks its terminal, and calling when
//! something has become of a payment. A call is only a reason to ask; what counts is what the provider answers.

pub mod protocol;
mod refusal;
pub(crate) mod routes;
mod sandbox;
mod settings;
pub mod signature;

use std::sync::Arc;

use counter::Counter;
use counter::checkout::{self, CalledInVain};
use futures_util::future::BoxFuture;
use service::http::{Allowances, Peer};
use service::settings::OpenError;
use service::{Clock, Machine};

use crate::config::Config;
use box_office::{CinemaId, HoldId, TicketId};
use counter::{Answer, Charge, Listing, NoAnswer, PartGiven, Patience, Pays};
use protocol::Event;
pub(crate) use refusal::CallRefused;
use sandbox::Sandbox;
use settings::Secrets;

/// Whoever takes cards. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) enum PaymentGateway {
    /// The sandbox of demo and tests: no card is charged.
    Sandbox(Sandbox),
    /// Who was given in a provider's place.
    Given(StandIn),
    /// Nobody: guests at home cannot pay.
    None,
}

/// Where a guest goes on who comes back from their bank.
#[derive(Debug, Clone)]
pub(crate) struct WayBack {
    /// The hub's address as people have it; none, if nobody has said it and it listens everywhere.
    pub(crate) address: Option<String>,
    /// The page of a hold below it.
    pub(crate) page: fn(&CinemaId, &HoldId) -> String,
}

impl WayBack {
    fn of(&self, charge: &Charge) -> Option<String> {
        let address = self.address.as_ref()?.trim_end_matches('/');
        let page = (self.page)(&charge.cinema, &charge.hold);
        Some(format!("{address}{page}"))
    }
}

/// Takes cards in a provider's place, inside the process: for a simulation. Clones are the same.
#[derive(Clone)]
pub struct StandIn(pub Arc<dyn Pays>);

impl std::fmt::Debug for StandIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StandIn").finish_non_exhaustive()
    }
}

impl PaymentGateway {
    /// Whom the settings name; `way_back` is where a guest goes on who comes back from their bank.
    ///
    /// # Errors
    /// They do not fit; the words say which and what to do.
    pub(crate) fn of(config: &Config, way_back: WayBack) -> Result<(Self, Secrets), OpenError> {
        let wrong = |why: String| OpenError::Settings(format!("[payments] {why}"));
        let secrets = settings::secrets(&config.payments).map_err(wrong)?;
        let Some(provider) = &config.payments.sandbox else {
            return Ok((Self::None, secrets));
        };
        let sandbox = Sandbox::at(provider, way_back).map_err(wrong)?;
        tracing::warn!(
            address = provider,
            "cards are taken by a sandbox: no money moves"
        );
        Ok((Self::Sandbox(sandbox), secrets))
    }

    /// As the counter sees whoever takes cards.
    pub(crate) fn cards(&self) -> Option<&dyn Pays> {
        match self {
            Self::Sandbox(sandbox) => Some(sandbox),
            Self::Given(StandIn(given)) => Some(&**given),
            Self::None => None,
        }
    }
}

impl Pays for Sandbox {
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
    ) -> BoxFuture<'static, Result<bool, NoAnswer>> {
        Box::pin(self.clone().part(charge.clone(), ticket.clone()))
    }

    fn list(&self, since: u64) -> BoxFuture<'static, Result<Listing, NoAnswer>> {
        Box::pin(self.clone().listing(since))
    }

    fn wants_card(&self) -> bool {
        true
    }

    fn patience(&self) -> Patience {
        settings::PATIENCE
    }
}

/// What hears the provider's calls. Clones share it.
#[derive(Clone)]
pub(crate) struct Calls {
    counter: Counter,
    secrets: Secrets,
    clock: Clock,
    /// How often it is said of an address that its calls are not the provider's.
    said: Arc<Allowances<Peer>>,
}

impl std::fmt::Debug for Calls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Calls").finish_non_exhaustive()
    }
}

impl Calls {
    pub(crate) fn new(counter: Counter, secrets: Secrets, machine: &Machine) -> Self {
        Self {
            counter,
            secrets,
            clock: machine.clock.clone(),
            said: Arc::new(Allowances::new(1)),
        }
    }

    /// The provider calls, if the signature is its own: what has become of the payment is asked and recorded when this returns. To be called
    /// twice, late or in another order is no harm.
    pub(crate) async fn hear(
        &self,
        signed: Option<&str>,
        body: &[u8],
        from: Peer,
    ) -> Result<(), CallRefused> {
        let signed = signed.unwrap_or_default();
        if let Err(why) = signature::verify(self.secrets.all(), signed, body, self.clock.now()) {
            if self.said.ask(from, self.clock.monotonic()).is_ok() {
                tracing::warn!(from = %from.0, %why, "somebody calls as the payment provider, and is not");
            }
            return Err(CallRefused::NotSigned);
        }
        let event: Event = serde_json::from_slice(body).map_err(|_| CallRefused::Unreadable)?;
        let payment = event.reference;
        match checkout::called_about(&self.counter, payment.clone()).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                tracing::warn!(tender.id = %payment, "the payment provider calls about a payment that this hub does not know: its list is read");
                self.counter.listing().ring();
                Ok(())
            }
            Err(CalledInVain::NoAnswer(why)) => {
                tracing::info!(tender.id = %payment, %why, "the payment provider calls, and does not answer");
                Err(CallRefused::NoAnswer)
            }
            Err(CalledInVain::Fault(fault)) => Err(fault.into()),
        }
    }
}
