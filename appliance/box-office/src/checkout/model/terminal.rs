//! A terminal that does what it is asked, whenever that arrives: answers are lost or overtaken, the process dies and begins again. When
//! all have spoken, the machines must know what the terminal did.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::checkout::payment::Word;

const TOTAL_MINOR: i64 = 1_000;
const RETURNED: PaymentEvent = PaymentEvent::Said(Said::Returned);

/// What is true of a payment at the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Truth {
    NeverHeard,
    Waiting,
    Captured,
    Declined,
    Cancelled,
    Returned,
}

#[derive(Debug, Clone, Copy)]
enum Move {
    Pay(Means),
    Settle,
    Release,
    Happen(PurchaseFact),
    /// A guest or a clerk wants a payment stopped.
    Stop(Index),
    /// The terminal gets something that it was asked.
    Arrive(Index),
    /// It never does, or the answer does not come back.
    Lose(Index, bool),
    /// An answer comes back.
    Answer(Index),
    /// A guest and the bank decide.
    Guest(Index, bool),
    Deadline,
    NotTaken(Index),
    /// A person gives a payment back by hand; the terminal is asked first, if it is reached.
    ByHand(Index, bool),
    /// The process dies and begins again; what was sent may arrive yet.
    Crash,
    Time(i64),
}

/// What is said to a question about a payment.
#[derive(Debug, Clone, Copy)]
struct Answer {
    payment: usize,
    event: PaymentEvent,
    /// Whether it was to give the payment back.
    is_of_return: bool,
    /// How many words a person had said about the payment when it was asked.
    words: usize,
}

struct Model {
    world: World,
    truths: Vec<Truth>,
    /// Answers on their way back.
    answers: Vec<Answer>,
    /// Questions of a process that is gone.
    strays: Vec<(usize, PaymentEffect)>,
    /// The payments that a person gave back.
    by_hand: Vec<usize>,
    /// Of which payments a person has said something, one for each word.
    words: Vec<usize>,
}

impl Model {
    fn make(&mut self, step: Move) {
        match step {
            Move::Pay(means) => self.world.pay(means, TOTAL_MINOR * 2 / 5),
            Move::Settle => self.world.settle(),
            Move::Release => self.world.release(),
            Move::Happen(fact) => self.world.happen(fact),
            Move::Stop(which) => {
                if let Some(nth) = one_of(which, self.world.payments.len()) {
                    self.fact(nth, PaymentEvent::Stop);
                }
            }
            Move::Arrive(which) => {
                let waiting = self.world.outside.len();
                let Some(nth) = one_of(which, waiting + self.strays.len()) else {
                    return;
                };
                if nth < waiting {
                    let (payment, effect) = self.world.outside.remove(nth);
                    let event = self.perform(payment, effect);
                    self.answers.push(self.answer(payment, effect, event));
                } else {
                    let (payment, effect) = self.strays.remove(nth - waiting);
                    self.perform(payment, effect);
                }
            }
            Move::Lose(which, arrives) => {
                if let Some(nth) = one_of(which, self.world.outside.len()) {
                    let (payment, effect) = self.world.outside.remove(nth);
                    if arrives {
                        self.perform(payment, effect);
                    }
                    let answer = self.answer(payment, effect, PaymentEvent::NoAnswer);
                    self.answers.push(answer);
                }
            }
            Move::Answer(which) => {
                if let Some(nth) = one_of(which, self.answers.len()) {
                    let answer = self.answers.remove(nth);
                    self.hear(answer);
                }
            }
            Move::Guest(which, pays) => {
                if let Some(nth) = one_of(which, self.truths.len()) {
                    self.decide(nth, pays);
                }
            }
            Move::Deadline => self.world.showtime_ends(),
            Move::NotTaken(which) => {
                if let Some(nth) = one_of(which, self.world.payments.len()) {
                    let event = PaymentEvent::Word(Word::NotTaken);
                    // Only a case asks for it.
                    let told = self.world.tell(nth, event);
                    assert!(told.is_ok() || self.world.payments[nth].state != Payment::Case);
                    if told.is_ok() {
                        self.words.push(nth);
                    }
                }
            }
            Move::ByHand(which, is_reached) => {
                if let Some(nth) = one_of(which, self.world.payments.len()) {
                    self.give_back_by_hand(nth, is_reached);
                }
            }
            Move::Crash => self.crash(),
            Move::Time(by_ms) => {
                self.world.now_ms += by_ms;
                self.world.happen(PurchaseFact::Lapse);
            }
        }
        let payments = self.world.payments.len();
        self.truths.resize(payments, Truth::NeverHeard);
    }

    fn fact(&mut self, payment: usize, event: PaymentEvent) {
        assert_eq!(self.world.tell(payment, event), Ok(()));
    }

    fn words_about(&self, payment: usize) -> usize {
        self.words.iter().filter(|about| **about == payment).count()
    }

    fn answer(&self, payment: usize, effect: PaymentEffect, event: PaymentEvent) -> Answer {
        Answer {
            payment,
            event,
            is_of_return: matches!(effect, PaymentEffect::Return { .. }),
            words: self.words_about(payment),
        }
    }

    /// What was asked before a person's word is no answer to it.
    fn hear(&mut self, answer: Answer) {
        let is_later = self.words_about(answer.payment) != answer.words;
        let event = match is_later {
            true => PaymentEvent::NoAnswer,
            false => answer.event,
        };
        self.fact(answer.payment, event);
    }

    /// Refused while the terminal is asked to give it back, until its answer is recorded; and recorded if it says that it has.
    fn give_back_by_hand(&mut self, nth: usize, is_reached: bool) {
        let is_return = |(payment, effect): &(usize, PaymentEffect)| {
            *payment == nth && matches!(effect, PaymentEffect::Return { .. })
        };
        let is_answer = |answer: &Answer| answer.payment == nth && answer.is_of_return;
        if !matches!(self.world.payments[nth].state, Payment::Returning(_))
            || self.world.outside.iter().any(is_return)
            || self.answers.iter().any(is_answer)
        {
            return;
        }
        if is_reached && self.perform(nth, PaymentEffect::Look) == RETURNED {
            return self.fact(nth, RETURNED);
        }
        let event = PaymentEvent::Word(Word::GivenBack);
        assert_eq!(self.world.tell(nth, event), Ok(()));
        self.by_hand.push(nth);
        self.words.push(nth);
    }

    /// The terminal does what it is asked and says what is true; a refund that it was sent before it has done by then.
    fn perform(&mut self, payment: usize, effect: PaymentEffect) -> PaymentEvent {
        let amount_minor = self.world.payments[payment].amount_minor;
        let truth = &mut self.truths[payment];
        let sent_before = self.strays.extract_if(.., |(about, sent)| {
            *about == payment && matches!(sent, PaymentEffect::Return { .. })
        });
        if sent_before.count() > 0 && *truth == Truth::Captured {
            *truth = Truth::Returned;
        }
        match (effect, *truth) {
            (PaymentEffect::LookSoon | PaymentEffect::LookLater, _) => return PaymentEvent::Due,
            (PaymentEffect::Ask, Truth::NeverHeard) => *truth = Truth::Waiting,
            // What it never heard of is stopped for good.
            (PaymentEffect::Stop, Truth::NeverHeard | Truth::Waiting) => *truth = Truth::Cancelled,
            (PaymentEffect::Return { amount_minor: back }, Truth::Captured) => {
                assert_eq!(back, amount_minor);
                *truth = Truth::Returned;
            }
            (
                PaymentEffect::Ask
                | PaymentEffect::Look
                | PaymentEffect::Stop
                | PaymentEffect::Return { .. }
                | PaymentEffect::Tell(_),
                _,
            ) => {}
        }
        PaymentEvent::Said(match truth {
            Truth::NeverHeard => Said::NeverHeard,
            Truth::Waiting => Said::Waiting,
            Truth::Captured => Said::Captured { amount_minor },
            Truth::Declined => Said::Declined,
            Truth::Cancelled => Said::Cancelled,
            Truth::Returned => Said::Returned,
        })
    }

    fn decide(&mut self, nth: usize, pays: bool) {
        if self.truths[nth] == Truth::Waiting {
            self.truths[nth] = if pays {
                Truth::Captured
            } else {
                Truth::Declined
            };
        }
    }

    fn crash(&mut self) {
        self.strays.append(&mut self.world.outside);
        self.answers.clear();
        self.world.happen(PurchaseFact::WaitsForNothing);
        for nth in 0..self.world.payments.len() {
            if self.world.payments[nth].state.is_unfinished() {
                self.fact(nth, PaymentEvent::Restart);
            }
        }
    }

    /// Everything arrives and is answered, until nobody asks any more.
    fn come_to_rest(&mut self, pays: bool) {
        for _round in 0..100 {
            let strays = std::mem::take(&mut self.strays);
            for (payment, effect) in strays {
                self.perform(payment, effect);
            }
            for nth in 0..self.truths.len() {
                self.decide(nth, pays);
            }
            let outside = std::mem::take(&mut self.world.outside);
            let mut answers = std::mem::take(&mut self.answers);
            for (payment, effect) in outside {
                let event = self.perform(payment, effect);
                answers.push(self.answer(payment, effect, event));
            }
            if answers.is_empty() {
                return;
            }
            for answer in answers {
                self.hear(answer);
                self.world.check();
            }
        }
        panic!("somebody asks without an end: {:?}", self.world.outside);
    }

    /// The terminal and the machines say the same of every card.
    fn check_truth(&self) {
        for (nth, (paying, truth)) in self.world.payments.iter().zip(&self.truths).enumerate() {
            let is_kept = match paying.state {
                Payment::Captured(_) => true,
                Payment::Declined | Payment::Cancelled { .. } | Payment::Returned(_) => false,
                Payment::Owed(_) => continue,
                Payment::Intended
                | Payment::Asked
                | Payment::StepNeeded
                | Payment::Stopping
                | Payment::Case
                | Payment::Returning(_) => panic!("{:?} at rest", paying.state),
            };
            let state = paying.state;
            if self.by_hand.contains(&nth) {
                assert!(!is_kept, "{truth:?}, {state:?}");
                let is_twice = *truth == Truth::Returned;
                assert_eq!(paying.is_told_twice, is_twice, "{truth:?}, {state:?}");
            } else if paying.means == Means::Card {
                assert_eq!(is_kept, *truth == Truth::Captured, "{truth:?}, {state:?}");
            }
        }
        let kept_minor = self.world.sums().paid_minor;
        if self.world.issued {
            assert_eq!(kept_minor, TOTAL_MINOR, "sold at its price");
        }
    }
}

fn one_of(which: Index, of: usize) -> Option<usize> {
    (of > 0).then(|| which.index(of))
}

fn moves() -> impl Strategy<Value = Move> {
    let facts = vec![
        PurchaseFact::ShowtimeGone,
        PurchaseFact::SeatLost,
        PurchaseFact::BuyerGone,
    ];
    prop_oneof![
        6 => select(vec![Means::Card, Means::Card, Means::Cash]).prop_map(Move::Pay),
        1 => Just(Move::Settle),
        1 => Just(Move::Release),
        1 => select(facts).prop_map(Move::Happen),
        3 => any::<Index>().prop_map(Move::Stop),
        9 => any::<Index>().prop_map(Move::Arrive),
        3 => (any::<Index>(), any::<bool>()).prop_map(|(which, arrives)| Move::Lose(which, arrives)),
        9 => any::<Index>().prop_map(Move::Answer),
        4 => (any::<Index>(), any::<bool>()).prop_map(|(which, pays)| Move::Guest(which, pays)),
        1 => Just(Move::Deadline),
        1 => any::<Index>().prop_map(Move::NotTaken),
        2 => (any::<Index>(), any::<bool>()).prop_map(|(which, is_reached)| Move::ByHand(which, is_reached)),
        2 => Just(Move::Crash),
        1 => (0_i64..100_000).prop_map(Move::Time),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_machines_come_to_know_what_the_terminal_did(
        steps in prop::collection::vec(moves(), 1..60),
        pays in any::<bool>(),
    ) {
        let mut model = Model {
            world: World::new(TOTAL_MINOR, 300_000),
            truths: Vec::new(),
            answers: Vec::new(),
            strays: Vec::new(),
            by_hand: Vec::new(),
            words: Vec::new(),
        };
        for step in steps {
            model.make(step);
            model.world.check();
        }
        model.come_to_rest(pays);
        model.check_truth();
        model.world.showtime_ends();
        model.come_to_rest(pays);
        model.check_truth();
        model.world.check_end();
    }
}
