//! The two streams of a cinema as a database holds them: written here, or heard from the other side. Whether each event names the one
//! before it, and what the events tell.

mod store;

use box_office::Custodian;
use database::{Error, Snapshot};
use wire::event::RefundAnswer;
use wire::{Body, Event, Frame, Hash, Keys, Meaning, Position, Stream};

use crate::finding::Name;
pub(crate) use store::read;

/// A stream as one database holds it.
#[derive(Debug, Clone)]
pub struct StreamSeen {
    /// Whether the cinema writes it or the hub.
    pub direction: Stream,
    /// The life of its writer: a number and random bits.
    pub life: (u64, [u8; 16]),
    /// 0, or which fork it is.
    pub fork: u32,
    /// Whether this side writes it.
    pub is_own: bool,
    /// Where its row says that it ends.
    pub head: Position,
    /// What the reader has committed, as the writer knows.
    pub acknowledged: Position,
    /// The event before the first that is kept here.
    pub begins: Position,
    /// Whether some of it is pruned: of what it told nothing can be said any more.
    pub is_pruned: bool,
    /// The hashes of its events, from there on, as far as they are whole.
    pub hashes: Vec<Hash>,
    /// What its events tell, with their numbers.
    pub facts: Vec<(u64, Fact)>,
    /// Whether some of it cannot be read any more, since the keys of an earlier life are gone.
    pub is_unread: bool,
    /// What is wrong with it by itself: the name, the event's number, and the words.
    pub wrong: Vec<(Name, u64, String)>,
}

impl StreamSeen {
    /// Whether the side `of` writes this direction.
    pub(crate) fn is_written_by(direction: Stream, of: Custodian) -> bool {
        match direction {
            Stream::Up => of == Custodian::Cinema,
            Stream::Down => of == Custodian::Hub,
        }
    }

    /// Its name for people: `up 1`.
    pub fn name(&self) -> String {
        format!("{} {}", self.direction.as_str(), self.life.0)
    }
}

/// What an event tells, as far as an audit looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Tickets were sold.
    Sold {
        /// The sale.
        sale: String,
        /// The showtime.
        showtime: String,
        /// The tickets.
        tickets: Vec<SoldTicket>,
        /// The sum and the payments, which only a cinema tells.
        paid: Option<(i64, Vec<(String, i64)>)>,
    },
    /// Money went back.
    Refunded {
        /// The payment.
        payment: String,
        /// How much.
        amount_minor: i64,
    },
    /// Custody of seats was given.
    Given {
        /// The showtime.
        showtime: String,
        /// The seats, each with the epoch that it has from then on.
        seats: Vec<(String, u64)>,
    },
    /// Who has custody of seats was told to a hub that may have forgotten it.
    Recalled {
        /// The showtime.
        showtime: String,
        /// The seats, each with the epoch that it has.
        seats: Vec<(String, u64)>,
    },
    /// A guest was let in.
    Admitted {
        /// The ticket.
        ticket: String,
    },
    /// The hub wants a ticket back.
    AskedBack {
        /// The ticket.
        ticket: String,
    },
    /// The cinema has answered that.
    Answered {
        /// The ticket.
        ticket: String,
        /// What.
        answer: RefundAnswer,
    },
}

/// A ticket as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoldTicket {
    /// The ticket.
    pub id: String,
    /// The seat.
    pub seat: String,
    /// The epoch.
    pub epoch: u64,
    /// The edition.
    pub edition: u64,
    /// The price.
    pub price_minor: i64,
}

impl From<&wire::event::SoldTicket> for SoldTicket {
    fn from(told: &wire::event::SoldTicket) -> Self {
        Self {
            id: told.id.to_string(),
            seat: told.seat.to_string(),
            epoch: told.epoch,
            edition: told.edition.into(),
            price_minor: told.price,
        }
    }
}

impl Fact {
    /// What an event tells; nothing of what an audit does not look at.
    fn of(event: &Event) -> Option<Self> {
        let Meaning::Known(body) = event.meaning() else {
            return None;
        };
        let at_epochs = |seats: &[wire::event::SeatAtEpoch]| {
            let seats = seats.iter().map(|it| (it.seat.to_string(), it.epoch));
            seats.collect()
        };
        let given = |showtime: &box_office::ShowtimeId, seats| Self::Given {
            showtime: showtime.to_string(),
            seats: at_epochs(seats),
        };
        match &**body {
            Body::SaleSettled(sale) => {
                let tenders = (sale.tenders.iter()).map(|it| (it.id.to_string(), it.amount));
                Some(Self::Sold {
                    sale: sale.sale.to_string(),
                    showtime: sale.showtime.to_string(),
                    tickets: sale.tickets.iter().map(SoldTicket::from).collect(),
                    paid: Some((sale.total, tenders.collect())),
                })
            }
            Body::TicketsSold(sale) => Some(Self::Sold {
                sale: sale.sale.to_string(),
                showtime: sale.showtime.to_string(),
                tickets: sale.tickets.iter().map(SoldTicket::from).collect(),
                paid: None,
            }),
            Body::PaymentRefunded(refund) => Some(Self::Refunded {
                payment: refund.tender.to_string(),
                amount_minor: refund.amount,
            }),
            Body::SeatsReleased(seats) => Some(given(&seats.showtime, &seats.seats)),
            Body::SeatsGranted(seats) => Some(given(&seats.showtime, &seats.seats)),
            Body::TicketAdmitted(admitted) => Some(Self::Admitted {
                ticket: admitted.ticket.to_string(),
            }),
            Body::RefundRequested(asked) => Some(Self::AskedBack {
                ticket: asked.ticket.to_string(),
            }),
            Body::RefundAnswered(answered) => Some(Self::Answered {
                ticket: answered.ticket.to_string(),
                answer: answered.answer,
            }),
            Body::CustodyTold(told) => Some(Self::Recalled {
                showtime: told.showtime.to_string(),
                seats: at_epochs(&told.seats),
            }),
            Body::SeatsQuarantined(_)
            | Body::SeatsFreed(_)
            | Body::CustodyToldAll(_)
            | Body::CustodyClaimed(_)
            | Body::TicketsStanding(_)
            | Body::CinemaDescribed(_)
            | Body::FilmImported(_)
            | Body::PriceBookImported(_)
            | Body::AuditoriumDescribed(_)
            | Body::ShowtimeScheduled(_)
            | Body::ShowtimeChanged(_)
            | Body::ShowtimeMoved(_)
            | Body::ShowtimeCancelled(_)
            | Body::PaymentUnknown(_)
            | Body::PaymentDecided(_)
            | Body::StaffCalled(_)
            | Body::StaffCame(_)
            | Body::PrinterStopped(_)
            | Body::PrinterReady(_)
            | Body::ContentAdopted(_)
            | Body::ContentRefused(_)
            | Body::OnlineSales(_) => None,
        }
    }
}

/// How many rows are read at a time: few megabytes.
const AT_ONCE: u32 = 512;

impl StreamSeen {
    /// Reads the events that are written here.
    fn read_events(&mut self, db: &mut Snapshot<'_>, id: i64) -> Result<(), Error> {
        let mut at = self.begins;
        loop {
            let rows = store::events(db, id, at.seq, AT_ONCE)?;
            let is_last = rows.len() < AT_ONCE as usize;
            for (seq, bytes) in rows {
                if seq != at.seq + 1 {
                    let words = format!("events {} to {} are missing", at.seq + 1, seq - 1);
                    self.wrong.push((Name::EventMissing, at.seq + 1, words));
                    return Ok(());
                }
                let event = match Event::decode(bytes) {
                    Ok(event) if event.seq() == seq && event.previous() == at.hash => event,
                    Ok(event) => {
                        let words = match event.seq() == seq {
                            true => format!(
                                "event {seq} names another event before it than event {}",
                                seq - 1
                            ),
                            false => format!("in the place of event {seq} stands {}", event.seq()),
                        };
                        self.wrong.push((Name::EventAltered, seq, words));
                        return Ok(());
                    }
                    Err(why) => {
                        let words = format!("event {seq} cannot be read: {why}");
                        self.wrong.push((Name::EventAltered, seq, words));
                        return Ok(());
                    }
                };
                at = event.position();
                self.keep(&event);
            }
            if is_last {
                break;
            }
        }
        self.end_at(at, (Name::EventMissing, Name::EventAltered));
        let acknowledged = self.acknowledged;
        if acknowledged.seq > 0 && self.hash_at(acknowledged.seq) != Some(acknowledged.hash) {
            let words = format!(
                "event {} counts as acknowledged, and was not written so",
                acknowledged.seq
            );
            let wrong = (Name::AcknowledgedAndNotThere, acknowledged.seq, words);
            self.wrong.push(wrong);
        }
        Ok(())
    }

    /// Reads the frames that came from the other side, each of which was signed by one of `keys`.
    fn read_frames(
        &mut self,
        db: &mut Snapshot<'_>,
        id: i64,
        (keys, may_begin_later): (&Keys, bool),
    ) -> Result<(), Error> {
        // A box that took another's place before that was written down.
        if may_begin_later && self.begins == Position::START {
            self.begins = self.beginning(store::frames(db, id, 0, 1)?.first(), keys);
        }
        let mut at = self.begins;
        loop {
            let frames = store::frames(db, id, at.seq, AT_ONCE)?;
            let is_last = frames.len() < AT_ONCE as usize;
            for frame in frames {
                if frame.first != at.seq + 1 {
                    let words = format!("events {} to {} are missing", at.seq + 1, frame.first - 1);
                    self.wrong.push((Name::FrameMissing, at.seq + 1, words));
                    return Ok(());
                }
                match self.read_frame(at, &frame, keys) {
                    Ok(after) => at = after,
                    Err(words) => {
                        self.wrong.push((Name::FrameAltered, frame.first, words));
                        return Ok(());
                    }
                }
            }
            if is_last {
                break;
            }
        }
        self.end_at(at, (Name::FrameMissing, Name::FrameAltered));
        Ok(())
    }

    /// Where the stream begins whose first frame is this one.
    fn beginning(&self, first: Option<&store::StoredFrame>, keys: &Keys) -> Position {
        let Some(frame) = first else { return self.head };
        let parsed = Frame::parse(frame.bytes.clone()).ok();
        let verified = parsed.and_then(|parsed| parsed.verify(keys).ok());
        let previous = verified.and_then(|verified| {
            let mut events = verified.events().iter();
            let first = events.find(|event| event.seq() == frame.first)?;
            Some(first.previous())
        });
        Position {
            seq: frame.first.saturating_sub(1),
            hash: previous.unwrap_or(Hash::ZERO),
        }
    }

    /// Takes a frame's events that were new; gives where the stream stands after them, or what is wrong.
    fn read_frame(
        &mut self,
        before: Position,
        frame: &store::StoredFrame,
        keys: &Keys,
    ) -> Result<Position, String> {
        let named: Vec<_> = (frame.hashes.chunks_exact(32))
            .filter_map(|hash| Hash::try_from(hash).ok())
            .collect();
        let wanted = frame.last + 1 - frame.first.min(frame.last + 1);
        if wanted == 0 || named.len() as u64 != wanted {
            return Err(format!(
                "the frame of events {} to {} has {} hashes",
                frame.first,
                frame.last,
                named.len()
            ));
        }
        let parsed = Frame::parse(frame.bytes.clone()).map_err(|why| why.to_string())?;
        let verified = match parsed.verify(keys) {
            Ok(verified) => verified,
            Err(wire::Refusal::UnknownKey(_) | wire::Refusal::RevokedKey(_)) => {
                self.is_unread = true;
                self.hashes.extend(&named);
                let hash = named.last().copied().unwrap_or(Hash::ZERO);
                return Ok(Position {
                    seq: frame.last,
                    hash,
                });
            }
            Err(why) => return Err(why.to_string()),
        };
        let mut at = before;
        let new =
            (verified.events().iter()).filter(|it| (frame.first..=frame.last).contains(&it.seq()));
        for (event, named) in new.zip(named) {
            if !event.follows(&at) || event.position().hash != named {
                return Err(format!(
                    "event {} is not the one that was applied",
                    event.seq()
                ));
            }
            at = event.position();
            self.keep(event);
        }
        match at.seq == frame.last {
            true => Ok(at),
            false => Err(format!("it ends before event {}", frame.last)),
        }
    }

    fn keep(&mut self, event: &Event) {
        self.hashes.push(event.position().hash);
        let fact = Fact::of(event).map(|fact| (event.seq(), fact));
        self.facts.extend(fact);
    }

    fn hash_at(&self, seq: u64) -> Option<Hash> {
        if seq == self.begins.seq {
            return Some(self.begins.hash);
        }
        let index = seq.checked_sub(1)?.checked_sub(self.begins.seq)?;
        let index = usize::try_from(index).ok()?;
        self.hashes.get(index).copied()
    }

    /// Compares where it ends with where it should.
    fn end_at(&mut self, at: Position, (missing, altered): (Name, Name)) {
        let head = self.head;
        if at.seq != head.seq {
            let words = format!(
                "it should end with event {}, and ends with {}",
                head.seq, at.seq
            );
            self.wrong.push((missing, at.seq.min(head.seq) + 1, words));
        } else if at.hash != head.hash {
            let words = format!("event {} is another than was written last", at.seq);
            self.wrong.push((altered, at.seq, words));
        }
    }
}
