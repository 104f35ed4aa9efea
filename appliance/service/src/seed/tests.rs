use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use database::{Migration, Options};
use tempfile::TempDir;

use super::*;

const MIGRATIONS: &[Migration] = &[Migration {
    name: "identity",
    sql: IDENTITY_TABLE,
}];

fn database(folder: &Path) -> Database {
    (0..100_000)
        .find_map(|_| {
            std::thread::yield_now();
            Database::open(&folder.join("a.db"), MIGRATIONS, Options::default()).ok()
        })
        .unwrap()
}

async fn seeds(folder: &Path, nth: u64) -> Result<Seeds, String> {
    let database = database(folder);
    let seeds = Seeds::in_folder(folder, &database, &Random::seeded(nth)).await;
    database.close().await;
    seeds.map_err(|why| why.to_string())
}

async fn born() -> (TempDir, Seeds) {
    let folder = tempfile::tempdir().unwrap();
    let made = seeds(folder.path(), 1).await.unwrap();
    (folder, made)
}

#[tokio::test]
async fn a_key_is_made_once_and_is_nobody_elses() {
    let (folder, made) = born().await;
    assert_ne!(made.frame, made.ticket);
    let again = seeds(folder.path(), 2).await.unwrap();
    assert_eq!((made.frame, made.ticket), (again.frame, again.ticket));
    let mode = fs::metadata(folder.path().join("ticket.key")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
}

/// After `harm`, opening is refused with these words, at the first try and at the next.
async fn refused(harm: impl FnOnce(&Path), words: &str) {
    let (folder, _) = born().await;
    harm(folder.path());
    for _ in 0..2 {
        let why = seeds(folder.path(), 3).await.unwrap_err();
        assert!(why.contains(words), "{why}");
        assert!(why.contains("empty folder"), "no way out: {why}");
    }
}

#[tokio::test]
async fn what_does_not_belong_together_is_refused_with_its_way_out() {
    for key in ["ticket", "frame"] {
        let file = format!("{key}.key");
        refused(
            |folder| fs::remove_file(folder.join(&file)).unwrap(),
            "is missing",
        )
        .await;
        refused(
            |folder| fs::write(folder.join(&file), [0; 32]).unwrap(),
            "is another key",
        )
        .await;
        refused(
            |folder| fs::write(folder.join(&file), "short").unwrap(),
            "32 bytes",
        )
        .await;
    }
    let other = |name: &'static str| {
        let elsewhere = tempfile::tempdir().unwrap();
        async move {
            seeds(elsewhere.path(), 9).await.unwrap();
            fs::read(elsewhere.path().join(name)).unwrap()
        }
    };
    let (database, key) = (other("a.db").await, other("ticket.key").await);
    refused(
        |folder| fs::write(folder.join("a.db"), database).unwrap(),
        "another database",
    )
    .await;
    refused(
        |folder| fs::write(folder.join("ticket.key"), key).unwrap(),
        "is another key",
    )
    .await;
    refused(
        |folder| fs::remove_file(folder.join("a.db")).unwrap(),
        "is empty",
    )
    .await;
    let nameless = |folder: &Path| {
        fs::remove_file(folder.join("a.db")).unwrap();
        fs::remove_file(folder.join(NAME_FILE)).unwrap();
    };
    refused(nameless, "this database is empty").await;
}

#[tokio::test]
async fn whoever_was_in_use_before_keeps_its_keys_and_needs_both() {
    let (folder, made) = born().await;
    let forget = |also: &'static str| {
        let database = database(folder.path());
        async move {
            let forgetting = database.write(scope(), move |tx| {
                tx.execute(
                    "UPDATE identity SET name = NULL, frame = NULL, ticket = NULL",
                    &[],
                )
            });
            let forgot: Result<u64, database::Error> = forgetting.await;
            forgot.unwrap();
            database.close().await;
            also
        }
    };
    fs::remove_file(folder.path().join(forget(NAME_FILE).await)).unwrap();
    let kept = seeds(folder.path(), 4).await.unwrap();
    assert_eq!((made.frame, made.ticket), (kept.frame, kept.ticket));
    fs::remove_file(folder.path().join(forget(NAME_FILE).await)).unwrap();
    fs::remove_file(folder.path().join("ticket.key")).unwrap();
    for nth in [5, 6] {
        let why = seeds(folder.path(), nth).await.unwrap_err();
        assert!(why.contains("is missing"), "{why}");
    }
    assert!(!folder.path().join("ticket.key").exists());
}

#[tokio::test]
async fn a_name_that_is_lost_beside_keys_that_fit_is_written_anew() {
    let (folder, made) = born().await;
    for harm in [Vec::new(), b"x".to_vec()] {
        fs::write(folder.path().join(NAME_FILE), harm).unwrap();
        let again = seeds(folder.path(), 6).await.unwrap();
        assert_eq!(made.ticket, again.ticket);
        assert_eq!(Files(folder.path()).name().unwrap().map(|_| ()), Some(()));
    }
}

#[tokio::test]
async fn a_birth_that_was_cut_short_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(folder.path());
    let naming = database.write(scope(), |tx| store::set_name(tx, [7; 16]));
    naming.await.unwrap();
    database.close().await;
    let made = seeds(folder.path(), 1).await.unwrap();
    assert_eq!(made.frame, seeds(folder.path(), 2).await.unwrap().frame);
}
