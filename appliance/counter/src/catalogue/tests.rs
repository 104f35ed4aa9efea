use database::{Database, Migration, Options, Scope};

use super::*;

#[test]
fn times_are_told_with_the_cinemas_offset() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    assert_eq!(
        local("2026-11-23T19:15:00Z".parse().unwrap(), &zone),
        "2026-11-23T20:15:00+01:00"
    );
}

/// A box of which the hub keeps the whole programme tells it once, and once more where a hub of before has come between.
#[tokio::test]
async fn the_programme_is_told_once_to_each_hub_that_keeps_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let tables = Migration {
        name: "what is kept of a cinema",
        sql: "CREATE TABLE cinema (id TEXT NOT NULL PRIMARY KEY, told INTEGER NOT NULL) STRICT; \
            INSERT INTO cinema (id, told) VALUES ('metropol', 1);",
    };
    let path = folder.path().join("box.db");
    let stored = Database::open(&path, &[tables], Options::default()).unwrap();
    let is_to_be_told = async |keeps_all: bool| {
        let hearing = stored.write(Scope::Nothing, move |tx| {
            hub_keeps_whole(tx, &"metropol".parse().unwrap(), keeps_all)
        });
        hearing.await.unwrap()
    };
    for (keeps_all, expected) in [
        (false, false),
        (true, true),
        (true, false),
        (false, false),
        (false, false),
        (true, true),
        (true, false),
    ] {
        assert_eq!(is_to_be_told(keeps_all).await, expected, "{keeps_all}");
    }
    stored.close().await;
}

/// Nobody goes on with amounts that are read a hundred times as large as they were stored.
#[tokio::test]
async fn amounts_with_digits_that_a_currency_does_not_have_are_told_of() {
    let words = async |stored: &'static str| {
        let folder = tempfile::tempdir().unwrap();
        let tables = Migration {
            name: "what is stored",
            sql: stored,
        };
        let migrations = [tables, crate::FORMER_DIGITS_MIGRATION];
        let path = folder.path().join("box.db");
        let stored = Database::open(&path, &migrations, Options::default()).unwrap();
        let words = crate::unfit(&stored).await.unwrap();
        stored.close().await;
        words
    };
    let euros = "CREATE TABLE cinema (body TEXT NOT NULL) STRICT; \
        CREATE TABLE hold (currency TEXT NOT NULL) STRICT; \
        INSERT INTO cinema VALUES ('{\"currency\":\"EUR\"}'); INSERT INTO hold VALUES ('JPY');";
    assert_eq!(words(euros).await, None);
    let others = "CREATE TABLE cinema (body TEXT NOT NULL) STRICT; \
        CREATE TABLE hold (currency TEXT NOT NULL) STRICT; \
        INSERT INTO cinema VALUES ('{\"currency\":\"RWF\"}'); INSERT INTO hold VALUES ('GNF'), ('GNF');";
    let words = words(others).await.unwrap();
    assert!(words.starts_with("amounts in GNF, RWF were stored by a version"));
}
