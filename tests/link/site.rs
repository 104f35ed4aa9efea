//! A hub's process and its broker for one test, each of which can be killed and started again, and a cinema that is enrolled there.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use database::Database;
use hub_api::HeadOffice;
use service::{Clock, Random};
use sync_agent::{Broker, Transport};
use tests::engine::{Engine, HubDatabase};
use tests::operator::{OPERATOR, signs_in};
use tests::tools::{free_port, program};
use tests::world::client;
use wire::enrolment::EnrolmentRequest;
use wire::{Keys, SecretKey};

use crate::cinema::{self, Cinema, FRAME_SEED, PATIENCE, address, incarnation};

/// A process that is killed with the test.
pub struct Process(Child);

impl Process {
    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.0.kill().is_ok() {
            let _status = self.0.wait();
        }
    }
}

/// Which broker carries the messages.
#[derive(Debug, Clone, Copy)]
pub enum Pipe {
    /// One of its own, as a chain has it.
    Mosquitto,
    /// The hub's own, as the demo has it.
    Embedded,
}

/// A hub and its broker on ports and a folder of their own.
pub struct Site {
    pub folder: tempfile::TempDir,
    pub broker_port: u16,
    database: HubDatabase,
    http_port: u16,
    cookie: tokio::sync::OnceCell<String>,
}

impl Site {
    pub fn new(engine: Engine, pipe: Pipe) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = Self {
            database: HubDatabase::new(engine, &hub_folder(&folder)),
            folder,
            broker_port: free_port(),
            http_port: free_port(),
            cookie: tokio::sync::OnceCell::new(),
        };
        let broker_setting = match pipe {
            Pipe::Mosquitto => format!("address = \"mqtt://127.0.0.1:{}\"", site.broker_port),
            Pipe::Embedded => format!("listen = \"127.0.0.1:{}\"", site.broker_port),
        };
        let broker = format!(
            "listener {} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n",
            site.broker_port
        );
        std::fs::write(site.folder.path().join("mosquitto.conf"), broker).unwrap();
        let hub = format!(
            "[data]\nfolder = {:?}\n{}[http]\nlisten = \"127.0.0.1:{}\"\n[broker]\n{broker_setting}\n",
            hub_folder(&site.folder),
            site.database.settings(),
            site.http_port
        );
        std::fs::write(site.hub_settings(), hub).unwrap();
        site
    }

    fn hub_settings(&self) -> std::path::PathBuf {
        self.folder.path().join("hub.toml")
    }

    pub fn mosquitto(&self) -> Process {
        let installed = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"]
            .map(Path::new)
            .into_iter()
            .find(|path| path.is_file());
        let program = installed.expect("the Debian package mosquitto is installed");
        let mut command = Command::new(program);
        command
            .arg("-c")
            .arg(self.folder.path().join("mosquitto.conf"))
            .stderr(Stdio::null());
        Process(command.spawn().unwrap())
    }

    /// The hub's process; what it logs is added to its log.
    pub fn hub(&self) -> Process {
        let log = || {
            let mut options = std::fs::OpenOptions::new();
            options
                .create(true)
                .append(true)
                .open(self.hub_log())
                .unwrap()
        };
        let mut command = Command::new(program("cloud-hub"));
        command.arg("--config").arg(self.hub_settings());
        Process(command.stdout(log()).stderr(log()).spawn().unwrap())
    }

    fn hub_log(&self) -> std::path::PathBuf {
        self.folder.path().join("hub.log")
    }

    /// Everything that the hub has logged.
    pub fn hub_logged(&self) -> String {
        std::fs::read_to_string(self.hub_log()).unwrap()
    }

    /// What the hub keeps, once it is stopped.
    pub fn hub_database(&self) -> Database {
        self.database.open().unwrap()
    }

    /// Revokes the box's keys, as head office does.
    pub fn revoke(&self) {
        let order = Command::new(program("cloud-hub"))
            .arg("--config")
            .arg(self.hub_settings())
            .args(["revoke", "metropol"])
            .status();
        assert!(order.unwrap().success());
    }

    fn hub_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.http_port)
    }

    /// What the hub's program says to an order.
    fn order(&self, order: &[&str]) -> String {
        let order = Command::new(program("cloud-hub"))
            .arg("--config")
            .arg(self.hub_settings())
            .args(order)
            .output();
        let order = order.unwrap();
        assert!(
            order.status.success(),
            "{}",
            String::from_utf8_lossy(&order.stderr)
        );
        String::from_utf8(order.stdout).unwrap().trim().to_owned()
    }

    async fn head_office(&self) -> Option<HeadOffice> {
        // The client wants a cryptography for TLS even where it speaks none.
        let _chosen_before = rustls::crypto::ring::default_provider().install_default();
        let signing_in = async || {
            let there = reqwest::get(format!("{}/healthz", self.hub_url())).await;
            there.map_err(|error| error.to_string())?;
            signs_in(&self.order(&["operator", OPERATOR])).await
        };
        let cookie = self.cookie.get_or_try_init(signing_in).await.ok()?;
        let asked = client()
            .get(format!("{}/api/v1/head-office/cinemas", self.hub_url()))
            .header("cookie", cookie)
            .send();
        asked.await.ok()?.json().await.ok()
    }

    /// Waits until what head office sees fulfils `condition`.
    pub async fn until(&self, what: &str, condition: impl Fn(&HeadOffice) -> bool) -> HeadOffice {
        let mut looks = tokio::time::interval(Duration::from_millis(50));
        let waiting = async {
            loop {
                looks.tick().await;
                if let Some(picture) = self.head_office().await
                    && condition(&picture)
                {
                    return picture;
                }
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(picture) => picture,
            Err(_) => panic!(
                "{what} did not come true; head office sees {:#?}, and the hub has logged:\n{}",
                self.head_office().await,
                self.hub_logged()
            ),
        }
    }
}

fn hub_folder(folder: &tempfile::TempDir) -> std::path::PathBuf {
    folder.path().join("hub")
}

fn request(code: &str, frame_seed: [u8; 32]) -> EnrolmentRequest {
    let frame_key = SecretKey::from_seed(address().cinema, &frame_seed);
    let ticket_key = SecretKey::from_seed(address().cinema, &[2; 32]);
    EnrolmentRequest::new(
        address().device,
        code,
        &frame_key,
        &ticket_key,
        incarnation(),
    )
}

pub async fn enrolled(site: &Site, folder: &Path) -> Cinema {
    let code = site.order(&["enrol", "metropol"]);
    let answer = sync_agent::enrol::enrol(&site.hub_url(), &request(&code, FRAME_SEED), None)
        .await
        .unwrap();
    let again = sync_agent::enrol::enrol(&site.hub_url(), &request(&code, FRAME_SEED), None)
        .await
        .unwrap();
    assert_eq!(answer, again, "the same code and key give the same answer");
    let stolen = sync_agent::enrol::enrol(&site.hub_url(), &request(&code, [9; 32]), None)
        .await
        .unwrap_err();
    assert!(
        stolen.to_string().contains("code_of_another_box"),
        "{stolen}"
    );
    let hub = answer.read(&address().cinema).unwrap();
    let transport = Transport::Mqtt(Broker::parse(&answer.broker, None).unwrap());
    let database = cinema::database(Some(folder));
    Cinema::new(
        database,
        Clock::system(),
        Random::system(),
        Keys::valid([hub.frame_key]),
        hub.generation,
        transport,
    )
}

pub fn received(picture: &HeadOffice) -> u64 {
    picture
        .cinemas
        .first()
        .map_or(0, |cinema| cinema.link.received)
}
