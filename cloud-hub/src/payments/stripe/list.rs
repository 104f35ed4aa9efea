//! Stripe's list of what was made, by the time of making, in seconds: the newest first, whatever has become of it since. So the place up to which
//! it was read says nothing of what changes behind it: what is open and not known here is asked about by itself, by whoever reads the list.

use std::time::Duration;

use box_office::TenderId;
use counter::{Listing, NoAnswer};

use super::Stripe;
use super::objects::{Intent, Page};
use super::web::Heard;

/// How long a piece of the list may take.
const LIST_TIME: Duration = Duration::from_secs(20);

/// Of one piece; Stripe gives no more.
const AT_ONCE: &str = "100";

/// So many pieces are read at most, the first time that an account is read: half a million payments.
const MOST_PIECES: usize = 5_000;

/// What was made so many seconds before the place up to which the list was read is read once more.
const ONCE_MORE_SECONDS: u64 = 600;

/// An intent is made so many seconds before our payment was begun at the earliest, by clocks that do not agree.
const BEFORE_SECONDS: i64 = 60 * 60;

/// And so many after it at the latest: by then a payment is found no more by its key, and none is made.
const AFTER_SECONDS: i64 = 24 * 60 * 60;

impl Stripe {
    /// What was made since, and what has become of those that are asked about again.
    pub(super) async fn listing(
        self,
        since: u64,
        again: Vec<TenderId>,
    ) -> Result<Listing, NoAnswer> {
        let from = since.saturating_sub(ONCE_MORE_SECONDS);
        let mut made = self.made_between(from, None, |_| true).await?;
        made.reverse();
        let newest = made.last().map(|intent| intent.created);
        let mut charges: Vec<_> = made.iter().filter_map(Intent::listed).collect();
        for reference in again {
            if charges.iter().any(|listed| listed.reference == reference) {
                continue;
            }
            let found = self.about_when_begun(&reference).await?;
            charges.extend(found.as_ref().and_then(Intent::listed));
        }
        Ok(Listing {
            charges,
            read_to: newest.filter(|newest| *newest > since),
            more: false,
        })
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
        let (from, to) = (at(-BEFORE_SECONDS).unwrap_or(0), at(AFTER_SECONDS));
        let is_it = |intent: &Intent| intent.reference().as_ref() == Some(reference);
        let found = self.made_between(from, to, is_it).await?;
        // More than one there is only of a payment whose key was forgotten too early: what was taken counts.
        let open = found.iter().position(|intent| !intent.is_untried());
        let mut found = found.into_iter();
        Ok(found.nth(open.unwrap_or(0)))
    }

    /// What was made in these seconds and is looked for, the newest first.
    async fn made_between(
        &self,
        from: u64,
        to: Option<u64>,
        is_looked_for: impl Fn(&Intent) -> bool,
    ) -> Result<Vec<Intent>, NoAnswer> {
        let from = from.to_string();
        let to = to.map(|to| to.to_string());
        let mut made: Vec<Intent> = Vec::new();
        let mut after: Option<String> = None;
        for _piece in 0..MOST_PIECES {
            let mut query = vec![
                ("limit", AT_ONCE),
                ("expand[]", "data.latest_charge"),
                ("created[gte]", from.as_str()),
            ];
            query.extend(to.as_deref().map(|to| ("created[lte]", to)));
            query.extend(after.as_deref().map(|after| ("starting_after", after)));
            let page: Heard<Page<Intent>> =
                self.api.get("/v1/payment_intents", &query, LIST_TIME).await;
            let page = page?.map_err(|refused| NoAnswer(refused.problem.words()))?;
            after = page.data.last().map(|last| last.id.clone());
            let has_more = page.has_more && after.is_some();
            made.extend(page.data.into_iter().filter(|intent| is_looked_for(intent)));
            if !has_more {
                return Ok(made);
            }
        }
        let words = "Stripe's list of payments has no end";
        Err(NoAnswer(words.to_owned()))
    }
}
