//! The durable queue of the printer: a ticket's job is written in the transaction of its sale, so paper out never loses a ticket.
//! A job that may have been printed is printed again and says COPY; until the printer confirms it, no other job overtakes it. A job that
//! cannot go on, or whose showtime is over, is set aside and stops no other. A box that may be an older copy of itself prints nothing: what
//! waits here may have come out since.

mod meters;
mod slip;
mod store;
mod turn;

use std::sync::Arc;
use std::time::Duration;

use appliance_api::PrinterState;
use box_office::{PrinterTrouble, SaleId, TicketId};
use counter::catalogue::PlannedNow;
use counter_api::PaperState;
use database::{Database, Doubt, Error, Scope, Snapshot, Tx};
use jiff::Timestamp;
use parking_lot::Mutex;
use service::{Bell, Due, Machine};

use crate::printer::{PrintOutcome, Printer, PrinterStatus, could_print};
use meters::Meters;

pub(crate) use slip::Slip;
pub(crate) use store::count_aside;
use turn::begin_next;

/// The queue of a box's printer. Clones are the same queue.
#[derive(Debug, Clone)]
pub(crate) struct Printing(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    database: Database,
    machine: Machine,
    printer: Printer,
    state: Mutex<PrinterState>,
    seen: Mutex<Seen>,
    /// Rung when the printer is seen otherwise.
    changed: Bell,
    ticket_seed: [u8; 32],
    meters: Meters,
    /// Rung when a ticket waits to be printed.
    bell: Bell,
    /// Until when nothing is done, whatever is sold.
    pause: Mutex<Duration>,
}

/// How often a printer with nothing to do is asked how it is: a guest should not find out by paying.
const LOOKED_AT: Duration = Duration::from_secs(5);

/// How often a printer that has to stop is asked while tickets wait: about as long as it takes to close a cover.
const LOOKED_AT_WHILE_STOPPED: Duration = Duration::from_secs(1);

/// The pause after a print that nobody confirmed; each further one is four times as long, since each costs a paper.
const PAUSE_AFTER_DOUBT: Duration = Duration::from_secs(2);

/// The longest such pause: somebody has been told by then, and a printer that was mended should not wait for long.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Papers that are named to whoever asks what is set aside.
const MOST_NAMED: usize = 50;

/// Papers between two looks at how many wait.
const IN_A_ROW: u32 = 32;

/// The pause after the box itself could not go on, as with a full disk.
const PAUSE_AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// How the printer was seen last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It was not asked since this process began.
    NotYet,
    /// It prints, or there is none.
    Prints,
    /// It does not.
    Stopped {
        /// Why.
        trouble: PrinterTrouble,
        /// Since when it prints nothing, as far as this process knows.
        since: Timestamp,
    },
}

impl Seen {
    /// In this state at `now`, after it was seen as it is.
    fn then(self, state: PrinterState, now: Timestamp) -> Self {
        let trouble = match state {
            PrinterState::Ready | PrinterState::PaperLow | PrinterState::None => {
                return Self::Prints;
            }
            PrinterState::PaperOut => PrinterTrouble::PaperOut,
            PrinterState::CoverOpen => PrinterTrouble::CoverOpen,
            PrinterState::Fault => PrinterTrouble::Fault,
            PrinterState::Unreachable => PrinterTrouble::Unreachable,
        };
        let since = match self {
            Self::Stopped { since, .. } => since,
            Self::NotYet | Self::Prints => now,
        };
        Self::Stopped { trouble, since }
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobState {
    /// Waits for its turn.
    Queued,
    /// On its way to the printer. If nobody is sending it, a box went down while it was: it may have been printed.
    Sending,
    /// Sent, and not confirmed.
    Uncertain,
    /// Out and cut.
    Printed,
}

/// A ticket that goes to the printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    id: i64,
    ticket: TicketId,
    paper: Slip,
    /// It may have been printed before, so it says COPY.
    copy: bool,
    /// How often it was sent before.
    tries: u32,
    /// When a person asked for it once more, in milliseconds.
    asked_at: Option<i64>,
    /// How its showtime is planned by now, if that is known.
    planned: Option<PlannedNow>,
}

/// Why a job is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aside {
    /// The showtime was over before it came out, and nobody has asked for it since.
    Over,
    /// No printer can print it, or its record cannot be read.
    Unprintable,
    /// The printer never confirmed it, however often it was sent.
    Unconfirmed,
}

impl Aside {
    /// As a clerk is told.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Over => "its showtime was over before it came out",
            Self::Unprintable => "it cannot be printed as it is stored",
            Self::Unconfirmed => "the printer never confirmed it",
        }
    }
}

/// Where a paper stands in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It has or had its turn.
    InTurn(JobState),
    /// It is set aside.
    Aside,
}

/// What became of the papers of a sale that somebody wants once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// They had none yet, and get their first.
    First,
    /// They still wait.
    Waiting,
    /// So many copies are on their way.
    Copies(u64),
    /// So many papers are on their way, some of them for the first time.
    Papers(u64),
}

impl Printing {
    pub(crate) fn new(
        database: Database,
        machine: &Machine,
        printer: Printer,
        ticket_seed: [u8; 32],
    ) -> Self {
        let (state, seen) = match printer.is_set_up() {
            true => (PrinterState::Unreachable, Seen::NotYet),
            false => (PrinterState::None, Seen::Prints),
        };
        Self(Arc::new(Inner {
            database,
            machine: machine.clone(),
            printer,
            state: Mutex::new(state),
            seen: Mutex::new(seen),
            changed: Bell::default(),
            ticket_seed,
            meters: Meters::new(&machine.metrics),
            bell: Bell::default(),
            pause: Mutex::new(Duration::ZERO),
        }))
    }

    /// The printer, as it was seen last.
    pub(crate) fn state(&self) -> PrinterState {
        *self.0.state.lock()
    }

    /// The same, with what keeps it from printing and since when.
    pub(crate) fn seen(&self) -> Seen {
        *self.0.seen.lock()
    }

    /// Rung when the printer is seen otherwise.
    pub(crate) fn changed(&self) -> &Bell {
        &self.0.changed
    }

    /// Whether there is a printer at all.
    pub(crate) fn is_set_up(&self) -> bool {
        self.0.printer.is_set_up()
    }

    /// Queues the papers of a sale, in the transaction that issues its tickets.
    pub(crate) fn enqueue(
        &self,
        tx: &mut Tx<'_>,
        sale: &SaleId,
        papers: &[Slip],
    ) -> Result<PaperState, Error> {
        store::add(tx, sale, papers)?;
        self.ring(tx);
        let queued = Standing::InTurn(JobState::Queued);
        Ok(paper_state(&[queued], self.state()))
    }

    /// Queues the papers of a sale once more, because somebody asks: they say COPY, and when and why is kept. One that still waits for
    /// the printer is not queued twice, and one that never had a paper or was set aside gets its first.
    pub(crate) fn again(
        &self,
        tx: &mut Tx<'_>,
        sale: &SaleId,
        papers: &[Slip],
        (at, reason): (Timestamp, &str),
    ) -> Result<Again, Error> {
        store::note_reprint(tx, sale, at, reason)?;
        if store::states_of(tx, sale)?.is_empty() {
            self.enqueue(tx, sale, papers)?;
            store::print_again(tx, sale, at)?;
            return Ok(Again::First);
        }
        let copies = store::print_again(tx, sale, at)?;
        let taken_up = store::take_up(tx, sale, papers)?;
        self.ring(tx);
        Ok(match (taken_up, copies) {
            (0, 0) => Again::Waiting,
            (0, copies) => Again::Copies(copies),
            (_, 0) => Again::First,
            (first, copies) => Again::Papers(first + copies),
        })
    }

    fn ring(&self, tx: &mut Tx<'_>) {
        let queue = self.clone();
        tx.after_commit(move || queue.0.bell.ring());
    }

    /// Rung when a ticket waits to be printed.
    pub(crate) fn bell(&self) -> &Bell {
        &self.0.bell
    }

    /// What is set aside, oldest first: the sale and why, one for each paper.
    pub(crate) fn aside(db: &mut Snapshot<'_>) -> Result<Vec<(SaleId, Aside)>, Error> {
        store::all_aside(db, MOST_NAMED)
    }

    /// Where the paper of a sale is.
    pub(crate) fn paper_of(
        &self,
        db: &mut Snapshot<'_>,
        sale: &SaleId,
    ) -> Result<PaperState, Error> {
        Ok(paper_state(&store::states_of(db, sale)?, self.state()))
    }
}

fn paper_state(jobs: &[Standing], printer: PrinterState) -> PaperState {
    let any = |state: JobState| jobs.contains(&Standing::InTurn(state));
    if jobs.is_empty() {
        return PaperState::NoPrinter;
    }
    if jobs.contains(&Standing::Aside) {
        return PaperState::SetAside;
    }
    if jobs
        .iter()
        .all(|job| *job == Standing::InTurn(JobState::Printed))
    {
        return PaperState::Printed;
    }
    match printer {
        PrinterState::PaperOut => PaperState::PaperOut,
        PrinterState::CoverOpen => PaperState::CoverOpen,
        PrinterState::Fault | PrinterState::Unreachable => PaperState::PrinterFault,
        PrinterState::None => PaperState::NoPrinter,
        PrinterState::Ready | PrinterState::PaperLow
            if any(JobState::Sending) || any(JobState::Printed) =>
        {
            PaperState::Printing
        }
        PrinterState::Ready | PrinterState::PaperLow => PaperState::Queued,
    }
}

impl Printing {
    /// Prints what waits, if the printer can, and says when to come back. If the box cannot read or write its own records, what was sent
    /// stays `Sending`: the next round treats it as uncertain.
    pub(crate) async fn run_due(self, now: Duration) -> Due {
        let paused_until = *self.0.pause.lock();
        if now < paused_until {
            return Due::At(paused_until);
        }
        self.print_due(now).await.unwrap_or_else(|trouble| {
            tracing::error!(%trouble, "the print queue cannot go on");
            self.pause(PAUSE_AFTER_TROUBLE)
        })
    }

    async fn print_due(&self, now: Duration) -> Result<Due, Error> {
        if !self.is_set_up() {
            return Ok(Due::Never);
        }
        let counting = self
            .0
            .database
            .read(|db| Ok::<_, Error>((store::waiting(db)?, store::count_aside(db)?)));
        let (waiting, aside) = counting.await?;
        self.0.meters.waiting(waiting);
        self.0.meters.aside(aside);
        let has_nothing_to_do = waiting == 0 || self.may_have_come_out();
        // Each paper begins with the same question, so a printer that could print a moment ago is not asked twice.
        if has_nothing_to_do || !could_print(self.state()) {
            let status = self.0.printer.status().await;
            self.note(&status);
            if has_nothing_to_do {
                return Ok(Due::At(now + LOOKED_AT));
            }
            if !status.can_print() {
                return Ok(Due::At(now + LOOKED_AT_WHILE_STOPPED));
            }
        }
        self.print_in_a_row(now).await
    }

    /// Whether what waits may have come out of the printer after this was stored, here or where the box was copied from.
    fn may_have_come_out(&self) -> bool {
        match self.0.database.doubt() {
            Some(
                Doubt::Behind { .. }
                | Doubt::OtherRun
                | Doubt::OtherDatabase
                | Doubt::NoMark
                | Doubt::Copied
                | Doubt::Backup,
            ) => true,
            Some(Doubt::Damaged(_) | Doubt::Gone(_) | Doubt::Unmarked(_)) | None => false,
        }
    }

    /// A person is about to take what is stored as it is: what may have come out says so when it is printed.
    ///
    /// # Errors
    /// The database refuses.
    pub(crate) async fn is_taken_as_it_is(&self) -> Result<(), Error> {
        match self.may_have_come_out() {
            true => self.write(store::doubt_all).await,
            false => Ok(()),
        }
    }

    fn pause(&self, time: Duration) -> Due {
        let until = self.0.machine.clock.monotonic() + time;
        *self.0.pause.lock() = until;
        Due::At(until)
    }

    /// Prints until nothing waits or something is in the way. The end of one job and the beginning of the next are one write.
    async fn print_in_a_row(&self, now: Duration) -> Result<Due, Error> {
        let clock = self.0.machine.clock.clone();
        let mut job = self.write(move |tx| begin_next(tx, clock.now())).await?;
        for left in (0..IN_A_ROW).rev() {
            let Some(begun) = job else {
                return Ok(Due::At(now));
            };
            let paper = begun
                .paper
                .paper(&self.0.ticket_seed, begun.copy, begun.planned);
            let id = begun.id;
            match self.0.printer.print(&paper).await {
                PrintOutcome::Printed => {
                    let go_on = left > 0 && !self.0.machine.lifecycle.shutdown().is_cancelled();
                    let clock = self.0.machine.clock.clone();
                    job = self
                        .write(move |tx| {
                            store::end(tx, id, JobState::Printed)?;
                            if go_on {
                                begin_next(tx, clock.now())
                            } else {
                                Ok(None)
                            }
                        })
                        .await?;
                    self.0.meters.printed(begun.copy);
                }
                PrintOutcome::NotStarted(status) => {
                    let as_before = if begun.copy {
                        JobState::Uncertain
                    } else {
                        JobState::Queued
                    };
                    self.write(move |tx| store::put_back(tx, id, as_before))
                        .await?;
                    self.note(&status);
                    return Ok(Due::At(now + LOOKED_AT_WHILE_STOPPED));
                }
                PrintOutcome::Impossible(why) => {
                    tracing::error!(ticket.id = %begun.ticket, why, "a ticket cannot be printed; it is set aside");
                    self.write(move |tx| store::set_aside(tx, id, Aside::Unprintable))
                        .await?;
                    return Ok(Due::At(now));
                }
                PrintOutcome::Uncertain(status) => {
                    self.write(move |tx| store::end(tx, id, JobState::Uncertain))
                        .await?;
                    tracing::warn!(ticket.id = %begun.ticket, ?status, "nobody knows whether a ticket was printed; it will be printed again as a copy");
                    self.note(&status);
                    return Ok(self.pause(pause_after(begun.tries)));
                }
            }
        }
        Ok(Due::At(now))
    }

    /// Changes the queue in a transaction that has it to itself.
    pub(crate) async fn write<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let scope = Scope::of("printer", "all");
        self.0.database.write(scope, work).await
    }

    /// Keeps what the printer said, and logs it when it changes.
    fn note(&self, status: &PrinterStatus) {
        let state = status.state();
        if self.state() != state {
            if status.can_print() {
                tracing::info!(?status, "the printer can print");
            } else {
                tracing::warn!(?status, "the printer cannot print");
            }
            *self.0.state.lock() = state;
        }
        self.0.meters.printer(state);
        let before = self.seen();
        let seen = before.then(state, self.0.machine.clock.now());
        if seen != before {
            *self.0.seen.lock() = seen;
            self.0.changed.ring();
        }
    }
}

/// The pause after a doubtful print that came after `tries` others.
fn pause_after(tries: u32) -> Duration {
    let times = 4_u32.checked_pow(tries).unwrap_or(u32::MAX);
    PAUSE_AFTER_DOUBT.saturating_mul(times).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests;
