//! Money that Stripe gives back: all of a payment, or the price of a ticket. It is looked for before it is asked for, and asked for under a key that
//! comes from its name, so that nothing is given back twice.

use box_office::TicketId;
use box_office::checkout::Said;
use counter::{Answer, Charge, Details, Given, NoAnswer, PartGiven, PartNow};

use super::objects::{
    Intent, Page, PriceOf, Refund, RefundStatus, given, given_for_good, names, of_ticket,
};
use super::web::{Form, Heard};
use super::{ANSWER_TIME, REFUND_TIME, Stripe, amount, metadata, named, pair};

/// So many refunds of a payment are looked at: one for each ticket, and a hold has fewer.
const MOST_REFUNDS: &str = "100";

impl Stripe {
    /// Gives all of a payment back.
    pub(super) async fn refund(self, charge: Charge) -> Answer {
        let Some(intent) = self.found(&charge).await? else {
            return Ok((Said::NeverHeard, Details::default()));
        };
        let stands = self.say(intent.clone(), &charge).await?;
        let (Said::Captured { .. }, _) = stands else {
            return Ok(stands);
        };
        let refunds = self.refunds_of(&intent).await?;
        // Somebody may have given a part of it back by hand.
        let left = intent.taken().saturating_sub(given(&refunds));
        let amount = told(&charge)?.min(left);
        if amount <= 0 {
            return Err(NoAnswer("it is on its way back at Stripe".to_owned()));
        }
        // Under the key of one that failed Stripe says once more that it was given. And what is left may be less than when it was asked for
        // before: as no more goes back than was taken, both may be asked for.
        let failed = refunds.iter().filter(|refund| !refund.counts()).count();
        let key = format!("{}-refund-{failed}-{amount}", charge.reference);
        let given = self.give(&intent, (&charge, amount), None, &key).await?;
        // What became of it the intent says, whatever is answered.
        let (said, mut details) = self.status(charge).await?;
        if let (Err(refused), Said::Captured { .. }) = (given, said) {
            details.never = Some(refused.problem.words());
        }
        Ok((said, details))
    }

    /// Gives the price of a ticket back. What it refuses for good is for a person.
    pub(super) async fn refund_part(
        self,
        charge: Charge,
        ticket: TicketId,
    ) -> Result<PartGiven, NoAnswer> {
        let Some(intent) = self.found(&charge).await? else {
            return Err(NoAnswer("Stripe does not find the payment".to_owned()));
        };
        let refunds = self.refunds_of(&intent).await?;
        match intent.price_of(&refunds, &ticket) {
            PriceOf::Asked(refund) => return became(refund, &charge),
            PriceOf::AllIsBack => return Ok(PartGiven::Given(Given::All)),
            PriceOf::NotAsked => {}
        }
        let amount = told(&charge)?;
        let there = given_for_good(&refunds).saturating_add(amount);
        if given(&refunds).saturating_add(amount) > intent.taken() && there <= intent.taken() {
            let words = "what is on its way back at Stripe leaves too little";
            return Err(NoAnswer(words.to_owned()));
        }
        if there > intent.taken() {
            let words = format!(
                "of {} that were taken {} are given back already",
                intent.taken(),
                given(&refunds)
            );
            return Ok(PartGiven::Never(words));
        }
        let key = format!("{}-{ticket}", charge.reference);
        match self
            .give(&intent, (&charge, amount), Some(&ticket), &key)
            .await?
        {
            Ok(refund) => became(&refund, &charge),
            Err(refused) => match of_ticket(&self.refunds_of(&intent).await?, &ticket) {
                Some(refund) => became(refund, &charge),
                None => Ok(PartGiven::Never(refused.problem.words())),
            },
        }
    }

    /// Where the price of a ticket is. Of a payment that it does not find, as of another provider's before, it has given nothing.
    pub(super) async fn part(self, charge: Charge, ticket: TicketId) -> Result<PartNow, NoAnswer> {
        let Some(intent) = self.found(&charge).await? else {
            return Ok(PartNow::NotGiven);
        };
        let refunds = self.refunds_of(&intent).await?;
        Ok(match intent.price_of(&refunds, &ticket) {
            PriceOf::Asked(refund) => match refund.status() {
                RefundStatus::Succeeded => PartNow::Given(part(refund, &charge)?),
                RefundStatus::Pending | RefundStatus::RequiresAction => PartNow::OnItsWay,
                // Somebody gives all of it back.
                RefundStatus::Failed | RefundStatus::Canceled
                    if given(&refunds) >= intent.taken() =>
                {
                    PartNow::OnItsWay
                }
                RefundStatus::Failed | RefundStatus::Canceled => PartNow::NotArrived,
            },
            PriceOf::AllIsBack => PartNow::Given(Given::All),
            PriceOf::NotAsked if given(&refunds) >= intent.taken() => PartNow::OnItsWay,
            PriceOf::NotAsked => PartNow::NotGiven,
        })
    }

    async fn give(
        &self,
        intent: &Intent,
        (charge, amount): (&Charge, i64),
        ticket: Option<&TicketId>,
        key: &str,
    ) -> Heard<Refund> {
        let mut form: Form = vec![
            pair("payment_intent", &intent.id),
            pair("amount", &amount.to_string()),
        ];
        let mut names = metadata(charge);
        names.extend(ticket.map(|ticket| (names::TICKET.to_owned(), ticket.to_string())));
        form.extend(named(&names));
        self.api
            .post("/v1/refunds", &form, Some(key), REFUND_TIME)
            .await
    }

    /// What was given back of a payment, or is on its way.
    pub(super) async fn refunds_of(&self, intent: &Intent) -> Result<Vec<Refund>, NoAnswer> {
        let query = [
            ("payment_intent", intent.id.as_str()),
            ("limit", MOST_REFUNDS),
        ];
        let page: Heard<Page<Refund>> = self.api.get("/v1/refunds", &query, ANSWER_TIME).await;
        match page? {
            Ok(page) if page.has_more => {
                let words = "Stripe has given back more often than there are tickets";
                Err(NoAnswer(words.to_owned()))
            }
            Ok(page) => Ok(page.data),
            Err(refused) => Err(NoAnswer(refused.problem.words())),
        }
    }
}

fn told(charge: &Charge) -> Result<i64, NoAnswer> {
    let told = amount::told(charge.amount);
    told.ok_or_else(|| NoAnswer(format!("Stripe gives no {} back", charge.amount)))
}

/// What Stripe has given back under the name of a ticket, whatever it is asked for now.
fn part(refund: &Refund, charge: &Charge) -> Result<Given, NoAnswer> {
    let heard = amount::heard(refund.amount, charge.amount.currency);
    let words = || NoAnswer(format!("Stripe says that {} went back", refund.amount));
    heard.map(Given::Part).ok_or_else(words)
}

/// What became of the refund of a ticket.
fn became(refund: &Refund, charge: &Charge) -> Result<PartGiven, NoAnswer> {
    match refund.status() {
        RefundStatus::Succeeded => part(refund, charge).map(PartGiven::Given),
        RefundStatus::Pending | RefundStatus::RequiresAction => {
            Err(NoAnswer("the refund is on its way at Stripe".to_owned()))
        }
        RefundStatus::Failed | RefundStatus::Canceled => Ok(PartGiven::Never(
            "the guest's bank did not take it".to_owned(),
        )),
    }
}
