//! The commands of the program, each of which is an order to the hub.

use box_office::{CinemaId, DeviceId, SaleId, SeatId, ShowtimeId, TenderId, TicketId};
use clap::Subcommand;
use counter::custody::AnsweredFor;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::OperatorName;
use crate::control::{Decision, Matter, Order, RefundDecision, RefundMatter, SeatsWanted};

/// What the program can be told to do; without a command it runs the hub.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a one-time code by which the box of a cinema enrols.
    Enrol {
        /// The cinema's id, as in its programme file.
        cinema: CinemaId,
    },
    /// Revokes the keys of a cinema's box: nothing that it sends counts any more.
    Revoke {
        /// The cinema's id.
        cinema: CinemaId,
    },
    /// Makes a one-time code by which a box takes the place of the one that the cinema has, and revokes the keys of that one. What it may have
    /// sold and not told is not sold again until a person at the cinema says so.
    Replace {
        /// The cinema's id.
        cinema: CinemaId,
        /// It is meant: the box is lost, or switched off.
        #[arg(long)]
        yes: bool,
    },
    /// Says that somebody else has the keys of a cinema's box: they are revoked, and a ticket that its key for tickets has signed counts only where it
    /// is known.
    Stolen {
        /// The cinema's id.
        cinema: CinemaId,
        /// A box that it had before; without it the present one, and without `--yes` the order names them all.
        #[arg(long)]
        device: Option<DeviceId>,
        /// It is meant: the present box was carried away.
        #[arg(long)]
        yes: bool,
    },
    /// Makes a new key for the tickets of guests at home, with which they are signed once a cinema's box knows it.
    RenewTicketKeys {
        /// Somebody else has the keys before: what they have signed counts only where the ticket is known.
        #[arg(long)]
        stolen: bool,
    },
    /// Makes a one-time link by which somebody chooses a password for head office: a new operator, or one who has forgotten it.
    Operator {
        /// The name by which they sign in.
        name: OperatorName,
        /// Takes away the password and the sessions instead.
        #[arg(long)]
        remove: bool,
    },
    /// Lists who may sign in at head office.
    Operators,
    /// Lists what waits for a person: payments and refunds of guests at home, and seats of which hub and box say what does not fit together.
    Cases,
    /// Closes the case of a seat, or of what a cinema told, once somebody has looked at it.
    CloseCase {
        /// The case, as `cases` lists it behind the word "seat": `metropol/today-1/A1`; or behind the word "told": its number.
        about: String,
        /// What you found.
        #[arg(long)]
        reason: String,
    },
    /// Reads the payment provider's list now, as the hub does by itself each hour, and lists the payments that nothing is known of here.
    ComparePayments,
    /// Lists the messages to guests that are not sent: those that could not be delivered first, each with its reason.
    Mails,
    /// Sends a message once more that could not be delivered, or all of them.
    SendAgain {
        /// Which, as `mails` lists it.
        message: Option<String>,
        /// All of them.
        #[arg(long, conflicts_with = "message", required_unless_present = "message")]
        all: bool,
        /// The address that it goes to, if it went to the wrong one.
        #[arg(long, requires = "message")]
        to: Option<String>,
    },
    /// Gives a message up that could not be delivered, or all of them: nobody need look at it any more.
    SetAside {
        /// Which, as `mails` lists it.
        message: Option<String>,
        /// All of them.
        #[arg(long, conflicts_with = "message", required_unless_present = "message")]
        all: bool,
    },
    /// Asks tickets back that were sold to a guest at home: their money comes back when the cinema has said that nobody was let in.
    Refund {
        /// The cinema's id.
        cinema: CinemaId,
        /// The sale: the number of the booking, or the part of its page's address behind the cinema.
        sale: SaleId,
        /// One of its tickets, as often as there are; all of them without it.
        #[arg(long = "ticket")]
        tickets: Vec<TicketId>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Decides about a ticket that was asked back, where a person must.
    DecideRefund {
        /// The ticket, as `cases` lists it behind the word "refund".
        ticket: TicketId,
        /// `give-back`, which gives all of it, or `keep` where the guest was let in, `given-back` before you give it by hand, `seen` where both
        /// happened or more went back than the ticket has cost.
        #[arg(value_parser = refund_decision)]
        decision: RefundDecision,
        /// With `given-back`: what you give, in minor units (cents), as `cases` says it.
        #[arg(long)]
        given_minor: Option<i64>,
        /// With `seen`: `admitted` or `too-much`, where you are asked about both.
        #[arg(long, value_parser = refund_matter)]
        about: Option<RefundMatter>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Says what became of a seat: who had custody of it, held, bought and gave it back and was let in, and when, as far as the hub keeps it and
    /// the cinema has told.
    SeatHistory {
        /// The cinema's id.
        cinema: CinemaId,
        /// The showtime, by its id in the programme.
        showtime: ShowtimeId,
        /// The seat, as it stands on the chair: `F7`.
        seat: SeatId,
    },
    /// Sells seats again that are kept back because nobody can say whether somebody has a ticket, as `cases` lists them: at the
    /// chain's risk, for two guests may come for one seat.
    Release {
        /// The cinema's id.
        cinema: CinemaId,
        /// The showtime, by its id in the programme.
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
    /// Hands free seats of the hub over to a cinema whose line is down: they are not sold online from then on, and codes carry them there. Without
    /// `--seats` all that are free; said again with `--seats 0`, only the codes for what is on its way.
    HandOver {
        /// The cinema's id.
        cinema: CinemaId,
        /// The showtime, by its id in the programme.
        showtime: ShowtimeId,
        /// How many at most, in whole blocks, or which: `F7,F8`.
        #[arg(long, value_parser = seats_wanted)]
        seats: Option<SeatsWanted>,
    },
    /// Goes on at a cinema although the hub has forgotten something of it: its data is an old copy and no newer one can be put back. What is free
    /// may be sold in what is forgotten, and is kept back until `release` sells it.
    AcceptLoss {
        /// The cinema's id.
        cinema: CinemaId,
        /// Why it is taken as it is.
        #[arg(long)]
        reason: String,
    },
    /// Decides what became of a payment.
    Decide {
        /// The payment, as `cases` lists it.
        payment: TenderId,
        /// `taken`, `not-taken`, or `refunded` once it is given back by hand.
        #[arg(value_parser = decision)]
        decision: Decision,
        /// Which of its cases, where more than one is open: `payment`, `charge`, `not-arrived` or `dispute`.
        #[arg(long, value_parser = matter)]
        about: Option<Matter>,
        /// How you know it: what the payment provider or the bank says.
        #[arg(long)]
        reason: String,
    },
}

impl Command {
    /// The order that it is.
    pub fn order(self) -> Order {
        match self {
            Self::Enrol { cinema } => Order::Enrol { cinema },
            Self::Revoke { cinema } => Order::Revoke { cinema },
            Self::Replace { cinema, yes } => Order::Replace { cinema, yes },
            Self::Stolen {
                cinema,
                device,
                yes,
            } => Order::Stolen {
                cinema,
                device,
                yes,
            },
            Self::RenewTicketKeys { stolen } => Order::RenewTicketKeys { stolen },
            Self::Operator { name, remove } => match remove {
                false => Order::Operator { name },
                true => Order::RemoveOperator { name },
            },
            Self::Operators => Order::Operators,
            Self::Cases => Order::Cases,
            Self::CloseCase { about, reason } => Order::CloseCase { about, reason },
            Self::ComparePayments => Order::ComparePayments,
            Self::Mails => Order::Mails,
            Self::SendAgain {
                message,
                all: _,
                to,
            } => Order::SendAgain { message, to },
            Self::SetAside { message, all: _ } => Order::SetAside { message },
            Self::Refund {
                cinema,
                sale,
                tickets,
                reason,
            } => Order::Refund {
                cinema,
                sale,
                tickets,
                reason,
            },
            Self::DecideRefund {
                ticket,
                decision,
                given_minor,
                about,
                reason,
            } => Order::DecideRefund {
                ticket,
                decision,
                given_minor,
                about,
                reason,
            },
            Self::SeatHistory {
                cinema,
                showtime,
                seat,
            } => Order::SeatHistory {
                cinema,
                showtime,
                seat,
            },
            Self::Release {
                cinema,
                showtime,
                but,
                later_days: _,
                reason,
            } => Order::Release {
                cinema,
                answered: answered_for(showtime, but),
                reason,
            },
            Self::HandOver {
                cinema,
                showtime,
                seats,
            } => Order::HandOver {
                cinema,
                showtime,
                seats: seats.unwrap_or(SeatsWanted::All),
            },
            Self::AcceptLoss { cinema, reason } => Order::AcceptLoss { cinema, reason },
            Self::Decide {
                payment,
                decision,
                about,
                reason,
            } => Order::Decide {
                payment,
                about,
                decision,
                reason,
            },
        }
    }
}

/// A decision about a payment.
fn decision(typed: &str) -> Result<Decision, String> {
    as_typed(typed)
}

/// Which of the cases of a payment.
fn matter(typed: &str) -> Result<Matter, String> {
    as_typed(typed)
}

/// A decision about a refund.
fn refund_decision(typed: &str) -> Result<RefundDecision, String> {
    as_typed(typed)
}

/// What was seen, as one types it.
fn refund_matter(typed: &str) -> Result<RefundMatter, String> {
    as_typed(typed)
}

/// How many seats, or which.
fn seats_wanted(typed: &str) -> Result<SeatsWanted, String> {
    if let Ok(count) = typed.parse() {
        return Ok(SeatsWanted::Count(count));
    }
    let named = typed.split(',').map(|seat| seat.trim().parse::<SeatId>());
    let named = named.collect::<Result<_, _>>();
    named.map(SeatsWanted::Named).map_err(|why| why.to_string())
}

/// One of several words, with dashes as one types it.
fn as_typed<T: DeserializeOwned>(typed: &str) -> Result<T, String> {
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
