#![doc = include_str!("../README.md")]

mod asking;
mod buyer;
mod counter;
mod fault;
mod ports;
mod reference;
pub mod routes;
pub mod sold;

pub mod language;

pub mod allotment;
pub mod bookings;
pub mod cases;
pub mod catalogue;
pub mod checkout;
pub mod custody;
mod extract;
mod following;
pub mod history;
mod holds;
mod in_hand;
mod live;
mod opening;
mod outbox;
pub mod programme;
pub mod pruning;
mod refunding;
pub mod refunds;
mod repeats;
mod running_time;
mod seats;
mod set_aside;
mod standing;
mod ticket_seed;
pub mod tickets;
mod watching;

pub mod openapi;

pub use buyer::{Buyer, BuyerId, BuyerKind, Crowd, Limits};
pub use counter::{At, Counter, Selling, scope};
pub use fault::Fault;
pub use holds::{Demand, SeatsLeft, demand, told_terms};
pub use opening::{Who, close, open, unfit};
pub use ports::{
    Again, Answer, Bounds, Charge, Details, Given, Listed, Listing, NoAnswer, OnlineSales, Ordered,
    PartGiven, PartNow, Patience, Pays, Ports, RefundMoved, Stopped, Unreadable,
};
pub use reference::{NoReference, Reference};
pub use repeats::{KeyReused, Repeat};
pub use set_aside::SetAside;
pub use sold::Sold;
pub use ticket_seed::TicketSeed;

/// What a hold knows of its payments; it comes after its tables.
pub const PAYMENTS_MIGRATION: database::Migration = database::Migration {
    name: "counter: payments of a hold",
    sql: include_str!("../migrations/payments.sql"),
};

/// The same rules in words that SQLite checks faster; it comes after [`PAYMENTS_MIGRATION`].
pub const CHECKS_MIGRATION: database::Migration = database::Migration {
    name: "counter: checks without lists",
    sql: include_str!("../migrations/checks.sql"),
};

/// Which sales their guests have; it comes after the tables.
pub const HANDED_OVER_MIGRATION: database::Migration = database::Migration {
    name: "counter: what is handed over",
    sql: include_str!("../migrations/handed_over.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_HANDED_OVER_MIGRATION: database::Migration = database::Migration {
    name: "counter: what is handed over",
    sql: include_str!("../migrations/postgres_handed_over.sql"),
};

/// Which guests go without paper; it comes after [`HANDED_OVER_MIGRATION`].
pub const PAPERLESS_MIGRATION: database::Migration = database::Migration {
    name: "counter: without paper",
    sql: include_str!("../migrations/paperless.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_PAPERLESS_MIGRATION: database::Migration = database::Migration {
    name: "counter: without paper",
    sql: include_str!("../migrations/postgres_paperless.sql"),
};

/// When holds began and sales were made, by the running time; it comes after the tables.
pub const RUNNING_MIGRATION: database::Migration = database::Migration {
    name: "counter: by the running time",
    sql: include_str!("../migrations/running.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_RUNNING_MIGRATION: database::Migration = database::Migration {
    name: "counter: by the running time",
    sql: include_str!("../migrations/postgres_running.sql"),
};

/// Custody that waits for what it names; it comes after [`RUNNING_MIGRATION`].
pub const KEPT_GRANTS_MIGRATION: database::Migration = database::Migration {
    name: "counter: kept grants",
    sql: include_str!("../migrations/kept_grants.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_KEPT_GRANTS_MIGRATION: database::Migration = database::Migration {
    name: "counter: kept grants",
    sql: include_str!("../migrations/postgres_kept_grants.sql"),
};

/// What a bank wants of a guest at home and why it declines, on either engine; it comes after the tables.
pub const STEPS_MIGRATION: database::Migration = database::Migration {
    name: "counter: steps of payments",
    sql: include_str!("../migrations/steps.sql"),
};

/// How the hub sells each cinema's seats; it comes after [`KEPT_GRANTS_MIGRATION`].
pub const ONLINE_SALES_MIGRATION: database::Migration = database::Migration {
    name: "counter: online sales",
    sql: include_str!("../migrations/online_sales.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_ONLINE_SALES_MIGRATION: database::Migration = database::Migration {
    name: "counter: online sales",
    sql: include_str!("../migrations/postgres_online_sales.sql"),
};

/// Tickets that were heard of, and whose guests were let in; it comes after [`KEPT_GRANTS_MIGRATION`].
pub const DOOR_MIGRATION: database::Migration = database::Migration {
    name: "counter: the door",
    sql: include_str!("../migrations/door.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_DOOR_MIGRATION: database::Migration = database::Migration {
    name: "counter: the door",
    sql: include_str!("../migrations/postgres_door.sql"),
};

/// Which seats came by an ask, on either engine; it comes after the tables.
pub const FETCHED_MIGRATION: database::Migration = database::Migration {
    name: "counter: seats that go home",
    sql: include_str!("../migrations/fetched.sql"),
};

/// Sold tickets on their way back; it comes after [`FETCHED_MIGRATION`].
pub const REFUNDS_MIGRATION: database::Migration = database::Migration {
    name: "counter: refunds",
    sql: include_str!("../migrations/refunds.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_REFUNDS_MIGRATION: database::Migration = database::Migration {
    name: "counter: refunds",
    sql: include_str!("../migrations/postgres_refunds.sql"),
};

/// What a box knows of those whose place it has taken; it comes after [`DOOR_MIGRATION`].
pub const SUCCESSION_MIGRATION: database::Migration = database::Migration {
    name: "counter: succession",
    sql: include_str!("../migrations/succession.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_SUCCESSION_MIGRATION: database::Migration = database::Migration {
    name: "counter: succession",
    sql: include_str!("../migrations/postgres_succession.sql"),
};

/// When custody of each seat passed; it comes after the tables.
pub const CUSTODY_MOVES_MIGRATION: database::Migration = database::Migration {
    name: "counter: when custody passed",
    sql: include_str!("../migrations/custody_moves.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_CUSTODY_MOVES_MIGRATION: database::Migration = database::Migration {
    name: "counter: when custody passed",
    sql: include_str!("../migrations/postgres_custody_moves.sql"),
};

/// Finding money that is back; it comes after the tables, on either engine.
pub const RETURNED_PAYMENTS_MIGRATION: database::Migration = database::Migration {
    name: "counter: money that is back",
    sql: include_str!("../migrations/returned_payments.sql"),
};

/// What came by hand-over codes; it comes after [`KEPT_GRANTS_MIGRATION`].
pub const SCANNED_MIGRATION: database::Migration = database::Migration {
    name: "counter: hand-over codes",
    sql: include_str!("../migrations/scanned.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_SCANNED_MIGRATION: database::Migration = database::Migration {
    name: "counter: hand-over codes",
    sql: include_str!("../migrations/postgres_scanned.sql"),
};

/// How far the list of whoever takes the money was compared; it comes after the tables.
pub const CHARGE_LIST_MIGRATION: database::Migration = database::Migration {
    name: "counter: list of charges",
    sql: include_str!("../migrations/charge_list.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_CHARGE_LIST_MIGRATION: database::Migration = database::Migration {
    name: "counter: list of charges",
    sql: include_str!("../migrations/postgres_charge_list.sql"),
};

/// Of which earlier lives a cinema was told again what it had not applied; it comes after the tables.
pub const TOLD_AGAIN_MIGRATION: database::Migration = database::Migration {
    name: "counter: told again",
    sql: include_str!("../migrations/told_again.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_TOLD_AGAIN_MIGRATION: database::Migration = database::Migration {
    name: "counter: told again",
    sql: include_str!("../migrations/postgres_told_again.sql"),
};

/// Which tickets the cinema sold at its own risk; it comes after the tables.
pub const AT_RISK_MIGRATION: database::Migration = database::Migration {
    name: "counter: tickets at risk",
    sql: include_str!("../migrations/at_risk.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_AT_RISK_MIGRATION: database::Migration = database::Migration {
    name: "counter: tickets at risk",
    sql: include_str!("../migrations/postgres_at_risk.sql"),
};

/// In which rooms a showtime was before; it comes after the tables.
pub const MOVED_MIGRATION: database::Migration = database::Migration {
    name: "counter: moved showtimes",
    sql: include_str!("../migrations/moved.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_MOVED_MIGRATION: database::Migration = database::Migration {
    name: "counter: moved showtimes",
    sql: include_str!("../migrations/postgres_moved.sql"),
};

/// The migration for seats that nobody could say anything of; to be listed after [`MOVED_MIGRATION`].
pub const DOUBTED_MIGRATION: database::Migration = database::Migration {
    name: "counter: doubted seats",
    sql: include_str!("../migrations/doubted.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_DOUBTED_MIGRATION: database::Migration = database::Migration {
    name: "counter: doubted seats",
    sql: include_str!("../migrations/postgres_doubted.sql"),
};

/// Which holds are of before what is forgotten; it comes after the tables.
pub const DOUBTED_HOLDS_MIGRATION: database::Migration = database::Migration {
    name: "counter: doubted holds",
    sql: include_str!("../migrations/doubted_holds.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_DOUBTED_HOLDS_MIGRATION: database::Migration = database::Migration {
    name: "counter: doubted holds",
    sql: include_str!("../migrations/postgres_doubted_holds.sql"),
};

/// What is kept of tickets that go back; it comes after the refunds.
pub const KEPT_OF_REFUNDS_MIGRATION: database::Migration = database::Migration {
    name: "counter: kept of refunds",
    sql: include_str!("../migrations/kept_of_refunds.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_KEPT_OF_REFUNDS_MIGRATION: database::Migration = database::Migration {
    name: "counter: kept of refunds",
    sql: include_str!("../migrations/postgres_kept_of_refunds.sql"),
};

/// What went back for tickets, by whom and why so much is kept; it comes after what is kept, and after the cases.
pub const REFUNDS_GIVEN_MIGRATION: database::Migration = database::Migration {
    name: "counter: refunds given",
    sql: include_str!("../migrations/refunds_given.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_REFUNDS_GIVEN_MIGRATION: database::Migration = database::Migration {
    name: "counter: refunds given",
    sql: include_str!("../migrations/postgres_refunds_given.sql"),
};

/// In which currencies amounts were stored with digits that these do not have; see [`unfit`].
pub const FORMER_DIGITS_MIGRATION: database::Migration = database::Migration {
    name: "counter: former digits",
    sql: include_str!("../migrations/former_digits.sql"),
};

/// The same on PostgreSQL.
pub const POSTGRES_FORMER_DIGITS_MIGRATION: database::Migration = database::Migration {
    name: "counter: former digits",
    sql: include_str!("../migrations/postgres_former_digits.sql"),
};

/// What a person is asked about a ticket are cases of their own; it comes after what went back for tickets. The same on both engines.
pub const REFUND_CASES_MIGRATION: database::Migration = database::Migration {
    name: "counter: refund cases",
    sql: include_str!("../migrations/refund_cases.sql"),
};

/// The tables of a counter on PostgreSQL.
pub const POSTGRES_TABLES: &str = include_str!("../migrations/postgres.sql");

/// What [`CHECKS_MIGRATION`] changes besides lists.
pub const POSTGRES_CHECKS_MIGRATION: database::Migration = database::Migration {
    name: "counter: checks without lists",
    sql: include_str!("../migrations/postgres_checks.sql"),
};

/// What [`with_faults`] names, so that whoever uses it need not.
#[doc(hidden)]
pub mod outside {
    pub use database::Error as DatabaseError;
    pub use mailbox::Error as MailboxError;
    pub use service::http::{IntoResponse, Refusal, Response};
}
