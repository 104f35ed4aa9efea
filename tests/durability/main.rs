//! A kill does not show what a power cut would: the system still has what was written. So the box is run under `strace`, and for every
//! sale that it answers the trace must have the write to the write-ahead log, then a sync that returned, then the answer.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

mod damage;
mod trace;

use std::path::Path;

use service::Clock;
use tests::load::appliance_process::{JSON, Site};
use tests::load::connection::{Connection, text_after};
use tests::load::hall::Hall;
use tests::load::programme_at_box::OnSale;
use tests::tools;
use trace::{Trace, Unproven};

/// Clients that sell at the same time, so that commits have several sales in them.
const CLIENTS: usize = 4;

/// Sales of each client.
const SALES: usize = 5;

/// What is looked at: everything that writes, syncs or answers.
const CALLS: &str = "trace=write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync";

/// Long enough for a page of the database and for an answer's head with the start of its body.
const TEXT: &str = "5000";

struct Sold {
    sales: Vec<String>,
    trace: Trace,
}

/// Sells under `strace` in a box that syncs as `synchronous` says.
async fn sell_traced(synchronous: &str) -> Sold {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    let (sales, clock) = (folder.path().join("box"), Clock::system());
    let site = Site::new(&sales, tools::program("appliance"), "").unwrap();
    set_synchronous(&sales, synchronous);
    site.import(&Hall { rooms: 1, days: 1 }.programme())
        .unwrap();
    let running = site.start(&strace(&file)).unwrap();
    site.ready(&clock).await.unwrap();
    let on_sale = OnSale::ask(&mut Connection::open(site.address).await.unwrap())
        .await
        .unwrap();
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let token = site.pair("till").await.unwrap();
        clients.spawn(sell(site.address, token, on_sale.clone(), client));
    }
    let sales = clients.join_all().await.concat();
    running.stop().unwrap();
    Sold {
        sales,
        trace: Trace::read(&file),
    }
}

fn set_synchronous(folder: &Path, synchronous: &str) {
    let file = folder.join("appliance.toml");
    let settings = std::fs::read_to_string(&file).unwrap();
    let settings = settings.replace(
        "[http]",
        &format!("synchronous = \"{synchronous}\"\n\n[http]"),
    );
    std::fs::write(&file, settings).unwrap();
}

fn strace(file: &Path) -> [&str; 9] {
    let file = file.to_str().unwrap();
    ["strace", "-f", "-y", "-s", TEXT, "-e", CALLS, "-o", file]
}

/// Sells pairs of neighbours and gives the ids of the sales.
async fn sell(
    address: std::net::SocketAddr,
    token: String,
    on_sale: OnSale,
    client: usize,
) -> Vec<String> {
    let mut connection = Connection::open(address).await.unwrap();
    let mut sales = Vec::new();
    for number in 0..SALES {
        let (showtime, first, second) = on_sale.pair(client * SALES + number).unwrap();
        let headers = |step| {
            format!("authorization: Bearer {token}\r\nidempotency-key: {step}-{number}\r\n{JSON}")
        };
        let seats = format!(r#"{{"seats":[{{"seat":"{first}"}},{{"seat":"{second}"}}]}}"#);
        let path = format!("/api/v1/showtimes/{showtime}/holds");
        let held = connection
            .send("POST", &path, &headers("hold"), seats.as_bytes())
            .await
            .unwrap();
        let hold = text_after(held.body, "\"id\":\"").unwrap().to_owned();
        let path = format!("/api/v1/holds/{hold}/settle");
        let sold = connection
            .send(
                "POST",
                &path,
                &headers("settle"),
                br#"{"cash_given_minor":5000}"#,
            )
            .await
            .unwrap();
        assert!(sold.status < 300, "{}", String::from_utf8_lossy(sold.body));
        sales.push(text_after(sold.body, "\"id\":\"").unwrap().to_owned());
    }
    sales
}

#[tokio::test]
async fn every_answered_sale_was_synced_before() {
    let sold = sell_traced("full").await;
    assert_eq!(sold.sales.len(), CLIENTS * SALES);
    let unproven: Vec<_> = sold
        .sales
        .iter()
        .filter_map(|sale| sold.trace.prove(sale).err())
        .collect();
    assert_eq!(unproven, [], "an answer came before its sync");
}

#[tokio::test]
async fn without_syncs_no_sale_is_proven() {
    let sold = sell_traced("off").await;
    for sale in &sold.sales {
        assert_eq!(
            sold.trace.prove(sale),
            Err(Unproven::Unsynced(sale.clone()))
        );
    }
}
