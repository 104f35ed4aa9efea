//! Everything that the old tables had is in the new ones, row by row, and nothing else is.

use std::path::Path;

use appliance::migrations::MIGRATIONS;
use box_office::checkout::{Payment, Taken};
use database::{Database, Options};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::old_box::{LATER, PAST, TOMORROW, file, left_behind, ticket};
use crate::stored::{dump, open, rows, schema};

async fn migrate(folder: &Path) {
    let database = Database::open(&file(folder), MIGRATIONS, Options::default()).unwrap();
    database.close().await;
}

/// The database before and after.
async fn both() -> (tempfile::TempDir, Connection, Connection) {
    let folder = left_behind().await;
    let before = folder.path().join("before.db");
    std::fs::copy(file(folder.path()), &before).unwrap();
    migrate(folder.path()).await;
    let (before, after) = (open(&before), open(&file(folder.path())));
    (folder, before, after)
}

/// What is said of the same by the old tables and by the new ones.
const SAME: [(&str, &str); 15] = [
    // Nobody was heard or revoked before that was written down.
    (
        "SELECT *, NULL, NULL FROM device ORDER BY id",
        "SELECT * FROM device ORDER BY id",
    ),
    (
        "SELECT json_extract(body, '$.id'), body, 0 FROM cinema",
        "SELECT id, body, told FROM cinema",
    ),
    (
        "SELECT 'hafen', id, version, body FROM film ORDER BY 2, 3",
        "SELECT cinema, id, version, body FROM film ORDER BY 2, 3",
    ),
    (
        "SELECT 'hafen', id, version, body FROM price_book ORDER BY 2, 3",
        "SELECT cinema, id, version, body FROM price_book ORDER BY 2, 3",
    ),
    (
        "SELECT 'hafen', id, plan, body FROM auditorium ORDER BY 2, 3",
        "SELECT cinema, id, plan, body FROM auditorium ORDER BY 2, 3",
    ),
    (
        "SELECT 'hafen', id, auditorium, plan, film, film_version, price_book, price_book_version, starts_at, sales_end_at, ends_at, state, 0, body \
         FROM showtime ORDER BY id",
        "SELECT cinema, id, auditorium, plan, film, film_version, price_book, price_book_version, starts_at, sales_end_at, ends_at, state, \
         map_version, body FROM showtime ORDER BY id",
    ),
    (
        "SELECT showtime, place, seat, epoch, edition, state, holder FROM seat ORDER BY showtime, place",
        "SELECT s.id, place, seat, epoch, edition, seat.state, holder FROM seat JOIN showtime s ON s.key = showtime ORDER BY s.id, place",
    ),
    // The time of one that is over is nothing.
    (
        "SELECT id, showtime, 'device', device, state, left_ms, extended, lines, 'EUR', total_minor, tax_minor, language, key, request_hash \
         FROM hold ORDER BY id",
        "SELECT h.id, s.id, buyer_kind, buyer, h.state, ends_ms, extended, lines, currency, total_minor, tax_minor, language, h.key, request_hash \
         FROM hold h JOIN showtime s ON s.key = h.showtime ORDER BY h.id",
    ),
    (
        "SELECT id, hold, nth, 'device', device, way, NULL, 'EUR', amount_minor, given_minor, last_four, authorisation, started_at, key, request_hash \
         FROM tender ORDER BY id",
        "SELECT id, hold, nth, buyer_kind, buyer, means, reference, currency, amount_minor, given_minor, last_four, authorisation, started_at, key, \
         request_hash FROM payment ORDER BY id",
    ),
    (
        "SELECT 'hafen', series, last FROM receipt_series",
        "SELECT cinema, series, last FROM receipt_series",
    ),
    (
        "SELECT id, hold, 'device', device, 'hafen', showtime, series, number, sold_at, 'EUR', total_minor, tax_minor, change_minor, \
         collection_code, key, request_hash FROM sale ORDER BY id",
        "SELECT a.id, hold, buyer_kind, buyer, a.cinema, s.id, series, number, sold_at, currency, total_minor, tax_minor, change_minor, \
         collection_code, a.key, request_hash FROM sale a JOIN showtime s ON s.key = a.showtime ORDER BY a.id",
    ),
    (
        "SELECT id, sale, showtime, place, seat, plan, 'cinema', epoch, edition, kind, 'EUR', price_minor, tax_minor, starts_at, live, 0 \
         FROM ticket ORDER BY id",
        "SELECT t.id, sale, s.id, place, seat, t.plan, seller, epoch, edition, kind, currency, price_minor, tax_minor, t.starts_at, live, disputed \
         FROM ticket t JOIN showtime s ON s.key = t.showtime ORDER BY t.id",
    ),
    (
        "SELECT 'payment', tender, 'hafen', stage, stage <> 'closed', opened_at FROM payment_case ORDER BY tender",
        "SELECT kind, about, cinema, stage, open, opened_at FROM case_file ORDER BY about",
    ),
    (
        "SELECT id, 'payment', tender, at, replace(by, 'box', 'counter'), what, reason FROM payment_case_move ORDER BY id",
        "SELECT id, kind, about, at, by, what, reason FROM case_move ORDER BY id",
    ),
    (
        "SELECT id, ticket, sale, language, state, copy, tries FROM print_job ORDER BY id",
        "SELECT id, ticket, sale, json_extract(paper, '$.sale.guest_language'), state, copy, tries FROM print_job ORDER BY id",
    ),
];

/// Tables that the migration makes and has nothing for.
const EMPTY: [&str; 3] = ["standing", "counter_time", "seat_heard"];

/// Tables that are none of its business.
const UNTOUCHED: [&str; 5] = [
    "pairing_code",
    "link",
    "refused_content",
    "reprint",
    "stream",
];

#[tokio::test]
async fn every_row_is_there_and_no_other() {
    let (_folder, before, after) = both().await;
    for (old, new) in SAME {
        let old = rows(&before, old);
        assert!(!old.is_empty(), "{new}");
        assert_eq!(rows(&after, new), old, "{new}");
    }
    for table in EMPTY {
        assert_eq!(
            rows(&after, &format!("SELECT * FROM {table}")),
            Vec::<String>::new(),
            "{table}"
        );
    }
    for table in UNTOUCHED {
        // Later migrations may add columns.
        let names = format!("SELECT group_concat(name, ', ') FROM pragma_table_info('{table}')");
        let columns = rows(&before, &names).concat();
        let all = format!("SELECT {columns} FROM {table}");
        let old = rows(&before, &all);
        assert!(!old.is_empty(), "{table}");
        assert_eq!(rows(&after, &all), old, "{table}");
    }
}

#[tokio::test]
async fn the_tables_are_those_of_a_new_box_and_whole() {
    let (folder, _, after) = both().await;
    let new = tempfile::tempdir().unwrap();
    migrate(new.path()).await;
    assert_eq!(schema(&after), schema(&open(&file(new.path()))));
    let left = "SELECT name FROM sqlite_schema WHERE name LIKE 'old%'";
    assert_eq!(rows(&after, left), Vec::<String>::new());
    assert_eq!(
        rows(&after, "PRAGMA foreign_key_check"),
        Vec::<String>::new()
    );
    assert_eq!(rows(&after, "PRAGMA integrity_check"), ["ok"]);
    drop(after);
    let once = dump(&file(folder.path()));
    migrate(folder.path()).await;
    assert_eq!(
        dump(&file(folder.path())),
        once,
        "the next start changes nothing"
    );
}

/// Each payment: its state, what was taken and given back, whether the terminal has said so, and whether something is still to be done.
const PAYMENTS: [&str; 22] = [
    "approved captured 2200 0 1 0",
    "cancelled cancelled 0 0 1 0",
    "counted captured 3300 0 1 0",
    "declined-after-all declined 0 0 1 0",
    "declined-first declined 0 0 1 0",
    "first-half captured 1000 0 1 0",
    "given-back-after-all returned 1100 1100 1 0",
    "given-back-by-hand returned 1100 1100 0 1",
    "given-back-card returned 1100 1100 1 0",
    "given-back-cash returned 1100 1100 1 0",
    "given-back-of-slip returned 1100 1100 1 0",
    "half captured 500 0 1 0",
    "not-taken-says-person cancelled 0 0 0 1",
    "not-taken-says-terminal cancelled 0 0 1 0",
    "owed-says-person returning 1100 0 0 1",
    "owed-since-the-end returning 1100 0 1 1",
    "pending intended 0 0 0 1",
    "refunding returning 1100 0 1 1",
    "second-half captured 1200 0 1 0",
    "stopping stopping 0 0 0 1",
    "taken-says-person captured 1100 0 0 1",
    "unknown case 0 0 0 1",
];

#[tokio::test]
async fn a_payment_stands_where_it_stood() {
    let (_folder, _, after) = both().await;
    let sql =
        "SELECT id, state, captured_minor, returned_minor, heard, open FROM payment ORDER BY id";
    assert_eq!(rows(&after, sql), PAYMENTS);
    for payment in PAYMENTS {
        let cells: Vec<&str> = payment.split(' ').collect();
        let number = |place: usize| cells[place].parse::<i64>().unwrap();
        let taken = Taken {
            captured_minor: number(2),
            returned_minor: number(3),
            heard: number(4) == 1,
        };
        let state = Payment::from_stored(cells[1], taken).unwrap();
        assert_eq!(state.stored(), (cells[1], taken), "{payment}");
        assert_eq!(state.is_unfinished(), number(5) == 1, "{payment}");
    }
}

fn documents(database: &Connection, sql: &str) -> Vec<Value> {
    let parsed = rows(database, sql).into_iter();
    parsed
        .map(|text| serde_json::from_str(&text).unwrap())
        .collect()
}

/// The words of a ticket; `null` is left out.
fn words(of: &Value, seat: (&str, &str), kind: &str) -> Value {
    let names = match kind {
        "adult" => json!({"en": "Adult", "de": "Erwachsene", "es": "Adulto", "fr": "Adulte"}),
        "child" => json!({"en": "Child", "de": "Kind", "es": "Infantil", "fr": "Enfant"}),
        other => panic!("nobody was a {other}"),
    };
    let mut words = json!({
        "cinema": "Lichtspiele am Hafen", "time_zone": "Europe/Berlin", "tax_basis_points": 700,
        "row": seat.0, "number": seat.1, "kind_names": names,
    });
    words
        .as_object_mut()
        .unwrap()
        .extend(of.as_object().unwrap().clone());
    words
}

#[tokio::test]
async fn a_ticket_says_what_it_was_sold_as() {
    let (_folder, _, after) = both().await;
    let past = json!({"film": "Gravity", "rating": "FSK 12", "language": "en", "subtitles": "de", "format": "2D", "auditorium": "Saal 6 Oberdeck"});
    let later = json!({"film": "Pans Labyrinth", "language": "es", "subtitles": "de", "format": "2D", "auditorium": "Saal 4 Atelier"});
    let tomorrow = json!({"film": "Gravity", "rating": "FSK 12", "language": "de", "format": "3D", "auditorium": "Saal 1 Großes Haus"});
    let sold = [
        (
            PAST,
            past,
            vec![
                ("C", "1", "adult"),
                ("C", "2", "child"),
                ("C", "3", "adult"),
                ("D", "1", "adult"),
            ],
        ),
        // Numbered from the right.
        (LATER, later, vec![("D", "2", "child"), ("D", "1", "adult")]),
        (
            TOMORROW,
            tomorrow,
            vec![("M", "5", "adult"), ("M", "6", "adult")],
        ),
    ];
    for (showtime, of, seats) in sold {
        let wanted: Vec<Value> = seats
            .into_iter()
            .map(|(row, number, kind)| words(&of, (row, number), kind))
            .collect();
        let sql = format!(
            "SELECT t.facts FROM ticket t JOIN showtime s ON s.key = t.showtime WHERE s.id = '{showtime}' ORDER BY place"
        );
        assert_eq!(documents(&after, &sql), wanted, "{showtime}");
    }
    let seller = |language: &str| {
        let address = ["Speicherkai 7", "20457 Hamburg"];
        json!({"seller": "Lichtspiele am Hafen", "address": address, "tax_number": "27/000/00000", "guest_language": language})
    };
    let wanted: Vec<Value> = ["en", "es", "en", "de"].map(seller).into();
    assert_eq!(
        documents(&after, "SELECT facts FROM sale ORDER BY number"),
        wanted
    );
}

#[tokio::test]
async fn a_paper_says_its_sale_and_its_payments() {
    let (_folder, _, after) = both().await;
    let card = json!({"card": {"last_four": "4242", "authorisation": "A1B2C3"}});
    let paid = [
        ("1-000001", 3, json!([{}])),
        ("1-000003", 2, json!([{}, card])),
        ("1-000004", 2, json!([card])),
    ];
    let mut papers = documents(&after, "SELECT paper FROM print_job ORDER BY id").into_iter();
    for (receipt, of, paid) in paid {
        for nth in 1..=of {
            let paper = papers.next().unwrap();
            let number = receipt.rsplit('0').next().unwrap().parse().unwrap();
            let id = ticket(number, nth - 1).to_string();
            assert_eq!(
                (&paper["receipt"], &paper["nth"], &paper["of"]),
                (&json!(receipt), &json!(nth), &json!(of))
            );
            assert_eq!((&paper["ticket"], &paper["paid"]), (&json!(id), &paid));
            let facts = documents(
                &after,
                &format!("SELECT facts FROM ticket WHERE id = '{id}'"),
            );
            assert_eq!(paper["sold_as"], facts[0]);
        }
    }
    assert_eq!(papers.next(), None);
}
