//! The box, the hub and what is around them.

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
    pub network: Network,
    pub printer: MemoryPrinter,
    pub terminal: MemoryTerminal,
    pub cinema: Side<appliance::App>,
    pub hub: Side<cloud_hub::App>,
    pub folder: TempDir,
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
        let (clock, folder) = (standing_still(), tempfile::tempdir().unwrap());
        // Each has randomness of its own, so that one's rolls do not move another's.
        let random = |nth: u64| Random::seeded(seed.wrapping_mul(8).wrapping_add(nth));
        let machine = |nth: u64| {
            let (lifecycle, hand) = Lifecycle::by_hand();
            let machine = Machine {
                clock: clock.clone(),
                random: random(nth),
                metrics: Metrics::default(),
                lifecycle,
            };
            (machine, hand)
        };
        let seeds = |nth: u8| Seeds {
            frame: [nth; 32],
            ticket: [nth + 1; 32],
        };
        let database = |file: &str, migrations: &[Migration]| {
            let place = Place::File(folder.path().join(file));
            Database::inline(&place, migrations, Options::default()).unwrap()
        };
        let settings = format!(
            "[data]\nfolder = \"{}\"\n[http]\nrequests_per_second = 1000000\n",
            folder.path().display()
        );
        let network = Network::new(random(0));
        let transport = Some(Transport::Memory(network.clone()));
        let (printer, terminal) = (MemoryPrinter::default(), MemoryTerminal::default());
        let hub = {
            let (machine, hand) = machine(1);
            let surroundings = cloud_hub::Surroundings {
                machine,
                seeds: seeds(1),
                transport: transport.clone(),
            };
            let config = service::settings::parse(&settings, std::iter::empty()).unwrap();
            let database = database("hub.db", cloud_hub::migrations::MIGRATIONS);
            let app = cloud_hub::App::open_on(config, database, surroundings).await;
            Side::start(app.unwrap(), hand)
        };
        let cinema = {
            let (machine, hand) = machine(2);
            let surroundings = appliance::Surroundings {
                machine,
                seeds: seeds(3),
                printer: Printer::Memory(printer.clone()),
                terminal: CardTerminal::Memory(terminal.clone()),
                transport,
            };
            let config = service::settings::parse(&settings, std::iter::empty()).unwrap();
            let database = database("box.db", appliance::migrations::MIGRATIONS);
            let app = appliance::App::open_on(config, database, surroundings).await;
            Side::start(app.unwrap(), hand)
        };
        let programme = PROGRAMME.to_owned();
        cinema
            .order(Order::Import {
                programme,
                consent: Consent::default(),
            })
            .await;
        let house = Self {
            clock,
            network,
            printer,
            terminal,
            cinema,
            hub,
            folder,
        };
        house.enrol().await;
        house
    }

    /// The one thing that goes over a socket, as it does in a cinema: before the evening begins.
    async fn enrol(&self) {
        let cinema = "metropol".parse().unwrap();
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
        let done = self.app.clone().perform(order).await;
        done.unwrap_or_else(|refusal| panic!("{refusal:?}"))
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
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX)
            .await
            .unwrap();
        (
            status,
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        )
    }
}
