//! The served OpenAPI document: it does not change unread, and of thousands of requests that it allows and forbids none is a fault.

use std::process::Stdio;

use serde_json::json;
use tests::tools::python_program;
use tests::world::{World, new_key};

/// How many requests of each kind are made for each route; more find nothing new, and this is under a minute.
const EXAMPLES: &str = "25";

#[tokio::test]
async fn the_document_is_the_one_that_was_last_read() {
    let world = World::open().await;
    let served = world.stranger().get("/api/openapi.json").await.expect(200);
    insta::assert_snapshot!("appliance", served.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_that_the_document_describes_is_a_fault() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    // Things that exist, so that requests reach what lies behind the first look-up.
    let sale = clerk
        .hold("tonight", &["D1", "D2"])
        .await
        .cash(10_000)
        .await;
    let open = clerk.hold("tonight", &["B3", "B4"]).await;
    let part = json!({ "cash": { "given_minor": 1 } });
    let tender = clerk
        .post(&open.path("/tenders"), &new_key(), &part)
        .await
        .expect(201);
    let real = [
        ("showtimes", "tonight".to_owned()),
        ("holds", open.hold.id.to_string()),
        ("tenders", tender.json["id"].as_str().unwrap().to_owned()),
        ("sales", sale.id.to_string()),
        ("tickets", sale.tickets[0].id.to_string()),
    ];
    let operations: String = real
        .iter()
        .map(|(things, id)| {
            format!("[[operations]]\ninclude-path-regex = \"^/api/v1/{things}/\"\nparameters = {{ \"path.id\" = \"{id}\" }}\n")
        })
        .collect();
    let token = clerk.token().unwrap();
    let settings = world.folder().join("schemathesis.toml");
    std::fs::write(
        &settings,
        format!("headers = {{ Authorization = \"Bearer {token}\" }}\n{operations}"),
    )
    .unwrap();

    // With ids that exist, then with ids that cannot; the stream of live seats never ends and has stories of its own.
    for (settings, seed) in [(Some(&settings), "7"), (None, "8")] {
        let mut tester = tokio::process::Command::new(python_program("schemathesis"));
        tester
            .arg("--no-color")
            .current_dir(world.folder())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        match settings {
            Some(settings) => tester.arg("--config-file").arg(settings).arg("run"),
            None => tester
                .args(["run", "--header"])
                .arg(format!("Authorization: Bearer {token}")),
        };
        tester.arg(format!("{}/api/openapi.json", world.url()));
        tester.args([
            "--phases",
            "examples,coverage,fuzzing",
            "--checks",
            "not_a_server_error",
            "--exclude-path-regex",
            "/events$",
        ]);
        tester.args([
            "--max-examples",
            EXAMPLES,
            "--seed",
            seed,
            "--no-shrink",
            "--request-timeout",
            "20",
        ]);
        let outcome = tester.output().await.unwrap();
        let report = String::from_utf8_lossy(&outcome.stdout);
        assert!(
            outcome.status.success(),
            "{report}{}",
            String::from_utf8_lossy(&outcome.stderr)
        );
    }
    let metrics = clerk.get("/metrics").await.text;
    let fault = metrics.lines().find(|line| line.contains("status=\"5"));
    assert_eq!(fault, None);
}
