//! A cinema for stories: a box in this process on a clock of its own that a story can move on, with its printer and its card terminal, and the people
//! who use it. Whatever they see, they see over HTTP, on paper and at the terminal. A world that is dropped looks back: a queue that is stuck,
//! a payment without an end or an error in the log, as every broken invariant and every failed job is, fails its story, unless the story said so
//! before.

mod hall;
mod house;
mod hub;
mod people;
mod prices;
mod stage;

pub use crate::http::client;
pub use hall::{with_four_hundred_seats, with_two_blocks};
pub use house::{House, Sides, free};
pub use hub::Hub;
pub use people::{Answer, Held, Seller, choices, new_key};
pub use prices::with_refund_rules;

use std::future::ready;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use appliance::control::{Consent, Order};
use appliance::migrations::MIGRATIONS;
use appliance::{App, Config, Surroundings};
use appliance_api::DeviceKind;
use counter::custody::AnsweredFor;
use database::{Database, WhileItRuns};
use service::process::OpenError;
use service::{Clock, Machine};
use stage::Stage;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::card_terminal::CardTerminalSimulator;
use crate::chaos::stored;
use crate::virtual_printer::VirtualPrinter;

/// The programme of the stories: see the file for its seats and showtimes.
pub const PROGRAMME: &str = include_str!("world/programme.toml");

/// When the stories begin: seven in the evening in Berlin, an hour and a quarter before the showtime `tonight`.
pub const SEVEN_IN_THE_EVENING: &str = "2026-11-23T18:00:00Z";

/// The folder of a mark that lies elsewhere than the data.
const MARKS: &str = "marks";

/// How long anything may take before a story gives up: generous, for a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A cinema.
#[derive(Debug)]
pub struct World {
    /// The printer of the box.
    pub printer: VirtualPrinter,
    /// The card terminal of the box.
    pub terminal: CardTerminalSimulator,
    /// The clock that the box goes by.
    pub clock: Clock,
    folder: TempDir,
    settings: String,
    running: Running,
    stage: Stage,
    leaves: Mutex<Vec<Left>>,
}

/// What a story may leave on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Tickets that have not come out of the printer.
    Papers,
    /// Payments of which something is still to be done, by the terminal or by a person.
    Payments,
    /// Events that a hub which can be reached has not acknowledged.
    Events,
    /// What an audit of the box's database finds, for somebody has spoiled it.
    Faults,
}

#[derive(Debug)]
struct Running {
    address: SocketAddr,
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

/// A person answers for what is kept back of a showtime.
///
/// # Panics
/// It is no name of a showtime.
pub fn released(showtime: &str, reason: &str) -> Order {
    let showtime = showtime.parse().expect("a showtime's id");
    Order::Release {
        answered: AnsweredFor::Showtime(showtime, Vec::new()),
        reason: reason.to_owned(),
    }
}

impl World {
    /// A cinema with the programme of the stories.
    pub async fn open() -> Self {
        Self::open_on(from_seven_in_the_evening()).await
    }

    /// The same on another clock, which goes on by itself if it is the system's.
    pub async fn open_on(clock: Clock) -> Self {
        Self::without_programme_on(clock)
            .await
            .with_programme()
            .await
    }

    /// The same; `settings` are added to its file, those of `[data]` first.
    pub async fn open_with(settings: &str) -> Self {
        Self::open_in(new_folder(), settings).await
    }

    /// The same with its data in `folder`.
    pub async fn open_in(folder: TempDir, settings: &str) -> Self {
        let world = Self::new(settings, from_seven_in_the_evening(), folder).await;
        world.with_programme().await
    }

    /// The same with its mark elsewhere than its data: see [`World::mark`].
    pub async fn marked_beside() -> Self {
        let folder = new_folder();
        let marks = folder.path().join(MARKS);
        Self::open_in(folder, &format!("mark_folder = {marks:?}\n")).await
    }

    /// Where that lies.
    pub fn mark(&self) -> std::path::PathBuf {
        self.folder.path().join(MARKS).join("appliance.mark")
    }

    async fn with_programme(self) -> Self {
        self.import(PROGRAMME)
            .await
            .expect("the programme of the stories is right");
        self
    }

    /// A cinema that knows nothing yet; `settings` are added to its file, those of `[data]` first.
    pub async fn without_programme(settings: &str) -> Self {
        Self::new(settings, from_seven_in_the_evening(), new_folder()).await
    }

    /// The same on another clock.
    pub async fn without_programme_on(clock: Clock) -> Self {
        Self::new("", clock, new_folder()).await
    }

    /// A cinema that has been one for long: its data lies in `folder`, and its terminal has been in use.
    pub async fn open_on_data(folder: TempDir, terminal: CardTerminalSimulator) -> Self {
        Self::beside(
            Stage::new(),
            terminal,
            "",
            from_seven_in_the_evening(),
            folder,
        )
        .await
    }

    /// The same with settings of its own, on another clock.
    pub async fn without_programme_with(settings: &str, clock: Clock) -> Self {
        Self::new(settings, clock, new_folder()).await
    }

    async fn new(settings: &str, clock: Clock, folder: TempDir) -> Self {
        let stage = Stage::new();
        let terminal = stage.run(CardTerminalSimulator::start()).await;
        Self::beside(stage, terminal, settings, clock, folder).await
    }

    async fn beside(
        stage: Stage,
        terminal: CardTerminalSimulator,
        settings: &str,
        clock: Clock,
        folder: TempDir,
    ) -> Self {
        let printer = stage.run(VirtualPrinter::start()).await;
        let settings = format!(
            "[data]\nfolder = \"{}\"\n{}{settings}\n{}[printer]\naddress = \"{}\"\n[terminal]\nsimulated = \"{}\"\n",
            folder.path().display(),
            marked_in(&folder, settings),
            unlimited(settings),
            printer.address(),
            terminal.address(),
        );
        let running = run(&stage, &settings, &clock).await;
        Self {
            stage,
            leaves: Mutex::default(),
            printer,
            terminal,
            clock,
            folder,
            settings,
            running,
        }
    }

    /// The box's address, as `http://127.0.0.1:41234`.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.address)
    }

    /// The folder of the box's data.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Imports a programme at the box's own door; what the box says.
    ///
    /// # Errors
    /// The words of the refusal.
    pub async fn import(&self, programme: &str) -> Result<String, String> {
        self.import_with(programme, Consent::default()).await
    }

    /// The same with what the person at the door has agreed to.
    ///
    /// # Errors
    /// The words of the refusal.
    pub async fn import_with(&self, programme: &str, consent: Consent) -> Result<String, String> {
        self.order(Order::Import {
            programme: programme.to_owned(),
            consent,
        })
        .await
    }

    /// Gives the box an order at its own door.
    ///
    /// # Errors
    /// The words of the refusal.
    pub async fn order(&self, order: Order) -> Result<String, String> {
        let answer = service::control::send(self.folder.path(), &order)
            .await
            .expect("the box runs");
        answer.map_err(|error| error.to_string())
    }

    /// Enrols the box with this hub.
    ///
    /// # Panics
    /// It is refused.
    pub async fn enrol(&self, hub: &Hub) {
        let order = Order::Enrol {
            code: hub.code("metropol"),
            hub: hub.url(),
        };
        self.order(order).await.expect("the box is enrolled");
    }

    /// A clerk at a till that is paired with the box.
    pub async fn clerk(&self) -> Seller {
        self.pair(DeviceKind::Till).await
    }

    /// A guest at a kiosk that is paired with the box.
    pub async fn guest(&self) -> Seller {
        self.pair(DeviceKind::Kiosk).await
    }

    /// An usher with a device that is paired with the box.
    pub async fn usher(&self) -> Seller {
        self.pair(DeviceKind::Door).await
    }

    /// Somebody at a device that was paired before, by the token that it was given.
    pub fn with_token(&self, token: &str) -> Seller {
        Seller::new(self.url(), Some(token.to_owned()))
    }

    /// Somebody whose device is not paired.
    pub fn stranger(&self) -> Seller {
        Seller::new(self.url(), None)
    }

    async fn pair(&self, kind: DeviceKind) -> Seller {
        let code = self.order(Order::Pair { kind }).await.expect("a code");
        let answer = self
            .stranger()
            .post("/api/v1/pairings", "", &serde_json::json!({ "code": code }))
            .await;
        let token = answer.expect(201).json["token"].as_str().map(str::to_owned);
        Seller::new(self.url(), token)
    }

    /// What the box counts under this name, as `/metrics` shows it: `foyer_print_jobs_waiting`.
    pub async fn counts(&self, name: &str) -> u64 {
        let text = self.stranger().get("/metrics").await.expect(200).text;
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|rest| rest.trim().parse().ok());
        number.unwrap_or_else(|| panic!("the box does not count {name}"))
    }

    /// The box will log an error with these words, and the story knows.
    pub fn expects_error(&self, words: &str) {
        self.stage.expects(words);
    }

    /// How many lines of the log tell of an error with these words.
    pub fn errors_with(&self, words: &str) -> usize {
        self.stage.errors_with(words)
    }

    /// The story ends with this undone.
    pub fn leaves(&self, what: Left) {
        self.leaves
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(what);
    }

    /// Lets time pass at the box.
    pub fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Stops the box in good order and starts it again on the same data. Its address changes; its people must be made anew
    /// with [`World::again`].
    pub async fn restart(&mut self) {
        if !self.running.shutdown.is_cancelled() {
            self.stop().await;
        }
        self.running = run(&self.stage, &self.settings, &self.clock).await;
    }

    /// The same person after a restart.
    pub fn again(&self, person: &Seller) -> Seller {
        person.at(self.url())
    }

    /// The box's database as the box itself opens it, while it is stopped.
    ///
    /// # Panics
    /// It cannot be opened.
    pub fn database(&self) -> Database {
        let config = service::settings::parse(&self.settings, std::iter::empty());
        let config: Config = config.expect("settings");
        let random = Machine::system(CancellationToken::new()).random;
        let opened = config.data.open_marked("appliance", MIGRATIONS, &random);
        opened.expect("the box's database")
    }

    /// Stops the box in good order.
    pub async fn stop(&mut self) {
        self.running.shutdown.cancel();
        (&mut self.running.task).await.expect("the box ends well");
    }
}

/// A clock that moves only when a story moves it.
pub fn standing_still() -> Clock {
    Clock::manual(SEVEN_IN_THE_EVENING.parse().expect("a time"))
}

/// The clock of the stories: it goes, and can be moved on.
fn from_seven_in_the_evening() -> Clock {
    Clock::running_from(SEVEN_IN_THE_EVENING.parse().expect("a time"))
}

fn new_folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The mark lies in the folder, which goes with its story, unless a story says otherwise.
fn marked_in(folder: &TempDir, settings: &str) -> String {
    match settings.contains("mark_folder") {
        true => String::new(),
        false => format!("mark_folder = {:?}\n", folder.path()),
    }
}

/// On a clock that may stand still nobody's allowance of requests refills, so it is large unless a story is about it.
fn unlimited(settings: &str) -> &'static str {
    if settings.contains("[http]") {
        ""
    } else {
        "[http]\nrequests_per_second = 1000000\n"
    }
}

async fn run(stage: &Stage, settings: &str, clock: &Clock) -> Running {
    let config: Config = service::settings::parse(settings, std::iter::empty()).expect("settings");
    let listening = stage.run(TcpListener::bind("127.0.0.1:0")).await;
    let listener = listening.expect("a port");
    let (address, shutdown) = (
        listener.local_addr().expect("an address"),
        CancellationToken::new(),
    );
    let opening = open(config, shutdown.clone(), clock.clone());
    let app = stage.run(opening).await;
    let task = stage.begin(async move {
        service::process::run(&app, ready(Ok(listener)))
            .await
            .expect("the box runs")
    });
    let (http, url) = (client(), format!("http://{address}/healthz"));
    until("the box answers", || async {
        http.get(&url)
            .send()
            .await
            .ok()
            .filter(|answer| answer.status().is_success())
    })
    .await;
    Running {
        address,
        shutdown,
        task,
    }
}

/// How often a box is opened whose files are in use, and how long after one another.
const TRIES: usize = 40;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// The box on this clock, opened and not yet run.
///
/// # Panics
/// It cannot be opened.
pub async fn open(config: Config, shutdown: CancellationToken, clock: Clock) -> App {
    let machine = Machine {
        clock,
        ..Machine::system(shutdown)
    };
    let opened = async {
        let open = || {
            config
                .data
                .open_marked("appliance", MIGRATIONS, &machine.random)
        };
        let mut database = open();
        // A program that another story begins has this one's files for a moment, until it is itself: a box that starts waits as well.
        for _ in 0..TRIES {
            let Err(OpenError::Database(database::OpenError::InUse(_))) = &database else {
                break;
            };
            tokio::time::sleep(BETWEEN_TRIES).await;
            database = open();
        }
        let database = database?;
        let surroundings = Surroundings::of(&config, machine, &database).await?;
        App::open_on(config, database, surroundings).await
    };
    opened.await.expect("the box opens")
}

impl World {
    /// What the box has not finished, and was not left on purpose.
    fn unfinished(&self) -> Vec<String> {
        let left = self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
        let file = self.folder.path().join("appliance.db");
        let found = stored::unfinished(&file).expect("the box's database can be read");
        let events = if self.running.shutdown.is_cancelled() {
            0
        } else {
            stored::unacknowledged(&file).expect("the box's database can be read")
        };
        let queues = [
            (Left::Papers, found.papers + found.aside),
            (Left::Payments, found.payments),
            (Left::Events, events),
        ];
        queues
            .into_iter()
            .filter(|(what, count)| *count > 0 && !left.contains(what))
            .map(|(what, count)| format!("{what:?}: {count}"))
            .chain(
                (!left.contains(&Left::Faults))
                    .then(|| self.faults())
                    .into_iter()
                    .flatten(),
            )
            .collect()
    }

    /// What does not fit together in what the box has stored.
    fn faults(&self) -> Vec<String> {
        let source = appliance::prove::source(self.folder.path());
        let read = audit::read(&source, WhileItRuns::Snapshot);
        let verdict = audit::prove(&[read.expect("the box's database can be read")]);
        let found = verdict.findings.iter();
        found
            .map(|it| format!("{}: {}", it.name.as_str(), it.words))
            .collect()
    }

    fn running(&self) -> Vec<String> {
        let runs = !self.running.task.is_finished();
        runs.then(|| "the box does not end".to_owned())
            .into_iter()
            .collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let asked = client().get(format!("{}/api/v1/status", self.url()));
            self.stage.show(async { asked.send().await?.text().await });
            return self.running.shutdown.cancel();
        }
        let mut found = Stage::wait_until_nothing(|| self.unfinished());
        self.running.shutdown.cancel();
        found.extend(Stage::wait_until_nothing(|| self.running()));
        found.extend(self.stage.unexpected());
        assert!(
            found.is_empty(),
            "the story ends, and not all is well:\n{}",
            found.join("\n")
        );
    }
}

/// Waits until `condition` gives something, and gives up with `what` after [`PATIENCE`].
pub async fn until<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut condition: impl FnMut() -> F,
) -> T {
    let tried = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(found) = condition().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    tried
        .await
        .unwrap_or_else(|_| panic!("waited in vain: {what}"))
}
