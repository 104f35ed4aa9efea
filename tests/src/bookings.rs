//! Bookings of guests at home: each holds two seats at the hub, pays with a card that the sandbox approves at once, and has the tickets.
//! Hub and provider are processes of their own, on either engine. First the guests book as fast as they are served, which says how many bookings
//! there can be; then as many come a second as were promised, which says how long one takes: guests who never pause wait for one another, and how
//! long is only their number by that rate.

use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use counter_api::{Hold, HoldState};
use postgres_server::Server;
use service::Clock;
use tokio::task::JoinSet;

use crate::engine::HubDatabase;
use crate::load::appliance_process::{
    JSON, Running, Site, UNLIMITED, answers, free_address, programs,
};
use crate::load::catch_up;
use crate::load::connection::{Connection, Reply};
use crate::load::disk::{micros, per_second};
use crate::load::figure::{Better, Figure, Target, Unit, percentile};
use crate::load::hall::{CINEMA, Hall};
use crate::load::programme_at_box::OnSale;
use crate::one_counter::{GivenToTheHub, give_to_the_hub};
use crate::payment_provider::SECRET;
use crate::stripe::{GOOD_CARD, Stripe};

/// Guests who book at once.
const GUESTS: usize = 64;

/// What is on: more pairs than the guests can book in the time.
const STOCK: Hall = Hall { rooms: 10, days: 3 };

/// What the microservices that this hub replaces claim: bookings a second, and within how long 99 of 100 are done.
const CLAIMED_A_SECOND: u64 = 75;
const CLAIMED_P99_US: u64 = 500_000;

/// By how much they are to be left behind.
const TIMES_BETTER: u64 = 10;

/// How many bookings a second there are to be.
const WANTED_A_SECOND: u64 = CLAIMED_A_SECOND * TIMES_BETTER;

/// How guests come.
#[derive(Debug, Clone, Copy)]
enum Pace {
    /// Each as soon as the one before has been served.
    WithoutPause,
    /// So many a second, whether or not they are served in time: who has to wait for a guest before waits as long as it takes.
    PerSecond(u64),
}

/// What the guests of one run did.
#[derive(Debug, Default)]
struct Booked {
    /// How long each booking took, in microseconds, from the moment in which its guest wanted it.
    times_us: Vec<u64>,
    /// How long all of them took.
    time: Duration,
}

/// What a machine does of itself: commits of one row a second.
const LIMIT: &str = "commits of one row in the same engine, one client";

/// Measures it in `folder`, on either engine: the guests book for `time` each.
///
/// # Errors
/// A process could not be run, or a guest was refused.
pub async fn measure(
    folder: &Path,
    (time, clock): (Duration, &Clock),
    emit: &mut dyn FnMut(Figure),
) -> io::Result<()> {
    let during = (time, clock);
    let commits = catch_up::commits_of_one_row(folder, clock)?;
    let on = folder.join("bookings");
    let database = HubDatabase::File(on.join("data/hub.db"));
    let booked = booked(&on, &database, during).await?;
    tell("sqlite", booked, commits, emit);

    let server = Arc::new(Server::durable());
    let commits = catch_up::commits_of_one_row_on_postgres(server.database(), clock.clone())?;
    let url = server.database();
    let database = HubDatabase::Server(server, url);
    let on = folder.join("bookings-on-postgres");
    let booked = self::booked(&on, &database, during).await?;
    tell("postgres", booked, commits, emit);
    Ok(())
}

/// How many bookings a second go through Stripe's gateway, beside what its stand-in does of itself: `localstripe`, which is a program in Python, asked
/// for the same payments, another one of it, by nobody but a client of its own.
///
/// # Errors
/// A process could not be run, or a guest was refused.
///
/// # Panics
/// `localstripe` is not installed, or does not start.
pub async fn measure_through_stripe(
    folder: &Path,
    (time, clock): (Duration, &Clock),
    emit: &mut dyn FnMut(Figure),
) -> io::Result<()> {
    let folder = folder.join("bookings-through-stripe");
    let (stripe, alone) = (Stripe::start().await, Stripe::start().await);
    let database = HubDatabase::File(folder.join("data/hub.db"));
    let shop = Shop::by_stripe(&folder, &database, &STOCK.programme(), (&stripe, clock)).await?;
    let running = shop.open(clock).await?;
    let before = alone.payments_a_second(GUESTS, time / 2, clock).await?;
    let wishes = Wishes {
        on_sale: Arc::new(shop.on_sale.clone()),
        next: Arc::default(),
        come: Arc::default(),
        pace: Pace::WithoutPause,
        card: GOOD_CARD,
    };
    let booked = book_for(shop.hub.address, 0..GUESTS, &wishes, (time, clock)).await?;
    let after = alone.payments_a_second(GUESTS, time / 2, clock).await?;
    running.stop()?;
    let count = u64::try_from(booked.times_us.len()).unwrap_or(u64::MAX);
    emit(Figure {
        name: "bookings_through_stripe".to_owned(),
        measured: per_second(count, booked.time),
        unit: Unit::BookingsPerSecond,
        better: Better::Higher,
        limit: Some((
            "payments that the stand-in of Stripe takes of a bare client",
            u64::midpoint(before, after),
        )),
        target: Target::OfLimit(50),
    });
    Ok(())
}

/// A hub that sells all that is on by itself, as a process, and the stand-in that takes its guests' cards.
pub(crate) struct Shop {
    pub(crate) hub: Site,
    /// What it sells.
    pub(crate) on_sale: OnSale,
    _provider: Option<Provider>,
}

impl Shop {
    /// One in `folder` by the sandbox, which is not started.
    pub(crate) async fn new(
        folder: &Path,
        database: &HubDatabase,
        programme: &str,
        clock: &Clock,
    ) -> io::Result<Self> {
        let programs = programs(&["cloud-hub", "payment_provider"])?;
        let provider = free_address();
        let payments = format!("sandbox = \"http://{provider}\"\nwebhook_secret = \"{SECRET}\"\n");
        let hub = Site::new(
            folder,
            programs.join("cloud-hub"),
            &settings(database, &payments),
        )?;
        let book = folder.join("provider.book");
        let running = Provider::start(&programs, provider, &book, hub.address)?;
        answers(provider, "/", clock).await?;
        Self::stocked((hub, Some(running)), (database, programme), clock).await
    }

    /// One in `folder` whose cards are taken by Stripe, which is not started.
    pub(crate) async fn by_stripe(
        folder: &Path,
        database: &HubDatabase,
        programme: &str,
        (stripe, clock): (&Stripe, &Clock),
    ) -> io::Result<Self> {
        let program = programs(&["cloud-hub"])?.join("cloud-hub");
        let hub = Site::new(folder, program, &settings(database, &stripe.settings()))?;
        stripe.tells(&format!("http://{}/api/v1/payment-events", hub.address));
        Self::stocked((hub, None), (database, programme), clock).await
    }

    async fn stocked(
        (hub, provider): (Site, Option<Provider>),
        (database, programme): (&HubDatabase, &str),
        clock: &Clock,
    ) -> io::Result<Self> {
        // What is on must be known before it can be said what is given.
        let started = hub.start(&[])?;
        hub.ready(clock).await?;
        started.stop()?;
        give(database, programme, &[]).await?;
        let started = hub.start(&[])?;
        hub.ready(clock).await?;
        let mut connection = Connection::open(hub.address).await?;
        let below = format!("/api/v1/cinemas/{CINEMA}");
        let on_sale = OnSale::ask_below(&mut connection, &below).await?;
        started.stop()?;
        let given: Vec<_> = (on_sale.showtimes.iter())
            .map(|showtime| GivenToTheHub {
                showtime: showtime.parse().expect("a showtime's id"),
                seats: on_sale.seats.clone(),
            })
            .collect();
        give(database, programme, &given).await?;
        Ok(Self {
            hub,
            on_sale,
            _provider: provider,
        })
    }

    /// Starts it, and waits until it is ready.
    pub(crate) async fn open(&self, clock: &Clock) -> io::Result<Running> {
        let running = self.hub.start(&[])?;
        self.hub.ready(clock).await?;
        Ok(running)
    }
}

fn settings(database: &HubDatabase, payments: &str) -> String {
    let broker = free_address();
    format!(
        "{UNLIMITED}trusted_proxies = [\"127.0.0.1\"]\nmost_connections = 2000\nconnections_per_address = 2000\n\n{}[broker]\nlisten = \"{broker}\"\n\n\
         [payments]\n{payments}",
        database.settings()
    )
}

async fn booked(
    folder: &Path,
    database: &HubDatabase,
    during: (Duration, &Clock),
) -> io::Result<[Booked; 2]> {
    let (_, clock) = during;
    let shop = Shop::new(folder, database, &STOCK.programme(), clock).await?;
    let running = shop.open(clock).await?;
    let address = shop.hub.address;
    let (on_sale, next) = (
        Arc::new(shop.on_sale.clone()),
        Arc::new(AtomicUsize::new(0)),
    );
    let wanted = Pace::PerSecond(WANTED_A_SECOND);
    let wishes = |pace| Wishes {
        on_sale: Arc::clone(&on_sale),
        next: Arc::clone(&next),
        come: Arc::default(),
        pace,
        card: "card_approve",
    };
    let rate = book_for(address, 0..GUESTS, &wishes(Pace::WithoutPause), during).await?;
    let times = book_for(address, GUESTS..2 * GUESTS, &wishes(wanted), during).await?;
    running.stop()?;
    Ok([rate, times])
}

fn tell(engine: &str, [rate, mut times]: [Booked; 2], commits: u64, emit: &mut dyn FnMut(Figure)) {
    let count = u64::try_from(rate.times_us.len()).unwrap_or(u64::MAX);
    emit(Figure {
        name: format!("bookings_{engine}"),
        measured: per_second(count, rate.time),
        unit: Unit::BookingsPerSecond,
        better: Better::Higher,
        limit: Some((LIMIT, commits)),
        target: Target::Fixed(WANTED_A_SECOND),
    });
    times.times_us.sort_unstable();
    for (name, per_thousand, target) in [
        ("p50", 500, Target::None),
        ("p95", 950, Target::None),
        ("p99", 990, Target::Fixed(CLAIMED_P99_US / TIMES_BETTER)),
    ] {
        emit(Figure {
            name: format!("booking_{engine}_at_{WANTED_A_SECOND}_a_second_{name}"),
            measured: percentile(&times.times_us, per_thousand),
            unit: Unit::Milliseconds,
            better: Better::Lower,
            limit: None,
            target,
        });
    }
}

async fn give(database: &HubDatabase, programme: &str, given: &[GivenToTheHub]) -> io::Result<()> {
    let database = database.open().map_err(io::Error::other)?;
    give_to_the_hub(&database, programme, given).await;
    database.close().await;
    Ok(())
}

async fn book_for(
    address: SocketAddr,
    numbers: Range<usize>,
    wishes: &Wishes,
    (time, clock): (Duration, &Clock),
) -> io::Result<Booked> {
    let mut guests = JoinSet::new();
    for number in numbers {
        let guest = Guest::come(address, number).await?;
        let (wishes, clock) = (wishes.clone(), clock.clone());
        guests.spawn(async move { guest.book_until(time, &wishes, &clock).await });
    }
    let begin = clock.monotonic();
    let mut booked = Booked::default();
    while let Some(done) = guests.join_next().await {
        booked.times_us.extend(done.map_err(io::Error::other)??);
    }
    booked.time = clock.monotonic().saturating_sub(begin);
    Ok(booked)
}

/// What guests want, and when.
#[derive(Debug, Clone)]
struct Wishes {
    on_sale: Arc<OnSale>,
    /// The next pair of seats.
    next: Arc<AtomicUsize>,
    /// How many have come.
    come: Arc<AtomicUsize>,
    pace: Pace,
    /// What whoever takes the money calls the card of each.
    card: &'static str,
}

impl Wishes {
    /// When the next guest comes, after the first.
    fn next_after(&self, now: Duration, begin: Duration) -> Duration {
        match self.pace {
            Pace::WithoutPause => now,
            Pace::PerSecond(count) => {
                let come = self.come.fetch_add(1, Ordering::Relaxed);
                let come = u64::try_from(come).unwrap_or(u64::MAX);
                begin + Duration::from_micros(come.saturating_mul(1_000_000) / count)
            }
        }
    }
}

/// Somebody at home, whose browser asks through a proxy in front of the hub.
struct Guest {
    connection: Connection,
    token: String,
    number: usize,
    asked: usize,
}

impl Guest {
    async fn come(address: SocketAddr, number: usize) -> io::Result<Self> {
        let mut connection = Connection::open(address).await?;
        let from = format!("x-forwarded-for: 10.255.0.{number}\r\n");
        let reply = connection
            .send("POST", "/api/v1/guests", &from, b"")
            .await?;
        let head = String::from_utf8_lossy(reply.head);
        let cookie = head.split_once("foyer_guest=");
        let token = cookie.and_then(|(_, rest)| rest.split(';').next());
        let token = token.map(str::to_owned);
        let token = token.ok_or_else(|| refused("/api/v1/guests", reply))?;
        Ok(Self {
            connection,
            token,
            number,
            asked: 0,
        })
    }

    async fn book_until(
        mut self,
        time: Duration,
        wishes: &Wishes,
        clock: &Clock,
    ) -> io::Result<Vec<u64>> {
        let (begin, mut times_us) = (clock.monotonic(), Vec::new());
        loop {
            let wants_at = wishes.next_after(clock.monotonic(), begin);
            if wants_at >= begin + time {
                return Ok(times_us);
            }
            clock.reached(wants_at).await;
            let pair = wishes.next.fetch_add(1, Ordering::Relaxed);
            let Some(wanted) = wishes.on_sale.spread_pair(pair) else {
                return Err(io::Error::other(
                    "everything is sold before the time is over",
                ));
            };
            self.book(wanted, wishes.card).await?;
            times_us.push(micros(clock.monotonic().saturating_sub(wants_at)));
        }
    }

    async fn book(
        &mut self,
        (showtime, first, second): (&str, &str, &str),
        card: &str,
    ) -> io::Result<()> {
        let path = format!("/api/v1/cinemas/{CINEMA}/showtimes/{showtime}/holds");
        let body = format!(r#"{{"seats":[{{"seat":"{first}"}},{{"seat":"{second}"}}]}}"#);
        let held = self.post(&path, &body, 201).await?;
        let hold = format!("/api/v1/cinemas/{CINEMA}/holds/{}", held.id);
        let card = format!(r#"{{"card":{{"card":"{card}"}}}}"#);
        let tenders = format!("{hold}/tenders");
        let headers = self.headers();
        let reply = self
            .connection
            .send("POST", &tenders, &headers, card.as_bytes());
        let reply = reply.await?;
        if reply.status != 202 {
            return Err(refused(&tenders, reply));
        }
        loop {
            // As a browser looks: it is answered once something has become of the payment.
            let headers = format!("prefer: wait=5\r\n{}", self.headers());
            let reply = self.connection.send("GET", &hold, &headers, b"").await?;
            let now: Hold = match reply.status {
                200 => serde_json::from_slice(reply.body).map_err(io::Error::other)?,
                _ => return Err(refused(&hold, reply)),
            };
            match (now.state, now.sale) {
                (HoldState::Settled, Some(_)) => return Ok(()),
                (HoldState::Paying, _) => {}
                (state, _) => return Err(io::Error::other(format!("{hold}: {state:?}"))),
            }
        }
    }

    async fn post(&mut self, path: &str, body: &str, status: u16) -> io::Result<Hold> {
        let headers = self.headers();
        let reply = self
            .connection
            .send("POST", path, &headers, body.as_bytes());
        let reply = reply.await?;
        match reply.status == status {
            true => serde_json::from_slice(reply.body).map_err(io::Error::other),
            false => Err(refused(path, reply)),
        }
    }

    /// Each request comes from a household of its own: what one may ask for is limited, and these are thousands.
    fn headers(&mut self) -> String {
        self.asked += 1;
        let (token, number, asked) = (&self.token, self.number, self.asked);
        let (high, low) = (asked / 256 % 256, asked % 256);
        format!(
            "authorization: Bearer {token}\r\nidempotency-key: {number}-{asked}\r\nx-forwarded-for: 10.{number}.{high}.{low}\r\n{JSON}"
        )
    }
}

fn refused(path: &str, reply: Reply<'_>) -> io::Error {
    let words = String::from_utf8_lossy(reply.body);
    io::Error::other(format!("{path}: {} {words}", reply.status))
}

/// The provider's process; killed when dropped.
struct Provider(Child);

impl Provider {
    fn start(
        programs: &Path,
        address: SocketAddr,
        book: &Path,
        hub: SocketAddr,
    ) -> io::Result<Self> {
        let tells = format!("http://{hub}/api/v1/payment-events");
        let mut command = Command::new(programs.join("payment_provider"));
        command.arg(address.to_string()).arg(book).arg(tells);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.spawn().map(Self)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
