//! A process of ours in the simulation's thread: opened on a database without threads, with its work done by hand and its API asked without
//! a socket.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use appliance::printer::Printer;
use appliance::printer::memory::MemoryPrinter;
use appliance::terminal::CardTerminal;
use appliance::terminal::memory::MemoryTerminal;
use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, SET_COOKIE};
use axum::http::{Request, StatusCode};
use cloud_hub::payments::StandIn;
use database::{Database, Migration, Options, Place, Power};
use serde_json::Value;
use service::http::Peer;
use service::process::Process;
use service::seed::Seeds;
use service::{ByHand, Clock, Lifecycle, Machine, Metrics, Random};
use sync_agent::{Network, Transport};
use tower::ServiceExt as _;

/// An answer: its status and its document.
pub type Answer = (u16, Value);

/// A process, its background work, and its API.
#[derive(Debug)]
pub struct Side<P> {
    /// What it is.
    pub app: P,
    /// Its background work.
    pub hand: ByHand,
    router: Router,
}

/// What one process stands in.
pub struct Around {
    /// Its clock.
    pub clock: Clock,
    /// Its randomness.
    pub random: Random,
    /// Where its database lies.
    pub database: PathBuf,
    /// What its keys grow from.
    pub seeds: Seeds,
    /// What is between the processes.
    pub network: Network,
    /// What its commits ask, if its power may be cut.
    pub power: Option<Arc<dyn Power>>,
}

impl Around {
    /// A hub that begins here.
    ///
    /// # Panics
    /// It does not begin.
    pub async fn hub(self, cards: Option<StandIn>) -> Side<cloud_hub::App> {
        let (machine, hand) = self.machine();
        let database = self.open(cloud_hub::migrations::MIGRATIONS);
        let surroundings = cloud_hub::Surroundings {
            machine,
            transport: Some(Transport::Memory(self.network.clone())),
            cards,
            seeds: self.seeds.into(),
        };
        let config = service::settings::parse(&settings(&self.database), std::iter::empty());
        let config = config.expect("its settings");
        let app = cloud_hub::App::open_on(config, database, surroundings).await;
        Side::start(app.expect("the hub opens"), hand)
    }

    /// A box that begins here.
    ///
    /// # Panics
    /// It does not begin.
    pub async fn cinema(
        self,
        (printer, terminal): (&MemoryPrinter, &MemoryTerminal),
    ) -> Side<appliance::App> {
        let (machine, hand) = self.machine();
        let database = self.open(appliance::migrations::MIGRATIONS);
        let surroundings = appliance::Surroundings {
            machine,
            printer: Printer::Memory(printer.clone()),
            terminal: CardTerminal::Memory(terminal.clone()),
            transport: Some(Transport::Memory(self.network.clone())),
            broker_tls: None,
            seeds: self.seeds,
        };
        let config = service::settings::parse(&settings(&self.database), std::iter::empty());
        let config = config.expect("its settings");
        let app = appliance::App::open_on(config, database, surroundings).await;
        Side::start(app.expect("the box opens"), hand)
    }

    fn machine(&self) -> (Machine, ByHand) {
        let (lifecycle, hand) = Lifecycle::by_hand();
        let machine = Machine {
            clock: self.clock.clone(),
            random: self.random.clone(),
            metrics: Metrics::default(),
            lifecycle,
        };
        (machine, hand)
    }

    fn open(&self, migrations: &[Migration]) -> Database {
        let place = Place::File(self.database.clone());
        let options = Options {
            power: self.power.clone(),
            ..Options::default()
        };
        Database::inline(&place, migrations, options).expect("its database")
    }
}

fn settings(database: &std::path::Path) -> String {
    let folder = database.parent().expect("it lies in a folder").display();
    format!("[data]\nfolder = \"{folder}\"\n[http]\nrequests_per_second = 1000000\n")
}

/// What the keys of the process with this number grow from.
pub fn seeds(nth: u8) -> Seeds {
    Seeds {
        frame: [nth; 32],
        ticket: [nth + 1; 32],
    }
}

/// Each has randomness of its own, so that one's rolls do not move another's.
pub fn random(seed: u64, nth: u64) -> Random {
    Random::seeded(seed.wrapping_mul(64).wrapping_add(nth))
}

impl<P: Process> Side<P> {
    /// # Panics
    /// It does not start.
    fn start(app: P, hand: ByHand) -> Self {
        app.start().expect("its work begins");
        let router = app.router();
        Self { app, hand, router }
    }

    /// Gives an order at its own door.
    ///
    /// # Panics
    /// It is refused.
    pub async fn order(&self, order: P::Order) -> String {
        let done = self.try_order(order).await;
        done.unwrap_or_else(|refusal| panic!("{refusal:?}"))
    }

    /// The same, which may be refused.
    ///
    /// # Errors
    /// The refusal.
    pub async fn try_order(&self, order: P::Order) -> Result<String, service::http::Refusal> {
        self.app.clone().perform(order).await
    }

    /// What answers its API.
    pub fn router(&self) -> &Router {
        &self.router
    }

    /// Sends a request as a device with this token, which is empty for nobody's.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        (token, key): (&str, &str),
        body: &Value,
    ) -> Answer {
        answered(&self.router, request(method, path, (token, key), body)).await
    }
}

/// A request with this token and key, each of which may be empty.
///
/// # Panics
/// It is none.
pub fn request(
    method: &str,
    path: &str,
    (token, key): (&str, &str),
    body: &Value,
) -> Request<Body> {
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
    let request = request.body(Body::from(body.to_string()));
    request.expect("a request")
}

/// The token of a session that a guest at home begins, who asks from this address; none, if the hub is busy.
///
/// # Panics
/// The answer has no token.
pub async fn session(hub: &Router, from: IpAddr) -> Option<String> {
    let mut begun = request("POST", "/api/v1/guests", ("", ""), &Value::Null);
    begun.extensions_mut().insert(Peer(from));
    let Ok(answer) = hub.clone().oneshot(begun).await;
    if answer.status() != StatusCode::CREATED {
        return None;
    }
    let cookie = answer.headers()[SET_COOKIE].to_str().expect("text");
    let token = cookie
        .split_once('=')
        .and_then(|(_, it)| it.split_once(';'));
    Some(token.expect("a token").0.to_owned())
}

/// What these routes answer.
///
/// # Panics
/// The answer does not end.
pub async fn answered(router: &Router, request: Request<Body>) -> Answer {
    let Ok(answer) = router.clone().oneshot(request).await;
    let status = answer.status().as_u16();
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
    let bytes = bytes.expect("an answer that ends");
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    (status, body)
}
