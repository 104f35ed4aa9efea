//! A broker with TLS that lets in whom it knows by their certificates, and what a box says of one that it cannot use.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use appliance::control::Order;
use appliance_api::{LinkState, LinkTrouble, Status};
use service::Clock;
use tests::certificates::{Authority, Good, Signed};
use tests::engine::Engine;
use tests::tools::free_port;
use tests::world::{Hub, PROGRAMME, World, until};

/// Mosquitto with TLS on two ports, on the second of which it shows a certificate that has expired.
struct Mosquitto {
    process: Child,
    folder: tempfile::TempDir,
    authority: Authority,
    port: u16,
    expired_port: u16,
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Mosquitto {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new(folder.path(), "chain");
        let [port, expired_port] = [(); 2].map(|()| free_port());
        let listener = |port: u16, good: Good| {
            let shown = authority.sign("broker", &["localhost"], good);
            format!(
                "listener {port} 127.0.0.1\nprotocol mqtt\ncafile {}\ncertfile {}\nkeyfile {}\nrequire_certificate true\nuse_identity_as_username true\n",
                authority.file.display(),
                shown.certificate.display(),
                shown.key.display()
            )
        };
        // Each cinema has its own topics and no others; the hub has all.
        let list = folder.path().join("acl");
        let rules = "user hub\ntopic readwrite foyer/v1/#\npattern readwrite foyer/v1/%u/#\n";
        std::fs::write(&list, rules).unwrap();
        let settings = format!(
            "user root\npersistence false\nset_tcp_nodelay true\nallow_anonymous false\nacl_file {}\n{}{}",
            list.display(),
            listener(port, Good::ForLong),
            listener(expired_port, Good::NoMore)
        );
        let file = folder.path().join("mosquitto.conf");
        std::fs::write(&file, settings).unwrap();
        let installed = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"].map(Path::new);
        let program = installed.into_iter().find(|path| path.is_file()).unwrap();
        let process = Command::new(program)
            .arg("-c")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let broker = Self {
            process,
            folder,
            authority,
            port,
            expired_port,
        };
        until("the broker listens", || async {
            std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
        })
        .await;
        broker
    }

    fn address(&self) -> String {
        format!("mqtts://localhost:{}", self.port)
    }

    async fn hub(&self) -> Hub {
        let hub = self.authority.sign("hub", &[], Good::ForLong);
        let settings = format!(
            "address = \"{}\"\n{}",
            self.address(),
            files(&self.authority.file, Some(&hub))
        );
        Hub::start_with(Engine::Sqlite, &settings).await
    }
}

fn files(authority: &Path, identity: Option<&Signed>) -> String {
    let identity = identity.map_or_else(String::new, |signed| {
        format!(
            "certificate = {:?}\nkey = {:?}\n",
            signed.certificate, signed.key
        )
    });
    format!("authority = {authority:?}\n{identity}")
}

async fn enrol(world: &World, hub: &Hub, cinema: &str) {
    let programme = PROGRAMME.replacen("\"metropol\"", &format!("{cinema:?}"), 1);
    world.import(&programme).await.unwrap();
    let order = Order::Enrol {
        code: hub.code(cinema),
        hub: hub.url(),
    };
    world.order(order).await.unwrap();
}

async fn status(world: &World) -> Status {
    world
        .stranger()
        .get("/api/v1/status")
        .await
        .expect(200)
        .body()
}

#[tokio::test]
async fn box_and_hub_meet_over_tls_with_a_certificate_each() {
    let broker = Mosquitto::start().await;
    let hub = broker.hub().await;
    let own = broker.authority.sign("metropol", &[], Good::ForLong);
    let settings = format!("[hub]\n{}", files(&broker.authority.file, Some(&own)));
    let world = World::without_programme_with(&settings, Clock::system()).await;
    enrol(&world, &hub, "metropol").await;
    until("the link is up", || async {
        (status(&world).await.link == LinkState::Up).then_some(())
    })
    .await;
    let seen = until("the hub hears it", || hub.sees("metropol")).await;
    assert_eq!(seen.link.state, hub_api::LinkState::Up);
    assert_eq!(status(&world).await.link_trouble, None);
    until("the hub has all", || async {
        let words = world.order(Order::Status).await.unwrap();
        words.contains("link: up; 0 sales").then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_keeps_the_line_down_is_said_in_words() {
    let broker = Mosquitto::start().await;
    let hub = broker.hub().await;
    let (authority, folder) = (&broker.authority, broker.folder.path());
    let good = authority.sign("metropol", &[], Good::ForLong);
    let over = authority.sign("metropol", &[], Good::NoMore);
    let stranger = Authority::new(folder, "stranger");
    let foreign = stranger.sign("foreign", &[], Good::ForLong);
    let mixed = Signed {
        key: over.key.clone(),
        ..good.clone()
    };
    let here = broker.address();
    let elsewhere = |host: &str, port: u16| format!("mqtts://{host}:{port}");
    type Case<'a> = (
        String,
        &'a PathBuf,
        Option<&'a Signed>,
        LinkTrouble,
        &'a str,
    );
    let without_key = Signed {
        key: folder.join("nowhere.pem"),
        ..good.clone()
    };
    let cases: [Case<'_>; 8] = [
        (
            here.clone(),
            &stranger.file,
            Some(&good),
            LinkTrouble::NotTrusted,
            "not signed by the authority",
        ),
        (
            here.clone(),
            &authority.file,
            None,
            LinkTrouble::CertificateWanted,
            "wants a certificate",
        ),
        (
            elsewhere("127.0.0.1", broker.port),
            &authority.file,
            Some(&good),
            LinkTrouble::OtherName,
            "for another name",
        ),
        (
            elsewhere("localhost", broker.expired_port),
            &authority.file,
            Some(&good),
            LinkTrouble::Expired,
            "has expired",
        ),
        (
            here.clone(),
            &authority.file,
            Some(&foreign),
            LinkTrouble::CertificateRefused,
            "refuses our certificate",
        ),
        (
            here.clone(),
            &authority.file,
            Some(&over),
            LinkTrouble::OurFiles,
            "metropol-NoMore.pem expired on 2021-01-01",
        ),
        (
            here.clone(),
            &authority.file,
            Some(&mixed),
            LinkTrouble::OurFiles,
            "is not the one of the certificate",
        ),
        (
            here.clone(),
            &authority.file,
            Some(&without_key),
            LinkTrouble::OurFiles,
            "nowhere.pem: No such file",
        ),
    ];
    for (nth, (address, authority, identity, trouble, words)) in cases.into_iter().enumerate() {
        let settings = format!(
            "[hub]\nbroker = {address:?}\n{}",
            files(authority, identity)
        );
        let world = World::without_programme_with(&settings, Clock::system()).await;
        world.expects_error("the hub's broker cannot be reached like that");
        enrol(&world, &hub, &format!("cinema-{nth}")).await;
        until(words, || async {
            (status(&world).await.link_trouble == Some(trouble)).then_some(())
        })
        .await;
        let said = world.order(Order::Status).await.unwrap();
        let first = said.lines().next().unwrap();
        assert!(first.starts_with("link: down, selling goes on: "), "{said}");
        assert!(first.contains(words), "{said}");
        assert!(!said.contains("PRIVATE KEY"), "{said}");
        world.leaves(tests::world::Left::Events);
    }
}

#[tokio::test]
async fn a_certificate_that_is_renewed_counts_from_the_next_try_on() {
    let broker = Mosquitto::start().await;
    let hub = broker.hub().await;
    let over = broker.authority.sign("metropol", &[], Good::NoMore);
    let settings = format!("[hub]\n{}", files(&broker.authority.file, Some(&over)));
    let world = World::without_programme_with(&settings, Clock::system()).await;
    world.expects_error("the hub's broker cannot be reached like that");
    enrol(&world, &hub, "metropol").await;
    until("the line is down", || async {
        (status(&world).await.link_trouble == Some(LinkTrouble::OurFiles)).then_some(())
    })
    .await;
    let good = broker.authority.sign("metropol", &[], Good::ForLong);
    std::fs::copy(&good.key, &over.key).unwrap();
    std::fs::copy(&good.certificate, &over.certificate).unwrap();
    until("the link is up", || async {
        (status(&world).await.link == LinkState::Up).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_hub_whose_files_are_wrong_says_which_and_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path(), "chain");
    let over = authority.sign("hub", &[], Good::NoMore);
    let wrong = [
        (
            files(&authority.file, Some(&over)),
            "hub-NoMore.pem expired on 2021",
        ),
        (files(&over.key, None), "there is no certificate in"),
        (
            format!("authority = {:?}\nkey = {:?}", authority.file, over.key),
            "certificate and key come together",
        ),
        (String::new(), "needs `authority`"),
    ];
    for (files, words) in wrong {
        let settings = format!("address = \"mqtts://localhost:1\"\n{files}");
        let said = Hub::refuses_to_start(&settings);
        assert!(said.contains(words), "{words}: {said}");
    }
}
