//! Reading rows, and binding parameters.

use std::collections::HashSet;

use database::{Error, New, Scope, Value, params};

use crate::World;

#[tokio::test]
async fn parameters_are_bound_by_name() {
    for world in World::on_both() {
        let read = world
            .database
            .read(|snapshot| {
                snapshot.first(
                    "SELECT CAST($2 AS BIGINT), CAST($1 AS TEXT), CAST($3 AS BIGINT), CAST($2 AS BIGINT)",
                    params!["one", 2_u64, None::<i64>],
                    |row| {
                        Ok((
                            row.get::<u32>(0)?,
                            row.get::<String>(1)?,
                            row.get::<Option<i64>>(2)?,
                            row.get::<i64>(3)?,
                        ))
                    },
                )
            })
            .await;
        assert_eq!(read, Ok(Some((2, "one".to_owned(), None, 2))));
        for (sql, given) in [("SELECT $1, $2", 1), ("SELECT $1", 2), ("SELECT $2", 1)] {
            let read = world
                .database
                .read(move |snapshot| {
                    let parameters = vec![database::Value::from(7); given];
                    snapshot.first(sql, &parameters, |row| row.get::<i64>(0))
                })
                .await;
            assert!(matches!(read, Err(Error::Engine(_))), "{sql}: {read:?}");
        }
    }
}

#[tokio::test]
async fn a_column_that_holds_something_else_is_named() {
    for world in World::on_both() {
        let check = |sql: &'static str, wanted: &'static str| {
            let database = world.database.clone();
            async move {
                let read = database
                    .read(move |snapshot| snapshot.first(sql, &[], |row| row.get::<u32>(0)))
                    .await;
                assert_eq!(read, Err(Error::Column(wanted.to_owned())), "{sql}");
            }
        };
        let number = "a whole number that fits u32 was expected";
        check("SELECT -1 AS seats", format!("seats: {number}").leak()).await;
        check("SELECT NULL AS seats", format!("seats: {number}").leak()).await;
        check("SELECT 'x' AS seats", format!("seats: {number}").leak()).await;
        check(
            "SELECT CAST(1.5 AS REAL) AS seats",
            "seats: anything but a float was expected",
        )
        .await;
        let parsed = world
            .database
            .read(|snapshot| {
                snapshot.first("SELECT '12' AS a, 'x' AS b, NULL AS c", &[], |row| {
                    Ok((
                        row.parse::<u8>(0)?,
                        row.parse::<u8>(1),
                        row.parse_if_any::<u8>(2)?,
                        row.get::<u8>(7),
                    ))
                })
            })
            .await
            .unwrap()
            .unwrap();
        assert_eq!((parsed.0, parsed.2), (12, None));
        assert!(matches!(parsed.1, Err(Error::Column(text)) if text.starts_with("b: ")));
        assert!(parsed.3.is_err());
    }
}

#[tokio::test]
async fn a_number_that_no_engine_can_hold_is_refused() {
    for world in World::on_both() {
        let write = world
            .database
            .write(Scope::Nothing, |tx| {
                tx.execute(
                    "INSERT INTO film (id, title) VALUES ($1, 'Ran')",
                    params![u64::MAX],
                )
            })
            .await;
        assert_eq!(write, Err(Error::Conflict));
    }
}

#[tokio::test]
async fn a_read_changes_nothing() {
    for world in World::on_both() {
        let read = world
            .database
            .read(|snapshot| {
                let sql = "INSERT INTO film (title) VALUES ('Ran') RETURNING id";
                snapshot.query(sql, &[], |row| row.get::<i64>(0))
            })
            .await;
        assert!(matches!(read, Err(Error::Engine(_))), "{read:?}");
        let written = world
            .database
            .write(Scope::Nothing, |tx| {
                let sql = "INSERT INTO film (title) VALUES ('Ran') RETURNING id";
                tx.query(sql, &[], |row| row.get::<i64>(0))
            })
            .await;
        assert_eq!(written, Ok(vec![1]));
    }
}

#[tokio::test]
async fn a_read_without_end_is_ended() {
    for world in World::on_both() {
        let endless = if world.is_on_postgres() {
            "SELECT 1 FROM pg_sleep(1000)"
        } else {
            "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        };
        let read = world
            .database
            .read(move |snapshot| snapshot.first(endless, &[], |row| row.get::<i64>(0)))
            .await;
        assert_eq!(read, Err(Error::Busy));
        for _ in 0..8 {
            assert_eq!(world.titles().await, [""; 0]);
        }
    }
}

#[tokio::test]
async fn a_read_that_panics_harms_nobody() {
    for world in World::on_both() {
        for _ in 0..8 {
            let read = world
                .database
                .read(|snapshot| {
                    snapshot.first("SELECT 1", &[], |_| -> Result<(), Error> {
                        std::panic::panic_any("told by the test")
                    })
                })
                .await;
            assert_eq!(read, Err(Error::Panicked));
        }
        world.database.check().await.unwrap();
    }
}

#[tokio::test]
async fn many_rows_are_one_statement() {
    for world in World::on_both() {
        let added = world
            .database
            .write(Scope::Nothing, |tx| {
                let rows = (0..1_000).map(|number| [number.to_string().into()]);
                tx.insert("INSERT INTO film (title) VALUES", rows)
            })
            .await;
        assert_eq!(added, Ok(1_000));
        assert_eq!(world.titles().await.len(), 1_000);
    }
}

/// PostgreSQL holds no zero byte in a text, and what one engine takes the other takes too.
#[tokio::test]
async fn a_zero_byte_in_a_text_is_no_trouble_on_either_engine() {
    for world in World::on_both() {
        world.add("Ran\0!").await.unwrap();
        assert_eq!(world.titles().await, ["Ran\u{fffd}!"]);
    }
}

#[tokio::test]
async fn of_many_rows_those_that_are_new_are_told_in_however_many_statements() {
    for world in World::on_both() {
        world.add("film 7").await.unwrap();
        let titles = || {
            (1..=450)
                .chain([3])
                .map(|nth| [format!("film {nth}").into()])
        };
        let inserted = world.database.write(Scope::Nothing, move |tx| {
            let into = "INSERT INTO film (title) VALUES";
            let or_tell = "ON CONFLICT DO NOTHING RETURNING title";
            let new = tx.insert_new(into, titles(), or_tell)?;
            let again = tx.insert_new(into, titles(), or_tell)?;
            let all = tx.insert_new(into, [[Value::from("new")]], or_tell)?;
            let into = "INSERT INTO film (title, poster) VALUES";
            let or = "ON CONFLICT (title) DO UPDATE SET poster = excluded.poster";
            let poster = |nth: u8| [format!("film {nth}").into(), [nth].as_slice().into()];
            let changed = tx.insert_or(into, (1..=210).map(poster), or)?;
            Ok::<_, Error>((new, again, changed, all))
        });
        let (mut new, again, changed, all) = inserted.await.unwrap();
        assert_eq!(
            (again, changed, all),
            (New::Only(HashSet::new()), 210, New::All)
        );
        assert!(
            new.take("film 3") && !new.take("film 3"),
            "it stood there twice"
        );
        assert!(!new.take("film 7"), "it was there before");
        assert!((8..=450).all(|nth| new.take(&format!("film {nth}"))));
        assert_eq!(world.titles().await.len(), 451);
        let posters = world
            .database
            .read(|it| it.number("SELECT COUNT(poster) FROM film", &[]));
        assert_eq!(posters.await, Ok(210));
    }
}

#[tokio::test]
async fn rows_of_any_of_many_keys_are_found_once_each() {
    for world in World::on_both() {
        for nth in (0..500).step_by(2) {
            world.add(&format!("film {nth}")).await.unwrap();
        }
        for asked in [0, 1, 3, 200, 201, 460] {
            let keys = (0..asked).map(|nth| format!("film {nth}").into());
            let found = world.database.read(move |snapshot| {
                let find = "SELECT title FROM film WHERE title <> $1 AND title IN";
                snapshot.query_among(find, &["film 0".into()], keys, |row| row.get::<String>(0))
            });
            let mut found = found.await.unwrap();
            found.sort();
            let even = (1..asked).filter(|nth| nth % 2 == 0);
            let mut even: Vec<_> = even.map(|nth| format!("film {nth}")).collect();
            even.sort();
            assert_eq!(found, even, "of {asked}");
        }
    }
}
