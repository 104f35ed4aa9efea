//! Money that somebody took for this side, and of which it knows nothing: it was put back to a time before. Whoever takes the money has a list,
//! which is read on from where it was read to; what is not known here is stopped, if it is not taken yet, and else waits for a person.

use std::time::Duration;

use box_office::checkout::Said;
use box_office::{CinemaId, Money, TenderId};
use database::{Snapshot, Tx};
use service::Due;

use super::{CheckoutRefused, store};
use crate::Fault;
use crate::cases::{self, By, Case, CaseKey, Move};
use crate::counter::{Counter, scope};
use crate::ports::{Again, Charge, Listed, NoAnswer, Pays, Stopped, Unreadable};

/// The kind of these cases.
pub(super) const KIND: &str = "charge";

/// The stage of what waits for a person.
const FORGOTTEN: &str = "forgotten";

/// How often the list is read by itself: what is not known is found at a start, and when a call tells of it.
const READ_EVERY: Duration = Duration::from_secs(60 * 60);

/// So many that wait for a person are asked about beside the list: a hub that was put back has a few, and each may be a request.
const MOST_ASKED_AGAIN: usize = 100;

/// The pause after whoever takes the money gave no list.
const AFTER_SILENCE: Duration = Duration::from_secs(30);

/// Reads on in the list, as a job.
pub async fn read_list(counter: Counter, now: Duration) -> Due {
    let shutdown = counter.lifecycle.shutdown().clone();
    let read = tokio::select! {
        biased;
        () = shutdown.cancelled() => return Due::WhenRung,
        read = read_on(&counter) => read,
    };
    match read {
        Ok(()) => Due::At(now + READ_EVERY),
        Err(why) => {
            if counter
                .following
                .fails_anew("the list of charges", why.clone())
            {
                tracing::warn!(
                    why,
                    "the list of charges cannot be compared; it is tried again"
                );
            }
            Due::At(now + AFTER_SILENCE)
        }
    }
}

/// Reads on in the list at once, for a person who waits for it, and lists what is left to decide, one a line.
///
/// # Errors
/// Nobody takes money for this side, it is stopped, whoever takes the money gives no list, or the database refuses.
pub async fn compare_list(counter: &Counter) -> Result<Vec<String>, CheckoutRefused> {
    if counter.ports.cards().is_none() {
        return Err(CheckoutRefused::NoTerminal);
    }
    read_on(counter).await.map_err(CheckoutRefused::NoList)?;
    // Then nothing was read.
    if counter.ports.stopped() == Some(Stopped::All) {
        return Err(CheckoutRefused::Stopped);
    }
    Ok(counter.database.read(list).await?)
}

async fn read_on(counter: &Counter) -> Result<(), String> {
    // One place is read on from, and kept: whoever comes second has less to read.
    let _reading = counter.following.list.lock().await;
    let Some(cards) = counter.ports.cards() else {
        return Ok(());
    };
    if counter.ports.stopped() == Some(Stopped::All) {
        return Ok(());
    }
    let broken = |fault: Fault| {
        counter.broke(&fault);
        fault.to_string()
    };
    let mut since =
        (counter.database.read(store::charges_read).await).map_err(|error| broken(error.into()))?;
    let mut again =
        (counter.database.read(in_question).await).map_err(|error| broken(error.into()))?;
    loop {
        let listing = cards.list(since, &again).await;
        let listing = listing.map_err(|NoAnswer(why)| why)?;
        for listed in unknown(counter, listing.charges).await.map_err(broken)? {
            meet(counter, cards, listed).await?;
        }
        for unreadable in listing.unreadable {
            show(counter, unreadable).await.map_err(broken)?;
        }
        let Some(last) = goes_on(since, (listing.read_to, listing.more))? else {
            break;
        };
        again.clear();
        since = last;
        let reading = counter
            .database
            .write(database::Scope::of("charge", "list"), move |tx| {
                store::put_charges_read(tx, last)
            });
        reading.await.map_err(|error| broken(error.into()))?;
        if !listing.more {
            break;
        }
    }
    counter.following.succeeds("the list of charges");
    Ok(())
}

/// The place up to which it has been read, behind `since`; nothing, at its end. A list that has more and stands still is told of: all that is behind
/// it would never be found.
fn goes_on(since: u64, (read_to, more): (Option<u64>, bool)) -> Result<Option<u64>, String> {
    match (read_to.filter(|read_to| *read_to > since), more) {
        (Some(read_to), _) => Ok(Some(read_to)),
        (None, false) => Ok(None),
        (None, true) => Err(format!(
            "the list of charges stands still at {since}, and has more behind it"
        )),
    }
}

/// Those of them of which nothing is known here.
async fn unknown(counter: &Counter, listed: Vec<Listed>) -> Result<Vec<Listed>, Fault> {
    let reading = counter.database.read(move |db| {
        let mut unknown = Vec::new();
        for charge in listed {
            if !store::is_known(db, &charge.reference)? {
                unknown.push(charge);
            }
        }
        Ok::<_, Fault>(unknown)
    });
    reading.await
}

/// What is not taken is stopped; what is taken and not given back waits for a person, and waits no more once it is given back.
async fn meet(counter: &Counter, cards: &dyn Pays, listed: Listed) -> Result<(), String> {
    let (cinema, mut kept, mut is_open) = (listed.cinema, listed.kept, false);
    let theirs = listed.theirs.clone();
    if listed.is_open {
        let charge = Charge {
            reference: listed.reference.clone(),
            amount: listed.amount,
            cinema: cinema.clone(),
            hold: listed.hold,
            order: None,
            theirs: listed.theirs,
        };
        let said = cards.stop(&charge).await.map(|(said, _)| said);
        if let Err(NoAnswer(why)) = &said {
            tracing::warn!(tender.id = %charge.reference, why, "a payment that is not known here could not be stopped; it is asked about again");
        }
        kept = match said {
            Ok(Said::Captured { amount_minor }) => Money::new(amount_minor, listed.amount.currency),
            // Whoever stays long at their bank's page, or cannot be stopped, holds up no other; what becomes of it is asked again.
            Ok(Said::NeverHeard | Said::Waiting | Said::Step) | Err(NoAnswer(_)) => {
                is_open = true;
                listed.amount
            }
            Ok(Said::Declined | Said::Cancelled | Said::Returned) => {
                Money::new(0, listed.amount.currency)
            }
        };
    }
    let (acting, reference, of) = (counter.clone(), listed.reference, cinema.clone());
    let putting = counter.database.write(scope(&of), move |tx| {
        let named = (&reference, theirs.as_deref());
        put(tx, &acting, (named, &cinema), (kept, is_open))
    });
    putting.await.map_err(|fault| {
        counter.broke(&fault);
        fault.to_string()
    })
}

/// What cannot be read waits for a person: nobody else can say what it is. It is shown at a cinema of this side, if it does not say at which.
async fn show(counter: &Counter, found: Unreadable) -> Result<(), Fault> {
    let cinema = found
        .cinema
        .or_else(|| counter.cinemas().into_iter().next());
    let Some(cinema) = cinema else {
        return Ok(());
    };
    let (acting, of) = (counter.clone(), cinema.clone());
    let showing = counter.database.write(scope(&of), move |tx| {
        let key = key(&found.reference);
        if store::is_known(tx, &found.reference)? || cases::find(tx, key)?.is_some() {
            return Ok(());
        }
        tracing::error!(tender.id = %found.reference, theirs = found.theirs, "what whoever takes the money lists as ours cannot be read: a person must look");
        let words = format!(
            "{} may be taken: what they have of it cannot be read",
            found.amount
        );
        let step = Move {
            by: By::Counter,
            what: "found",
            reason: &named(words, Some(&found.theirs)),
            at: acting.clock.now(),
        };
        Ok(cases::put(tx, key, &cinema, FORGOTTEN, true, step)?)
    });
    showing.await
}

/// In the words of a case, before the name by which whoever takes the money knows it.
const THERE: &str = ", there named ";

/// With that name: by it a person finds it there, and it is asked about.
fn named(words: String, theirs: Option<&str>) -> String {
    match theirs {
        Some(theirs) => format!("{words}{THERE}{theirs}"),
        None => words,
    }
}

fn put(
    tx: &mut Tx<'_>,
    counter: &Counter,
    ((reference, theirs), cinema): ((&TenderId, Option<&str>), &CinemaId),
    (kept, is_open): (Money, bool),
) -> Result<(), Fault> {
    let key = key(reference);
    let known = cases::find(tx, key)?;
    let is_back = kept.minor <= 0;
    let is_open_case = known.as_ref().is_some_and(|case| case.open);
    // What a person has decided stays so; what was given back and did not arrive is there again.
    if !is_open_case && (is_back || cases::decided_about(tx, key)?.is_some()) {
        return Ok(());
    }
    let words = match is_open {
        true => format!(
            "{kept} may be taken for {cinema}: it is not known here, was to be stopped, and is open still"
        ),
        false => format!("{kept} taken for {cinema}"),
    };
    let words = named(words, theirs);
    let (stage, what, reason) = match is_back {
        true => ("returned", "given back", "it is given back"),
        false => (FORGOTTEN, "found", words.as_str()),
    };
    // It is listed anew for as long as a person is asked about it.
    if is_open_case && cases::last_reason(tx, key)?.is_some_and(|last| last == reason) {
        return Ok(());
    }
    if !is_open_case {
        tracing::error!(tender.id = %reference, %cinema, "money was taken of which this side knows nothing: a person must look");
    }
    let step = Move {
        by: By::Counter,
        what,
        reason,
        at: counter.clock.now(),
    };
    Ok(cases::put(tx, key, cinema, stage, !is_back, step)?)
}

/// Those that wait for a person: what becomes of them elsewhere ends their cases.
fn in_question(db: &mut Snapshot<'_>) -> Result<Vec<Again>, database::Error> {
    let mut again = Vec::new();
    for case in cases::open_of(db, KIND)? {
        if again.len() == MOST_ASKED_AGAIN {
            break;
        }
        let Ok(reference) = case.about.parse() else {
            continue;
        };
        let words = cases::last_reason(db, key(&reference))?.unwrap_or_default();
        let theirs = words
            .rsplit_once(THERE)
            .map(|(_, theirs)| theirs.to_owned());
        again.push(Again { reference, theirs });
    }
    Ok(again)
}

/// What waits for a person, one a line.
pub(super) fn list(db: &mut Snapshot<'_>) -> Result<Vec<String>, database::Error> {
    let mut lines = Vec::new();
    for case in cases::open_of(db, KIND)? {
        let Ok(reference) = case.about.parse::<TenderId>() else {
            continue;
        };
        let words = cases::last_reason(db, key(&reference))?.unwrap_or_default();
        lines.push(format!(
            "{reference}  {words}  since {}  forgotten here: `taken` if its guest has a ticket that opens the door, else give it back at the \
             provider and say `refunded`",
            case.opened_at
        ));
    }
    Ok(lines)
}

/// What a person says of money that was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    /// Its guest has what it was paid for.
    Kept,
    /// It is given back.
    Returned,
}

/// A person has decided.
pub(super) async fn decide(
    counter: &Counter,
    reference: TenderId,
    became: Became,
    reason: String,
) -> Result<String, CheckoutRefused> {
    let (stage, words) = match became {
        Became::Kept => ("kept", "taken: its guest has what it was paid for"),
        Became::Returned => ("returned", "given back"),
    };
    let decided = Decided {
        what: stage,
        stage_of: move |_: &Case| stage,
        words,
    };
    close(counter, (KIND, reference), decided, reason).await
}

/// What a person has decided about a case.
pub(super) struct Decided<F> {
    /// What it was, in a word.
    pub(super) what: &'static str,
    /// Where the case stands after that.
    pub(super) stage_of: F,
    /// What they are told.
    pub(super) words: &'static str,
}

/// A person has closed the case of this kind about a payment; says what was decided.
pub(super) async fn close(
    counter: &Counter,
    (kind, reference): (&'static str, TenderId),
    decided: Decided<impl Fn(&Case) -> &'static str + Send + 'static>,
    reason: String,
) -> Result<String, CheckoutRefused> {
    let asked = reference.clone();
    let find = move |db: &mut Snapshot<'_>| {
        let about = asked.as_str();
        cases::find_with_cinema(db, CaseKey { kind, about })
    };
    let found = counter.database.read(find).await?;
    let (_, cinema) = found.ok_or(CheckoutRefused::UnknownCase)?;
    let acting = counter.clone();
    // As what is heard of the same case.
    let deciding = counter.database.write(scope(&cinema), move |tx| {
        let about = reference.as_str();
        let key = CaseKey { kind, about };
        let case = cases::find(tx, key)?.ok_or(CheckoutRefused::UnknownCase)?;
        if !case.open {
            return Err(CheckoutRefused::CaseClosed);
        }
        let step = Move {
            by: By::Person,
            what: decided.what,
            reason: &reason,
            at: acting.clock.now(),
        };
        let stage = (decided.stage_of)(&case);
        cases::put(tx, key, &cinema, stage, false, step)?;
        Ok(decided.words.to_owned())
    });
    deciding.await
}

fn key(reference: &TenderId) -> CaseKey<'_> {
    CaseKey {
        kind: KIND,
        about: reference.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_stands_still_before_its_end_is_told_of() {
        assert_eq!(goes_on(5, (Some(6), true)), Ok(Some(6)));
        assert_eq!(goes_on(5, (Some(6), false)), Ok(Some(6)));
        assert_eq!(goes_on(5, (Some(5), false)), Ok(None));
        assert_eq!(goes_on(5, (None, false)), Ok(None));
        assert!(goes_on(5, (None, true)).is_err());
        assert!(goes_on(5, (Some(5), true)).is_err());
    }
}
