//! What `/metrics` says of printer and queue.

use appliance_api::PrinterState;
use service::metrics::{Counter, Gauge, Metrics, State};

/// The states of a printer by the names that `/metrics` and the HTTP contract have for them.
const STATES: [&str; 7] = [
    "ready",
    "paper_low",
    "paper_out",
    "cover_open",
    "fault",
    "unreachable",
    "none",
];

/// The numbers of the print queue. Clones are the same numbers.
#[derive(Debug, Clone)]
pub(crate) struct Meters {
    printer: State,
    waiting: Gauge,
    aside: Gauge,
    printed: Counter,
    copies: Counter,
}

impl Meters {
    /// Registers them; once a process.
    pub(crate) fn new(metrics: &Metrics) -> Self {
        let meters = Self {
            printer: metrics.state("printer", "How the ticket printer is", &STATES),
            waiting: metrics.gauge(
                "print_jobs_waiting",
                "Tickets that have not come out of the printer",
            ),
            aside: metrics.gauge(
                "print_jobs_set_aside",
                "Tickets that are not printed unless somebody asks: their showtime is over, or they cannot be printed",
            ),
            printed: metrics.counter("tickets_printed", "Tickets that the printer has confirmed"),
            copies: metrics.counter("tickets_printed_as_copy", "Those of them that say COPY"),
        };
        meters.printer(PrinterState::None);
        meters
    }

    pub(super) fn printer(&self, state: PrinterState) {
        self.printer.set(match state {
            PrinterState::Ready => "ready",
            PrinterState::PaperLow => "paper_low",
            PrinterState::PaperOut => "paper_out",
            PrinterState::CoverOpen => "cover_open",
            PrinterState::Fault => "fault",
            PrinterState::Unreachable => "unreachable",
            PrinterState::None => "none",
        });
    }

    pub(super) fn waiting(&self, tickets: i64) {
        self.waiting.set(tickets);
    }

    pub(super) fn aside(&self, tickets: i64) {
        self.aside.set(tickets);
    }

    pub(super) fn printed(&self, copy: bool) {
        self.printed.inc();
        if copy {
            self.copies.inc();
        }
    }
}
