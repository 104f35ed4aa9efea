//! Money that a person gives by hand, and whoever took it gives as well if they are asked: while one has it in hand the other waits.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use box_office::checkout::Said;
use box_office::{TenderId, TicketId};
use cloud_hub::payments::StandIn;
use counter::checkout::{self, Decision as AboutPayment};
use counter::refunds::{Decision, RefundRefused};
use counter::{
    Again, Answer, Charge, Details, Listing, NoAnswer, PartGiven, PartNow, Patience, Pays,
};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use serde_json::json;
use tests::payment_provider::InProcess;
use tokio::sync::watch;

use crate::custody::choices;
use crate::door::{Bought, Evening};

/// Whoever takes the cards of guests at home, and gives no ticket's money back or answers late, as a story wants it. Clones are the same.
#[derive(Debug, Clone)]
struct Reluctant {
    provider: InProcess,
    refuses: Arc<AtomicBool>,
    /// Whether what is asked about a ticket's money is answered.
    answers: Arc<watch::Sender<bool>>,
    /// Whether it says of no payment what became of it.
    is_silent: Arc<AtomicBool>,
    /// Whether it answers late what is asked next about a payment.
    is_late: Arc<AtomicBool>,
}

impl Reluctant {
    fn new() -> Self {
        Self {
            provider: InProcess::default(),
            refuses: Arc::default(),
            answers: Arc::new(watch::Sender::new(true)),
            is_silent: Arc::default(),
            is_late: Arc::default(),
        }
    }

    fn refuses(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::Relaxed);
    }

    fn answers(&self, answers: bool) {
        self.answers.send_replace(answers);
    }

    fn given_minor(&self) -> i64 {
        self.provider.sums().refunded_minor
    }

    /// What is true now, said once it is to be.
    fn late<T: Send + 'static>(&self, answer: BoxFuture<'static, T>) -> BoxFuture<'static, T> {
        let mut answers = self.answers.subscribe();
        Box::pin(async move {
            // It goes on for as long as the story does.
            let _ = answers.wait_for(|answers| *answers).await;
            answer.await
        })
    }
}

impl Pays for Reluctant {
    fn ask(&self, charge: &Charge, card: Option<String>) -> BoxFuture<'static, Answer> {
        let answer = self.provider.ask(charge, card);
        match self.is_silent.load(Ordering::Relaxed) {
            true => ready(Ok((Said::Waiting, Details::default()))).boxed(),
            false => answer,
        }
    }

    fn look(&self, charge: &Charge) -> BoxFuture<'static, Answer> {
        if self.is_silent.load(Ordering::Relaxed) {
            return ready(Ok((Said::Waiting, Details::default()))).boxed();
        }
        let answer = self.provider.look(charge);
        match self.is_late.swap(false, Ordering::Relaxed) {
            true => self.late(answer),
            false => answer,
        }
    }

    fn stop(&self, charge: &Charge) -> BoxFuture<'static, Answer> {
        self.provider.stop(charge)
    }

    fn give_back(&self, charge: &Charge) -> BoxFuture<'static, Answer> {
        if !self.refuses.load(Ordering::Relaxed) {
            return self.provider.give_back(charge);
        }
        let looks = self.provider.look(charge);
        let never = Some("not to this card".to_owned());
        let refused = |(said, details)| (said, Details { never, ..details });
        looks.map(|answer| answer.map(refused)).boxed()
    }

    fn give_part_back(
        &self,
        charge: &Charge,
        ticket: &TicketId,
    ) -> BoxFuture<'static, Result<PartGiven, NoAnswer>> {
        let no = PartGiven::Never("not to this card".to_owned());
        let answer = match self.refuses.load(Ordering::Relaxed) {
            true => ready(Ok(no)).boxed(),
            false => self.provider.give_part_back(charge, ticket),
        };
        self.late(answer)
    }

    fn look_at_part(
        &self,
        charge: &Charge,
        ticket: &TicketId,
    ) -> BoxFuture<'static, Result<PartNow, NoAnswer>> {
        self.late(self.provider.look_at_part(charge, ticket))
    }

    fn list(&self, since: u64, again: &[Again]) -> BoxFuture<'static, Result<Listing, NoAnswer>> {
        self.provider.list(since, again)
    }

    fn wants_card(&self) -> bool {
        true
    }

    fn patience(&self) -> Patience {
        self.provider.patience()
    }
}

/// A ticket whose money a person is asked to give.
async fn refused(seed: u64) -> (Evening, Bought, Reluctant) {
    let cards = Reluctant::new();
    let mut evening = Evening::open_paying(seed, StandIn(Arc::new(cards.clone()))).await;
    let ticket = evening.buy_by_card("A1").await;
    evening.both.settle_down().await;
    cards.refuses(true);
    assert_eq!(evening.refund(&ticket).await, "asked");
    evening.both.settle_down().await;
    let asked = evening.listed().await.concat();
    assert!(asked.contains("given-back by hand?"), "{asked}");
    assert!(asked.contains("(not to this card)"), "{asked}");
    cards.refuses(false);
    cards.answers(false);
    (evening, ticket, cards)
}

#[tokio::test]
async fn what_a_person_decides_about_nobody_else_gives() {
    let (evening, ticket, cards) = refused(61).await;
    let mut decides = pin!(evening.decides(&ticket, Decision::GivenBack));
    assert!(decides.as_mut().now_or_never().is_none(), "they look first");
    evening.both.settle_down().await;
    cards.answers(true);
    assert_eq!(decides.await, Ok(()));
    evening.both.settle_down().await;
    assert_eq!(cards.given_minor(), 0, "by hand alone");
    assert_eq!(evening.listed().await, [""; 0]);
}

#[tokio::test]
async fn a_person_is_told_that_it_is_being_given_back_at_this_moment() {
    let (evening, ticket, cards) = refused(62).await;
    let mut tries = pin!(evening.both.settle_down());
    assert!(tries.as_mut().now_or_never().is_none(), "it waits");
    for decision in [Decision::GivenBack, Decision::Seen] {
        let refused = evening.decides(&ticket, decision).await;
        assert_eq!(refused, Err(RefundRefused::UnderWay));
    }
    cards.answers(true);
    tries.await;
    assert_eq!(cards.given_minor(), 1_000);
    assert_eq!(evening.listed().await, [""; 0]);
    let closed = evening.decides(&ticket, Decision::GivenBack).await;
    assert_eq!(closed, Err(RefundRefused::CaseClosed));
}

/// The same of a payment that was taken in vain.
#[tokio::test]
async fn what_a_person_says_of_a_payment_nobody_else_gives_back() {
    let cards = Reluctant::new();
    let mut evening = Evening::open_paying(63, StandIn(Arc::new(cards.clone()))).await;
    cards.is_silent.store(true, Ordering::Relaxed);
    cards.refuses(true);
    let both = &mut evening.both;
    let wish = choices(&["A1"]);
    let held = both.ask_the_hub("/showtimes/tomorrow/holds", &wish);
    let (status, held) = held.await;
    assert_eq!(status, 201, "{held}");
    let hold = held["id"].as_str().unwrap();
    let card = json!({ "card": { "card": "card_approve" } });
    let tenders = format!("/holds/{hold}/tenders");
    let (status, paying) = both.ask_the_hub(&tenders, &card).await;
    assert_eq!(status, 202, "{paying}");
    both.house.cancels_tomorrow().await;
    both.settle_down().await;
    cards.is_silent.store(false, Ordering::Relaxed);
    both.settle_down().await;
    let counter = both.house.hub.app.counter();
    let asked = checkout::list(counter).await.unwrap();
    assert!(asked.contains("taken, to be given back"), "{asked}");
    let payment: TenderId = asked.split_once(' ').unwrap().0.parse().unwrap();

    cards.refuses(false);
    cards.answers(false);
    cards.is_late.store(true, Ordering::Relaxed);
    let reason = "in cash".to_owned();
    let about = (payment, None);
    let mut decides = pin!(checkout::decide(
        counter,
        about,
        AboutPayment::Refunded,
        reason
    ));
    assert!(decides.as_mut().now_or_never().is_none(), "they look first");
    both.settle_down().await;
    cards.answers(true);
    assert_eq!(decides.await, Ok("given back".to_owned()));
    both.settle_down().await;
    assert_eq!(cards.given_minor(), 0, "by hand alone");
}
