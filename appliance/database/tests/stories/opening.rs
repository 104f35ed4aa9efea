//! Opening, closing, and who may have the file.

use std::sync::{Arc, Barrier};
use std::thread;

use database::{Database, Error, Migration, OpenError, Options, Place, Scope, params};
use tokio::task::JoinSet;

use crate::{MIGRATIONS, POSTGRES_MIGRATIONS, World, add, open_when_free, titles};

#[tokio::test]
async fn two_processes_never_have_the_same_file() {
    let world = World::new();
    world.add("Ran").await.unwrap();
    let second = Database::open(&world.path(), MIGRATIONS, Options::default());
    assert!(matches!(second, Err(OpenError::InUse(_))), "{second:?}");
    world.database.close().await;
    assert_eq!(world.add("Ikiru").await, Err(Error::Closed));
    assert_eq!(world.database.check().await, Err(Error::Closed));
    let third = open_when_free(&world.path(), MIGRATIONS, &Options::default()).unwrap();
    assert_eq!(third.read(titles).await.unwrap(), ["Ran"]);
}

#[tokio::test]
async fn a_process_with_a_server_may_have_a_folder_of_its_machine_to_itself() {
    let world = World::on_postgres();
    let folder = tempfile::tempdir().unwrap();
    let locking = Options {
        locked: Some(folder.path().join("test.db")),
        ..Options::default()
    };
    let connect = || {
        let url = world.server().1;
        Database::connect(url, POSTGRES_MIGRATIONS, locking.clone())
    };
    let first = connect().unwrap();
    let second = connect();
    assert!(matches!(second, Err(OpenError::InUse(_))), "{second:?}");
    world.other_process(Options::default()).close().await;
    first.close().await;
    let freed = (0..100_000).any(|_| {
        thread::yield_now();
        connect().is_ok()
    });
    assert!(
        freed,
        "a program that another story starts has it for a moment, and no longer"
    );
}

#[tokio::test]
async fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    world.add("Ran").await.unwrap();
    for file in std::fs::read_dir(world.folder()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.path());
    }
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_alone() {
    let world = World::new();
    world.database.close().await;
    let newer = [
        MIGRATIONS[0],
        Migration {
            name: "more",
            sql: "CREATE TABLE more (x INTEGER) STRICT;",
        },
    ];
    let database = open_when_free(&world.path(), &newer, &Options::default()).unwrap();
    database.close().await;
    let older = open_when_free(&world.path(), MIGRATIONS, &Options::default());
    assert!(matches!(older, Err(OpenError::Migration(_))), "{older:?}");
}

#[tokio::test]
async fn inline_closures_run_on_the_callers_thread() {
    let folder = tempfile::tempdir().unwrap();
    for place in [Place::Memory, Place::File(folder.path().join("test.db"))] {
        let database = Database::inline(&place, MIGRATIONS, Options::default()).unwrap();
        let caller = thread::current().id();
        let (writer, reader) = (
            database
                .write(Scope::Nothing, |tx| {
                    add(tx, "Ran")?;
                    Ok::<_, Error>(thread::current().id())
                })
                .await
                .unwrap(),
            database
                .read(|_| Ok::<_, Error>(thread::current().id()))
                .await
                .unwrap(),
        );
        assert_eq!((writer, reader), (caller, caller));
        let panicked = database
            .write(Scope::Nothing, |tx| {
                add(tx, "Ikiru")?;
                std::panic::panic_any("told by the test");
                #[expect(unreachable_code, reason = "gives the closure its type")]
                Ok::<(), Error>(())
            })
            .await;
        assert_eq!(panicked, Err(Error::Panicked));
        database.check().await.unwrap();
        assert_eq!(database.read(titles).await.unwrap(), ["Ran"]);
        assert!(database.has_room());
        database.close().await;
        assert_eq!(database.check().await, Err(Error::Closed));
    }
    let again = open_when_free(
        &folder.path().join("test.db"),
        MIGRATIONS,
        &Options::default(),
    );
    assert_eq!(again.unwrap().read(titles).await.unwrap(), ["Ran"]);
}

/// The files of this folder that this process has open.
fn open_files(folder: &std::path::Path) -> usize {
    let all = std::fs::read_dir("/proc/self/fd").unwrap();
    let files = all.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    files.filter(|file| file.starts_with(folder)).count()
}

#[tokio::test]
async fn all_files_are_open_before_anybody_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("box.db");
    let database = Database::open(&path, MIGRATIONS, Options::default()).unwrap();
    let before = open_files(folder.path());
    let together = Arc::new(Barrier::new(4));
    let mut reads = JoinSet::new();
    for _ in 0..4 {
        let (database, together) = (database.clone(), Arc::clone(&together));
        reads.spawn(async move {
            let reading = database.read(move |db| {
                let count = db.number("SELECT COUNT(*) FROM film", params![])?;
                together.wait();
                Ok::<_, Error>(count)
            });
            reading.await
        });
    }
    for read in reads.join_all().await {
        assert_eq!(read, Ok(0));
    }
    assert_eq!(open_files(folder.path()), before);
    database.close().await;
}
