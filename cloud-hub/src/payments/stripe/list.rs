//! Stripe's list of what was made, by the time of making, in seconds: the newest first, whatever has become of it since. So the place up to which
//! it was read says nothing of what changes behind it: what is open and not known here is asked about by itself, by whoever reads the list.

use std::time::Duration;

use box_office::TenderId;
use counter::{Again, Listing, NoAnswer, Unreadable};
use serde::Deserialize as _;
use serde_json::Value;

use super::objects::{Intent, Page, names};
use super::walk::{Go, Span};
use super::web::Heard;
use super::{Stripe, is_name};

/// How long a piece of the list may take.
const LIST_TIME: Duration = Duration::from_secs(20);

/// Of one piece; Stripe gives no more.
const AT_ONCE: &str = "100";

/// So many pieces of one stretch of time are read: what has more is read in shorter ones.
const MOST_OF_A_STRETCH: usize = 10;

/// So many pieces are looked through for one payment: half a million payments in a day are more than anybody takes.
const MOST_PIECES: usize = 5_000;

/// An intent is made so many seconds before our payment was begun at the earliest, by clocks that do not agree.
const BEFORE_SECONDS: i64 = 60 * 60;

/// And so many after it at the latest: by then a payment is found no more by its key, and none is made.
const AFTER_SECONDS: i64 = 24 * 60 * 60;

/// What a stretch of the list has.
struct Stretch {
    /// Ours that are looked for, the newest first.
    ours: Vec<Intent>,
    /// Ours that cannot be read.
    unreadable: Vec<Unreadable>,
    /// When the newest of all was made, whosever it is.
    newest: Option<u64>,
    /// In how many pieces it came.
    pieces: usize,
    /// Whether that is all of it; else it was too much.
    is_whole: bool,
}

impl Stripe {
    /// What was made since, the oldest first, and what has become of those that are asked about again. Of a long time a part.
    pub(super) async fn listing(self, since: u64, again: Vec<Again>) -> Result<Listing, NoAnswer> {
        let now = u64::try_from(self.clock.now().as_second()).unwrap_or(0);
        let (mut go, mut charges) = (Go::begin(since, now), Vec::new());
        let mut unreadable = Vec::new();
        while let Some(span) = go.next() {
            let stretch = self.made_in(span, MOST_OF_A_STRETCH, |_| true).await?;
            if !stretch.is_whole {
                let full = || NoAnswer("Stripe's list has too much in a second".to_owned());
                go = go.was_too_full(stretch.pieces).ok_or_else(full)?;
                continue;
            }
            unreadable.extend(stretch.unreadable);
            for intent in stretch.ours.iter().rev() {
                match intent.listed() {
                    Some(listed) => charges.push(listed),
                    None => unreadable.extend(intent.unlisted()),
                }
            }
            go = go.was_read(stretch.pieces, stretch.newest);
        }
        for wanted in again {
            if charges.iter().any(|it| it.reference == wanted.reference) {
                continue;
            }
            match self.again(&wanted).await {
                Ok(found) => charges.extend(found.as_ref().and_then(Intent::listed)),
                // What was read of the list counts all the same; it is asked about again when that is read next.
                Err(NoAnswer(why)) => {
                    tracing::info!(tender.id = %wanted.reference, why, "Stripe does not say what became of a payment that waits for a person");
                }
            }
        }
        Ok(Listing {
            charges,
            unreadable,
            read_to: go.read_to(),
            more: go.more(),
        })
    }

    /// The intent that waits for a person: by Stripe's name for it, if that is known.
    async fn again(&self, wanted: &Again) -> Result<Option<Intent>, NoAnswer> {
        let theirs = wanted.theirs.as_deref();
        let Some(id) = theirs.filter(|id| is_name(id)) else {
            return self.about_when_begun(&wanted.reference).await;
        };
        match self.intent(id).await? {
            Ok(intent) => Ok(Some(intent)),
            Err(refused) if refused.is_unknown() => Ok(None),
            Err(refused) => Err(NoAnswer(refused.problem.words())),
        }
    }

    /// The intent of a payment, looked for in the list of about when it was begun.
    pub(super) async fn about_when_begun(
        &self,
        reference: &TenderId,
    ) -> Result<Option<Intent>, NoAnswer> {
        let Some(begun) = reference.made_at() else {
            return Ok(None);
        };
        let at = |seconds: i64| u64::try_from(begun.as_second().saturating_add(seconds)).ok();
        let span = Span {
            from: at(-BEFORE_SECONDS).unwrap_or(0),
            to: at(AFTER_SECONDS),
        };
        let is_it = |intent: &Intent| intent.reference().as_ref() == Some(reference);
        let found = self.made_in(span, MOST_PIECES, is_it).await?;
        let endless = || NoAnswer("Stripe's list of payments has no end".to_owned());
        let found = found.is_whole.then_some(found.ours).ok_or_else(endless)?;
        // More than one there is only of a payment whose key was forgotten too early: what was taken counts.
        let open = found.iter().position(|intent| !intent.is_untried());
        let mut found = found.into_iter();
        Ok(found.nth(open.unwrap_or(0)))
    }

    /// What of ours was made in this time and is looked for, as far as it stands in `most` pieces.
    async fn made_in(
        &self,
        span: Span,
        most: usize,
        is_looked_for: impl Fn(&Intent) -> bool,
    ) -> Result<Stretch, NoAnswer> {
        let from = span.from.to_string();
        let to = span.to.map(|to| to.to_string());
        let mut stretch = Stretch {
            ours: Vec::new(),
            unreadable: Vec::new(),
            newest: None,
            pieces: 0,
            is_whole: false,
        };
        let mut after: Option<String> = None;
        while stretch.pieces < most {
            let mut query = vec![
                ("limit", AT_ONCE),
                ("expand[]", "data.latest_charge"),
                ("created[gte]", from.as_str()),
            ];
            query.extend(to.as_deref().map(|to| ("created[lte]", to)));
            query.extend(after.as_deref().map(|after| ("starting_after", after)));
            let page: Heard<Page<Value>> =
                self.api.get("/v1/payment_intents", &query, LIST_TIME).await;
            let page = page?.map_err(|refused| NoAnswer(refused.problem.words()))?;
            stretch.pieces += 1;
            let last = page.data.last().and_then(|last| last["id"].as_str());
            after = last.map(str::to_owned);
            stretch.newest = stretch
                .newest
                .max(page.data.iter().filter_map(made_at).max());
            for object in page.data.iter().filter(|object| is_ours(object)) {
                match Intent::deserialize(object) {
                    Ok(intent) if is_looked_for(&intent) => stretch.ours.push(intent),
                    Ok(_) => {}
                    Err(why) => {
                        let id = &object["id"];
                        tracing::warn!(%id, %why, "a payment of ours in Stripe's list cannot be read");
                        stretch.unreadable.extend(unreadable(object));
                    }
                }
            }
            if !page.has_more || after.is_none() {
                stretch.is_whole = true;
                break;
            }
        }
        Ok(stretch)
    }
}

fn made_at(object: &Value) -> Option<u64> {
    object["created"].as_u64()
}

/// Whether it is one of ours. What other programs have in the same account is left alone, whatever it is.
fn is_ours(object: &Value) -> bool {
    object["metadata"][names::PAYMENT].is_string()
}

/// One of ours that is something else than what is known of a payment; nothing, if nothing can be taken of it or nobody could be asked about it.
fn unreadable(object: &Value) -> Option<Unreadable> {
    if object["status"] == "canceled" {
        return None;
    }
    let name = |name: &str| object["metadata"][name].as_str();
    Some(Unreadable {
        reference: name(names::PAYMENT)?.parse().ok()?,
        theirs: object["id"].as_str()?.to_owned(),
        cinema: name(names::CINEMA).and_then(|cinema| cinema.parse().ok()),
        amount: amount(&object["amount"], &object["currency"]),
    })
}

/// As it stands there, in whatever unit.
fn amount(amount: &Value, currency: &Value) -> String {
    let currency = currency.as_str().unwrap_or_default().to_ascii_uppercase();
    match amount.as_i64() {
        Some(amount) => format!("{amount} of the smallest unit of {currency}"),
        None => "something".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_ours_and_cannot_be_read_is_told_with_what_can() {
        let check = |object: Value, expected: Option<(&str, Option<&str>, &str)>| {
            assert!(is_ours(&object), "{object}");
            let found = unreadable(&object);
            let found = found.map(|it| (it.theirs, it.cinema.map(|it| it.to_string()), it.amount));
            let expected = expected.map(|(theirs, cinema, amount)| {
                (
                    theirs.to_owned(),
                    cinema.map(str::to_owned),
                    amount.to_owned(),
                )
            });
            assert_eq!(found, expected, "{object}");
        };
        let names = json!({ "foyer_payment": "p", "foyer_cinema": "metropol" });
        check(
            json!({ "id": "pi_1", "amount": 1_250, "currency": "eur", "status": "new", "metadata": names }),
            Some(("pi_1", Some("metropol"), "1250 of the smallest unit of EUR")),
        );
        check(
            json!({ "id": "pi_1", "amount": "much", "metadata": { "foyer_payment": "p" } }),
            Some(("pi_1", None, "something")),
        );
        check(
            json!({ "id": "pi_1", "status": "canceled", "metadata": names }),
            None,
        );
        assert!(!is_ours(
            &json!({ "id": "pi_1", "metadata": { "foyer_payment": 7 } })
        ));
        assert!(!is_ours(&json!({ "id": "pi_1", "metadata": null })));
    }
}
