//! The durable queue of the printer: a ticket's job is written in the transaction of its sale, so paper out never loses a ticket.
//! A job that may have been printed is printed again and says COPY; until the printer confirms it, no other job overtakes it.

mod meters;
mod slip;
mod store;

use std::sync::Arc;
use std::time::Duration;

use appliance_api::PrinterState;
use box_office::{SaleId, TicketId};
use counter_api::PaperState;
use database::{Database, Error, Scope, Snapshot, Tx};
use parking_lot::Mutex;
use service::{Bell, Due, Machine};

use crate::printer::{PrintOutcome, Printer, PrinterStatus, could_print};
use meters::Meters;

pub(crate) use slip::Slip;

/// The queue of a box's printer. Clones are the same queue.
#[derive(Debug, Clone)]
pub(crate) struct Printing(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    database: Database,
    machine: Machine,
    printer: Printer,
    state: Mutex<PrinterState>,
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

/// Papers between two looks at how many wait.
const IN_A_ROW: u32 = 32;

/// The pause after the box itself could not go on, as with a full disk.
const PAUSE_AFTER_TROUBLE: Duration = Duration::from_secs(1);

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
}

impl Printing {
    pub(crate) fn new(
        database: Database,
        machine: &Machine,
        printer: Printer,
        ticket_seed: [u8; 32],
    ) -> Self {
        let state = Mutex::new(if printer.is_set_up() {
            PrinterState::Unreachable
        } else {
            PrinterState::None
        });
        Self(Arc::new(Inner {
            database,
            machine: machine.clone(),
            printer,
            state,
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
        Ok(paper_state(&[JobState::Queued], self.state()))
    }

    /// Queues the papers of a sale once more, because somebody asks: they say COPY, and when and why is kept. One that still waits for
    /// the printer is not queued twice, and one that never had a paper gets its first.
    pub(crate) fn again(
        &self,
        tx: &mut Tx<'_>,
        sale: &SaleId,
        papers: &[Slip],
        (at, reason): (jiff::Timestamp, &str),
    ) -> Result<Again, Error> {
        store::note_reprint(tx, sale, at, reason)?;
        if store::states_of(tx, sale)?.is_empty() {
            self.enqueue(tx, sale, papers)?;
            return Ok(Again::First);
        }
        let copies = store::print_again(tx, sale)?;
        self.ring(tx);
        Ok(match copies {
            0 => Again::Waiting,
            copies => Again::Copies(copies),
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

    /// Where the paper of a sale is.
    pub(crate) fn paper_of(
        &self,
        db: &mut Snapshot<'_>,
        sale: &SaleId,
    ) -> Result<PaperState, Error> {
        Ok(paper_state(&store::states_of(db, sale)?, self.state()))
    }
}

fn paper_state(jobs: &[JobState], printer: PrinterState) -> PaperState {
    let any = |state: JobState| jobs.contains(&state);
    if jobs.is_empty() {
        return PaperState::NoPrinter;
    }
    if jobs.iter().all(|job| *job == JobState::Printed) {
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
        let waiting = self.0.database.read(store::waiting).await?;
        self.0.meters.waiting(waiting);
        // Each paper begins with the same question, so a printer that could print a moment ago is not asked twice.
        if waiting == 0 || !could_print(self.state()) {
            let status = self.0.printer.status().await;
            self.note(&status);
            if waiting == 0 {
                return Ok(Due::At(now + LOOKED_AT));
            }
            if !status.can_print() {
                return Ok(Due::At(now + LOOKED_AT_WHILE_STOPPED));
            }
        }
        self.print_in_a_row(now).await
    }

    fn pause(&self, time: Duration) -> Due {
        let until = self.0.machine.clock.monotonic() + time;
        *self.0.pause.lock() = until;
        Due::At(until)
    }

    /// Prints until nothing waits or something is in the way. The end of one job and the beginning of the next are one write.
    async fn print_in_a_row(&self, now: Duration) -> Result<Due, Error> {
        let mut job = self.write(store::begin_oldest).await?;
        for left in (0..IN_A_ROW).rev() {
            let Some(begun) = job else {
                return Ok(Due::At(now));
            };
            let paper = begun.paper.paper(&self.0.ticket_seed, begun.copy);
            let id = begun.id;
            match self.0.printer.print(&paper).await {
                PrintOutcome::Printed => {
                    let go_on = left > 0 && !self.0.machine.lifecycle.shutdown().is_cancelled();
                    job = self
                        .write(move |tx| {
                            store::end(tx, id, JobState::Printed)?;
                            if go_on {
                                store::begin_oldest(tx)
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
                    self.write(move |tx| store::end(tx, id, as_before)).await?;
                    self.note(&status);
                    return Ok(Due::At(now + LOOKED_AT_WHILE_STOPPED));
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
    }
}

/// The pause after a doubtful print that came after `tries` others.
fn pause_after(tries: u32) -> Duration {
    let times = 4_u32.checked_pow(tries).unwrap_or(u32::MAX);
    PAUSE_AFTER_DOUBT.saturating_mul(times).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests;
