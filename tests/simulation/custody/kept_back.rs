//! A box that has the place of another: what the one before may have taken over of the hub's, once the film had begun, stays kept back, whatever
//! the hub says that it has free.

use counter::custody::{self, AnsweredFor};
use database::{Database, Error, Scope};
use jiff::{SignedDuration, Timestamp};
use service::process::Process as _;

use super::{Both, count, metropol, tomorrow};

async fn change(database: &Database, sql: &'static str) {
    let changing = database.write(Scope::Nothing, move |tx| tx.execute(sql, &[]));
    let changed: Result<u64, Error> = changing.await;
    assert_eq!(changed, Ok(1), "{sql}");
}

#[tokio::test]
async fn what_the_box_before_may_have_taken_over_stays_kept_back_once_the_film_has_begun() {
    let both = Both::open(7).await;
    both.box_gives(&["A1", "A2"]).await.unwrap();
    both.settle_down().await;
    let hub = both.house.hub.app.counter().at(&metropol()).unwrap();
    let at_box = both.house.cinema.app.database();
    change(
        at_box,
        "INSERT INTO standing (cinema, has_forgotten) VALUES ('metropol', 1)",
    )
    .await;
    let kept_back = "SELECT COUNT(*) FROM seat WHERE state = 'quarantine'";
    let starts_at = "SELECT starts_at FROM showtime WHERE id = 'tomorrow'";
    let starts_at = Timestamp::from_millisecond(count(at_box, starts_at).await).unwrap();
    for (seat, is_kept_back) in [("A1", 0), ("A2", 1)] {
        for database in [at_box, both.house.hub.app.database()] {
            change(
                database,
                match seat {
                    "A1" => "UPDATE seat SET state = 'quarantine' WHERE seat = 'A1' AND epoch = 1",
                    _ => "UPDATE seat SET state = 'quarantine' WHERE seat = 'A2' AND epoch = 1",
                },
            )
            .await;
        }
        let reason = "nobody has bought it".to_owned();
        let answered = AnsweredFor::Showtime(tomorrow(), Vec::new());
        custody::release(&hub, answered, reason).await.unwrap();
        both.settle_down().await;
        assert_eq!(count(at_box, kept_back).await, is_kept_back, "{seat}");
        both.house
            .clock
            .set(starts_at + SignedDuration::from_mins(1));
    }
}
