//! The box, the hub and what is around them.

use std::time::Duration;

use appliance::control::{Consent, Order};
use appliance::printer::memory::MemoryPrinter;
use appliance::terminal::memory::MemoryTerminal;
use cloud_hub::payments::StandIn;
use jiff::Timestamp;
use service::Clock;
use service::process::Process as _;
use sync_agent::Network;
use tempfile::TempDir;
pub use tests::simulation::side::{Answer, Side, answered, seeds};
use tests::simulation::side::{Around, random};
use tests::world::{PROGRAMME, standing_still};

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

impl House {
    /// A cinema with its programme and a hub that it is enrolled with, when the evening begins.
    pub async fn open(seed: u64) -> Self {
        Self::open_with(seed, "metropol", PROGRAMME.to_owned()).await
    }

    /// The same, where somebody takes the cards of guests at home.
    pub async fn open_paying(seed: u64, cards: StandIn) -> Self {
        let programme = ("metropol", PROGRAMME.to_owned());
        Self::begins(seed, programme, Some(cards)).await
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

    /// The cinema imports a programme, whatever it touches.
    pub async fn imports(&self, programme: String) {
        let consent = Consent::Given;
        let import = Order::Import { programme, consent };
        self.cinema.order(import).await;
    }

    /// The same of another cinema, with its first programme.
    pub async fn open_with(seed: u64, cinema_id: &str, programme: String) -> Self {
        Self::begins(seed, (cinema_id, programme), None).await
    }

    async fn begins(
        seed: u64,
        (cinema_id, programme): (&str, String),
        cards: Option<StandIn>,
    ) -> Self {
        let (clock, folder) = (standing_still(), tempfile::tempdir().unwrap());
        let network = Network::new(random(seed, 0));
        let around = |database, seeds, nth| Around {
            clock: clock.clone(),
            random: random(seed, nth),
            database: folder.path().join(database),
            seeds,
            network: network.clone(),
            power: None,
        };
        let (printer, terminal) = (MemoryPrinter::default(), MemoryTerminal::default());
        let (hub, cinema) = (
            around("hub.db", seeds(1), 1),
            around("box.db", seeds(3), FIRST_LIFE),
        );
        let house = Self {
            hub: hub.hub(cards).await,
            cinema: cinema.cinema((&printer, &terminal)).await,
            cinema_id: cinema_id.to_owned(),
            lives: FIRST_LIFE,
            network,
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
            random: random(self.seed, self.lives),
            database: self.folder.path().join("box.db"),
            seeds: seeds(3),
            network: self.network.clone(),
            power: None,
        };
        let devices = (&self.printer, &self.terminal);
        self.cinema = around.cinema(devices).await;
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
            _ = axum::serve(listener, self.hub.router().clone()) => {}
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
