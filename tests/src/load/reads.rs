//! Reading one address again and again, with and without an ETag.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use service::Clock;
use tokio::task::JoinSet;

use super::bare::{self, BARE_ETAG};
use super::connection::Connection;
use super::disk::per_second;
use super::figure::{Better, Figure, Target, Unit};

/// How many clients read at once: as many as there may be screens in a lobby.
const READERS: usize = 8;

/// What is read and what must come.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Who is asked.
    pub address: SocketAddr,
    /// The path.
    pub path: String,
    /// The ETag that is known already; it is then answered with 304.
    pub known: Option<String>,
}

/// How often a path is read, whole and unchanged since, beside the bare server with the same bytes: before and after, each for half the time.
///
/// # Errors
/// As [`reads_per_second`].
pub async fn against_bare(
    name: &str,
    (address, path): (SocketAddr, &str),
    (etag, bare): (String, &bare::Running),
    (time, clock): (Duration, &Clock),
) -> io::Result<[Figure; 2]> {
    let read = async |name: String, known: Option<String>| {
        let of_bare = Reading {
            address: bare.address,
            path: "/".to_owned(),
            known: known.as_ref().map(|_| BARE_ETAG.to_owned()),
        };
        let of_ours = Reading {
            address,
            path: path.to_owned(),
            known,
        };
        let before = reads_per_second(&of_bare, time / 2, clock).await?;
        let ours = reads_per_second(&of_ours, time, clock).await?;
        let after = reads_per_second(&of_bare, time / 2, clock).await?;
        let limit = "a bare axum handler with the same bytes";
        Ok::<_, io::Error>(Figure {
            name,
            measured: ours,
            unit: Unit::ReadsPerSecond,
            better: Better::Higher,
            limit: Some((limit, u64::midpoint(before, after))),
            target: Target::OfLimit(50),
        })
    };
    Ok([
        read(name.to_owned(), None).await?,
        read(format!("{name}_unchanged"), Some(etag)).await?,
    ])
}

/// Reads per second over `time`.
///
/// # Errors
/// An answer has another status than it should have.
pub async fn reads_per_second(reading: &Reading, time: Duration, clock: &Clock) -> io::Result<u64> {
    let mut readers = JoinSet::new();
    let begin = clock.monotonic();
    for _ in 0..READERS {
        readers.spawn(read_until(reading.clone(), begin + time, clock.clone()));
    }
    let mut reads = 0;
    while let Some(done) = readers.join_next().await {
        reads += done.map_err(io::Error::other)??;
    }
    Ok(per_second(reads, clock.monotonic().saturating_sub(begin)))
}

async fn read_until(reading: Reading, end: Duration, clock: Clock) -> io::Result<u64> {
    let mut connection = Connection::open(reading.address).await?;
    let (headers, expected) = match &reading.known {
        Some(etag) => (format!("if-none-match: {etag}\r\n"), 304),
        None => (String::new(), 200),
    };
    let mut reads = 0;
    while clock.monotonic() < end {
        let reply = connection.send("GET", &reading.path, &headers, b"").await?;
        if reply.status != expected {
            return Err(io::Error::other(format!(
                "{}: {} where {expected} was due",
                reading.path, reply.status
            )));
        }
        reads += 1;
    }
    Ok(reads)
}

/// The ETag of what lies at `path`, and its bytes.
///
/// # Errors
/// It has none, or cannot be read.
pub async fn etag_and_body(address: SocketAddr, path: &str) -> io::Result<(String, Vec<u8>)> {
    let mut connection = Connection::open(address).await?;
    let reply = connection.send("GET", path, "", b"").await?;
    let head = String::from_utf8_lossy(reply.head);
    let etag = head
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("etag"));
    let (_, etag) = etag.ok_or_else(|| io::Error::other(format!("{path} has no ETag")))?;
    Ok((etag.trim().to_owned(), reply.body.to_vec()))
}
