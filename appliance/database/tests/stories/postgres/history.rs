//! The schema's history on PostgreSQL, and how it is compared with SQLite's.

use std::thread;

use database::{Database, Migration, OpenError, Options, Scope, compare};

use crate::{MIGRATIONS, POSTGRES_MIGRATIONS, World};
use postgres_server::Server;

const MORE: Migration = Migration {
    name: "more",
    sql: "CREATE TABLE more (x BIGINT);",
};

fn open(url: &str, migrations: &[Migration]) -> Result<Database, OpenError> {
    Database::connect(url, migrations, Options::default())
}

#[tokio::test]
async fn a_history_only_grows() {
    let world = World::on_postgres();
    let url = world.server().1;
    let [first] = POSTGRES_MIGRATIONS else {
        panic!("the stories have one migration");
    };
    let longer = open(url, &[*first, MORE]).unwrap();
    longer
        .write(Scope::Nothing, |tx| {
            tx.execute("INSERT INTO more VALUES (1)", &[])
        })
        .await
        .unwrap();
    let edited = Migration {
        sql: "-- edited",
        ..*first
    };
    let renamed = Migration {
        name: "movies",
        ..*first
    };
    for unfit in [
        &[*first][..],
        &[][..],
        &[edited, MORE][..],
        &[renamed, MORE][..],
        &[MORE, *first][..],
    ] {
        let refused = open(url, unfit);
        assert!(
            matches!(refused, Err(OpenError::Migration(_))),
            "{refused:?}"
        );
    }
    open(url, &[*first, MORE]).unwrap();
}

#[test]
fn a_migration_that_fails_leaves_nothing() {
    let server = Server::shared();
    let url = server.database();
    let slip = Migration {
        name: "more",
        sql: "CREATE TABLE more (x BIGINT); CREATE TABEL less (x BIGINT);",
    };
    let refused = open(&url, &[POSTGRES_MIGRATIONS[0], slip]);
    assert!(
        matches!(refused, Err(OpenError::Migration(_))),
        "{refused:?}"
    );
    open(&url, &[POSTGRES_MIGRATIONS[0], MORE]).unwrap();
}

#[test]
fn many_processes_may_start_at_once() {
    let server = Server::shared();
    let url = server.database();
    thread::scope(|scope| {
        let started: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| open(&url, &[POSTGRES_MIGRATIONS[0], MORE])))
            .collect();
        for process in started {
            process.join().unwrap().unwrap();
        }
    });
}

#[test]
fn what_is_no_server_is_said_to_be_none() {
    let server = Server::shared();
    let missing = server.database() + "_that_nobody_made";
    for url in ["postgresql://%2Fnowhere/films", "nonsense", &missing] {
        let refused = open(url, &[]);
        assert!(
            matches!(refused, Err(OpenError::Server(_))),
            "{url}: {refused:?}"
        );
    }
    let latin = server.database_in("LATIN1");
    let refused = open(&latin, &[]);
    assert!(matches!(refused, Err(OpenError::Setting(_))), "{refused:?}");
}

#[test]
fn the_stories_have_one_schema_on_both_engines() {
    let url = Server::shared();
    let same = compare(MIGRATIONS, POSTGRES_MIGRATIONS, &url.database()).unwrap();
    assert_eq!(same, [""; 0]);
}

#[test]
fn where_two_schemas_differ_is_said() {
    let server = Server::shared();
    let check = |ours: &'static str, theirs: &'static str, wanted: &[&str]| {
        let [ours, theirs] = [ours, theirs].map(|sql| Migration { name: "a", sql });
        let said = compare(&[ours], &[theirs], &server.database()).unwrap();
        assert_eq!(said, wanted, "{} / {}", ours.sql, theirs.sql);
    };
    check(
        "CREATE TABLE a (x INTEGER, y TEXT NOT NULL, PRIMARY KEY (y, x)) STRICT, WITHOUT ROWID;",
        "CREATE TABLE a (y TEXT, x BIGINT, PRIMARY KEY (x, y));",
        &[],
    );
    check(
        "CREATE TABLE a (x INTEGER) STRICT;",
        "CREATE TABLE b (x BIGINT);",
        &[
            "the table a is on SQLite only",
            "the table b is on PostgreSQL only",
        ],
    );
    check(
        "CREATE TABLE a (x INTEGER, y INTEGER) STRICT;",
        "CREATE TABLE a (x BIGINT, z BIGINT);",
        &["a.y is on SQLite only", "a.z is on PostgreSQL only"],
    );
    check(
        "CREATE TABLE a (x INTEGER, y INTEGER NOT NULL, z BLOB) STRICT;",
        "CREATE TABLE a (x INT, y BIGINT, z TEXT);",
        &[
            "a.x is INTEGER on SQLite and integer on PostgreSQL",
            "a.y is INTEGER NOT NULL on SQLite and INTEGER on PostgreSQL",
            "a.z is BLOB on SQLite and TEXT on PostgreSQL",
        ],
    );
    check(
        "CREATE TABLE a (x INTEGER, y INTEGER, UNIQUE (x, y)) STRICT; CREATE UNIQUE INDEX one ON a (x) WHERE y = 1;",
        "CREATE TABLE a (x BIGINT, y BIGINT); CREATE INDEX pair ON a (x, y); CREATE UNIQUE INDEX one ON a (x);",
        &[
            "a has the key (x) where .. on SQLite only",
            "a has the key (x, y) on SQLite only",
            "a has the key (x) on PostgreSQL only",
        ],
    );
}
