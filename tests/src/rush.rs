//! The first minutes of a blockbuster: thousands of guests at home want one showtime at once. Each opens its page, asks for their turn, waits as the page does over a
//! connection that is closed after each answer, chooses one to four seats and pays; one in ten gives up waiting without a word, and one in ten looks and buys nothing.
//! Every seat is sold once, nobody is told of an error, and turns come in the order in which guests came.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use counter_api::{Hold, HoldState, Problem, SeatMap, SeatState};
use hub_api::{Guest as Session, Place, leading_zero_bits};
use parking_lot::Mutex;
use serde_json::json;
use service::Clock;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::bookings::Shop;
use crate::engine::HubDatabase;
use crate::load::appliance_process::{JSON, answers};
use crate::load::bare;
use crate::load::connection::Connection;
use crate::load::disk::micros;
use crate::load::figure::{Better, Figure, Target, Unit, percentile};
use crate::load::hall::{CINEMA, Hall};
use crate::load::reads::etag_and_body;
use crate::load::sizes;

/// So many want the showtime.
const GUESTS: usize = 5_000;

/// They come within so long.
const COME_WITHIN: Duration = Duration::from_secs(20);

/// For so long a guest looks at the seats before they choose, and at the card before they pay.
const LOOKS_FOR: Duration = Duration::from_secs(1);

/// No rush lasts longer.
const OVER_WITHIN: Duration = Duration::from_secs(15 * 60);

/// Requests at once: what a browser beyond them waits for is this machine's load, which asks for all of them.
const AT_ONCE: usize = 64;

const ROOM: Hall = Hall { rooms: 1, days: 1 };

/// Measures it in `folder`.
///
/// # Errors
/// A process could not be run, or a guest was told what no guest should be.
pub async fn measure(folder: &Path, clock: &Clock, emit: &mut dyn FnMut(Figure)) -> io::Result<()> {
    let folder = folder.join("rush");
    let database = HubDatabase::File(folder.join("data/hub.db"));
    let programme = ROOM.programme_of_large_rooms();
    let shop = Shop::new(&folder, &database, &programme, clock).await?;
    let running = shop.open(clock).await?;
    let showtime = shop.on_sale.showtimes[0].clone();
    let page = format!("/cinemas/{CINEMA}/showtimes/{showtime}");
    let (_, body) = etag_and_body(shop.hub.address, &page).await?;
    let rush = Rush::of(shop.hub.address, (page, showtime), clock);
    let rush = rush.comes().await?;
    let resident = sizes::resident(running.id())?;
    running.stop()?;
    // The same number of guests in the same time, who read the same bytes of a server that does nothing else.
    let bare = bare::Running::start(&folder, &body)?;
    answers(bare.address, "/", clock).await?;
    let readers = Rush::of(bare.address, ("/".to_owned(), String::new()), clock);
    let readers = readers.reads().await?;
    tell(rush, readers, resident, shop.on_sale.seats.len(), emit)
}

fn tell(
    rush: Seen,
    mut readers: Seen,
    resident: u64,
    seats: usize,
    emit: &mut dyn FnMut(Figure),
) -> io::Result<()> {
    let whole = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let mut count = |name: &str, measured: usize, better, target| {
        emit(Figure {
            name: format!("waiting_room_{name}"),
            measured: whole(measured),
            unit: Unit::Count,
            better,
            limit: None,
            target: Target::Fixed(whole(target)),
        });
    };
    count("seats_sold", rush.sold.len(), Better::Higher, seats);
    count("seats_sold_twice", rush.sold_twice, Better::Lower, 0);
    count("errors", rush.errors.len(), Better::Lower, 0);
    let first_without = rush.never_had.iter().min().copied().unwrap_or(u64::MAX);
    let passed = rush.had_turn.iter().filter(|came| **came > first_without);
    count("turns_out_of_order", passed.count(), Better::Lower, 0);
    let rose = usize::try_from(rush.rose).unwrap_or(usize::MAX);
    count("places_lost", rose, Better::Lower, 0);
    let (had, taken) = (rush.had_turn.len(), rush.taken);
    emit(Figure {
        name: "waiting_room_seats_taken_by_faster_guests".to_owned(),
        measured: whole(taken * 1_000) / whole(had.max(1)),
        unit: Unit::InAThousand,
        better: Better::Lower,
        limit: None,
        target: Target::None,
    });
    let bare = readers.page_p99();
    let limit = Some(("a bare axum handler with the page's bytes, p99", bare));
    let (pages, places) = (rush.pages_us, rush.places_us);
    for (name, mut times) in [("page", pages), ("place", places)] {
        times.sort_unstable();
        emit(Figure {
            name: format!("waiting_room_{name}_p99"),
            measured: percentile(&times, 990),
            unit: Unit::Milliseconds,
            better: Better::Lower,
            limit,
            target: Target::None,
        });
    }
    emit(Figure {
        name: "waiting_room_sold_out_after".to_owned(),
        measured: micros(rush.last_sale),
        unit: Unit::Milliseconds,
        better: Better::Lower,
        limit: None,
        target: Target::None,
    });
    emit(Figure {
        name: "waiting_room_hub_resident".to_owned(),
        measured: resident,
        unit: Unit::Mebibytes,
        better: Better::Lower,
        limit: None,
        target: Target::None,
    });
    match rush.errors.first() {
        Some(error) => Err(io::Error::other(error.clone())),
        None => Ok(()),
    }
}

/// A showtime that thousands want, and what was seen of it.
struct Rush {
    address: SocketAddr,
    page: String,
    showtime: String,
    clock: Clock,
    begin: Duration,
    idle: Mutex<Vec<Connection>>,
    at_once: Semaphore,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    pages_us: Vec<u64>,
    places_us: Vec<u64>,
    sold: BTreeSet<String>,
    sold_twice: usize,
    /// When those came, by the hub's clock, who had their turn, and who never had.
    had_turn: Vec<u64>,
    never_had: Vec<u64>,
    /// How often another was faster with a seat.
    taken: usize,
    /// By how much the count of those before a guest ever rose.
    rose: u32,
    last_sale: Duration,
    errors: Vec<String>,
}

impl Seen {
    fn page_p99(&mut self) -> u64 {
        self.pages_us.sort_unstable();
        percentile(&self.pages_us, 990)
    }
}

/// An answer, as a guest keeps it.
struct Answered {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Rush {
    fn of(address: SocketAddr, (page, showtime): (String, String), clock: &Clock) -> Arc<Self> {
        Arc::new(Self {
            address,
            page,
            showtime,
            clock: clock.clone(),
            begin: clock.monotonic(),
            idle: Mutex::default(),
            at_once: Semaphore::new(AT_ONCE),
            seen: Mutex::default(),
        })
    }

    /// All guests come; it is over once each has bought or knows that all is sold.
    async fn comes(self: Arc<Self>) -> io::Result<Seen> {
        self.each(|rush, number| async move { Guest::new(rush, number).wants_seats().await })
            .await
    }

    /// All guests come, and do no more than read the page.
    async fn reads(self: Arc<Self>) -> io::Result<Seen> {
        self.each(|rush, number| async move { Guest::new(rush, number).opens_the_page().await })
            .await
    }

    async fn each<W>(self: Arc<Self>, does: fn(Arc<Self>, usize) -> W) -> io::Result<Seen>
    where
        W: Future<Output = io::Result<()>> + Send + 'static,
    {
        let mut guests = JoinSet::new();
        for number in 0..GUESTS {
            let (rush, each) = (
                Arc::clone(&self),
                COME_WITHIN / u32::try_from(GUESTS).unwrap_or(1),
            );
            guests.spawn(async move {
                let comes = rush.begin + each * u32::try_from(number).unwrap_or(0);
                rush.clock.reached(comes).await;
                let done = does(Arc::clone(&rush), number).await;
                if let Err(error) = done {
                    rush.seen
                        .lock()
                        .errors
                        .push(format!("guest {number}: {error}"));
                }
            });
        }
        let all = async { while guests.join_next().await.is_some() {} };
        tokio::time::timeout(OVER_WITHIN, all)
            .await
            .map_err(|_| io::Error::other("the rush does not end"))?;
        Ok(std::mem::take(&mut self.seen.lock()))
    }

    /// Asks over a connection that is idle, or a new one, and lets it go.
    async fn ask(
        &self,
        (method, path): (&str, &str),
        headers: &str,
        body: &[u8],
    ) -> io::Result<Answered> {
        let _one = self.at_once.acquire().await.map_err(io::Error::other)?;
        let idle = self.idle.lock().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => Connection::open(self.address).await?,
        };
        let reply = connection.send(method, path, headers, body).await?;
        let answered = Answered {
            status: reply.status,
            head: String::from_utf8_lossy(reply.head).into_owned(),
            body: reply.body.to_vec(),
        };
        // Who waits holds no connection, and who is served is soon gone.
        if !answered
            .head
            .to_ascii_lowercase()
            .contains("connection: close")
        {
            self.idle.lock().push(connection);
        }
        Ok(answered)
    }
}

/// Somebody at home.
struct Guest {
    rush: Arc<Rush>,
    number: usize,
    session: Option<(Session, String)>,
    keys: usize,
}

impl Guest {
    fn new(rush: Arc<Rush>, number: usize) -> Self {
        Self {
            rush,
            number,
            session: None,
            keys: 0,
        }
    }

    async fn opens_the_page(&self) -> io::Result<()> {
        let begin = self.rush.clock.monotonic();
        let answered = self.rush.ask(("GET", &self.rush.page), "", b"").await?;
        let took = self.rush.clock.monotonic().saturating_sub(begin);
        self.rush.seen.lock().pages_us.push(micros(took));
        self.expect(&answered, &[200])
    }

    async fn wants_seats(mut self) -> io::Result<()> {
        self.opens_the_page().await?;
        self.begins_a_session().await?;
        let mut proof = None;
        let mut ahead = u32::MAX;
        loop {
            let place = self.comes(proof.as_deref()).await?;
            // What comes first in a proof is when its guest came.
            let came = place
                .proof
                .get(..16)
                .map(|hex| u64::from_str_radix(hex, 16));
            let came = came.ok_or_else(|| io::Error::other("no proof"))?;
            let came = came.map_err(io::Error::other)?;
            if place.has_turn {
                self.rush.seen.lock().had_turn.push(came);
                return match self.number % 10 == 7 {
                    true => Ok(()),
                    false => self.chooses().await,
                };
            }
            {
                let mut seen = self.rush.seen.lock();
                seen.rose = seen.rose.max(place.ahead.saturating_sub(ahead));
                if place.seats.is_some_and(|left| left.free + left.held == 0) {
                    seen.never_had.push(came);
                    return Ok(());
                }
            }
            ahead = place.ahead;
            proof = Some(place.proof);
            if self.number % 10 == 3 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_secs(place.again_seconds.into())).await;
        }
    }

    async fn begins_a_session(&mut self) -> io::Result<()> {
        let (begin, from) = (("POST", "/api/v1/guests"), self.from());
        let answered = self.rush.ask(begin, &from, b"").await?;
        self.expect(&answered, &[201])?;
        let cookie = answered.head.split_once("foyer_guest=");
        let token = cookie.and_then(|(_, rest)| rest.split(';').next());
        let token = token.ok_or_else(|| io::Error::other("no cookie"))?;
        self.session = Some((read(&answered)?, token.to_owned()));
        Ok(())
    }

    async fn comes(&mut self, proof: Option<&str>) -> io::Result<Place> {
        let path = format!("{}/place", self.of_showtime());
        let body = json!({ "proof": proof }).to_string();
        let begin = self.rush.clock.monotonic();
        let answered = self.asks(("PUT", &path), "", body.as_bytes()).await?;
        let took = self.rush.clock.monotonic().saturating_sub(begin);
        self.rush.seen.lock().places_us.push(micros(took));
        self.expect(&answered, &[200])?;
        read(&answered)
    }

    /// Chooses one to four seats, as long as there are any, and pays for them.
    async fn chooses(&mut self) -> io::Result<()> {
        loop {
            let path = format!("{}/seats", self.of_showtime());
            let answered = self.asks(("GET", &path), "", b"").await?;
            self.expect(&answered, &[200])?;
            let map: SeatMap = read(&answered)?;
            tokio::time::sleep(LOOKS_FOR).await;
            let wanted = 1 + self.number % 4;
            let free: Vec<_> = (map.seats.iter())
                .filter(|seat| seat.state == SeatState::Free)
                .map(|seat| seat.seat.to_string())
                .collect();
            if free.is_empty() {
                // What others hold may come back.
                match map.seats.iter().any(|seat| seat.state == SeatState::Held) {
                    true => continue,
                    false => return Ok(()),
                }
            }
            let first = self.number * 7 % free.len();
            let seats: Vec<String> = free.into_iter().skip(first).take(wanted).collect();
            if let Some(hold) = self.holds(&seats).await? {
                return self.pays(&hold, seats).await;
            }
        }
    }

    /// Holds these, unless another was faster; works for it where many choose.
    async fn holds(&mut self, seats: &[String]) -> io::Result<Option<Hold>> {
        let path = format!("{}/holds", self.of_showtime());
        let chosen = seats.iter().map(|seat| json!({ "seat": seat }));
        let body = json!({ "seats": chosen.collect::<Vec<_>>() });
        let mut work = String::new();
        loop {
            let sent = body.to_string();
            let answered = self.asks(("POST", &path), &work, sent.as_bytes()).await?;
            if answered.status == 201 {
                return read(&answered).map(Some);
            }
            let problem: Problem = read(&answered)?;
            match problem.code.as_str() {
                "work_needed" => work = self.works().await?,
                "seats_taken" => {
                    self.rush.seen.lock().taken += 1;
                    return Ok(None);
                }
                _ => return Err(io::Error::other(format!("{path}: {problem:?}"))),
            }
        }
    }

    /// The header with what a browser finds out for its next key.
    async fn works(&mut self) -> io::Result<String> {
        let (session, _) = self.session.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let (bits, key) = (session.work_bits, self.key(self.keys + 1));
        let wish = format!("{}:{}:{key}:", session.id, self.rush.showtime);
        let working = tokio::task::spawn_blocking(move || {
            let begun = Sha256::new().chain_update(&wish);
            let done = |tried: &u64| {
                let hash = begun.clone().chain_update(tried.to_string()).finalize();
                leading_zero_bits(&hash) >= bits
            };
            (0_u64..).find(done).unwrap_or_default()
        });
        let found = working.await.map_err(io::Error::other)?;
        Ok(format!("foyer-work: {found}\r\n"))
    }

    async fn pays(&mut self, hold: &Hold, seats: Vec<String>) -> io::Result<()> {
        let path = format!("/api/v1/cinemas/{CINEMA}/holds/{}", hold.id);
        tokio::time::sleep(LOOKS_FOR).await;
        let card = br#"{"card":{"card":"card_approve"}}"#;
        let tenders = format!("{path}/tenders");
        let answered = self.asks(("POST", &tenders), "", card).await?;
        self.expect(&answered, &[202])?;
        loop {
            let answered = self.asks(("GET", &path), "prefer: wait=5\r\n", b"").await?;
            self.expect(&answered, &[200])?;
            let now: Hold = read(&answered)?;
            match (now.state, now.sale) {
                (HoldState::Settled, Some(_)) => break,
                (HoldState::Paying, _) => {}
                (state, _) => return Err(io::Error::other(format!("{path}: {state:?}"))),
            }
        }
        let mut seen = self.rush.seen.lock();
        for seat in seats {
            if !seen.sold.insert(seat) {
                seen.sold_twice += 1;
            }
        }
        seen.last_sale = self.rush.clock.monotonic().saturating_sub(self.rush.begin);
        Ok(())
    }

    async fn asks(&mut self, what: (&str, &str), more: &str, body: &[u8]) -> io::Result<Answered> {
        let (_, token) = self.session.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let token = token.clone();
        self.keys += 1;
        let (from, key) = (self.from(), self.key(self.keys));
        let headers = format!(
            "authorization: Bearer {token}\r\nidempotency-key: {key}\r\n{from}{more}{JSON}"
        );
        self.rush.ask(what, &headers, body).await
    }

    fn key(&self, nth: usize) -> String {
        format!("{}-{nth}", self.number)
    }

    /// Each comes from a household of their own.
    fn from(&self) -> String {
        let (high, low) = (self.number / 256, self.number % 256);
        format!("x-forwarded-for: 10.1.{high}.{low}\r\n")
    }

    fn of_showtime(&self) -> String {
        format!("/api/v1/cinemas/{CINEMA}/showtimes/{}", self.rush.showtime)
    }

    fn expect(&self, answered: &Answered, expected: &[u16]) -> io::Result<()> {
        if expected.contains(&answered.status) {
            return Ok(());
        }
        let words = String::from_utf8_lossy(&answered.body);
        Err(io::Error::other(format!("{} {words}", answered.status)))
    }
}

fn read<T: serde::de::DeserializeOwned>(answered: &Answered) -> io::Result<T> {
    serde_json::from_slice(&answered.body).map_err(|why| {
        let words = String::from_utf8_lossy(&answered.body);
        io::Error::other(format!("{why}: {} {words}", answered.status))
    })
}
