//! What Stripe calls about: something has become of an intent, of its charge or of a refund. Which payment of ours that is it is asked; what it
//! says in the call is not believed.

use box_office::{TenderId, TicketId};
use counter::NoAnswer;
use serde::Deserialize;
use serde_json::Value;

use super::Stripe;
use super::objects::not_arrived;

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
            _ if self.is_of_refund() => object["payment_intent"].as_str(),
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
}

impl Stripe {
    /// Which payment of ours a call is about; none, if it is about something else.
    pub(crate) async fn called_about(&self, event: &Event) -> Result<Option<TenderId>, NoAnswer> {
        let Some(id) = event.named() else {
            return Ok(None);
        };
        match self.intent(id).await? {
            Ok(intent) => Ok(intent.reference()),
            Err(refused) if refused.is_unknown() => Ok(None),
            Err(refused) => Err(NoAnswer(refused.problem.words())),
        }
    }

    /// The tickets of the payment that a call is about whose money did not arrive. A bank may say so days after it was given back.
    pub(crate) async fn not_arrived(&self, event: &Event) -> Result<Vec<TicketId>, NoAnswer> {
        let Some(id) = event.named().filter(|_| event.is_of_refund()) else {
            return Ok(Vec::new());
        };
        match self.intent(id).await? {
            Ok(intent) if intent.reference().is_some() => {
                Ok(not_arrived(&self.refunds_of(&intent).await?))
            }
            Ok(_) => Ok(Vec::new()),
            Err(refused) if refused.is_unknown() => Ok(Vec::new()),
            Err(refused) => Err(NoAnswer(refused.problem.words())),
        }
    }
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
        check("balance.available", r#"{"object":"balance"}"#, None);
    }
}
