//! A hub that encrypts by itself: who comes is served by https and nothing else, and whoever only takes up room is cut as without it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use appliance::control::Order;
use reqwest::Certificate;
use rustix::process::{Pid, Signal, kill_process};
use service::Clock;
use tests::certificates::{Authority, Good, Signed};
use tests::operator::{OPERATOR, signs_in_by};
use tests::tools::{self, program};
use tests::world::{Left, PATIENCE, PROGRAMME, World, client, until};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// A hub with a certificate.
struct Office {
    process: Child,
    folder: tempfile::TempDir,
    address: SocketAddr,
    authority: Authority,
    shown: Signed,
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, tools::free_port()).into()
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(program("cloud-hub"));
    command.arg("--config").arg(folder.join("hub.toml"));
    command.stdin(Stdio::null());
    command
}

/// The settings of a hub at this address with these lines in `[http]`.
fn set_up(folder: &Path, address: SocketAddr, http: &str) {
    let settings = format!(
        "[data]\nfolder = {:?}\n[broker]\nlisten = \"{}\"\n[http]\nlisten = \"{address}\"\n{http}",
        folder.join("data"),
        free_port()
    );
    std::fs::write(folder.join("hub.toml"), settings).unwrap();
}

fn files(shown: &Signed) -> String {
    format!(
        "certificate = {:?}\nprivate_key = {:?}\n",
        shown.certificate, shown.key
    )
}

impl Office {
    async fn open(more: &str) -> Self {
        let (folder, address) = (tempfile::tempdir().unwrap(), free_port());
        let authority = Authority::new(folder.path(), "chain");
        let shown = authority.sign("office", &["127.0.0.1", "localhost"], Good::ForLong);
        set_up(folder.path(), address, &format!("{}{more}", files(&shown)));
        let log = std::fs::File::create(folder.path().join("hub.log")).unwrap();
        let process = command(folder.path()).stderr(log).spawn().unwrap();
        let office = Self {
            process,
            folder,
            address,
            authority,
            shown,
        };
        let web = trusting(&office.authority);
        until("the hub is ready", || office.get(&web, "/readyz")).await;
        office
    }

    fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The answer, if there is a good one.
    async fn get(&self, web: &reqwest::Client, path: &str) -> Option<reqwest::Response> {
        let asked = web.get(format!("{}{path}", self.url())).send().await.ok()?;
        asked.status().is_success().then_some(asked)
    }

    async fn connections(&self, web: &reqwest::Client) -> u64 {
        self.number(web, "foyer_http_connections").await
    }

    /// A number of `/metrics`.
    async fn number(&self, web: &reqwest::Client, name: &str) -> u64 {
        let metrics = self
            .get(web, "/metrics")
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let mut lines = metrics.lines();
        let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap().trim().parse().unwrap()
    }

    /// Connects from an address of the loopback net, and says this.
    async fn says(&self, from: u8, words: &[u8]) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket
            .bind(SocketAddr::from(([127, 0, 0, from], 0)))
            .unwrap();
        let mut stream = socket.connect(self.address).await.unwrap();
        stream.write_all(words).await.unwrap();
        stream
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }
}

/// A client that trusts this authority alone.
fn trusting(authority: &Authority) -> reqwest::Client {
    drop(client());
    let pem = std::fs::read(&authority.file).unwrap();
    let roots = [Certificate::from_pem(&pem).unwrap()];
    let builder = reqwest::Client::builder().tls_certs_only(roots);
    builder.build().unwrap()
}

/// What comes until the hub hangs up.
async fn answer(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    // A reset is an end as well.
    let _ = read.expect("the hub hangs up");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The beginning of a client's hello.
const HALF_A_HELLO: &[u8] = &[22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, 7, 7, 7, 7];

#[tokio::test]
async fn operators_sign_in_encrypted_and_by_no_other_way() {
    let office = Office::open("").await;
    let web = trusting(&office.authority);
    let link = command(office.folder.path())
        .args(["operator", OPERATOR])
        .output();
    let link = String::from_utf8(link.unwrap().stdout).unwrap();
    assert!(
        link.starts_with(&format!("{}/head-office#link=", office.url())),
        "{link}"
    );
    let cookie = signs_in_by(&web, &link).await.unwrap();
    assert!(cookie.starts_with("__Host-foyer_session="), "{cookie}");
    let page = office.get(&web, "/head-office").await.unwrap();
    let held = page.headers().get("strict-transport-security");
    assert_eq!(held, None, "nobody has named an address for people");
    let sessions = web
        .get(format!("{}/api/v1/sessions", office.url()))
        .header("cookie", cookie)
        .send();
    assert_eq!(sessions.await.unwrap().status(), 200);

    for words in [
        &b"GET /healthz HTTP/1.1\r\nhost: office\r\n\r\n"[..],
        b"\0\0",
    ] {
        let said = answer(office.says(1, words).await).await;
        assert!(said.starts_with("HTTP/1.1 400 "), "{said}");
        assert!(said.contains("it is https://"), "{said}");
    }
    let untrusting = trusting(&Authority::new(office.folder.path(), "other"));
    assert!(office.get(&untrusting, "/healthz").await.is_none());
}

#[tokio::test]
async fn a_box_enrols_over_https_with_whom_it_was_told_to_trust() {
    let office = Office::open("").await;
    let code = command(office.folder.path())
        .args(["enrol", "metropol"])
        .output();
    let code = String::from_utf8(code.unwrap().stdout).unwrap();
    let enrol_at = |hub: String| Order::Enrol {
        code: code.trim().to_owned(),
        hub,
    };
    let enrol = || enrol_at(office.url());
    let world = World::open_on(Clock::system()).await;
    let plain = office.url().replace("https://", "http://");
    let refused = world.order(enrol_at(plain)).await.unwrap_err();
    assert!(refused.contains("write https://"), "{refused}");
    let refused = world.order(enrol()).await.unwrap_err();
    assert!(refused.contains("UnknownIssuer"), "{refused}");
    world.leaves(Left::Events);
    let trusts = format!("[hub]\nauthority = {:?}\n", office.authority.file);
    let world = World::without_programme_with(&trusts, Clock::system()).await;
    world.import(PROGRAMME).await.unwrap();
    world.order(enrol()).await.unwrap();
    world.leaves(Left::Events);
}

#[tokio::test]
async fn whoever_never_agrees_on_how_to_speak_is_cut() {
    let limits = "head_seconds = 1\nmost_connections = 64\nconnections_per_address = 32\n";
    let office = Office::open(limits).await;
    let web = trusting(&office.authority);
    for words in [&b""[..], HALF_A_HELLO, &[22], &[22, 9, 9, 9, 9, 9, 9]] {
        let cut = answer(office.says(2, words).await).await;
        assert!(!cut.contains("200 OK"), "{words:?}");
    }
    let mut crowd = Vec::new();
    for nth in 0..200_u8 {
        let words = [&b""[..], HALF_A_HELLO][usize::from(nth % 2)];
        crowd.push(office.says(2 + nth % 4, words).await);
        if nth % 50 == 49 {
            office
                .get(&web, "/healthz")
                .await
                .expect("others are served");
        }
    }
    assert!(office.connections(&web).await <= 64);
    until("all of them are cut", || async {
        (office.connections(&web).await <= 2).then_some(())
    })
    .await;
    drop(crowd);
}

#[tokio::test]
async fn a_certificate_that_is_exchanged_is_shown_without_a_break() {
    let office = Office::open("").await;
    let (before, next) = (
        trusting(&office.authority),
        Authority::new(office.folder.path(), "next"),
    );
    let after = trusting(&next);
    office.get(&before, "/healthz").await.unwrap();
    assert!(office.get(&after, "/healthz").await.is_none());
    // Half of what belongs together changes nothing.
    let renewed = next.sign("renewed", &["127.0.0.1"], Good::ForLong);
    std::fs::copy(&renewed.key, &office.shown.key).unwrap();
    office.signal(Signal::HUP);
    let log = || std::fs::read_to_string(office.folder.path().join("hub.log")).unwrap();
    until("the hub says what is wrong", || async {
        log()
            .contains("is not the one of the certificate")
            .then_some(())
    })
    .await;
    let anew = trusting(&office.authority);
    let wrong = || office.number(&anew, "foyer_certificate_wrong");
    until("/metrics says so", || async {
        (wrong().await == 1).then_some(())
    })
    .await;
    std::fs::copy(&renewed.certificate, &office.shown.certificate).unwrap();
    office.signal(Signal::HUP);
    until("the other one is shown", || office.get(&after, "/healthz")).await;
    until("nothing is wrong any more", || async {
        (office.number(&after, "foyer_certificate_wrong").await == 0).then_some(())
    })
    .await;
    // The connection from before goes on.
    office.get(&before, "/healthz").await.unwrap();
    let anew = trusting(&office.authority);
    assert!(office.get(&anew, "/healthz").await.is_none());
    assert!(!log().contains("PRIVATE"));
}

#[tokio::test]
async fn a_hub_that_encrypts_ends_as_well_as_any() {
    let mut office = Office::open("").await;
    let web = trusting(&office.authority);
    office.get(&web, "/healthz").await.unwrap();
    let halves = [
        office.says(2, b"").await,
        office.says(2, HALF_A_HELLO).await,
    ];
    office.signal(Signal::TERM);
    let status = until("the hub ends", || {
        let ended = office.process.try_wait().unwrap();
        async move { ended }
    });
    let status = tokio::time::timeout(Duration::from_secs(4), status).await;
    assert!(status.expect("nobody is waited for").success());
    drop(halves);
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path(), "chain");
    let [one, other] = ["one", "other"].map(|name| authority.sign(name, &[], Good::ForLong));
    let mixed = Signed {
        key: other.key.clone(),
        ..one.clone()
    };
    let missing = Signed {
        key: folder.path().join("nowhere.key"),
        ..one.clone()
    };
    let swapped = Signed {
        certificate: one.key.clone(),
        key: one.certificate.clone(),
    };
    let cases = [
        (
            files(&mixed),
            "other-ForLong.key is not the one of the certificate in",
        ),
        (files(&missing), "nowhere.key: No such file"),
        (files(&swapped), "there is no certificate in"),
        (
            format!("certificate = {:?}\n", one.certificate),
            "certificate and private_key come together",
        ),
        (
            format!("{}public = \"http://office.example\"\n", files(&one)),
            "begins with https://",
        ),
    ];
    for (http, words) in cases {
        set_up(folder.path(), free_port(), &http);
        let output = command(folder.path()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && said.contains(words),
            "{words}: {said}"
        );
        assert!(!said.contains("PRIVATE KEY-----M"), "{said}");
    }
}
