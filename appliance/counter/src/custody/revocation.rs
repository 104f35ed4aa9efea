//! A ticket that goes back: the hub asks the cinema, which alone knows who was let in, and the cinema answers in the transaction in which
//! it hears that. That it has heard is no answer, and from a `Revoked` on the ticket opens no door.

use std::collections::BTreeMap;

use box_office::checkout::RefundEvent;
use box_office::custody::{
    Answer, Decision, Effect, Fact, Input, Loaded, Sale, TicketRecord, decide,
};
use box_office::{CinemaId, Epoch, SeatId, ShowtimeId, TicketId};
use database::Tx;
use wire::Body;
use wire::event::{RefundAnswer, RefundAnswered, RefundRequested, SeatsFreed, SeatsQuarantined};

use super::{CustodyRefused, Here, Known, Names, door, standing_of, store};
use crate::Fault;
use crate::counter::{At, Counter};
use crate::sold::TicketRow;
use crate::{catalogue, seats, tickets};

/// Asks the cinema whether a ticket that this side sold may go back: in the transaction in which its seat becomes one that waits for the
/// answer.
pub(crate) fn ask_back(
    tx: &mut Tx<'_>,
    at: &At,
    (ticket, showtime): (&TicketRow, &ShowtimeId),
) -> Result<(), CustodyRefused> {
    let own = Own::load(tx, at, at.cinema(), (ticket, showtime))?;
    let decision = own.decide(&Input::Refund(ticket.id.clone()))?;
    own.carry_out(tx, decision)?;
    Ok(())
}

/// The cinema has answered: what becomes of the ticket and its seat is stored, and what follows for the money is given.
///
/// # Errors
/// The database's, and that this side is stopped.
pub(crate) fn answered(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    (ticket, showtime): (&TicketRow, &ShowtimeId),
    answer: RefundAnswer,
) -> Result<Option<RefundEvent>, Fault> {
    let own = Own::load(tx, counter, cinema, (ticket, showtime))?;
    let answer = match answer {
        RefundAnswer::Revoked => Answer::Revoked,
        RefundAnswer::AlreadyAdmitted => Answer::AlreadyAdmitted,
        RefundAnswer::Unproven => Answer::Unproven,
    };
    let (plan, fact) = (ticket.plan, Fact::Answered(ticket.id.clone(), answer));
    let heard = Input::Heard { plan, fact };
    // Only who is stopped is refused.
    let decision = own.decide(&heard).map_err(|_| Fault::Stopped)?;
    own.carry_out(tx, decision)
}

/// The showtime has ended and the cinema has not answered: as [`answered`].
pub(crate) fn unanswered(
    tx: &mut Tx<'_>,
    at: &At,
    (ticket, showtime): (&TicketRow, &ShowtimeId),
) -> Result<Option<RefundEvent>, Fault> {
    let own = Own::load(tx, at, at.cinema(), (ticket, showtime))?;
    let decision = own.decide(&Input::Unanswered(ticket.id.clone()));
    own.carry_out(tx, decision.map_err(|_| Fault::Stopped)?)
}

/// A ticket that this side sold, with what is known of it and of its seat. Where its room cannot be read the seat stays as it is.
struct Own<'a> {
    here: Here<'a>,
    ticket: &'a TicketRow,
    showtime: &'a ShowtimeId,
    known: Known,
    records: BTreeMap<TicketId, TicketRecord>,
}

impl<'a> Own<'a> {
    fn load(
        tx: &mut Tx<'_>,
        counter: &'a Counter,
        cinema: &'a CinemaId,
        (ticket, showtime): (&'a TicketRow, &'a ShowtimeId),
    ) -> Result<Self, Fault> {
        let here = Here::at(tx, counter, cinema)?;
        let known = here.load(tx, showtime, None, [&ticket.seat].into_iter())?;
        let mut records = tickets::records(tx, ticket.showtime, &ticket.seat, &ticket.id)?;
        if let Some(record) = records.get_mut(&ticket.id) {
            record.admitted = door::proof_of(tx, cinema, &ticket.id)?;
            // The cinema has taken its seat over: whoever has that ticket keeps the seat.
            let of_seat = (&ticket.seat, ticket.epoch);
            record.sale.at_risk |= seats::is_heard_sold(tx, ticket.showtime, of_seat)?;
        }
        Ok(Self {
            here,
            ticket,
            showtime,
            known,
            records,
        })
    }

    fn decide(&self, input: &Input) -> Result<Decision, box_office::custody::CustodyRefusal> {
        let loaded = Loaded {
            seats: &self.known.seats,
            ..of_tickets(self.ticket.plan, &self.records)
        };
        decide(&self.here.standing, &loaded, input)
    }

    /// Stores what a decision comes to, and gives what follows for the money.
    fn carry_out(self, tx: &mut Tx<'_>, decision: Decision) -> Result<Option<RefundEvent>, Fault> {
        let (counter, cinema) = (self.here.counter, self.here.cinema);
        if let Some(at) = &self.here.at {
            let showtime = (self.ticket.showtime, self.showtime);
            seats::save_transfer(tx, at, showtime, &decision.seats)?;
        }
        for moved in &decision.tickets {
            let before = moved.before.as_ref().map(|record| record.state);
            let states = (before.unwrap_or(moved.after.state), moved.after.state);
            if !tickets::put_state(tx, &moved.ticket, states)? {
                return Err(Fault::Broken(format!(
                    "the ticket {} was not {before:?}",
                    moved.ticket
                )));
            }
        }
        let mut event = None;
        for effect in decision.effects {
            match effect {
                Effect::Tell(Fact::AskedToRevoke(..)) => {
                    counter.tell(tx, cinema, [self.wish()])?;
                }
                Effect::Tell(Fact::Quarantined(seats)) => {
                    if let Some(known) = &self.known.scheduled {
                        let told = SeatsQuarantined {
                            showtime: self.showtime.clone(),
                            auditorium: known.auditorium.id.clone(),
                            plan: known.plan.layout().version,
                            seats,
                        };
                        counter.tell(tx, cinema, [told.into()])?;
                    }
                }
                Effect::Refund(_, told) => event = Some(told),
                Effect::Tell(_)
                | Effect::Keep { .. }
                | Effect::ListInHello(..)
                | Effect::Case(_) => {
                    return Err(Fault::Broken("a refund does not come to this".into()));
                }
            }
        }
        Ok(event)
    }

    /// What asks the cinema.
    fn wish(&self) -> Body {
        wish(self.here.counter, self.ticket, self.showtime)
    }
}

/// What asks the cinema for a ticket.
fn wish(counter: &Counter, ticket: &TicketRow, showtime: &ShowtimeId) -> Body {
    RefundRequested {
        ticket: ticket.id.clone(),
        sale: ticket.sale.clone(),
        showtime: showtime.clone(),
        seat: ticket.seat.clone(),
        plan: ticket.plan,
        epoch: ticket.epoch.number().into(),
        edition: ticket.edition,
        kind: ticket.kind.clone(),
        time: counter.clock.now().as_millisecond(),
    }
    .into()
}

/// Asks the cinema once more for each ticket that it has not answered for: another box has taken the place of the one that was asked.
///
/// # Errors
/// The database's.
pub fn ask_again(tx: &mut Tx<'_>, counter: &Counter, cinema: &CinemaId) -> Result<(), Fault> {
    for ticket in tickets::asked_back(tx, cinema)? {
        let showtime = catalogue::named(tx, ticket.showtime)?.id;
        let wish = wish(counter, &ticket, &showtime);
        counter.tell(tx, cinema, [wish])?;
    }
    Ok(())
}

/// A ticket is known by what was told of it, whatever became of its room: no plan and no seat have a part in it.
fn of_tickets(plan: u32, tickets: &BTreeMap<TicketId, TicketRecord>) -> Loaded<'_> {
    Loaded {
        plan: Some(plan),
        seats: &[],
        tickets,
        has_begun: false,
        doubted: None,
    }
}

/// The cinema hears that the hub wants a ticket back, and answers, in the transaction that moves the stream's position. Asked again, it
/// answers again.
///
/// # Errors
/// The database's, and that this side is stopped: the position does not move then.
pub fn hear_asked_back(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &RefundRequested,
) -> Result<(), Fault> {
    let standing = standing_of(tx, counter, cinema)?;
    let (ticket, plan) = (told.ticket.clone(), told.plan);
    let records = door::heard(tx, cinema, (&told.showtime, &told.seat), &ticket)?;
    let epoch = Epoch::new(u32::try_from(told.epoch).unwrap_or(u32::MAX));
    let seller = counter.side.other();
    let sale = Sale::new(told.seat.clone(), seller, epoch, told.edition);
    let fact = Fact::AskedToRevoke(ticket, sale);
    let heard = Input::Heard { plan, fact };
    // Only who is stopped is refused.
    let decision =
        decide(&standing, &of_tickets(plan, &records), &heard).map_err(|_| Fault::Stopped)?;
    let at = counter.at(cinema);
    let keys = catalogue::showtime_keys(tx, cinema, [&told.showtime].into_iter())?;
    for moved in &decision.tickets {
        let named = (&told.showtime, &told.sale, &told.kind);
        door::put(tx, cinema, named, moved)?;
        for (showtime, key) in keys.iter().filter(|_| !moved.after.stands()) {
            seats::unhear(tx, at.as_ref(), (*key, showtime), &told.seat, epoch)?;
        }
    }
    for effect in decision.effects {
        let Effect::Tell(Fact::Answered(ticket, answer)) = effect else {
            return Err(Fault::Broken("an answer is told, and no more".into()));
        };
        let answered = RefundAnswered {
            ticket,
            showtime: told.showtime.clone(),
            answer: word(answer),
            time: counter.clock.now().as_millisecond(),
        };
        counter.tell(tx, cinema, [answered.into()])?;
    }
    Ok(())
}

fn word(answer: Answer) -> RefundAnswer {
    match answer {
        Answer::Revoked => RefundAnswer::Revoked,
        Answer::AlreadyAdmitted => RefundAnswer::AlreadyAdmitted,
        Answer::Unproven => RefundAnswer::Unproven,
    }
}

/// The cinema hears which seats in the hub's custody are not sold again, so that a hub that forgets it learns it from there.
///
/// # Errors
/// The database's, and that this side is stopped: the position does not move then.
pub fn hear_quarantined(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &SeatsQuarantined,
) -> Result<(), Fault> {
    let names = Names {
        showtime: &told.showtime,
        auditorium: Some(&told.auditorium),
        plan: told.plan,
    };
    let seats = (told.seats.as_slice(), Fact::Quarantined as _);
    hear_of_seats(tx, (counter, cinema), names, seats)
}

/// The cinema hears which of them are sold again.
///
/// # Errors
/// As [`hear_quarantined`].
pub fn hear_freed(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &SeatsFreed,
) -> Result<(), Fault> {
    let names = Names {
        showtime: &told.showtime,
        auditorium: Some(&told.auditorium),
        plan: told.plan,
    };
    let seats = (told.seats.as_slice(), Fact::OutOfQuarantine as _);
    hear_of_seats(tx, (counter, cinema), names, seats)
}

/// What is told of seats.
type ToldOfSeats = fn(Vec<SeatId>) -> Fact;

fn hear_of_seats(
    tx: &mut Tx<'_>,
    (counter, cinema): (&Counter, &CinemaId),
    names: Names<'_>,
    (seats, fact): (&[SeatId], ToldOfSeats),
) -> Result<(), Fault> {
    let here = Here::at(tx, counter, cinema)?;
    let known = here.load(tx, names.showtime, Some(names), seats.iter())?;
    let (plan, fact) = (names.plan, fact(seats.to_vec()));
    let is_freed = matches!(fact, Fact::OutOfQuarantine(_));
    let heard = Input::Heard { plan, fact };
    let decision = decide(&here.standing, &known.loaded(), &heard).map_err(|_| Fault::Stopped)?;
    let Some(scheduled) = &known.scheduled else {
        // The seats are the hub's, and it keeps them back or sells them: nothing here depends on it.
        tracing::error!(%cinema, showtime = %names.showtime, "the hub tells of quarantine in what is not known here");
        return Ok(());
    };
    let freed = match is_freed {
        true => known.seats.as_slice(),
        false => &[],
    };
    let freed = freed.iter().map(|it| (&it.seat, it.record.epoch));
    store::doubt(tx, scheduled.key, freed)?;
    here.store(tx, names, &known, decision).map(drop)
}
