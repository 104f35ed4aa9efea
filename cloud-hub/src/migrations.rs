//! The database's history: append only. A test keeps the hashes of what has been released.

use database::Migration;

/// Every migration, oldest first.
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
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_careful() {
        assert_eq!(
            database::problems(MIGRATIONS).unwrap(),
            Vec::<String>::new()
        );
    }
}
