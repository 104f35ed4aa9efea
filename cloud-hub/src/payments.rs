//! Whoever takes the money of guests at home: a provider behind HTTP, asked by the counter as a box asks its terminal, and calling when
//! something has become of a payment. A call is only a reason to ask; what counts is what the provider answers.

pub mod protocol;
mod refusal;
pub(crate) mod routes;
mod sandbox;
mod settings;
pub mod signature;
mod stripe;
mod turns;

use std::sync::Arc;

use counter::Counter;
use counter::checkout::{self, CalledInVain};
use counter::refunds;
use futures_util::future::BoxFuture;
use service::http::{Allowances, Peer};
use service::settings::OpenError;
use service::{Clock, Machine};

use crate::config::Config;
use box_office::{CinemaId, Currency, HoldId, TicketId};
use counter::{
    Again, Answer, Bounds, Charge, Listing, NoAnswer, PartGiven, PartNow, Patience, Pays,
};
use protocol::Event;
pub(crate) use refusal::CallRefused;
use sandbox::Sandbox;
use settings::{Provider, Secrets};
use stripe::Stripe;
use stripe::calls::Called;
pub(crate) use stripe::fields::Fields;
pub(crate) use stripe::standing::{Stops, Trouble};
use turns::Turns;

/// Whoever takes cards. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) enum PaymentGateway {
    /// The sandbox of demo and tests: no card is charged.
    Sandbox(Sandbox),
    /// Stripe.
    Stripe(Stripe),
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
    pub(crate) fn of(
        config: &Config,
        clock: &Clock,
        way_back: WayBack,
    ) -> Result<(Self, Secrets), OpenError> {
        let wrong = |why: String| OpenError::Settings(format!("[payments] {why}"));
        let provider = settings::provider(&config.payments).map_err(wrong)?;
        let secrets = settings::secrets(&config.payments).map_err(wrong)?;
        let gateway = match provider {
            Provider::Sandbox(address) => {
                let sandbox = Sandbox::at(address, way_back).map_err(wrong)?;
                tracing::warn!(address, "cards are taken by a sandbox: no money moves");
                Self::Sandbox(sandbox)
            }
            Provider::Stripe(account) => {
                let stripe = Stripe::at(account, (clock.clone(), way_back)).map_err(wrong)?;
                Self::Stripe(stripe)
            }
            Provider::None => Self::None,
        };
        Ok((gateway, secrets))
    }

    /// What a page needs to have a guest's card asked for by the provider's own fields; nothing, where there are none.
    pub(crate) fn fields(&self) -> Option<&Fields> {
        match self {
            Self::Stripe(stripe) => Some(stripe.fields()),
            Self::Sandbox(_) | Self::Given(_) | Self::None => None,
        }
    }

    /// What it does not do for this account, as far as it has said so.
    pub(crate) fn troubles(&self) -> Vec<Trouble> {
        match self {
            Self::Stripe(stripe) => stripe.troubles(),
            Self::Sandbox(_) | Self::Given(_) | Self::None => Vec::new(),
        }
    }

    /// The header in which it signs its calls.
    fn signed_in(&self) -> &'static str {
        match self {
            Self::Stripe(_) => stripe::calls::HEADER,
            Self::Sandbox(_) | Self::Given(_) | Self::None => signature::HEADER,
        }
    }

    /// A call, as far as it can be read.
    fn read(&self, body: &[u8]) -> Result<Call<'_>, CallRefused> {
        let call = match self {
            Self::Stripe(stripe) => {
                serde_json::from_slice(body).map(|event| Call::Stripe(stripe, event))
            }
            Self::Sandbox(_) | Self::Given(_) | Self::None => {
                serde_json::from_slice(body).map(Call::Plain)
            }
        };
        call.map_err(|_| CallRefused::Unreadable)
    }

    /// As the counter sees whoever takes cards.
    pub(crate) fn cards(&self) -> Option<&dyn Pays> {
        match self {
            Self::Sandbox(sandbox) => Some(sandbox),
            Self::Stripe(stripe) => Some(stripe),
            Self::Given(StandIn(given)) => Some(&**given),
            Self::None => None,
        }
    }
}

/// A call of the provider.
enum Call<'g> {
    /// Stripe's.
    Stripe(&'g Stripe, stripe::calls::Event),
    /// Of a payment by its name.
    Plain(Event),
}

impl Call<'_> {
    /// The name of what it is about; nothing, if that is none of ours.
    fn about(&self) -> Option<&str> {
        match self {
            Self::Stripe(_, event) => event.named(),
            Self::Plain(event) => Some(event.reference.as_str()),
        }
    }

    /// What it is about, as the provider says when it is asked; nothing, if that is none of ours.
    async fn asked(self) -> Result<Option<Called>, CallRefused> {
        match self {
            Self::Stripe(stripe, event) => stripe.called_about(&event).await.map_err(|why| {
                tracing::info!(%why, "Stripe calls, and does not say about what");
                CallRefused::NoAnswer
            }),
            Self::Plain(event) => Ok(Some(Called {
                payment: event.reference,
                theirs: None,
                not_arrived: Vec::new(),
                afterwards: None,
            })),
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
    ) -> BoxFuture<'static, Result<PartNow, NoAnswer>> {
        Box::pin(self.clone().part(charge.clone(), ticket.clone()))
    }

    fn list(&self, since: u64, _: &[Again]) -> BoxFuture<'static, Result<Listing, NoAnswer>> {
        Box::pin(self.clone().listing(since))
    }

    fn wants_card(&self) -> bool {
        true
    }

    /// A trial is of the amounts that a guest could pay for earnest.
    fn bounds(&self, currency: Currency) -> Bounds {
        stripe::amount::bounds(currency)
    }

    fn patience(&self) -> Patience {
        settings::PATIENCE
    }
}

/// What hears the provider's calls. Clones share it.
#[derive(Clone)]
pub(crate) struct Calls {
    counter: Counter,
    gateway: PaymentGateway,
    secrets: Secrets,
    clock: Clock,
    /// How often it is said of an address that its calls are not the provider's.
    said: Arc<Allowances<Peer>>,
    turns: Arc<Turns>,
}

impl std::fmt::Debug for Calls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Calls").finish_non_exhaustive()
    }
}

impl Calls {
    pub(crate) fn new(
        counter: Counter,
        (gateway, secrets): (PaymentGateway, Secrets),
        machine: &Machine,
    ) -> Self {
        Self {
            counter,
            gateway,
            secrets,
            clock: machine.clock.clone(),
            said: Arc::new(Allowances::new(1)),
            turns: Arc::default(),
        }
    }

    /// What the provider does not do for this account, as far as it has said so.
    pub(crate) fn troubles(&self) -> Vec<Trouble> {
        self.gateway.troubles()
    }

    /// The provider calls, if the signature is its own: what has become of the payment is asked and recorded when this returns. To be called
    /// twice, late or in another order is no harm.
    pub(crate) async fn hear(
        &self,
        signed: impl Fn(&'static str) -> Option<String>,
        body: &[u8],
        from: Peer,
    ) -> Result<(), CallRefused> {
        let signed = signed(self.gateway.signed_in()).unwrap_or_default();
        if let Err(why) = signature::verify(self.secrets.all(), &signed, body, self.clock.now()) {
            if self.said.ask(from, self.clock.monotonic()).is_ok() {
                tracing::warn!(from = %from.0, %why, "somebody calls as the payment provider, and is not");
            }
            return Err(CallRefused::NotSigned);
        }
        let call = self.gateway.read(body)?;
        let _turn = match call.about() {
            Some(about) => self.turns.of(about).await,
            None => return Ok(()),
        };
        let Some(called) = call.asked().await? else {
            return Ok(());
        };
        let (counter, payment) = (&self.counter, called.payment);
        let why = "it was given back, and the guest's bank did not take it";
        if !refunds::did_not_arrive(counter, called.not_arrived, why).await? {
            return Err(CallRefused::NoAnswer);
        }
        let heard = checkout::called_about(counter, payment.clone(), called.theirs).await;
        if let (Ok(true), Some(said)) = (&heard, called.afterwards) {
            checkout::hear_afterwards(counter, payment.clone(), said).await?;
        }
        match heard {
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
