//! The sandbox inside a hub's own process, without HTTP and without time: its book, and what the cards that it is given do. For the simulation.

use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use box_office::checkout::Said;
use box_office::{TenderId, TicketId};
use cloud_hub::payments::protocol::{ChargeRequest, ChargeState, Metadata, Part, RefundRequest};
use counter::{
    Again, Answer, Charge, Details, Given, Listing, NoAnswer, PartGiven, PartNow, Patience, Pays,
};
use counter_api::CardSlip;
use futures_util::future::BoxFuture;

use super::Sums;
use super::book::{Book, Card, Start, part_of};

/// A provider in the hub's own process. Clones are the same.
#[derive(Debug, Clone)]
pub struct InProcess(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    book: Book,
    out_of_reach: bool,
}

impl Default for InProcess {
    /// One that has taken nothing.
    fn default() -> Self {
        let book = Book::open(None).expect("it lies on no disk");
        let out_of_reach = false;
        Self(Arc::new(Mutex::new(Inner { book, out_of_reach })))
    }
}

impl InProcess {
    /// Answers nobody from now on, or everybody again.
    pub fn set_out_of_reach(&self, out_of_reach: bool) {
        self.lock().out_of_reach = out_of_reach;
    }

    /// The guest, or the bank, decides about a charge that waits.
    pub fn decide(&self, reference: &TenderId, approve: bool) {
        let _changed = self.lock().book.decide(reference, approve);
    }

    /// What it has taken.
    pub fn sums(&self) -> Sums {
        let inner = self.lock();
        let (captured_minor, refunded_minor) = inner.book.sums();
        Sums {
            captured_minor,
            refunded_minor,
            charges: inner.book.all().to_vec(),
            told: 0,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The book, if it can be reached.
    fn book<T>(&self, ask: impl FnOnce(&mut Book) -> Result<T, NoAnswer>) -> Result<T, NoAnswer> {
        let mut inner = self.lock();
        match inner.out_of_reach {
            true => Err(NoAnswer("the provider is out of reach".to_owned())),
            false => ask(&mut inner.book),
        }
    }

    fn charge(&self, charge: &Charge, card: &str) -> Answer {
        self.book(|book| {
            let card: Card = card.parse().map_err(NoAnswer)?;
            let request = ChargeRequest {
                reference: charge.reference.clone(),
                amount_minor: charge.amount.minor,
                currency: charge.amount.currency,
                card: String::new(),
                metadata: Metadata {
                    cinema: charge.cinema.clone(),
                    hold: charge.hold.clone(),
                },
                return_to: None,
            };
            let known = match book.start(request, card, "") {
                Start::New(charge, _) | Start::Known(charge) => charge,
                Start::OtherAmount => return Err(NoAnswer("another amount".to_owned())),
            };
            match card {
                Card::Late { .. } | Card::Vanish | Card::Never => {
                    Err(NoAnswer("it does not answer".to_owned()))
                }
                Card::Approve | Card::Decline(_) | Card::Step | Card::Twice => {
                    Ok(said(&known.state))
                }
            }
        })
    }
}

impl Pays for InProcess {
    fn ask(&self, charge: &Charge, card: Option<String>) -> BoxFuture<'static, Answer> {
        let answer = self.charge(charge, &card.unwrap_or_default());
        Box::pin(ready(answer))
    }

    fn look(&self, charge: &Charge) -> BoxFuture<'static, Answer> {
        let answer = self.book(|book| {
            let never = || (Said::NeverHeard, Details::default());
            let found = book.find(&charge.reference);
            Ok(found.map_or_else(never, |it| said(&it.state)))
        });
        Box::pin(ready(answer))
    }

    fn stop(&self, charge: &Charge) -> BoxFuture<'static, Answer> {
        let answer = self.book(|book| Ok(said(&book.cancel(&charge.reference).0.state)));
        Box::pin(ready(answer))
    }

    fn give_back(&self, charge: &Charge) -> BoxFuture<'static, Answer> {
        let amount_minor = charge.amount.minor;
        let answer = self.book(|book| {
            let given = book.refund(&charge.reference, &RefundRequest { amount_minor });
            let given = given.map_err(|why| NoAnswer(why.to_owned()))?;
            let never = || (Said::NeverHeard, Details::default());
            Ok(given.map_or_else(never, |(it, _)| said(&it.state)))
        });
        Box::pin(ready(answer))
    }

    fn give_part_back(
        &self,
        charge: &Charge,
        ticket: &TicketId,
    ) -> BoxFuture<'static, Result<PartGiven, NoAnswer>> {
        let part = Part {
            ticket: ticket.clone(),
            amount_minor: charge.amount.minor,
        };
        let answer = self.book(|book| {
            let known = book.find(&charge.reference);
            if let Some(before) = known.and_then(|it| part_of(it, ticket)) {
                return Ok(PartGiven::Given(Given::Part(before.amount_minor)));
            }
            Ok(match book.refund_part(&charge.reference, part) {
                Ok(Some((part, _))) => PartGiven::Given(Given::Part(part.amount_minor)),
                Ok(None) => PartGiven::Never("it was never heard of".to_owned()),
                Err(why) => PartGiven::Never(why.to_owned()),
            })
        });
        Box::pin(ready(answer))
    }

    fn look_at_part(
        &self,
        charge: &Charge,
        ticket: &TicketId,
    ) -> BoxFuture<'static, Result<PartNow, NoAnswer>> {
        let answer = self.book(|book| {
            let found = book.find(&charge.reference);
            let part = found.and_then(|it| part_of(it, ticket));
            Ok(part.map_or(PartNow::NotGiven, |part| {
                PartNow::Given(Given::Part(part.amount_minor))
            }))
        });
        Box::pin(ready(answer))
    }

    fn list(&self, since: u64, _: &[Again]) -> BoxFuture<'static, Result<Listing, NoAnswer>> {
        let listing = self.book(|book| Ok(book.since(since).into()));
        Box::pin(ready(listing))
    }

    fn wants_card(&self) -> bool {
        true
    }

    fn patience(&self) -> Patience {
        Patience::AT_A_TERMINAL
    }
}

fn said(state: &ChargeState) -> (Said, Details) {
    let mut details = Details::default();
    let said = match state {
        ChargeState::Waiting => Said::Waiting,
        ChargeState::Step { address } => {
            details.step = Some(address.clone());
            Said::Step
        }
        ChargeState::Captured {
            amount_minor,
            last_four,
            authorisation,
        } => {
            details.slip = Some(CardSlip {
                last_four: last_four.clone(),
                authorisation: authorisation.clone(),
            });
            Said::Captured {
                amount_minor: *amount_minor,
            }
        }
        ChargeState::Refunded { .. } => Said::Returned,
        ChargeState::Declined { reason } => {
            details.declined = Some(*reason);
            Said::Declined
        }
        ChargeState::Cancelled => Said::Cancelled,
    };
    (said, details)
}
