//! A booking that nobody has made, for whoever wants to see how one is written about. Its codes say that they are none, and open no door.

use std::collections::BTreeMap;

use box_office::programme::Format;
use box_office::{Currency, HoldId, Money, RefundRules, RefundsUntil, SaleId, TaxRate, TicketId};
use counter_api::Ticket;
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Booked, Booking, Stage, Standing, When};
use crate::buyer::{BuyerId, BuyerKind};
use crate::catalogue::{PlannedNow, ShowtimeKey, local};
use crate::refunds::terms_of_sold;
use crate::sold::{ONLINE, SaleFacts, SaleRow, TicketFacts};

/// What each ticket cost, in minor units, and the tax inside it, in hundredths of a percent.
const PRICE_MINOR: i64 = 1_250;
const TAX_BASIS_POINTS: u16 = 700;

/// By which rules they go back: with all that a guest may be told of.
const RULES: RefundRules = RefundRules {
    until: RefundsUntil::MinutesBefore(60),
    kept_minor: 100,
};

/// As long as a ticket's code, of signs that one has.
const CODE: &str = "FOYER1:SAMPLE NO TICKET SAMPLE NO TICKET SAMPLE NO TICKET SAMPLE NO TICKET SAMPLE NO TICKET SAMPLE NO TICKET";

/// What is so of a sample.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// How far its showtime is.
    pub stage: Stage,
    /// Whether that is at another time than it was sold for.
    pub is_moved: bool,
    /// What its two tickets are good for.
    pub standings: [Standing; 2],
    /// The language of whoever has bought.
    pub language: &'a str,
}

impl Sample<'_> {
    /// The booking, on a day of its own; nothing, if it does not fit what bookings are by now.
    pub fn booking(&self) -> Option<Booking> {
        let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
        let told = begins(20, 15, &zone);
        let starts_at = match self.is_moved {
            true => begins(21, 0, &zone),
            false => told,
        };
        let hours = SignedDuration::from_hours;
        let as_of = match self.stage {
            Stage::ToCome | Stage::Cancelled => told - hours(24),
            Stage::Begun => starts_at + SignedDuration::from_mins(5),
            Stage::Over => starts_at + hours(4),
        };
        let ends_at = starts_at + SignedDuration::from_mins(168);
        let currency: Currency = "EUR".parse().ok()?;
        let tickets = [("7", 1), ("8", 2)].into_iter().zip(self.standings);
        let rate = TaxRate::from_basis_points(TAX_BASIS_POINTS).ok();
        let tax_of = |minor| rate.map_or(0, |rate| rate.inside(Money::new(minor, currency)).minor);
        let planned = PlannedNow {
            starts_at,
            ends_at,
            is_cancelled: self.stage == Stage::Cancelled,
        };
        let tickets = tickets.map(|((number, nth), standing)| {
            let facts = facts(number, self.language);
            let money = |minor| Money::new(minor, currency);
            let terms = terms_of_sold(&facts, (money(PRICE_MINOR), told), &planned);
            Some(Booked {
                other_half: None,
                ticket: Ticket {
                    id: TicketId::from_bits([nth; 16]),
                    showtime: "sample".parse().ok()?,
                    film: facts.film.clone(),
                    auditorium_name: facts.auditorium.clone(),
                    starts_at: local(starts_at, &zone),
                    seat: format!("F{number}").parse().ok()?,
                    block: None,
                    row: facts.row.clone(),
                    number: facts.number.clone(),
                    ticket_kind: "adult".parse().ok()?,
                    price: money(PRICE_MINOR),
                    tax: money(tax_of(PRICE_MINOR)),
                    edition: 1,
                    code: CODE.to_owned(),
                },
                facts,
                standing,
                terms,
            })
        });
        let tickets: Vec<Booked> = tickets.collect::<Option<_>>()?;
        let sum = |of: fn(&Ticket) -> Money| tickets.iter().map(|it| of(&it.ticket).minor).sum();
        Some(Booking {
            sale: SaleRow {
                id: SaleId::from_bits([0; 16]),
                hold: HoldId::from_bits([0; 16]),
                buyer: BuyerId {
                    kind: BuyerKind::Guest,
                    id: "sample".parse().ok()?,
                },
                showtime: ShowtimeKey(0),
                series: ONLINE,
                number: 0x2a_2a2a_2a2a,
                sold_at: told - hours(72),
                currency,
                total_minor: sum(|ticket| ticket.price),
                tax_minor: sum(|ticket| ticket.tax),
                change_minor: 0,
                collection_code: "SAMPLE".to_owned(),
                facts: SaleFacts {
                    seller: "Metropol".to_owned(),
                    address: vec!["Ringstraße 1".to_owned(), "10115 Berlin".to_owned()],
                    tax_number: "00/000/00000".to_owned(),
                    guest_language: self.language.to_owned(),
                    is_paperless: false,
                },
            },
            when: When {
                starts_at,
                moved_from: self.is_moved.then_some(told),
                film_starts_at: Some(starts_at + SignedDuration::from_mins(15)),
                ends_at,
                zone,
                stage: self.stage,
            },
            tickets,
            is_reached: true,
            as_of,
        })
    }
}

/// Where its clocks are.
const ZONE: &str = "Europe/Berlin";

/// A time of its evening.
fn begins(hour: i8, minute: i8, zone: &TimeZone) -> Timestamp {
    let on_the_wall = date(2027, 3, 5).at(hour, minute, 0, 0);
    let there = zone.to_ambiguous_timestamp(on_the_wall).compatible();
    there.unwrap_or(Timestamp::UNIX_EPOCH)
}

fn facts(number: &str, language: &str) -> TicketFacts {
    let names = [
        ("en", "Adult"),
        ("de", "Erwachsene"),
        ("es", "Adulto"),
        ("fr", "Adulte"),
    ];
    let names = names.map(|(tag, name)| (tag.to_owned(), name.to_owned()));
    TicketFacts {
        cinema: "Metropol".to_owned(),
        time_zone: ZONE.to_owned(),
        film: "Metropolis".to_owned(),
        rating: None,
        language: "de".to_owned(),
        subtitles: None,
        format: Format::Flat,
        auditorium: "Screen 1".to_owned(),
        block: None,
        row: "F".to_owned(),
        number: number.to_owned(),
        kind_names: BTreeMap::from(names),
        guest_language: language.to_owned(),
        tax_basis_points: TAX_BASIS_POINTS.into(),
        refunds: RULES,
    }
}

/// What each of its tickets says: kept is a euro, until an hour before.
#[cfg(test)]
pub(crate) fn sample_facts() -> TicketFacts {
    facts("7", "en")
}
