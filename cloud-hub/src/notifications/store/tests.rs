use database::{Database, Options, Scope};

use super::*;
use crate::migrations::MIGRATIONS;

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + hours * 3_600).unwrap()
}

fn told(hours: i64, room: &str) -> Told {
    Told {
        starts_at: at(hours),
        room: room.to_owned(),
    }
}

/// A hub's database in which somebody has bought `sale`, and is written to.
struct Bought {
    database: Database,
    _folder: tempfile::TempDir,
}

impl Bought {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hub.db");
        let database = Database::open(&file, MIGRATIONS, Options::default()).unwrap();
        let bought = Self {
            database,
            _folder: folder,
        };
        bought
            .write(|tx| {
                let (hold, sale) = ("h".parse().unwrap(), "s".parse().unwrap());
                let of = (&"metropol".parse().unwrap(), &"tonight".parse().unwrap());
                put_contact(tx, (&hold, of), "first@example.com", at(48))?;
                put_contact(tx, (&hold, of), "guest@example.com", at(48))?;
                assert!(!has_bought(
                    tx,
                    (&"other".parse().unwrap(), &sale),
                    &told(5, "One")
                )?);
                assert!(has_bought(tx, (&hold, &sale), &told(5, "One"))?);
                Ok(())
            })
            .await;
        bought
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.database.write(Scope::Nothing, work).await.unwrap()
    }

    async fn tells(&self, kind: Kind, cause: &'static str) -> bool {
        let sale = "s".parse().unwrap();
        self.write(move |tx| tell(tx, (&sale, kind), cause, at(0)))
            .await
    }

    async fn unsent(&self) -> Vec<Message> {
        self.database.read(unsent).await.unwrap()
    }

    async fn ends(&self, message: &Message) {
        let message = message.clone();
        self.write(move |tx| ended(tx, &message, ("sent", at(1))))
            .await;
    }
}

#[tokio::test]
async fn a_cause_is_told_once_and_one_that_comes_while_it_is_sent_by_another() {
    let bought = Bought::new().await;
    assert!(bought.tells(Kind::Back, "ticket 1 returned").await);
    assert!(!bought.tells(Kind::Back, "ticket 1 returned").await);
    assert!(bought.tells(Kind::Bought, "sale s").await);
    let waiting = bought.unsent().await;
    assert_eq!(waiting.len(), 2);
    let back = waiting.iter().find(|it| it.kind == Kind::Back).unwrap();
    assert_eq!((&*back.address, back.causes), ("guest@example.com", 1));

    // More of the same before its end is stored: it is sent anew, with all of it.
    assert!(bought.tells(Kind::Back, "ticket 2 returned").await);
    bought.ends(back).await;
    let again = bought.unsent().await;
    let again = again.iter().find(|it| it.kind == Kind::Back).unwrap();
    assert_eq!((&again.id, again.causes), (&back.id, 2));
    bought.ends(again).await;
    assert!(bought.tells(Kind::Back, "ticket 3 returned").await);
    let third = bought.unsent().await;
    let third = third.iter().find(|it| it.kind == Kind::Back).unwrap();
    assert_ne!(third.id, back.id);
    assert!(!bought.tells(Kind::Back, "ticket 2 returned").await);

    let nobody = "nobody".parse().unwrap();
    let of_nobody = bought.write(move |tx| tell(tx, (&nobody, Kind::Back), "sale nobody", at(0)));
    assert!(!of_nobody.await);
}

#[tokio::test]
async fn a_showtime_that_moves_while_somebody_looks_is_looked_at_once_more() {
    let bought = Bought::new().await;
    let moves = || {
        bought.write(|tx| {
            let of = (&"metropol".parse().unwrap(), &"tonight".parse().unwrap());
            is_moved(tx, of)
        })
    };
    let look = |moved: &Moved, now: Told| {
        let moved = moved.clone();
        bought.write(move |tx| looked(tx, &moved, &now))
    };
    assert!(moves().await);
    let first = bought.database.read(moved).await.unwrap();
    assert_eq!((first.len(), &first[0].told), (1, &told(5, "One")));
    assert!(moves().await);
    look(&first[0], told(7, "One")).await;
    let second = bought.database.read(moved).await.unwrap();
    assert_eq!(second.len(), 1, "it has moved again meanwhile");
    look(&second[0], told(8, "Two")).await;
    assert!(bought.database.read(moved).await.unwrap().is_empty());

    // Nobody has told them yet; then somebody has.
    let last = || {
        bought
            .database
            .read(|db| super::told(db, &"s".parse().unwrap()))
    };
    assert_eq!(last().await.unwrap(), Some(told(5, "One")));
    let now = told(8, "Two");
    bought
        .write(move |tx| is_told(tx, &"s".parse().unwrap(), &now))
        .await;
    assert_eq!(last().await.unwrap(), Some(told(8, "Two")));
}

#[tokio::test]
async fn what_cannot_be_delivered_is_decided_by_a_person() {
    let bought = Bought::new().await;
    assert!(bought.tells(Kind::Bought, "sale s").await);
    let message = bought.unsent().await.remove(0);
    let id = message.id.clone();
    let fails = || {
        let message = message.clone();
        bought.write(move |tx| failed(tx, &message, ("550 unknown", at(1))))
    };
    let again = bought.write(|tx| decide(tx, None, Decided::SentAgain));
    assert_eq!(again.await, 0, "it waits for nobody");
    fails().await;
    let one = bought.database.read(failed_ones).await.unwrap();
    assert_eq!((one.len(), &one[0].id, one[0].at), (1, &id, at(1)));
    let of = id.clone();
    let again = bought.write(move |tx| correct(tx, &of, "right@example.com"));
    assert_eq!(again.await, 1);
    let waiting = bought.unsent().await;
    assert_eq!(
        (&*waiting[0].address, waiting[0].tries),
        ("right@example.com", 0)
    );
    fails().await;
    let aside = bought.write(move |tx| decide(tx, Some(&id), Decided::SetAside));
    assert_eq!(aside.await, 1);
    assert!(bought.unsent().await.is_empty());
}

#[tokio::test]
async fn an_address_is_forgotten_a_month_after_the_showtime_and_what_was_told_with_it() {
    let bought = Bought::new().await;
    assert!(bought.tells(Kind::Bought, "sale s").await);
    let day = 24;
    bought.write(move |tx| forget(tx, at(5 + 31 * day))).await;
    assert_eq!(bought.unsent().await.len(), 1);
    bought.write(move |tx| forget(tx, at(6 + 31 * day))).await;
    assert!(bought.unsent().await.is_empty());
    let sql = "SELECT COUNT(*) FROM contact UNION ALL SELECT COUNT(*) FROM message UNION ALL SELECT COUNT(*) FROM message_cause";
    let left = bought
        .database
        .read(move |db| db.query(sql, &[], |row| row.get::<i64>(0)));
    let left: Result<_, Error> = left.await;
    assert_eq!(left.unwrap(), [0, 0, 0]);
    assert!(!bought.tells(Kind::Back, "ticket 1 returned").await);
}
