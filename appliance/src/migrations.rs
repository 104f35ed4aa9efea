//! The database's history: append only. A test keeps the hashes of what has been released.

use database::Migration;

/// Every migration, oldest first.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "devices",
        sql: include_str!("../migrations/0001_devices.sql"),
    },
    Migration {
        name: "programme",
        sql: include_str!("../migrations/0002_programme.sql"),
    },
    Migration {
        name: "selling",
        sql: include_str!("../migrations/0003_selling.sql"),
    },
    Migration {
        name: "printing",
        sql: include_str!("../migrations/0004_printing.sql"),
    },
];
