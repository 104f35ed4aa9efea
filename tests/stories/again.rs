//! What a counter does again and what it does not, on both engines: a request that is repeated, and a payment that its background work has
//! left lying.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use box_office::CinemaId;
use box_office::checkout::Said;
use counter::programme::Consent;
use counter::{Answer, Charge, Details, NoAnswer, Pays, Ports};
use counter_api::{Hold, HoldState, Sale};
use database::{Database, Error, Scope};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use service::Clock;
use tests::engine::{Engine, HubDatabase};
use tests::one_counter::{Here, NothingAbove};
use tests::world::{Held, PROGRAMME, Seller, new_key, standing_still};

/// A database of a cinema with the programme of the stories, on this engine.
struct Kept {
    database: Database,
    clock: Clock,
    _at: (tempfile::TempDir, HubDatabase),
}

impl Kept {
    async fn on(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = HubDatabase::new(engine, folder.path());
        let kept = Self {
            database: at.open().unwrap(),
            clock: standing_still(),
            _at: (folder, at),
        };
        let first = kept.counter(Arc::new(NothingAbove)).await;
        let programme = PROGRAMME.to_owned();
        let imported = counter::programme::import(&first.counter, programme, Consent::Given).await;
        imported.expect("the programme of the stories is right");
        first.end().await;
        kept
    }

    async fn counter(&self, ports: Arc<dyn Ports>) -> Here {
        Here::open(&self.database, &self.clock, ports).await
    }
}

/// Nobody gets a seat while a programme is written: one that takes too long is given up, and all is as it was.
#[tokio::test]
async fn an_import_that_takes_too_long_changes_nothing() {
    let kept = Kept::on(Engine::Sqlite).await;
    let counter = kept.counter(Arc::new(NothingAbove)).await;
    let dearer = PROGRAMME.replace("version = 1", "version = 2");
    let import = |longest| {
        let (programme, consent) = (dearer.clone(), Consent::Given);
        counter::programme::import_within(&counter.counter, programme, consent, longest)
    };
    let refused = import(Duration::ZERO).await.unwrap_err();
    let words = service::http::Refusal::from(refused);
    assert_eq!(words.code(), "took_too_long");
    let imported = import(Duration::from_secs(1)).await.unwrap();
    assert!(
        !imported.changed.is_empty(),
        "nothing of the first stayed: {imported}"
    );
    counter.end().await;
}

const REUSED: (u16, &str) = (422, "idempotency_key_reused");

tests::on_both_engines!(a_key_that_settled_one_hold_settles_no_other_whoever_paid_before);

async fn a_key_that_settled_one_hold_settles_no_other_whoever_paid_before(engine: Engine) {
    let kept = Kept::on(engine).await;
    let counter = kept.counter(Arc::new(NothingAbove)).await;
    let till = counter.till("till-1");
    let seats = ["A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"];
    // By cash that comes with the request, or by nothing more, for it was paid before.
    for (nth, is_paid_before) in [[false, false], [false, true], [true, false], [true, true]]
        .into_iter()
        .enumerate()
    {
        let key = new_key();
        let mut answers = Vec::new();
        for (seat, is_paid) in seats[nth * 2..].iter().zip(is_paid_before) {
            let held = till.hold("tonight", &[seat]).await;
            let body = if is_paid {
                pay(&till, &held, &new_key()).await;
                json!({})
            } else {
                json!({ "cash_given_minor": 5_000 })
            };
            let settle = held.path("/settle");
            answers.push(till.post(&settle, &key, &body).await);
            let again = till.post(&settle, &key, &body).await;
            assert_eq!(again.json["id"], answers.last().unwrap().json["id"]);
            assert_eq!(again.status, answers.last().unwrap().status);
        }
        assert_eq!(answers[0].status, 200, "{is_paid_before:?}");
        assert_eq!(answers[1].problem(), REUSED, "{is_paid_before:?}");
    }
    counter.end().await;
}

tests::on_both_engines!(a_settled_hold_is_settled_again_by_the_same_request_or_another_key);

async fn a_settled_hold_is_settled_again_by_the_same_request_or_another_key(engine: Engine) {
    let kept = Kept::on(engine).await;
    let counter = kept.counter(Arc::new(NothingAbove)).await;
    let till = counter.till("till-1");
    for (seat, is_paid) in [("A1", false), ("A2", true)] {
        let held = till.hold("tonight", &[seat]).await;
        // One key for a payment and for what settles it is two wishes: a key is of its route.
        let key = new_key();
        let wish = if is_paid {
            pay(&till, &held, &key).await;
            json!({})
        } else {
            json!({ "cash_given_minor": 5_000 })
        };
        let settle = held.path("/settle");
        let ask = async |till: &Seller, key: &str, body: &Value| {
            let answer = till.post(&settle, key, body).await;
            (answer.status, answer.json["id"].clone(), answer)
        };
        let (status, sale, first) = ask(&till, &key, &wish).await;
        assert_eq!(status, 200, "{}", first.text);
        assert_eq!(first.body::<Sale>().tickets.len(), 1);
        for key in [key.as_str(), &new_key()] {
            let (status, again, answer) = ask(&till, key, &wish).await;
            assert_eq!((status, again), (200, sale.clone()), "{}", answer.text);
        }
        let other_wish = json!({ "cash_given_minor": 6_000 });
        let (_, _, answer) = ask(&till, &key, &other_wish).await;
        assert_eq!(answer.problem(), REUSED, "the sum is another");
        // What one till has used is not used by another.
        let other_till = counter.till("till-2");
        let held = other_till
            .hold("tonight", &[["B1"], ["C1"]][usize::from(is_paid)])
            .await;
        let settle = held.path("/settle");
        let cash = json!({ "cash_given_minor": 5_000 });
        other_till.post(&settle, &key, &cash).await.expect(200);
    }
    counter.end().await;
}

/// Pays the whole in cash before it is settled.
async fn pay(till: &Seller, held: &Held, key: &str) {
    let cash = json!({ "cash": { "given_minor": 5_000 } });
    till.post(&held.path("/tenders"), key, &cash)
        .await
        .expect(201);
}

tests::on_both_engines!(a_payment_that_a_step_left_lying_is_taken_up_by_the_next);

async fn a_payment_that_a_step_left_lying_is_taken_up_by_the_next(engine: Engine) {
    let kept = Kept::on(engine).await;
    let counter = kept.counter(Arc::new(Terminal)).await;
    counter.run_due().await;
    let till = counter.till("till-1");
    let held = till.hold("tonight", &["A1"]).await;
    held.begin_card().await.expect(202);
    counter.run_due().await;
    // The terminal was silent and is asked again later, by a step that breaks off with the payment in hand.
    kept.clock.advance(LATER);
    counter.break_off();
    assert_eq!(state(&till, &held).await, HoldState::Paying);
    counter.run_due().await;
    assert_eq!(state(&till, &held).await, HoldState::Settled);
    counter.end().await;
}

tests::on_both_engines!(what_an_earlier_process_left_is_taken_up_as_soon_as_it_can_be_read);

async fn what_an_earlier_process_left_is_taken_up_as_soon_as_it_can_be_read(engine: Engine) {
    let kept = Kept::on(engine).await;
    let earlier = kept.counter(Arc::new(Terminal)).await;
    earlier.run_due().await;
    let held = earlier.till("till-1").hold("tonight", &["A1"]).await;
    held.begin_card().await.expect(202);
    earlier.run_due().await;
    earlier.end().await;
    let counter = kept.counter(Arc::new(Terminal)).await;
    let till = counter.till("till-1");
    change(&kept.database, "ALTER TABLE payment RENAME TO hidden").await;
    counter.run_due().await;
    change(&kept.database, "ALTER TABLE hidden RENAME TO payment").await;
    assert_eq!(state(&till, &held).await, HoldState::Paying);
    counter.run_due().await;
    assert_eq!(state(&till, &held).await, HoldState::Settled);
    counter.end().await;
}

/// Longer than any pause between two looks at a payment.
const LATER: Duration = Duration::from_secs(60);

async fn state(till: &Seller, held: &Held) -> HoldState {
    let hold: Hold = till.get(&held.path("")).await.expect(200).body();
    hold.state
}

async fn change(database: &Database, sql: &'static str) {
    let changed = database.write(Scope::Nothing, move |tx| tx.execute(sql, &[]).map(drop));
    let changed: Result<(), Error> = changed.await;
    changed.unwrap();
}

/// A terminal that takes the money, and whose first answer is lost.
struct Terminal;

impl Ports for Terminal {
    fn written(&self, _: &CinemaId) {}

    fn cards(&self) -> Option<&dyn Pays> {
        Some(self)
    }
}

impl Pays for Terminal {
    fn ask(&self, _: &Charge, _: Option<String>) -> BoxFuture<'static, Answer> {
        Box::pin(ready(Err(NoAnswer("it is lost".to_owned()))))
    }

    fn look(&self, charge: &Charge) -> BoxFuture<'static, Answer> {
        let said = Said::Captured {
            amount_minor: charge.amount.minor,
        };
        Box::pin(ready(Ok((said, Details::default()))))
    }

    fn stop(&self, charge: &Charge) -> BoxFuture<'static, Answer> {
        self.look(charge)
    }

    fn give_back(&self, charge: &Charge) -> BoxFuture<'static, Answer> {
        self.look(charge)
    }
}
