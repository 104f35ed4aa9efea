use box_office::Money;

use super::*;
use crate::terminal::CardTerminal;

fn reference(text: &str) -> TenderId {
    text.parse().unwrap()
}

fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap())
}

#[tokio::test]
async fn a_lost_answer_is_found_by_asking_and_never_taken_twice() {
    let memory = MemoryTerminal::default();
    let terminal = CardTerminal::Memory(memory.clone());
    memory.next(Behaviour::ApproveSilently);
    assert!(matches!(
        terminal.pay(&reference("a"), eur(1250)).await,
        Err(Unknown::NoAnswer(_))
    ));
    assert!(matches!(
        terminal.status(&reference("a")).await,
        Ok(Payment::Approved {
            amount_minor: 1250,
            ..
        })
    ));
    assert!(matches!(
        terminal.pay(&reference("a"), eur(1250)).await,
        Ok(Payment::Approved { .. })
    ));
    assert!(matches!(
        terminal.pay(&reference("a"), eur(1300)).await,
        Err(Unknown::Refused(_))
    ));
    assert_eq!(memory.captured_and_refunded(), (1250, 0));
    for _repeat in 0..2 {
        assert_eq!(
            terminal.refund(&reference("a"), eur(1250)).await,
            Ok(Payment::Refunded { amount_minor: 1250 })
        );
    }
    assert_eq!(memory.captured_and_refunded(), (1250, 1250));
}

#[tokio::test]
async fn a_cancelled_reference_is_never_paid() {
    let memory = MemoryTerminal::default();
    let terminal = CardTerminal::Memory(memory.clone());
    memory.next(Behaviour::Lose);
    assert!(terminal.pay(&reference("b"), eur(900)).await.is_err());
    assert_eq!(
        terminal.cancel(&reference("b")).await,
        Ok(Payment::Cancelled)
    );
    assert_eq!(
        terminal.pay(&reference("b"), eur(900)).await,
        Ok(Payment::Cancelled)
    );
    memory.next(Behaviour::Wait);
    assert!(terminal.pay(&reference("c"), eur(900)).await.is_err());
    memory.decide(&reference("c"), true);
    assert!(matches!(
        terminal.cancel(&reference("c")).await,
        Ok(Payment::Approved { .. })
    ));
    assert_eq!(memory.captured_and_refunded(), (900, 0));
}
