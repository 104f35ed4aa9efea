//! A terminal that says of a payment that it has ended, and takes it afterwards: the first question is still open, and its answer comes.

use appliance::terminal::Payment;
use box_office::TenderId;
use counter_api::HoldState;
use tests::card_terminal::Question;

use super::{Scene, at_the_terminal, cards, cash, paying, scene};
use crate::stage::{PRICE_MINOR, Stage, Went, approved};

pub(super) fn scenes() -> Vec<Scene> {
    vec![
        scene!("late: and buys", buys),
        scene!("late: and buys after a refusal", buys_after_a_refusal),
        scene!("late: and is too much", is_too_much),
        scene!("late: and is a part", is_a_part),
        scene!("late: beside another card", beside_another),
        scene!(
            "late: too much beside another card",
            too_much_beside_another
        ),
        scene!("late: for a cancelled showtime", for_a_cancelled_showtime),
        scene!("late: and the other is taken too", the_other_is_taken_too),
        scene!("late: and the other is stopped", the_other_is_stopped),
        scene!("late: twice beside another", twice_beside_another),
        scene!("late: after the seats were given back", after_the_end),
        scene!("late: after cash", after_cash),
        scene!("late: and is waited for", is_waited_for),
        scene!("late: and goes back", goes_back),
        scene!("late: after the time, and buys", too_late_and_buys),
        scene!("late: after the time, and is a part", too_late_and_a_part),
        scene!(
            "late: after the time, and is too much",
            too_late_and_too_much
        ),
        scene!(
            "late: after the time, for a cancelled showtime",
            too_late_and_cancelled
        ),
    ]
}

/// A card that was said to be stopped while the terminal still asks the guest.
async fn stopped(s: &Stage<'_>) -> Went<(String, TenderId)> {
    let (hold, payment) = paying(s).await?;
    stop(s, &payment, &hold, Payment::Cancelled).await?;
    Ok((hold, payment))
}

async fn stop(s: &Stage<'_>, payment: &TenderId, hold: &str, said: Payment) -> Went {
    s.terminal_says(Question::Cancel, said);
    s.stop(payment).await?;
    s.hold_is(hold, HoldState::Open).await?;
    s.site.terminal.say_the_truth();
    Ok(())
}

async fn buys(s: &Stage<'_>) -> Went {
    let (hold, payment) = stopped(s).await?;
    s.site.terminal.decide(&payment, true);
    s.hold_is(&hold, HoldState::Settled).await
}

async fn buys_after_a_refusal(s: &Stage<'_>) -> Went {
    let (hold, payment) = paying(s).await?;
    stop(s, &payment, &hold, cards::no()).await?;
    s.site.terminal.decide(&payment, true);
    s.hold_is(&hold, HoldState::Settled).await
}

async fn is_too_much(s: &Stage<'_>) -> Went {
    let (hold, payment) = stopped(s).await?;
    s.cash(&hold, 500).await?;
    s.most_of_a_hold_later();
    s.site.terminal.decide(&payment, true);
    s.edge("purchase: open, Captured: open, GiveBackThis")
        .await?;
    s.release(&hold, 204).await
}

async fn is_a_part(s: &Stage<'_>) -> Went {
    let (hold, payment) = stopped(s).await?;
    s.most_of_a_hold_later();
    s.site.terminal.becomes(&payment, approved(700));
    s.edge("purchase: open, Captured: open").await?;
    s.release(&hold, 204).await
}

async fn beside_another(s: &Stage<'_>) -> Went {
    let (hold, payment) = stopped(s).await?;
    at_the_terminal(s, &hold).await?;
    s.site.terminal.decide(&payment, true);
    s.hold_is(&hold, HoldState::Settled).await
}

async fn too_much_beside_another(s: &Stage<'_>) -> Went {
    let (hold, payment) = stopped(s).await?;
    s.cash(&hold, 500).await?;
    let other = at_the_terminal(s, &hold).await?;
    s.site.terminal.decide(&payment, true);
    s.edge("purchase: paying, Captured: stays, GiveBackThis")
        .await?;
    s.site.terminal.decide(&other, true);
    s.hold_is(&hold, HoldState::Settled).await
}

async fn for_a_cancelled_showtime(s: &Stage<'_>) -> Went {
    let (hold, payment) = stopped(s).await?;
    s.cancel_the_showtime().await?;
    s.site.terminal.decide(&payment, true);
    s.hold_is(&hold, HoldState::Ended).await
}

/// Two cards for a showtime that is cancelled, of which the first comes late: the seats wait for the other.
async fn releasing(s: &Stage<'_>) -> Went<(String, TenderId)> {
    let (hold, payment) = stopped(s).await?;
    let other = at_the_terminal(s, &hold).await?;
    s.cancel_the_showtime().await?;
    s.terminal_says(Question::Cancel, Payment::Waiting);
    s.site.terminal.decide(&payment, true);
    s.edge("purchase: paying, Captured: releasing, StopAll")
        .await?;
    Ok((hold, other))
}

async fn the_other_is_taken_too(s: &Stage<'_>) -> Went {
    let (hold, other) = releasing(s).await?;
    cash::refused(s, &hold).await?;
    s.site.terminal.decide(&other, true);
    s.site.terminal.say_the_truth();
    s.hold_is(&hold, HoldState::Ended).await
}

async fn the_other_is_stopped(s: &Stage<'_>) -> Went {
    let (hold, _) = releasing(s).await?;
    s.site.terminal.say_the_truth();
    s.hold_is(&hold, HoldState::Ended).await
}

async fn twice_beside_another(s: &Stage<'_>) -> Went {
    let (hold, first) = stopped(s).await?;
    let second = at_the_terminal(s, &hold).await?;
    stop(s, &second, &hold, Payment::Cancelled).await?;
    at_the_terminal(s, &hold).await?;
    s.cancel_the_showtime().await?;
    s.terminal_says(Question::Cancel, Payment::Waiting);
    s.site.terminal.decide(&first, true);
    s.edge("purchase: paying, Captured: releasing, StopAll")
        .await?;
    s.site.terminal.decide(&second, true);
    s.edge("purchase: releasing, Captured: stays, StopAll")
        .await
}

async fn after_the_end(s: &Stage<'_>) -> Went {
    let (hold, payment) = stopped(s).await?;
    s.release(&hold, 204).await?;
    s.site.terminal.decide(&payment, true);
    s.edge("purchase: ended, Captured: stays, GiveBackThis")
        .await
}

async fn after_cash(s: &Stage<'_>) -> Went {
    let (hold, payment) = stopped(s).await?;
    s.buy(&hold).await?;
    s.site.terminal.decide(&payment, true);
    s.edge("purchase: settled, Captured: stays, GiveBackThis")
        .await
}

async fn is_waited_for(s: &Stage<'_>) -> Went {
    let (_, payment) = stopped(s).await?;
    s.terminal_says(Question::Pay, Payment::Waiting);
    s.edge("payment: cancelled, \"Waiting\": cancelled (on word), LookLater")
        .await?;
    s.site.terminal.decide(&payment, false);
    s.site.terminal.say_the_truth();
    Ok(())
}

/// The card has bought a ticket, and somebody gives it back at the terminal before the first question is answered.
async fn goes_back(s: &Stage<'_>) -> Went {
    let (hold, payment) = paying(s).await?;
    s.terminal_says(Question::Cancel, approved(PRICE_MINOR));
    s.stop(&payment).await?;
    s.hold_is(&hold, HoldState::Settled).await?;
    s.site.terminal.becomes(&payment, cards::back());
    s.edge("payment: captured, \"Returned\": returned, Tell(ReturnedUnasked)")
        .await
}

async fn too_late_and_buys(s: &Stage<'_>) -> Went {
    let (hold, payment) = stopped(s).await?;
    cash::too_late_for(s).await?;
    s.site.terminal.decide(&payment, true);
    s.hold_is(&hold, HoldState::Settled).await
}

async fn too_late_and_a_part(s: &Stage<'_>) -> Went {
    let (_, payment) = stopped(s).await?;
    cash::too_late_for(s).await?;
    s.site.terminal.becomes(&payment, approved(700));
    s.edge("purchase: open (time over), Captured: open").await
}

async fn too_late_and_too_much(s: &Stage<'_>) -> Went {
    let (hold, payment) = stopped(s).await?;
    s.cash(&hold, 500).await?;
    cash::too_late_for(s).await?;
    s.site.terminal.decide(&payment, true);
    s.edge("purchase: open (time over), Captured: open, GiveBackThis")
        .await
}

async fn too_late_and_cancelled(s: &Stage<'_>) -> Went {
    let (hold, payment) = stopped(s).await?;
    s.cancel_the_showtime().await?;
    cash::too_late_for(s).await?;
    s.site.terminal.decide(&payment, true);
    s.hold_is(&hold, HoldState::Ended).await
}
