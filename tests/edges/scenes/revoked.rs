//! The till at which somebody buys is revoked.

use counter_api::HoldState;

use super::cash::too_late_for;
use super::{Scene, paying, scene};
use crate::stage::{Stage, Went};

pub(super) fn scenes() -> Vec<Scene> {
    vec![
        scene!("revoked with a hold", with_a_hold),
        scene!("revoked while somebody pays", while_somebody_pays),
        scene!("revoked too late", too_late),
    ]
}

/// Nobody else may see what became of its holds.
const KNOWN_AGAIN: &str = "UPDATE device SET revoked_at = NULL";

async fn revoke(s: &Stage<'_>) {
    s.is_revoked().await;
    s.site.die_of(KNOWN_AGAIN);
    s.is_known_again().await;
}

async fn with_a_hold(s: &Stage<'_>) -> Went {
    let hold = s.hold("D1").await?;
    s.cash(&hold, 500).await?;
    revoke(s).await;
    s.hold_is(&hold, HoldState::Ended).await
}

async fn while_somebody_pays(s: &Stage<'_>) -> Went {
    let (hold, _) = paying(s).await?;
    revoke(s).await;
    s.hold_is(&hold, HoldState::Ended).await
}

async fn too_late(s: &Stage<'_>) -> Went {
    let hold = s.hold("D1").await?;
    too_late_for(s).await?;
    revoke(s).await;
    s.hold_is(&hold, HoldState::Ended).await
}
