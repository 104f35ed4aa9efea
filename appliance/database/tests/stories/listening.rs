//! Who listens to a channel hears what was committed, in that order, and knows when something may have escaped.

use std::time::Duration;

use database::{Error, Heard, Listening, Options, Scope};

use crate::line::Line;
use crate::{POSTGRES_MIGRATIONS, World, add};

/// Long enough for any machine; a story that waits so long has failed.
const TOO_LONG: Duration = Duration::from_secs(60);

async fn hear(listening: &mut Listening) -> Option<Heard> {
    let heard = tokio::time::timeout(TOO_LONG, listening.next()).await;
    heard.expect("nothing is heard")
}

fn told(payload: &str) -> Option<Heard> {
    Some(Heard::Told(payload.to_owned()))
}

#[tokio::test]
async fn what_is_committed_is_heard_in_order_and_what_is_not_is_not() {
    for world in World::on_both() {
        let mut listening = world.database.listen("films");
        let mut elsewhere = world.database.listen("seats");
        for (number, keep) in [(1, true), (2, false), (3, true)] {
            let written = world.database.write(Scope::Nothing, move |tx| {
                add(tx, &number.to_string())?;
                tx.notify("films", &format!("film {number}"))?;
                if keep { Ok(()) } else { Err(Error::Busy) }
            });
            assert_eq!(written.await.is_ok(), keep);
        }
        assert_eq!(hear(&mut listening).await, told("film 1"));
        assert_eq!(hear(&mut listening).await, told("film 3"));
        let last = world
            .database
            .write(Scope::Nothing, |tx| tx.notify("seats", ""));
        last.await.unwrap();
        assert_eq!(
            hear(&mut elsewhere).await,
            told(""),
            "the only one on its channel"
        );
        world.database.close().await;
        assert_eq!(hear(&mut listening).await, None);
    }
}

#[tokio::test]
async fn a_notice_that_one_engine_could_not_carry_is_refused_by_both() {
    for world in World::on_both() {
        for (channel, length) in [("two words", 1), ("", 1), ("films", 7_001)] {
            let refused = world.database.write(Scope::Nothing, move |tx| {
                let _ = tx.notify(channel, &"x".repeat(length));
                Ok::<_, Error>(())
            });
            let refused = refused.await;
            assert!(matches!(refused, Err(Error::Engine(_))), "{refused:?}");
        }
        let mut listening = world.database.listen("films");
        let longest = "x".repeat(7_000);
        let payload = longest.clone();
        let written = world
            .database
            .write(Scope::Nothing, move |tx| tx.notify("films", &payload));
        written.await.unwrap();
        assert_eq!(hear(&mut listening).await, told(&longest));
    }
}

#[tokio::test]
async fn a_slow_listener_knows_that_it_missed_something() {
    for world in World::on_both() {
        let mut slow = world.database.listen("films");
        let mut quick = world.database.listen("films");
        for number in 0..300 {
            let written = world.database.write(Scope::Nothing, move |tx| {
                tx.notify("films", &number.to_string())
            });
            written.await.unwrap();
            assert_eq!(hear(&mut quick).await, told(&number.to_string()));
        }
        assert_eq!(hear(&mut slow).await, Some(Heard::Missed));
        assert_eq!(hear(&mut slow).await, told("44"), "the newest 256 are left");
    }
}

#[tokio::test]
async fn another_process_is_heard_and_a_cut_line_is_told() {
    let world = World::on_postgres();
    let (server, url) = world.server();
    let line = Line::to(server);
    let other =
        database::Database::connect(&line.address(url), POSTGRES_MIGRATIONS, Options::default())
            .unwrap();
    let mut listening = other.listen("films");
    let tell = |payload: &'static str| {
        world
            .database
            .write(Scope::Nothing, move |tx| tx.notify("films", payload))
    };
    tell("before").await.unwrap();
    assert_eq!(hear(&mut listening).await, told("before"));
    line.cut_all();
    assert_eq!(hear(&mut listening).await, Some(Heard::Missed));
    tell("after").await.unwrap();
    assert_eq!(hear(&mut listening).await, told("after"));
    assert!(other.statistics().connections_lost >= 1);
}
