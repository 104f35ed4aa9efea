//! The served OpenAPI document: it does not change unread, and of thousands of requests that it allows and forbids none is a fault.

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use service::Clock;
use tests::tools::python_program;
use tests::world::{Hub, World, client, new_key, until};

use crate::head_office::routes_of;

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
    // With ids that exist, then with ids that cannot.
    let header = format!("Authorization: Bearer {token}");
    tries(&world.url(), world.folder(), Who::Settings(&settings), "7").await;
    tries(&world.url(), world.folder(), Who::Header(&header), "8").await;
    let metrics = clerk.get("/metrics").await.text;
    let fault = metrics.lines().find(|line| line.contains("status=\"5"));
    assert_eq!(fault, None);
}

/// Who asks.
enum Who<'a> {
    /// Whom the settings file names.
    Settings(&'a Path),
    /// Who sends this header.
    Header(&'a str),
}

/// Makes thousands of requests as the served document describes them, and as it forbids them. Streams never end and have stories of their
/// own.
async fn tries(url: &str, folder: &Path, who: Who<'_>, seed: &str) {
    let mut tester = tokio::process::Command::new(python_program("schemathesis"));
    tester
        .arg("--no-color")
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    match who {
        Who::Settings(file) => tester.arg("--config-file").arg(file).arg("run"),
        Who::Header(header) => tester.args(["run", "--header"]).arg(header),
    };
    tester.arg(format!("{url}/api/openapi.json"));
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

/// What is served at the hub.
async fn of_hub(hub: &Hub, path: &str) -> String {
    let asked = client().get(format!("{}{path}", hub.url())).send();
    asked.await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn the_document_of_the_hub_names_every_route_of_its_router() {
    let hub = Hub::start().await;
    let served = of_hub(&hub, "/api/openapi.json").await;
    insta::assert_snapshot!("hub", served);
    let document: Value = serde_json::from_str(&served).unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().keys().cloned();
        let methods = methods.filter(|key| key != "parameters");
        let path = path.clone();
        methods
            .map(move |method| format!("{} {path}", method.to_uppercase()))
            .collect::<Vec<_>>()
    };
    let paths = document["paths"].as_object().unwrap();
    let mut named: Vec<String> = paths.iter().flat_map(of_path).collect();
    let (selling, _pages) = COUNTER.split_once("pub fn pages").unwrap();
    // Pages are for people.
    let own = routes_of(ROUTER)
        .filter(|route| route.contains(" /api/") && route != "GET /api/openapi.json");
    let of_cinemas =
        routes_of(selling).map(|route| route.replacen(' ', " /api/v1/cinemas/{cinema}", 1));
    let mut written: Vec<String> = own.chain(of_cinemas).collect();
    named.sort_unstable();
    written.sort_unstable();
    assert_eq!(named, written);
}

/// The routers, with which the document is compared.
const ROUTER: &str = include_str!("../../cloud-hub/src/router.rs");
const COUNTER: &str = include_str!("../../appliance/counter/src/routes.rs");

#[tokio::test(flavor = "multi_thread")]
async fn no_request_that_the_document_of_the_hub_describes_is_a_fault() {
    let hub = Hub::start().await;
    let world = World::open_on(Clock::system()).await;
    world.enrol(&hub).await;
    until("the hub knows the programme", || async {
        let path = "/api/v1/cinemas/metropol/showtimes/tomorrow";
        hub.get::<Value>(path).await
    })
    .await;
    let folder = world.folder();
    let cookie = hub.cookie().await;
    let guest = hub.guest("metropol").await;
    let token = guest.token().unwrap();
    let settings = folder.join("hub.toml");
    let real = "[[operations]]\ninclude-path-regex = \"^/api/v1/cinemas/\"\nparameters = { \"path.cinema\" = \"metropol\" }\n\
        [[operations]]\ninclude-path-regex = \"/showtimes/\"\nparameters = { \"path.cinema\" = \"metropol\", \"path.id\" = \"tomorrow\" }\n";
    let signed_in = format!(
        "headers = {{ Cookie = \"{cookie}\", Authorization = \"Bearer {token}\" }}\n{real}"
    );
    std::fs::write(&settings, signed_in).unwrap();
    tries(&hub.url(), folder, Who::Settings(&settings), "9").await;
    tries(&hub.url(), folder, Who::Header("Cookie: none=1"), "10").await;
    let metrics = of_hub(&hub, "/metrics").await;
    let fault = metrics.lines().find(|line| line.contains("status=\"5"));
    assert_eq!(fault, None);
}
