//! Where the paper of a sale is, as far as its guest cares.

use counter_api::PaperState;

/// Where the paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// It is on its way.
    Coming,
    /// It came out.
    Out,
    /// None comes: the codes on the screen are the tickets.
    None,
}

impl Paper {
    /// The paper of a sale in this state.
    pub fn of(state: PaperState) -> Self {
        match state {
            PaperState::Queued | PaperState::Printing => Self::Coming,
            PaperState::Printed => Self::Out,
            PaperState::PaperOut
            | PaperState::CoverOpen
            | PaperState::PrinterFault
            | PaperState::NoPrinter
            | PaperState::SetAside => Self::None,
        }
    }
}
