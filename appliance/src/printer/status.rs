//! How a printer is, from the four bytes with which it answers `DLE EOT 1` to `DLE EOT 4` (Epson, ESC/POS command reference).

use std::collections::HashMap;

use appliance_api::PrinterState;
use escpos::utils::{RealTimeStatusRequest as Request, RealTimeStatusResponse as Response};

/// How a printer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrinterStatus {
    /// It can print.
    Ready,
    /// It can print, and the roll is nearly at its end.
    PaperLow,
    /// No paper.
    PaperOut,
    /// Its cover is open.
    CoverOpen,
    /// It reports a fault; what, in words for the log.
    Fault(String),
    /// It does not answer; why, in words for the log.
    Unreachable(String),
    /// There is no printer.
    NotSetUp,
}

impl PrinterStatus {
    /// Whether a paper may be sent.
    pub fn can_print(&self) -> bool {
        could_print(self.state())
    }

    /// The word for it in the HTTP contract.
    pub fn state(&self) -> PrinterState {
        match self {
            Self::Ready => PrinterState::Ready,
            Self::PaperLow => PrinterState::PaperLow,
            Self::PaperOut => PrinterState::PaperOut,
            Self::CoverOpen => PrinterState::CoverOpen,
            Self::Fault(_) => PrinterState::Fault,
            Self::Unreachable(_) => PrinterState::Unreachable,
            Self::NotSetUp => PrinterState::None,
        }
    }

    /// From the answers to the four real-time questions, in their order; the most urgent cause wins.
    pub(super) fn from_answers(answers: [u8; 4]) -> Self {
        let [printer, offline, error, paper] = answers;
        let (Some(printer), Some(paper)) = (
            parse(Request::Printer, printer),
            parse(Request::RollPaperSensor, paper),
        ) else {
            return nonsense();
        };
        if let Some(trouble) = Self::stopped_by(offline) {
            return match (trouble, parse(Request::ErrorCause, error)) {
                (Self::Fault(_), Some(causes)) => Self::Fault(fault_in_words(&causes).to_owned()),
                (trouble, _) => trouble,
            };
        }
        match () {
            () if !paper.is(Response::RollPaperEndSensorPaperPresent) => Self::PaperOut,
            () if !printer.is(Response::Online) => Self::Fault("offline".to_owned()),
            () if !paper.is(Response::RollPaperNearEndSensorPaperAdequate) => Self::PaperLow,
            () => Self::Ready,
        }
    }

    /// Why it has stopped, from the answer to `DLE EOT 2` alone; nothing if it has not.
    pub(super) fn stopped_by(offline: u8) -> Option<Self> {
        let Some(causes) = parse(Request::OfflineCause, offline) else {
            return Some(nonsense());
        };
        match () {
            () if !causes.is(Response::CoverClosed) => Some(Self::CoverOpen),
            () if causes.is(Response::PrintingStopsDueToPaperEnd) => Some(Self::PaperOut),
            () if causes.is(Response::ErrorOccurred) => Some(Self::Fault("an error".to_owned())),
            () => None,
        }
    }
}

/// Whether a printer in this state can print.
pub fn could_print(state: PrinterState) -> bool {
    match state {
        PrinterState::Ready | PrinterState::PaperLow => true,
        PrinterState::PaperOut
        | PrinterState::CoverOpen
        | PrinterState::Fault
        | PrinterState::Unreachable
        | PrinterState::None => false,
    }
}

struct Bits(HashMap<Response, bool>);

impl Bits {
    fn is(&self, what: Response) -> bool {
        self.0.get(&what).copied().unwrap_or(false)
    }
}

fn parse(request: Request, answer: u8) -> Option<Bits> {
    Response::parse(request, answer).ok().map(Bits)
}

fn nonsense() -> PrinterStatus {
    PrinterStatus::Fault("its status is not that of an ESC/POS printer".to_owned())
}

fn fault_in_words(causes: &Bits) -> &'static str {
    match () {
        () if causes.is(Response::AutocutterErrorOccurred) => "the cutter is jammed",
        () if causes.is(Response::UnrecoverableErrorOccurred) => "an error that needs a technician",
        () if causes.is(Response::AutoRecoverableErrorOccurred) => "the print head is too hot",
        () if causes.is(Response::RecoverableErrorOccurred) => {
            "an error that can be cleared at the printer"
        }
        () => "an error",
    }
}

#[cfg(test)]
mod tests;
