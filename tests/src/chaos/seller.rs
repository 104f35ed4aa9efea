//! A paired device that never gives up: what was not answered is asked again with the same key until it is, however often the box
//! dies in between.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde_json::Value;
use service::{Clock, Random};
use tokio_util::sync::CancellationToken;

use super::memory::{Answered, AtTheDoor, Memory, Paid};
use crate::load::connection::Connection;
use crate::load::programme_at_box::OnSale;

/// How long a seller asks before it gives up: no box stays away that long.
const GIVES_UP_AFTER: Duration = Duration::from_secs(60);

/// Where the routes of selling are at a box.
pub const BASE: &str = "/api/v1";

/// The pause after a connection that failed.
const PAUSE: Duration = Duration::from_millis(3);

/// The pause of a guest at home who is told to come again: an address may ask for seats thirty times at once.
const PAUSE_AT_HOME: Duration = Duration::from_millis(300);

/// The longest pause between two guests in a short run.
pub const BETWEEN_GUESTS: Duration = Duration::from_millis(20);

/// A device and its guest.
#[derive(Debug)]
pub struct Seller {
    /// Who is asked.
    pub address: SocketAddr,
    /// The device's token.
    pub token: String,
    /// Its cinema.
    pub cinema: String,
    /// Its name, for its keys.
    pub name: String,
    /// What it heard.
    pub memory: Memory,
    /// What there is.
    pub on_sale: OnSale,
    /// Chance.
    pub random: Random,
    /// Time.
    pub clock: Clock,
    /// When to stop.
    pub stop: CancellationToken,
    /// Where the routes of selling are: below a cinema's path at the hub.
    pub base: String,
    /// The longest pause between two guests.
    pub pause: Duration,
    /// From which address it asks, by a proxy's word, where it asks through one.
    pub from: Option<Ipv4Addr>,
    connection: Option<Connection>,
    keys: u64,
    /// How often the other side had forgotten something when its hold was asked for.
    forgotten_before: u64,
}

/// An answer, whole.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The HTTP status.
    pub status: u16,
    /// The body, if it is JSON.
    pub body: Value,
}

impl Seller {
    /// A seller that has not asked anything yet.
    #[expect(
        clippy::too_many_arguments,
        reason = "it is made in one place, of things that have nothing in common"
    )]
    pub fn new(
        address: SocketAddr,
        token: String,
        (cinema, name): (String, String),
        memory: Memory,
        on_sale: OnSale,
        random: Random,
        clock: Clock,
        stop: CancellationToken,
    ) -> Self {
        Self {
            address,
            token,
            cinema,
            name,
            memory,
            on_sale,
            random,
            clock,
            stop,
            base: BASE.to_owned(),
            pause: BETWEEN_GUESTS,
            from: None,
            connection: None,
            keys: 0,
            forgotten_before: 0,
        }
    }

    /// Asks until there is an answer. A 503 says "ask again", so it is asked again; and a box that does not know what it has told is not the
    /// right one, which comes back.
    ///
    /// # Errors
    /// There was none for a whole minute.
    pub async fn ask(
        &mut self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: &str,
    ) -> io::Result<Heard> {
        let begin = self.clock.monotonic();
        let key = key
            .map(|key| format!("idempotency-key: {key}\r\n"))
            .unwrap_or_default();
        let from = self.from.map(|from| format!("x-forwarded-for: {from}\r\n"));
        let headers = format!(
            "authorization: Bearer {}\r\ncontent-type: application/json\r\n{key}{}",
            self.token,
            from.unwrap_or_default()
        );
        let rest = path.strip_prefix(BASE).unwrap_or(path);
        let path = &format!("{}{rest}", self.base);
        loop {
            match self.try_once(method, path, &headers, body).await {
                Ok(heard) if !self.is_asked_again(heard.status) => {
                    if heard.status >= 500 {
                        self.memory
                            .complain(format!("{method} {path}: {} {}", heard.status, heard.body));
                    }
                    return Ok(heard);
                }
                Ok(_) if self.is_at_home() => tokio::time::sleep(PAUSE_AT_HOME).await,
                Ok(_) => {}
                Err(_) => self.connection = None,
            }
            if self.clock.monotonic().saturating_sub(begin) > GIVES_UP_AFTER {
                return Err(io::Error::other(format!(
                    "{method} {path} was not answered for a minute"
                )));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whether this says that it is to be asked again: later, at the right box, or not so often.
    fn is_asked_again(&self, status: u16) -> bool {
        match status {
            503 => true,
            404 => !self.is_at_home(),
            429 => self.is_at_home(),
            _ => false,
        }
    }

    /// Whether it asks the hub.
    fn is_at_home(&self) -> bool {
        self.base != BASE
    }

    /// Whether whoever sells may know nothing of what this guest has: an older copy was put back since the guest came.
    pub fn may_be_unknown(&self) -> bool {
        self.memory.times_forgotten() > self.forgotten_before
    }

    async fn try_once(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> io::Result<Heard> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(Connection::open(self.address).await?),
        };
        let reply = connection
            .send(method, path, headers, body.as_bytes())
            .await?;
        Ok(Heard {
            status: reply.status,
            body: serde_json::from_slice(reply.body).unwrap_or(Value::Null),
        })
    }

    /// A key that was never used.
    pub fn key(&mut self) -> String {
        self.keys += 1;
        format!("{}-{}", self.name, self.keys)
    }

    /// A number below `end`, by chance.
    pub fn below(&self, end: usize) -> usize {
        let number = usize::try_from(u32::from_le_bytes(self.random.bytes())).unwrap_or(0);
        number % end.max(1)
    }

    /// Holds two neighbours somewhere; `None` if somebody else was faster.
    ///
    /// # Errors
    /// As [`Seller::ask`].
    pub async fn hold_some_pair(&mut self) -> io::Result<Option<String>> {
        self.forgotten_before = self.memory.times_forgotten();
        let number = self.below(self.on_sale.pairs());
        let Some((path, body)) = self.on_sale.pair(number).map(|(showtime, first, second)| {
            let body = serde_json::json!({ "seats": [{ "seat": first }, { "seat": second }] });
            (
                format!("/api/v1/showtimes/{showtime}/holds"),
                body.to_string(),
            )
        }) else {
            return Ok(None);
        };
        let key = self.key();
        let heard = self.ask("POST", &path, Some(&key), &body).await?;
        match heard.status {
            201 => Ok(heard.body["id"].as_str().map(str::to_owned)),
            409 if heard.body["seats"]
                .as_array()
                .is_some_and(|seats| !seats.is_empty()) =>
            {
                Ok(None)
            }
            _ => {
                self.memory
                    .complain(format!("{path}: {} {}", heard.status, heard.body));
                Ok(None)
            }
        }
    }

    /// Gives the seats of a hold back.
    ///
    /// # Errors
    /// As [`Seller::ask`].
    pub async fn release(&mut self, hold: &str) -> io::Result<()> {
        self.ask("DELETE", &format!("/api/v1/holds/{hold}"), None, "")
            .await
            .map(drop)
    }

    /// Keeps a sale that was answered; says if it is none.
    pub fn remember(&self, heard: &Heard, paid: Paid) {
        let tickets = tickets_of(&heard.body);
        match self.sale_in(&heard.body, paid).zip(tickets) {
            Some(((id, answered), tickets)) => {
                // Whoever has the last ticket of a sale comes: nobody asks for their money back.
                if self.memory.heard(id, answered, &tickets)
                    && let Some(guest) = tickets.last()
                {
                    self.memory.comes(guest.clone());
                }
            }
            None => self.memory.complain(format!(
                "a sale was due and came as {} {}",
                heard.status, heard.body
            )),
        }
    }

    fn sale_in(&self, body: &Value, paid: Paid) -> Option<(String, Answered)> {
        let tickets = body["tickets"].as_array()?.iter().map(|ticket| {
            Some((
                ticket["id"].as_str()?.to_owned(),
                ticket["seat"].as_str()?.to_owned(),
            ))
        });
        let answered = Answered {
            cinema: self.cinema.clone(),
            showtime: body["showtime"].as_str()?.to_owned(),
            tickets: tickets.collect::<Option<_>>()?,
            total_minor: body["total"]["minor"].as_i64()?,
            paid,
        };
        Some((body["id"].as_str()?.to_owned(), answered))
    }

    /// The pause between two guests, by chance.
    pub async fn think(&self) {
        let most = usize::try_from(self.pause.as_millis()).unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(self.below(most) as u64)).await;
    }
}

/// Whoever has the tickets of a sale.
fn tickets_of(body: &Value) -> Option<Vec<AtTheDoor>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let tickets = body["tickets"].as_array()?.iter();
    let tickets = tickets.map(|ticket| {
        Some(AtTheDoor {
            ticket: text(&ticket["id"])?,
            code: text(&ticket["code"])?,
            showtime: text(&body["showtime"])?,
            price_minor: ticket["price"]["minor"].as_i64()?,
        })
    });
    tickets.collect()
}
