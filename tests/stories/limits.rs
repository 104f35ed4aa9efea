//! What one device, one address or one connection may take from the others.

use std::time::Duration;

use tests::world::{PATIENCE, World, client};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

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
