//! What somebody has bought as they look at it later: when and where it is by now, and for each ticket whether it opens the door, and if
//! not, what became of it and of its money.

mod sample;

use box_office::checkout::Refund;
use box_office::custody::TicketState;
use box_office::{Money, SaleId, SeatId, TicketId};
use counter_api::Ticket;
use database::Snapshot;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::catalogue::{self, PlannedNow};
use crate::counter::At;
use crate::refunds::{RefundRow, Terms};
use crate::sold::{SaleRow, Sold, TicketFacts};
use crate::tickets::{self, TicketRefused};
use crate::{Fault, checkout, custody, refunds};

pub use sample::Sample;
#[cfg(test)]
pub(crate) use sample::sample_facts;

/// A sale as whoever bought it looks at it.
#[derive(Debug, Clone)]
pub struct Booking {
    /// The sale.
    pub sale: SaleRow,
    /// When its showtime is.
    pub when: When,
    /// Its tickets, in the layout's order; there is one at least.
    pub tickets: Vec<Booked>,
    /// Whether the cinema is reached at this moment.
    pub is_reached: bool,
    /// When this was so.
    pub as_of: Timestamp,
}

/// When the showtime of a booking is, by now.
#[derive(Debug, Clone)]
pub struct When {
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it was to begin, as its guest was told, if that was another time.
    pub moved_from: Option<Timestamp>,
    /// When the film itself begins, as far as that is known.
    pub film_starts_at: Option<Timestamp>,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Where its clocks are.
    pub zone: TimeZone,
    /// How far it is.
    pub stage: Stage,
}

/// How far a showtime is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It has not begun.
    ToCome,
    /// It has.
    Begun,
    /// It has ended.
    Over,
    /// It does not take place.
    Cancelled,
}

/// A ticket of a booking.
#[derive(Debug, Clone)]
pub struct Booked {
    /// The ticket.
    pub ticket: Ticket,
    /// What it was sold as.
    pub facts: TicketFacts,
    /// What it is good for by now.
    pub standing: Standing,
    /// On what terms it goes back, or has.
    pub terms: Terms,
    /// The other half of its love seat, with which it goes back.
    pub other_half: Option<SeatId>,
}

/// What a ticket is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It opens the door.
    Good,
    /// Its guest was let in.
    LetIn(Timestamp),
    /// It is to go back, and the cinema has not answered: it opens the door until then.
    Asked,
    /// It went back, and its money is on its way.
    Owed,
    /// It went back, and its money too.
    Returned,
    /// It was to go back, and its guest had been let in: a person says whether money comes back.
    NotTakenBack,
    /// It does not stand any more.
    Void,
}

impl Standing {
    /// Whether its code may be shown: it opens the door, or has.
    pub fn has_code(self) -> bool {
        match self {
            Self::Good | Self::LetIn(_) | Self::Asked | Self::NotTakenBack => true,
            Self::Owed | Self::Returned | Self::Void => false,
        }
    }
}

impl Booked {
    /// What goes back of its price.
    pub fn back(&self) -> Money {
        let price = self.ticket.price;
        Money::new(price.minor - self.terms.kept.minor, price.currency)
    }
}

impl Booking {
    /// The sum, tax included.
    pub fn total(&self) -> Money {
        Money::new(self.sale.total_minor, self.sale.currency)
    }

    /// The tax inside it.
    pub fn tax(&self) -> Money {
        Money::new(self.sale.tax_minor, self.sale.currency)
    }

    /// What has gone back of it.
    pub fn returned(&self) -> Money {
        let tickets = self.tickets.iter();
        let returned = tickets.filter(|booked| booked.standing == Standing::Returned);
        let minor = returned.map(|booked| booked.back().minor).sum();
        Money::new(minor, self.sale.currency)
    }

    /// The tickets that whoever has the booking may give back by now, by the rules under which they were sold.
    pub fn may_go_back(&self) -> impl Iterator<Item = &Booked> {
        let is_open = self.when.stage == Stage::ToCome;
        let tickets = self.tickets.iter();
        let now = self.as_of;
        tickets.filter(move |booked| {
            let is_in_time = booked.terms.end.is_some_and(|end| now < end);
            is_open && is_in_time && booked.standing == Standing::Good
        })
    }

    /// Those of these tickets that may go back, with the other halves of their love seats.
    pub fn to_go_back(&self, tickets: &[String]) -> Vec<&Booked> {
        let is_named = |booked: &Booked| tickets.iter().any(|id| id == booked.ticket.id.as_str());
        let halves: Vec<&SeatId> = (self.may_go_back())
            .filter(|booked| is_named(booked))
            .filter_map(|booked| booked.other_half.as_ref())
            .collect();
        let goes = |booked: &&Booked| is_named(booked) || halves.contains(&&booked.ticket.seat);
        self.may_go_back().filter(goes).collect()
    }

    /// What these tickets have cost together, in minor units.
    pub fn price_of(&self, tickets: &[TicketId]) -> i64 {
        let named = self.tickets.iter();
        let named = named.filter(|booked| tickets.contains(&booked.ticket.id));
        named.map(|booked| booked.ticket.price.minor).sum()
    }

    /// Whether any of these is one of its tickets, for a showtime to come.
    pub fn names_any_to_come(&self, tickets: &[String]) -> bool {
        let is_named = |booked: &Booked| tickets.iter().any(|id| id == booked.ticket.id.as_str());
        self.when.stage == Stage::ToCome && self.tickets.iter().any(is_named)
    }

    /// Whether nobody goes there with it: it is cancelled, or no ticket stands.
    pub fn is_off(&self) -> bool {
        self.when.stage == Stage::Cancelled || !self.tickets.iter().any(|it| it.standing.has_code())
    }
}

/// The sale with this id, as it is by now.
///
/// # Errors
/// This cinema has sold no such thing, or the database refuses.
pub async fn find(at: &At, sale: SaleId) -> Result<Booking, TicketRefused> {
    let asking = at.clone();
    at.database
        .read(move |db| {
            let sold = checkout::find_sale(db, &asking, &sale)?;
            of_sold(db, &asking, sold.ok_or(TicketRefused::UnknownTicket)?)
        })
        .await
}

fn of_sold(db: &mut Snapshot<'_>, at: &At, sold: Sold) -> Result<Booking, TicketRefused> {
    let asked_back = refunds::rows_of(db, &sold.sale.id)?;
    let first = sold.tickets.first().ok_or(TicketRefused::UnknownTicket)?;
    let (zone, told) = (tickets::zone_of(&first.facts), first.starts_at);
    let planned = catalogue::planned_now(db, at.cinema(), &sold.showtime)?;
    let planned = match planned {
        Some(planned) => planned,
        None => PlannedNow {
            starts_at: told,
            ends_at: catalogue::named(db, first.showtime)?.ends_at,
            is_cancelled: false,
        },
    };
    let scheduled = match catalogue::scheduled(db, &at.catalogue(), &sold.showtime) {
        // Its tickets are shown all the same.
        Err(fault) if fault.is_unreadable() => None,
        found => found?,
    };
    let now = at.clock.now();
    let when = When {
        starts_at: planned.starts_at,
        moved_from: (planned.starts_at != told).then_some(told),
        film_starts_at: scheduled.as_ref().map(|it| it.showtime.film_starts_at()),
        ends_at: planned.ends_at,
        zone,
        stage: stage(&planned, now),
    };
    let booked = sold.tickets.into_iter().map(|row| {
        let refund = asked_back.iter().find(|refund| refund.ticket == row.id);
        let standing = standing(db, at, &row.id, refund)?;
        let mut terms = refunds::terms_of(&row, &planned);
        if let Some(refund) = refund {
            terms.kept = refund.kept;
        }
        let plan = scheduled.as_ref().map(|it| &it.plan);
        let other_half = plan.and_then(|plan| plan.other_half(&row.seat).cloned());
        let found = tickets::found(db, at, row)?;
        Ok(Booked {
            other_half,
            ticket: found.ticket,
            facts: found.facts,
            standing,
            terms,
        })
    });
    Ok(Booking {
        tickets: booked.collect::<Result<_, TicketRefused>>()?,
        sale: sold.sale,
        when,
        is_reached: at.is_reached(),
        as_of: now,
    })
}

fn stage(planned: &PlannedNow, now: Timestamp) -> Stage {
    match planned {
        planned if planned.is_cancelled => Stage::Cancelled,
        planned if now < planned.starts_at => Stage::ToCome,
        planned if now < planned.ends_at => Stage::Begun,
        _ => Stage::Over,
    }
}

fn standing(
    db: &mut Snapshot<'_>,
    at: &At,
    ticket: &TicketId,
    refund: Option<&RefundRow>,
) -> Result<Standing, Fault> {
    if let Some(refund) = refund {
        return Ok(match refund.state {
            Refund::Requested | Refund::Revoking => Standing::Asked,
            Refund::Owed => Standing::Owed,
            Refund::Done => Standing::Returned,
            Refund::Refused => Standing::NotTakenBack,
        });
    }
    match tickets::state_of(db, ticket)? {
        None | Some(TicketState::Revoked | TicketState::Unproven) => return Ok(Standing::Void),
        Some(TicketState::Live | TicketState::Revoking) => {}
    }
    let let_in = custody::let_in_at(db, at.cinema(), ticket)?;
    Ok(let_in.map_or(Standing::Good, Standing::LetIn))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_showtime_is_to_come_then_begun_then_over_unless_it_is_cancelled() {
        let at = |time: &str| format!("2026-11-23T{time}:00Z").parse().unwrap();
        let planned = |is_cancelled| PlannedNow {
            starts_at: at("19:15"),
            ends_at: at("21:49"),
            is_cancelled,
        };
        let check = |now: &str, expected: Stage| {
            assert_eq!(stage(&planned(false), at(now)), expected, "{now}");
            assert_eq!(stage(&planned(true), at(now)), Stage::Cancelled, "{now}");
        };
        check("19:14", Stage::ToCome);
        check("19:15", Stage::Begun);
        check("21:48", Stage::Begun);
        check("21:49", Stage::Over);
    }

    #[test]
    fn what_is_on_its_way_back_opens_the_door_until_it_is_back() {
        let with: [Standing; 4] = [
            Standing::Good,
            Standing::LetIn(Timestamp::UNIX_EPOCH),
            Standing::Asked,
            Standing::NotTakenBack,
        ];
        assert!(with.into_iter().all(Standing::has_code));
        let without = [Standing::Owed, Standing::Returned, Standing::Void];
        assert!(!without.into_iter().any(Standing::has_code));
    }
}
