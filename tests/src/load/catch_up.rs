//! The end of a long cut: a box with 100,000 unsent events meets its hub, and each is a process of its own. Gives how fast the
//! hub takes them in, whether it slows down as its history grows, and how much memory either side needs for it.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hub_api::HeadOffice;
use postgres::{Client, NoTls};
use postgres_server::Server;
use rusqlite::{Connection as Sqlite, OpenFlags};
use service::Clock;
use sha2::{Digest as _, Sha256};

use super::appliance_process::{Running, Site, UNLIMITED, free_address};
use super::connection::Connection;
use super::disk::per_second;
use super::figure::{Better, Figure, Target, Unit};
use super::hall::{CINEMA, Hall};
use super::programme_at_box::OnSale;
use super::sales::{Stock, sell};
use super::sizes::resident;
use crate::operator::{OPERATOR, signs_in};

/// How many events wait at least; each sale is one.
const EVENTS: u64 = 100_000;

/// More pairs of seats than events are needed.
const STOCK: Hall = Hall { rooms: 30, days: 4 };

/// As many as make the box's processor the limit while it fills its outbox.
const CLIENTS: usize = 64;

/// How long one round of selling lasts, and how long the engine's own commits are sampled.
const ROUND: Duration = Duration::from_secs(10);
const COMMITS_FOR: Duration = Duration::from_secs(3);

/// How often the hub is asked how far it is. It adds the day's sales up for each answer, which costs as much as some hundred events.
const ASKED_EVERY: Duration = Duration::from_millis(500);

/// How long the whole may take before it counts as standing still.
const AT_MOST: Duration = Duration::from_secs(300);

/// What the design allows either side in more memory, in bytes.
const MORE_MEMORY: u64 = 64 * 1024 * 1024;

/// How far the hub was at a time.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: Duration,
    received: u64,
}

/// Measures it in `folder`, with the programs that lie in `programs`.
///
/// # Errors
/// A process could not be run or asked, or the hub stood still.
pub async fn measure(
    folder: &Path,
    programs: &Path,
    clock: &Clock,
    emit: &mut dyn FnMut(Figure),
) -> io::Result<()> {
    let [site, same_site] = ["box", "same-box"]
        .map(|name| Site::new(&folder.join(name), programs.join("appliance"), UNLIMITED));
    let (site, same_site) = (site?, same_site?);
    site.import(&STOCK.programme())?;
    fill(&site, clock).await?;
    copy(&site.data(), &same_site.data())?;
    let outbox = outbox(&site.data().join("appliance.db"))?;
    let reading = per_second(
        outbox.events,
        time_to_read_and_hash(folder, &outbox.bytes, clock)?,
    );
    let events = outbox.events;
    drop(outbox);

    let hub = hub(&folder.join("hub"), programs, "")?;
    let Caught { marks, idle, most } = catch_up(&hub, &site, events, clock).await?;
    let rate = speed(&marks, 0, marks.len());
    let figure = |name: &str, measured, unit, better, limit, target| Figure {
        name: name.to_owned(),
        measured,
        unit,
        better,
        limit,
        target,
    };
    emit(figure(
        "catch_up_100000_events",
        rate,
        Unit::EventsPerSecond,
        Better::Higher,
        Some(("reading and hashing the same bytes from a file", reading)),
        Target::OfLimit(10),
    ));
    for (name, idle, most) in [
        ("catch_up_more_memory_hub", idle.0, most.0),
        ("catch_up_more_memory_box", idle.1, most.1),
    ] {
        let more = most.saturating_sub(idle);
        emit(figure(
            name,
            more,
            Unit::Mebibytes,
            Better::Lower,
            None,
            Target::Fixed(MORE_MEMORY),
        ));
    }
    let commits = commits_of_one_row(folder, clock)?;
    emit(figure(
        "hub_ingest_sqlite",
        rate,
        Unit::EventsPerSecond,
        Better::Higher,
        Some(("commits of one row in the same engine, one client", commits)),
        Target::OfLimit(300),
    ));
    let fifth = marks.len() / 5;
    emit(figure(
        "hub_ingest_sqlite_last_fifth",
        speed(&marks, marks.len() - fifth - 1, marks.len()),
        Unit::EventsPerSecond,
        Better::Higher,
        Some(("the first fifth", speed(&marks, 0, fifth + 1))),
        Target::OfLimit(80),
    ));

    let server = Server::durable();
    let settings = format!("[database]\nurl = \"{}\"\n", server.database());
    let hub = self::hub(&folder.join("hub-on-postgres"), programs, &settings)?;
    let Caught { marks, .. } = catch_up(&hub, &same_site, events, clock).await?;
    let commits = commits_of_one_row_on_postgres(server.database(), clock.clone())?;
    emit(figure(
        "hub_ingest_postgres_1_process",
        speed(&marks, 0, marks.len()),
        Unit::EventsPerSecond,
        Better::Higher,
        Some(("commits of one row in the same engine, one client", commits)),
        Target::OfLimit(400),
    ));
    Ok(())
}

fn hub(folder: &Path, programs: &Path, settings: &str) -> io::Result<Site> {
    let broker = format!("[broker]\nlisten = \"{}\"\n", free_address());
    let program = programs.join("cloud-hub");
    Site::new(folder, program, &format!("{settings}{broker}"))
}

/// The files of a box that is stopped.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for file in std::fs::read_dir(from)? {
        let file = file?;
        if file.file_type()?.is_file() {
            std::fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(())
}

/// How a hub caught up, and what hub and box had in memory before it and at most meanwhile.
struct Caught {
    marks: Vec<Mark>,
    idle: (u64, u64),
    most: (u64, u64),
}

async fn catch_up(hub: &Site, site: &Site, events: u64, clock: &Clock) -> io::Result<Caught> {
    let (of_hub, of_box) = (hub.start(&[])?, site.start(&[])?);
    hub.ready(clock).await?;
    site.ready(clock).await?;
    let idle = (resident(of_hub.id())?, resident(of_box.id())?);
    let code = hub.command(&["enrol", CINEMA])?;
    let address = format!("http://{}", hub.address);
    site.command(&["enrol", &code, "--hub", &address])?;
    let (marks, most) = follow(hub, (&of_hub, &of_box), events, clock).await?;
    of_box.stop()?;
    of_hub.stop()?;
    Ok(Caught { marks, idle, most })
}

/// Sells until enough events wait. Nothing of this is measured, so it need not wait for the disk.
async fn fill(site: &Site, clock: &Clock) -> io::Result<()> {
    let running = site.start(&["env", "FOYER_DATA__SYNCHRONOUS=off"])?;
    site.ready(clock).await?;
    let mut tokens = Vec::with_capacity(CLIENTS);
    for _ in 0..CLIENTS {
        tokens.push(site.pair("till").await?);
    }
    let stock = Stock::new(OnSale::ask(&mut Connection::open(site.address).await?).await?);
    let mut sales = 0;
    while sales < EVENTS {
        let sold = sell(site.address, &tokens, &stock, ROUND, clock).await?;
        if sold.sales == 0 {
            return Err(io::Error::other(format!(
                "only {sales} sales could be made"
            )));
        }
        sales += sold.sales;
    }
    running.stop()
}

/// What waits to be sent.
struct Outbox {
    events: u64,
    bytes: Vec<u8>,
}

fn outbox(database: &Path) -> io::Result<Outbox> {
    let db = Sqlite::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(io::Error::other)?;
    let mut all = db
        .prepare("SELECT bytes FROM event ORDER BY place")
        .map_err(io::Error::other)?;
    let mut rows = all.query([]).map_err(io::Error::other)?;
    let mut outbox = Outbox {
        events: 0,
        bytes: Vec::new(),
    };
    while let Some(row) = rows.next().map_err(io::Error::other)? {
        let bytes: Vec<u8> = row.get(0).map_err(io::Error::other)?;
        outbox.events += 1;
        outbox.bytes.extend(bytes);
    }
    Ok(outbox)
}

fn time_to_read_and_hash(folder: &Path, bytes: &[u8], clock: &Clock) -> io::Result<Duration> {
    let path: PathBuf = folder.join("events");
    let mut file = File::create(&path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let begin = clock.monotonic();
    let (mut file, mut hash) = (File::open(&path)?, Sha256::new());
    let mut part = vec![0; 64 * 1024];
    loop {
        match file.read(&mut part)? {
            0 => break,
            read => hash.update(&part[..read]),
        }
    }
    // The hash must be made, and is of no further use.
    let _ = std::hint::black_box(hash.finalize());
    Ok(clock.monotonic().saturating_sub(begin))
}

/// How far the hub is until it has everything, from its first event on, and the most memory that hub and box had meanwhile.
async fn follow(
    hub: &Site,
    (of_hub, of_box): (&Running, &Running),
    events: u64,
    clock: &Clock,
) -> io::Result<(Vec<Mark>, (u64, u64))> {
    let link = hub.command(&["operator", OPERATOR])?;
    let cookie = signs_in(&link).await.map_err(io::Error::other)?;
    let cookie = format!("cookie: {cookie}\r\n");
    let mut connection = Connection::open(hub.address).await?;
    let (begin, mut marks, mut most) = (clock.monotonic(), Vec::new(), (0, 0));
    loop {
        let reply = connection
            .send("GET", "/api/v1/head-office/cinemas", &cookie, b"")
            .await?;
        let seen: HeadOffice = serde_json::from_slice(reply.body).map_err(io::Error::other)?;
        let received = seen
            .cinemas
            .first()
            .map_or(0, |cinema| cinema.link.received);
        most = (
            resident(of_hub.id())?.max(most.0),
            resident(of_box.id())?.max(most.1),
        );
        let at = clock.monotonic();
        marks.push(Mark { at, received });
        if received >= events {
            // What was asked before anything had come tells when it began.
            let first = marks.partition_point(|mark| mark.received == 0);
            marks.drain(..first.saturating_sub(1));
            return Ok((marks, most));
        }
        if at.saturating_sub(begin) > AT_MOST {
            return Err(io::Error::other(format!(
                "the hub has {received} of {events} events after {} s",
                AT_MOST.as_secs()
            )));
        }
        tokio::time::sleep(ASKED_EVERY).await;
    }
}

fn speed(marks: &[Mark], from: usize, to: usize) -> u64 {
    match marks.get(from..to) {
        Some([first, .., last]) => per_second(
            last.received.saturating_sub(first.received),
            last.at.saturating_sub(first.at),
        ),
        Some([] | [_]) | None => 0,
    }
}

/// How many transactions of one row a second a single writer of SQLite makes, with the box's own way of writing to disk.
///
/// # Errors
/// The file cannot be written.
pub fn commits_of_one_row(folder: &Path, clock: &Clock) -> io::Result<u64> {
    let db = Sqlite::open(folder.join("one-row.db")).map_err(io::Error::other)?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE one (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;",
    )
    .map_err(io::Error::other)?;
    let mut insert = db
        .prepare("INSERT INTO one (text) VALUES ('a row of some length, as a small event has it')")
        .map_err(io::Error::other)?;
    let (begin, mut rows) = (clock.monotonic(), 0);
    while clock.monotonic().saturating_sub(begin) < COMMITS_FOR {
        insert.execute([]).map_err(io::Error::other)?;
        rows += 1;
    }
    Ok(per_second(rows, clock.monotonic().saturating_sub(begin)))
}

/// The same of a client of PostgreSQL, whose server syncs each.
///
/// # Errors
/// The server refuses.
pub fn commits_of_one_row_on_postgres(url: String, clock: Clock) -> io::Result<u64> {
    // Such a client must be on no thread of the runtime.
    let thread = std::thread::spawn(move || {
        let mut client = Client::connect(&url, NoTls)?;
        client.batch_execute(
            "CREATE TABLE one (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, text TEXT NOT NULL)",
        )?;
        let insert = client.prepare(
            "INSERT INTO one (text) VALUES ('a row of some length, as a small event has it')",
        )?;
        let (begin, mut rows) = (clock.monotonic(), 0);
        while clock.monotonic().saturating_sub(begin) < COMMITS_FOR {
            rows += client.execute(&insert, &[])?;
        }
        Ok(per_second(rows, clock.monotonic().saturating_sub(begin)))
    });
    let counted: Result<u64, postgres::Error> = thread
        .join()
        .map_err(|_| io::Error::other("counting commits panicked"))?;
    counted.map_err(io::Error::other)
}
