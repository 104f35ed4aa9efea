//! What Stripe keeps, as far as it is read here: a payment is an intent, which has a charge once a bank was asked, and the charge has refunds.

use std::collections::{BTreeMap, BTreeSet};

use box_office::checkout::Said;
use box_office::{CinemaId, Currency, HoldId, Money, TenderId, TicketId};
use counter::{Answer, Charge as Known, Details, Listed, NoAnswer, Unreadable};
use counter_api::CardSlip;
use jiff::Timestamp;
use serde::Deserialize;

use super::amount;
use super::declines::Problem;

/// Under which names our own stand in an object's metadata. Other programs may use the same account.
pub(super) mod names {
    pub(in super::super) const PAYMENT: &str = "foyer_payment";
    pub(in super::super) const CINEMA: &str = "foyer_cinema";
    pub(in super::super) const HOLD: &str = "foyer_hold";
    pub(in super::super) const SHOWTIME: &str = "foyer_showtime";
    pub(in super::super) const SEATS: &str = "foyer_seats";
    pub(in super::super) const TICKET: &str = "foyer_ticket";
}

/// Something with our names on it.
pub(super) type Metadata = BTreeMap<String, String>;

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    /// When it was made, in seconds since the Unix epoch.
    pub(super) created: u64,
    pub(super) amount: i64,
    /// What was taken; an account of before does not say it.
    #[serde(default)]
    pub(super) amount_received: Option<i64>,
    pub(super) currency: String,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) metadata: Metadata,
    #[serde(default)]
    pub(super) last_payment_error: Option<Problem>,
    #[serde(default)]
    pub(super) next_action: Option<NextAction>,
    #[serde(default)]
    pub(super) latest_charge: Option<Latest>,
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// It was made, and no card was tried; or the last was declined.
    RequiresPaymentMethod,
    /// It knows its card, which was not tried.
    RequiresConfirmation,
    /// The guest must do something with their bank first.
    RequiresAction,
    /// The bank is being asked.
    Processing,
    /// The bank keeps it for us; nobody here asks for that.
    RequiresCapture,
    /// Stopped before it was taken.
    Canceled,
    /// Taken.
    Succeeded,
}

/// What the guest must do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct NextAction {
    #[serde(default)]
    pub(super) redirect_to_url: Option<Redirect>,
}

/// A page of their bank.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Redirect {
    pub(super) url: String,
}

/// The last charge of a payment: whole, where it is asked for whole.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Latest {
    /// All of it.
    Whole(Box<Charge>),
    /// Its name.
    Name(String),
}

/// What a bank was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Charge {
    pub(super) amount: i64,
    #[serde(default)]
    pub(super) amount_refunded: i64,
    #[serde(default)]
    pub(super) payment_method_details: Option<Method>,
}

/// How it was paid.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Method {
    #[serde(default)]
    pub(super) card: Option<Card>,
}

/// The card, as far as anybody may know it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Card {
    #[serde(default)]
    pub(super) last4: Option<String>,
}

/// Money on its way back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Refund {
    pub(super) amount: i64,
    #[serde(default)]
    pub(super) status: Option<RefundStatus>,
    #[serde(default)]
    pub(super) metadata: Option<Metadata>,
}

/// What a guest has their bank fetch back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Dispute {
    pub(super) amount: i64,
    pub(super) currency: String,
    status: String,
    #[serde(default)]
    evidence_details: Option<Evidence>,
}

/// What is said for us.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Evidence {
    /// Until when it may be said, in seconds since the Unix epoch.
    #[serde(default)]
    due_by: Option<i64>,
}

impl Dispute {
    /// Whether nothing is fetched, or it came back. What is lost is gone, and somebody should know.
    pub(super) fn is_for_us(&self) -> bool {
        self.is_won() || matches!(self.status.as_str(), "warning_closed" | "prevented")
    }

    /// Whether it was fetched, and came back.
    pub(super) fn is_won(&self) -> bool {
        self.status == "won"
    }

    /// Whether the bank asks only, and fetches nothing (<https://docs.stripe.com/disputes/how-disputes-work#inquiries>).
    pub(super) fn is_inquiry(&self) -> bool {
        self.status.starts_with("warning_")
    }

    /// Whether an answer is waited for.
    pub(super) fn is_asked(&self) -> bool {
        matches!(
            self.status.as_str(),
            "needs_response" | "warning_needs_response"
        )
    }

    /// Whether it is decided against us.
    pub(super) fn is_lost(&self) -> bool {
        self.status == "lost"
    }

    /// Until when it must be answered, if that is said.
    pub(super) fn answer_by(&self) -> Option<Timestamp> {
        let due_by = self.evidence_details.as_ref()?.due_by?;
        Timestamp::from_second(due_by).ok()
    }
}

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RefundStatus {
    /// It is on its way.
    Pending,
    /// The guest must do something first.
    RequiresAction,
    /// It is given back.
    Succeeded,
    /// The bank did not take it.
    Failed,
    /// It was stopped.
    Canceled,
}

/// A piece of a list, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

impl Refund {
    /// The ticket that it is for; none, if it is for all that was taken, or a person gave it.
    pub(super) fn ticket(&self) -> Option<&str> {
        self.metadata
            .as_ref()?
            .get(names::TICKET)
            .map(String::as_str)
    }

    /// What became of it: an account of before has no status, and no refund that waits.
    pub(super) fn status(&self) -> RefundStatus {
        self.status.unwrap_or(RefundStatus::Succeeded)
    }

    /// Whether it is given back or may be yet.
    pub(super) fn counts(&self) -> bool {
        match self.status() {
            RefundStatus::Pending | RefundStatus::RequiresAction | RefundStatus::Succeeded => true,
            RefundStatus::Failed | RefundStatus::Canceled => false,
        }
    }
}

/// The refund of a ticket among those of a payment.
pub(super) fn of_ticket<'r>(refunds: &'r [Refund], ticket: &TicketId) -> Option<&'r Refund> {
    let all = || {
        refunds
            .iter()
            .filter(|it| it.ticket() == Some(ticket.as_str()))
    };
    all()
        .find(|refund| refund.counts())
        .or_else(|| all().next())
}

/// Where the price of a ticket is, as the refunds of its payment say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PriceOf<'r> {
    /// There is a refund under its name.
    Asked(&'r Refund),
    /// Nothing is left of the payment, whoever gave it back.
    AllIsBack,
    /// It was never given back.
    NotAsked,
}

/// What of a payment is on its way back or there.
pub(super) fn given(refunds: &[Refund]) -> i64 {
    let counted = refunds.iter().filter(|refund| refund.counts());
    counted
        .map(|refund| refund.amount)
        .fold(0, i64::saturating_add)
}

/// What of a payment is there.
pub(super) fn given_for_good(refunds: &[Refund]) -> i64 {
    let there = refunds
        .iter()
        .filter(|it| it.status() == RefundStatus::Succeeded);
    there
        .map(|refund| refund.amount)
        .fold(0, i64::saturating_add)
}

/// The tickets whose money did not arrive, and is not on its way again.
pub(super) fn not_arrived(refunds: &[Refund]) -> Vec<TicketId> {
    let named = refunds.iter().filter_map(Refund::ticket);
    let tickets: BTreeSet<TicketId> = named.filter_map(|ticket| ticket.parse().ok()).collect();
    let is_gone = |ticket: &TicketId| of_ticket(refunds, ticket).is_some_and(|it| !it.counts());
    tickets.into_iter().filter(is_gone).collect()
}

/// What of a payment was to go back whole, and did not arrive: nothing, where what was `taken` is there or on its way all the same.
pub(super) fn whole_not_arrived(taken: i64, refunds: &[Refund]) -> i64 {
    let whole = refunds.iter().filter(|refund| refund.ticket().is_none());
    let failed = whole.filter(|refund| !refund.counts());
    let failed = failed.map(|refund| refund.amount).max().unwrap_or(0);
    failed.min(taken.saturating_sub(given(refunds)))
}

impl Intent {
    /// Our name of it, if it is ours.
    pub(super) fn reference(&self) -> Option<TenderId> {
        self.metadata.get(names::PAYMENT)?.parse().ok()
    }

    /// Whether no card was tried, nor is any being tried as far as can be seen.
    pub(super) fn is_untried(&self) -> bool {
        match self.status {
            Status::RequiresPaymentMethod => self.last_payment_error.is_none(),
            Status::RequiresConfirmation => true,
            Status::RequiresAction
            | Status::Processing
            | Status::RequiresCapture
            | Status::Canceled
            | Status::Succeeded => false,
        }
    }

    /// Whether its card was declined, and it waits for another.
    pub(super) fn is_declined(&self) -> bool {
        self.status == Status::RequiresPaymentMethod && self.last_payment_error.is_some()
    }

    /// Whether it may be taken yet.
    fn is_open(&self) -> bool {
        match self.status {
            Status::RequiresPaymentMethod | Status::RequiresConfirmation => self.is_untried(),
            Status::RequiresAction | Status::Processing | Status::RequiresCapture => true,
            Status::Canceled | Status::Succeeded => false,
        }
    }

    /// What was taken, as Stripe counts.
    pub(super) fn taken(&self) -> i64 {
        self.amount_received.unwrap_or(self.amount)
    }

    /// What was taken and not given back, as Stripe counts.
    fn kept(&self) -> i64 {
        match self.status {
            Status::Succeeded => {
                let given = self.charge().map_or(0, |charge| charge.amount_refunded);
                self.taken().saturating_sub(given)
            }
            Status::RequiresPaymentMethod
            | Status::RequiresConfirmation
            | Status::RequiresAction
            | Status::Processing
            | Status::RequiresCapture
            | Status::Canceled => 0,
        }
    }

    /// The charge that has brought the money.
    pub(super) fn charge(&self) -> Option<&Charge> {
        match self.latest_charge.as_ref()? {
            Latest::Whole(charge) => Some(charge),
            Latest::Name(_) => None,
        }
    }

    /// What it says of the payment that is known here as `known`, with its `refunds`, if any of it was given back. Another currency is for a
    /// person.
    pub(super) fn said(&self, known: &Known, refunds: &[Refund]) -> Answer {
        let currency = known.amount.currency;
        if self.reference().as_ref() != Some(&known.reference)
            || !self.currency.eq_ignore_ascii_case(currency.as_str())
        {
            return Err(NoAnswer("Stripe speaks of another payment".to_owned()));
        }
        let mut details = Details::default();
        let said = match self.status {
            Status::RequiresPaymentMethod | Status::RequiresConfirmation => {
                match &self.last_payment_error {
                    Some(problem) => {
                        details.declined = Some(problem.reason());
                        Said::Declined
                    }
                    None => Said::NeverHeard,
                }
            }
            Status::RequiresAction => {
                let page = self.next_action.as_ref();
                let page = page.and_then(|action| action.redirect_to_url.as_ref());
                details.step = page.map(|page| page.url.clone());
                match details.step.is_some() {
                    true => Said::Step,
                    false => Said::Waiting,
                }
            }
            Status::Processing | Status::RequiresCapture => Said::Waiting,
            // It was closed because its card was declined.
            Status::Canceled => match &self.last_payment_error {
                Some(problem) => {
                    details.declined = Some(problem.reason());
                    Said::Declined
                }
                None => Said::Cancelled,
            },
            Status::Succeeded => {
                let taken = amount::taken(self.taken(), currency);
                let amount_minor = taken.ok_or_else(|| {
                    NoAnswer(format!("Stripe says that {} was taken", self.taken()))
                })?;
                details.slip = Some(self.slip());
                self.kept_or_back(refunds, amount_minor)
            }
        };
        Ok((said, details))
    }

    /// What was taken is given back once all of it is, and not ticket by ticket, as by us: whoever gave back the rest wanted none of it.
    fn kept_or_back(&self, refunds: &[Refund], amount_minor: i64) -> Said {
        let is_of_all = |refund: &Refund| refund.counts() && refund.ticket().is_none();
        if !refunds.iter().any(is_of_all) || given(refunds) < self.taken() {
            return Said::Captured { amount_minor };
        }
        match self.is_all_back(refunds) {
            true => Said::Returned,
            false => Said::Waiting,
        }
    }

    /// Where the price of a ticket is. A refund that failed says less than that all came back by another one.
    pub(super) fn price_of<'r>(&self, refunds: &'r [Refund], ticket: &TicketId) -> PriceOf<'r> {
        match of_ticket(refunds, ticket) {
            Some(refund) if refund.counts() => PriceOf::Asked(refund),
            _ if self.is_all_back(refunds) => PriceOf::AllIsBack,
            Some(failed) => PriceOf::Asked(failed),
            None => PriceOf::NotAsked,
        }
    }

    /// Whether nothing is left of what was taken, whoever gave it back and for what.
    pub(super) fn is_all_back(&self, refunds: &[Refund]) -> bool {
        self.status == Status::Succeeded && given_for_good(refunds) >= self.taken()
    }

    /// The slip: whoever asks Stripe about the payment asks by its name there.
    fn slip(&self) -> CardSlip {
        let method = self
            .charge()
            .and_then(|charge| charge.payment_method_details.as_ref());
        let card = method.and_then(|method| method.card.as_ref());
        CardSlip {
            last_four: card.and_then(|card| card.last4.clone()).unwrap_or_default(),
            authorisation: self.id.clone(),
        }
    }

    /// One of ours that [`Self::listed`] cannot say, for want of a cinema, of a hold or of an amount that is ours; nothing, if nothing can be taken
    /// of it or nobody could be asked about it.
    pub(super) fn unlisted(&self) -> Option<Unreadable> {
        if !self.is_open() && self.kept() <= 0 {
            return None;
        }
        let cinema = self.metadata.get(names::CINEMA);
        Some(Unreadable {
            reference: self.reference()?,
            theirs: self.id.clone(),
            cinema: cinema.and_then(|cinema| cinema.parse().ok()),
            amount: format!(
                "{} of the smallest unit of {}",
                self.taken(),
                self.currency.to_ascii_uppercase()
            ),
        })
    }

    /// As it stands in the list; nothing of one that is not ours.
    pub(super) fn listed(&self) -> Option<Listed> {
        let reference = self.reference()?;
        let cinema: CinemaId = self.metadata.get(names::CINEMA)?.parse().ok()?;
        let hold: HoldId = self.metadata.get(names::HOLD)?.parse().ok()?;
        let currency: Currency = self.currency.to_ascii_uppercase().parse().ok()?;
        let money = |amount: i64| Some(Money::new(amount::heard(amount, currency)?, currency));
        Some(Listed {
            reference,
            theirs: Some(self.id.clone()),
            cinema,
            hold,
            amount: money(self.amount)?,
            kept: money(self.kept())?,
            is_open: self.is_open(),
        })
    }
}

#[cfg(test)]
mod tests;
