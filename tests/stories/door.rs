//! The door: what a box needs to prove a ticket while the line is cut, and whom it lets in.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use appliance_api::{Admission, DoorShowtime};
use counter_api::{TenderState, Ticket, TicketKeys};
use database::Scope;
use serde_json::json;
use service::Clock;
use tempfile::TempDir;
use tests::chaos::stored;
use tests::engine::Engine;
use tests::load::appliance_process::Site;
use tests::payment_provider::{PaymentProvider, SECRET};
use tests::tools;
use tests::world::{Answer, Hub, PROGRAMME, Seller, World, new_key, until};

async fn keys(seller: &Seller) -> TicketKeys {
    let path = "/api/v1/ticket-keys";
    seller.get(path).await.expect(200).body()
}

async fn both_keys(world: &World) -> TicketKeys {
    until("the box knows the hub's key", || async {
        let known = keys(&world.stranger()).await;
        (known.keys.len() == 2).then_some(known)
    })
    .await
}

#[tokio::test]
async fn a_box_has_the_hubs_key_from_its_enrolment_and_an_older_one_from_the_next_session() {
    let hub = Hub::start().await;
    let mut world = World::open_on(Clock::system()).await;
    let own = keys(&world.stranger()).await;
    assert_eq!(own.keys.len(), 1, "there is no hub yet");
    world.enrol(&hub).await;
    let known = keys(&world.stranger()).await;
    assert_eq!(known.keys.len(), 2, "the enrolment's answer brought it");
    assert_eq!(known.keys[0], own.keys[0]);
    let at_the_hub: TicketKeys = until("the hub knows the cinema", || {
        hub.get("/api/v1/cinemas/metropol/ticket-keys")
    })
    .await;
    assert_eq!(known.keys[1], at_the_hub.keys[0]);

    world.stop().await;
    let database = world.database();
    let forgetting = database.write(Scope::Nothing, |tx| {
        tx.execute("UPDATE link SET key_root = NULL", &[])?;
        tx.execute("DELETE FROM key_list", &[])
    });
    let forgotten: Result<_, database::Error> = forgetting.await;
    let as_before = "as if it had been enrolled by a program of the first version";
    assert_eq!(forgotten, Ok(1), "{as_before}");
    database.close().await;
    world.restart().await;
    assert_eq!(both_keys(&world).await, known);
    world.restart().await;
    assert_eq!(keys(&world.stranger()).await, known, "it is stored");
}

/// A ticket that was sold at the till.
async fn sold(world: &World, seats: &[&str]) -> Vec<Ticket> {
    let held = world.clerk().await.hold("tonight", seats).await;
    held.cash(10_000).await.tickets
}

async fn scan(usher: &Seller, code: &str) -> Answer {
    let body = json!({ "code": code, "showtime": "tonight" });
    usher
        .post("/api/v1/door/admissions", &new_key(), &body)
        .await
}

#[tokio::test]
async fn of_those_who_scan_one_ticket_at_once_one_lets_in() {
    let mut world = World::open().await;
    let tickets = sold(&world, &["D4", "D5"]).await;
    let mut ushers = Vec::new();
    for _ in 0..4 {
        ushers.push(world.usher().await);
    }
    let scans = (0..16).map(|nth| scan(&ushers[nth % 4], &tickets[0].code));
    let answers = futures_util::future::join_all(scans).await;
    let let_in: Vec<_> = answers.iter().filter(|it| it.status == 201).collect();
    assert_eq!(let_in.len(), 1);
    let first: Admission = let_in[0].body();
    for refused in answers.iter().filter(|it| it.status != 201) {
        assert_eq!(refused.problem(), (409, "already_admitted"));
        assert_eq!(refused.json["admitted_at"], first.admitted_at);
    }
    let stands = "/api/v1/door/showtimes/tonight";
    let stands: DoorShowtime = ushers[0].get(stands).await.expect(200).body();
    assert_eq!((stands.admitted, stands.to_come), (1, 1));

    world.restart().await;
    let usher = world.again(&ushers[0]);
    let again = scan(&usher, &tickets[0].code).await;
    assert_eq!(again.problem(), (409, "already_admitted"));
    scan(&usher, &tickets[1].code).await.expect(201);
}

#[tokio::test]
async fn a_box_that_is_killed_after_its_answer_refuses_the_second_scan() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
    let site = Site::new(folder.path(), tools::program("appliance"), "").unwrap();
    let mut running = site.start(&[]).unwrap();
    site.ready(&clock).await.unwrap();
    site.import(PROGRAMME).unwrap();
    let url = format!("http://{}", site.address);
    let till = Seller::at_a_box(&url, &site.pair("till").await.unwrap());
    let usher = Seller::at_a_box(&url, &site.pair("door").await.unwrap());
    let held = till.hold("tomorrow", &["A1", "A2", "A3", "A4"]).await;
    let tickets = held.cash(10_000).await.tickets;
    let scan = async |ticket: &Ticket| {
        let body = json!({ "code": ticket.code, "showtime": "tomorrow" });
        usher
            .post("/api/v1/door/admissions", &new_key(), &body)
            .await
    };
    for ticket in &tickets {
        let first: Admission = scan(ticket).await.expect(201).body();
        running.kill();
        running = site.start(&[]).unwrap();
        site.ready(&clock).await.unwrap();
        let again = scan(ticket).await;
        assert_eq!(again.problem(), (409, "already_admitted"));
        assert_eq!(again.json["admitted_at"], first.admitted_at);
    }
    running.stop().unwrap();
}

/// A broker of its own process that is taken away and comes back: the line of every box and of the hub.
struct Broker {
    folder: TempDir,
    port: u16,
    process: Option<Child>,
}

impl Broker {
    async fn start() -> Self {
        let mut broker = Self {
            folder: tempfile::tempdir().unwrap(),
            port: tools::free_port(),
            process: None,
        };
        broker.mend().await;
        broker
    }

    fn address(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    fn cut(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    async fn mend(&mut self) {
        let port = self.port;
        let file = self.folder.path().join("mosquitto.conf");
        let settings = format!(
            "user root\npersistence false\nset_tcp_nodelay true\nallow_anonymous true\nlistener {port} 127.0.0.1\n"
        );
        std::fs::write(&file, settings).unwrap();
        let installed = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"].map(Path::new);
        let program = installed.into_iter().find(|path| path.is_file()).unwrap();
        let mut mosquitto = Command::new(program);
        let mosquitto = mosquitto.arg("-c").arg(&file);
        let silent = mosquitto.stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(silent.spawn().unwrap());
        until("the broker listens", || async {
            std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
        })
        .await;
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

#[tokio::test]
async fn while_the_line_is_cut_a_guest_from_home_and_one_from_the_lobby_are_let_in_once() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
    let (mut broker, provider) = (Broker::start().await, PaymentProvider::start().await);
    let settings = format!(
        "address = \"{}\"\n[payments]\nsandbox = \"{}\"\nwebhook_secret = \"{SECRET}\"\n",
        broker.address(),
        provider.url()
    );
    let mut hub = Hub::start_with(Engine::Sqlite, &settings).await;
    provider.tells(&format!("{}/api/v1/payment-events", hub.url()));
    let site = Site::new(folder.path(), tools::program("appliance"), "").unwrap();
    let running = site.start(&[]).unwrap();
    site.ready(&clock).await.unwrap();
    site.import(PROGRAMME).unwrap();
    let code = hub.code("metropol");
    site.command(&["enrol", &code, "--hub", &hub.url()])
        .unwrap();
    until("the hub knows the cinema", || hub.sees("metropol")).await;
    let url = format!("http://{}", site.address);
    let till = Seller::at_a_box(&url, &site.pair("till").await.unwrap());
    let usher = Seller::at_a_box(&url, &site.pair("door").await.unwrap());
    let home = hub.guest("metropol").await;
    let file = site.data().join("appliance.db");
    let allotted = || async {
        let known = stored::allotted(&file, "tomorrow").unwrap();
        known.filter(|(_, theirs)| !theirs.is_empty())
    };
    let (ours, theirs) = until("both sell", allotted).await;

    broker.cut();
    let held = home.hold("tomorrow", &[&theirs[0], &theirs[1]]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    let from_home = held.sale().await.tickets;
    let held = till.hold("tomorrow", &[&ours[0], &ours[1]]).await;
    let from_the_lobby = held.cash(10_000).await.tickets;
    let scan = async |ticket: &Ticket| {
        let body = json!({ "code": ticket.code, "showtime": "tomorrow" });
        usher
            .post("/api/v1/door/admissions", &new_key(), &body)
            .await
    };
    let first: Admission = scan(&from_home[0]).await.expect(201).body();
    assert!(first.proven && first.found, "{first:?}");
    running.kill();
    let running = site.start(&[]).unwrap();
    site.ready(&clock).await.unwrap();
    let again = scan(&from_home[0]).await;
    assert_eq!(again.problem(), (409, "already_admitted"));
    assert_eq!(again.json["admitted_at"], first.admitted_at);
    let own: Admission = scan(&from_the_lobby[0]).await.expect(201).body();
    assert!(own.proven && !own.found, "{own:?}");
    let stands = async || -> DoorShowtime {
        let path = "/api/v1/door/showtimes/tomorrow";
        usher.get(path).await.expect(200).body()
    };
    let known = stands().await;
    assert_eq!((known.admitted, known.to_come), (2, 1));

    broker.mend().await;
    until("the box hears what the hub has sold", || async {
        (stands().await.to_come == 2).then_some(())
    })
    .await;
    let second: Admission = scan(&from_home[1]).await.expect(201).body();
    assert!(!second.found, "{second:?}");
    let again = scan(&from_home[0]).await;
    assert_eq!(again.problem(), (409, "already_admitted"));
    until("the hub knows all", || async {
        (stored::unacknowledged(&file).unwrap() == 0).then_some(())
    })
    .await;
    running.stop().unwrap();
    hub.kill();
    let database = hub.database().open().unwrap();
    let read = database.read(|db| {
        let sql = "SELECT ticket FROM admission WHERE cinema = 'metropol' AND proven = 1";
        db.query(sql, &[], |row| row.get::<String>(0))
    });
    let let_in: Result<Vec<String>, database::Error> = read.await;
    let mut expected =
        [&from_home[0], &from_home[1], &from_the_lobby[0]].map(|it| it.id.to_string());
    expected.sort();
    let mut let_in = let_in.unwrap();
    let_in.sort();
    assert_eq!(let_in, expected);
    let cases = database.read(|db| db.number("SELECT COUNT(*) FROM case_file", &[]));
    let cases: Result<i64, database::Error> = cases.await;
    assert_eq!(cases, Ok(0));
    database.close().await;
}
