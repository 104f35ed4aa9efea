//! The database's history on either engine: append only. A test keeps the hashes of what has been released, and another compares what
//! the two make.

use database::Migration;

/// What cases name, on either engine.
const CASE_FACTS: Migration = Migration {
    name: "what cases name",
    sql: include_str!("../migrations/0010_case_facts.sql"),
};

/// What was sold online by when, on either engine.
const SALES_BY_MOMENT: Migration = Migration {
    name: "online sales by moment",
    sql: include_str!("../migrations/0016_online_sales_by_moment.sql"),
};

const SETTLED_WHY: Migration = Migration {
    name: "why cases are settled",
    sql: include_str!("../migrations/0014_settled_why.sql"),
};

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
    Migration {
        name: "operators",
        sql: include_str!("../migrations/0006_operators.sql"),
    },
    mailbox::CHECKED_MIGRATION,
    Migration {
        name: "identity",
        sql: concat!(
            include_str!("../../appliance/service/migrations/identity.sql"),
            include_str!("../migrations/0007_in_use.sql"),
        ),
    },
    counter::HANDED_OVER_MIGRATION,
    Migration {
        name: "staff calls",
        sql: include_str!("../migrations/0008_staff_calls.sql"),
    },
    counter::PAPERLESS_MIGRATION,
    counter::RUNNING_MIGRATION,
    counter::KEPT_GRANTS_MIGRATION,
    counter::STEPS_MIGRATION,
    counter::ONLINE_SALES_MIGRATION,
    counter::DOOR_MIGRATION,
    counter::FETCHED_MIGRATION,
    counter::REFUNDS_MIGRATION,
    counter::SUCCESSION_MIGRATION,
    Migration {
        name: "former boxes",
        sql: include_str!("../migrations/0009_former_boxes.sql"),
    },
    CASE_FACTS,
    counter::CUSTODY_MOVES_MIGRATION,
    Migration {
        name: "printers",
        sql: include_str!("../migrations/0011_told_printer.sql"),
    },
    database::MARK_MIGRATION,
    counter::RETURNED_PAYMENTS_MIGRATION,
    counter::SCANNED_MIGRATION,
    Migration {
        name: "hand-overs",
        sql: include_str!("../migrations/0012_hand_overs.sql"),
    },
    counter::CHARGE_LIST_MIGRATION,
    counter::TOLD_AGAIN_MIGRATION,
    counter::AT_RISK_MIGRATION,
    mailbox::PRUNED_MIGRATION,
    counter::MOVED_MIGRATION,
    Migration {
        name: "lists of keys",
        sql: include_str!("../migrations/0013_key_lists.sql"),
    },
    counter::DOUBTED_MIGRATION,
    SETTLED_WHY,
    counter::DOUBTED_HOLDS_MIGRATION,
    Migration {
        name: "messages",
        sql: include_str!("../migrations/0015_messages.sql"),
    },
    counter::KEPT_OF_REFUNDS_MIGRATION,
    SALES_BY_MOMENT,
    counter::REFUNDS_GIVEN_MIGRATION,
    counter::FORMER_DIGITS_MIGRATION,
    counter::REFUND_CASES_MIGRATION,
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
    counter::POSTGRES_CHECKS_MIGRATION,
    Migration {
        name: "operators",
        sql: include_str!("../migrations/postgres/0002_operators.sql"),
    },
    mailbox::POSTGRES_CHECKED_MIGRATION,
    Migration {
        name: "identity",
        sql: concat!(
            include_str!("../../appliance/service/migrations/postgres_identity.sql"),
            include_str!("../migrations/0007_in_use.sql"),
        ),
    },
    counter::POSTGRES_HANDED_OVER_MIGRATION,
    Migration {
        name: "staff calls",
        sql: include_str!("../migrations/postgres/0003_staff_calls.sql"),
    },
    counter::POSTGRES_PAPERLESS_MIGRATION,
    counter::POSTGRES_RUNNING_MIGRATION,
    counter::POSTGRES_KEPT_GRANTS_MIGRATION,
    counter::STEPS_MIGRATION,
    counter::POSTGRES_ONLINE_SALES_MIGRATION,
    counter::POSTGRES_DOOR_MIGRATION,
    counter::FETCHED_MIGRATION,
    counter::POSTGRES_REFUNDS_MIGRATION,
    counter::POSTGRES_SUCCESSION_MIGRATION,
    Migration {
        name: "former boxes",
        sql: include_str!("../migrations/postgres/0004_former_boxes.sql"),
    },
    CASE_FACTS,
    counter::POSTGRES_CUSTODY_MOVES_MIGRATION,
    Migration {
        name: "printers",
        sql: include_str!("../migrations/postgres/0005_told_printer.sql"),
    },
    database::POSTGRES_MARK_MIGRATION,
    counter::RETURNED_PAYMENTS_MIGRATION,
    counter::POSTGRES_SCANNED_MIGRATION,
    Migration {
        name: "hand-overs",
        sql: include_str!("../migrations/postgres/0006_hand_overs.sql"),
    },
    counter::POSTGRES_CHARGE_LIST_MIGRATION,
    counter::POSTGRES_TOLD_AGAIN_MIGRATION,
    counter::POSTGRES_AT_RISK_MIGRATION,
    mailbox::POSTGRES_PRUNED_MIGRATION,
    counter::POSTGRES_MOVED_MIGRATION,
    Migration {
        name: "lists of keys",
        sql: include_str!("../migrations/postgres/0007_key_lists.sql"),
    },
    counter::POSTGRES_DOUBTED_MIGRATION,
    SETTLED_WHY,
    counter::POSTGRES_DOUBTED_HOLDS_MIGRATION,
    Migration {
        name: "messages",
        sql: include_str!("../migrations/postgres/0008_messages.sql"),
    },
    counter::POSTGRES_KEPT_OF_REFUNDS_MIGRATION,
    SALES_BY_MOMENT,
    counter::POSTGRES_REFUNDS_GIVEN_MIGRATION,
    counter::POSTGRES_FORMER_DIGITS_MIGRATION,
    counter::REFUND_CASES_MIGRATION,
];

#[cfg(test)]
mod tests;
