//! The box as a process of its own, on a clock that is moved from outside. At each edge of a machine it waits for a word: it may go on, the
//! transaction fails, or the process is killed where it stands.

use std::io::{BufRead as _, Write as _};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use appliance::Config;
use service::Clock;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Where the process finds its settings and the time that it begins at, in milliseconds.
pub const CHILD: [&str; 2] = ["FOYER_EDGES_SETTINGS", "FOYER_EDGES_BEGINS_AT"];

/// What comes before each line that the process says, so that nothing else is taken for one.
pub const SAYS: &str = "the box: ";

/// The words between a test and the process, each a line.
pub mod word {
    /// The process: ready at this address.
    pub const READY: &str = "ready ";
    /// The process: an edge of this payment or hold is taken, not committed.
    pub const TAKEN: &str = "taken ";
    /// The process: it is committed; nothing has been asked outside or answered.
    pub const KEPT: &str = "kept ";
    /// The process: an error was logged.
    pub const ERROR: &str = "error ";
    /// The test: go on.
    pub const GO: &str = "go";
    /// The test: fail.
    pub const FAIL: &str = "fail";
    /// The test: so many milliseconds go by.
    pub const AHEAD: &str = "ahead ";
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{SAYS}{line}").expect("the test listens");
    out.flush().expect("the test listens");
}

/// Is told of each edge, says so, and waits for a word.
struct Edges(Mutex<Receiver<bool>>);

#[derive(Default)]
struct Fields {
    about: String,
    edge: String,
    rest: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "about" => value.clone_into(&mut self.about),
            "edge" => value.clone_into(&mut self.edge),
            name => self.rest.push_str(&format!("{name}={value} ")),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

impl<S: Subscriber> Layer<S> for Edges {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let is_edge = event.metadata().target() == "counter::checkout::edge";
        let is_error = *event.metadata().level() == Level::ERROR;
        if !is_edge && !is_error {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Fields { about, edge, rest } = fields;
        if is_error {
            return say(&format!("{}{}", word::ERROR, rest.replace('\n', " ")));
        }
        let point = match rest.contains("is kept") {
            true => word::KEPT,
            false => word::TAKEN,
        };
        let goes_on = {
            let words = self.0.lock().expect("nobody fails with it in hand");
            say(&format!("{point}{about} {edge}"));
            words.recv().expect("the test answers")
        };
        assert!(goes_on, "told to fail");
    }
}

/// Is the box, if its surroundings say so: the suite starts it. By itself it has nothing to do.
#[test]
fn the_box_that_is_killed() {
    let [Ok(settings), Ok(begins_at)] = CHILD.map(std::env::var) else {
        return;
    };
    let begins_at = jiff::Timestamp::from_millisecond(begins_at.parse().unwrap()).unwrap();
    let clock = Clock::running_from(begins_at);
    let (words, heard) = channel();
    let moved = clock.clone();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            match line.strip_prefix(word::AHEAD) {
                Some(by_ms) => moved.advance(Duration::from_millis(by_ms.parse().unwrap())),
                None => words.send(line == word::GO).unwrap(),
            }
        }
        // Whoever started it is gone.
        std::process::exit(0);
    });
    tracing_subscriber::registry()
        .with(Edges(Mutex::new(heard)))
        .init();
    let config: Config = service::settings::parse(&settings, std::iter::empty()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let shutdown = CancellationToken::new();
        let app = tests::world::open(config, shutdown, clock).await;
        let bind = async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            say(&format!("{}{}", word::READY, listener.local_addr()?));
            Ok(listener)
        };
        service::process::run(&app, bind).await.unwrap();
    });
}
