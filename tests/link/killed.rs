//! Mosquitto and the hub's process are killed and come again, while a cinema sells.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use database::{Database, Options};
use hub_api::{HeadOffice, LinkState};
use service::{Clock, Random};
use sync_agent::{Broker, Transport};
use tests::tools::program;
use wire::enrolment::EnrolmentRequest;
use wire::{Keys, SecretKey};

use crate::cinema::{self, Cinema, FRAME_SEED, address, box_keys, incarnation, journal};

/// How long a condition may take to come true.
const PATIENCE: Duration = Duration::from_secs(60);

/// A process that is killed with the test.
struct Process(Child);

impl Process {
    fn kill(&mut self) {
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

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

struct Site {
    folder: tempfile::TempDir,
    broker_port: u16,
    http_port: u16,
}

impl Site {
    fn new() -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
            broker_port: free_port(),
            http_port: free_port(),
        };
        let broker = format!(
            "listener {} 127.0.0.1\nallow_anonymous true\npersistence false\n",
            site.broker_port
        );
        std::fs::write(site.folder.path().join("mosquitto.conf"), broker).unwrap();
        let hub = format!(
            "[data]\nfolder = {:?}\n[http]\nlisten = \"127.0.0.1:{}\"\n[broker]\naddress = \"mqtt://127.0.0.1:{}\"\n",
            site.hub_folder(),
            site.http_port,
            site.broker_port
        );
        std::fs::write(site.hub_settings(), hub).unwrap();
        site
    }

    fn hub_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("hub")
    }

    fn hub_settings(&self) -> std::path::PathBuf {
        self.folder.path().join("hub.toml")
    }

    fn mosquitto(&self) -> Process {
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

    fn hub(&self) -> Process {
        Process(
            Command::new(program("cloud-hub"))
                .arg("--config")
                .arg(self.hub_settings())
                .spawn()
                .unwrap(),
        )
    }

    fn hub_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.http_port)
    }

    fn enrolment_code(&self) -> String {
        let order = Command::new(program("cloud-hub"))
            .arg("--config")
            .arg(self.hub_settings())
            .args(["enrol", "metropol"])
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
        let answer = reqwest::get(format!("{}/api/v1/head-office/cinemas", self.hub_url()))
            .await
            .ok()?;
        answer.json().await.ok()
    }

    /// Waits until what head office sees fulfils `condition`.
    async fn until(&self, what: &str, condition: impl Fn(&HeadOffice) -> bool) -> HeadOffice {
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
                "{what} did not come true; head office sees {:#?}",
                self.head_office().await
            ),
        }
    }
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

async fn enrolled(site: &Site, folder: &Path) -> Cinema {
    let code = site.enrolment_code();
    let answer = sync_agent::enrol::enrol(&site.hub_url(), &request(&code, FRAME_SEED))
        .await
        .unwrap();
    let again = sync_agent::enrol::enrol(&site.hub_url(), &request(&code, FRAME_SEED))
        .await
        .unwrap();
    assert_eq!(answer, again, "the same code and key give the same answer");
    let stolen = sync_agent::enrol::enrol(&site.hub_url(), &request(&code, [9; 32]))
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

fn received(picture: &HeadOffice) -> u64 {
    picture
        .cinemas
        .first()
        .map_or(0, |cinema| cinema.link.received)
}

#[tokio::test(flavor = "multi_thread")]
async fn broker_and_hub_are_killed_and_the_streams_end_equal() {
    let site = Site::new();
    let mut mosquitto = site.mosquitto();
    let mut hub = site.hub();
    site.until("the hub's start", |_| true).await;
    let mut cinema = enrolled(&site, site.folder.path()).await;
    cinema.schedule().await;
    cinema.connect().await;
    for _ in 0..3 {
        cinema.sell(400).await;
        let before = received(
            &site
                .until("the hub has some events", |picture| received(picture) > 0)
                .await,
        );
        cinema.sell(400).await;
        mosquitto.kill();
        cinema.sell(10).await;
        mosquitto = site.mosquitto();
        site.until("events come after the broker's death", |picture| {
            received(picture) > before
        })
        .await;
        cinema.sell(400).await;
        hub.kill();
        cinema.sell(10).await;
        hub = site.hub();
    }
    let total = 1 + cinema.sold();
    let picture = site
        .until("everything has come", |picture| received(picture) == total)
        .await;
    let metropol = &picture.cinemas[0];
    assert_eq!(
        (metropol.link.state, picture.cases.len()),
        (LinkState::Up, 0),
        "{picture:#?}"
    );
    assert_eq!(metropol.today.sales, cinema.sold());
    while cinema.acknowledged().await < total {
        tokio::task::yield_now().await;
    }

    let order = Command::new(program("cloud-hub"))
        .arg("--config")
        .arg(site.hub_settings())
        .args(["revoke", "metropol"])
        .status();
    assert!(order.unwrap().success());
    cinema.sell(1).await;
    site.until("the revoked box is refused", |picture| {
        picture
            .refused
            .iter()
            .any(|contact| contact.code == "revoked_key")
    })
    .await;

    cinema.disconnect().await;
    hub.kill();
    mosquitto.kill();
    let file = site.hub_folder().join("hub.db");
    let at_hub =
        Database::open(&file, cloud_hub::migrations::MIGRATIONS, Options::default()).unwrap();
    let key = mailbox::StreamKey::up(address().cinema, incarnation());
    let arrived = journal(&at_hub, key, box_keys()).await;
    let mut written = cinema.written().await;
    assert_eq!(
        written.pop().map(|_| written.len() as u64),
        Some(total),
        "what was sold after the revocation did not go"
    );
    assert!(
        arrived == written,
        "byte for byte: {} and {}",
        arrived.len(),
        written.len()
    );
}
