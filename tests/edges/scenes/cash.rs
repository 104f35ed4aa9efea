//! Cash, and time.

use appliance::control::Decision;
use counter_api::HoldState;

use super::{Scene, cases, scene};
use crate::stage::{Stage, Went};

pub(super) fn scenes() -> Vec<Scene> {
    vec![
        scene!("cash in two parts", in_two_parts),
        scene!("cash and seats given back", given_back),
        scene!("cash that lapses", lapses),
        scene!("cash at once", at_once),
        scene!("a hold that waits for nothing", waits_for_nothing),
        scene!(
            "the same for a cancelled showtime",
            waits_for_nothing_in_vain
        ),
        scene!(
            "a hold that is given up and waits for nothing",
            given_up_for_nothing
        ),
        scene!("too late, with nothing paid", too_late),
        scene!("too late, with a part paid", too_late_with_a_part),
        scene!("too late, with all paid", too_late_with_all),
    ]
}

/// The edge that ends a hold whose time is over.
pub(super) const LAPSE: &str =
    "purchase: open (time over), Lapse: ended, Free, GiveBackAll { by_hand: false }";

/// Everything that a person may ask is refused.
pub(super) async fn refused(s: &Stage<'_>, hold: &str) -> Went {
    s.choose(hold, "D3", 409).await?;
    s.extend(hold, 409).await?;
    s.cash_is(hold, 100).await;
    s.card_is(hold).await;
    s.settle(hold, 409).await.map(drop)
}

async fn at_once(s: &Stage<'_>) -> Went {
    let hold = s.hold("D1").await?;
    s.buy(&hold).await
}

/// Nobody knows how such a row would come about; its seats must not be kept for good.
const PAYING: &str = "UPDATE hold SET state = 'paying', ends_ms = 60000 WHERE state = 'open'";

const ENDS_ALONE: &str = "WaitsForNothing: ended, Free, GiveBackAll { by_hand: false }";

async fn waits_for_nothing(s: &Stage<'_>) -> Went {
    let hold = s.hold("D1").await?;
    s.site.die_of(PAYING);
    s.edge("purchase: paying, WaitsForNothing: open").await?;
    s.buy(&hold).await
}

async fn waits_for_nothing_in_vain(s: &Stage<'_>) -> Went {
    s.hold("D1").await?;
    s.cancel_the_showtime().await?;
    s.site.die_of(PAYING);
    s.edge(&format!("purchase: paying, {ENDS_ALONE}")).await
}

async fn given_up_for_nothing(s: &Stage<'_>) -> Went {
    s.hold("D1").await?;
    s.site
        .die_of("UPDATE hold SET state = 'releasing', ends_ms = 0 WHERE state = 'open'");
    s.edge(&format!("purchase: releasing, {ENDS_ALONE}")).await
}

async fn in_two_parts(s: &Stage<'_>) -> Went {
    let hold = s.hold("D1").await?;
    s.settle(&hold, 409).await?;
    s.choose(&hold, "D2", 200).await?;
    s.extend(&hold, 200).await?;
    s.cash(&hold, 500).await?;
    s.choose(&hold, "D1", 409).await?;
    s.settle(&hold, 409).await?;
    s.cash(&hold, 1000).await?;
    s.cash_is(&hold, 100).await;
    s.card_is(&hold).await;
    s.settle(&hold, 200).await?;
    s.choose(&hold, "D1", 409).await?;
    s.extend(&hold, 409).await?;
    s.cash_is(&hold, 100).await;
    s.card_is(&hold).await;
    s.release(&hold, 409).await
}

async fn given_back(s: &Stage<'_>) -> Went {
    let hold = s.hold("D1").await?;
    s.cash(&hold, 500).await?;
    s.release(&hold, 204).await?;
    s.hold_is(&hold, HoldState::Ended).await?;
    refused(s, &hold).await
}

async fn lapses(s: &Stage<'_>) -> Went {
    let hold = s.hold("D1").await?;
    s.cash(&hold, 500).await?;
    s.a_hold_later();
    s.hold_is(&hold, HoldState::Ended).await?;
    let payment = s.look(&hold).await.tenders.remove(0).id;
    cases::is_owed(s, &payment).await?;
    s.says(&payment, Decision::Refunded).await?;
    cases::is_closed(s, &payment).await
}

/// A hold whose time is over and that cannot be ended at this moment.
pub(super) async fn too_late_for(s: &Stage<'_>) -> Went {
    s.site.stick(Some(LAPSE));
    let times = s.times_tried(LAPSE);
    s.a_hold_later();
    s.tried_after(LAPSE, times).await
}

async fn too_late(s: &Stage<'_>) -> Went {
    let hold = s.hold("D1").await?;
    too_late_for(s).await?;
    refused(s, &hold).await?;
    s.release(&hold, 204).await
}

async fn too_late_with_a_part(s: &Stage<'_>) -> Went {
    let hold = s.hold("D1").await?;
    s.cash(&hold, 500).await?;
    too_late_for(s).await?;
    s.choose(&hold, "D2", 409).await?;
    s.settle(&hold, 409).await?;
    s.extend(&hold, 200).await?;
    too_late_for(s).await?;
    s.card(&hold).await?;
    s.hold_is(&hold, HoldState::Settled).await
}

async fn too_late_with_all(s: &Stage<'_>) -> Went {
    let hold = s.hold("D1").await?;
    s.cash(&hold, 2000).await?;
    too_late_for(s).await?;
    s.cash_is(&hold, 100).await;
    s.card_is(&hold).await;
    s.settle(&hold, 200).await.map(drop)
}
