//! The first night: two seats are bought while no hub exists, the ticket is printed and proves itself to a library that is not
//! ours; then the hub comes, and hears of the sale, once.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

use appliance::control::Order;
use appliance_api::{LinkState, Status, Ticket, TicketKeys};
use hub_api::{Cinema, HeadOffice};
use serde_json::Value;
use service::Clock;
use tests::tools;
use tests::world::{Seller, World, client, until};

/// A hub that runs as a program of its own, with its broker, and ends with the story.
struct Hub {
    folder: tempfile::TempDir,
    http: SocketAddr,
    process: std::process::Child,
}

impl Hub {
    async fn start() -> Self {
        let (folder, http, broker) = (tempfile::tempdir().unwrap(), free_port(), free_port());
        let settings = format!(
            "[data]\nfolder = \"{}\"\n[http]\nlisten = \"{http}\"\n[broker]\nlisten = \"{broker}\"\n",
            folder.path().join("data").display()
        );
        std::fs::write(folder.path().join("hub.toml"), settings).unwrap();
        let process = command(&folder).stderr(Stdio::null()).spawn().unwrap();
        let hub = Self {
            folder,
            http,
            process,
        };
        let (web, url) = (client(), format!("http://{http}/readyz"));
        let ready = || async {
            web.get(&url)
                .send()
                .await
                .ok()
                .filter(|answer| answer.status().is_success())
        };
        until("the hub is ready", ready).await;
        hub
    }

    /// A one-time code for the box of this cinema.
    fn code(&self, cinema: &str) -> String {
        let output = command(&self.folder)
            .args(["enrol", cinema])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout)
            .unwrap()
            .split_whitespace()
            .last()
            .unwrap()
            .to_owned()
    }

    fn url(&self) -> String {
        format!("http://{}", self.http)
    }

    async fn sees(&self, cinema: &str) -> Option<Cinema> {
        let answer = client()
            .get(format!("{}/api/v1/head-office/cinemas", self.url()))
            .send()
            .await
            .unwrap();
        let all: HeadOffice = answer.json().await.unwrap();
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
    }
}

fn command(folder: &tempfile::TempDir) -> Command {
    let mut command = Command::new(tools::program("cloud-hub"));
    command
        .arg("--config")
        .arg(folder.path().join("hub.toml"))
        .stdin(Stdio::null());
    command
}

/// A port that was free a moment ago: the broker takes an address and no socket.
fn free_port() -> SocketAddr {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
}

async fn status(seller: &Seller) -> Status {
    seller.get("/api/v1/status").await.expect(200).body()
}

fn verified_elsewhere(ticket: &Ticket, keys: &TicketKeys) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/stories/verify_ticket.py");
    let mut child = Command::new(tools::python())
        .args([script, &keys.keys[0].kid, &keys.keys[0].x])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(ticket.code.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "the other library refuses the ticket"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_without_a_hub_reaches_it_once_it_comes() {
    // The hub goes by the system's clock, so the box does too, for once: the link counts time, and both mean the same day by
    // "today".
    let mut world = World::open_on(Clock::system()).await;
    let guest = world.guest().await;
    let held = guest.hold("tomorrow", &["D4", "D5"]).await;
    held.card().await;
    let sale = held.sale().await;
    let papers = world.printer.papers_cut(2).await;
    let codes: Vec<&str> = papers.iter().flat_map(|paper| paper.codes()).collect();
    assert_eq!(
        codes,
        sale.tickets
            .iter()
            .map(|ticket| ticket.code.as_str())
            .collect::<Vec<_>>()
    );
    assert_eq!(
        (status(&guest).await.link, status(&guest).await.unsent_sales),
        (LinkState::NotEnrolled, 1)
    );

    let keys: TicketKeys = world
        .stranger()
        .get("/api/v1/ticket-keys")
        .await
        .expect(200)
        .body();
    for ticket in &sale.tickets {
        let claims = verified_elsewhere(ticket, &keys);
        assert_eq!(
            (claims["cinema"].as_str(), claims["showtime"].as_str()),
            (Some("metropol"), Some("tomorrow"))
        );
        assert_eq!(
            (claims["ticket"].as_str(), claims["seat"].as_str()),
            (Some(ticket.id.as_str()), Some(ticket.seat.as_str()))
        );
    }

    let hub = Hub::start().await;
    let order = Order::Enrol {
        code: hub.code("metropol"),
        hub: hub.url(),
    };
    world.order(order).await.unwrap();
    until("the sale is sent", || async {
        (status(&guest).await.unsent_sales == 0).then_some(())
    })
    .await;
    assert_eq!(status(&guest).await.link, LinkState::Up);
    let today = until("the hub knows the cinema", || hub.sees("metropol"))
        .await
        .today;
    assert_eq!(
        (
            today.sales,
            today.tickets,
            today.total.map(|total| total.minor)
        ),
        (1, 2, Some(2400))
    );

    world.restart().await;
    let guest = world.again(&guest);
    until("the link is up again", || async {
        (status(&guest).await.link == LinkState::Up).then_some(())
    })
    .await;
    guest.hold("tomorrow", &["D1", "D2"]).await.card().await;
    until("the hub hears of the next", || async {
        hub.sees("metropol")
            .await
            .filter(|cinema| cinema.today.sales == 2)
    })
    .await;
    let seen = hub.sees("metropol").await.unwrap().today;
    assert_eq!((seen.sales, seen.tickets), (2, 4), "nothing twice");
    assert_eq!(world.printer.papers_cut(4).await.len(), 4, "nor on paper");
}

#[tokio::test]
async fn a_code_that_the_hub_never_gave_enrols_nobody() {
    let world = World::open().await;
    let hub = Hub::start().await;
    let refused = world
        .order(Order::Enrol {
            code: "NEVER-GIVEN".into(),
            hub: hub.url(),
        })
        .await
        .unwrap_err();
    assert!(refused.contains("did not enrol"), "{refused}");
    let refused = world
        .order(Order::Enrol {
            code: "X".into(),
            hub: "http://hub.example".into(),
        })
        .await
        .unwrap_err();
    assert!(
        refused.contains("https://"),
        "plain HTTP stays on this machine: {refused}"
    );
}
