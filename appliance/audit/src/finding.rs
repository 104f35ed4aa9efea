//! What an audit can find, by names that stay, and what came of one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// What kind of finding it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum Name {
            $($(#[$doc])* #[serde(rename = $word)] $name,)*
        }

        impl Name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name, which stays.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

names! {
    /// A seat has more than one live ticket, over both counters.
    SecondLiveTicket = "second_live_ticket";
    /// Both sides have custody of a seat.
    SeatClaimedByBoth = "seat_claimed_by_both";
    /// Neither side has custody of a seat, and no stream carries it.
    SeatClaimedByNobody = "seat_claimed_by_nobody";
    /// The sides agree on who has a seat and not on how often it has changed hands.
    EpochsDiffer = "epochs_differ";
    /// A seat's epoch is not the one that the streams gave it.
    EpochNotAsTold = "epoch_not_as_told";
    /// The streams give a seat an epoch that does not follow the one before it, twice, or in the wrong direction.
    EpochOutOfTurn = "epoch_out_of_turn";
    /// A seat is held, sold or blocked by a side that has no custody of it.
    TakenOutOfCustody = "taken_out_of_custody";
    /// A ticket was sold under another epoch or edition than its seat has.
    TicketNotAsItsSeat = "ticket_not_as_its_seat";
    /// A seat has a lower edition than a ticket that was sold for it, or two of its tickets have the same.
    EditionSetBack = "edition_set_back";
    /// A live ticket's seat is not sold to it.
    TicketWithoutSeat = "ticket_without_seat";
    /// A seat is sold to a ticket that is not there, or not live.
    SoldSeatWithoutTicket = "sold_seat_without_ticket";
    /// A seat is held and has a live ticket.
    HoldBesideTicket = "hold_beside_ticket";
    /// A seat is held by a hold that is not there, or has come to its end.
    HeldByNoHold = "held_by_no_hold";
    /// A hold is under way and does not have the seats that it names.
    HoldWithoutItsSeats = "hold_without_its_seats";

    /// An event is missing in a stream.
    EventMissing = "event_missing";
    /// An event is not what was written: its bytes, or the hash that the next one names.
    EventAltered = "event_altered";
    /// The other side's stream ends elsewhere than its frames do, or a frame is missing in it.
    FrameMissing = "frame_missing";
    /// A frame is not what was signed, or its hashes are not those of its events.
    FrameAltered = "frame_altered";
    /// The two sides hold other events under the same numbers.
    StreamsDiffer = "streams_differ";
    /// A side has applied more than the other has written.
    StreamAheadOfItsWriter = "stream_ahead_of_its_writer";
    /// An event counts as acknowledged and is not with the side that is said to have it.
    AcknowledgedAndNotThere = "acknowledged_and_not_there";
    /// Another history was told under the same numbers, and is kept beside.
    StreamForked = "stream_forked";

    /// A sale stands in no event of its stream.
    SaleUntold = "sale_untold";
    /// A ticket stands in no event of its stream.
    TicketUntold = "ticket_untold";
    /// A ticket was told with another showtime, seat, epoch, edition or price than it has.
    ToldOtherwise = "told_otherwise";
    /// An event tells of a sale or ticket that its writer does not have.
    ToldAndNotStored = "told_and_not_stored";
    /// A ticket was told, the event is applied, and the other side does not know the ticket.
    ToldAndNotHeard = "told_and_not_heard";
    /// A ticket or sale is known that no event told of.
    HeardWithoutEvent = "heard_without_event";

    /// A sale is not the sum of its tickets.
    SaleDoesNotSum = "sale_does_not_sum";
    /// What was taken for a sale is not what it costs.
    SaleNotPaid = "sale_not_paid";
    /// The change of a sale is not what was handed over above its price.
    ChangeWrong = "change_wrong";
    /// Money was taken, and there is neither a ticket nor a refund for it, nor anybody at work on it.
    PaymentWithoutTicketOrRefund = "payment_without_ticket_or_refund";
    /// More money went back than was taken, or the same money twice.
    RefundedTwice = "refunded_twice";
    /// A ticket that was asked back, its seat or its money are not as the refund says, or a ticket is dead that nobody has asked back.
    RefundNotAsItsTicket = "refund_not_as_its_ticket";
    /// Money goes back for a ticket, or it does not stand any more, and the cinema was never asked for it.
    RefundUnasked = "refund_unasked";
    /// The cinema was asked for a ticket, and nothing is known of its refund.
    RefundMissing = "refund_missing";
    /// The cinema was asked for a ticket, has heard it, and has told no answer.
    RefundUnanswered = "refund_unanswered";
    /// A refund does not stand as the cinema has answered: it waits still, or goes on without the answer that it needs.
    RefundNotAsAnswered = "refund_not_as_answered";
    /// A refund that only a person can end, or of a guest who was let in, and no person is asked.
    RefundWithoutCase = "refund_without_case";
    /// A seat is for sale again of whose ticket nobody can say whether its guest was let in.
    UnprovenSeatFreed = "unproven_seat_freed";
    /// A ticket that was taken back opens the door.
    TakenBackTicketStands = "taken_back_ticket_stands";
    /// More money was taken than was asked for.
    CapturedMoreThanAsked = "captured_more_than_asked";
    /// A payment was told to the hub with another amount than the box has.
    PaymentToldOtherwise = "payment_told_otherwise";
    /// A receipt's number is missing, doubled, or beyond the end of its series.
    ReceiptNumbers = "receipt_numbers";
    /// What head office is shown as sold on a day is not the sum of what was told.
    DaySumWrong = "day_sum_wrong";
    /// What head office is shown as sold of a showtime is not the number of tickets that were told.
    SeatsSoldWrong = "seats_sold_wrong";

    /// A guest was let in with a ticket that nobody has sold.
    AdmissionOfUnknownTicket = "admission_of_unknown_ticket";
    /// A guest was let in with a ticket that the cinema has said to be given back.
    AdmissionOfRevokedTicket = "admission_of_revoked_ticket";
    /// A guest was let in to another showtime or seat than the ticket is for.
    AdmissionElsewhere = "admission_elsewhere";
    /// Two guests were let in to one seat, both with proof.
    SeatAdmittedTwice = "seat_admitted_twice";
    /// Somebody was let in, it counts as told, and no event tells of it; or the event is applied and the other side does not know.
    AdmissionUntold = "admission_untold";
}

impl Name {
    /// Whether it is a seat that was sold twice.
    pub fn is_double_sale(self) -> bool {
        self == Self::SecondLiveTicket
    }

    /// Whether it is about who has custody.
    pub fn is_of_custody(self) -> bool {
        matches!(
            self,
            Self::SeatClaimedByBoth
                | Self::SeatClaimedByNobody
                | Self::EpochsDiffer
                | Self::EpochNotAsTold
                | Self::EpochOutOfTurn
                | Self::TakenOutOfCustody
        )
    }
}

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind it is.
    pub name: Name,
    /// The database that it was found in; both, if it takes two to see it.
    pub at: String,
    /// The cinema.
    pub cinema: String,
    /// The seat, showtime, sale, ticket, payment or event that it is about.
    pub about: String,
    /// What it is, for people.
    pub words: String,
    /// The money that nothing explains, in minor units.
    pub minor: i64,
}

/// What came of an audit.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// What is not as it must be: nothing, if it is proved.
    pub findings: Vec<Finding>,
    /// How much was looked at.
    pub looked_at: LookedAt,
    /// What somebody is still at work on, and what therefore could not be judged: for people.
    pub waiting: Vec<String>,
}

/// How much was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookedAt {
    /// Databases.
    pub databases: u64,
    /// Cinemas.
    pub cinemas: u64,
    /// Seats of showtimes.
    pub seats: u64,
    /// Sales.
    pub sales: u64,
    /// Live tickets of either counter.
    pub tickets: u64,
    /// Those of them that the hub sold.
    pub tickets_online: u64,
    /// Payments.
    pub payments: u64,
    /// Admissions.
    pub admissions: u64,
    /// Events of all streams, each once.
    pub events: u64,
    /// By currency what was taken and kept, in minor units: cash first, then cards.
    pub kept_minor: BTreeMap<String, [i64; 2]>,
}

impl Verdict {
    /// Whether everything is as it must be.
    pub fn is_proved(&self) -> bool {
        self.findings.is_empty()
    }

    /// The names of what was found, each once.
    pub fn names(&self) -> BTreeSet<Name> {
        self.findings.iter().map(|finding| finding.name).collect()
    }

    /// How many findings are of such names.
    pub fn count(&self, is_one: impl Fn(Name) -> bool) -> u64 {
        self.findings.iter().filter(|it| is_one(it.name)).count() as u64
    }

    /// The money that nothing explains, in minor units.
    pub fn money_unexplained_minor(&self) -> u64 {
        let minor = self.findings.iter().map(|it| it.minor.unsigned_abs());
        minor.fold(0, u64::saturating_add)
    }
}

/// What one look finds: one side's books of one cinema, or both.
pub(crate) struct Findings<'a> {
    verdict: &'a mut Verdict,
    at: String,
    cinema: &'a str,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(verdict: &'a mut Verdict, at: String, cinema: &'a str) -> Self {
        Self {
            verdict,
            at,
            cinema,
        }
    }

    /// Something is not as it must be.
    pub(crate) fn find(&mut self, name: Name, about: impl Into<String>, words: impl Into<String>) {
        self.find_money(name, about, words, 0);
    }

    /// The same, and so much money has no explanation.
    pub(crate) fn find_money(
        &mut self,
        name: Name,
        about: impl Into<String>,
        words: impl Into<String>,
        minor: i64,
    ) {
        self.verdict.findings.push(Finding {
            name,
            at: self.at.clone(),
            cinema: self.cinema.to_owned(),
            about: about.into(),
            words: words.into(),
            minor,
        });
    }

    /// Somebody is at work on something.
    pub(crate) fn waits(&mut self, words: impl Into<String>) {
        let words = format!("{} ({}): {}", self.cinema, self.at, words.into());
        self.verdict.waiting.push(words);
    }
}
