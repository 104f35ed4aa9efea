//! A hub, its cinemas and what is between them, each on a machine of its own with its own clock and power.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use appliance::control::{Consent, Order};
use appliance::printer::PrinterStatus;
use appliance::printer::memory::MemoryPrinter;
use appliance::terminal::memory::MemoryTerminal;
use appliance_api::DeviceKind;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use cloud_hub::payments::StandIn;
use jiff::Timestamp;
use serde_json::json;
use service::{ByHand, Clock, Random};
use sync_agent::{Network, Weather};
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::dice::Dice;
use super::mains::{Mains, beside};
use super::side::{Around, Side, seeds};
use crate::payment_provider::InProcess;
use crate::world::{PROGRAMME, SEVEN_IN_THE_EVENING};

/// The cinemas of a chain.
pub const CINEMAS: [&str; 2] = ["metropol", "odeon"];

/// The tills and kiosks of a cinema.
const TILLS: usize = 3;
const KIOSKS: usize = 5;

/// The business day of the evening, and the next.
const TODAY: &str = "2026-11-23";
const TOMORROW: &str = "2026-11-24";

/// Whose machine it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The hub.
    Hub,
    /// The box of the cinema with this number.
    Box(usize),
}

impl Who {
    /// Everybody.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Hub]
            .into_iter()
            .chain((0..CINEMAS.len()).map(Self::Box))
    }

    /// As people call it.
    pub fn name(self) -> String {
        match self {
            Self::Hub => "the hub".to_owned(),
            Self::Box(cinema) => format!("the box of {}", CINEMAS[cinema]),
        }
    }
}

/// A machine: what outlives its process.
#[derive(Debug)]
pub struct Host<P> {
    /// Its clock, which begins to count anew with each process.
    pub clock: Clock,
    /// Its power.
    pub mains: Mains,
    /// Its process, while it has one.
    pub process: Option<Side<P>>,
    number: u8,
    lives: u64,
    database: PathBuf,
}

/// A device of a cinema.
#[derive(Debug, Clone)]
pub struct Device {
    /// What it proves itself with.
    pub token: String,
    /// Whether it takes cash.
    pub is_till: bool,
    /// Whether somebody stands there.
    pub is_taken: bool,
}

/// A cinema.
#[derive(Debug)]
pub struct Cinema {
    /// Its box.
    pub host: Host<appliance::App>,
    /// Its ticket printer.
    pub printer: MemoryPrinter,
    /// Its card terminal.
    pub terminal: MemoryTerminal,
    /// Its kiosks and tills.
    pub devices: Vec<Device>,
    /// The token of the device at its door.
    pub door: String,
}

/// See the module.
#[derive(Debug)]
pub struct Chain {
    /// What is between them.
    pub network: Network,
    /// Who takes the cards of guests at home.
    pub provider: InProcess,
    /// The hub.
    pub hub: Host<cloud_hub::App>,
    /// The cinemas.
    pub cinemas: Vec<Cinema>,
    seed: u64,
    began: Timestamp,
    /// How long it has lasted, whatever the clocks say.
    passed: Duration,
    /// Where all of it lies, until this is dropped.
    _folder: TempDir,
}

impl<P> Host<P> {
    fn new(folder: &Path, (seed, number): (u64, u8), database: &str, began: Timestamp) -> Self {
        std::fs::create_dir_all(folder).expect("a folder");
        let database = folder.join(database);
        Self {
            clock: Clock::manual(began),
            mains: Mains::new(&database, Dice(of(seed, number, 0))),
            process: None,
            number,
            lives: 0,
            database,
        }
    }

    /// The folder of its data.
    pub fn folder(&self) -> &Path {
        self.database.parent().expect("it lies in a folder")
    }

    /// Its database.
    pub fn database(&self) -> &Path {
        &self.database
    }

    fn around(&mut self, seed: u64, network: &Network) -> Around {
        self.lives += 1;
        self.clock = Clock::manual(self.clock.now());
        Around {
            clock: self.clock.clone(),
            random: of(seed, self.number, self.lives),
            database: self.database.clone(),
            // Two keys each.
            seeds: seeds(2 * self.number + 1),
            network: network.clone(),
            power: Some(Arc::new(self.mains.clone())),
        }
    }

    /// It ends wherever it is: what is in memory is gone.
    fn end(&mut self) {
        if let Some(process) = self.process.take() {
            process.hand.abandon();
        }
        self.mains.comes_back();
    }
}

/// Rooms that have every seat of the others and more, none at the place that it has there; each showtime can have one for itself.
fn large(nth: usize) -> String {
    format!(
        "[[auditorium]]
id = \"large-{nth}\"
name = \"Large {nth}\"
layout_version = 1
focus_row = \"D\"
seats = '''
F | wc    ssssss
E | <><><><><><>
D | pppppppppppp
C | ssssssssssss
B | ssssssssssss
A | ssssssssssss
'''

"
    )
}

/// How the manager of a cinema has it.
#[derive(Debug, Clone, Copy, Default)]
pub struct House<'a> {
    /// The showtimes that are in rooms which are larger.
    pub away: &'a [&'a str],
    /// Whether a chair of its first room is broken, which a new layout of it leaves out.
    pub has_a_broken_chair: bool,
}

/// The programme of a cinema, whatever day it is by its clock.
pub fn programme_of(cinema: &str, house: House<'_>) -> String {
    let House {
        away,
        has_a_broken_chair,
    } = house;
    let rooms: String = (0..away.len()).map(large).collect();
    let (layout, row) = match has_a_broken_chair {
        true => ("layout_version = 2", "B | ssxsssss"),
        false => ("layout_version = 1", "B | ssssssss"),
    };
    let programme = PROGRAMME
        .replacen("layout_version = 1", layout, 1)
        .replacen("B | ssssssss", row, 1)
        .replacen("id = \"metropol\"", &format!("id = \"{cinema}\""), 1)
        .replacen("[[film]]", &format!("{rooms}[[film]]"), 1)
        .replace("\"today\"", &format!("\"{TODAY}\""))
        .replace("\"today+1\"", &format!("\"{TOMORROW}\""));
    away.iter()
        .zip(0..)
        .fold(programme, |programme, (showtime, nth)| {
            let id = format!("id = \"{showtime}\"");
            let (before, after) = programme.split_once(&id).expect("it is planned");
            let (line, after) = after
                .split_once("\nauditorium = \"screen-")
                .expect("it has a room");
            let (_, after) = after.split_once('\n').expect("it goes on");
            format!("{before}{id}{line}\nauditorium = \"large-{nth}\"\n{after}")
        })
}

/// Randomness of its own for each machine and life.
fn of(seed: u64, number: u8, life: u64) -> Random {
    Random::seeded((seed << 24) ^ (u64::from(number) << 16) ^ life)
}

impl Chain {
    /// A hub and its cinemas when the evening begins: the programme is told, and each side has what it is given.
    ///
    /// # Panics
    /// They cannot be set up.
    pub async fn open(seed: u64) -> Self {
        let began: Timestamp = SEVEN_IN_THE_EVENING.parse().expect("a time");
        let folder = folder();
        let hub = Host::new(&folder.path().join("hub"), (seed, 1), "hub.db", began);
        let cinemas = CINEMAS.iter().zip(2_u8..).map(|(id, number)| Cinema {
            host: Host::new(
                &folder.path().join(id),
                (seed, number),
                "appliance.db",
                began,
            ),
            printer: MemoryPrinter::default(),
            terminal: MemoryTerminal::default(),
            devices: Vec::new(),
            door: String::new(),
        });
        let mut chain = Self {
            network: Network::new(of(seed, 0, 0)),
            provider: InProcess::default(),
            hub,
            cinemas: cinemas.collect(),
            seed,
            began,
            passed: Duration::ZERO,
            _folder: folder,
        };
        for who in Who::all() {
            chain.start(who).await;
        }
        for cinema in 0..CINEMAS.len() {
            chain.set_up(cinema).await;
        }
        chain
    }

    async fn set_up(&mut self, number: usize) {
        let id = CINEMAS[number];
        let at = self.at(number);
        let programme = PROGRAMME.replacen("id = \"metropol\"", &format!("id = \"{id}\""), 1);
        let consent = Consent::default();
        at.order(Order::Import { programme, consent }).await;
        self.enrol(number).await;
        let kinds = [DeviceKind::Till; TILLS]
            .into_iter()
            .chain([DeviceKind::Kiosk; KIOSKS]);
        let mut devices = Vec::new();
        for kind in kinds {
            devices.push(Device {
                token: pair(at, kind).await,
                is_till: kind == DeviceKind::Till,
                is_taken: false,
            });
        }
        let door = pair(at, DeviceKind::Door).await;
        let cinema = &mut self.cinemas[number];
        (cinema.devices, cinema.door) = (devices, door);
    }

    /// The one thing that goes over a socket, as it does in a cinema: before the evening begins.
    async fn enrol(&self, cinema: usize) {
        let hub = self.hub.process.as_ref().expect("it runs");
        let order = cloud_hub::control::Order::Enrol {
            cinema: CINEMAS[cinema].parse().expect("an id"),
        };
        let code = hub.order(order).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        let hub_at = format!("http://{address}");
        // What serves a connection outlives it, and may not keep the hub.
        let lent = Arc::new(Mutex::new(Some(hub.router().clone())));
        let serves = Arc::clone(&lent);
        let lender = Router::new().fallback(move |asked: Request<Body>| {
            let hub = serves.lock().unwrap_or_else(PoisonError::into_inner);
            let hub = hub.clone().expect("it is lent");
            async move { hub.oneshot(asked).await }
        });
        tokio::select! {
            biased;
            _ = self.at(cinema).order(Order::Enrol { code, hub: hub_at }) => {}
            _ = axum::serve(listener, lender) => {}
        }
        *lent.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The hub's database at this moment: its file, and its log.
    ///
    /// # Panics
    /// They cannot be read.
    pub fn hub_now(&self) -> [Vec<u8>; 2] {
        let file = std::fs::read(self.hub.database()).expect("the file");
        let log = std::fs::read(beside(self.hub.database(), "-wal"));
        [file, log.unwrap_or_default()]
    }

    /// Puts it back while the hub is down: whoever does so tells it that something is missing.
    ///
    /// # Panics
    /// The hub runs, or the files cannot be written.
    pub fn put_back(&self, [file, log]: &[Vec<u8>; 2]) {
        assert!(self.hub.process.is_none(), "it runs");
        let database = self.hub.database();
        std::fs::write(database, file).expect("the file");
        std::fs::write(beside(database, "-wal"), log).expect("its log");
        let _none = std::fs::remove_file(beside(database, "-shm"));
        let opened = rusqlite::Connection::open(database).expect("it is a database");
        let says = "INSERT INTO standing (cinema, frozen, reason) SELECT cinema, 1, 'behind' FROM box WHERE TRUE \
            ON CONFLICT (cinema) DO UPDATE SET frozen = 1, reason = 'behind'";
        opened.execute(says, []).expect("it is told");
    }

    /// The box of a cinema that runs.
    ///
    /// # Panics
    /// It does not.
    pub fn at(&self, cinema: usize) -> &Side<appliance::App> {
        let process = self.cinemas[cinema].host.process.as_ref();
        process.expect("it runs")
    }

    /// Its process begins, if it has none.
    pub async fn start(&mut self, who: Who) {
        if self.is_up(who) {
            return;
        }
        match who {
            Who::Hub => {
                let around = self.hub.around(self.seed, &self.network);
                let cards = StandIn(Arc::new(self.provider.clone()));
                self.hub.process = Some(around.hub(Some(cards)).await);
            }
            Who::Box(cinema) => {
                let Cinema {
                    host,
                    printer,
                    terminal,
                    ..
                } = &mut self.cinemas[cinema];
                let around = host.around(self.seed, &self.network);
                host.process = Some(around.cinema((printer, terminal)).await);
            }
        }
    }

    /// Its process ends wherever it is, and with it what it had in memory.
    pub fn kill(&mut self, who: Who) {
        match who {
            Who::Hub => self.hub.end(),
            Who::Box(cinema) => self.cinemas[cinema].host.end(),
        }
    }

    /// Whether its process runs.
    pub fn is_up(&self, who: Who) -> bool {
        self.hand(who).is_some()
    }

    /// Its background work, while its process runs.
    pub fn hand(&self, who: Who) -> Option<&ByHand> {
        match who {
            Who::Hub => self.hub.process.as_ref().map(|it| &it.hand),
            Who::Box(cinema) => (self.cinemas[cinema].host.process.as_ref()).map(|it| &it.hand),
        }
    }

    /// What answers its API, while its process runs.
    pub fn router(&self, who: Who) -> Option<&Router> {
        match who {
            Who::Hub => self.hub.process.as_ref().map(Side::router),
            Who::Box(cinema) => (self.cinemas[cinema].host.process.as_ref()).map(Side::router),
        }
    }

    /// Its clock.
    pub fn clock(&self, who: Who) -> &Clock {
        match who {
            Who::Hub => &self.hub.clock,
            Who::Box(cinema) => &self.cinemas[cinema].host.clock,
        }
    }

    /// Its power.
    pub fn mains(&self, who: Who) -> &Mains {
        match who {
            Who::Hub => &self.hub.mains,
            Who::Box(cinema) => &self.cinemas[cinema].host.mains,
        }
    }

    /// How long it has lasted, whatever the clocks say.
    pub fn passed(&self) -> Duration {
        self.passed
    }

    /// What time it is, whatever the clocks say.
    pub fn true_time(&self) -> Timestamp {
        self.began + self.passed
    }

    /// Time goes by everywhere.
    pub fn advance(&mut self, by: Duration) {
        self.passed += by;
        for who in Who::all() {
            self.clock(who).advance(by);
        }
    }

    /// Until something comes due by itself, at the most.
    pub fn until_due(&self) -> Option<Duration> {
        let left = Who::all().filter_map(|who| {
            let due = self.hand(who)?.next_due()?;
            Some(due.saturating_sub(self.clock(who).monotonic()))
        });
        left.min()
    }

    /// The beginning of the names under which the box of this cinema comes to the broker.
    pub fn line_of(cinema: usize) -> String {
        format!("foyer-{}-", CINEMAS[cinema])
    }

    /// Everything is as it should be again, and runs.
    pub async fn mend(&mut self) {
        self.network.mend();
        self.network.weather(Weather::default());
        self.provider.set_out_of_reach(false);
        for cinema in 0..CINEMAS.len() {
            self.network.take_in(&Self::line_of(cinema));
            self.cinemas[cinema].printer.set(PrinterStatus::Ready);
            self.cinemas[cinema].terminal.set_out_of_reach(false);
        }
        for who in Who::all() {
            self.mains(who).stays();
            self.start(who).await;
            self.clock(who).set(self.true_time());
        }
    }

    /// Closes every database, and gives what their files hold: the hub's first.
    ///
    /// # Panics
    /// A process is down, or a file cannot be read.
    pub async fn close(&mut self) -> Vec<Vec<u8>> {
        use service::process::Process as _;
        let hub = self.hub.process.take().expect("it runs");
        hub.app.put_away().await;
        hub.app.database().close().await;
        hub.hand.abandon();
        for cinema in &mut self.cinemas {
            let at = cinema.host.process.take().expect("it runs");
            at.app.put_away().await;
            at.app.database().close().await;
            at.hand.abandon();
        }
        let files = [self.hub.database()].into_iter();
        let files = files.chain(self.cinemas.iter().map(|it| it.host.database()));
        let read = files.map(|file| std::fs::read(file).expect("a database"));
        read.collect()
    }
}

/// Where syncs cost nothing, if there is such a place: what of a write is lost is the simulation's, not the disk's.
fn folder() -> TempDir {
    let in_memory = tempfile::Builder::new()
        .prefix("foyer-simulation")
        .tempdir_in("/dev/shm");
    in_memory.unwrap_or_else(|_| tempfile::tempdir().expect("a folder"))
}

async fn pair(at: &Side<appliance::App>, kind: DeviceKind) -> String {
    let code = at.order(Order::Pair { kind }).await;
    let body = json!({ "code": code });
    let (status, paired) = at.ask("POST", "/api/v1/pairings", ("", ""), &body).await;
    assert_eq!(status, 201, "{paired}");
    paired["token"].as_str().expect("a token").to_owned()
}
