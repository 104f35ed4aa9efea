//! Payments without an outcome when the showtime is over: a person says what became of them, and the terminal may know better.

use appliance::control::Decision;
use appliance::terminal::Payment;
use box_office::TenderId;
use tests::card_terminal::{Cut, Question};

use super::{Scene, approved, paying, sayings, says, scene};
use crate::stage::{PRICE_MINOR, Stage, Went};

pub(super) fn scenes() -> Vec<Scene> {
    let mut all = vec![
        scene!("a case and a start", found),
        scene!("a case without an answer", without_an_answer),
        scene!("a case of a card in hand", of_a_card_in_hand),
        scene!("a case of a card that is stopped", of_a_stopped_card),
        scene!("not the question", not_the_question),
        scene!("not taken, and a start", found_not_taken),
        scene!("not taken, without an answer", not_taken_without_an_answer),
        scene!("taken, and a start", found_taken),
        scene!("taken, without an answer", taken_without_an_answer),
        scene!("given back, and a start", found_given_back),
        scene!(
            "given back, without an answer",
            given_back_without_an_answer
        ),
        scene!(
            "owed by the terminal after the showtime",
            owed_by_the_terminal
        ),
    ];
    for (name, said) in sayings() {
        all.extend([
            scene!(format!("a case: {name}"), case_hears, name, said),
            scene!(format!("not taken: {name}"), not_taken_hears, name, said),
            scene!(format!("taken: {name}"), taken_hears, name, said),
            scene!(format!("given back: {name}"), given_back_hears, name, said),
        ]);
    }
    all
}

/// Whatever a person says of a case that is closed is refused.
pub(super) async fn is_closed(s: &Stage<'_>, payment: &TenderId) -> Went {
    for word in [Decision::Taken, Decision::NotTaken, Decision::Refunded] {
        s.refuses(payment, word, "case_closed").await?;
    }
    Ok(())
}

/// It is owed: nobody asks whether it was taken.
pub(super) async fn is_owed(s: &Stage<'_>, payment: &TenderId) -> Went {
    for not_asked in [Decision::Taken, Decision::NotTaken] {
        s.refuses(payment, not_asked, "wrong_decision").await?;
    }
    Ok(())
}

/// A payment of which nobody knows anything when the showtime is over.
async fn case(s: &Stage<'_>) -> Went<TenderId> {
    let (_, payment) = paying(s).await?;
    s.after_the_evening();
    s.edge("payment: intended, Deadline: case, Tell(Unknown), LookLater")
        .await?;
    Ok(payment)
}

async fn case_hears(s: &Stage<'_>, name: &'static str, said: Payment) -> Went {
    let payment = case(s).await?;
    says(s, &payment, &said);
    s.a_moment_later();
    s.hears("case", name).await?;
    if matches!(said, Payment::Declined { .. } | Payment::Cancelled) {
        is_closed(s, &payment).await?;
    }
    Ok(())
}

async fn found(s: &Stage<'_>) -> Went {
    case(s).await?;
    s.site.die();
    s.edge("payment: case, Restart: stays, Look").await
}

async fn without_an_answer(s: &Stage<'_>) -> Went {
    case(s).await?;
    s.site.terminal.cut(Question::Status, Cut::LosesQuestion);
    s.a_moment_later();
    s.edge("payment: case, NoAnswer: stays, LookLater").await
}

async fn of_a_card_in_hand(s: &Stage<'_>) -> Went {
    paying(s).await?;
    s.site.die();
    s.edge("payment: intended, \"Waiting\": asked, LookSoon")
        .await?;
    s.after_the_evening();
    s.edge("payment: asked, Deadline: case, Tell(Unknown), LookLater")
        .await
}

async fn of_a_stopped_card(s: &Stage<'_>) -> Went {
    let (_, payment) = paying(s).await?;
    s.terminal_says(Question::Cancel, Payment::Waiting);
    s.stop(&payment).await?;
    s.after_the_evening();
    s.edge("payment: stopping, Deadline: case, Tell(Unknown), LookLater")
        .await
}

async fn not_the_question(s: &Stage<'_>) -> Went {
    let payment = case(s).await?;
    s.refuses(&payment, Decision::Refunded, "wrong_decision")
        .await
}

async fn not_taken(s: &Stage<'_>) -> Went<TenderId> {
    let payment = case(s).await?;
    s.says(&payment, Decision::NotTaken).await?;
    Ok(payment)
}

async fn not_taken_hears(s: &Stage<'_>, name: &'static str, said: Payment) -> Went {
    let payment = not_taken(s).await?;
    is_closed(s, &payment).await?;
    says(s, &payment, &said);
    s.a_moment_later();
    s.hears("cancelled (on word)", name).await
}

async fn found_not_taken(s: &Stage<'_>) -> Went {
    not_taken(s).await?;
    s.site.die();
    s.edge("payment: cancelled (on word), Restart: stays, Look")
        .await
}

async fn not_taken_without_an_answer(s: &Stage<'_>) -> Went {
    not_taken(s).await?;
    s.site.terminal.cut(Question::Status, Cut::LosesQuestion);
    s.a_moment_later();
    s.edge("payment: cancelled (on word), NoAnswer: stays, LookLater")
        .await
}

/// A person has said that it was taken; the terminal has not understood that it is to be given back.
async fn taken(s: &Stage<'_>) -> Went<TenderId> {
    let payment = case(s).await?;
    s.site.terminal.cut(Question::Refund, Cut::LosesQuestion);
    s.says(&payment, Decision::Taken).await?;
    s.edge("payment: returning (on word), NoAnswer: stays, LookLater")
        .await?;
    Ok(payment)
}

async fn taken_hears(s: &Stage<'_>, name: &'static str, said: Payment) -> Went {
    let payment = taken(s).await?;
    is_owed(s, &payment).await?;
    says(s, &payment, &said);
    s.a_moment_later();
    s.hears("returning (on word)", name).await
}

async fn found_taken(s: &Stage<'_>) -> Went {
    taken(s).await?;
    s.site.die();
    s.edge("payment: returning (on word), Restart: stays, Look")
        .await
}

async fn taken_without_an_answer(s: &Stage<'_>) -> Went {
    taken(s).await?;
    s.a_moment_later();
    s.edge("payment: returning (on word), Due: stays, Look")
        .await
}

async fn given_back(s: &Stage<'_>) -> Went<TenderId> {
    let payment = taken(s).await?;
    s.says(&payment, Decision::Refunded).await?;
    Ok(payment)
}

async fn given_back_hears(s: &Stage<'_>, name: &'static str, said: Payment) -> Went {
    let payment = given_back(s).await?;
    is_closed(s, &payment).await?;
    says(s, &payment, &said);
    s.a_moment_later();
    s.hears("returned (on word)", name).await
}

async fn found_given_back(s: &Stage<'_>) -> Went {
    given_back(s).await?;
    s.site.die();
    s.edge("payment: returned (on word), Restart: stays, Look")
        .await
}

async fn given_back_without_an_answer(s: &Stage<'_>) -> Went {
    given_back(s).await?;
    s.site.terminal.cut(Question::Status, Cut::LosesQuestion);
    s.a_moment_later();
    s.edge("payment: returned (on word), NoAnswer: stays, LookLater")
        .await
}

async fn owed_by_the_terminal(s: &Stage<'_>) -> Went {
    let (_, payment) = paying(s).await?;
    s.cancel_the_showtime().await?;
    s.terminal_says(Question::Refund, Payment::Waiting);
    s.terminal_says(Question::Status, Payment::Waiting);
    s.site.terminal.decide(&payment, true);
    s.edge("payment: returning, \"Waiting\": stays, LookLater")
        .await?;
    s.after_the_evening();
    s.edge("payment: returning, Deadline: stays, Tell(StillOwed)")
        .await?;
    is_owed(s, &payment).await?;
    // It has it in hand no more, and so a person may.
    s.terminal_says(Question::Status, approved(PRICE_MINOR));
    s.says(&payment, Decision::Refunded).await
}
