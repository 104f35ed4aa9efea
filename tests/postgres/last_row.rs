//! Sixty-four want the last row, half of them at each counter; and two decide at the very same moment.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;

use database::{Database, Error, Scope, ScopeLock, params};
use serde_json::json;
use tests::one_counter::How;
use tests::world::{Answer, PROGRAMME, until};
use tokio::task::JoinSet;

use crate::{TwoCounters, number, wrong};

const GUESTS: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_seat_of_the_last_row_is_sold_once() {
    let cinema = TwoCounters::open(How::AT_A_CINEMA).await;
    for row in ['A', 'B', 'C'] {
        let (sold, refused) = fight_over(row, &cinema).await;
        let each_once = [1, 3, 5, 7].map(|seat| (format!("{row}{seat}"), 1));
        assert_eq!((sold, refused), (each_once.into(), GUESTS - 4));
    }
    assert_eq!(wrong(&cinema.database).await, [""; 0]);
    let tickets = "SELECT COUNT(*) FROM ticket WHERE live = 1";
    assert_eq!(number(&cinema.database, tickets).await, 24);
}

/// Everybody wants one of four pairs of the row; how often each was sold, by its first seat, and how many were told that theirs is gone.
async fn fight_over(row: char, cinema: &TwoCounters) -> (BTreeMap<String, u32>, usize) {
    let mut guests = JoinSet::new();
    for number in 0..GUESTS {
        let till = cinema.counters[number % 2].till(&format!("till-{row}-{number}"));
        let first = 1 + 2 * (number / 2 % 4);
        let [seat, beside] = [first, first + 1].map(|seat| format!("{row}{seat}"));
        guests.spawn(async move {
            let asked = till.ask_for("tomorrow", &[&seat, &beside]).await;
            if asked.status != 201 {
                assert_eq!(asked.problem(), (409, "seats_taken"));
                return None;
            }
            let hold = asked.json["id"].as_str().unwrap();
            let path = format!("/api/v1/holds/{hold}/settle");
            let cash = json!({ "cash_given_minor": 5_000 });
            let key = format!("win-{row}-{number}");
            till.post(&path, &key, &cash).await.expect(200);
            Some(seat)
        });
    }
    let (mut sold, mut refused) = (BTreeMap::new(), 0);
    for seat in guests.join_all().await {
        match seat {
            Some(seat) => *sold.entry(seat).or_default() += 1,
            None => refused += 1,
        }
    }
    (sold, refused)
}

/// Two guests at two counters want A1 and A2. A seat is changed only from the state that was decided on, so that it is sold once even without
/// the lock; but then the second guest is told of a fault of ours.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_want_one_seat_at_once_are_told_the_truth_by_the_scopes_lock() {
    let wishes = [["A1", "A2"]; 2];
    let [held, refused] = both_at_once(ScopeLock::Taken, wishes).await;
    assert_eq!(held.status, 201);
    assert_eq!(refused.problem(), (409, "seats_taken"));
    let [held, fault] = both_at_once(ScopeLock::LeftOut, wishes).await;
    assert_eq!(held.status, 201);
    assert_eq!(fault.problem(), (500, "internal_error"));
}

/// A1, A2 and A4, A5 leave A3 alone between them, which no single one of the seats can tell: without the lock both are held.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_leave_a_single_seat_between_them_are_kept_apart_by_the_scopes_lock_alone() {
    let wishes = [["A1", "A2"], ["A4", "A5"]];
    let [held, refused] = both_at_once(ScopeLock::Taken, wishes).await;
    assert_eq!(held.status, 201);
    assert_eq!(refused.problem(), (409, "single_seat_left"));
    let [one, other] = both_at_once(ScopeLock::LeftOut, wishes).await;
    assert_eq!((one.status, other.status), (201, 201));
}

/// What two guests are answered, the better first, each at a counter of its own: while the first waits to save what it decided, the other
/// has come and waits too, for the lock if there is one, and otherwise to save what it decided as well.
async fn both_at_once(scope_lock: ScopeLock, wishes: [[&str; 2]; 2]) -> [Answer; 2] {
    let strict = PROGRAMME.replace("\"lenient\"", "\"strict\"");
    let how = How {
        scope_lock,
        ..How::AT_A_CINEMA
    };
    let cinema = TwoCounters::with(how, &strict).await;
    let database = &cinema.database;
    let (let_them_save, gate) = channel::<()>();
    let (locked, mut is_locked) = tokio::sync::mpsc::unbounded_channel();
    let seats = wishes.map(|[seat, _]| seat.to_owned());
    let locking = database.write(Scope::Nothing, move |tx| {
        for seat in &seats {
            let lock = "UPDATE seat SET edition = edition WHERE seat = $1";
            tx.execute(lock, params![seat.as_str()])?;
        }
        // Whoever told us to go on may be gone, which is as good.
        let _ = locked.send(());
        let _ = gate.recv();
        Ok::<_, Error>(())
    });
    let [here, there] = [0, 1].map(|which| cinema.counters[which].till(&format!("till-{which}")));
    let asking = async {
        is_locked.recv().await.unwrap();
        let waits = async {
            until_waiting(database, 2).await;
            drop(let_them_save);
        };
        tokio::join!(
            here.ask_for("tomorrow", &wishes[0]),
            there.ask_for("tomorrow", &wishes[1]),
            waits
        )
    };
    let (unlocked, (one, other, ())) = tokio::join!(locking, asking);
    unlocked.unwrap();
    assert_eq!(wrong(database).await, [""; 0]);
    let mut answers = [one, other];
    answers.sort_by_key(|answer| answer.status);
    answers
}

async fn until_waiting(database: &Database, writes: i64) {
    until("they wait for one another", || async {
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity \
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        (number(database, waiting).await == writes).then_some(())
    })
    .await;
}
