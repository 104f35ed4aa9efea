//! The database's history: append only. A test keeps the hashes of what has been released.

use database::Migration;

/// Every migration, oldest first.
pub const MIGRATIONS: &[Migration] = &[
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
    mailbox::MIGRATION,
    Migration {
        name: "link",
        sql: include_str!("../migrations/0005_link.sql"),
    },
    mailbox::WAITING_MIGRATION,
    Migration {
        name: "payment cases",
        sql: include_str!("../migrations/0006_payment_cases.sql"),
    },
    Migration {
        name: "reprints",
        sql: include_str!("../migrations/0007_reprints.sql"),
    },
    Migration {
        name: "counter",
        sql: concat!(
            include_str!("../migrations/0008_counter_before.sql"),
            include_str!("../counter/migrations/tables.sql"),
            include_str!("../migrations/0008_counter_after.sql"),
        ),
    },
    mailbox::KINDS_MIGRATION,
    counter::PAYMENTS_MIGRATION,
    counter::CHECKS_MIGRATION,
    Migration {
        name: "checks without lists",
        sql: include_str!("../migrations/0009_checks.sql"),
    },
    Migration {
        name: "papers set aside",
        sql: include_str!("../migrations/0010_set_aside.sql"),
    },
    Migration {
        name: "revoked devices",
        sql: include_str!("../migrations/0011_revoked_devices.sql"),
    },
    database::MARK_MIGRATION,
    mailbox::CHECKED_MIGRATION,
    Migration {
        name: "what is proven",
        sql: include_str!("../migrations/0012_proof.sql"),
    },
    Migration {
        name: "identity",
        sql: concat!(
            include_str!("../service/migrations/identity.sql"),
            include_str!("../migrations/0013_in_use.sql"),
        ),
    },
    counter::HANDED_OVER_MIGRATION,
    Migration {
        name: "staff calls",
        sql: include_str!("../migrations/0014_staff_calls.sql"),
    },
    counter::PAPERLESS_MIGRATION,
    counter::RUNNING_MIGRATION,
    counter::KEPT_GRANTS_MIGRATION,
    Migration {
        name: "the hub's keys for tickets",
        sql: include_str!("../migrations/0015_hub_ticket_keys.sql"),
    },
    counter::STEPS_MIGRATION,
    counter::ONLINE_SALES_MIGRATION,
    counter::DOOR_MIGRATION,
    Migration {
        name: "devices at the door",
        sql: include_str!("../migrations/0016_door_devices.sql"),
    },
    counter::FETCHED_MIGRATION,
    counter::REFUNDS_MIGRATION,
    Migration {
        name: "the hub refuses this box",
        sql: include_str!("../migrations/0017_hub_refuses.sql"),
    },
    counter::SUCCESSION_MIGRATION,
    counter::CUSTODY_MOVES_MIGRATION,
    Migration {
        name: "what is told of the printer",
        sql: include_str!("../migrations/0018_printer_told.sql"),
    },
    counter::RETURNED_PAYMENTS_MIGRATION,
    Migration {
        name: "the hub has revoked this box",
        sql: include_str!("../migrations/0019_revoked.sql"),
    },
    counter::SCANNED_MIGRATION,
    counter::CHARGE_LIST_MIGRATION,
    counter::TOLD_AGAIN_MIGRATION,
    counter::AT_RISK_MIGRATION,
    mailbox::PRUNED_MIGRATION,
    counter::MOVED_MIGRATION,
    Migration {
        name: "what the hub understands",
        sql: include_str!("../migrations/0020_hub_understands.sql"),
    },
    Migration {
        name: "lists of keys",
        sql: include_str!("../migrations/0021_key_lists.sql"),
    },
    counter::DOUBTED_MIGRATION,
    counter::DOUBTED_HOLDS_MIGRATION,
    counter::KEPT_OF_REFUNDS_MIGRATION,
    counter::REFUNDS_GIVEN_MIGRATION,
    counter::FORMER_DIGITS_MIGRATION,
    counter::REFUND_CASES_MIGRATION,
];

#[cfg(test)]
mod tests;
