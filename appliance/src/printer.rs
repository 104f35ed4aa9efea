//! The ticket printer: says how it is, and prints a paper or says why it cannot tell whether it did. This file and its children
//! alone know ESC/POS, by the `escpos` crate; they know nothing of sales.

mod code_page;
mod device_file;
mod encode;
mod layout;
pub mod memory;
mod network;
pub mod paper;
mod status;
pub mod words;

use std::path::PathBuf;
use std::time::Duration;

use self::device_file::DeviceFile;
use self::memory::MemoryPrinter;
use self::network::NetworkPrinter;
pub use self::paper::Paper;
pub use self::status::{PrinterStatus, could_print};

/// How long a connection to the printer may take: it stands in the same building.
pub const CONNECT_TIME: Duration = Duration::from_secs(2);

/// How long the printer may take to say how it is; a real-time status is answered within milliseconds even while it prints.
pub const STATUS_TIME: Duration = Duration::from_secs(2);

/// How long a ticket may take from its first byte to the cut: about two seconds of printing, with room for a slow cutter.
pub const PRINT_TIME: Duration = Duration::from_secs(15);

/// How often a printer that is printing is asked whether it had to stop.
pub const WATCH_TIME: Duration = Duration::from_millis(500);

/// Characters of the normal font in a line of 80 mm paper: 42 fits every printer, some have 48 and leave a margin.
pub const COLUMNS: usize = 42;

/// A printer. Clones are the same printer, which prints one paper at a time.
#[derive(Debug, Clone)]
pub enum Printer {
    /// A network printer, usually at port 9100.
    Network(NetworkPrinter),
    /// The device file of a USB printer, as `/dev/usb/lp0`.
    File(DeviceFile),
    /// One in memory, which a test reads back.
    Memory(MemoryPrinter),
    /// None is set up: the code on the screen is the ticket.
    None,
}

/// What came of printing a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrintOutcome {
    /// It is printed and cut; the printer said so afterwards.
    Printed,
    /// Nothing of it left the box.
    NotStarted(PrinterStatus),
    /// This paper cannot be printed by any printer, whose state says nothing of it.
    Impossible(String),
    /// It was sent and the printer did not say that it is done: it may lie there whole, in part or not at all.
    Uncertain(PrinterStatus),
}

impl Printer {
    /// A network printer at `host:port`.
    pub fn network(address: impl Into<String>) -> Self {
        Self::Network(NetworkPrinter::new(address.into()))
    }

    /// A printer behind a device file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::File(DeviceFile::new(path.into()))
    }

    /// Whether there is a printer at all.
    pub fn is_set_up(&self) -> bool {
        match self {
            Self::Network(_) | Self::File(_) | Self::Memory(_) => true,
            Self::None => false,
        }
    }

    /// How it is at this moment.
    pub async fn status(&self) -> PrinterStatus {
        match self {
            Self::Network(printer) => printer.status().await,
            Self::File(file) => file.status().await,
            Self::Memory(memory) => memory.status(),
            Self::None => PrinterStatus::NotSetUp,
        }
    }

    /// Prints `paper` and cuts it. The printer is asked before whether it can, and after the cut whether it did.
    pub async fn print(&self, paper: &Paper) -> PrintOutcome {
        match self {
            Self::Network(printer) => match encode::job(paper) {
                Ok(job) => printer.print(&job).await,
                Err(why) => PrintOutcome::Impossible(why),
            },
            Self::File(file) => match encode::job(paper) {
                Ok(job) => file.print(job).await,
                Err(why) => PrintOutcome::Impossible(why),
            },
            Self::Memory(memory) => memory.print(paper),
            Self::None => PrintOutcome::NotStarted(PrinterStatus::NotSetUp),
        }
    }
}
