//! By which rules tickets go back is read on the page, beside the card that pays, and on the booking, before anything goes back.

use tests::chromium::{LANDSCAPE, PHONE};
use tests::engine::Engine;
use tests::world::{House, Sides, with_refund_rules};

use crate::buys_online::{at_home, chooses, two, until_the_tickets_are_open};

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_reads_what_comes_back_before_they_pay_and_before_they_give_back() {
    let programme = with_refund_rules(1, "until_minutes = 60\nkept = \"1.00\"");
    let house = House::open_with(Engine::Sqlite, &programme).await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let guest = at_home(&house, PHONE, "?lang=en").await;
    let rules = "19:15. €1.00 of each ticket is kept.";
    guest.reads("rules", rules).await;
    let [first, second] = two(&theirs);
    chooses(&guest, &[&first, &second]).await;
    guest.touches("pay").await;
    guest.reads("back-rules", rules).await;
    guest
        .finds_nothing_in_the_way("the rules beside the card")
        .await;
    guest.touches("pay-now").await;
    until_the_tickets_are_open(&guest).await;
    guest
        .reads(
            "back-rules",
            "19:15. €1.00 of each ticket is kept; the rest",
        )
        .await;
    guest
        .finds_nothing_in_the_way("the rules on the booking")
        .await;
    guest.touches("choose").await;
    guest.touches("look-first").await;
    guest
        .reads("comes-back", "1 ticket, €9.00 back to the card")
        .await;
    guest
        .reads("kept", "€1.00 of its price is kept, including €0.07 tax.")
        .await;
    guest.finds_nothing_in_the_way("what comes back").await;
    guest.touches("give-back").await;
    guest
        .reads(
            "meaning",
            "€1.00 of its price is kept, including €0.07 tax.",
        )
        .await;
    guest.finds_nothing_in_the_way("what was kept").await;
    guest.leaves().await;

    // In longer words, on a wide screen in the dark.
    let wide = at_home(&house, LANDSCAPE, "?lang=de").await;
    wide.prefers("dark").await;
    wide.reads("rules", "1,00 € je Ticket werden einbehalten.")
        .await;
    wide.finds_nothing_in_the_way("in German").await;
    wide.leaves().await;
}
