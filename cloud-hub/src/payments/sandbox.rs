//! The sandbox provider over HTTP. It never says what it does not know: a time-out, a broken line and an error are no outcome.

use std::time::Duration;

use box_office::checkout::Said;
use box_office::{TenderId, TicketId};
use counter::{Answer, Charge, Details, Given, Listing, NoAnswer, PartGiven, PartNow};
use counter_api::CardSlip;
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::WayBack;
use super::protocol::{self, ChargeRequest, ChargeState, Metadata, RefundRequest};
use super::stripe::amount;

/// How long a charge may take before it is asked what became of it: the guest waits, and a bank answers within seconds.
const CHARGE_TIME: Duration = Duration::from_secs(30);

/// How long an answer may take that needs no bank.
const ANSWER_TIME: Duration = Duration::from_secs(5);

/// How long a refund may take: the bank is asked.
const REFUND_TIME: Duration = Duration::from_secs(30);

/// How long it may take to reach it.
const CONNECT_TIME: Duration = Duration::from_secs(5);

/// The longest answer, in bytes: a charge has under 1 KiB.
const LONGEST_ANSWER: usize = 64 * 1024;

/// The longest list, in bytes: a hundred charges, each with what was given back of it.
const LONGEST_LIST: usize = 1024 * 1024;

/// A sandbox provider at its address.
#[derive(Debug, Clone)]
pub(crate) struct Sandbox {
    charges: Url,
    web: reqwest::Client,
    /// Where a guest goes on after a second step.
    way_back: WayBack,
}

impl Sandbox {
    /// The one at this address.
    pub(super) fn at(address: &str, way_back: WayBack) -> Result<Self, String> {
        let url = Url::parse(address).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        // Whoever reads the log would read them too.
        let url = url.filter(|url| url.username().is_empty() && url.password().is_none());
        let charges = url.and_then(|url| url.join("/v1/charges").ok());
        let charges = charges.ok_or_else(|| {
            "sandbox is no address of a provider, as in http://127.0.0.1:9300".to_owned()
        })?;
        sync_agent::enrol::provide_tls();
        let web = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIME)
            .no_proxy()
            .build()
            .map_err(|why| why.to_string())?;
        Ok(Self {
            charges,
            web,
            way_back,
        })
    }

    pub(super) async fn charge(self, charge: Charge, card: String) -> Answer {
        let request = ChargeRequest {
            reference: charge.reference.clone(),
            amount_minor: charge.amount.minor,
            currency: charge.amount.currency,
            card,
            metadata: Metadata {
                cinema: charge.cinema.clone(),
                hold: charge.hold.clone(),
            },
            return_to: self.way_back.of(&charge),
        };
        let asked = self.web.post(self.charges.clone()).json(&request);
        answer(asked.timeout(CHARGE_TIME), &charge).await
    }

    pub(super) async fn status(self, charge: Charge) -> Answer {
        let asked = self.web.get(self.of(&charge.reference, ""));
        answer(asked.timeout(ANSWER_TIME), &charge).await
    }

    pub(super) async fn cancel(self, charge: Charge) -> Answer {
        let asked = self.web.post(self.of(&charge.reference, "/cancel"));
        answer(asked.json(&json!({})).timeout(ANSWER_TIME), &charge).await
    }

    pub(super) async fn refund(self, charge: Charge) -> Answer {
        let request = RefundRequest {
            amount_minor: charge.amount.minor,
        };
        let asked = self.web.post(self.of(&charge.reference, "/refunds"));
        answer(asked.json(&request).timeout(REFUND_TIME), &charge).await
    }

    /// Gives the price of a ticket back. What it refuses for good is for a person.
    pub(super) async fn refund_part(
        self,
        charge: Charge,
        ticket: TicketId,
    ) -> Result<PartGiven, NoAnswer> {
        let request = RefundRequest {
            amount_minor: charge.amount.minor,
        };
        let asked = self.web.put(self.of_part(&charge, &ticket)).json(&request);
        let asked = asked.timeout(REFUND_TIME).send().await;
        let answer = asked.map_err(|why| NoAnswer(format!("the payment provider: {why}")))?;
        match answer.status() {
            StatusCode::OK => part(answer, &ticket).await.map(PartGiven::Given),
            // It may have been given before, on other terms or with all the rest.
            refused @ (StatusCode::NOT_FOUND
            | StatusCode::CONFLICT
            | StatusCode::UNPROCESSABLE_ENTITY) => match self.part(charge, ticket).await? {
                PartNow::Given(given) => Ok(PartGiven::Given(given)),
                PartNow::NotGiven | PartNow::OnItsWay | PartNow::NotArrived => {
                    let words = format!("the payment provider answers {refused}");
                    Ok(PartGiven::Never(words))
                }
            },
            other => Err(NoAnswer(format!("the payment provider answers {other}"))),
        }
    }

    /// Whether the price of a ticket is given back.
    pub(super) async fn part(self, charge: Charge, ticket: TicketId) -> Result<PartNow, NoAnswer> {
        let asked = self.web.get(self.of_part(&charge, &ticket));
        let asked = asked.timeout(ANSWER_TIME).send().await;
        let answer = asked.map_err(|why| NoAnswer(format!("the payment provider: {why}")))?;
        match answer.status() {
            StatusCode::OK => part(answer, &ticket).await.map(PartNow::Given),
            StatusCode::NOT_FOUND if self.is_all_back(&charge).await? => {
                Ok(PartNow::Given(Given::All))
            }
            StatusCode::NOT_FOUND => Ok(PartNow::NotGiven),
            other => Err(NoAnswer(format!("the payment provider answers {other}"))),
        }
    }

    /// Whether nothing is left of what was taken.
    async fn is_all_back(&self, charge: &Charge) -> Result<bool, NoAnswer> {
        let asked = self.web.get(self.of(&charge.reference, ""));
        let asked = asked.timeout(ANSWER_TIME).send().await;
        let answer = asked.map_err(|why| NoAnswer(format!("the payment provider: {why}")))?;
        match answer.status() {
            StatusCode::OK => {
                let found: protocol::Charge = read(answer, LONGEST_ANSWER).await?;
                Ok(found.is_all_back())
            }
            StatusCode::NOT_FOUND => Ok(false),
            other => Err(NoAnswer(format!("the payment provider answers {other}"))),
        }
    }

    /// What has changed after the change of this number.
    pub(super) async fn listing(self, since: u64) -> Result<Listing, NoAnswer> {
        let mut url = self.charges.clone();
        url.query_pairs_mut()
            .append_pair("since", &since.to_string());
        let asked = self.web.get(url).timeout(ANSWER_TIME).send().await;
        let answer = asked.map_err(|why| NoAnswer(format!("the payment provider: {why}")))?;
        match answer.status() {
            StatusCode::OK => {
                let found: protocol::Charges = read(answer, LONGEST_LIST).await?;
                Ok(found.into())
            }
            other => Err(NoAnswer(format!("the payment provider answers {other}"))),
        }
    }

    fn of_part(&self, charge: &Charge, ticket: &TicketId) -> Url {
        self.of(&charge.reference, &format!("/parts/{ticket}"))
    }

    fn of(&self, reference: &TenderId, what: &str) -> Url {
        let mut url = self.charges.clone();
        // An id has no sign that means something in a path.
        url.set_path(&format!("{}/{reference}{what}", self.charges.path()));
        url
    }
}

async fn answer(asked: RequestBuilder, charge: &Charge) -> Answer {
    let silent = |why: reqwest::Error| NoAnswer(format!("the payment provider: {why}"));
    let answer = asked.send().await.map_err(silent)?;
    match answer.status() {
        StatusCode::OK => said(read(answer, LONGEST_ANSWER).await?, charge),
        StatusCode::NOT_FOUND => Ok((Said::NeverHeard, Details::default())),
        other => Err(NoAnswer(format!("the payment provider answers {other}"))),
    }
}

/// What was given back for the ticket that was asked about; anything else says nothing.
async fn part(answer: Response, ticket: &TicketId) -> Result<Given, NoAnswer> {
    let found: protocol::Part = read(answer, LONGEST_ANSWER).await?;
    match found.ticket == *ticket {
        true => Ok(Given::Part(found.amount_minor)),
        false => Err(NoAnswer(
            "the payment provider speaks of another refund".into(),
        )),
    }
}

/// What the answer says, if it is that and not too long to be.
async fn read<T: DeserializeOwned>(mut answer: Response, longest: usize) -> Result<T, NoAnswer> {
    let mut bytes = Vec::new();
    loop {
        let chunk = answer.chunk().await;
        let Some(chunk) = chunk.map_err(|why| NoAnswer(format!("the payment provider: {why}")))?
        else {
            break;
        };
        bytes.extend_from_slice(&chunk);
        if bytes.len() > longest {
            return Err(NoAnswer("the payment provider answers without end".into()));
        }
    }
    let read = serde_json::from_slice(&bytes);
    read.map_err(|why| {
        NoAnswer(format!(
            "the payment provider answers something else: {why}"
        ))
    })
}

/// What it says of a payment of which so much is known. Another currency, or a part that was given back, is for a person.
fn said(found: protocol::Charge, known: &Charge) -> Answer {
    // One that was cancelled before it was asked for has none.
    let is_without = found.currency.is_none() && found.state == ChargeState::Cancelled;
    let is_other = found.reference != known.reference
        || !is_without && found.currency != Some(known.amount.currency);
    if is_other {
        return Err(NoAnswer(
            "the payment provider speaks of another payment".into(),
        ));
    }
    let mut details = Details::default();
    let is_all_back = found.is_all_back();
    // More than anybody is asked for cannot have been taken.
    let most_minor = amount::bounds(known.amount.currency).most_minor;
    let said = match found.state {
        ChargeState::Waiting => Said::Waiting,
        ChargeState::Step { address } => {
            details.step = Some(address);
            Said::Step
        }
        ChargeState::Captured {
            amount_minor,
            last_four,
            authorisation,
        } if (1..=most_minor).contains(&amount_minor) => {
            details.slip = Some(CardSlip {
                last_four,
                authorisation,
            });
            Said::Captured { amount_minor }
        }
        // What went back ticket by ticket before went back as well.
        ChargeState::Refunded { .. } if is_all_back && found.amount_minor == known.amount.minor => {
            Said::Returned
        }
        ChargeState::Captured { amount_minor, .. } | ChargeState::Refunded { amount_minor } => {
            let known = known.amount.minor;
            let words = format!("it says {amount_minor} of {known}, in minor units");
            return Err(NoAnswer(words));
        }
        ChargeState::Declined { reason } => {
            details.declined = Some(reason);
            Said::Declined
        }
        ChargeState::Cancelled => Said::Cancelled,
    };
    Ok((said, details))
}

#[cfg(test)]
mod tests;
