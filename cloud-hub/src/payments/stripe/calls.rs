//! What Stripe calls about: something has become of an intent, of its charge or of a refund. Which payment of ours that is it is asked; what it
//! says in the call is not believed.

use box_office::{Currency, Money, TenderId, TicketId};
use counter::NoAnswer;
use counter::checkout::{Afterwards, DisputeStands, Disputed};
use serde::Deserialize;
use serde_json::Value;

use super::objects::{Dispute, Intent, Page, not_arrived as not_arrived_of, whole_not_arrived};
use super::web::Heard;
use super::{ANSWER_TIME, Stripe, amount, is_name};

/// The header in which it signs.
pub(crate) const HEADER: &str = "stripe-signature";

/// What it calls about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: Subject,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Subject {
    /// Any object of Stripe's.
    object: Value,
}

impl Event {
    /// The intent that something has become of; none, if it is about another thing. That one was made is no news: its card is being tried.
    fn intent(&self) -> Option<&str> {
        let object = &self.data.object;
        match self.kind.as_str() {
            "payment_intent.succeeded"
            | "payment_intent.payment_failed"
            | "payment_intent.requires_action"
            | "payment_intent.canceled" => {
                let is_intent = object["object"] == "payment_intent";
                object["id"].as_str().filter(|_| is_intent)
            }
            _ if self.is_of_refund() || self.is_of_dispute() => object["payment_intent"].as_str(),
            _ => None,
        }
    }

    /// The same, if it can be a name there: it becomes part of an address.
    pub(crate) fn named(&self) -> Option<&str> {
        self.intent().filter(|id| is_name(id))
    }

    /// The dispute as the call has it.
    fn dispute(&self) -> Option<Dispute> {
        Dispute::deserialize(&self.data.object).ok()
    }

    fn is_of_refund(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "charge.refunded"
                | "charge.refund.updated"
                | "refund.created"
                | "refund.updated"
                | "refund.failed"
        )
    }

    fn is_of_dispute(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "charge.dispute.created"
                | "charge.dispute.updated"
                | "charge.dispute.closed"
                | "charge.dispute.funds_withdrawn"
                | "charge.dispute.funds_reinstated"
        )
    }
}

/// What Stripe says when it is asked about that of which it has called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Called {
    /// Which payment of ours it is.
    pub(crate) payment: TenderId,
    /// By which name it is known there, if that is another.
    pub(crate) theirs: Option<String>,
    /// The tickets whose money did not arrive where it was given back to. A bank may say so days later.
    pub(crate) not_arrived: Vec<TicketId>,
    /// What became of the whole payment after its end.
    pub(crate) afterwards: Option<Afterwards>,
}

impl Stripe {
    /// What a call is about; nothing, if that is none of ours.
    pub(crate) async fn called_about(&self, event: &Event) -> Result<Option<Called>, NoAnswer> {
        let Some(id) = event.named() else {
            return Ok(None);
        };
        let intent = match self.intent(id).await? {
            Ok(intent) => intent,
            Err(refused) if refused.is_unknown() => return Ok(None),
            Err(refused) => return Err(NoAnswer(refused.problem.words())),
        };
        let Some(payment) = intent.reference() else {
            return Ok(None);
        };
        let mut called = Called {
            payment,
            theirs: Some(intent.id.clone()),
            not_arrived: Vec::new(),
            afterwards: None,
        };
        if event.is_of_refund() {
            let refunds = self.refunds_of(&intent).await?;
            let whole = whole_not_arrived(intent.taken(), &refunds);
            let not_arrived = money(whole, &intent)?;
            // Where all is back by another one, what failed before is nobody's matter.
            if !intent.is_all_back(&refunds) {
                called.not_arrived = not_arrived_of(&refunds);
            }
            called.afterwards = Some(Afterwards::GivenBack { not_arrived });
        }
        if event.is_of_dispute() {
            called.afterwards = Some(self.disputed(&intent, event).await?);
        }
        Ok(Some(called))
    }

    /// What of a payment is disputed and not decided for us. Where the key may not ask, all of it is, and stands as the call says: a person must know.
    async fn disputed(&self, intent: &Intent, event: &Event) -> Result<Afterwards, NoAnswer> {
        let query = [("payment_intent", intent.id.as_str()), ("limit", "100")];
        let page: Heard<Page<Dispute>> = self.api.get("/v1/disputes", &query, ANSWER_TIME).await;
        let (all, is_known) = match page? {
            Ok(page) => (page.data, true),
            Err(refused) if refused.is_of_the_key() => {
                (event.dispute().into_iter().collect(), false)
            }
            Err(refused) => return Err(NoAnswer(refused.problem.words())),
        };
        let has_come_back = all.iter().any(Dispute::is_won);
        let open: Vec<Dispute> = all.into_iter().filter(|it| !it.is_for_us()).collect();
        let disputed = match (is_known, open.is_empty()) {
            (false, false) => intent.taken(),
            (true, _) | (false, true) => disputed_of(&open, intent),
        };
        let open = money(disputed, intent)?.map(|amount| Disputed {
            amount,
            stands: stands(&open),
        });
        Ok(Afterwards::Disputed {
            open,
            has_come_back,
        })
    }
}

/// So much is fetched back, as Stripe counts; what is of another currency counts as all of it.
fn disputed_of(open: &[Dispute], intent: &Intent) -> i64 {
    let amounts = open
        .iter()
        .map(|dispute| match dispute.currency == intent.currency {
            true => dispute.amount,
            false => intent.taken(),
        });
    amounts.fold(0, i64::saturating_add).min(intent.taken())
}

/// How they stand together: what must be answered first goes first. Where banks ask only, nothing is fetched.
fn stands(open: &[Dispute]) -> DisputeStands {
    let asked = || open.iter().filter(|dispute| dispute.is_asked());
    let by = asked().filter_map(Dispute::answer_by).min();
    if open.iter().all(Dispute::is_inquiry) {
        return DisputeStands::Inquiry { by };
    }
    if asked().next().is_some() {
        return DisputeStands::Asked { by };
    }
    match open.iter().all(Dispute::is_lost) {
        true => DisputeStands::Lost,
        false => DisputeStands::Judged,
    }
}

/// So much of a payment, if it is anything. What is no amount of ours is all of it: that it is something is certain.
fn money(amount: i64, intent: &Intent) -> Result<Option<Money>, NoAnswer> {
    if amount <= 0 {
        return Ok(None);
    }
    let currency: Option<Currency> = intent.currency.to_ascii_uppercase().parse().ok();
    let heard = currency.and_then(|currency| {
        let minor = amount::heard(amount, currency);
        let minor = minor.or_else(|| amount::heard(intent.taken(), currency))?;
        Some(Money::new(minor, currency))
    });
    let words = || format!("Stripe speaks of {amount} {}", intent.currency);
    heard.map(Some).ok_or_else(|| NoAnswer(words()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn intent(currency: &str) -> Intent {
        let text = format!(
            r#"{{"id":"pi_1","created":1,"amount":5000,"currency":"{currency}","status":"succeeded"}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_is_disputed_is_told_with_what_must_be_answered_first() {
        let check = |disputes: &str, expected: (i64, DisputeStands)| {
            let open: Vec<Dispute> = serde_json::from_str(disputes).unwrap();
            let found = (disputed_of(&open, &intent("eur")), stands(&open));
            assert_eq!(found, expected, "{disputes}");
        };
        use DisputeStands::{Asked, Inquiry, Judged, Lost};
        let lost = r#"{"amount":1000,"currency":"eur","status":"lost"}"#;
        let asked = r#"{"amount":500,"currency":"eur","status":"needs_response","evidence_details":{"due_by":86400}}"#;
        let inquiry = r#"{"amount":500,"currency":"eur","status":"warning_needs_response","evidence_details":{"due_by":null}}"#;
        let judged = r#"{"amount":500,"currency":"usd","status":"under_review"}"#;
        let by = Timestamp::from_second(86_400).ok();
        check(&format!("[{lost}]"), (1_000, Lost));
        check(&format!("[{asked},{lost}]"), (1_500, Asked { by }));
        let answered = r#"{"amount":500,"currency":"eur","status":"warning_under_review"}"#;
        check(&format!("[{inquiry}]"), (500, Inquiry { by: None }));
        check(&format!("[{answered}]"), (500, Inquiry { by: None }));
        check(&format!("[{answered},{lost}]"), (1_500, Judged));
        check(&format!("[{inquiry},{asked}]"), (1_000, Asked { by }));
        check(&format!("[{lost},{judged}]"), (5_000, Judged));
    }

    #[test]
    fn what_is_no_amount_of_ours_is_something_all_the_same() {
        let check = |amount: i64, currency: &str, expected: Result<Option<i64>, ()>| {
            let found = money(amount, &intent(currency));
            let found = found.map(|money| money.map(|money| money.minor));
            assert_eq!(found.map_err(|_| ()), expected, "{amount} {currency}");
        };
        check(0, "eur", Ok(None));
        check(1_234, "eur", Ok(Some(1_234)));
        check(100, "isk", Ok(Some(1)));
        // Half a crown there is none: all of the 50 that were taken.
        check(150, "isk", Ok(Some(50)));
        check(1, "no currency", Err(()));
    }

    fn about(text: &str) -> Option<String> {
        let event: Event = serde_json::from_str(text).unwrap();
        event.intent().map(str::to_owned)
    }

    #[test]
    fn an_intent_its_charge_and_its_refund_are_what_it_calls_about() {
        let check = |kind: &str, object: &str, expected: Option<&str>| {
            let text = format!(r#"{{"id":"evt_1","type":"{kind}","data":{{"object":{object}}}}}"#);
            assert_eq!(about(&text).as_deref(), expected, "{text}");
        };
        let intent = r#"{"id":"pi_1","object":"payment_intent","amount":1}"#;
        check("payment_intent.succeeded", intent, Some("pi_1"));
        check("payment_intent.payment_failed", intent, Some("pi_1"));
        check("payment_intent.canceled", intent, Some("pi_1"));
        check("payment_intent.created", intent, None);
        let charge = r#"{"id":"ch_1","object":"charge","payment_intent":"pi_1"}"#;
        check("charge.refunded", charge, Some("pi_1"));
        check("payment_intent.succeeded", charge, None);
        let refund = r#"{"id":"re_1","object":"refund","payment_intent":"pi_1"}"#;
        check("refund.failed", refund, Some("pi_1"));
        check(
            "refund.created",
            r#"{"id":"re_1","payment_intent":null}"#,
            None,
        );
        check(
            "customer.created",
            r#"{"id":"cus_1","object":"customer"}"#,
            None,
        );
        let dispute = r#"{"id":"dp_1","object":"dispute","payment_intent":"pi_1"}"#;
        check("charge.dispute.created", dispute, Some("pi_1"));
        check("charge.dispute.closed", dispute, Some("pi_1"));
        check("balance.available", r#"{"object":"balance"}"#, None);
    }
}
