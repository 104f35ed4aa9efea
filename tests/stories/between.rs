//! What somebody asks for is decided on what the database holds by then: here an import always lands after a counter has read its programme
//! into memory and before it writes, as it may when both wait for one commit.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use counter::programme::Consent;
use counter_api::{Hold, SeatState};
use database::Database;
use serde_json::Value;
use service::Clock;
use tests::engine::{Engine, HubDatabase};
use tests::one_counter::{Here, NothingAbove};
use tests::world::{Answer, Held, PROGRAMME, Seller, choices, standing_still, until};
use tokio_util::task::TaskTracker;

/// A cinema with two counters on one database: one that imports, and a till's, whose memory is of before.
struct Between {
    importer: Here,
    counter: Here,
    _at: (tempfile::TempDir, HubDatabase),
}

impl Between {
    async fn on(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = HubDatabase::new(engine, folder.path());
        let (database, clock) = (at.open().unwrap(), standing_still());
        let importer = counter(&database, &clock).await;
        import(&importer, PROGRAMME).await.unwrap();
        Self {
            counter: counter(&database, &clock).await,
            importer,
            _at: (folder, at),
        }
    }

    fn till(&self) -> Seller {
        self.counter.till("till-1")
    }

    /// The programme is imported with this in it instead of that.
    async fn import(&self, changes: &[(&str, &str)]) -> Result<String, String> {
        let programme = changes
            .iter()
            .fold(PROGRAMME.to_owned(), |text, (old, new)| {
                assert!(text.contains(old), "{old}");
                text.replacen(old, new, 1)
            });
        import(&self.importer, &programme).await
    }

    async fn end(self) {
        self.counter.end().await;
        self.importer.end().await;
    }
}

async fn counter(database: &Database, clock: &Clock) -> Here {
    Here::open(database, clock, Arc::new(NothingAbove)).await
}

async fn import(here: &Here, programme: &str) -> Result<String, String> {
    let imported =
        counter::programme::import(&here.counter, programme.to_owned(), Consent::Given).await;
    imported
        .map(|imported| imported.to_string())
        .map_err(|refused| format!("{refused:?}"))
}

const TONIGHT: &str = "auditorium = \"screen-1\"\nprice_book = \"standard\"\ndays = \"today\"\ntime = \"20:15\"\nlanguage = \"de\"";

/// The other showtime of the evening, whose room is the other one.
const STRICT: &str =
    "auditorium = \"screen-2\"\nprice_book = \"standard\"\ndays = \"today\"\ntime = \"20:30\"";

fn tonight(with: &str) -> String {
    format!("{TONIGHT}\n{with}")
}

/// The page of the ticket that is sold for cash.
async fn ticket(till: &Seller, held: &Held, given_minor: i64) -> String {
    let sale = held.cash(given_minor).await;
    let page = till.get(&format!("/tickets/{}", sale.tickets[0].id)).await;
    page.expect(200).text
}

async fn ask(till: &Seller, seat: &str) -> Answer {
    till.ask_for("tonight", &[seat]).await
}

tests::on_both_engines!(seats_are_held_in_the_room_that_the_database_has);

async fn seats_are_held_in_the_room_that_the_database_has(engine: Engine) {
    let between = Between::on(engine).await;
    let till = between.till();
    let elsewhere = TONIGHT.replace("screen-1", "screen-2");
    let strict = STRICT.replace("screen-2", "screen-1");
    let changes = [
        (TONIGHT, elsewhere.as_str()),
        (STRICT, &strict),
        ("time = \"23:30\"", "time = \"23:50\""),
    ];
    between.import(&changes).await.unwrap();
    assert_eq!(till.sees("tonight", "C10").await, SeatState::Free);
    let gone = ask(&till, "F1").await;
    assert_eq!(gone.problem(), (422, "unknown_seats"), "{}", gone.text);
    // Only the other room has it; the room's own tenth chair, and none at the same number of the first.
    let held = till.hold("tonight", &["C10"]).await;
    assert_eq!(held.total_minor(), 1_000);
    let ticket = ticket(&till, &held, 1_000).await;
    assert!(ticket.contains("Screen 2"), "{ticket}");
    let refused = between.import(&[]).await.unwrap_err();
    assert!(refused.contains("seat C10 of it"), "{refused}");
    between.end().await;
}

tests::on_both_engines!(a_new_price_a_new_time_and_a_new_film_are_what_is_held_and_sold);

async fn a_new_price_a_new_time_and_a_new_film_are_what_is_held_and_sold(engine: Engine) {
    let between = Between::on(engine).await;
    let till = between.till();
    let before = till.hold("tonight", &["A1"]).await;
    let later = TONIGHT.replace("20:15", "20:20");
    between
        .import(&[
            (TONIGHT, &later),
            (
                "id = \"standard\"\nversion = 1",
                "id = \"standard\"\nversion = 2",
            ),
            ("adult        10.00", "adult        11.00"),
            (
                "id = \"metropolis\"\nversion = 1",
                "id = \"metropolis\"\nversion = 2",
            ),
            (
                "title = \"Metropolis\"",
                "title = \"Metropolis (restored)\"",
            ),
        ])
        .await
        .unwrap();
    let held = till.hold("tonight", &["A2"]).await;
    assert_eq!(held.total_minor(), 1_100, "the price of the database");
    assert_eq!(before.total_minor(), 1_000, "what was shown is kept");
    for (held, given) in [(before, 1_000), (held, 1_100)] {
        let ticket = ticket(&till, &held, given).await;
        for words in ["Metropolis (restored)", "20:20"] {
            assert!(ticket.contains(words), "{words} in {ticket}");
        }
    }
    between.end().await;
}

tests::on_both_engines!(what_is_cancelled_or_closed_is_neither_held_nor_chosen_anew_nor_paid);

async fn what_is_cancelled_or_closed_is_neither_held_nor_chosen_anew_nor_paid(engine: Engine) {
    for (status, code) in [
        ("status = \"closed\"", "sales_closed"),
        ("status = \"cancelled\"", "showtime_cancelled"),
    ] {
        let between = Between::on(engine).await;
        let till = between.till();
        let held: Held = till.hold("tonight", &["A1"]).await;
        between
            .import(&[(TONIGHT, &tonight(status))])
            .await
            .unwrap();
        assert_eq!(ask(&till, "A2").await.problem(), (409, code));
        let anew = till.put(&held.path("/seats"), &choices(&["A2"])).await;
        assert_eq!(anew.problem(), (409, code));
        let cash = serde_json::json!({ "cash": { "given_minor": 1_000 } });
        let paid = till
            .post(&held.path("/tenders"), &tests::world::new_key(), &cash)
            .await;
        assert_eq!(paid.problem(), (409, code));
        let kept: Hold = held.look().await;
        assert_eq!(kept.tenders.len(), 0, "no money was taken");
        between.end().await;
    }
}

/// What is given where something is asked of the seats of `tonight`. One thread: whoever is answered goes on only when this story waits.
async fn while_they_change(engine: Engine, path: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let (database, clock) = (HubDatabase::new(engine, folder.path()), standing_still());
    let database = database.open().unwrap();
    let here = Arc::new(counter(&database, &clock).await);
    import(&here, PROGRAMME).await.unwrap();
    let scope = counter::scope(&"metropol".parse().unwrap());
    let waiting = async |count: u64| {
        until("it waits to be written", async || {
            (database.statistics().queue_length >= count).then_some(())
        })
        .await;
    };
    // Somebody writes for as long as it takes until all are waiting behind.
    let (go_on, goes_on) = mpsc::channel::<()>();
    let (begun, begins) = mpsc::channel();
    let tasks = TaskTracker::new();
    let writing = tasks.spawn({
        let (database, scope) = (database.clone(), scope.clone());
        let write = async move |work| database.write(scope, work).await;
        write(move |_: &mut database::Tx<'_>| {
            begun.send(()).unwrap();
            goes_on.recv().unwrap();
            Ok::<_, database::Error>(())
        })
    });
    until("it is written", async || begins.try_recv().ok()).await;
    let (till, path) = (here.till("till-1"), path.to_owned());
    let asking = tasks.spawn(async move { till.get(&path).await });
    waiting(1).await;
    let importing = tasks.spawn({
        let (here, later) = (Arc::clone(&here), TONIGHT.replace("20:15", "20:20"));
        let programme = PROGRAMME.replacen(TONIGHT, &later, 1);
        async move { import(&here, &programme).await }
    });
    waiting(2).await;
    let (told, is_told) = mpsc::channel();
    let last = tasks.spawn({
        let (database, scope) = (database.clone(), scope.clone());
        let write = async move |work| database.write(scope, work).await;
        write(move |tx: &mut database::Tx<'_>| {
            let told = told.clone();
            tx.after_commit(move || told.send(()).unwrap());
            Ok::<_, database::Error>(())
        })
    });
    waiting(3).await;
    go_on.send(()).unwrap();
    // The thread on which whoever asked would go on stands still until all is committed.
    is_told.recv_timeout(Duration::from_secs(10)).unwrap();
    let answer = asking.await.unwrap();
    let given = answer.expect(200).json;
    importing.await.unwrap().unwrap();
    writing.await.unwrap().unwrap();
    last.await.unwrap().unwrap();
    let here = Arc::into_inner(here).unwrap();
    here.end().await;
    given
}

#[tokio::test]
async fn seats_are_given_to_whoever_asks_while_their_showtime_changes() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let map = while_they_change(engine, "/api/v1/showtimes/tonight/seats").await;
        let seats = map["seats"].as_array().unwrap();
        assert_eq!(seats.len(), 46, "{engine:?}");
        assert!(seats.iter().all(|seat| seat["state"] == "free"), "{map}");
        let path = "/api/v1/showtimes/tonight/best-available?count=2";
        let proposed = while_they_change(engine, path).await;
        assert_eq!(proposed["seats"].as_array().unwrap().len(), 2);
    }
}
