//! A counter alone in a process of its own over a PostgreSQL database, with nothing above it: for what two of them do at once. Whoever sends
//! a bearer token is the till of that name.

mod here;

use std::error::Error;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::post;
use box_office::price::Channel;
use box_office::{CinemaId, Custodian, ShowtimeId};
use cloud_hub::migrations::POSTGRES_MIGRATIONS;
use counter::programme::{Consent, ProgrammeRefused};
use counter::{Buyer, BuyerKind, Counter, Limits, Pays, Ports, Selling, TicketSeed, Who};
use database::{Database, Options, ScopeLock};
use service::Machine;
use service::http::{Door, Router, layers, serve};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use wire::event::{SeatAtEpoch, SeatsReleased};
use wire::{Life, Nonce};

use crate::tools::program;
use crate::world::Seller;

pub use here::Here;

/// How a counter is run.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// Whose seats it sells.
    pub side: Custodian,
    /// Whether its writes take the lock of their scope.
    pub scope_lock: ScopeLock,
    /// How long a hold lasts.
    pub hold_time: Duration,
}

impl How {
    /// At a cinema, as it is meant to be.
    pub const AT_A_CINEMA: Self = Self {
        side: Custodian::Cinema,
        scope_lock: ScopeLock::Taken,
        hold_time: Duration::from_secs(600),
    };

    fn words(self) -> [String; 3] {
        let side = match self.side {
            Custodian::Cinema => "cinema",
            Custodian::Hub => "hub",
        };
        let lock = match self.scope_lock {
            ScopeLock::Taken => "taken",
            ScopeLock::LeftOut => "left-out",
        };
        [
            side.to_owned(),
            lock.to_owned(),
            self.hold_time.as_millis().to_string(),
        ]
    }

    fn parse([side, lock, hold_ms]: [String; 3]) -> Option<Self> {
        let hold_time = Duration::from_millis(hold_ms.parse().ok()?);
        let each = [Custodian::Cinema, Custodian::Hub]
            .into_iter()
            .flat_map(|side| {
                [ScopeLock::Taken, ScopeLock::LeftOut].map(|scope_lock| Self {
                    side,
                    scope_lock,
                    hold_time,
                })
            });
        let wanted = [side, lock, hold_ms];
        each.into_iter().find(|how| how.words() == wanted)
    }
}

/// A counter that runs in its own process, and ends with this.
#[derive(Debug)]
pub struct OneCounter {
    process: Child,
    url: String,
}

impl OneCounter {
    /// Starts one on the database and waits until it answers.
    ///
    /// # Panics
    /// It does not start.
    pub fn start(database: &str, how: How) -> Self {
        let mut process = Command::new(program("one_counter"))
            .arg(database)
            .args(how.words())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the counter runs");
        let mut url = String::new();
        BufReader::new(process.stdout.take().expect("its words"))
            .read_line(&mut url)
            .expect("its address");
        let url = url.trim().to_owned();
        assert!(!url.is_empty(), "the counter does not start");
        Self { process, url }
    }

    /// A till of this name at this counter. The same name at another counter is the same till.
    pub fn till(&self, name: &str) -> Seller {
        Seller::new(self.url.clone(), Some(name.to_owned()))
    }

    /// Gives it a programme.
    ///
    /// # Panics
    /// It is refused.
    pub async fn import(&self, programme: &str) {
        let importing = crate::world::client()
            .post(format!("{}/programme", self.url))
            .body(programme.to_owned())
            .send();
        let answer = importing.await.expect("the counter answers");
        let is_taken = answer.status().is_success();
        let words = answer.text().await.unwrap_or_default();
        assert!(is_taken, "{words}");
    }
}

impl Drop for OneCounter {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // It may have ended by itself, which its test has noticed.
        let _ = self.process.wait();
    }
}

/// The whole of the process: `one_counter URL SIDE LOCK HOLD_MS` says where it listens, and sells until its standard input ends.
///
/// # Errors
/// It cannot start.
pub async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let arguments: [String; 4] = arguments.try_into().map_err(|_| USAGE)?;
    let [url, side, lock, hold_ms] = arguments;
    let how = How::parse([side, lock, hold_ms]).ok_or(USAGE)?;
    let options = Options {
        scope_lock: how.scope_lock,
        ..Options::default()
    };
    let database = Database::connect(&url, POSTGRES_MIGRATIONS, options)?;
    let shutdown = CancellationToken::new();
    let machine = Machine::system(shutdown.clone());
    let above = Arc::new(NothingAbove);
    let counter = open(how, database.clone(), machine.clone(), above).await?;
    let life = &machine.lifecycle;
    machine.job(
        "checkout",
        counter.bell(),
        &counter,
        counter::checkout::run_due,
    );
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut out = std::io::stdout();
    writeln!(out, "http://{}", listener.local_addr()?)?;
    out.flush()?;
    let ending = shutdown.clone();
    std::thread::spawn(move || {
        // Nothing is ever said: it ends with whoever holds the other end.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        ending.cancel();
    });
    serve(
        listener,
        router(&counter, &machine),
        Door::default(),
        &machine.metrics,
        shutdown,
    )
    .await;
    life.drain().await;
    counter::close(&counter).await?;
    database.close().await;
    Ok(())
}

const USAGE: &str = "usage: one_counter URL cinema|hub taken|left-out HOLD_MS";

async fn open(
    how: How,
    database: Database,
    machine: Machine,
    ports: Arc<dyn Ports>,
) -> Result<Counter, Box<dyn Error>> {
    let life = match how.side {
        Custodian::Cinema => Life {
            number: 1,
            random: Nonce::from([7; 16]),
        },
        Custodian::Hub => life_of_hub(&database).await?,
    };
    let who = Who {
        side: how.side,
        life,
        ticket_seed: match how.side {
            Custodian::Cinema => TicketSeed::OfOne([7; 32]),
            Custodian::Hub => TicketSeed::OfEach([7; 32]),
        },
        ports,
    };
    let selling = Selling {
        hold_time: how.hold_time,
    };
    Ok(counter::open(who, database, machine, selling).await?)
}

/// The life in which the hub of this database writes, so that both write one stream.
async fn life_of_hub(database: &Database) -> Result<Life, Box<dyn Error>> {
    let read = database.read(|snapshot| {
        let sql = "SELECT generation, generation_random FROM hub";
        snapshot.first(sql, &[], |row| {
            Ok(Life {
                number: row.get(0)?,
                random: Nonce::from(row.get::<[u8; 16]>(1)?),
            })
        })
    });
    let life: Result<_, database::Error> = read.await;
    Ok(life?.ok_or("no hub has this database")?)
}

/// Seats of a showtime that the hub has custody of.
#[derive(Debug, Clone)]
pub struct GivenToTheHub {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The seats.
    pub seats: Vec<String>,
}

/// Gives the hub of this database, which is stopped, a programme and custody of seats, as its cinema would.
///
/// # Panics
/// It cannot be given.
pub async fn give_to_the_hub(database: &Database, programme: &str, given: &[GivenToTheHub]) {
    let how = How {
        side: Custodian::Hub,
        ..How::AT_A_CINEMA
    };
    let machine = Machine::system(CancellationToken::new());
    let opened = open(how, database.clone(), machine, Arc::new(NothingAbove)).await;
    let counter = opened.expect("the counter opens");
    let imported = counter::programme::import(&counter, programme.to_owned(), Consent::Given).await;
    imported.expect("a programme that is right");
    let cinema = counter.here().expect("a cinema").cinema().clone();
    for GivenToTheHub { showtime, seats } in given {
        let told = seats.iter().map(|seat| SeatAtEpoch {
            seat: seat.parse().expect("a seat"),
            epoch: 1,
        });
        let released = SeatsReleased {
            showtime: showtime.clone(),
            auditorium: None,
            plan: 1,
            seats: told.collect(),
        };
        let (receiving, cinema) = (counter.clone(), cinema.clone());
        let given = database.write(counter::scope(&cinema), move |tx| {
            counter::custody::receive(tx, &receiving, &cinema, (&released).into())
        });
        let troubles = given.await.expect("custody is given");
        assert_eq!(troubles, [""; 0]);
    }
    counter::close(&counter).await.expect("it is closed");
}

/// Its selling API: below `/api/v1`, and below each cinema as at the hub.
pub fn router(counter: &Counter, machine: &Machine) -> Router {
    let selling = counter::routes::everyone()
        .merge(counter::routes::buyers())
        .merge(counter::routes::buyers_online())
        .layer(from_fn(till));
    let routes = Router::new()
        .route("/programme", post(import))
        .merge(counter::routes::pages())
        .nest("/api/v1", selling.clone())
        .nest("/api/v1/cinemas/{cinema}", selling)
        .with_state(counter.clone());
    let limits = service::http::Limits {
        body_bytes: 1024 * 1024,
        answer_within: Duration::from_secs(60),
        requests_per_second: 1_000_000,
        streams: service::settings::Http::default().streams(),
    };
    layers(routes, limits, machine, Arc::new(|_| None))
}

async fn import(State(counter): State<Counter>, text: String) -> Result<String, ProgrammeRefused> {
    let imported = counter::programme::import(&counter, text, Consent::Given).await?;
    Ok(imported.to_string())
}

/// Whoever names himself is a till that may count cash.
async fn till(mut request: Request, next: Next) -> Response {
    let header = request.headers().get("authorization");
    let named = header.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer ")?.parse().ok());
    if let Some(id) = named {
        request.extensions_mut().insert(Buyer {
            kind: BuyerKind::Device,
            id,
            channel: Channel::Till,
            limits: Limits {
                holds: 1_000,
                cash: true,
                crowd: None,
            },
        });
    }
    next.run(request).await
}

/// No printer, no terminal, no link.
#[derive(Debug)]
pub struct NothingAbove;

impl Ports for NothingAbove {
    fn written(&self, _: &CinemaId) {}

    fn cards(&self) -> Option<&dyn Pays> {
        None
    }
}
