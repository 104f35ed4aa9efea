//! A box as the program before the counter left it: the sample's programme, with sales, holds, payments and papers in every state that it
//! knew, written by plain SQL as that program wrote it. It knows nothing of the tables that come.

mod evening;
mod states;

use std::path::{Path, PathBuf};

use appliance::migrations::MIGRATIONS;
use box_office::programme::{Programme, ShowtimeStatus};
use box_office::{DeviceId, EventId, TicketId};
use database::{Database, Error, Migration, Options, Scope, Tx, Value};
use mailbox::{StreamKey, outbox, stream};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use wire::event::PaymentRefunded;
use wire::{Incarnation, Life, Nonce};

/// Over when the story begins: sofas and recliners, gravity.
pub const PAST: &str = "saal-6-2026-11-22-1700";
/// On this evening, in the room with a gap whose chairs are numbered from the right.
pub const LATER: &str = "saal-4-2026-11-23-2115";
/// In 3D, without subtitles.
pub const TOMORROW: &str = "saal-1-2026-11-24-1345";
/// Does not take place.
pub const CANCELLED: &str = "saal-3-2026-11-25-2045";

/// What the till and the kiosk were given when they were paired.
pub const TILL: &str = "token-of-the-till";
/// The same of the kiosk.
pub const KIOSK: &str = "token-of-the-kiosk";

/// What each seat costs, and the tax inside it.
const PRICE: (i64, i64) = (1100, 72);

const READ_AT: &str = "2026-11-22T10:00:00Z";

/// The migration that is tried.
pub fn counter() -> &'static Migration {
    &MIGRATIONS[before().len()]
}

/// How many migrations a database with this one has had.
pub fn version() -> usize {
    before().len() + 1
}

fn before() -> &'static [Migration] {
    let is_counter = |one: &Migration| one.name == "counter";
    &MIGRATIONS[..MIGRATIONS.iter().position(is_counter).unwrap()]
}

/// The folder of such a box, which was stopped.
pub async fn left_behind() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&file(folder.path()), before(), Options::default()).unwrap();
    let filled = database.write(Scope::Nothing, |tx| {
        let programme = programme();
        keep_programme(tx, &programme)?;
        keep_devices(tx)?;
        keep_events(tx, &programme);
        evening::keep(tx, &programme)
    });
    filled.await.unwrap();
    database.close().await;
    for key in ["frame.key", "ticket.key"] {
        std::fs::write(folder.path().join(key), [5; 32]).unwrap();
    }
    folder
}

/// The database in a box's folder.
pub fn file(folder: &Path) -> PathBuf {
    folder.join("appliance.db")
}

/// The sample's programme on the day before the story; of one film nobody knows who may see it.
pub fn programme() -> Programme {
    let text = include_str!("../../appliance/sample/programme.toml");
    let mut programme = Programme::parse_at(text, READ_AT.parse().unwrap()).unwrap();
    let film = programme
        .films
        .iter_mut()
        .find(|film| film.id.as_str() == "pans-labyrinth");
    film.unwrap().age_rating = None;
    let kept = [PAST, LATER, TOMORROW, CANCELLED];
    programme
        .showtimes
        .retain(|showtime| kept.contains(&showtime.id.as_str()));
    assert_eq!(programme.showtimes.len(), kept.len());
    programme
}

/// The ticket of a sale's seat.
pub fn ticket(receipt: i64, nth: usize) -> TicketId {
    let letters = [u8::try_from(receipt).unwrap(), u8::try_from(nth).unwrap()];
    TicketId::from_bits([letters; 8].concat().try_into().unwrap())
}

fn put(tx: &mut Tx<'_>, table: &str, row: &[(&str, Value)]) -> Result<(), Error> {
    let names: Vec<&str> = row.iter().map(|(name, _)| *name).collect();
    let places: Vec<String> = (1..=row.len()).map(|place| format!("${place}")).collect();
    let values: Vec<Value> = row.iter().map(|(_, value)| value.clone()).collect();
    let (names, places) = (names.join(", "), places.join(", "));
    tx.execute(
        &format!("INSERT INTO {table} ({names}) VALUES ({places})"),
        &values,
    )
    .map(drop)
}

fn text(document: &impl Serialize) -> Value {
    serde_json::to_string(document).unwrap().into()
}

fn keep_programme(tx: &mut Tx<'_>, programme: &Programme) -> Result<(), Error> {
    put(
        tx,
        "cinema",
        &[("one", 1.into()), ("body", text(&programme.cinema))],
    )?;
    let versioned = |id: &str, version: u32, body| {
        [
            ("id", id.into()),
            ("version", version.into()),
            ("body", body),
        ]
    };
    for film in &programme.films {
        put(
            tx,
            "film",
            &versioned(film.id.as_str(), film.version, text(film)),
        )?;
        // What was changed since concerns no showtime here.
        let mut newer = film.clone();
        (newer.version, newer.title) = (film.version + 1, "Another title".to_owned());
        put(
            tx,
            "film",
            &versioned(film.id.as_str(), newer.version, text(&newer)),
        )?;
    }
    for book in &programme.price_books {
        put(
            tx,
            "price_book",
            &versioned(book.id.as_str(), book.version, text(book)),
        )?;
        let mut newer = book.clone();
        (newer.version, newer.ticket_kinds) = (book.version + 1, Vec::new());
        put(
            tx,
            "price_book",
            &versioned(book.id.as_str(), newer.version, text(&newer)),
        )?;
    }
    for room in &programme.auditoriums {
        let row = [
            ("id", room.id.as_str().into()),
            ("plan", room.layout.version.into()),
            ("body", text(room)),
        ];
        put(tx, "auditorium", &row)?;
    }
    for showtime in &programme.showtimes {
        let room = programme
            .auditoriums
            .iter()
            .find(|room| room.id == showtime.auditorium)
            .unwrap();
        let film_version = programme.films.iter().find(|film| film.id == showtime.film);
        let film_version = film_version.unwrap().version;
        let books = &mut programme.price_books.iter();
        let book_version = books.find(|book| book.id == showtime.price_book);
        let book_version = book_version.unwrap().version;
        let state = match showtime.status {
            ShowtimeStatus::Open => "open",
            ShowtimeStatus::Closed => "closed",
            ShowtimeStatus::Cancelled => "cancelled",
        };
        let row = [
            ("id", showtime.id.as_str().into()),
            ("auditorium", room.id.as_str().into()),
            ("plan", room.layout.version.into()),
            ("film", showtime.film.as_str().into()),
            ("film_version", film_version.into()),
            ("price_book", showtime.price_book.as_str().into()),
            ("price_book_version", book_version.into()),
            ("starts_at", showtime.starts_at.as_millisecond().into()),
            (
                "sales_end_at",
                showtime.sales_end_at().as_millisecond().into(),
            ),
            ("ends_at", showtime.ends_at.as_millisecond().into()),
            ("state", state.into()),
            ("body", text(showtime)),
        ];
        put(tx, "showtime", &row)?;
        for (place, seat) in (0_i64..).zip(&room.layout.places) {
            let row = [
                ("showtime", showtime.id.as_str().into()),
                ("place", place.into()),
                ("seat", seat.seat.as_str().into()),
            ];
            put(tx, "seat", &row)?;
        }
    }
    Ok(())
}

fn keep_devices(tx: &mut Tx<'_>) -> Result<(), Error> {
    for (id, token) in [("till", TILL), ("kiosk", KIOSK)] {
        let row = [
            ("id", id.into()),
            ("kind", id.into()),
            ("name", id.into()),
            ("token_hash", Sha256::digest(token).to_vec().into()),
            ("paired_at", 1_763_000_000_000_i64.into()),
        ];
        put(tx, "device", &row)?;
    }
    let code = [
        ("code_hash", vec![1_u8; 32].into()),
        ("kind", "till".into()),
        ("expires_at", 1_763_000_000_000_i64.into()),
    ];
    put(tx, "pairing_code", &code)
}

/// What the box has told the hub and knows of the link.
fn keep_events(tx: &mut Tx<'_>, programme: &Programme) {
    let life = Life {
        number: 1,
        random: Nonce::from([7; 16]),
    };
    let link = [
        ("one", 1.into()),
        ("device", DeviceId::from_bits([3; 16]).as_str().into()),
        ("incarnation", life.number.into()),
        (
            "incarnation_random",
            life.random.as_bytes().as_slice().into(),
        ),
    ];
    put(tx, "link", &link).unwrap();
    let refused = [
        ("kind", "film".into()),
        ("id", "gravity".into()),
        ("version", 1.into()),
        ("reason", "other_content".into()),
    ];
    put(tx, "refused_content", &refused).unwrap();
    let key = StreamKey::up(programme.cinema.id.clone(), Incarnation(life));
    let id = stream::open(tx, &key).unwrap();
    let body = PaymentRefunded {
        tender: "given-back-card".parse().unwrap(),
        hold: "ended-given-back".parse().unwrap(),
        showtime: PAST.parse().unwrap(),
        device: "till".parse().unwrap(),
        time: 0,
        day: "2026-11-22".to_owned(),
        amount: 1100,
        currency: programme.cinema.currency,
        reason: "no_ticket_issued".to_owned(),
    };
    let told = outbox::Draft {
        id: EventId::from_bits([9; 16]),
        body: body.into(),
    };
    outbox::push(tx, id, 0, &[told], None).unwrap();
}
