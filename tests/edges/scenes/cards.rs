//! Cards before the showtime is over.

use appliance::terminal::Payment;
use counter_api::HoldState;
use tests::card_terminal::{Behaviour, Cut, Question};

use super::{Scene, at_the_terminal, cash, paying, sayings, says, scene};
use crate::stage::{Stage, Went, approved, declined, refunded};

pub(super) fn scenes() -> Vec<Scene> {
    let mut all = vec![
        scene!("a card is taken", taken),
        scene!("a card is declined, and taken", declined_once),
        scene!("a card without an answer", without_an_answer),
        scene!("a card and a start", found_intended),
        scene!("a card in hand and a start", found_asked),
        scene!("a card in hand without an answer", asked_without_an_answer),
        scene!("a card in hand is stopped", asked_stopped),
        scene!("a card that is stopped and a start", found_stopping),
        scene!(
            "a card that is stopped without an answer",
            stopped_without_an_answer
        ),
        scene!(
            "a card is taken for a cancelled showtime",
            cancelled_and_taken
        ),
        scene!(
            "a card is declined for a cancelled showtime",
            cancelled_and_declined
        ),
        scene!("a card brings too little", too_little),
        scene!("a card brings too much", too_much),
        scene!("a return and a start", found_returning),
        scene!("a return without an answer", returned_without_an_answer),
    ];
    for (name, said) in sayings() {
        all.extend([
            scene!(format!("a card: {name}"), intended_hears, name, said),
            scene!(format!("a card in hand: {name}"), asked_hears, name, said),
            scene!(
                format!("a card that is stopped: {name}"),
                stopping_hears,
                name,
                said
            ),
            scene!(format!("a return: {name}"), returning_hears, name, said),
        ]);
    }
    all
}

async fn taken(s: &Stage<'_>) -> Went {
    let (hold, payment) = paying(s).await?;
    cash::refused(s, &hold).await?;
    s.release(&hold, 409).await?;
    s.site.terminal.decide(&payment, true);
    s.hold_is(&hold, HoldState::Settled).await
}

async fn declined_once(s: &Stage<'_>) -> Went {
    s.site.terminal.next(Behaviour::Decline { after_ms: 0 });
    let hold = s.hold("D1").await?;
    s.card(&hold).await?;
    s.hold_is(&hold, HoldState::Open).await?;
    s.card(&hold).await?;
    s.hold_is(&hold, HoldState::Settled).await
}

async fn intended_hears(s: &Stage<'_>, name: &'static str, said: Payment) -> Went {
    if matches!(said, Payment::Unknown | Payment::Waiting) {
        s.terminal_says(Question::Pay, said);
        let hold = s.hold("D1").await?;
        s.card(&hold).await?;
    } else {
        let (_, payment) = paying(s).await?;
        s.site.terminal.becomes(&payment, said);
    }
    s.hears("intended", name).await
}

async fn without_an_answer(s: &Stage<'_>) -> Went {
    s.site.terminal.cut(Question::Pay, Cut::LosesQuestion);
    let hold = s.hold("D1").await?;
    s.card(&hold).await?;
    s.a_moment_later();
    is_no_longer_paid(s, &hold).await
}

async fn found_intended(s: &Stage<'_>) -> Went {
    let (_, payment) = paying(s).await?;
    s.site.die();
    s.edge("payment: intended, Restart: stays, Look").await?;
    s.site.terminal.decide(&payment, true);
    Ok(())
}

/// A card that the terminal says it has in hand.
async fn asked(s: &Stage<'_>) -> Went<(String, box_office::TenderId)> {
    s.site.terminal.always(Behaviour::NeverAnswer);
    s.terminal_says(Question::Pay, Payment::Waiting);
    let hold = s.hold("D1").await?;
    let payment = at_the_terminal(s, &hold).await?;
    s.edge("payment: intended, \"Waiting\": asked, LookSoon")
        .await?;
    Ok((hold, payment))
}

async fn asked_hears(s: &Stage<'_>, name: &'static str, said: Payment) -> Went {
    let (_, payment) = asked(s).await?;
    says(s, &payment, &said);
    s.hears("asked", name).await
}

async fn found_asked(s: &Stage<'_>) -> Went {
    asked(s).await?;
    s.site.die();
    s.edge("payment: asked, Restart: stays, Look").await
}

async fn asked_without_an_answer(s: &Stage<'_>) -> Went {
    asked(s).await?;
    s.site.terminal.cut(Question::Status, Cut::LosesQuestion);
    s.edge("payment: asked, NoAnswer: stays, LookLater").await
}

async fn asked_stopped(s: &Stage<'_>) -> Went {
    let (hold, payment) = asked(s).await?;
    s.stop(&payment).await?;
    is_no_longer_paid(s, &hold).await
}

/// A card that was asked to be stopped; whoever has it in hand says that it waits.
async fn stopping(s: &Stage<'_>) -> Went<(String, box_office::TenderId)> {
    let (hold, payment) = paying(s).await?;
    s.terminal_says(Question::Cancel, Payment::Waiting);
    s.stop(&payment).await?;
    s.edge("payment: stopping, \"Waiting\": stays, LookSoon")
        .await?;
    Ok((hold, payment))
}

async fn stopping_hears(s: &Stage<'_>, name: &'static str, said: Payment) -> Went {
    let (_, payment) = stopping(s).await?;
    s.site.terminal.say_the_truth();
    says(s, &payment, &said);
    s.hears("stopping", name).await
}

async fn found_stopping(s: &Stage<'_>) -> Went {
    stopping(s).await?;
    s.site.die();
    s.edge("payment: stopping, Restart: stays, Stop").await
}

async fn stopped_without_an_answer(s: &Stage<'_>) -> Went {
    stopping(s).await?;
    s.site.terminal.cut(Question::Cancel, Cut::LosesQuestion);
    s.edge("payment: stopping, NoAnswer: stays, LookLater")
        .await
}

async fn cancelled_and_taken(s: &Stage<'_>) -> Went {
    let (hold, payment) = paying(s).await?;
    s.cancel_the_showtime().await?;
    s.site.terminal.decide(&payment, true);
    s.hold_is(&hold, HoldState::Ended).await
}

async fn cancelled_and_declined(s: &Stage<'_>) -> Went {
    let (hold, payment) = paying(s).await?;
    s.cancel_the_showtime().await?;
    s.site.terminal.decide(&payment, false);
    s.hold_is(&hold, HoldState::Ended).await
}

async fn too_little(s: &Stage<'_>) -> Went {
    let (hold, payment) = paying(s).await?;
    s.site.terminal.becomes(&payment, approved(700));
    s.hold_is(&hold, HoldState::Open).await?;
    s.release(&hold, 204).await
}

async fn too_much(s: &Stage<'_>) -> Went {
    let (hold, payment) = paying(s).await?;
    s.site.terminal.becomes(&payment, approved(1500));
    s.hold_is(&hold, HoldState::Open).await?;
    s.release(&hold, 204).await
}

/// A card that was taken for nothing, and that the terminal does not give back: it does not understand the question.
async fn returning(s: &Stage<'_>) -> Went<box_office::TenderId> {
    let (_, payment) = paying(s).await?;
    s.cancel_the_showtime().await?;
    s.site.terminal.cut(Question::Refund, Cut::LosesQuestion);
    s.site.terminal.decide(&payment, true);
    s.edge("payment: returning, NoAnswer: stays, LookLater")
        .await?;
    Ok(payment)
}

async fn returned_without_an_answer(s: &Stage<'_>) -> Went {
    returning(s).await?;
    s.a_moment_later();
    s.edge("payment: returning, \"Returned\": returned, Tell(Returned)")
        .await
}

async fn found_returning(s: &Stage<'_>) -> Went {
    returning(s).await?;
    s.site.die();
    s.edge("payment: returning, Restart: stays, Look").await
}

async fn returning_hears(s: &Stage<'_>, name: &'static str, said: Payment) -> Went {
    let payment = returning(s).await?;
    if matches!(said, Payment::Refunded { .. }) {
        s.site.terminal.becomes(&payment, said);
    } else {
        s.terminal_says(Question::Status, said);
    }
    s.a_moment_later();
    s.hears("returning", name).await
}

/// Waits until a card has an outcome.
async fn is_no_longer_paid(s: &Stage<'_>, hold: &str) -> Went {
    s.wait_for("the card has an outcome", || async {
        (s.look(hold).await.state != HoldState::Paying).then_some(())
    })
    .await
}

/// A payment that went back at the terminal itself.
pub(super) fn back() -> Payment {
    refunded(crate::stage::PRICE_MINOR)
}

/// A payment that the bank refused.
pub(super) fn no() -> Payment {
    declined()
}
