//! What a person must decide: each case is of a kind, about one thing, at a stage, and every move of it is kept. What a stage means is
//! its kind's business; a case that is closed stays for whoever asks.

mod store;

use box_office::CinemaId;
use box_office::text::plain;
use database::{Error, Tx};
use jiff::Timestamp;

pub use store::{all_open, count_of_money};
pub(crate) use store::{
    decided_about, find, find_with_cinema, last_reason, note, open_of, was_closed_at,
};

/// The longest reason in characters: a sentence for whoever closes the day.
const LONGEST_REASON: usize = 200;

/// What names a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseKey<'a> {
    /// What kind of case it is: `payment`.
    pub kind: &'static str,
    /// What it is about: an id of that kind.
    pub about: &'a str,
}

/// A case as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What it is about.
    pub about: String,
    /// Where it stands.
    pub stage: String,
    /// Whether somebody must still decide.
    pub open: bool,
    /// Since when.
    pub opened_at: Timestamp,
}

/// Who moved a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The counter itself.
    Counter,
    /// A person.
    Person,
    /// Whoever takes the money.
    Terminal,
}

/// One move of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move<'a> {
    /// Who made it.
    pub by: By,
    /// What it was, in a word.
    pub what: &'a str,
    /// Why.
    pub reason: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Opens a case at a stage, or brings it there; the move is kept.
pub(crate) fn put(
    tx: &mut Tx<'_>,
    key: CaseKey<'_>,
    cinema: &CinemaId,
    stage: &str,
    open: bool,
    step: Move<'_>,
) -> Result<(), Error> {
    store::put(tx, key, cinema, stage, open, step.at)?;
    store::note(tx, key, step)
}

/// The reason that a person gives for what only a person may do: not empty, and not longer than a sentence.
pub fn reason_of(given: &str) -> Option<String> {
    let reason = plain(given);
    let reason = reason.trim();
    (!reason.is_empty() && reason.chars().count() <= LONGEST_REASON).then(|| reason.to_owned())
}
