//! Sales of two seats over HTTP: hold, then settle with cash, each client a paired till.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use service::Clock;
use tokio::task::JoinSet;

use super::connection::{Connection, text_after};
use super::disk::{micros, per_second};
use super::programme_at_box::OnSale;

/// What some clients sold.
#[derive(Debug, Default)]
pub struct Sold {
    /// Sales of two seats.
    pub sales: u64,
    /// How long it took.
    pub time: Duration,
    /// How long each hold took, in microseconds.
    pub holds_us: Vec<u64>,
    /// How long each settling took, in microseconds.
    pub settles_us: Vec<u64>,
}

impl Sold {
    /// Seats sold per second.
    pub fn seats_per_second(&self) -> u64 {
        per_second(self.sales * 2, self.time)
    }
}

/// What there is to sell, and how much of it was given to a client already.
#[derive(Debug, Clone)]
pub struct Stock {
    on_sale: Arc<OnSale>,
    next: Arc<AtomicUsize>,
}

impl Stock {
    /// All of it.
    pub fn new(on_sale: OnSale) -> Self {
        Self {
            on_sale: Arc::new(on_sale),
            next: Arc::default(),
        }
    }

    fn take(&self) -> Option<(&str, &str, &str)> {
        self.on_sale.pair(self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// One client for each token sells for `time`, or until nothing is left.
///
/// # Errors
/// A client was refused or lost its connection.
pub async fn sell(
    address: SocketAddr,
    tokens: &[String],
    stock: &Stock,
    time: Duration,
    clock: &Clock,
) -> io::Result<Sold> {
    let mut clients = JoinSet::new();
    let begin = clock.monotonic();
    for (number, token) in tokens.iter().enumerate() {
        let run = format!("{}-{number}", micros(begin));
        let client = Client {
            connection: Connection::open(address).await?,
            authorization: format!("authorization: Bearer {token}\r\n"),
            run,
            sales: 0,
        };
        clients.spawn(client.sell_until(begin + time, stock.clone(), clock.clone()));
    }
    let mut sold = Sold::default();
    while let Some(done) = clients.join_next().await {
        let of_client = done.map_err(io::Error::other)??;
        sold.sales += of_client.sales;
        sold.holds_us.extend(of_client.holds_us);
        sold.settles_us.extend(of_client.settles_us);
    }
    sold.time = clock.monotonic().saturating_sub(begin);
    sold.holds_us.sort_unstable();
    sold.settles_us.sort_unstable();
    Ok(sold)
}

struct Client {
    connection: Connection,
    authorization: String,
    run: String,
    sales: u64,
}

impl Client {
    async fn sell_until(mut self, end: Duration, stock: Stock, clock: Clock) -> io::Result<Sold> {
        let mut sold = Sold::default();
        while clock.monotonic() < end {
            let Some((showtime, first, second)) = stock.take() else {
                break;
            };
            let begin = clock.monotonic();
            let hold = self.hold(showtime, first, second).await?;
            let held = clock.monotonic();
            self.settle(&hold).await?;
            let settled = clock.monotonic();
            self.sales += 1;
            sold.holds_us.push(micros(held.saturating_sub(begin)));
            sold.settles_us.push(micros(settled.saturating_sub(held)));
        }
        sold.sales = self.sales;
        Ok(sold)
    }

    async fn hold(&mut self, showtime: &str, first: &str, second: &str) -> io::Result<String> {
        let path = format!("/api/v1/showtimes/{showtime}/holds");
        let body = format!(r#"{{"seats":[{{"seat":"{first}"}},{{"seat":"{second}"}}]}}"#);
        let headers = self.headers("h");
        let reply = self
            .connection
            .send("POST", &path, &headers, body.as_bytes())
            .await?;
        let refused = || {
            io::Error::other(format!(
                "{path}: {} {}",
                reply.status,
                String::from_utf8_lossy(reply.body)
            ))
        };
        if reply.status != 201 {
            return Err(refused());
        }
        text_after(reply.body, "\"id\":\"")
            .map(str::to_owned)
            .ok_or_else(refused)
    }

    async fn settle(&mut self, hold: &str) -> io::Result<()> {
        let path = format!("/api/v1/holds/{hold}/settle");
        let headers = self.headers("s");
        let reply = self
            .connection
            .send("POST", &path, &headers, br#"{"cash_given_minor":5000}"#)
            .await?;
        match reply.status {
            200 | 201 => Ok(()),
            status => Err(io::Error::other(format!(
                "{path}: {status} {}",
                String::from_utf8_lossy(reply.body)
            ))),
        }
    }

    fn headers(&self, step: &str) -> String {
        format!(
            "{}content-type: application/json\r\nidempotency-key: {step}-{}-{}\r\n",
            self.authorization, self.run, self.sales
        )
    }
}
