//! What a counter needs of the process that composes it: whoever takes the money, whoever must know of a sale, and the bell of its link.
//! It is all that a counter knows of the rooms above it.

use std::sync::Arc;
use std::time::Duration;

use box_office::checkout::{Refund, Said};
use box_office::{
    CinemaId, Currency, HoldId, Money, SaleId, SeatId, ShowtimeId, TenderId, TicketId,
};
use counter_api::{CardSlip, DeclineReason, PaperState};
use database::{Snapshot, Tx};
use futures_util::future::BoxFuture;
use wire::ticket::TicketSigner;
use wire::{Answered, KeyId, PublicKey, Tickets, Wish};

use crate::Fault;
use crate::buyer::BuyerId;
use crate::sold::Sold;

/// The rooms above a counter, as it sees them.
pub trait Ports: Send + Sync + 'static {
    /// Tickets are sold: called in the transaction, for rows of the rooms above alone (papers to print, points). Gives where the paper is,
    /// for whoever waits for it. Without a printer the code on the screen is the ticket.
    ///
    /// # Errors
    /// Only the database's; the sale is undone with it.
    fn settled(&self, _: &mut Tx<'_>, _: &CinemaId, _: &Sold) -> Result<PaperState, Fault> {
        Ok(PaperState::NoPrinter)
    }

    /// A ticket on its way back has come to another state: called in the transaction, as [`Self::settled`].
    ///
    /// # Errors
    /// Only the database's.
    fn refund_moved(&self, _: &mut Tx<'_>, _: &RefundMoved<'_>) -> Result<(), Fault> {
        Ok(())
    }

    /// Tickets of a sale go back although nobody has asked: their showtime is cancelled, or their money is back. Called in the transaction, of
    /// each ticket.
    ///
    /// # Errors
    /// Only the database's.
    fn called_off(&self, _: &mut Tx<'_>, _: &SaleId) -> Result<(), Fault> {
        Ok(())
    }

    /// A showtime is at another time, or in another room, than the other side had told: called in the transaction.
    ///
    /// # Errors
    /// Only the database's.
    fn moved(&self, _: &mut Tx<'_>, _: &CinemaId, _: &ShowtimeId) -> Result<(), Fault> {
        Ok(())
    }

    /// Events for the other side are committed.
    fn written(&self, cinema: &CinemaId);

    /// Asks the other side of a cinema for seats, for a guest who waits: out of reach at once where there is no line.
    fn ask(&self, _: &CinemaId, _: Wish) -> BoxFuture<'static, Answered> {
        Box::pin(std::future::ready(Answered::OutOfReach))
    }

    /// Where the paper of a sale is now.
    ///
    /// # Errors
    /// Only the database's.
    fn paper_of(&self, _: &mut Snapshot<'_>, _: &SaleId) -> Result<PaperState, Fault> {
        Ok(PaperState::NoPrinter)
    }

    /// Whether this buyer may still buy: asked before a purchase begins, in its transaction, and of those under way when a process begins.
    fn is_welcome(&self, _: &BuyerId) -> bool {
        true
    }

    /// What is stopped, because this side cannot prove that it has all that it sold; nothing, where it can.
    fn stopped(&self) -> Option<Stopped> {
        None
    }

    /// Whether the other side is there at this moment, and hears what it is told of this cinema.
    fn is_linked(&self, _: &CinemaId) -> bool {
        false
    }

    /// Whether the other side understands events of this type, as far as it has said.
    fn is_understood(&self, _: &CinemaId, _kind: &str) -> bool {
        true
    }

    /// How this side sells to guests at home: the hub's, which does so while somebody takes their money.
    fn online_sales(&self) -> Option<OnlineSales> {
        None
    }

    /// Where whoever bought opens an order: an address, or a path on the host that they asked; nowhere, if phones do not reach this side.
    fn order_page(&self, _: &CinemaId, _: &SaleId) -> Option<String> {
        None
    }

    /// The keys that sign tickets of a cinema beside the first of this side, the newest first, as far as they are known.
    fn listed_ticket_keys(&self, _: &CinemaId) -> Vec<PublicKey<Tickets>> {
        Vec::new()
    }

    /// Whether somebody else may sign tickets with this key: it proves only those that are known.
    fn is_stolen(&self, _: &CinemaId, _: KeyId) -> bool {
        false
    }

    /// Whether the other side has listed this key as one of the cinema's boxes.
    fn is_of_a_box(&self, _: KeyId) -> bool {
        false
    }

    /// What signs this side's tickets of a cinema, where it is another key than the first.
    fn ticket_signer(&self, _: &CinemaId) -> Option<Arc<TicketSigner>> {
        None
    }

    /// Who takes cards; nobody, if none is set up.
    fn cards(&self) -> Option<&dyn Pays> {
        None
    }
}

/// A ticket on its way back that has come to another state.
#[derive(Debug, Clone, Copy)]
pub struct RefundMoved<'a> {
    /// The sale that it is of.
    pub sale: &'a SaleId,
    /// The ticket.
    pub ticket: &'a TicketId,
    /// Where it stands now.
    pub state: Refund,
}

/// How the hub sells a cinema's seats to guests at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnlineSales {
    /// So many minutes before its start a showtime's seats go back to the cinema.
    pub end_before_start_min: u16,
}

/// How much of selling is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Nothing new is begun; a payment that is under way comes to its end.
    New,
    /// The same, and not for what may be missing: another has taken this side's place, or may.
    Revoked,
    /// Nothing goes on: what is stored may have come to its end before, and it was forgotten.
    All,
}

/// Takes money under a reference, and says what became of a reference. It never says what it does not know: a time-out is not an outcome,
/// nor is an amount that cannot be.
pub trait Pays: Send + Sync {
    /// Takes the amount, waiting for whoever pays; `card` is what the guest's browser was given for their card. The same reference never
    /// takes money twice.
    fn ask(&self, charge: &Charge, card: Option<String>) -> BoxFuture<'static, Answer>;

    /// What became of it.
    fn look(&self, charge: &Charge) -> BoxFuture<'static, Answer>;

    /// Stops it, if it has not been taken. The answer is what is true afterwards; one that was never asked for is stopped for good.
    fn stop(&self, charge: &Charge) -> BoxFuture<'static, Answer>;

    /// Gives the amount back, once: the same reference never gives twice. Whoever asks has looked before each repeat, but a first request
    /// may still be on its way when they look.
    fn give_back(&self, charge: &Charge) -> BoxFuture<'static, Answer>;

    /// Gives back a part of what was taken, once for each ticket that it was taken for; the rest stays. A terminal gives nothing back that
    /// paid for tickets: a person does, at the till.
    fn give_part_back(
        &self,
        _: &Charge,
        _: &TicketId,
    ) -> BoxFuture<'static, Result<PartGiven, NoAnswer>> {
        let words = "it gives nothing back of what has paid for tickets".to_owned();
        Box::pin(std::future::ready(Ok(PartGiven::Never(words))))
    }

    /// What became of the part of this ticket.
    fn look_at_part(
        &self,
        _: &Charge,
        _: &TicketId,
    ) -> BoxFuture<'static, Result<PartNow, NoAnswer>> {
        Box::pin(std::future::ready(Ok(PartNow::NotGiven)))
    }

    /// What it has taken, or is about to, and stands in its list behind this place, in the list's order; and besides, wherever they stand, those
    /// of which this side wants to hear `again`, as far as they can be asked about. Whoever lists by changes need not look for them: what becomes of one moves it. A terminal keeps
    /// no list.
    fn list(&self, _since: u64, _again: &[Again]) -> BoxFuture<'static, Result<Listing, NoAnswer>> {
        Box::pin(std::future::ready(Ok(Listing::default())))
    }

    /// Whether it must be told the guest's card; a terminal reads it.
    fn wants_card(&self) -> bool {
        false
    }

    /// Which amounts of a currency it takes.
    fn bounds(&self, _: Currency) -> Bounds {
        Bounds::ANY
    }

    /// How long whoever pays is waited for, and how often it is looked.
    fn patience(&self) -> Patience {
        Patience::AT_A_TERMINAL
    }
}

/// Which amounts whoever takes the money takes, in minor units of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The least.
    pub least_minor: i64,
    /// The most.
    pub most_minor: i64,
    /// Each is a multiple of this.
    pub step_minor: i64,
}

impl Bounds {
    /// Whatever there is to be paid.
    pub const ANY: Self = Self {
        least_minor: 1,
        most_minor: i64::MAX,
        step_minor: 1,
    };
}

/// What is to be paid, as whoever takes the money is asked about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Our name for it.
    pub reference: TenderId,
    /// What was taken, or asked for where that is not known; what is to be given back.
    pub amount: Money,
    /// At which cinema.
    pub cinema: CinemaId,
    /// For which hold.
    pub hold: HoldId,
    /// What it is for; nothing, where this side does not know it, as of what it has forgotten.
    pub order: Option<Ordered>,
    /// How whoever takes the money calls it, as far as they have said: the authorisation of its slip, or the name in their list.
    pub theirs: Option<String>,
}

/// What somebody pays for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    /// Of which showtime.
    pub showtime: ShowtimeId,
    /// Which seats, in the order of the hold.
    pub seats: Vec<SeatId>,
}

/// What this side wants to hear of again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// Our name for it.
    pub reference: TenderId,
    /// Their name for it, if it is known.
    pub theirs: Option<String>,
}

/// A piece of the list of whoever takes the money.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// What stands in it, in order.
    pub charges: Vec<Listed>,
    /// What is ours by its name and cannot be read.
    pub unreadable: Vec<Unreadable>,
    /// The place up to which it has been read, whatever stands there; nothing, where nothing new was left.
    pub read_to: Option<u64>,
    /// Whether there is more behind it.
    pub more: bool,
}

/// What stands in the list of whoever takes the money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Our name for it.
    pub reference: TenderId,
    /// Their name for it, if that is another.
    pub theirs: Option<String>,
    /// For which cinema.
    pub cinema: CinemaId,
    /// For which hold.
    pub hold: HoldId,
    /// What was asked for.
    pub amount: Money,
    /// What was taken and not given back.
    pub kept: Money,
    /// Whether it may be taken yet.
    pub is_open: bool,
}

/// What stands in that list by a name of ours, and cannot be read: money may have been taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Our name for it.
    pub reference: TenderId,
    /// Their name for it.
    pub theirs: String,
    /// For which cinema, if that can be read.
    pub cinema: Option<CinemaId>,
    /// What they say of the amount.
    pub amount: String,
}

/// What was given back for a ticket, as whoever gave it has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// So much under the ticket's name, in minor units: another amount than is asked for by now, if it was asked for on other terms before.
    Part(i64),
    /// All that was taken for it and whatever was taken with it, by whoever gave it.
    All,
}

/// Where a part stands that is to be given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartNow {
    /// Nobody has given it.
    NotGiven,
    /// It is on its way, and may come to nothing.
    OnItsWay,
    /// It was given back, and did not arrive.
    NotArrived,
    /// It is given back.
    Given(Given),
}

/// What became of the wish to give a part back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartGiven {
    /// It is given back, now or before.
    Given(Given),
    /// They will not, whenever they are asked; why, in words.
    Never(String),
}

/// How long whoever pays is waited for, and how often it is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Between two questions about a payment that somebody waits for.
    pub between_looks: Duration,
    /// How long somebody may take to pay before whoever takes the money is asked to stop.
    pub longest: Duration,
}

impl Patience {
    /// A guest notices half a second, the terminal does not. They may have to find the card, to try another, to call home for the number;
    /// seats that nobody pays for are somebody else's after that.
    pub const AT_A_TERMINAL: Self = Self {
        between_looks: Duration::from_millis(500),
        longest: Duration::from_secs(180),
    };
}

/// What whoever takes the money says, with its details, or that it says nothing.
pub type Answer = Result<(Said, Details), NoAnswer>;

/// What is said beside an outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Of what was taken: the slip.
    pub slip: Option<CardSlip>,
    /// Of a step: the page that the guest's browser opens.
    pub step: Option<String>,
    /// Of a card that was declined: why.
    pub declined: Option<DeclineReason>,
    /// Of what was to be given back and is not: why it never will be, in their words.
    pub never: Option<String>,
}

/// No outcome: it may have happened or not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(pub String);
