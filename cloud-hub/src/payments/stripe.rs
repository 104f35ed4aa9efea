//! Stripe: a payment of ours is a payment intent there, made under our name for it before any card is tried, so that whatever is lost between
//! a question and its answer, the same question finds the same intent. What became of it is what the intent says, looked at anew.
//!
//! How an intent is found, in this order:
//! 1. by Stripe's name for it, which the slip of what was taken has;
//! 2. while it is young, by asking for it to be made once more under the same idempotency key: that gives the one that there is, and where there
//!    is none it makes one that no card is tried for, and whatever was on its way meets that one;
//! 3. by the list of what was made about when our payment was begun. Keys are forgotten after a day, and the list, unlike the search, leaves
//!    nothing out that was made a moment ago.

pub(super) mod amount;
pub(crate) mod calls;
mod declines;
pub(super) mod fields;
mod list;
mod objects;
mod pays;
mod refunds;
pub(super) mod standing;
mod walk;
mod web;

use std::sync::Arc;
use std::time::Duration;

use box_office::SeatId;
use box_office::checkout::Said;
use counter::{Answer, Charge, Details, NoAnswer};
use counter_api::DeclineReason;
use jiff::SignedDuration;
use reqwest::StatusCode;
use service::Clock;

use super::WayBack;
use super::settings::Account;
use fields::Fields;
use objects::{Intent, Metadata, Refund, Status, names};
use standing::{Sign, Trouble};
use web::{Api, Form, Heard, Refused};

/// How long a card may take before it is asked what became of it: the guest waits, and a bank answers within seconds.
const CONFIRM_TIME: Duration = Duration::from_secs(25);

/// How long an answer may take that needs no bank.
const ANSWER_TIME: Duration = Duration::from_secs(8);

/// How long a refund may take: the bank is asked.
const REFUND_TIME: Duration = Duration::from_secs(30);

/// So long what was made under a key is found by it: Stripe keeps keys for at least a day.
const YOUNG: SignedDuration = SignedDuration::from_hours(23);

/// So long after a payment was begun nothing of its first question is on its way: each is waited for for some seconds, and nobody asks for it
/// anew once it is to be stopped.
const NOTHING_ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(15);

/// The longest value of a name in an object's metadata, in characters.
const LONGEST_VALUE: usize = 500;

/// With its last charge, which else is a name.
const WHOLE: [(&str, &str); 1] = [("expand[]", "latest_charge")];

/// Stripe, with the keys of one account. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Stripe {
    api: Api,
    fields: Arc<Fields>,
    clock: Clock,
    /// Where a guest goes on after a second step.
    way_back: WayBack,
}

impl Stripe {
    /// The account of this key.
    pub(super) fn at(
        account: Account,
        (clock, way_back): (Clock, WayBack),
    ) -> Result<Self, String> {
        // Without it a bank that asks first cannot send anybody back.
        if way_back.address.is_none() {
            return Err(
                "with stripe, [http] public must be set: banks send guests back to it".to_owned(),
            );
        }
        let origin = account.address.origin().ascii_serialization();
        let fields = Fields::of(&account.script, &account.publishable, origin);
        Ok(Self {
            api: Api::at(account.address, account.key, clock.clone())?,
            fields: Arc::new(fields),
            clock,
            way_back,
        })
    }

    /// What a page needs to have the guest's card asked for.
    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// What it does not do for this account.
    pub(super) fn troubles(&self) -> Vec<Trouble> {
        self.api.standing.troubles()
    }

    /// Takes the money, if the bank gives it.
    async fn charge(self, charge: Charge, card: String) -> Answer {
        // Nothing was asked for, and nothing will be.
        if amount::told(charge.amount).is_none() {
            return Ok(declined(DeclineReason::Unavailable));
        }
        let intent = match self.made(&charge).await? {
            Ok(intent) => intent,
            // It was asked for in other words before: what became of that is looked for.
            Err(refused) if refused.is_of_another_request() => {
                return Err(NoAnswer(refused.problem.words()));
            }
            // No card is tried before there is an intent, and nobody asks for it again.
            Err(refused) => return Ok(self.not_made(&charge, &refused)),
        };
        self.api.standing.does(Sign::Payment);
        // It was asked before.
        if !intent.is_untried() {
            return self.say(intent, &charge).await;
        }
        let id = &intent.id;
        let mut form = vec![pair("payment_method", &card)];
        form.extend(
            self.way_back
                .of(&charge)
                .map(|page| pair("return_url", &page)),
        );
        form.extend(WHOLE.map(|(name, value)| pair(name, value)));
        let key = format!("{}-confirm", charge.reference);
        let path = format!("/v1/payment_intents/{id}/confirm");
        let confirmed: Heard<Intent> = self.api.post(&path, &form, Some(&key), CONFIRM_TIME).await;
        let confirmed = confirmed?;
        if !matches!(&confirmed, Err(refused) if !refused.problem.is_of_a_bank()) {
            self.api.standing.does(Sign::Card);
        }
        match confirmed {
            Ok(intent) => self.say(intent, &charge).await,
            Err(refused) => self.refused(id, refused, &charge).await,
        }
    }

    /// It will not take this card, or nothing at all: what the intent says counts, and one that says nothing is never tried again.
    async fn refused(&self, id: &str, refused: Refused, charge: &Charge) -> Answer {
        let Ok(intent) = self.intent(id).await? else {
            return Err(NoAnswer(refused.problem.words()));
        };
        if !intent.is_untried() {
            return self.say(intent, charge).await;
        }
        match self.stopped(intent, charge).await? {
            (Said::Cancelled, _) => Ok(self.not_tried(charge, &refused)),
            said => Ok(said),
        }
    }

    /// It makes no payment, whatever the card: none was tried.
    fn not_made(&self, charge: &Charge, refused: &Refused) -> (Said, Details) {
        let problem = &refused.problem;
        tracing::info!(tender.id = %charge.reference, code = problem.code(), "Stripe makes no payment of this one");
        if !problem.is_of_the_amount() && refused.status != StatusCode::UNAUTHORIZED {
            self.api.refuses(problem.words(), Sign::Payment);
        }
        declined(DeclineReason::Unavailable)
    }

    /// It does not try this card: because of what a guest's browser has sent for one, which may be anything, or whatever the card.
    fn not_tried(&self, charge: &Charge, refused: &Refused) -> (Said, Details) {
        let (problem, code) = (&refused.problem, refused.problem.code());
        tracing::info!(tender.id = %charge.reference, code, "Stripe does not try this card");
        let is_ours = refused.is_of_the_key() || problem.is_of_the_account();
        if is_ours && refused.status != StatusCode::UNAUTHORIZED {
            self.api.refuses(problem.words(), Sign::Card);
        }
        if !is_ours && !problem.is_of_a_bank() && self.api.standing.leaves_untried() {
            let words = format!("one card after another is refused untried, the last with: {code}");
            self.api.refuses(words, Sign::Card);
        }
        declined(match is_ours {
            true => DeclineReason::Unavailable,
            false => problem.reason(),
        })
    }

    /// What became of it.
    async fn status(self, charge: Charge) -> Answer {
        match self.made_or_found(&charge).await? {
            Some(intent) => self.say(intent, &charge).await,
            None => Ok((Said::NeverHeard, Details::default())),
        }
    }

    /// Stops it; one that was taken meanwhile is.
    async fn cancel(self, charge: Charge) -> Answer {
        let found = match self.made_or_found(&charge).await {
            // It keeps an error of its own under a key for a day, and there is none beside it.
            Err(_) if self.is_older(&charge, NOTHING_ON_ITS_WAY) => self.found(&charge).await?,
            found => found?,
        };
        match found {
            Some(intent) => self.stopped(intent, &charge).await,
            None if amount::told(charge.amount).is_none() => {
                Ok((Said::Cancelled, Details::default()))
            }
            // Nothing of it is on its way any more, and nobody asks for it again.
            None if self.is_older(&charge, NOTHING_ON_ITS_WAY) => {
                Ok((Said::Cancelled, Details::default()))
            }
            None => Ok((Said::NeverHeard, Details::default())),
        }
    }

    async fn stopped(&self, intent: Intent, charge: &Charge) -> Answer {
        match intent.status {
            Status::Succeeded | Status::Canceled => return self.say(intent, charge).await,
            Status::RequiresPaymentMethod
            | Status::RequiresConfirmation
            | Status::RequiresAction
            | Status::RequiresCapture
            | Status::Processing => {}
        }
        let path = format!("/v1/payment_intents/{}/cancel", intent.id);
        // It may be stopped as often as one likes, and under a key it would say once more what it said when it was too early.
        let stopped: Heard<Intent> = self.api.post(&path, &Form::new(), None, ANSWER_TIME).await;
        let intent = match stopped? {
            Ok(intent) => intent,
            Err(refused) => match self.intent(&intent.id).await? {
                Ok(intent) if intent.is_untried() => {
                    return Err(NoAnswer(refused.problem.words()));
                }
                Ok(intent) => intent,
                Err(refused) => return Err(NoAnswer(refused.problem.words())),
            },
        };
        self.say(intent, charge).await
    }

    /// The intent, made if there is none: the same question under the same key, whoever asks it and however often.
    async fn made(&self, charge: &Charge) -> Heard<Intent> {
        let Some(amount) = amount::told(charge.amount) else {
            return Err(NoAnswer(format!("Stripe takes no {}", charge.amount)));
        };
        let mut form = vec![
            pair("amount", &amount.to_string()),
            pair(
                "currency",
                &charge.amount.currency.as_str().to_ascii_lowercase(),
            ),
            pair("payment_method_types[]", "card"),
            pair("capture_method", "automatic"),
        ];
        form.extend(named(&metadata(charge)));
        let key = charge.reference.as_str();
        let made: Heard<Intent> = self
            .api
            .post("/v1/payment_intents", &form, Some(key), ANSWER_TIME)
            .await;
        match made? {
            // The answer is as old as the first question.
            Ok(made) => self.intent(&made.id).await,
            Err(refused) => Ok(Err(refused)),
        }
    }

    /// The intent, made if there is none and it is young.
    async fn made_or_found(&self, charge: &Charge) -> Result<Option<Intent>, NoAnswer> {
        let is_made = charge.theirs.is_none() && amount::told(charge.amount).is_some();
        if is_made && charge.order.is_some() && self.is_young(charge) {
            let made = match self.made(charge).await {
                Ok(made) => made,
                // It keeps an error of its own under a key as well, whatever it has made.
                Err(silent) => match self.found(charge).await? {
                    Some(intent) => return Ok(Some(intent)),
                    None => return Err(silent),
                },
            };
            match made {
                Ok(intent) => return Ok(Some(intent)),
                // Another program may have asked for it in other words.
                Err(refused) if refused.is_of_another_request() || refused.is_of_the_key() => {}
                Err(refused) => {
                    tracing::warn!(tender.id = %charge.reference, why = refused.problem.words(), "Stripe makes no payment of this one");
                }
            }
        }
        self.found(charge).await
    }

    /// The intent, if there is one.
    async fn found(&self, charge: &Charge) -> Result<Option<Intent>, NoAnswer> {
        // What is said of a payment that somebody else has taken is another thing.
        let theirs = charge.theirs.as_ref().filter(|it| is_name(it));
        match theirs {
            Some(id) => match self.intent(id).await? {
                Ok(intent) => Ok(Some(intent)),
                Err(refused) if refused.is_unknown() => Ok(None),
                Err(refused) => Err(NoAnswer(refused.problem.words())),
            },
            None => self.about_when_begun(&charge.reference).await,
        }
    }

    fn is_young(&self, charge: &Charge) -> bool {
        let begun = charge.reference.made_at();
        begun.is_some_and(|begun| {
            let age = self.clock.now().duration_since(begun);
            age.abs() < YOUNG
        })
    }

    /// Whether so much time has gone since it was begun, by a clock that says when that was.
    fn is_older(&self, charge: &Charge, age: SignedDuration) -> bool {
        let begun = charge.reference.made_at();
        begun.is_some_and(|begun| self.clock.now().duration_since(begun) > age)
    }

    async fn intent(&self, id: &str) -> Heard<Intent> {
        let path = format!("/v1/payment_intents/{id}");
        self.api.get(&path, &WHOLE, ANSWER_TIME).await
    }

    /// An intent that will bring nothing any more, as it is when it is stopped. One that is taken or tried meanwhile is as it is then; where Stripe
    /// does not answer it stays open, and declined.
    async fn closed(&self, intent: Intent) -> Intent {
        let path = format!("/v1/payment_intents/{}/cancel", intent.id);
        let stopped: Heard<Intent> = self.api.post(&path, &Form::new(), None, ANSWER_TIME).await;
        match stopped {
            Ok(Ok(_)) | Err(_) => intent,
            Ok(Err(_)) => match self.intent(&intent.id).await {
                Ok(Ok(now)) => now,
                Ok(Err(_)) | Err(_) => intent,
            },
        }
    }

    /// What an intent says, with its refunds, if any of it was given back. One whose card was declined is closed: the guest's next card has an
    /// intent of its own, and nobody is to wait for this one.
    async fn say(&self, intent: Intent, charge: &Charge) -> Answer {
        let intent = match intent.is_declined() {
            true => self.closed(intent).await,
            false => intent,
        };
        let is_any_back = intent.charge().is_some_and(|it| it.amount_refunded > 0);
        let refunds: Vec<Refund> = match is_any_back {
            true => self.refunds_of(&intent).await?,
            false => Vec::new(),
        };
        intent.said(charge, &refunds)
    }
}

/// Nothing was taken.
fn declined(reason: DeclineReason) -> (Said, Details) {
    let details = Details {
        declined: Some(reason),
        ..Details::default()
    };
    (Said::Declined, details)
}

/// Whether it can be Stripe's name of an intent: it becomes part of an address.
fn is_name(id: &str) -> bool {
    let of_it = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    id.starts_with("pi_") && id.chars().all(of_it)
}

/// What a payment has on it before money moves. Nobody's name.
fn metadata(charge: &Charge) -> Metadata {
    let mut named = Metadata::from([
        (names::PAYMENT.to_owned(), charge.reference.to_string()),
        (names::CINEMA.to_owned(), charge.cinema.to_string()),
        (names::HOLD.to_owned(), charge.hold.to_string()),
    ]);
    if let Some(order) = &charge.order {
        let seats: Vec<&str> = order.seats.iter().map(SeatId::as_str).collect();
        let seats: String = seats.join(" ").chars().take(LONGEST_VALUE).collect();
        named.insert(names::SHOWTIME.to_owned(), order.showtime.to_string());
        named.insert(names::SEATS.to_owned(), seats);
    }
    named
}

fn named(metadata: &Metadata) -> impl Iterator<Item = (String, String)> {
    let pairs = metadata.iter();
    pairs.map(|(name, value)| (format!("metadata[{name}]"), value.clone()))
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests;
