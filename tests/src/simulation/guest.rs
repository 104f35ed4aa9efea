//! A guest, in the lobby or at home: looks, chooses, pays or does not, comes to the door or wants the money back. Whatever gets no answer is asked
//! again under the same key, until it has one.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use appliance::terminal::memory::Behaviour;
use box_office::TenderId;
use serde_json::{Value, json};

use super::chain::{CINEMAS, Chain, Who};
use super::dice::Dice;
use super::reference::{Back, Reference, Seller};
use super::side::Answer;

/// The showtimes that guests choose among.
pub(super) const SHOWTIMES: [&str; 3] = ["tonight", "strict", "tomorrow"];

/// How often a guest chooses, and is told that somebody was faster.
const TRIES: usize = 4;

/// How often a guest asks for tickets that a hub was put back to before it sold.
const FORGOTTEN_TRIES: usize = 30;

/// How often a guest looks for the outcome of a payment before it is stopped.
const LOOKS: usize = 6;

/// A guest.
#[derive(Debug)]
pub struct Guest {
    /// What the trace calls them.
    pub name: String,
    /// The step at which they come.
    pub comes_at: usize,
    /// The request that is to be answered, once it was begun.
    pub asks: Option<Request>,
    /// Whether it is under way.
    pub is_waiting: bool,
    /// Nothing more comes of them.
    pub is_gone: bool,
    counter: Seller,
    cinema: usize,
    showtime: &'static str,
    dice: Dice,
    /// A guest's session, or the number of the device that they stand at.
    token: String,
    device: Option<usize>,
    from: IpAddr,
    rests_until: Duration,
    stage: Stage,
    tries: usize,
    requests: usize,
    to_scan: Vec<usize>,
    codes: BTreeMap<usize, String>,
}

#[derive(Debug, Clone)]
enum Stage {
    Looks,
    Chooses(Vec<String>),
    Holds(Held),
    Pays(Held, TenderId, usize),
    Collects(String),
    Has(String, Vec<usize>),
    WantsBack(String, Vec<usize>),
}

#[derive(Debug, Clone)]
struct Held {
    id: String,
    total_minor: i64,
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// To see what is free.
    Map,
    /// To hold seats.
    Hold,
    /// To hold other seats instead.
    Change,
    /// To have more time.
    Extend,
    /// To give seats back.
    Release,
    /// To pay in cash.
    Cash,
    /// To pay by card.
    Card,
    /// To see what became of a payment.
    Outcome,
    /// To stop a payment.
    Stop,
    /// To have the tickets.
    Tickets,
    /// To give tickets back.
    GiveBack,
    /// To see what became of that.
    Returned,
    /// To be let in with this ticket.
    Door(usize),
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Whom it goes to.
    pub to: Who,
    /// What it is for.
    pub purpose: For,
    /// The method.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// The token of whoever asks.
    pub token: String,
    /// The key under which it is the same request.
    pub key: String,
    /// The body.
    pub body: Value,
    /// The address of whoever asks.
    pub from: IpAddr,
}

impl Guest {
    /// The guest with this number, of the evening with this seed.
    pub fn new(seed: u64, number: usize, steps: usize) -> Self {
        let dice = Dice::seeded((seed << 20) ^ 0x6775_6573_7400 ^ number as u64);
        let counter = match dice.below(2) {
            0 => Seller::Lobby,
            _ => Seller::Home,
        };
        let cinema = dice.below(CINEMAS.len());
        let at = [number >> 8, number & 255].map(|part| u8::try_from(part).unwrap_or(0));
        Self {
            name: format!(
                "guest {number} {} of {}",
                match counter {
                    Seller::Lobby => "in the lobby",
                    Seller::Home => "at home",
                },
                CINEMAS[cinema]
            ),
            comes_at: dice.below(steps * 4 / 5),
            asks: None,
            is_waiting: false,
            is_gone: false,
            counter,
            cinema,
            showtime: dice.one_of(&SHOWTIMES),
            token: String::new(),
            device: None,
            from: IpAddr::from([10, 0, at[0], at[1]]),
            rests_until: Duration::ZERO,
            stage: Stage::Looks,
            tries: 0,
            requests: 0,
            to_scan: Vec::new(),
            codes: BTreeMap::new(),
            dice,
        }
    }

    /// Their cinema.
    pub fn cinema(&self) -> usize {
        self.cinema
    }

    /// Until when they do nothing.
    pub fn rests_until(&self) -> Duration {
        self.rests_until
    }

    /// Whether they would do something now.
    pub fn is_ready(&self, step: usize, passed: Duration) -> bool {
        !self.is_gone && !self.is_waiting && self.comes_at <= step && self.rests_until <= passed
    }

    /// Nobody comes any more; who is there finishes.
    pub fn comes_no_more(&mut self) {
        let is_there = self.requests > 0 || self.asks.is_some();
        self.is_gone |= !is_there;
        self.tries = TRIES;
    }

    /// Leaves, and whoever comes next has the device.
    fn leaves(&mut self, chain: &mut Chain) {
        self.is_gone = true;
        if let Some(device) = self.device.take() {
            chain.cinemas[self.cinema].devices[device].is_taken = false;
        }
    }

    fn rests(&mut self, chain: &Chain, most_s: usize) {
        let time = Duration::from_millis(self.dice.below(most_s * 1_000) as u64);
        self.rests_until = chain.passed() + time;
    }

    /// Their request gets no answer: they ask again in a while.
    pub fn hears_nothing(&mut self, chain: &Chain) {
        self.is_waiting = false;
        self.rests(chain, 20);
    }

    /// What they ask now, if anything.
    pub async fn acts(&mut self, chain: &mut Chain) -> Option<Request> {
        if self.asks.is_none() {
            if !self.has_place(chain).await {
                self.rests(chain, 30);
                return None;
            }
            self.asks = self.thinks(chain);
        }
        self.asks.clone()
    }

    /// A device in the lobby, or a session at home.
    async fn has_place(&mut self, chain: &mut Chain) -> bool {
        if !self.token.is_empty() {
            return true;
        }
        match self.counter {
            Seller::Lobby => {
                let devices = &mut chain.cinemas[self.cinema].devices;
                let free = devices.iter().position(|device| !device.is_taken);
                let Some(number) = free else {
                    return false;
                };
                devices[number].is_taken = true;
                self.device = Some(number);
                self.token = devices[number].token.clone();
            }
            Seller::Home => {
                let Some(hub) = chain.router(Who::Hub) else {
                    return false;
                };
                match super::side::session(hub, self.from).await {
                    Some(token) => self.token = token,
                    None => return false,
                }
            }
        }
        true
    }

    fn is_at_till(&self, chain: &Chain) -> bool {
        let device = self
            .device
            .map(|it| &chain.cinemas[self.cinema].devices[it]);
        device.is_some_and(|it| it.is_till)
    }

    fn thinks(&mut self, chain: &mut Chain) -> Option<Request> {
        match self.stage.clone() {
            Stage::Looks => {
                let path = format!("/showtimes/{}/seats", self.showtime);
                Some(self.request(For::Map, "GET", &path, Value::Null))
            }
            Stage::Chooses(seats) => {
                let path = format!("/showtimes/{}/holds", self.showtime);
                Some(self.request(For::Hold, "POST", &path, choices(&seats)))
            }
            Stage::Holds(held) => self.goes_on(chain, &held),
            Stage::Pays(held, tender, looks) => Some(self.waits(chain, &held, &tender, looks)),
            Stage::Collects(sale) => {
                let path = format!("/sales/{sale}");
                Some(self.request(For::Tickets, "GET", &path, Value::Null))
            }
            Stage::Has(sale, tickets) => self.has_tickets(chain, sale, tickets),
            Stage::WantsBack(sale, tickets) => {
                if self.dice.below(12) == 0 {
                    let ticket = self.dice.one_of(&tickets);
                    return Some(self.at_the_door(chain, ticket));
                }
                let path = format!("/sales/{sale}/refunds");
                Some(self.request(For::Returned, "GET", &path, Value::Null))
            }
        }
    }

    /// Whoever holds seats mostly pays for them.
    fn goes_on(&mut self, chain: &mut Chain, held: &Held) -> Option<Request> {
        let path = format!("/holds/{}", held.id);
        match self.dice.below(20) {
            0 if self.tries < TRIES => {
                self.leaves(chain);
                None
            }
            1 => Some(self.request(For::Release, "DELETE", &path, Value::Null)),
            2 => Some(self.request(For::Extend, "POST", &format!("{path}/extend"), json!({}))),
            3 | 4 if self.tries < TRIES => {
                let row = self.dice.one_of(&["A", "B", "C"]);
                let first = 1 + self.dice.below(6);
                let seats = [first, first + 1].map(|number| format!("{row}{number}"));
                let path = format!("{path}/seats");
                Some(self.request(For::Change, "PUT", &path, choices(&seats)))
            }
            _ if self.is_at_till(chain) => {
                let cash = json!({ "cash_given_minor": held.total_minor + 500 });
                Some(self.request(For::Cash, "POST", &format!("{path}/settle"), cash))
            }
            _ => {
                let card = match self.counter {
                    Seller::Lobby => {
                        use Behaviour::{Approve, ApproveSilently, Decline, Lose, Wait};
                        let next = [
                            Approve,
                            Approve,
                            Approve,
                            ApproveSilently,
                            Decline,
                            Lose,
                            Wait,
                        ];
                        let terminal = &chain.cinemas[self.cinema].terminal;
                        terminal.next(self.dice.one_of(&next));
                        json!({ "card": {} })
                    }
                    Seller::Home => {
                        let cards = [
                            "card_approve",
                            "card_approve",
                            "card_approve",
                            "card_not_enough_money",
                            "card_step",
                            "card_vanish",
                            "card_never",
                        ];
                        json!({ "card": { "card": self.dice.one_of(&cards) } })
                    }
                };
                Some(self.request(For::Card, "POST", &format!("{path}/tenders"), card))
            }
        }
    }

    fn waits(&mut self, chain: &Chain, held: &Held, tender: &TenderId, looks: usize) -> Request {
        let approves = self.dice.below(4) > 0;
        match self.counter {
            Seller::Lobby => chain.cinemas[self.cinema].terminal.decide(tender, approves),
            // Who pays with a card that never answers has no page to decide at.
            Seller::Home if looks > 1 && self.dice.happens(50) => {
                chain.provider.decide(tender, approves);
            }
            Seller::Home => {}
        }
        match looks > 0 && looks.is_multiple_of(LOOKS) && self.dice.happens(50) {
            true => self.request(
                For::Stop,
                "DELETE",
                &format!("/tenders/{tender}"),
                Value::Null,
            ),
            false => self.request(
                For::Outcome,
                "GET",
                &format!("/holds/{}", held.id),
                Value::Null,
            ),
        }
    }

    fn has_tickets(
        &mut self,
        chain: &mut Chain,
        sale: String,
        tickets: Vec<usize>,
    ) -> Option<Request> {
        if self.counter == Seller::Home && self.dice.happens(50) {
            let path = format!("/sales/{sale}/refunds");
            self.stage = Stage::WantsBack(sale, tickets);
            return Some(self.request(For::GiveBack, "POST", &path, json!({})));
        }
        let Some(ticket) = self.to_scan.pop() else {
            self.leaves(chain);
            return None;
        };
        // Who was let in now and then tries it once more.
        if self.dice.below(8) == 0 {
            self.to_scan.push(ticket);
        }
        Some(self.at_the_door(chain, ticket))
    }

    fn at_the_door(&mut self, chain: &Chain, ticket: usize) -> Request {
        self.requests += 1;
        let code = self.codes.get(&ticket);
        Request {
            to: Who::Box(self.cinema),
            purpose: For::Door(ticket),
            method: "POST",
            path: "/api/v1/door/admissions".to_owned(),
            token: chain.cinemas[self.cinema].door.clone(),
            key: format!("{}-{}", self.key(), self.requests),
            body: json!({ "code": code, "showtime": self.showtime }),
            from: self.from,
        }
    }

    fn key(&self) -> String {
        self.name.replace(' ', "-")
    }

    fn request(&mut self, purpose: For, method: &'static str, path: &str, body: Value) -> Request {
        self.requests += 1;
        let (to, below) = match self.counter {
            Seller::Lobby => (Who::Box(self.cinema), "/api/v1".to_owned()),
            Seller::Home => (
                Who::Hub,
                format!("/api/v1/cinemas/{}", CINEMAS[self.cinema]),
            ),
        };
        Request {
            to,
            purpose,
            method,
            path: format!("{below}{path}"),
            token: self.token.clone(),
            key: format!("{}-{}", self.key(), self.requests),
            body,
            from: self.from,
        }
    }

    /// The answer to what they asked.
    pub fn hears(&mut self, answer: &Answer, chain: &mut Chain, reference: &mut Reference) {
        self.is_waiting = false;
        let (status, body) = answer;
        let Some(request) = &self.asks else {
            return;
        };
        let purpose = request.purpose;
        if *status >= 500 || *status == 429 {
            if *status != 503 && *status != 429 {
                let words = format!("{} {}: {status} {body}", self.name, request.path);
                reference.wrong.push(words);
            }
            return self.rests(chain, 30);
        }
        self.asks = None;
        self.rests(chain, 5);
        match purpose {
            For::Map => self.sees(body, chain),
            For::Hold if *status == 201 => self.holds(body),
            For::Change if *status == 200 => self.holds(body),
            For::Hold => self.tries_again(chain),
            For::Change | For::Extend => {}
            For::Release => self.leaves(chain),
            For::Cash => match status {
                200 => self.bought(body, chain, reference),
                _ => self.leaves(chain),
            },
            For::Card => self.pays(*status, body, chain),
            For::Outcome => self.looks_at(body, chain),
            For::Stop => self.looked(),
            For::Tickets => match status {
                200 => self.bought(body, chain, reference),
                // A hub that was put back knows neither them nor what they have bought; or it is about to issue the same tickets again.
                401 | 404 if !reference.forgotten.is_empty() => {
                    self.tries += 1;
                    match self.tries > FORGOTTEN_TRIES {
                        true => self.leaves(chain),
                        false => self.rests(chain, 60),
                    }
                }
                _ => reference
                    .wrong
                    .push(format!("{}: {status} {body}", self.name)),
            },
            For::GiveBack | For::Returned => self.hears_of_money(*status, body, chain, reference),
            For::Door(ticket) => reference.scanned(ticket, answer),
        }
    }

    fn sees(&mut self, map: &Value, chain: &mut Chain) {
        let seats: Vec<&Value> = map["seats"].as_array().into_iter().flatten().collect();
        if seats.is_empty() {
            return self.tries_again(chain);
        }
        // Everybody wants the middle; now and then somebody wants what is taken.
        let first = (self.dice.below(seats.len()) + self.dice.below(seats.len())) / 2;
        let wanted = seats.iter().skip(first).take(1 + self.dice.below(4));
        let wanted = wanted.filter(|seat| seat["state"] == "free" || self.dice.below(8) == 0);
        let wanted: Vec<String> = wanted
            .filter_map(|seat| seat["seat"].as_str().map(str::to_owned))
            .collect();
        match wanted.is_empty() {
            true => self.tries_again(chain),
            false => self.stage = Stage::Chooses(wanted),
        }
    }

    fn tries_again(&mut self, chain: &mut Chain) {
        self.tries += 1;
        self.stage = Stage::Looks;
        if self.tries >= TRIES {
            self.leaves(chain);
        } else if self.dice.below(2) == 0 {
            self.showtime = self.dice.one_of(&SHOWTIMES);
        }
    }

    fn holds(&mut self, hold: &Value) {
        self.stage = Stage::Holds(Held {
            id: hold["id"].as_str().unwrap_or_default().to_owned(),
            total_minor: hold["basket"]["total"]["minor"].as_i64().unwrap_or(0),
        });
    }

    fn pays(&mut self, status: u16, tender: &Value, chain: &mut Chain) {
        let id = tender["id"].as_str().and_then(|id| id.parse().ok());
        match (status, id, self.stage.clone()) {
            (202, Some(id), Stage::Holds(held)) => self.stage = Stage::Pays(held, id, 0),
            _ => self.leaves(chain),
        }
    }

    fn looked(&mut self) {
        if let Stage::Pays(_, _, looks) = &mut self.stage {
            *looks += 1;
        }
    }

    fn looks_at(&mut self, hold: &Value, chain: &mut Chain) {
        self.looked();
        let Stage::Pays(held, _, _) = &self.stage else {
            return;
        };
        match (hold["state"].as_str(), hold["sale"].as_str()) {
            (Some("settled"), Some(sale)) => self.stage = Stage::Collects(sale.to_owned()),
            (Some("open"), _) => {
                self.tries += 1;
                self.stage = Stage::Holds(held.clone());
            }
            (Some("paying" | "releasing"), _) => self.rests(chain, 10),
            _ => self.leaves(chain),
        }
    }

    fn bought(&mut self, sale: &Value, chain: &mut Chain, reference: &mut Reference) {
        // A till takes cash alone.
        if self.is_at_till(chain) {
            let minor = sale["total"]["minor"].as_i64().unwrap_or_default();
            *reference.cash_minor.entry(self.cinema).or_default() += minor;
        }
        let tickets = reference.sold((self.counter, self.cinema), sale);
        let code = |it: &usize| (*it, reference.ticket(*it).code.clone());
        self.codes = tickets.iter().map(code).collect();
        if self.dice.happens(60) {
            self.to_scan = tickets.clone();
        }
        let id = sale["id"].as_str().unwrap_or_default().to_owned();
        self.stage = Stage::Has(id, tickets);
        // Whoever has tickets makes room at the device.
        if let Some(device) = self.device.take() {
            chain.cinemas[self.cinema].devices[device].is_taken = false;
        }
        self.rests(chain, 600);
    }

    fn hears_of_money(
        &mut self,
        status: u16,
        answer: &Value,
        chain: &mut Chain,
        reference: &mut Reference,
    ) {
        let Stage::WantsBack(sale, tickets) = self.stage.clone() else {
            return;
        };
        if !(200..300).contains(&status) {
            // Too late, or somebody is inside: they keep what they have.
            self.to_scan = Vec::new();
            self.stage = Stage::Has(sale, tickets);
            return self.leaves(chain);
        }
        for ticket in &tickets {
            reference.asked_back(*ticket);
        }
        reference.answered_back(answer);
        let waits = |it: &usize| reference.ticket(*it).back == Back::Asked;
        if tickets.iter().any(waits) {
            // A hub that was put back has forgotten that they asked.
            if answer["refunds"].as_array().is_none_or(Vec::is_empty) {
                let path = format!("/sales/{sale}/refunds");
                self.asks = Some(self.request(For::GiveBack, "POST", &path, json!({})));
            }
            return self.rests(chain, 30);
        }
        // Somebody tries it nevertheless.
        match self.dice.below(3) {
            0 => {
                self.counter = Seller::Lobby;
                self.to_scan = tickets.clone();
                self.stage = Stage::Has(sale, tickets);
            }
            _ => self.leaves(chain),
        }
    }
}

fn choices(seats: &[String]) -> Value {
    let seats = seats.iter().map(|seat| json!({ "seat": seat }));
    json!({ "seats": seats.collect::<Vec<_>>() })
}
