//! What one device, one address or one connection may take from the others.

use std::net::SocketAddr;
use std::time::Duration;

use tests::world::{PATIENCE, World, client, until};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpSocket, TcpStream};

const FIVE_A_SECOND: &str = "[http]\nrequests_per_second = 5\n";

fn address(world: &World) -> String {
    world.url().trim_start_matches("http://").to_owned()
}

#[tokio::test]
async fn a_device_that_runs_wild_is_told_to_wait_and_keeps_nobody_from_selling() {
    let world = World::open_with(FIVE_A_SECOND).await;
    let (wild, clerk) = (world.guest().await, world.clerk().await);
    for _ in 0..10 {
        wild.get("/api/v1/device").await.expect(200);
    }
    let refused = wild.ask_for("tonight", &["A1"]).await;
    assert_eq!(refused.problem(), (429, "too_many_requests"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert!(!refused.json["request_id"].as_str().unwrap().is_empty());

    clerk.hold("tonight", &["A1", "A2"]).await.cash(20_00).await;

    world.wait(Duration::from_secs(1));
    for _ in 0..5 {
        wild.get("/api/v1/device").await.expect(200);
    }
    assert_eq!(
        wild.get("/api/v1/device").await.problem(),
        (429, "too_many_requests")
    );
    world.wait(Duration::from_secs(1));
    let metrics = world.stranger().get("/metrics").await.expect(200).text;
    assert!(
        metrics.contains(r#"route="/api/v1/showtimes/{id}/holds",status="429"} 1"#)
            && metrics.contains(r#"route="/api/v1/device",status="429"} 1"#),
        "{metrics}"
    );
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_guest_has_an_allowance_and_elsewhere_nobody_gains_by_saying_so()
 {
    for (proxies, served) in [("\"127.0.0.1\"", 11), ("", 10)] {
        let world =
            World::open_with(&format!("{FIVE_A_SECOND}trusted_proxies = [{proxies}]\n")).await;
        world.wait(Duration::from_secs(10));
        let (http, url) = (client(), format!("{}/api/v1/cinema", world.url()));
        let mut answers = Vec::new();
        for last in [1; 10].into_iter().chain([2, 1]) {
            let request = http
                .get(&url)
                .header("x-forwarded-for", format!("192.0.2.{last}"));
            answers.push(request.send().await.unwrap().status().as_u16());
        }
        assert_eq!(answers[..served], vec![200; served], "{proxies}");
        assert_eq!(answers[11], 429, "{proxies}");
    }
}

#[tokio::test]
async fn made_up_tokens_are_one_address() {
    let world = World::open_with(FIVE_A_SECOND).await;
    world.wait(Duration::from_secs(10));
    let (http, url) = (client(), format!("{}/api/v1/device", world.url()));
    let mut answers = Vec::new();
    for number in 0..11 {
        let request = http.get(&url).bearer_auth(format!("made-up-{number}"));
        answers.push(request.send().await.unwrap().status().as_u16());
    }
    assert_eq!(answers[..10], [401; 10]);
    assert_eq!(answers[10], 429);
}

#[tokio::test]
async fn whoever_never_finishes_a_request_is_cut_and_the_others_come_in() {
    let world = World::open_with("[http]\nmost_connections = 4\nhead_seconds = 1\n").await;
    let clerk = world.clerk().await;
    let mut slow = Vec::new();
    for _ in 0..12 {
        let mut stream = TcpStream::connect(address(&world)).await.unwrap();
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: b")
            .await
            .unwrap();
        slow.push(stream);
    }
    clerk.hold("tonight", &["A1", "A2"]).await.cash(20_00).await;
    for mut stream in slow {
        let mut rest = Vec::new();
        let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        // The end or a reset: both are the box's.
        drop(read.expect("the box hangs up"));
        assert!(rest.is_empty(), "nothing was asked, so nothing is answered");
    }
}

#[tokio::test]
async fn whoever_asks_chooses_no_row_of_the_metrics() {
    let world = World::open().await;
    let rows = async || {
        let text = world.stranger().get("/metrics").await.expect(200).text;
        let rows = text.lines().filter(|line| line.contains("http_answers"));
        rows.count()
    };
    let (http, before) = (client(), rows().await);
    for number in 0..100 {
        for path in [
            "healthz",
            &format!("nowhere-{number}"),
            "api/v1/films/x/poster.svg",
        ] {
            let method = reqwest::Method::from_bytes(format!("OWN{number}").as_bytes()).unwrap();
            let asked = http
                .request(method, format!("{}/{path}", world.url()))
                .send();
            assert!(asked.await.unwrap().status().is_client_error());
        }
    }
    // One for each of the two routes, one for no route, and the first asking for the metrics.
    assert!(
        rows().await <= before + 4,
        "{} rows of {before}",
        rows().await
    );
}

/// Sends this head from an address of the loopback net, `127.0.0.{from}`.
async fn begin(world: &World, from: u8, head: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket
        .bind(SocketAddr::from(([127, 0, 0, from], 0)))
        .unwrap();
    let mut stream = socket
        .connect(address(world).parse().unwrap())
        .await
        .unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// The first line of the answer, or nothing if the box hangs up.
async fn first_line(stream: &mut TcpStream) -> String {
    let mut line = String::new();
    let mut reader = BufReader::new(stream);
    let read = tokio::time::timeout(PATIENCE, reader.read_line(&mut line)).await;
    match read.expect("an answer or its end") {
        Ok(_) => line,
        Err(_) => String::new(),
    }
}

const WATCH: &str = "GET /api/v1/showtimes/tonight/seats/events HTTP/1.1\r\nhost: box\r\n\r\n";

#[tokio::test]
async fn streams_have_a_budget_and_devices_one_of_their_own() {
    let limits =
        "[http]\nrequests_per_second = 1000000\nmost_connections = 12\nstreams_per_address = 4\n";
    let world = World::open_with(limits).await;
    let clerk = world.clerk().await;
    let mut open = Vec::new();
    let mut answers = Vec::new();
    for from in [1, 1, 1, 1, 1, 2, 2, 2] {
        let mut stream = begin(&world, from, WATCH).await;
        answers.push(first_line(&mut stream).await.contains(" 200 "));
        open.push(stream);
    }
    let [four, refused, two, full] = [&answers[..4], &answers[4..5], &answers[5..7], &answers[7..]];
    assert_eq!(
        (four, refused),
        (&[true; 4][..], &[false][..]),
        "of an address"
    );
    assert_eq!(
        (two, full),
        (&[true; 2][..], &[false][..]),
        "of all strangers"
    );
    assert_eq!(world.counts("foyer_http_streams").await, 6);
    let refused = world
        .stranger()
        .get("/api/v1/showtimes/tonight/seats/events")
        .await;
    assert_eq!(refused.problem(), (429, "too_many_streams"));
    assert_eq!(refused.header("retry-after"), Some("30"));

    let token = clerk.token().unwrap();
    let with_token = format!("authorization: Bearer {token}\r\n\r\n");
    let mut own = begin(
        &world,
        1,
        &WATCH.replacen("\r\n\r\n", &format!("\r\n{with_token}"), 1),
    )
    .await;
    assert!(first_line(&mut own).await.contains(" 200 "), "the till's");
    drop(open);
    until("the streams have ended", || async {
        (world.counts("foyer_http_streams").await == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_paired_device_and_orders_always_get_through() {
    let limits = "[http]\nrequests_per_second = 1000000\nmost_connections = 16\nconnections_per_address = 6\n";
    let world = World::open_with(limits).await;
    let clerk = world.clerk().await;
    let slow_body = "POST /api/v1/pairings HTTP/1.1\r\nhost: box\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    let heads = ["", "GET /healthz HTTP/1.1\r\nho", slow_body, WATCH];
    let mut crowd = Vec::new();
    for round in 0..8 {
        for from in 2..6 {
            crowd.push(begin(&world, from, heads[usize::from(round + from) % heads.len()]).await);
        }
        clerk.get("/api/v1/device").await.expect(200);
    }
    let held = clerk.hold("tonight", &["A1", "A2"]).await;
    for from in 6..40 {
        crowd.push(begin(&world, from, "").await);
    }
    held.cash(20_00).await;
    world.clerk().await.get("/api/v1/device").await.expect(200);
    assert!(world.counts("foyer_http_connections").await <= 16);
    assert!(world.counts("foyer_http_connections_cut").await >= 40);
}

#[tokio::test]
async fn who_never_reads_is_cut() {
    let limits = "[http]\nrequests_per_second = 1000000\nwrite_seconds = 1\n";
    let world = World::open_with(limits).await;
    let before = world.counts("foyer_http_connections").await;
    let ask = "GET /api/openapi.json HTTP/1.1\r\nhost: box\r\n\r\n".repeat(1_000);
    let mut deaf = begin(&world, 2, "").await;
    // The box stops to listen when it cannot send: what it does not take is not sent.
    let asked = tokio::time::timeout(PATIENCE, deaf.write_all(ask.as_bytes())).await;
    drop(asked.expect("the box hangs up or takes it"));
    until("the box hangs up", || async {
        (world.counts("foyer_http_connections").await <= before).then_some(())
    })
    .await;
    drop(deaf);
}

#[tokio::test]
async fn whoever_guesses_codes_locks_out_nobody_else() {
    let world = World::open().await;
    let guess = |from: u8| {
        let body = r#"{"code":"AAAA-AAAA-AAAA"}"#;
        let head = format!(
            "POST /api/v1/pairings HTTP/1.1\r\nhost: box\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let world = &world;
        async move {
            let mut stream = begin(world, from, &head).await;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            answer
        }
    };
    let answers = futures_util::future::join_all((0..40).map(|_| guess(2))).await;
    let heard = answers
        .iter()
        .filter(|answer| answer.contains("wrong_code"));
    let heard = heard.count();
    assert_eq!(heard, 6, "five are free, and the sixth begins a pause");
    let refused = answers
        .iter()
        .find(|answer| answer.contains("too_many_codes"));
    let refused = refused.expect("the others");
    assert!(
        refused.contains("HTTP/1.1 429") && refused.contains("retry-after: 1\r\n"),
        "{refused}"
    );
    world.clerk().await.get("/api/v1/device").await.expect(200);
    world.wait(Duration::from_secs(1));
    assert!(guess(2).await.contains("wrong_code"));
    world.wait(Duration::from_secs(1));
    assert!(
        guess(2).await.contains("too_many_codes"),
        "the next pause is longer"
    );
}

#[tokio::test]
async fn what_a_head_says_once_is_said_once() {
    let world = World::open().await;
    for twice in [
        "host: other",
        "content-type: text/plain\r\ncontent-type: a/b",
        "idempotency-key: a\r\nidempotency-key: b",
    ] {
        let head = format!("GET /healthz HTTP/1.1\r\nhost: box\r\n{twice}\r\n\r\n");
        let mut stream = begin(&world, 1, &head).await;
        assert!(first_line(&mut stream).await.contains(" 400 "), "{twice}");
    }
}
