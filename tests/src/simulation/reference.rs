//! What must be true, kept by what people were told and nothing else: a list of tickets. It knows no custody, no stream and no clock.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::Value;

use super::chain::CINEMAS;

/// Who has sold a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seller {
    /// The box, in the lobby.
    Lobby,
    /// The hub, to somebody at home.
    Home,
}

/// How far a ticket is on its way back, as its guest was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Back {
    /// Nobody has asked.
    No,
    /// Asked, and not answered.
    Asked,
    /// Asked, and answered with no.
    Refused,
    /// The money goes back, or has.
    Yes,
}

/// A ticket that somebody has.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its id.
    pub id: String,
    /// Who has sold it.
    pub seller: Seller,
    /// Of which cinema.
    pub cinema: usize,
    /// The showtime.
    pub showtime: String,
    /// The seat.
    pub seat: String,
    /// Its price, in minor units.
    pub price_minor: i64,
    /// What is scanned at the door.
    pub code: String,
    /// How far it is on its way back.
    pub back: Back,
    /// Whether its guest was let in.
    pub is_inside: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Reference {
    tickets: Vec<Ticket>,
    places: BTreeMap<String, usize>,
    /// By cinema, showtime and seat, the ticket that was sold last.
    seats: BTreeMap<(usize, String, String), usize>,
    /// What must not be.
    pub wrong: Vec<String>,
    /// Seats that were sold twice.
    pub double_sales: u64,
    /// Which tickets a hub that was put back may have forgotten, by their numbers.
    pub forgotten: Vec<Range<usize>>,
    /// What was paid in cash, by cinema, in minor units.
    pub cash_minor: BTreeMap<usize, i64>,
}

impl Reference {
    /// A sale was answered: gives its tickets.
    pub fn sold(&mut self, (seller, cinema): (Seller, usize), sale: &Value) -> Vec<usize> {
        let showtime = text(&sale["showtime"]);
        let tickets = sale["tickets"].as_array().into_iter().flatten();
        let tickets: Vec<Ticket> = tickets
            .map(|it| Ticket {
                id: text(&it["id"]),
                seller,
                cinema,
                showtime: showtime.clone(),
                seat: text(&it["seat"]),
                price_minor: it["price"]["minor"].as_i64().unwrap_or_default(),
                code: text(&it["code"]),
                back: Back::No,
                is_inside: false,
            })
            .collect();
        if tickets.is_empty() {
            self.wrong.push(format!("a sale without tickets: {sale}"));
        }
        tickets.into_iter().map(|it| self.has(it)).collect()
    }

    fn has(&mut self, ticket: Ticket) -> usize {
        if let Some(known) = self.places.get(&ticket.id) {
            return *known;
        }
        let number = self.tickets.len();
        let seat = (ticket.cinema, ticket.showtime.clone(), ticket.seat.clone());
        let former = self.seats.insert(seat, number);
        if let Some(former) = former.map(|it| &self.tickets[it])
            && matches!(former.back, Back::No | Back::Refused)
        {
            self.double_sales += 1;
            self.wrong.push(format!(
                "{} {} {} is sold by {:?} as {} and by {:?} as {}",
                CINEMAS[ticket.cinema],
                ticket.showtime,
                ticket.seat,
                former.seller,
                former.id,
                ticket.seller,
                ticket.id
            ));
        }
        self.places.insert(ticket.id.clone(), number);
        self.tickets.push(ticket);
        number
    }

    /// A ticket.
    pub fn ticket(&self, number: usize) -> &Ticket {
        &self.tickets[number]
    }

    /// All of them.
    pub fn tickets(&self) -> &[Ticket] {
        &self.tickets
    }

    /// Somebody wants their money back for it.
    pub fn asked_back(&mut self, number: usize) {
        let ticket = &mut self.tickets[number];
        ticket.back = ticket.back.max(Back::Asked);
    }

    /// What became of that.
    pub fn answered_back(&mut self, answer: &Value) {
        for refund in answer["refunds"].as_array().into_iter().flatten() {
            let Some(number) = self.places.get(&text(&refund["ticket"])).copied() else {
                self.wrong.push(format!("of no ticket: {refund}"));
                continue;
            };
            let ticket = &mut self.tickets[number];
            match refund["state"].as_str() {
                Some("refused") => ticket.back = Back::Refused,
                Some("owed" | "returned") => ticket.back = Back::Yes,
                Some("asked") => {}
                _ => self.wrong.push(format!("no state: {refund}")),
            }
        }
    }

    /// A ticket was held before its cinema's door, and this was answered.
    pub fn scanned(&mut self, number: usize, (status, answer): &(u16, Value)) {
        let ticket = &mut self.tickets[number];
        let code = answer["code"].as_str().unwrap_or_default();
        let is_right = match (*status, code) {
            (201, _) => {
                let may = !ticket.is_inside && ticket.back != Back::Yes;
                ticket.is_inside = true;
                may
            }
            (409, "already_admitted") => ticket.is_inside,
            (409, "ticket_revoked" | "ticket_superseded") => ticket.back > Back::No,
            _ => false,
        };
        if !is_right {
            self.wrong.push(format!(
                "at the door of {}: {status} {code} for {ticket:?}",
                CINEMAS[ticket.cinema]
            ));
        }
    }

    /// Whether a ticket of the hub may be unknown to it.
    pub fn may_be_forgotten(&self) -> BTreeSet<String> {
        let numbers = self.forgotten.iter().cloned().flatten();
        let at_home = numbers
            .map(|number| &self.tickets[number])
            .filter(|it| it.seller == Seller::Home);
        at_home.map(|it| it.id.clone()).collect()
    }

    /// The tickets that must be good at the end, by id: those of this seller, and for the box those of its cinema.
    pub fn live(&self, seller: Seller, cinema: Option<usize>) -> BTreeMap<String, i64> {
        let of = |it: &&Ticket| {
            it.seller == seller
                && cinema.is_none_or(|cinema| it.cinema == cinema)
                && it.back != Back::Yes
        };
        let live = self.tickets.iter().filter(of);
        live.map(|it| (it.id.clone(), it.price_minor)).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
