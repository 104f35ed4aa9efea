//! Writes that wait together share a commit and nothing else.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, mpsc};

use database::{Error, Options, params};
use tokio::task::JoinSet;

use crate::{World, add, films};

#[tokio::test]
async fn writes_that_wait_together_share_one_commit() {
    for world in World::on_both() {
        let mut tasks = JoinSet::new();
        let gate = world.hold_the_writer(&mut tasks).await;
        for number in 0..20 {
            let database = world.database.clone();
            tasks.spawn(async move {
                database
                    .write(films(), move |tx| add(tx, &format!("{number:02}")))
                    .await
            });
        }
        world.until_waiting(20).await;
        drop(gate);
        assert!(tasks.join_all().await.iter().all(Result::is_ok));
        let statistics = world.database.statistics();
        assert_eq!((statistics.commits, statistics.committed), (2, 21));
        assert_eq!(
            statistics.group_sizes,
            [1, 0, 0, 0, 1, 0, 0, 0],
            "one alone, and one of 16 to 31"
        );
        assert_eq!(statistics.queue_length, 0);
        assert_eq!(world.titles().await.len(), 20);
    }
}

#[derive(Debug, PartialEq)]
enum Refusal {
    SoldOut,
    Database(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

#[tokio::test]
async fn a_write_that_refuses_or_panics_leaves_nothing_and_harms_nobody() {
    for world in World::on_both() {
        let mut held = JoinSet::new();
        let mut tasks = JoinSet::new();
        let gate = world.hold_the_writer(&mut held).await;
        for number in 0..9 {
            let database = world.database.clone();
            tasks.spawn(async move {
                let answer = database
                    .write(films(), move |tx| {
                        add(tx, &format!("{number}"))?;
                        match number % 3 {
                            0 => Ok(number),
                            1 => Err(Refusal::SoldOut),
                            _ => std::panic::panic_any("told by the test"),
                        }
                    })
                    .await;
                (number, answer)
            });
        }
        world.until_waiting(9).await;
        drop(gate);
        for (number, answer) in tasks.join_all().await {
            let wanted = match number % 3 {
                0 => Ok(number),
                1 => Err(Refusal::SoldOut),
                _ => Err(Refusal::Database(Error::Panicked)),
            };
            assert_eq!(answer, wanted);
        }
        assert_eq!(world.titles().await, ["0", "3", "6"]);
        let statistics = world.database.statistics();
        assert_eq!(
            (statistics.commits, statistics.committed, statistics.undone),
            (2, 4, 6)
        );
    }
}

#[tokio::test]
async fn what_breaks_in_an_attempt_is_undone_alone_and_the_rest_is_kept() {
    for world in World::on_both() {
        let (sender, told) = mpsc::channel();
        let writing = world.database.write(films(), move |tx| {
            let mut broken = Vec::new();
            add(tx, "first")?;
            for (title, also) in [("second", "first"), ("third", "fourth"), ("fifth", "")] {
                let sender = sender.clone();
                let added = tx.attempt(|tx| {
                    add(tx, title)?;
                    tx.after_commit(move || assert!(sender.send(title).is_ok()));
                    match also {
                        "" => Err(Error::Conflict),
                        also => add(tx, also),
                    }
                });
                broken.extend(added.is_err().then_some(title));
            }
            Ok::<_, Error>(broken)
        });
        assert_eq!(writing.await.unwrap(), ["second", "fifth"]);
        assert_eq!(world.titles().await, ["first", "fourth", "third"]);
        assert_eq!(told.iter().collect::<Vec<_>>(), ["third"]);
    }
}

#[tokio::test]
async fn who_refuses_before_anything_is_changed_costs_nobody_another_run() {
    for world in World::on_both() {
        let mut held = JoinSet::new();
        let mut tasks = JoinSet::new();
        let gate = world.hold_the_writer(&mut held).await;
        let runs = Arc::new(AtomicU32::new(0));
        for number in 0..8 {
            let (database, runs) = (world.database.clone(), Arc::clone(&runs));
            tasks.spawn(async move {
                let write = database.write(films(), move |tx| {
                    runs.fetch_add(1, SeqCst);
                    let title = number.to_string();
                    if tx.has(
                        "SELECT 1 FROM film WHERE title = $1",
                        params![title.as_str()],
                    )? || number % 2 == 0
                    {
                        return Err(Refusal::SoldOut);
                    }
                    add(tx, &title)?;
                    Ok(())
                });
                (number, write.await)
            });
        }
        world.until_waiting(8).await;
        drop(gate);
        for (number, answer) in tasks.join_all().await {
            assert_eq!(answer.is_ok(), number % 2 == 1, "write {number}");
        }
        assert_eq!(world.titles().await, ["1", "3", "5", "7"]);
        assert_eq!(runs.load(SeqCst), 8, "each ran once");
    }
}

#[tokio::test]
async fn a_question_that_the_engine_refuses_harms_nobody_in_its_group() {
    for world in World::on_both() {
        let mut held = JoinSet::new();
        let mut tasks = JoinSet::new();
        let gate = world.hold_the_writer(&mut held).await;
        for number in 0..8 {
            let database = world.database.clone();
            tasks.spawn(async move {
                let write = database.write(films(), move |tx| {
                    // The last: PostgreSQL then undoes the whole transaction, and says of its commit that it went well.
                    if number == 7 {
                        tx.has("SELECT no_such_column FROM film", &[])?;
                    }
                    add(tx, &number.to_string())
                });
                (number, write.await)
            });
        }
        world.until_waiting(8).await;
        drop(gate);
        for (number, answer) in tasks.join_all().await {
            match number {
                7 => assert!(matches!(answer, Err(Error::Engine(_)))),
                _ => assert_eq!(answer, Ok(()), "write {number}"),
            }
        }
        assert_eq!(world.titles().await, ["0", "1", "2", "3", "4", "5", "6"]);
    }
}

#[tokio::test]
async fn what_was_changed_by_a_statement_that_answers_with_rows_is_undone_too() {
    for world in World::on_both() {
        let mut held = JoinSet::new();
        let mut tasks = JoinSet::new();
        let gate = world.hold_the_writer(&mut held).await;
        for number in 0..8 {
            let database = world.database.clone();
            tasks.spawn(async move {
                let write = database.write(films(), move |tx| {
                    let rows = [[number.to_string().into()]];
                    let or = "ON CONFLICT DO NOTHING RETURNING title";
                    tx.insert_new("INSERT INTO film (title) VALUES", rows, or)?;
                    match number % 2 {
                        0 => Err(Refusal::SoldOut),
                        _ => Ok(()),
                    }
                });
                (number, write.await)
            });
        }
        world.until_waiting(8).await;
        drop(gate);
        for (number, answer) in tasks.join_all().await {
            assert_eq!(answer.is_ok(), number % 2 == 1, "write {number}");
        }
        assert_eq!(world.titles().await, ["1", "3", "5", "7"]);
    }
}

#[tokio::test]
async fn a_statement_that_failed_fails_its_write_whatever_the_closure_makes_of_it() {
    for world in World::on_both() {
        world.add("Ran").await.unwrap();
        let answer = world
            .database
            .write(films(), |tx| {
                add(tx, "Ikiru")?;
                let _ = add(tx, "Ran");
                Ok::<_, Error>(())
            })
            .await;
        assert_eq!(answer, Err(Error::Conflict));
        assert_eq!(world.titles().await, ["Ran"]);
    }
}

#[tokio::test]
async fn faults_of_ours_are_counted_by_their_kind_and_what_passes_is_not() {
    for world in World::on_both() {
        world.add("Ran").await.unwrap();
        assert_eq!(world.add("Ran").await, Err(Error::Conflict));
        let database = &world.database;
        let read = |sql: &'static str| {
            database.read(move |it| it.first(sql, &[], |row| row.parse::<u8>(0)))
        };
        assert_eq!(read("SELECT '12'").await, Ok(Some(12)));
        assert!(matches!(read("SELECT 'x'").await, Err(Error::Column(_))));
        let unknown = read("SELECT year FROM film").await;
        assert!(matches!(unknown, Err(Error::Engine(_))));
        let panicked = database.write(films(), |_| -> Result<(), Error> { panic!("as told") });
        assert_eq!(panicked.await, Err(Error::Panicked));
        assert_eq!(
            database.statistics().faults,
            [
                ("conflict", 1),
                ("column", 1),
                ("statement", 1),
                ("panic", 1)
            ]
        );
    }
}

#[tokio::test]
async fn a_group_that_the_engine_gives_up_runs_again_one_by_one() {
    let world = World::with(Options {
        most_pages: Some(60),
        ..Options::default()
    });
    let mut held = JoinSet::new();
    let mut tasks = JoinSet::new();
    let gate = world.hold_the_writer(&mut held).await;
    let runs = Arc::new(AtomicU32::new(0));
    for number in 0..8 {
        let (database, runs) = (world.database.clone(), Arc::clone(&runs));
        // The fifth wants more than the disk has.
        let poster = vec![0_u8; if number == 4 { 1_000_000 } else { 10 }];
        tasks.spawn(async move {
            let answer = database
                .write(films(), move |tx| {
                    runs.fetch_add(1, SeqCst);
                    tx.execute(
                        "INSERT INTO film (title, poster) VALUES ($1, $2)",
                        params![number.to_string(), poster.as_slice()],
                    )
                })
                .await;
            (number, answer)
        });
    }
    world.until_waiting(8).await;
    drop(gate);
    for (number, answer) in tasks.join_all().await {
        let wanted = if number == 4 { Err(Error::Full) } else { Ok(1) };
        assert_eq!(answer, wanted, "write {number}");
    }
    assert_eq!(world.titles().await, ["0", "1", "2", "3", "5", "6", "7"]);
    let statistics = world.database.statistics();
    assert_eq!(statistics.groups_lost, 1);
    assert_eq!(
        runs.load(SeqCst),
        5 + 8,
        "those up to the fifth ran once together, and each ran once alone"
    );
}

#[tokio::test]
async fn a_failed_commit_answers_the_whole_group_alike() {
    let world = World::new();
    let mut held = JoinSet::new();
    let mut tasks = JoinSet::new();
    let gate = world.hold_the_writer(&mut held).await;
    for number in 0..4 {
        let database = world.database.clone();
        tasks.spawn(async move {
            database
                .write(films(), move |tx| {
                    if number == 2 {
                        // The deferred key is looked at by the commit.
                        tx.execute("INSERT INTO review (film) VALUES ($1)", params![99])?;
                    }
                    add(tx, &number.to_string())
                })
                .await
        });
    }
    world.until_waiting(4).await;
    drop(gate);
    assert_eq!(tasks.join_all().await, vec![Err(Error::OutcomeUnknown); 4]);
    assert_eq!(world.titles().await, [""; 0]);
    world.add("Ran").await.unwrap();
    assert_eq!(world.titles().await, ["Ran"]);
}

#[tokio::test]
async fn who_comes_when_the_queue_is_full_is_told_at_once() {
    for world in World::on_both() {
        let mut tasks = JoinSet::new();
        let gate = world.hold_the_writer(&mut tasks).await;
        let mut number = 0;
        let refused = loop {
            let mut write = Box::pin(world.add("late"));
            // One look at the future is what queues its write.
            let looked = std::future::poll_fn(|context| {
                std::task::Poll::Ready(write.as_mut().poll(context))
            })
            .await;
            number += 1;
            if let std::task::Poll::Ready(answer) = looked {
                break answer;
            }
            assert!(number < 100_000, "the queue has no end");
        };
        assert_eq!(refused, Err(Error::Busy));
        assert_eq!(world.database.statistics().refused_busy, 1);
        drop(gate);
        assert_eq!(tasks.join_all().await, [Ok(())]);
        world.until_written().await;
        assert_eq!(world.titles().await, ["late"], "the first of them counts");
    }
}

#[tokio::test]
async fn dropping_the_future_does_not_cancel_the_write() {
    for world in World::on_both() {
        let mut tasks = JoinSet::new();
        let gate = world.hold_the_writer(&mut tasks).await;
        let mut write = Box::pin(world.add("Ran"));
        let looked =
            std::future::poll_fn(|context| std::task::Poll::Ready(write.as_mut().poll(context)))
                .await;
        assert!(looked.is_pending());
        drop(write);
        drop(gate);
        world.until_written().await;
        assert_eq!(world.titles().await, ["Ran"]);
    }
}

#[tokio::test]
async fn what_a_lost_group_would_have_told_is_not_told() {
    let world = World::with(Options {
        most_pages: Some(60),
        ..Options::default()
    });
    let mut tasks = JoinSet::new();
    let gate = world.hold_the_writer(&mut tasks).await;
    let told = Arc::new(AtomicU32::new(0));
    let (database, counter) = (world.database.clone(), Arc::clone(&told));
    let mut runs = 0;
    tasks.spawn(async move {
        database
            .write(films(), move |tx| {
                let counter = Arc::clone(&counter);
                tx.after_commit(move || {
                    counter.fetch_add(1, SeqCst);
                });
                runs += 1;
                if runs == 1 { Ok(()) } else { Err(Error::Busy) }
            })
            .await
    });
    world.until_waiting(1).await;
    let database = world.database.clone();
    tasks.spawn(async move {
        database
            .write(films(), |tx| {
                let poster = vec![0_u8; 1_000_000];
                let sql = "INSERT INTO film (title, poster) VALUES ('Ran', $1)";
                tx.execute(sql, params![poster])?;
                Ok(())
            })
            .await
    });
    world.until_waiting(2).await;
    drop(gate);
    let mut answers = tasks.join_all().await;
    answers.sort_by_key(|answer| format!("{answer:?}"));
    assert_eq!(answers, [Err(Error::Busy), Err(Error::Full), Ok(())]);
    assert_eq!(told.load(SeqCst), 0);
}
