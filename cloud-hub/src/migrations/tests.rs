use box_office::CinemaId;
use database::{Database, Error, Options, Scope, Tx, params};
use postgres_server::Server;

use super::*;
use crate::told::{DaySum, day_sum};

#[test]
fn every_table_is_careful() {
    assert_eq!(
        database::problems(MIGRATIONS).unwrap(),
        Vec::<String>::new()
    );
}

#[test]
fn both_engines_have_the_same_tables() {
    let server = Server::shared();
    let differences = database::compare(MIGRATIONS, POSTGRES_MIGRATIONS, &server.database());
    assert_eq!(differences.unwrap(), [""; 0]);
}

#[tokio::test]
async fn what_was_sold_before_is_in_the_sums() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.db");
    let before = MIGRATIONS
        .iter()
        .position(|one| one.name == "sums")
        .unwrap();
    let database = Database::open(&path, &MIGRATIONS[..before], Options::default()).unwrap();
    let filled = database.write(Scope::Nothing, |tx: &mut Tx<'_>| {
        for (sale, day, total) in [("a", "2026-11-23", 1100), ("b", "2026-11-23", 2200)] {
            let row = params!["odeon", sale, day, total];
            tx.execute(
                "INSERT INTO sale (cinema, id, receipt_series, receipt_number, showtime, device, sold_ms, day, currency, \
                 total, tax, tickets) VALUES ($1, $2, 1, 1, 's1', 'till', 0, $3, 'EUR', $4, 0, 2)",
                row,
            )?;
        }
        for (ticket, seat, disputed) in [("1", "A1", 0), ("2", "A2", 0), ("3", "A1", 1)] {
            tx.execute(
                "INSERT INTO ticket (cinema, id, sale, showtime, plan, seat, epoch, edition, kind, price, tax, disputed) \
                 VALUES ('odeon', $1, 'a', 's1', 1, $2, 0, 1, 'adult', 1100, 0, $3)",
                params![ticket, seat, disputed],
            )?;
        }
        Ok::<_, Error>(())
    });
    filled.await.unwrap();
    database.close().await;
    let database = Database::open(&path, MIGRATIONS, Options::default()).unwrap();
    let read = database.read(|snapshot| {
        let cinema: CinemaId = "odeon".parse().unwrap();
        let seats = snapshot.first(
            "SELECT seats FROM told_seats_sold WHERE showtime = 's1'",
            &[],
            |row| row.get::<i64>(0),
        )?;
        Ok::<_, Error>((day_sum(snapshot, &cinema, "2026-11-23")?, seats))
    });
    let sum = DaySum {
        sales: 2,
        tickets: 4,
        total: 3300,
    };
    assert_eq!(read.await.unwrap(), (sum, Some(2)));
}
