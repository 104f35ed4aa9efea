//! Values go to PostgreSQL in the type that the statement has, and come back as the few that both engines know.

use std::sync::{Arc, Barrier};

use database::{Error, Options, Scope, Value, params};
use tokio::task::JoinSet;

use crate::World;

/// As many writes run at the same time, each on a connection of its own.
const WRITERS: usize = 4;

#[tokio::test]
async fn what_a_column_holds_is_read_as_on_sqlite() {
    let world = World::on_postgres();
    let read = world.database.read(|snapshot| {
        snapshot.first(
            "SELECT 1, CAST(-2 AS SMALLINT), CAST(3000000000 AS BIGINT), 1 = 1, 1 = 2, 'a', CAST('b' AS NAME), \
             CAST('\\x00ff' AS BYTEA), NULL",
            &[],
            |row| {
                Ok((
                    [row.get::<i64>(0)?, row.get(1)?, row.get(2)?],
                    [row.get::<bool>(3)?, row.get(4)?],
                    [row.get::<String>(5)?, row.get(6)?],
                    row.get::<Vec<u8>>(7)?,
                    row.get::<Option<String>>(8)?,
                ))
            },
        )
    });
    let wanted = (
        [1, -2, 3_000_000_000],
        [true, false],
        ["a".to_owned(), "b".to_owned()],
        vec![0, 255],
        None,
    );
    assert_eq!(read.await, Ok(Some(wanted)));
    let sum = world.database.read(|snapshot| {
        let sql = "SELECT SUM(CAST(1 AS BIGINT)) AS sum";
        snapshot.first(sql, &[], |row| row.get::<i64>(0))
    });
    let wanted = "sum: BIGINT, TEXT or BYTEA (a CAST makes one) was expected";
    assert_eq!(sum.await, Err(Error::Column(wanted.to_owned())));
}

#[tokio::test]
async fn what_is_bound_comes_back() {
    let world = World::on_postgres();
    for (kind, value) in [
        ("BIGINT", Value::Integer(i64::MIN)),
        ("INT", Value::Integer(-70_000)),
        ("SMALLINT", Value::Integer(-300)),
        ("BOOLEAN", Value::from(true)),
        ("TEXT", Value::from("Ä 🎬")),
        ("BYTEA", Value::from(&[0, 1, 255])),
        ("BIGINT", Value::Null),
    ] {
        let bound = value.clone();
        let read = world.database.read(move |snapshot| {
            let sql = format!("SELECT CAST($1 AS {kind})");
            snapshot.first(&sql, &[bound], |row| {
                Ok(match row.column(0)? {
                    database::Column::Null => Value::Null,
                    database::Column::Integer(integer) => Value::Integer(integer),
                    database::Column::Text(text) => Value::from(text),
                    database::Column::Bytes(bytes) => Value::from(bytes),
                })
            })
        });
        assert_eq!(read.await, Ok(Some(value)), "{kind}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_before_it_is_sent() {
    let world = World::on_postgres();
    for (kind, value) in [
        ("INT", Value::Integer(3_000_000_000)),
        ("SMALLINT", Value::Integer(40_000)),
        ("BOOLEAN", Value::Integer(2)),
        ("TEXT", Value::Integer(1)),
        ("NUMERIC", Value::Integer(1)),
        ("BYTEA", Value::from("text")),
    ] {
        let read = world.database.read(move |snapshot| {
            let sql = format!("SELECT CAST($1 AS {kind})");
            snapshot.first(&sql, &[value], |_| Ok(()))
        });
        match read.await {
            Err(Error::Engine(error)) => assert!(error.message.contains("CAST($1"), "{error}"),
            other => panic!("{kind}: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_outlives_a_change_of_its_table() {
    let world = World::on_postgres();
    add_on_each_connection(&world).await;
    let other = world.other_process(Options::default());
    let altered = other.write(Scope::Nothing, |tx| {
        tx.execute("ALTER TABLE film ADD COLUMN minutes BIGINT", &[])
    });
    altered.await.unwrap();
    add_on_each_connection(&world).await;
    assert_eq!(world.titles().await.len(), 2 * WRITERS);
}

async fn add_on_each_connection(world: &World) {
    let all_are_here = Arc::new(Barrier::new(WRITERS));
    let mut writes = JoinSet::new();
    for number in 0..WRITERS {
        let database = world.database.clone();
        let all_are_here = Arc::clone(&all_are_here);
        let mut is_first = true;
        writes.spawn(async move {
            let scope = Scope::of("connection", number.to_string());
            let written = database.write(scope, move |tx| {
                if std::mem::take(&mut is_first) {
                    all_are_here.wait();
                }
                let sql = "INSERT INTO film (title) SELECT CAST(COUNT(*) * 10 + $1 AS TEXT) FROM film RETURNING *";
                tx.query(sql, params![number], |row| row.get::<i64>(0))
            });
            written.await
        });
    }
    for written in writes.join_all().await {
        assert_eq!(written.unwrap().len(), 1);
    }
}
