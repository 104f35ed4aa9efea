//! A disk that is full, and a disk that fails.

use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use database::{Database, Error, Options, Scope, params};

use crate::{MIGRATIONS, World, open_when_free};

#[tokio::test]
async fn a_full_disk_refuses_what_is_new_and_lets_finish_what_is_open() {
    let world = World::with(Options {
        most_pages: Some(120),
        reserve_bytes: 100_000,
        ..Options::default()
    });
    world.add("Ran").await.unwrap();
    assert!(world.database.has_room());
    let mut films = 1;
    let mut had_room = 0;
    let refused = loop {
        had_room += u32::from(world.database.has_room());
        let answer = add_large(&world.database, films).await;
        match answer {
            Ok(()) => films += 1,
            Err(error) => break error,
        }
        assert!(films < 100, "the disk never gets full");
    };
    assert_eq!(refused, Error::Full);
    assert!(!world.database.has_room());
    assert!(
        had_room < films,
        "the reserve is kept while there is still a little room"
    );
    assert_eq!(world.titles().await.len(), films as usize);
    world
        .database
        .write(Scope::Nothing, |tx| {
            tx.execute("UPDATE film SET title = 'Ikiru' WHERE title = 'Ran'", &[])
        })
        .await
        .unwrap();
    world
        .database
        .write(Scope::Nothing, |tx| {
            tx.execute("DELETE FROM film WHERE poster IS NOT NULL", &[])
        })
        .await
        .unwrap();
    assert_eq!(world.titles().await, ["Ikiru"]);
    add_large(&world.database, 1).await.unwrap();
}

async fn add_large(database: &Database, number: u32) -> Result<(), Error> {
    database
        .write(Scope::Nothing, move |tx| {
            let poster = vec![7_u8; 20_000];
            tx.execute(
                "INSERT INTO film (title, poster) VALUES ($1, $2)",
                params![number.to_string(), poster],
            )?;
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_broken_file_ends_the_writing_and_tells_the_process() {
    let world = World::new();
    let database = world.database.clone();
    for number in 0..40 {
        add_large(&database, number).await.unwrap();
    }
    database.close().await;
    let path = world.path();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    let length = file.metadata().unwrap().len();
    // Everything but the page of the schema.
    let garbage = vec![0xff; usize::try_from(length).unwrap() - 4096];
    file.write_all_at(&garbage, 4096).unwrap();

    let told = Arc::new(AtomicU32::new(0));
    let hook = Arc::clone(&told);
    let database = open_when_free(
        &path,
        MIGRATIONS,
        &Options {
            when_failed: Some(Arc::new(move |error| {
                assert!(error.is_fatal());
                hook.fetch_add(1, SeqCst);
            })),
            ..Options::default()
        },
    )
    .unwrap();
    let failed = database.failed();
    let error = add_large(&database, 41).await.unwrap_err();
    assert!(error.is_fatal(), "{error}");
    assert_eq!(told.load(SeqCst), 1, "told before the answer");
    assert_eq!(failed.await, error);
    assert_eq!(add_large(&database, 42).await, Err(Error::Closed));
    assert_eq!(database.check().await, Err(Error::Closed));
    assert_eq!(told.load(SeqCst), 1, "told once");
}
