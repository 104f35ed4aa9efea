//! The durable queue of the printer: a ticket's job is written in the transaction of its sale, so paper out never loses a ticket.
//! A job that may have been printed is printed again and says COPY; until the printer confirms it, no other job overtakes it.

mod meters;
mod reprint;
mod store;
mod ticket;

use std::time::Duration;

use appliance_api::{PaperState, PrinterState};
use box_office::{SaleId, TicketId};
use database::{Scope, Tx};

use crate::app::App;
use crate::error::Refused;
use crate::printer::{PrintOutcome, PrinterStatus};
use crate::tickets::TicketRow;

pub(crate) use self::meters::Meters;
pub(crate) use self::reprint::reprint;

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
    sale: SaleId,
    language: String,
    /// It may have been printed before, so it says COPY.
    copy: bool,
    /// How often it was sent before.
    tries: u32,
}

/// What the queue does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Goes on at once.
    GoOn,
    /// Waits so long, or until a ticket is sold.
    Wait(Duration),
    /// Waits so long, whatever is sold.
    Pause(Duration),
}

/// Queues the tickets of a sale, in the transaction that issues them. `language` is the guest's.
pub(crate) fn enqueue(
    tx: &mut Tx<'_>,
    app: &App,
    language: &str,
    tickets: &[TicketRow],
) -> Result<(), Refused> {
    if !app.printer.is_set_up() {
        return Ok(());
    }
    for ticket in tickets {
        store::add(tx, ticket, language)?;
    }
    let app = app.clone();
    tx.after_commit(move || app.print_bell.notify_one());
    Ok(())
}

/// Where the paper of a sale is.
pub(crate) async fn paper_of(app: &App, sale: &SaleId) -> Result<PaperState, Refused> {
    let id = sale.clone();
    let jobs = app
        .database
        .read(move |db| store::states_of(db, &id))
        .await?;
    Ok(paper_state(&jobs, app.printer_state.now()))
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

/// Prints what waits, as it comes, until shutdown.
pub(crate) async fn print_all(app: App, meters: Meters) {
    while !app.lifecycle.shutdown().is_cancelled() {
        let next = run_due(&app, &meters).await.unwrap_or_else(|trouble| {
            tracing::error!(%trouble, "the print queue cannot go on");
            Next::Pause(PAUSE_AFTER_TROUBLE)
        });
        let shutdown = app.lifecycle.shutdown().cancelled();
        match next {
            Next::GoOn => {}
            Next::Pause(time) => {
                tokio::select! { () = tokio::time::sleep(time) => {} () = shutdown => {} }
            }
            Next::Wait(time) => tokio::select! {
                () = tokio::time::sleep(time) => {}
                () = app.print_bell.notified() => {}
                () = shutdown => {}
            },
        }
    }
}

/// Prints what waits, if the printer can, and says when to come back.
///
/// # Errors
/// The box could not read or write its own records. What was sent stays `Sending`: the next round treats it as uncertain.
pub(crate) async fn run_due(app: &App, meters: &Meters) -> Result<Next, Refused> {
    if !app.printer.is_set_up() {
        return Ok(Next::Wait(LONGEST_PAUSE));
    }
    let waiting = app.database.read(store::waiting).await?;
    meters.waiting(waiting);
    // Each paper begins with the same question, so a printer that could print a moment ago is not asked twice.
    if waiting == 0 || !could_print(app.printer_state.now()) {
        let status = app.printer.status().await;
        note(app, meters, &status);
        if waiting == 0 {
            return Ok(Next::Wait(LOOKED_AT));
        }
        if !status.can_print() {
            return Ok(Next::Wait(LOOKED_AT_WHILE_STOPPED));
        }
    }
    print_in_a_row(app, meters).await
}

/// Prints until nothing waits or something is in the way. The end of one job and the beginning of the next are one write.
async fn print_in_a_row(app: &App, meters: &Meters) -> Result<Next, Refused> {
    let mut job = write(app, store::begin_oldest).await?;
    for left in (0..IN_A_ROW).rev() {
        let Some(begun) = job else {
            return Ok(Next::GoOn);
        };
        let paper = ticket::paper(app, &begun).await?;
        let id = begun.id;
        match app.printer.print(&paper).await {
            PrintOutcome::Printed => {
                let go_on = left > 0 && !app.lifecycle.shutdown().is_cancelled();
                job = write(app, move |tx| {
                    store::end(tx, id, JobState::Printed)?;
                    if go_on {
                        store::begin_oldest(tx)
                    } else {
                        Ok(None)
                    }
                })
                .await?;
                meters.printed(begun.copy);
            }
            PrintOutcome::NotStarted(status) => {
                let as_before = if begun.copy {
                    JobState::Uncertain
                } else {
                    JobState::Queued
                };
                write(app, move |tx| store::end(tx, id, as_before)).await?;
                note(app, meters, &status);
                return Ok(Next::Wait(LOOKED_AT_WHILE_STOPPED));
            }
            PrintOutcome::Uncertain(status) => {
                write(app, move |tx| store::end(tx, id, JobState::Uncertain)).await?;
                tracing::warn!(ticket.id = %begun.ticket, ?status, "nobody knows whether a ticket was printed; it will be printed again as a copy");
                note(app, meters, &status);
                return Ok(Next::Pause(pause_after(begun.tries)));
            }
        }
    }
    Ok(Next::GoOn)
}

fn could_print(state: PrinterState) -> bool {
    match state {
        PrinterState::Ready | PrinterState::PaperLow => true,
        PrinterState::PaperOut
        | PrinterState::CoverOpen
        | PrinterState::Fault
        | PrinterState::Unreachable
        | PrinterState::None => false,
    }
}

/// The pause after a doubtful print that came after `tries` others.
fn pause_after(tries: u32) -> Duration {
    let times = 4_u32.checked_pow(tries).unwrap_or(u32::MAX);
    PAUSE_AFTER_DOUBT.saturating_mul(times).min(LONGEST_PAUSE)
}

async fn write<T: Send + 'static>(
    app: &App,
    mut work: impl FnMut(&mut Tx<'_>) -> Result<T, database::Error> + Send + 'static,
) -> Result<T, Refused> {
    app.database
        .write(Scope::of("printer", "all"), move |tx| {
            work(tx).map_err(Refused::from)
        })
        .await
}

/// Keeps what the printer said, and logs it when it changes.
fn note(app: &App, meters: &Meters, status: &PrinterStatus) {
    let state = status.state();
    if app.printer_state.now() != state {
        if status.can_print() {
            tracing::info!(?status, "the printer can print");
        } else {
            tracing::warn!(?status, "the printer cannot print");
        }
        app.printer_state.set(state);
    }
    meters.printer(state);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_doubtful_copy_waits_longer() {
        let pauses: Vec<u64> = (0..7).map(|tries| pause_after(tries).as_secs()).collect();
        assert_eq!(pauses, [2, 8, 32, 128, 512, 600, 600]);
        assert_eq!(pause_after(u32::MAX), LONGEST_PAUSE);
    }

    #[test]
    fn a_guest_is_told_where_the_paper_is() {
        use JobState::{Printed, Queued, Sending, Uncertain};
        let check = |jobs: &[JobState], printer: PrinterState, paper: PaperState| {
            assert_eq!(paper_state(jobs, printer), paper, "{jobs:?}, {printer:?}");
        };
        check(&[], PrinterState::None, PaperState::NoPrinter);
        check(
            &[Printed, Printed],
            PrinterState::PaperOut,
            PaperState::Printed,
        );
        check(
            &[Printed, Queued],
            PrinterState::PaperOut,
            PaperState::PaperOut,
        );
        check(&[Uncertain], PrinterState::CoverOpen, PaperState::CoverOpen);
        check(
            &[Uncertain],
            PrinterState::Unreachable,
            PaperState::PrinterFault,
        );
        check(
            &[Sending, Queued],
            PrinterState::Ready,
            PaperState::Printing,
        );
        check(
            &[Printed, Queued],
            PrinterState::PaperLow,
            PaperState::Printing,
        );
        check(&[Queued, Queued], PrinterState::Ready, PaperState::Queued);
    }
}
