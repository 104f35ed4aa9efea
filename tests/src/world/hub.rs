//! The hub of a story: a program of its own with its broker, as the demo starts it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use hub_api::{Case, Cinema, HeadOffice};
use reqwest::header::COOKIE;
use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::OnceCell;

use super::people::Seller;
use super::stage::show_end;
use super::{client, until};
use crate::engine::{Engine, HubDatabase};
use crate::logged::errors_in;
use crate::operator::{self, OPERATOR};
use crate::payment_provider::{PaymentProvider, SECRET};
use crate::tools;

/// A hub that runs as a program of its own, with its broker, and ends with the story.
#[derive(Debug)]
pub struct Hub {
    folder: tempfile::TempDir,
    http: SocketAddr,
    process: Child,
    database: HubDatabase,
    expected: Mutex<Vec<String>>,
    cookie: OnceCell<String>,
}

/// What the hub writes on standard error.
const LOG: &str = "hub.log";

impl Hub {
    /// A hub with an empty database in its data folder, ready to be asked.
    ///
    /// # Panics
    /// As [`Hub::start_on`].
    pub async fn start() -> Self {
        Self::start_on(Engine::Sqlite).await
    }

    /// A hub with an empty database on this engine, ready to be asked.
    ///
    /// # Panics
    /// It is not ready in time, or `cargo build` has not made it.
    pub async fn start_on(engine: Engine) -> Self {
        let broker = format!("listen = \"{}\"\n", free_port());
        Self::start_with(engine, &broker).await
    }

    /// The same with this broker: the settings of `[broker]`, and whatever sections stand behind them.
    ///
    /// # Panics
    /// As [`Hub::start_on`].
    pub async fn start_with(engine: Engine, broker: &str) -> Self {
        let (folder, http) = (tempfile::tempdir().expect("a folder"), free_port());
        let database = set_up(&folder, engine, http, broker);
        let process = command(&folder)
            .stderr(std::fs::File::create(folder.path().join(LOG)).expect("its log"))
            .spawn()
            .expect("the hub runs");
        let hub = Self {
            folder,
            http,
            process,
            database,
            expected: Mutex::default(),
            cookie: OnceCell::new(),
        };
        hub.ready().await;
        hub
    }

    /// The same with these sections in its settings.
    ///
    /// # Panics
    /// As [`Hub::start_on`].
    pub async fn start_and(engine: Engine, sections: &str) -> Self {
        let broker = format!("listen = \"{}\"\n{sections}", free_port());
        Self::start_with(engine, &broker).await
    }

    /// The same with a payment provider, which tells it what becomes of payments.
    ///
    /// # Panics
    /// As [`Hub::start_on`], or the provider cannot be started.
    pub async fn start_with_payments(engine: Engine) -> (Self, PaymentProvider) {
        let provider = PaymentProvider::start().await;
        let payments = format!(
            "[payments]\nsandbox = \"{}\"\nwebhook_secret = \"{SECRET}\"\n",
            provider.url()
        );
        let hub = Self::start_and(engine, &payments).await;
        provider.tells(&format!("{}/api/v1/payment-events", hub.url()));
        (hub, provider)
    }

    /// Another machine with this hub's keys, database and address, which waits until this one is no more.
    ///
    /// # Panics
    /// The database is a file, or the program cannot be run.
    pub fn standing_by(&self) -> Self {
        assert!(matches!(self.database, HubDatabase::Server(..)));
        let folder = tempfile::tempdir().expect("a folder");
        for key in ["frame.key", "ticket.key", "database.name"] {
            let copy = folder.path().join("data").join(key);
            std::fs::create_dir_all(copy.parent().expect("a folder")).expect("room");
            std::fs::copy(self.data().join(key), copy).expect("room");
        }
        let settings = std::fs::read_to_string(self.settings()).expect("its settings");
        let [here, there] = [self.folder.path(), folder.path()].map(|it| it.display().to_string());
        let settings = settings.replace(&here, &there);
        std::fs::write(folder.path().join("hub.toml"), settings).expect("its settings");
        let process = command(&folder)
            .stderr(std::fs::File::create(folder.path().join(LOG)).expect("its log"))
            .spawn()
            .expect("the hub runs");
        Self {
            folder,
            http: self.http,
            process,
            database: self.database.clone(),
            expected: Mutex::default(),
            cookie: OnceCell::new(),
        }
    }

    /// It says that another has its database, and waits.
    ///
    /// # Panics
    /// Not in time.
    pub async fn waits(&self) {
        let said = "another process has the data of the hub";
        until(said, || async {
            let log = std::fs::read_to_string(self.folder.path().join(LOG));
            log.expect("its log").contains(said).then_some(())
        })
        .await;
    }

    /// Its program is killed, as a machine does that loses its power.
    ///
    /// # Panics
    /// It has ended before.
    pub fn kill(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
    }

    /// It is started again on what it has written.
    ///
    /// # Panics
    /// As [`Hub::start_on`].
    pub async fn start_again(&mut self) {
        self.begin_again();
        self.ready().await;
    }

    /// The same, and nobody waits until it is ready.
    ///
    /// # Panics
    /// It cannot be run.
    pub fn begin_again(&mut self) {
        let log = std::fs::OpenOptions::new()
            .append(true)
            .open(self.folder.path().join(LOG));
        self.process = command(&self.folder)
            .stderr(log.expect("its log"))
            .spawn()
            .expect("the hub runs");
    }

    /// All that it has written in its data folder, but its log, while it is not running.
    ///
    /// # Panics
    /// It cannot be copied.
    pub fn copied(&self) -> tempfile::TempDir {
        let copy = tempfile::tempdir().expect("a folder");
        copy_all(self.folder.path(), copy.path());
        copy
    }

    /// The same put back in place of what it has written since, with its mark, as of a whole disk: it has no means to see it.
    ///
    /// # Panics
    /// It cannot be put back.
    pub fn put_back(&self, copy: &tempfile::TempDir) {
        for file in files(self.folder.path()) {
            if file.extension() != Some("mark".as_ref()) {
                std::fs::remove_file(file).expect("it can go");
            }
        }
        copy_all(copy.path(), self.folder.path());
    }

    /// The data folder of the same put back, as people do.
    ///
    /// # Panics
    /// It cannot be put back.
    pub fn put_back_folder(&self, copy: &tempfile::TempDir) {
        std::fs::remove_dir_all(self.data()).expect("it can go");
        copy_all(&copy.path().join("data"), &self.data());
    }

    /// The next start is without this section of its settings.
    ///
    /// # Panics
    /// There is none.
    pub fn leaves_out(&self, section: &str) {
        let file = self.folder.path().join("hub.toml");
        let settings = std::fs::read_to_string(&file).expect("its settings");
        let head = format!("[{section}]\n");
        let (before, rest) = settings.split_once(&head).expect("the section");
        let after = rest.find("\n[").map_or("", |end| &rest[end + 1..]);
        std::fs::write(&file, format!("{before}{after}")).expect("its settings");
    }

    /// A guest at home with a new session, who buys what a cinema has on.
    ///
    /// # Panics
    /// The hub gives no session.
    pub async fn guest(&self, cinema: &str) -> Seller {
        let begun = client()
            .post(format!("{}/api/v1/guests", self.url()))
            .send();
        let begun = begun.await.expect("the hub answers");
        assert_eq!(begun.status().as_u16(), 201);
        let cookie = begun.headers()["set-cookie"].to_str().expect("text");
        let token = cookie
            .strip_prefix("foyer_guest=")
            .and_then(|rest| rest.split_once(';'));
        let (token, _) = token.expect("a token");
        self.guest_with(token, cinema)
    }

    /// A guest at home who has a session, and buys what a cinema has on.
    pub fn guest_with(&self, token: &str, cinema: &str) -> Seller {
        Seller::at_home(self.url(), cinema, token.to_owned())
    }

    /// Waits until it can be asked.
    ///
    /// # Panics
    /// Not in time.
    pub async fn ready(&self) {
        let (web, url) = (client(), format!("{}/readyz", self.url()));
        let ready = || async {
            let answer = web.get(&url).send().await;
            answer.ok().filter(|answer| answer.status().is_success())
        };
        until("the hub is ready", ready).await;
    }

    /// What a hub with this broker says, which does not start.
    ///
    /// # Panics
    /// It does start, or cannot be run.
    pub fn refuses_to_start(broker: &str) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let _database = set_up(&folder, Engine::Sqlite, free_port(), broker);
        let output = command(&folder).output().expect("the hub's program runs");
        assert!(!output.status.success(), "it has started");
        String::from_utf8(output.stderr).expect("text")
    }

    /// A one-time code for the box of this cinema.
    ///
    /// # Panics
    /// The hub refuses.
    pub fn code(&self, cinema: &str) -> String {
        self.order(&["enrol", cinema])
            .split_whitespace()
            .last()
            .expect("a code at the end")
            .to_owned()
    }

    /// Has the hub's program do something beside the hub that runs, and gives what it says.
    ///
    /// # Panics
    /// The hub refuses.
    pub fn order(&self, order: &[&str]) -> String {
        let said = self.try_order(order);
        said.unwrap_or_else(|refused| panic!("{refused}"))
    }

    /// The same for what it may refuse.
    ///
    /// # Errors
    /// The words of the refusal.
    ///
    /// # Panics
    /// The hub's program cannot be run.
    pub fn try_order(&self, order: &[&str]) -> Result<String, String> {
        let output = command(&self.folder).args(order).output();
        let output = output.expect("the hub's program runs");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        if output.status.success() {
            Ok(text(output.stdout))
        } else {
            Err(text(output.stderr))
        }
    }

    /// The hub will log an error with these words, and the story knows.
    pub fn expects_error(&self, words: &str) {
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        expected.push(words.to_owned());
    }

    /// Its settings file.
    pub fn settings(&self) -> PathBuf {
        self.folder.path().join("hub.toml")
    }

    /// What it writes on standard error.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join(LOG)
    }

    /// The folder of its data.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Where it keeps what it knows.
    pub fn database(&self) -> &HubDatabase {
        &self.database
    }

    /// It stands still, as a machine does whose disk hangs, or goes on.
    ///
    /// # Panics
    /// It has ended.
    pub fn stands_still(&self, still: bool) {
        let signal = if still { Signal::STOP } else { Signal::CONT };
        kill_process(Pid::from_child(&self.process), signal).expect("it runs");
    }

    /// Its address, as `http://127.0.0.1:41234`.
    pub fn url(&self) -> String {
        format!("http://{}", self.http)
    }

    /// The cookie of an operator who is signed in, [`crate::operator::OPERATOR`].
    ///
    /// # Panics
    /// The hub does not let them in.
    pub async fn cookie(&self) -> &str {
        let signing_in = async || operator::signs_in(&self.order(&["operator", OPERATOR])).await;
        let cookie = self.cookie.get_or_try_init(signing_in).await;
        cookie.expect("an operator signs in")
    }

    /// What it answers an operator at this path; `None` for what it does not have.
    ///
    /// # Panics
    /// The hub does not answer, or with something else.
    pub async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Option<T> {
        let asked = client()
            .get(format!("{}{path}", self.url()))
            .header(COOKIE, self.cookie().await)
            .send();
        let answer = asked.await.expect("the hub answers");
        if answer.status() == reqwest::StatusCode::NOT_FOUND {
            return None;
        }
        Some(answer.json().await.expect("what is asked for"))
    }

    /// What waits for a person, as head office sees it.
    ///
    /// # Panics
    /// It does not answer.
    pub async fn cases(&self) -> Vec<Case> {
        self.head_office().await.cases
    }

    async fn head_office(&self) -> HeadOffice {
        let answer = client()
            .get(format!("{}/api/v1/head-office/cinemas", self.url()))
            .header(COOKIE, self.cookie().await)
            .send()
            .await
            .expect("the hub answers");
        answer.json().await.expect("the figures of head office")
    }

    /// The cinema as head office sees it; `None` until the hub knows it.
    ///
    /// # Panics
    /// It does not answer.
    pub async fn sees(&self, cinema: &str) -> Option<Cinema> {
        let all = self.head_office().await;
        all.cinemas
            .into_iter()
            .find(|known| known.id.as_str() == cinema)
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // It may have ended by itself, which the story has noticed.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let log = std::fs::read_to_string(self.folder.path().join(LOG));
        let log = log.unwrap_or_else(|error| format!("ERROR the hub's log: {error}"));
        if std::thread::panicking() {
            return show_end("the hub", &log);
        }
        let expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        let found = errors_in(&log, &expected);
        assert!(
            found.is_empty(),
            "the story ends, and the hub has logged:\n{}",
            found.join("\n")
        );
    }
}

fn set_up(
    folder: &tempfile::TempDir,
    engine: Engine,
    http: SocketAddr,
    broker: &str,
) -> HubDatabase {
    let data = folder.path().join("data");
    let database = HubDatabase::new(engine, &data);
    let settings = format!(
        "[data]\nfolder = \"{}\"\n{}[http]\nlisten = \"{http}\"\n[broker]\n{broker}",
        data.display(),
        database.settings(),
    );
    std::fs::write(folder.path().join("hub.toml"), settings).expect("its settings");
    database
}

fn command(folder: &tempfile::TempDir) -> Command {
    let mut command = Command::new(tools::program("cloud-hub"));
    command
        .arg("--config")
        .arg(folder.path().join("hub.toml"))
        .stdin(Stdio::null());
    command
}

/// A port for a program that takes an address and no socket.
fn free_port() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, tools::free_port()).into()
}

/// The files of a folder and those below it, but the log.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let kind = entry.file_type().expect("a kind");
        if kind.is_dir() {
            found.extend(files(&entry.path()));
        } else if kind.is_file() && entry.file_name() != LOG {
            found.push(entry.path());
        }
    }
    found
}

fn copy_all(from: &Path, to: &Path) {
    for file in files(from) {
        let copy = to.join(file.strip_prefix(from).expect("it is below"));
        std::fs::create_dir_all(copy.parent().expect("a folder")).expect("room");
        std::fs::copy(&file, copy).expect("room");
    }
}
