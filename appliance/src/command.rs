//! The commands of the program, each of which is an order to the box.

use std::io;
use std::path::{Path, PathBuf};

use appliance_api::DeviceKind;
use box_office::programme::{LARGEST_FILE, Programme};
use box_office::{DeviceId, HoldId, SeatId, ShowtimeId, TenderId, TicketKindId};
use clap::Subcommand;
use serde::de::DeserializeOwned;
use serde_json::Value;
use service::process::CommandError;

use crate::control::{Consent, Decision, Order};
use counter::custody::AnsweredFor;

/// What the program can be told to do; without a command it runs the box.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Reads a programme file: all of it or nothing. Says what that means for what is on and what is sold. Safe to repeat.
    Import {
        /// The file; see PROGRAMME.md.
        file: PathBuf,
        /// Only says what it would do.
        #[arg(long, conflicts_with = "yes")]
        dry_run: bool,
        /// It is meant, although tickets are sold for showtimes that it moves, changes or cancels.
        #[arg(long)]
        yes: bool,
    },
    /// Makes a one-time code that pairs a browser with the box.
    Pair {
        /// What the browser will be: `kiosk`, `till` or `door`.
        #[arg(value_parser = word::<DeviceKind>)]
        kind: DeviceKind,
    },
    /// Lists the paired devices: which, what, when they were paired and last heard. Renames one, or revokes it.
    Devices {
        /// What to do with one of them.
        #[command(subcommand)]
        change: Option<DeviceChange>,
    },
    /// Says how the box is: link, printer, terminal, and what waits for a person, with what they can do.
    Status,
    /// Says that somebody of the staff has been at a kiosk that called, as `status` lists them: the call ends, here and at head office.
    Attend {
        /// The kiosk's id, as `status` says it.
        device: DeviceId,
    },
    /// Says what became of a seat: who had custody of it, held and bought it and was let in, and when, as far as this box keeps it.
    SeatHistory {
        /// The showtime, by its id in the programme.
        showtime: ShowtimeId,
        /// The seat, as it stands on the chair: `F7`.
        seat: SeatId,
    },
    /// Lists what waits for a person: payments of which nobody knows whether they were taken, or that are owed back; and seats of which hub and
    /// box say what does not fit together.
    Cases,
    /// Closes the case of a seat, once somebody has looked at it.
    CloseCase {
        /// The case, as `cases` lists it behind the word "seat": `metropol/today-1/A1`.
        about: String,
        /// What you found.
        #[arg(long)]
        reason: String,
    },
    /// Records what became of such a payment, with all that follows from it.
    Decide {
        /// The payment, as `cases` lists it.
        payment: TenderId,
        /// What became of it: `taken` (tickets are issued if they still can be, else it is owed back), `not-taken` (the seats are free) or
        /// `refunded` (given back by hand; said before the money is handed out, for the terminal may be giving it back).
        #[arg(value_parser = word::<Decision>)]
        decision: Decision,
        /// How you know: a statement of the bank, a slip, the guest.
        #[arg(long)]
        reason: String,
    },
    /// Ends a hold that cannot end by a fault of the box, as `status` lists it among what is set aside, and frees its seats.
    FreeHold {
        /// The hold, as `status` says it.
        hold: HoldId,
        /// Why you are sure that nobody waits for these seats.
        #[arg(long)]
        reason: String,
    },
    /// Sells seats again that the box before this one may have sold, as `status` lists them: at the cinema's risk, for two guests may come with a
    /// ticket for one seat.
    Release {
        /// The showtime.
        #[arg(required_unless_present = "later_days")]
        showtime: Option<ShowtimeId>,
        /// Seats of it that are sold, by papers that were counted or a guest who called: they stay kept back for good. `--but F7 F8`
        #[arg(long, num_args = 1.., requires = "showtime")]
        but: Vec<SeatId>,
        /// Every showtime of a later business day than today's: whoever has a ticket for one comes with it.
        #[arg(long, conflicts_with = "showtime")]
        later_days: bool,
        /// How you know, or why it is worth it.
        #[arg(long)]
        reason: String,
    },
    /// Sells seats that the hub may have sold, which nobody can ask while the line is down, once their showtime has begun; or that are in doubt, as
    /// `status` lists them. At the cinema's risk: a guest with a ticket for the same seat is let in as well. The guest pays in cash and gets the
    /// ticket at once.
    Takeover {
        /// The showtime, by its id in the programme.
        showtime: ShowtimeId,
        /// The seats, as they stand on the chairs: `F7 F8`.
        #[arg(required = true, num_args = 1..)]
        seats: Vec<SeatId>,
        /// The kind of ticket, by its id in the price book; without it the first that a till sells.
        #[arg(long)]
        kind: Option<TicketKindId>,
        /// The till whose drawer the cash is put in, by its id, as `devices` lists it.
        #[arg(long)]
        till: Option<DeviceId>,
        /// Who decides it, and why.
        #[arg(long)]
        reason: String,
    },
    /// Takes over seats that head office hands over by a code, while the line is down. The same code twice changes nothing.
    HandOver {
        /// The code, as head office shows it; spaces, line ends and dashes in it do not matter.
        #[arg(required = true, num_args = 1..)]
        code: Vec<String>,
    },
    /// Prints the tickets of a sale again, as copies.
    Reprint {
        /// The number of the receipt, as it is printed: `1-000042`.
        receipt: String,
        /// Why: torn, wet, left at home.
        #[arg(long)]
        reason: String,
    },
    /// Looks at all that is stored: whether every part of it fits, from the first sale on. Takes a while on a box that has sold for years.
    Check,
    /// Takes what is stored as it is, although something may be missing, and sells again. `status` says what may be missing, and what is
    /// better than this.
    AcceptLoss {
        /// Who decides it, and why.
        #[arg(long)]
        reason: String,
        /// A copy of the data folder was put back, or the box was set up anew: also where nothing is known to be missing, no number of a
        /// receipt is given twice. Said before the box is started.
        #[arg(long)]
        set_back: bool,
    },
    /// Makes the box known to the hub by a one-time code from head office. One that takes another's place is enrolled before it sells.
    Enrol {
        /// The code.
        code: String,
        /// The hub's address: `https://..`, or `http://` on loopback.
        #[arg(long)]
        hub: String,
    },
}

impl Command {
    /// The order that it is.
    ///
    /// # Errors
    /// The programme file cannot be read.
    pub fn order(self) -> Result<Order, CommandError> {
        Ok(match self {
            Self::Import { file, dry_run, yes } => Order::Import {
                consent: match (dry_run, yes) {
                    (true, _) => Consent::OnlyTell,
                    (false, true) => Consent::Given,
                    (false, false) => Consent::ForWhatTouchesNoTicket,
                },
                programme: text_of(&file)?,
            },
            Self::Pair { kind } => Order::Pair { kind },
            Self::Devices { change: None } => Order::Devices,
            Self::Devices {
                change: Some(change),
            } => change.order(),
            Self::Status => Order::Status,
            Self::Attend { device } => Order::Attend { device },
            Self::SeatHistory { showtime, seat } => Order::SeatHistory { showtime, seat },
            Self::Cases => Order::Cases,
            Self::CloseCase { about, reason } => Order::CloseCase { about, reason },
            Self::Decide {
                payment,
                decision,
                reason,
            } => Order::Decide {
                payment,
                decision,
                reason,
            },
            Self::FreeHold { hold, reason } => Order::FreeHold { hold, reason },
            Self::Release {
                showtime,
                but,
                later_days: _,
                reason,
            } => Order::Release {
                answered: answered_for(showtime, but),
                reason,
            },
            Self::Takeover {
                showtime,
                seats,
                kind,
                till,
                reason,
            } => Order::Takeover {
                showtime,
                seats,
                kind,
                till,
                reason,
            },
            Self::HandOver { code } => Order::HandOver {
                code: code.concat(),
            },
            Self::Reprint { receipt, reason } => Order::Reprint { receipt, reason },
            Self::Check => Order::Check,
            Self::AcceptLoss { reason, set_back } => Order::AcceptLoss { reason, set_back },
            Self::Enrol { code, hub } => Order::Enrol { code, hub },
        })
    }
}

/// What can be done with a paired device.
#[derive(Debug, Subcommand)]
pub enum DeviceChange {
    /// Gives it another name.
    Rename {
        /// Its id, as `devices` lists it.
        id: DeviceId,
        /// The name, at most 40 characters.
        name: String,
    },
    /// Lets it in no more, at once: what it has under way ends, and it must be paired anew.
    Revoke {
        /// Its id, as `devices` lists it.
        id: DeviceId,
    },
}

impl DeviceChange {
    fn order(self) -> Order {
        match self {
            Self::Rename { id, name } => Order::RenameDevice { id, name },
            Self::Revoke { id } => Order::RevokeDevice { id },
        }
    }
}

/// The text of a programme file.
fn text_of(file: &Path) -> Result<String, CommandError> {
    let refused = |why: &dyn std::fmt::Display| {
        CommandError::new(&format!("cannot read {}", file.display()), why)
    };
    let bytes = read(file, LARGEST_FILE as u64, "a programme").map_err(|why| refused(&why))?;
    Programme::text_of(bytes).map_err(|problem| refused(&problem))
}

/// The bytes of a file that may be so large, for it is to be `what`: a device or a pipe would perhaps never end.
pub(crate) fn read(path: &Path, largest: u64, what: &str) -> io::Result<Vec<u8>> {
    // Asked before it is opened: to open a pipe is to wait for whoever writes.
    let about = std::fs::metadata(path)?;
    if !about.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    if about.len() > largest {
        return Err(io::Error::other(format!(
            "it has {} bytes; {what} has at most {largest}",
            about.len()
        )));
    }
    std::fs::read(path)
}

/// One of our own words, with dashes as one types them.
fn word<T: DeserializeOwned>(typed: &str) -> Result<T, String> {
    let word = Value::from(typed.replace('-', "_"));
    T::deserialize(word).map_err(|why| why.to_string().replace('_', "-"))
}

/// Without a showtime those of later days: the arguments allow no third.
fn answered_for(showtime: Option<ShowtimeId>, but: Vec<SeatId>) -> AnsweredFor {
    match showtime {
        Some(showtime) => AnsweredFor::Showtime(showtime, but),
        None => AnsweredFor::LaterDays,
    }
}
