//! A database that marks what it has answered knows, whatever was done to its files, when something of it is missing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};

use database::{
    Database, Doubt, Error, MARK_MIGRATION, Mark, Migration, OpenError, Options, Scope, params,
};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::{MIGRATIONS, add, open_when_free, titles};

const MARKED: &[Migration] = &[MIGRATIONS[0], MARK_MIGRATION];

/// Films that are answered one by one before the files are looked at.
const FILMS: u32 = 40;

static RUNS: AtomicU8 = AtomicU8::new(0);

fn options(folder: &Path) -> Options {
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    Options {
        mark: Some(Mark {
            file: folder.join("test.mark"),
            was: None,
            born: [run; 16],
            run: [run; 16],
        }),
        ..Options::default()
    }
}

fn open(folder: &Path) -> Result<Database, OpenError> {
    open_when_free(&folder.join("test.db"), MARKED, &options(folder))
}

async fn answer(database: &Database, title: String) {
    let adding = database.write(Scope::Nothing, move |tx| add(tx, &title));
    adding.await.unwrap();
}

/// The files as a kill leaves them.
fn copied(folder: &Path) -> TempDir {
    copied_without(folder, "")
}

fn copied_without(folder: &Path, name: &str) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        if file.file_name() == name {
            continue;
        }
        fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    let mark = copy.path().join("test.mark");
    if mark.exists() {
        change(mark, |bytes| as_if_it_were_the_same_file(bytes));
    }
    copy
}

/// A mark that says nothing of when it was made.
fn as_if_it_were_the_same_file(mark: &mut [u8]) {
    const SAID: usize = 56;
    for place in [0, 4096] {
        let Some(place) = mark.get_mut(place..place + SAID + 32) else {
            continue;
        };
        place[..8].copy_from_slice(b"FOYMARK1");
        let sum = Sha256::digest(&place[..SAID]);
        place[SAID..].copy_from_slice(&sum);
    }
}

/// A folder with a log that holds all films but the first ten, as a kill leaves it.
async fn killed() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).unwrap();
    for film in 0..10 {
        answer(&first, format!("early {film}")).await;
    }
    first.close().await;
    let second = open(folder.path()).unwrap();
    assert_eq!(second.doubt(), None);
    for film in 10..FILMS {
        answer(&second, format!("late {film}")).await;
    }
    let copy = copied(folder.path());
    second.close().await;
    copy
}

/// What the next start thinks of the folder, and the one after it; and how many films it has.
async fn found(folder: &Path) -> (Option<Doubt>, usize) {
    let database = open(folder).unwrap();
    let (doubt, films) = (database.doubt(), database.read(titles).await.unwrap().len());
    answer(&database, format!("anew {films}")).await;
    database.close().await;
    let again = open(folder).unwrap();
    assert_eq!(
        again.doubt().is_some(),
        doubt.is_some(),
        "a start does not mend it"
    );
    again.close().await;
    (doubt, films)
}

fn change(path: PathBuf, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_folder_that_was_copied_whole_is_in_doubt_until_somebody_takes_it() {
    let whole = killed().await;
    assert_eq!(found(whole.path()).await, (None, FILMS as usize));
    let copy = tempfile::tempdir().unwrap();
    let made = |folder: &TempDir| {
        let mark = folder.path().join("test.mark");
        mark.metadata().unwrap().created().unwrap()
    };
    // Until the file system's clock has gone on.
    while !copy.path().join("test.mark").exists() || made(&copy) == made(&whole) {
        for file in fs::read_dir(whole.path()).unwrap() {
            let file = file.unwrap();
            let to = copy.path().join(file.file_name());
            let _is_there = fs::remove_file(&to).is_ok();
            fs::copy(file.path(), to).unwrap();
        }
    }
    assert_eq!(found(copy.path()).await.0, Some(Doubt::Copied));
    let database = open(copy.path()).unwrap();
    assert_eq!(database.accept().await, Ok(None));
    database.close().await;
    assert_eq!(found(copy.path()).await.0, None);
    let moved = whole.path().join("moved");
    fs::rename(whole.path().join("test.mark"), &moved).unwrap();
    fs::rename(moved, whole.path().join("test.mark")).unwrap();
    assert_eq!(found(whole.path()).await.0, None);
}

#[tokio::test]
async fn a_mark_is_taken_from_where_it_lay_before() {
    let folder = killed().await;
    let elsewhere = folder.path().join("beside.mark");
    let again = |file: PathBuf| {
        let mut options = options(folder.path());
        let was = options.mark.take().unwrap();
        options.mark = Some(Mark {
            was: Some(was.file),
            file,
            ..was
        });
        open_when_free(&folder.path().join("test.db"), MARKED, &options).unwrap()
    };
    for start in 0..2 {
        let database = again(elsewhere.clone());
        assert_eq!(database.doubt(), None);
        answer(&database, format!("start {start}")).await;
        database.close().await;
        assert!(elsewhere.exists() && !folder.path().join("test.mark").exists());
    }
}

#[tokio::test]
async fn what_nobody_has_touched_is_not_in_doubt() {
    let folder = killed().await;
    assert_eq!(found(folder.path()).await, (None, FILMS as usize));
    let fresh = tempfile::tempdir().unwrap();
    let born_before_marks = Database::open(
        &fresh.path().join("test.db"),
        MIGRATIONS,
        Options::default(),
    )
    .unwrap();
    answer(&born_before_marks, "Ran".to_owned()).await;
    born_before_marks.close().await;
    assert_eq!(found(fresh.path()).await, (None, 1));
}

#[tokio::test]
async fn a_log_that_lost_its_end_is_behind_the_mark() {
    let whole = killed().await;
    let log = |folder: &TempDir| folder.path().join("test.db-wal");
    let length = fs::metadata(log(&whole)).unwrap().len();
    let cut = copied(whole.path());
    fs::remove_file(log(&cut)).unwrap();
    let (doubt, films) = found(cut.path()).await;
    assert_eq!(films, 10);
    assert_eq!(
        doubt,
        Some(Doubt::Behind {
            commits: u64::from(FILMS) - 10
        })
    );
    for part in 1..8 {
        let flipped = copied(whole.path());
        change(log(&flipped), |bytes| {
            bytes[usize::try_from(length).unwrap() * part / 8] ^= 4
        });
        let (doubt, films) = found(flipped.path()).await;
        assert!(films < FILMS as usize, "part {part}");
        assert!(
            matches!(doubt, Some(Doubt::Behind { .. })),
            "part {part}: {doubt:?}"
        );
    }
}

#[tokio::test]
async fn an_older_copy_that_went_on_is_behind_the_mark() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).unwrap();
    answer(&first, "early".to_owned()).await;
    first.close().await;
    let older = copied(folder.path());
    let second = open(folder.path()).unwrap();
    answer(&second, "late".to_owned()).await;
    second.close().await;
    // The copy goes on by itself, further than the original.
    let copy = open(older.path()).unwrap();
    for film in 0..9 {
        answer(&copy, format!("elsewhere {film}")).await;
    }
    copy.close().await;
    fs::copy(
        folder.path().join("test.mark"),
        older.path().join("test.mark"),
    )
    .unwrap();
    let (doubt, _) = found(older.path()).await;
    assert_eq!(doubt, Some(Doubt::OtherRun));
}

#[tokio::test]
async fn a_database_that_lost_its_end_and_went_on_misses_what_it_lost() {
    let folder = killed().await;
    fs::remove_file(folder.path().join("test.db-wal")).unwrap();
    // Every start is counted too, and so is what it writes in doubt.
    for start in 0..20 {
        let database = open(folder.path()).unwrap();
        let commits = u64::from(FILMS) - 10;
        let doubt = database.doubt();
        assert_eq!(doubt, Some(Doubt::Behind { commits }), "start {start}");
        answer(&database, format!("in doubt {start}")).await;
        database.close().await;
    }
}

/// Whatever is written under the name that new sums have first meets a full disk.
fn fill_for_sums(folder: &Path) -> PathBuf {
    let name = folder.join("test.db-sums-new");
    std::os::unix::fs::symlink("/dev/full", &name).unwrap();
    name
}

#[tokio::test]
async fn a_start_that_is_cut_before_its_sums_are_written_leaves_no_doubt() {
    let folder = killed().await;
    let full = fill_for_sums(folder.path());
    let cut = open(folder.path());
    assert!(matches!(cut, Err(OpenError::File { .. })), "{cut:?}");
    fs::remove_file(full).unwrap();
    assert_eq!(found(folder.path()).await, (None, FILMS as usize));
}

/// Somebody else's program in the middle of a read, which leaves the log alone when it ends.
fn reading(folder: &Path) -> rusqlite::Connection {
    let reader = rusqlite::Connection::open(folder.join("test.db")).unwrap();
    let ends = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    reader.set_db_config(ends, true).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let films = reader.query_row("SELECT COUNT(*) FROM film", [], |row| row.get(0));
    assert_eq!(films, Ok(FILMS));
    reader
}

#[tokio::test]
async fn a_start_waits_for_whoever_reads_beside_it() {
    let folder = killed().await;
    let reader = reading(folder.path());
    let looking = reading(folder.path());
    looking.execute_batch("END").unwrap();
    let ends = std::thread::spawn(move || {
        let runs = || {
            let runs = looking.query_row("SELECT COUNT(*) FROM answered", [], |row| row.get(0));
            runs.unwrap_or(0)
        };
        // It has written that it begins, which the reader does not see, and has yet to move the log; then it is kept waiting for some tries.
        while runs() < 3 {
            std::thread::yield_now();
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
        drop(reader);
    });
    assert_eq!(found(folder.path()).await, (None, FILMS as usize));
    ends.join().unwrap();
}

#[tokio::test]
async fn a_reader_that_never_ends_is_named_and_costs_nothing() {
    let folder = killed().await;
    let reader = reading(folder.path());
    let refused = open(folder.path()).unwrap_err();
    assert!(matches!(refused, OpenError::Read(_)), "{refused:?}");
    drop(reader);
    assert_eq!(found(folder.path()).await, (None, FILMS as usize));
}

#[tokio::test]
async fn a_birth_that_is_cut_short_leaves_no_doubt() {
    let born_before_marks = async || {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        let old = Database::open(&path, MIGRATIONS, Options::default()).unwrap();
        answer(&old, "Ran".to_owned()).await;
        old.close().await;
        folder
    };
    // The mark cannot be made.
    let folder = born_before_marks().await;
    let in_the_way = folder.path().join("test.new");
    fs::create_dir(&in_the_way).unwrap();
    assert!(open(folder.path()).is_err());
    fs::remove_dir(in_the_way).unwrap();
    assert_eq!(found(folder.path()).await, (None, 1));
    // It has its name, and no sums yet.
    let folder = born_before_marks().await;
    let full = fill_for_sums(folder.path());
    assert!(open(folder.path()).is_err());
    fs::remove_file(full).unwrap();
    let mark = folder.path().join("test.mark");
    let unborn = fs::read(&mark).unwrap();
    assert_eq!(found(folder.path()).await, (None, 1));
    let born = fs::read(&mark).unwrap();
    // It has a mark, and no name yet; which, once anything was answered, is that of another.
    let folder = born_before_marks().await;
    fs::write(folder.path().join("test.mark"), unborn).unwrap();
    assert_eq!(found(folder.path()).await, (None, 1));
    let folder = born_before_marks().await;
    fs::write(folder.path().join("test.mark"), born).unwrap();
    assert_eq!(found(folder.path()).await, (Some(Doubt::OtherDatabase), 1));
}

#[tokio::test]
async fn a_bit_of_the_main_file_is_missed_wherever_it_is() {
    let whole = killed().await;
    let main = |folder: &TempDir| folder.path().join("test.db");
    let pages = fs::metadata(main(&whole)).unwrap().len() / 4096;
    let mut doubted = 0;
    for page in 0..pages {
        let flipped = copied(whole.path());
        let at = usize::try_from(page * 4096).unwrap() + 3_000;
        change(main(&flipped), |bytes| bytes[at] ^= 1);
        match found(flipped.path()).await {
            (Some(Doubt::Damaged(_)), _) => doubted += 1,
            // The log holds the page.
            (None, films) => assert_eq!(films, FILMS as usize, "page {page}"),
            (other, _) => panic!("page {page}: {other:?}"),
        }
    }
    assert!(doubted > 0);
    let cut = copied(whole.path());
    fs::remove_file(cut.path().join("test.db-wal")).unwrap();
    change(main(&cut), |bytes| bytes.truncate(bytes.len() - 4096));
    assert!(open(cut.path()).map_or(true, |database| database.doubt().is_some()));
}

#[tokio::test]
async fn a_missing_file_is_missed() {
    let whole = killed().await;
    let without = |name: &str| {
        let folder = copied(whole.path());
        fs::remove_file(folder.path().join(name)).unwrap();
        folder
    };
    let marked = without("test.mark");
    assert_eq!(
        found(marked.path()).await,
        (Some(Doubt::NoMark), FILMS as usize)
    );
    let summed = without("test.db-sums");
    assert_eq!(found(summed.path()).await, (None, FILMS as usize));
    for empty in [false, true] {
        let gone = without("test.db");
        if empty {
            fs::write(gone.path().join("test.db"), []).unwrap();
        }
        let refused = open(gone.path());
        assert!(matches!(refused, Err(OpenError::Missing(_))), "{refused:?}");
        assert!(
            gone.path().join("test.db-wal").metadata().unwrap().len() > 0,
            "it may be put back"
        );
    }
    let foreign = tempfile::tempdir().unwrap();
    open(foreign.path()).unwrap().close().await;
    fs::copy(
        whole.path().join("test.mark"),
        foreign.path().join("test.mark"),
    )
    .unwrap();
    assert_eq!(found(foreign.path()).await, (Some(Doubt::OtherDatabase), 0));
}

#[tokio::test]
async fn a_person_may_take_it_as_it_is() {
    let folder = killed().await;
    fs::remove_file(folder.path().join("test.db-wal")).unwrap();
    let database = open(folder.path()).unwrap();
    assert!(database.doubt().is_some());
    answer(&database, "meanwhile".to_owned()).await;
    assert_eq!(database.accept().await, Ok(None));
    answer(&database, "afterwards".to_owned()).await;
    let copy = copied(folder.path());
    database.close().await;
    assert_eq!(found(copy.path()).await, (None, 12));
    fs::remove_file(copy.path().join("test.db-wal")).unwrap();
}

#[tokio::test]
async fn damage_that_is_met_stays_in_doubt_and_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path()).unwrap();
    for film in 0..FILMS {
        let poster = vec![7_u8; 9_000];
        let adding = database.write(Scope::Nothing, move |tx| {
            let sql = "INSERT INTO film (title, poster) VALUES ($1, $2)";
            tx.execute(sql, params![film.to_string(), poster.as_slice()])
        });
        adding.await.unwrap();
    }
    database.close().await;
    let main = folder.path().join("test.db");
    let database = open(folder.path()).unwrap();
    assert_eq!(database.doubt(), None);
    // Under the running process: everything but the page of the schema.
    change(main, |bytes| bytes[4096..].fill(0xff));
    let read = database.read(titles).await;
    assert!(
        read.clone().is_err_and(|error| error.is_damage()),
        "{read:?}"
    );
    assert!(matches!(database.doubt(), Some(Doubt::Damaged(_))));
    assert_ne!(
        database.check().await,
        Err(Error::Closed),
        "it goes on for whoever can"
    );
    assert!(
        database.accept().await.unwrap().is_some(),
        "nobody can take what is broken"
    );
    database.close().await;
    let again = open(folder.path());
    assert!(again.map_or(true, |database| database.doubt().is_some()));
}

#[tokio::test]
async fn a_file_that_is_taken_away_is_noticed_with_the_next_commit() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path()).unwrap();
    answer(&database, "Ran".to_owned()).await;
    assert_eq!(database.doubt(), None);
    let main = folder.path().join("test.db");
    fs::rename(&main, folder.path().join("taken.db")).unwrap();
    for title in ["Ikiru", "Ikimono no kiroku"] {
        let adding = database.write(Scope::Nothing, |tx| add(tx, title));
        assert_eq!(adding.await, Err(Error::OutcomeUnknown));
        assert_eq!(database.doubt(), Some(Doubt::Gone(main.clone())));
    }
    assert!(matches!(open(folder.path()), Err(OpenError::Missing(_))));
}

#[tokio::test]
async fn a_log_or_a_mark_that_is_taken_away_or_exchanged_is_noticed_with_the_next_commit() {
    for (name, mends_itself) in [("test.db-wal", false), ("test.mark", true)] {
        for exchanged in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let database = open(folder.path()).unwrap();
            answer(&database, "Ran".to_owned()).await;
            let file = folder.path().join(name);
            let same = fs::read(&file).unwrap();
            fs::rename(&file, folder.path().join("taken")).unwrap();
            if exchanged {
                fs::write(&file, same).unwrap();
            }
            let adding = database.write(Scope::Nothing, |tx| add(tx, "Ikiru"));
            assert_eq!(adding.await, Err(Error::OutcomeUnknown), "{name}");
            let gone = Some(Doubt::Gone(file.clone()));
            assert_eq!(database.doubt(), gone);
            // A new mark can be made, and no new log.
            let left = database.accept().await.unwrap();
            assert_eq!(left.is_none(), mends_itself, "{name}: {left:?}");
            let next = database.write(Scope::Nothing, |tx| add(tx, "Dodes'ka-den"));
            assert_eq!(next.await.is_ok(), mends_itself, "{name}");
            database.close().await;
            let (doubt, films) = found(folder.path()).await;
            // Whoever stops it has all of it in the main file, unless another log lies there.
            match (mends_itself, exchanged) {
                (true, _) | (false, false) => assert_eq!((doubt, films), (None, 3), "{name}"),
                (false, true) => assert!(doubt.is_some() || films == 3, "{films} films"),
            }
        }
    }
}

#[tokio::test]
async fn a_missing_mark_is_found_by_whoever_looks() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path()).unwrap();
    answer(&database, "Ran".to_owned()).await;
    let mark = folder.path().join("test.mark");
    fs::remove_file(&mark).unwrap();
    database.look_at_all().await.unwrap();
    assert_eq!(database.doubt(), Some(Doubt::Gone(mark)));
    database.close().await;
}

/// A mark in a place where nothing can be made: a write to it, or to what would take its place, meets a folder.
#[tokio::test]
async fn a_mark_that_cannot_be_written_is_in_doubt_and_says_why_it_cannot_be_taken() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path()).unwrap();
    answer(&database, "Ran".to_owned()).await;
    fs::remove_file(folder.path().join("test.mark")).unwrap();
    database.look_at_all().await.unwrap();
    let in_the_way = folder.path().join("test.new");
    fs::create_dir(&in_the_way).unwrap();
    let left = database.accept().await.unwrap();
    assert!(
        matches!(&left, Some(Doubt::Unmarked(why)) if why.contains("test.mark") && why.contains("directory")),
        "{left:?}"
    );
    assert!(
        matches!(database.doubt(), Some(Doubt::Gone(_))),
        "the doubt stays"
    );
    fs::remove_dir(in_the_way).unwrap();
    assert_eq!(database.accept().await, Ok(None));
    database.close().await;
    assert_eq!(found(folder.path()).await, (None, 1));
}

#[tokio::test]
async fn a_disk_without_room_for_sums_keeps_the_log_and_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path()).unwrap();
    let full = fill_for_sums(folder.path());
    for film in 0..24 {
        let poster = vec![7_u8; 1_000_000];
        let adding = database.write(Scope::Nothing, move |tx| {
            let sql = "INSERT INTO film (title, poster) VALUES ($1, $2)";
            tx.execute(sql, params![film.to_string(), poster.as_slice()])
        });
        adding.await.unwrap();
    }
    assert_eq!(database.statistics().checkpoints, 0);
    let cut = copied_without(folder.path(), "test.db-sums-new");
    assert_eq!(found(cut.path()).await, (None, 24));
    fs::remove_file(full).unwrap();
    answer(&database, "with room".to_owned()).await;
    // Its group was answered before the log was moved.
    database.check().await.unwrap();
    assert_eq!(database.statistics().checkpoints, 1);
    let cut = copied(folder.path());
    assert_eq!(found(cut.path()).await, (None, 25));
    database.close().await;
}

#[tokio::test]
async fn a_doubt_that_could_not_be_kept_is_kept_with_the_next_write() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(folder.path()).unwrap();
    for film in 0..FILMS {
        answer(&database, film.to_string()).await;
    }
    database.close().await;
    let main = folder.path().join("test.db");
    let database = open(folder.path()).unwrap();
    let whole = fs::read(&main).unwrap();
    change(main.clone(), |bytes| bytes[4096..].fill(0xff));
    let full = fill_for_sums(folder.path());
    assert!(database.read(titles).await.is_err());
    database.check().await.unwrap();
    fs::remove_file(full).unwrap();
    database.check().await.unwrap();
    database.close().await;
    fs::write(main, whole).unwrap();
    let again = open(folder.path()).unwrap();
    assert!(matches!(again.doubt(), Some(Doubt::Damaged(_))));
}

/// What lies there is read as it was, and cannot be written by anybody.
fn seal(path: &Path) -> std::os::fd::OwnedFd {
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
    let sealed = memfd_create("mark", MemfdFlags::ALLOW_SEALING).unwrap();
    let name = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&sealed));
    fs::write(&name, fs::read(path).unwrap()).unwrap();
    fcntl_add_seals(&sealed, SealFlags::WRITE).unwrap();
    fs::remove_file(path).unwrap();
    std::os::unix::fs::symlink(name, path).unwrap();
    sealed
}

#[tokio::test]
async fn a_mark_on_a_medium_that_cannot_be_written_is_in_doubt_from_the_start_on() {
    let folder = killed().await;
    let mark = folder.path().join("test.mark");
    let whole = fs::read(&mark).unwrap();
    let sealed = seal(&mark);
    for start in 0..2 {
        let database = open(folder.path()).unwrap();
        assert!(
            matches!(database.doubt(), Some(Doubt::Unmarked(why)) if why.contains("not permitted")),
        );
        answer(&database, format!("in doubt {start}")).await;
        database.close().await;
    }
    drop(sealed);
    fs::remove_file(&mark).unwrap();
    fs::write(&mark, whole).unwrap();
    assert_eq!(found(folder.path()).await, (None, FILMS as usize + 2));
}
