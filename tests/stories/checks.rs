//! What a sale writes is checked by the database itself, and without a table in memory for each check, which SQLite makes of a list.

use rusqlite::{Connection, ErrorCode};
use tests::world::{Left, World};

/// A table, what would give its rows a state that there is not, and how a sale writes it.
const WRITTEN: [[&str; 3]; 3] = [
    [
        "seat",
        "UPDATE seat SET state = 'nonsense', holder = 'x' WHERE state <> 'free'",
        "UPDATE seat SET epoch = 0, state = 'held', holder = 'x' WHERE showtime = 1 AND place >= 1 AND place <= 2",
    ],
    [
        "hold",
        "UPDATE hold SET state = 'nonsense'",
        "UPDATE hold SET state = 'settled', ends_ms = 0, payments = 1 WHERE id = 'x' AND state = 'open'",
    ],
    [
        "print_job",
        "UPDATE print_job SET state = 'nonsense'",
        "INSERT INTO print_job (ticket, sale, paper, state) VALUES ('a', 'b', 'c', 'queued'), ('d', 'b', 'c', 'queued')",
    ],
];

#[tokio::test]
async fn a_state_that_there_is_not_is_refused_without_a_table_of_states() {
    let mut world = World::open().await;
    // It is stopped before they are out.
    world.leaves(Left::Papers);
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["D5", "D6"]).await;
    let body = serde_json::json!({ "cash_given_minor": 10_000 });
    let sold = clerk.post(&held.path("/settle"), "once", &body).await;
    assert_eq!(sold.status, 200);
    world.stop().await;
    let stored = Connection::open(world.folder().join("appliance.db")).unwrap();
    for [table, nonsense, written] in WRITTEN {
        let refused = stored.execute(nonsense, []).unwrap_err();
        let code = refused.sqlite_error_code();
        assert_eq!(code, Some(ErrorCode::ConstraintViolation), "{table}");
        let mut steps = stored.prepare(&format!("EXPLAIN {written}")).unwrap();
        let steps = steps
            .query_map([], |row| row.get::<_, String>(1))
            .unwrap()
            .collect::<Result<Vec<_>, _>>()
            .unwrap();
        let tables = steps.iter().filter(|step| *step == "OpenEphemeral");
        assert_eq!(tables.count(), 0, "{table}");
        assert!(steps.len() > 10, "{steps:?}");
    }
}
