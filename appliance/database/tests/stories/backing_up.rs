//! A backup is written while the database is in use, and knows that it is one.

use std::fs;
use std::path::Path;

use database::{
    Database, Doubt, IfNewer, MARK_MIGRATION, Mark, Migration, Options, Scope, back_up, put_back,
};

use crate::{MIGRATIONS, add, open_when_free, titles};

const MARKED: &[Migration] = &[MIGRATIONS[0], MARK_MIGRATION];

fn open(folder: &Path, run: u8) -> Database {
    let options = Options {
        mark: Some(Mark {
            file: folder.join("test.mark"),
            was: None,
            born: [1; 16],
            run: [run; 16],
        }),
        ..Options::default()
    };
    open_when_free(&folder.join("test.db"), MARKED, &options).unwrap()
}

async fn answer(database: &Database, titles: std::ops::Range<u32>) {
    for title in titles {
        let adding = database.write(Scope::Nothing, move |tx| add(tx, &title.to_string()));
        adding.await.unwrap();
    }
}

#[tokio::test]
async fn a_backup_has_all_that_was_answered_and_is_in_doubt_wherever_it_is_put_back() {
    let (folder, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (path, file) = (folder.path().join("test.db"), kept.path().join("backup"));
    let database = open(folder.path(), 1);
    answer(&database, 0..40).await;
    let writing = {
        let database = database.clone();
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move { answer(&database, 40..400).await });
        tasks
    };
    let copying = (path.clone(), file.clone());
    let copied = tokio::task::spawn_blocking(move || back_up(&copying.0, MARKED, &copying.1));
    assert!(copied.await.unwrap().unwrap() > 0);
    writing.join_all().await;
    let over = back_up(&path, MARKED, &file).unwrap_err();
    assert!(over.to_string().contains("written over nothing"), "{over}");
    // The last word of this folder, so that no mark says that anything is missing.
    let last = kept.path().join("last");
    database.close().await;
    back_up(&path, MARKED, &last).unwrap();

    let aside = put_back(&last, &path, MARKED, IfNewer::Refuse).unwrap();
    let aside = aside.unwrap();
    assert!(aside.exists(), "{}", aside.display());
    for run in 2..4 {
        let database = open(folder.path(), run);
        assert_eq!(database.doubt(), Some(Doubt::Backup));
        assert_eq!(database.read(titles).await.unwrap().len(), 400);
        database.close().await;
    }
    let refused = put_back(&aside, &path, MARKED, IfNewer::SetAside).unwrap_err();
    assert!(refused.to_string().contains("is no backup"), "{refused}");
    let newer = put_back(&last, &path, MARKED, IfNewer::Refuse).unwrap_err();
    assert!(newer.to_string().contains("is newer than"), "{newer}");
    let database = open(folder.path(), 4);
    assert_eq!(database.accept().await, Ok(None));
    assert_eq!(database.doubt(), None);
    database.close().await;
    let database = open(folder.path(), 5);
    assert_eq!(database.doubt(), None);
    database.close().await;

    // The one that was written meanwhile has what was answered before it, in an empty folder that has no mark.
    let other = tempfile::tempdir().unwrap();
    let path = other.path().join("test.db");
    put_back(&file, &path, MARKED, IfNewer::Refuse).unwrap();
    let database = open(other.path(), 6);
    assert_eq!(database.doubt(), Some(Doubt::Backup));
    let found = database.read(titles).await.unwrap().len();
    assert!((40..=400).contains(&found), "{found}");
    database.close().await;

    // One that is damaged is not put back, and what is there stays.
    let damaged = kept.path().join("damaged");
    let mut bytes = fs::read(&last).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xAA);
    fs::write(&damaged, bytes).unwrap();
    put_back(&damaged, &path, MARKED, IfNewer::SetAside).unwrap_err();
    let names: Vec<_> = fs::read_dir(other.path()).unwrap().collect();
    assert!(names.into_iter().all(|name| {
        let name = name.unwrap().file_name().into_string().unwrap();
        !name.contains("part") && !name.contains("before")
    }));
}
