//! The box, the hub and what is around them.

use std::path::PathBuf;
use std::time::Duration;

use appliance::control::{Consent, Order};
use appliance::printer::Printer;
use appliance::printer::memory::MemoryPrinter;
use appliance::terminal::CardTerminal;
use appliance::terminal::memory::MemoryTerminal;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use database::{Database, Migration, Options, Place};
use jiff::Timestamp;
use serde_json::Value;
use service::process::Process;
use service::seed::Seeds;
use service::{ByHand, Clock, Lifecycle, Machine, Metrics, Random};
use sync_agent::{Network, Transport};
use tempfile::TempDir;
use tests::world::{PROGRAMME, standing_still};
use tower::ServiceExt as _;

pub struct House {
    pub clock: Clock,
    began: Timestamp,
    seed: u64,
    cinema_id: String,
    /// How many lives the box has had: each has randomness of its own.
    lives: u64,
    pub network: Network,
    pub printer: MemoryPrinter,
    pub terminal: MemoryTerminal,
    pub cinema: Side<appliance::App>,
    pub hub: Side<cloud_hub::App>,
    pub folder: TempDir,
}

/// The box's randomness in its first life; the hub and the network have those before it.
const FIRST_LIFE: u64 = 2;

/// What both sides stand in.
struct Around {
    clock: Clock,
    seed: u64,
    folder: PathBuf,
    network: Network,
}

/// Each has randomness of its own, so that one's rolls do not move another's.
fn random(seed: u64, nth: u64) -> Random {
    Random::seeded(seed.wrapping_mul(64).wrapping_add(nth))
}

impl Around {
    async fn hub(&self) -> Side<cloud_hub::App> {
        let (machine, hand) = self.machine(1);
        let surroundings = cloud_hub::Surroundings {
            machine,
            seeds: seeds(1),
            transport: Some(Transport::Memory(self.network.clone())),
        };
        let database = self.database("hub.db", cloud_hub::migrations::MIGRATIONS);
        let config = service::settings::parse(&self.settings(), std::iter::empty()).unwrap();
        let app = cloud_hub::App::open_on(config, database, surroundings).await;
        Side::start(app.unwrap(), hand)
    }

    async fn cinema(
        &self,
        (printer, terminal): (&MemoryPrinter, &MemoryTerminal),
        life: u64,
    ) -> Side<appliance::App> {
        let (machine, hand) = self.machine(life);
        let surroundings = appliance::Surroundings {
            machine,
            seeds: seeds(3),
            printer: Printer::Memory(printer.clone()),
            terminal: CardTerminal::Memory(terminal.clone()),
            transport: Some(Transport::Memory(self.network.clone())),
            broker_tls: None,
        };
        let database = self.database("box.db", appliance::migrations::MIGRATIONS);
        let config = service::settings::parse(&self.settings(), std::iter::empty()).unwrap();
        let app = appliance::App::open_on(config, database, surroundings).await;
        Side::start(app.unwrap(), hand)
    }

    fn machine(&self, nth: u64) -> (Machine, ByHand) {
        let (lifecycle, hand) = Lifecycle::by_hand();
        let machine = Machine {
            clock: self.clock.clone(),
            random: random(self.seed, nth),
            metrics: Metrics::default(),
            lifecycle,
        };
        (machine, hand)
    }

    fn database(&self, file: &str, migrations: &[Migration]) -> Database {
        let place = Place::File(self.folder.join(file));
        Database::inline(&place, migrations, Options::default()).unwrap()
    }

    fn settings(&self) -> String {
        let folder = self.folder.display();
        format!("[data]\nfolder = \"{folder}\"\n[http]\nrequests_per_second = 1000000\n")
    }
}

pub fn seeds(nth: u8) -> Seeds {
    Seeds {
        frame: [nth; 32],
        ticket: [nth + 1; 32],
    }
}

/// A process, its background work, and its API.
pub struct Side<P> {
    pub app: P,
    pub hand: ByHand,
    router: Router,
}

/// An answer: its status and its document.
pub type Answer = (u16, Value);

impl House {
    /// A cinema with its programme and a hub that it is enrolled with, when the evening begins.
    pub async fn open(seed: u64) -> Self {
        Self::open_with(seed, "metropol", PROGRAMME.to_owned()).await
    }

    /// The cinema cancels the showtime `tomorrow`, whatever is sold of it.
    pub async fn cancels_tomorrow(&self) {
        let id = "id = \"tomorrow\"\n";
        let programme = PROGRAMME.replace(id, &format!("{id}status = \"cancelled\"\n"));
        let consent = Consent::Given;
        self.cinema
            .order(Order::Import { programme, consent })
            .await;
    }

    /// The same of another cinema, with its first programme.
    pub async fn open_with(seed: u64, cinema_id: &str, programme: String) -> Self {
        let (clock, folder) = (standing_still(), tempfile::tempdir().unwrap());
        let around = Around {
            clock: clock.clone(),
            seed,
            folder: folder.path().to_owned(),
            network: Network::new(random(seed, 0)),
        };
        let (printer, terminal) = (MemoryPrinter::default(), MemoryTerminal::default());
        let house = Self {
            hub: around.hub().await,
            cinema: around.cinema((&printer, &terminal), FIRST_LIFE).await,
            cinema_id: cinema_id.to_owned(),
            lives: FIRST_LIFE,
            network: around.network,
            began: clock.now(),
            clock,
            seed,
            printer,
            terminal,
            folder,
        };
        let consent = Consent::default();
        let import = Order::Import { programme, consent };
        house.cinema.order(import).await;
        house.enrol().await;
        house
    }

    /// What time it is, whatever the clock on the wall was set to.
    pub fn true_time(&self) -> Timestamp {
        self.began + self.clock.monotonic()
    }

    /// The power goes at the box, and is back after a while: what was in memory is gone.
    pub async fn power_cut(mut self, time: Duration) -> Self {
        self.cinema.hand.abandon();
        drop(self.cinema);
        self.clock.advance(time);
        self.lives += 1;
        let around = Around {
            clock: self.clock.clone(),
            seed: self.seed,
            folder: self.folder.path().to_owned(),
            network: self.network.clone(),
        };
        let devices = (&self.printer, &self.terminal);
        self.cinema = around.cinema(devices, self.lives).await;
        self
    }

    /// The one thing that goes over a socket, as it does in a cinema: before the evening begins.
    async fn enrol(&self) {
        let cinema = self.cinema_id.parse().unwrap();
        let code = self
            .hub
            .order(cloud_hub::control::Order::Enrol { cinema })
            .await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hub = format!("http://{}", listener.local_addr().unwrap());
        tokio::select! {
            biased;
            _ = self.cinema.order(Order::Enrol { code, hub }) => {}
            _ = axum::serve(listener, self.hub.router.clone()) => {}
        }
    }

    /// Closes both databases, and gives what their files hold.
    pub async fn close(&self) -> [Vec<u8>; 2] {
        self.cinema.app.put_away().await;
        self.cinema.app.database().close().await;
        self.hub.app.database().close().await;
        ["box.db", "hub.db"].map(|file| std::fs::read(self.folder.path().join(file)).unwrap())
    }
}

impl<P: Process> Side<P> {
    fn start(app: P, hand: ByHand) -> Self {
        app.start().unwrap();
        let router = app.router();
        Self { app, hand, router }
    }

    /// Gives an order at its own door.
    pub async fn order(&self, order: P::Order) -> String {
        let done = self.try_order(order).await;
        done.unwrap_or_else(|refusal| panic!("{refusal:?}"))
    }

    /// The same, which may be refused.
    pub async fn try_order(&self, order: P::Order) -> Result<String, service::http::Refusal> {
        self.app.clone().perform(order).await
    }

    /// Sends a request as a device with this token, which is empty for nobody's.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        (token, key): (&str, &str),
        body: &Value,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(CONTENT_TYPE, "application/json");
        if !token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(Body::from(body.to_string())).unwrap();
        answered(&self.router, request).await
    }
}

/// What these routes answer.
pub async fn answered(router: &Router, request: Request<Body>) -> Answer {
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX)
        .await
        .unwrap();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    (status, body)
}
