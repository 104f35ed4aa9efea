//! The mark of a database on a server: which server it was, and how many beats of a second, in which something was committed, there were.
//! A database that was put back from a dump or a copy, or promoted, has fewer, or lies elsewhere.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;

use super::address::{Address, Purpose};
use super::place::{Place, first_place, place};
use super::session::Session;
use crate::mark::{Answered, MarkFile};
use crate::shared::{Asked, Shared};
use crate::statistics::Counters;
use crate::{Doubt, Error, Mark, OpenError, Snapshot, Tx, params};

/// How often what was committed is marked: so much can be missing without being missed.
const BEAT: Duration = Duration::from_secs(1);

/// How often it is looked whether a person asks, and whether the database is closed.
const LOOKED_AT: Duration = Duration::from_millis(50);

/// What a database on a server proves of its own past.
#[derive(Debug)]
pub(super) struct Proof {
    mark: Mark,
    answered: Answered,
    /// Nothing, while there is doubt.
    marking: Option<MarkFile>,
}

impl Proof {
    /// Compares what the mark says with what the database says itself, and begins a run. The schema is up to date.
    pub(super) fn begin(
        session: &mut Session,
        mark: &Mark,
    ) -> Result<(Self, Option<Doubt>), OpenError> {
        let of_mark = |error| OpenError::Mark {
            path: mark.file.clone(),
            error,
        };
        let said = MarkFile::read(&mark.file).map_err(of_mark)?;
        let (place, first) = (place(session)?, first_place(session)?);
        let known = Snapshot::new(session, &Counters::default()).first(
            "SELECT database FROM marked WHERE one = 1",
            &[],
            |row| row.get::<[u8; 16]>(0),
        )?;
        let mut doubt = match (&said, known) {
            (None, None) => None,
            // A machine on which no hub ever led: the server itself must be the one that was led last.
            (None, Some(_)) if was_here(session, [place, first])? => None,
            (None, Some(_)) => Some(Doubt::NoMark),
            // A birth that was cut short, before anything was answered.
            (Some(said), None) if said.answered.number == 0 => None,
            (Some(said), Some(known)) if said.answered.database == known => {
                let is_here = [place, first].contains(&said.answered.place);
                let is_copy = said.is_copy || !is_here;
                behind(session, &said.answered)?.or_else(|| is_copy.then_some(Doubt::Copied))
            }
            (Some(_), _) => Some(Doubt::OtherDatabase),
        };
        let is_birth = (known.is_none() || said.is_none()) && doubt.is_none();
        let mut answered = Answered {
            database: known.unwrap_or(mark.born),
            run: run_at(mark, place),
            number: 0,
            place,
        };
        if is_birth {
            MarkFile::create(&mark.file, answered).map_err(of_mark)?;
        }
        answered.number = begin(session, &answered, known.is_none())?;
        let marking = match &doubt {
            Some(_) => None,
            None if is_birth => Some(MarkFile::create(&mark.file, answered).map_err(of_mark)?),
            None => match MarkFile::reopen(&mark.file, answered) {
                Ok(marking) => Some(marking),
                Err(error) => {
                    let words = format!("{}: {error}", mark.file.display());
                    doubt = Some(Doubt::Unmarked(words));
                    None
                }
            },
        };
        let proof = Self {
            mark: mark.clone(),
            answered,
            marking,
        };
        Ok((proof, doubt))
    }

    /// Which database it is.
    pub(super) fn place(&self) -> Place {
        self.answered.place
    }

    /// Marks, on a thread of its own, what is committed, until the database is closed.
    pub(super) fn keep(
        mut self,
        address: Arc<Address>,
        shared: Shared,
        has_ended: Arc<AtomicBool>,
    ) -> Result<(), OpenError> {
        let marking = crate::thread::start("database mark", move || {
            let (mut session, mut seen, mut waited) = (None, 0, Duration::ZERO);
            while !has_ended.load(Relaxed) {
                thread::sleep(LOOKED_AT);
                if let Some(asked) = shared.take_asked() {
                    self.asked(asked, &shared);
                }
                waited += LOOKED_AT;
                let committed = shared.counters.commits.load(Relaxed);
                if waited < BEAT || committed == seen || shared.must_wait() {
                    continue;
                }
                waited = Duration::ZERO;
                if session.is_none() {
                    session = address.open(Purpose::Write).ok();
                }
                let Some(open) = &mut session else { continue };
                match self.beat(open) {
                    Ok(Ok(())) => seen = committed,
                    Ok(Err(doubt)) => {
                        self.marking = None;
                        if matches!(doubt, Doubt::Copied | Doubt::OtherRun) {
                            return shared.has_forgotten(&doubt);
                        }
                        shared.doubts(doubt);
                    }
                    Err(error) => {
                        tracing::warn!(%error, "what was committed cannot be marked yet");
                        session = None;
                    }
                }
            }
        });
        marking.map(drop).map_err(OpenError::Thread)
    }

    /// Counts in the database, then outside of it.
    fn beat(&mut self, session: &mut Session) -> Result<Result<(), Doubt>, Error> {
        // The mark of a server that has forgotten must not be written over by what is left of it.
        if place(session)? != self.answered.place {
            return Ok(Err(Doubt::Copied));
        }
        let sql = "UPDATE answered SET last = $1 WHERE run = $2 AND last = $3";
        let (before, after) = (self.answered.number, self.answered.number + 1);
        let counted = Tx::new(session, &Counters::default())
            .execute(sql, params![after, &self.answered.run, before])?;
        if counted != 1 {
            return Ok(Err(Doubt::OtherRun));
        }
        self.answered.number = after;
        Ok(match &mut self.marking {
            None => Ok(()),
            Some(_) if !self.mark.file.exists() => Err(Doubt::Gone(self.mark.file.clone())),
            Some(marking) => marking
                .write(self.answered)
                .map_err(|error| Doubt::Unmarked(format!("{}: {error}", self.mark.file.display()))),
        })
    }

    fn asked(&mut self, asked: Asked, shared: &Shared) {
        let seen = shared.doubt();
        match asked {
            Asked::Look => {}
            Asked::Accept => match MarkFile::create(&self.mark.file, self.answered) {
                Ok(marking) => {
                    self.marking = Some(marking);
                    shared.doubt_becomes(seen.as_ref(), None);
                }
                Err(error) => {
                    shared.cannot_keep(format!("{}: {error}", self.mark.file.display()));
                }
            },
        }
        shared.has_answered();
    }
}

/// What a server that is met again has forgotten of what was marked, if it has. What the mark itself lacks is for the next beat to find.
pub(super) fn missing(session: &mut Session, mark: &Mark) -> Result<Option<Doubt>, Error> {
    let Ok(Some(said)) = MarkFile::read(&mark.file) else {
        return Ok(None);
    };
    if said.answered.place != place(session)? {
        return Ok(Some(Doubt::Copied));
    }
    behind(session, &said.answered)
}

/// The bits of a run: half of them random, the others those of the server that it is on.
fn run_at(mark: &Mark, place: Place) -> [u8; 16] {
    std::array::from_fn(|at| if at < 8 { mark.run[at] } else { place[at] })
}

/// Whether the last run was on this database, as marks have it or the first ones had it.
fn was_here(session: &mut Session, places: [Place; 2]) -> Result<bool, Error> {
    let sql = "SELECT run FROM answered ORDER BY last DESC LIMIT 1";
    let last = Snapshot::new(session, &Counters::default())
        .first(sql, &[], |row| row.get::<[u8; 16]>(0))?;
    Ok(last.is_some_and(|run| places.iter().any(|place| run[8..] == place[8..])))
}

fn behind(session: &mut Session, said: &Answered) -> Result<Option<Doubt>, Error> {
    let last = Snapshot::new(session, &Counters::default()).first(
        "SELECT last FROM answered WHERE run = $1",
        params![&said.run],
        |row| row.get::<i64>(0),
    )?;
    Ok(match last {
        Some(last) if last >= said.number => None,
        Some(last) => Some(Doubt::Behind {
            commits: said.number.abs_diff(last),
        }),
        None => Some(Doubt::OtherRun),
    })
}

/// Gives the database its name, if it has none, and writes down that a run begins.
fn begin(session: &mut Session, answered: &Answered, is_new: bool) -> Result<i64, Error> {
    session.command("BEGIN")?;
    let counters = Counters::default();
    let mut tx = Tx::new(session, &counters);
    if is_new {
        let name = params![&answered.database];
        tx.execute("INSERT INTO marked (one, database) VALUES (1, $1)", name)?;
    }
    let sql = "SELECT CAST(COALESCE(MAX(last), 0) + 1 AS BIGINT) FROM answered";
    let number = tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(1);
    let row = params![&answered.run, number];
    tx.execute("INSERT INTO answered (run, last) VALUES ($1, $2)", row)?;
    session.command("COMMIT")?;
    Ok(number)
}
