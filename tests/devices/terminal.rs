//! The card terminal over TCP.

use appliance::terminal::{CardTerminal, Payment, Unknown};
use appliance_api::TerminalState;
use box_office::{Money, TenderId};
use tests::card_terminal::{Behaviour, CardTerminalSimulator};

fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap())
}

fn reference(text: &str) -> TenderId {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_terminal_that_vanishes_after_it_took_the_money_tells_later() {
    let simulator = CardTerminalSimulator::start().await;
    let terminal = CardTerminal::Simulated(simulator.address());
    assert_eq!(terminal.ready().await, TerminalState::Ready);

    simulator.next(Behaviour::Vanish);
    assert!(matches!(
        terminal.pay(&reference("a"), eur(1250)).await,
        Err(Unknown::NoAnswer(_))
    ));
    let Ok(Payment::Approved {
        amount_minor: 1250,
        slip,
    }) = terminal.status(&reference("a")).await
    else {
        panic!("it was approved");
    };
    assert_eq!(slip.last_four, "4242");
    assert!(matches!(
        terminal.pay(&reference("a"), eur(1250)).await,
        Ok(Payment::Approved { .. })
    ));
    assert_eq!(simulator.till().captured_minor, 1250);

    assert_eq!(
        terminal.refund(&reference("a"), eur(1250)).await,
        Ok(Payment::Refunded { amount_minor: 1250 })
    );
    assert_eq!(
        terminal.refund(&reference("a"), eur(1250)).await,
        Ok(Payment::Refunded { amount_minor: 1250 })
    );
    assert_eq!(simulator.till().refunded_minor, 1250);
}

#[tokio::test]
async fn a_guest_who_never_decides_is_cancelled_and_cannot_pay_afterwards() {
    let simulator = CardTerminalSimulator::start().await;
    let terminal = CardTerminal::Simulated(simulator.address());
    simulator.next(Behaviour::NeverAnswer);
    let (card, id) = (terminal.clone(), reference("b"));
    let paying = async { card.pay(&id, eur(900)).await };
    let cancelling = async {
        simulator.wait_until(|till| till.payments.len() == 1).await;
        assert_eq!(terminal.status(&id).await, Ok(Payment::Waiting));
        terminal.cancel(&id).await
    };
    let (paid, cancelled) = tokio::join!(paying, cancelling);
    assert_eq!(
        (paid, cancelled),
        (Ok(Payment::Cancelled), Ok(Payment::Cancelled))
    );
    simulator.decide(&id, true);
    assert_eq!(simulator.till().captured_minor, 0);
}

#[tokio::test]
async fn a_payment_that_never_arrived_is_stopped_for_good() {
    let simulator = CardTerminalSimulator::start().await;
    let terminal = CardTerminal::Simulated(simulator.address());
    simulator.next(Behaviour::VanishBefore);
    assert!(matches!(
        terminal.pay(&reference("c"), eur(700)).await,
        Err(Unknown::NoAnswer(_))
    ));
    assert_eq!(terminal.status(&reference("c")).await, Ok(Payment::Unknown));
    assert_eq!(
        terminal.cancel(&reference("c")).await,
        Ok(Payment::Cancelled)
    );
    assert_eq!(
        terminal.pay(&reference("c"), eur(700)).await,
        Ok(Payment::Cancelled)
    );
    assert_eq!(simulator.till().captured_minor, 0);
}

#[tokio::test]
async fn declined_is_an_outcome_and_nonsense_is_not() {
    let simulator = CardTerminalSimulator::start().await;
    let terminal = CardTerminal::Simulated(simulator.address());
    simulator.next(Behaviour::Decline { after_ms: 0 });
    assert!(matches!(
        terminal.pay(&reference("d"), eur(700)).await,
        Ok(Payment::Declined { .. })
    ));
    assert!(matches!(
        terminal.pay(&reference("d"), eur(800)).await,
        Err(Unknown::Refused(_))
    ));
    assert!(matches!(
        terminal.pay(&reference("e"), eur(-1)).await,
        Err(Unknown::Refused(_))
    ));
    assert!(matches!(
        terminal.refund(&reference("d"), eur(700)).await,
        Ok(Payment::Declined { .. })
    ));
    assert_eq!(
        CardTerminal::None.pay(&reference("f"), eur(1)).await,
        Err(Unknown::NoTerminal)
    );
}

#[tokio::test]
async fn the_terminals_own_restart_forgets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Some(folder.path().join("journal"));
    let any = "127.0.0.1:0".parse().unwrap();
    let simulator = CardTerminalSimulator::start_at(any, any, journal.clone())
        .await
        .unwrap();
    let terminal = CardTerminal::Simulated(simulator.address());
    assert!(matches!(
        terminal.pay(&reference("g"), eur(1250)).await,
        Ok(Payment::Approved { .. })
    ));
    simulator.stop().await;
    assert!(matches!(
        terminal.pay(&reference("g"), eur(1250)).await,
        Err(Unknown::NotSent(_))
    ));
    assert_eq!(terminal.ready().await, TerminalState::Unreachable);

    let simulator = CardTerminalSimulator::start_at(any, any, journal)
        .await
        .unwrap();
    let terminal = CardTerminal::Simulated(simulator.address());
    assert!(matches!(
        terminal.pay(&reference("g"), eur(1250)).await,
        Ok(Payment::Approved { .. })
    ));
    assert_eq!(simulator.till().captured_minor, 1250);
}
