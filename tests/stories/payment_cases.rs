//! Payments of which the terminal never says anything: after the showtime a person decides, and the terminal may still know better.

use std::time::Duration;

use appliance::control::{Decision, Order};
use appliance::terminal::Payment;
use appliance::terminal::protocol::CardSlip;
use appliance_api::Status;
use box_office::TenderId;
use counter_api::{HoldState, SeatState, TenderState};
use hub_api::HeadOffice;
use tests::card_terminal::{Behaviour, CardTerminalSimulator, Cut, Question, RefundBehaviour};
use tests::world::{Held, Hub, Left, Seller, World, until};

/// From the beginning of the story until every showtime of the evening is over.
const THE_EVENING: Duration = Duration::from_secs(6 * 60 * 60);

/// A guest at the terminal who never pays, and the payment.
async fn paying(world: &World, guest: &Seller) -> (Held, TenderId) {
    let held = guest.hold("tonight", &["D1"]).await;
    world.terminal.next(Behaviour::NeverAnswer);
    let tender = held.begin_card().await.expect(202).json["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    world
        .terminal
        .wait_until(|till| !till.payments.is_empty())
        .await;
    (held, tender)
}

async fn open_cases(seller: &Seller) -> u64 {
    let status: Status = seller.get("/api/v1/status").await.expect(200).body();
    status.open_cases
}

async fn until_open(seller: &Seller, cases: u64) {
    until("the case is noticed", || async {
        (open_cases(seller).await == cases).then_some(())
    })
    .await;
}

/// A payment that was taken after the showtime, and that the terminal has to give back.
async fn to_be_given_back(
    world: &World,
    guest: &Seller,
    behaviour: RefundBehaviour,
) -> (Held, TenderId) {
    let (held, payment) = paying(world, guest).await;
    world.wait(THE_EVENING);
    until_open(guest, 1).await;
    world.terminal.refunds(behaviour);
    world.terminal.decide(&payment, true);
    world
        .terminal
        .wait_until(|till| till.refunds_waiting == 1)
        .await;
    (held, payment)
}

async fn decide(
    world: &World,
    payment: &TenderId,
    decision: Decision,
    reason: &str,
) -> Result<String, String> {
    let order = Order::Decide {
        payment: payment.clone(),
        decision,
        reason: reason.to_owned(),
    };
    world.order(order).await
}

#[tokio::test]
async fn not_taken_says_a_person_and_the_terminal_that_took_it_gives_it_back() {
    let world = World::open().await;
    let guest = world.guest().await;
    let (held, payment) = paying(&world, &guest).await;
    assert_eq!(open_cases(&guest).await, 0);
    let early = decide(&world, &payment, Decision::NotTaken, "too early").await;
    assert!(early.unwrap_err().contains("No person is asked"));

    world.wait(THE_EVENING);
    until_open(&guest, 1).await;
    assert_eq!(held.look().await.state, HoldState::Paying);
    let list = world.order(Order::Cases).await.unwrap();
    assert!(
        list.contains(payment.as_str()) && list.contains("12.00") && list.contains("taken or not"),
        "{list}"
    );
    until("the metrics say so", || async {
        let metrics = world.stranger().get("/metrics").await.expect(200).text;
        metrics.contains("payment_cases_open 1").then_some(())
    })
    .await;

    let silent = decide(&world, &payment, Decision::NotTaken, "  ").await;
    assert!(silent.unwrap_err().contains("A reason is missing"));
    let first = decide(&world, &payment, Decision::Refunded, "cash").await;
    assert!(first.unwrap_err().contains("not what the case is about"));
    let words = decide(&world, &payment, Decision::NotTaken, "not on the slip").await;
    assert!(words.unwrap().contains("the seats are free"));
    assert_eq!(guest.sees("tonight", "D1").await, SeatState::Free);
    assert_eq!(held.look().await.state, HoldState::Ended);
    assert_eq!(open_cases(&guest).await, 0);
    let again = decide(&world, &payment, Decision::Taken, "or was it").await;
    assert!(again.unwrap_err().contains("This case is closed"));

    world.terminal.decide(&payment, true);
    until("the money is given back", || async {
        let refunded = world.terminal.till().refunded_minor == 1200;
        let told = held.look().await.tenders[0].state == TenderState::Refunded;
        (refunded && told).then_some(())
    })
    .await;
    until_open(&guest, 0).await;
}

#[tokio::test]
async fn taken_by_a_terminal_that_is_gone_is_owed_until_a_person_gives_it_back() {
    let mut world = World::open().await;
    // The terminal would have to say it too.
    world.leaves(Left::Payments);
    let guest = world.guest().await;
    let (held, payment) = paying(&world, &guest).await;
    std::mem::replace(&mut world.terminal, CardTerminalSimulator::start().await)
        .stop()
        .await;
    world.wait(THE_EVENING);
    until_open(&guest, 1).await;

    // Days later, and by another process: a case outlives both.
    world.wait(3 * 24 * Duration::from_secs(60 * 60));
    world.restart().await;
    let guest = world.again(&guest);
    until_open(&guest, 1).await;
    let words = decide(&world, &payment, Decision::Taken, "on the bank's statement").await;
    assert!(words.unwrap().contains("owed back"));
    assert_eq!(guest.sees("tonight", "D1").await, SeatState::Free);
    assert_eq!(open_cases(&guest).await, 1, "a debt is still a case");
    let list = world.order(Order::Cases).await.unwrap();
    assert!(list.contains("to be given back"), "{list}");

    let words = until("nobody asks the terminal any more", || async {
        let words = decide(&world, &payment, Decision::Refunded, "cash, signed for").await;
        let is_asked = words
            .as_ref()
            .is_err_and(|why| why.contains("at this moment"));
        (!is_asked).then_some(words)
    })
    .await;
    assert_eq!(words.unwrap(), "given back");
    assert_eq!(open_cases(&guest).await, 0);
    let hold: counter_api::Hold = guest.get(&held.path("")).await.expect(200).body();
    assert_eq!(
        (hold.state, hold.tenders[0].state),
        (HoldState::Ended, TenderState::Refunded)
    );
}

#[tokio::test]
async fn a_terminal_that_answers_after_the_showtime_closes_the_case_by_itself() {
    let world = World::open().await;
    let guest = world.guest().await;
    let (held, payment) = paying(&world, &guest).await;
    world.wait(THE_EVENING);
    until_open(&guest, 1).await;
    world.terminal.decide(&payment, true);
    until("the money is given back, for the film is over", || async {
        let hold = held.look().await;
        (hold.tenders[0].state == TenderState::Refunded).then_some(())
    })
    .await;
    until_open(&guest, 0).await;
    let till = world.terminal.till();
    assert_eq!((till.captured_minor, till.refunded_minor), (1200, 1200));
    assert!(
        held.look().await.sale.is_none(),
        "no ticket for a film that is over"
    );
}

#[tokio::test]
async fn nobody_gives_back_by_hand_what_the_terminal_is_giving_back() {
    let world = World::open().await;
    let guest = world.guest().await;
    let (held, payment) = to_be_given_back(&world, &guest, RefundBehaviour::Wait).await;

    let by_hand = decide(&world, &payment, Decision::Refunded, "cash").await;
    assert!(by_hand.unwrap_err().contains("at this moment"));
    world.terminal.refunds(RefundBehaviour::GiveBack);
    until("the terminal has given it back", || async {
        let hold = held.look().await;
        (hold.tenders[0].state == TenderState::Refunded).then_some(())
    })
    .await;
    until_open(&guest, 0).await;
    assert_eq!(world.terminal.till().refunded_minor, 1200);
    let late = decide(&world, &payment, Decision::Refunded, "cash").await;
    assert!(late.unwrap_err().contains("This case is closed"));
}

#[tokio::test]
async fn nobody_gives_back_by_hand_what_the_terminal_gave_back_and_did_not_say() {
    let world = World::open().await;
    let guest = world.guest().await;
    let (held, payment) = paying(&world, &guest).await;
    world.wait(THE_EVENING);
    until_open(&guest, 1).await;
    world.terminal.refunds(RefundBehaviour::Vanish);
    world.terminal.decide(&payment, true);
    world
        .terminal
        .wait_until(|till| till.refunded_minor == 1200 && till.refunds_waiting == 0)
        .await;

    until("the box no longer waits for the answer", || async {
        let by_hand = decide(&world, &payment, Decision::Refunded, "cash").await;
        let refused = by_hand.unwrap_err();
        (!refused.contains("at this moment")).then(|| {
            assert!(refused.contains("This case is closed"), "{refused}");
        })
    })
    .await;
    assert_eq!(
        held.look().await.tenders[0].state,
        TenderState::Refunded,
        "the terminal was asked"
    );
    until_open(&guest, 0).await;
}

/// The box no longer waits for the answer, and has been begun anew besides.
#[tokio::test]
async fn nobody_gives_back_by_hand_what_a_slow_terminal_still_has_in_hand() {
    let mut world = World::open().await;
    let guest = world.guest().await;
    let (held, payment) = to_be_given_back(&world, &guest, RefundBehaviour::WaitAlone).await;
    for _process in 0..2 {
        for _time in 0..20 {
            let by_hand = decide(&world, &payment, Decision::Refunded, "cash").await;
            assert!(by_hand.unwrap_err().contains("at this moment"));
        }
        world.restart().await;
    }
    let guest = world.again(&guest);
    world.terminal.refunds(RefundBehaviour::GiveBack);
    until("the terminal has given it back", || async {
        world.wait(Duration::from_secs(2));
        let hold: counter_api::Hold = guest.get(&held.path("")).await.expect(200).body();
        (hold.tenders[0].state == TenderState::Refunded).then_some(())
    })
    .await;
    until_open(&guest, 0).await;
    assert_eq!(world.terminal.till().refunded_minor, 1200);
}

#[tokio::test]
async fn what_a_person_and_the_terminal_gave_back_is_told_to_head_office() {
    let hub = Hub::start().await;
    let world = World::open().await;
    // The same money went back twice, and an audit says so.
    world.leaves(Left::Faults);
    world.enrol(&hub).await;
    let guest = world.guest().await;
    let (_, payment) = to_be_given_back(&world, &guest, RefundBehaviour::WaitAlone).await;

    until_given_unreached(&world, &payment).await;
    world.terminal.refunds(RefundBehaviour::GiveBack);
    until_told_twice(&world, &hub, &payment).await;
}

/// A person gives it back, and nobody is reached who could say that the terminal does, or has.
async fn until_given_unreached(world: &World, payment: &TenderId) {
    until("a person has given it back", || async {
        world.terminal.cut(Question::Status, Cut::LosesQuestion);
        let by_hand = decide(world, payment, Decision::Refunded, "cash").await;
        by_hand.ok()
    })
    .await;
}

async fn until_told_twice(world: &World, hub: &Hub, payment: &TenderId) {
    let words = format!("the payment {payment} was refunded before");
    until("head office is told that it went back twice", || async {
        world.wait(Duration::from_secs(2));
        let picture: HeadOffice = hub.get("/api/v1/head-office/cinemas").await?;
        picture.cases.into_iter().find(|case| case.words == words)
    })
    .await;
}

/// What was asked before a person's word is answered with what was true before it, and is heard after it.
#[tokio::test]
async fn what_the_terminal_said_before_a_persons_word_is_not_its_word_on_it() {
    let hub = Hub::start().await;
    let world = World::open().await;
    // The same money went back twice, and an audit says so.
    world.leaves(Left::Faults);
    world.enrol(&hub).await;
    let guest = world.guest().await;
    let (_, payment) = paying(&world, &guest).await;
    let taken = Payment::Approved {
        amount_minor: 1200,
        slip: CardSlip {
            last_four: "4242".to_owned(),
            authorisation: "000001".to_owned(),
        },
    };
    world.terminal.say(Question::Status, taken);
    world.terminal.cut(Question::Status, Cut::KeepsAnswer);
    world.wait(THE_EVENING);
    until_open(&guest, 1).await;
    until("the box looks", || async {
        world.wait(Duration::from_secs(2));
        (world.terminal.held() == 1).then_some(())
    })
    .await;

    // Only now it is taken, and given back at once, of which the box hears nothing.
    world.terminal.refunds(RefundBehaviour::Vanish);
    world.terminal.decide(&payment, true);
    world
        .terminal
        .wait_until(|till| till.refunded_minor == 1200 && till.refunds_waiting == 0)
        .await;
    until_given_unreached(&world, &payment).await;
    world.terminal.say_the_truth();
    world.terminal.let_go();
    until_told_twice(&world, &hub, &payment).await;
}

#[tokio::test]
async fn a_part_that_went_back_is_not_the_whole() {
    let world = World::open().await;
    let guest = world.guest().await;
    let (held, payment) = paying(&world, &guest).await;
    world.wait(THE_EVENING);
    until_open(&guest, 1).await;
    for question in [Question::Refund, Question::Status] {
        let part = Payment::Refunded { amount_minor: 1 };
        world.terminal.say(question, part);
    }
    let words = decide(&world, &payment, Decision::Taken, "on the bank's statement").await;
    assert!(words.unwrap().contains("owed back"));
    for _look in 0..3 {
        world.wait(Duration::from_secs(2));
        assert_eq!(open_cases(&guest).await, 1, "the rest is owed");
    }
    world.terminal.say_the_truth();
    world.terminal.decide(&payment, true);
    until("all of it is given back", || async {
        world.wait(Duration::from_secs(2));
        (held.look().await.tenders[0].state == TenderState::Refunded).then_some(())
    })
    .await;
    until_open(&guest, 0).await;
    assert_eq!(world.terminal.till().refunded_minor, 1200);
}
