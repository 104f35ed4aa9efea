//! What Stripe calls about: something has become of an intent, of its charge or of a refund. Which payment of ours that is it is asked; what it
//! says in the call is not believed.

use box_office::{Currency, Money, TenderId, TicketId};
use counter::NoAnswer;
use counter::checkout::Afterwards;
use serde::Deserialize;
use serde_json::Value;

use super::objects::{Dispute, Intent, Page, not_arrived as not_arrived_of, whole_not_arrived};
use super::web::Heard;
use super::{ANSWER_TIME, Stripe, amount};

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
    fn named(&self) -> Option<&str> {
        let of_it = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
        let is_name = |id: &&str| id.starts_with("pi_") && id.chars().all(of_it);
        self.intent().filter(is_name)
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
            let not_arrived = money(whole, &intent);
            called.not_arrived = not_arrived_of(&refunds);
            called.afterwards = Some(Afterwards::GivenBack { not_arrived });
        }
        if event.is_of_dispute() {
            let open = money(self.disputed(&intent).await?, &intent);
            called.afterwards = Some(Afterwards::Disputed { open });
        }
        Ok(Some(called))
    }

    /// What of a payment is disputed and not decided for us, as Stripe counts; that of another currency counts as all of it.
    async fn disputed(&self, intent: &Intent) -> Result<i64, NoAnswer> {
        let query = [("payment_intent", intent.id.as_str()), ("limit", "100")];
        let page: Heard<Page<Dispute>> = self.api.get("/v1/disputes", &query, ANSWER_TIME).await;
        let page = page?.map_err(|refused| NoAnswer(refused.problem.words()))?;
        let open = page.data.iter().filter(|dispute| !dispute.is_for_us());
        let amounts = open.map(|dispute| match dispute.currency == intent.currency {
            true => dispute.amount,
            false => intent.taken(),
        });
        Ok(amounts.fold(0, i64::saturating_add).min(intent.taken()))
    }
}

/// So much of a payment, if it is anything.
fn money(amount: i64, intent: &Intent) -> Option<Money> {
    let currency: Currency = intent.currency.to_ascii_uppercase().parse().ok()?;
    let minor = amount::heard(amount, currency)?;
    (minor > 0).then(|| Money::new(minor, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

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
