//! Why a bank has said no, as Stripe passes it on (<https://docs.stripe.com/declines/codes>).

use counter_api::DeclineReason;
use serde::Deserialize;

/// What Stripe says of something that failed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub(super) struct Problem {
    /// Which kind of thing went wrong.
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    /// What went wrong.
    pub(super) code: Option<String>,
    /// Of a card that was declined: what its bank says.
    pub(super) decline_code: Option<String>,
    /// The same for a programmer to read.
    pub(super) message: Option<String>,
}

impl Problem {
    /// The same without a secret that Stripe repeats.
    pub(super) fn without(mut self, secret: &str) -> Self {
        self.message = self.message.map(|message| message.replace(secret, ".."));
        self
    }

    /// In words for the log; the message names nobody.
    pub(super) fn words(&self) -> String {
        let code = self.decline_code.as_ref().or(self.code.as_ref());
        let parts = [code, self.message.as_ref()];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        match parts.is_empty() {
            true => "it does not say why".to_owned(),
            false => parts.join(": "),
        }
    }

    /// Whether its bank was asked, or would be: it is the card, and the account is in order.
    pub(super) fn is_of_a_bank(&self) -> bool {
        self.kind.as_deref() == Some("card_error")
    }

    /// Whether it says itself that it is the account's (<https://docs.stripe.com/error-codes>). What a guest's browser sends for a card may be refused
    /// in words that name nothing.
    pub(super) fn is_of_the_account(&self) -> bool {
        matches!(
            self.code.as_deref(),
            Some(
                "account_country_invalid_address"
                    | "account_invalid"
                    | "api_key_expired"
                    | "country_unsupported"
                    | "not_allowed_on_standard_account"
                    | "payment_method_unactivated"
                    | "platform_account_required"
                    | "platform_api_key_expired"
                    | "secret_key_required"
                    | "testmode_charges_only"
            )
        )
    }

    /// What went wrong, without a word of what was sent.
    pub(super) fn code(&self) -> &str {
        let code = self.decline_code.as_deref().or(self.code.as_deref());
        code.or(self.kind.as_deref()).unwrap_or("no code")
    }

    /// Whether it is the amount that is not taken.
    pub(super) fn is_of_the_amount(&self) -> bool {
        matches!(
            self.code.as_deref(),
            Some("amount_too_small" | "amount_too_large")
        )
    }

    /// What a guest is told. That a card was lost or stolen is for nobody who holds it.
    pub(super) fn reason(&self) -> DeclineReason {
        let code = self.decline_code.as_deref().or(self.code.as_deref());
        match code.unwrap_or_default() {
            "insufficient_funds" | "card_velocity_exceeded" | "withdrawal_count_limit_exceeded" => {
                DeclineReason::NotEnoughMoney
            }
            "expired_card" | "invalid_expiry_month" | "invalid_expiry_year" => {
                DeclineReason::Expired
            }
            "authentication_required"
            | "payment_intent_authentication_failure"
            | "authentication_not_handled"
            | "approve_with_id" => DeclineReason::NotConfirmed,
            _ => DeclineReason::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_account_is_not_the_cards_matter() {
        let check = |text: &str, (of_a_bank, of_the_account): (bool, bool)| {
            let problem: Problem = serde_json::from_str(text).unwrap();
            let found = (problem.is_of_a_bank(), problem.is_of_the_account());
            assert_eq!(found, (of_a_bank, of_the_account), "{text}");
        };
        let (bank, account, nobody) = ((true, false), (false, true), (false, false));
        check(r#"{"type":"card_error","code":"card_declined"}"#, bank);
        check(
            r#"{"type":"invalid_request_error","code":"testmode_charges_only"}"#,
            account,
        );
        check(
            r#"{"type":"invalid_request_error","code":"account_invalid"}"#,
            account,
        );
        // Whatever a browser sends for a card.
        check(
            r#"{"type":"invalid_request_error","code":"resource_missing","param":"payment_method"}"#,
            nobody,
        );
        check(
            r#"{"type":"invalid_request_error","message":"The PaymentMethod was used before"}"#,
            nobody,
        );
    }

    #[test]
    fn a_guest_is_told_what_they_can_do_something_about() {
        let check = |code: Option<&str>, decline_code: Option<&str>, expected| {
            let problem = Problem {
                code: code.map(str::to_owned),
                decline_code: decline_code.map(str::to_owned),
                ..Problem::default()
            };
            assert_eq!(problem.reason(), expected, "{code:?} {decline_code:?}");
        };
        use DeclineReason as Reason;
        let declined = Some("card_declined");
        check(declined, Some("insufficient_funds"), Reason::NotEnoughMoney);
        check(Some("expired_card"), Some("expired_card"), Reason::Expired);
        check(Some("expired_card"), None, Reason::Expired);
        check(
            declined,
            Some("authentication_required"),
            Reason::NotConfirmed,
        );
        let failed = Some("payment_intent_authentication_failure");
        check(failed, None, Reason::NotConfirmed);
        check(declined, Some("lost_card"), Reason::Refused);
        check(declined, Some("do_not_honor"), Reason::Refused);
        check(declined, None, Reason::Refused);
        check(None, None, Reason::Refused);
    }
}
