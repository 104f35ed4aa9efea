//! The database's history on either engine: append only. A test keeps the hashes of what has been released, and another compares what
//! the two make.

use database::Migration;

/// Every migration on SQLite, oldest first.
pub const MIGRATIONS: &[Migration] = &[
    mailbox::MIGRATION,
    Migration {
        name: "boxes",
        sql: include_str!("../migrations/0001_boxes.sql"),
    },
    Migration {
        name: "replica",
        sql: include_str!("../migrations/0002_replica.sql"),
    },
    mailbox::WAITING_MIGRATION,
    Migration {
        name: "cases",
        sql: include_str!("../migrations/0003_cases.sql"),
    },
    Migration {
        name: "sums",
        sql: include_str!("../migrations/0004_sums.sql"),
    },
    Migration {
        name: "counter",
        sql: concat!(
            include_str!("../migrations/0005_told.sql"),
            include_str!("../../appliance/counter/migrations/tables.sql"),
        ),
    },
    mailbox::KINDS_MIGRATION,
    counter::PAYMENTS_MIGRATION,
    counter::CHECKS_MIGRATION,
];

/// Every migration on PostgreSQL, oldest first. It begins with what SQLite's had come to when the hub first ran there.
pub const POSTGRES_MIGRATIONS: &[Migration] = &[
    mailbox::POSTGRES_MIGRATION,
    Migration {
        name: "hub",
        sql: include_str!("../migrations/postgres/0001_hub.sql"),
    },
    Migration {
        name: "counter",
        sql: counter::POSTGRES_TABLES,
    },
];

#[cfg(test)]
mod tests {
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
}
