//! A printer in memory, for tests and the simulation: told how it is, and read back.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{Paper, PrintOutcome, PrinterStatus};

/// A printer in memory. Clones are the same printer.
#[derive(Debug, Clone, Default)]
pub struct MemoryPrinter(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    status: PrinterStatus,
    next: VecDeque<Mishap>,
    papers: Vec<Paper>,
}

/// What goes wrong with a paper that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// It is printed, and the answer is lost.
    AnswerLost,
    /// It is not printed, and nobody knows.
    PaperLost,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            status: PrinterStatus::Ready,
            next: VecDeque::new(),
            papers: Vec::new(),
        }
    }
}

impl MemoryPrinter {
    /// How it is from here on.
    pub fn set(&self, status: PrinterStatus) {
        self.0.lock().status = status;
    }

    /// What goes wrong with the next paper; several go wrong in turn.
    pub fn next(&self, mishap: Mishap) {
        self.0.lock().next.push_back(mishap);
    }

    /// The papers that came out, in their order.
    pub fn papers(&self) -> Vec<Paper> {
        self.0.lock().papers.clone()
    }

    pub(super) fn status(&self) -> PrinterStatus {
        self.0.lock().status.clone()
    }

    pub(super) fn print(&self, paper: &Paper) -> PrintOutcome {
        let mut inner = self.0.lock();
        if !inner.status.can_print() {
            return PrintOutcome::NotStarted(inner.status.clone());
        }
        let mishap = inner.next.pop_front();
        if mishap != Some(Mishap::PaperLost) {
            inner.papers.push(paper.clone());
        }
        match mishap {
            None => PrintOutcome::Printed,
            Some(Mishap::AnswerLost | Mishap::PaperLost) => {
                PrintOutcome::Uncertain(PrinterStatus::Unreachable("lost".to_owned()))
            }
        }
    }
}
