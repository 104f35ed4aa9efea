//! By which rules tickets go back is read on the page, beside the card that pays, and on the booking, before anything goes back.

use appliance::control::Consent;
use tests::chromium::{LANDSCAPE, PHONE};
use tests::engine::Engine;
use tests::world::{House, Sides, client, until, with_refund_rules};

use crate::buys_online::{SHOWTIME, at_home, chooses, path, two, until_the_tickets_are_open};

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
    house.cable.pull();
    guest.touches("give-back").await;
    guest.reads("state", "Being given back").await;
    guest
        .reads(
            "meaning",
            "€1.00 of its price is kept, including €0.07 tax.",
        )
        .await;
    // Nobody is interrupted who is choosing what else to give back.
    guest.touches("choose").await;
    let counts = "window.looks = 0; const ask = window.fetch; \
        window.fetch = (...all) => { window.looks += 1; return ask(...all); };";
    guest.asks_page(counts, Vec::new()).await;
    house.cable.put_in();
    let booking = format!("{}{}", house.hub.url(), path(&guest).await);
    let returned = "€9.00 went back to the card that paid.";
    until(returned, || async {
        let page = client()
            .get(&booking)
            .send()
            .await
            .ok()?
            .text()
            .await
            .ok()?;
        page.contains(returned).then_some(())
    })
    .await;
    let comes_back = "document.dispatchEvent(new Event('visibilitychange')); \
        return new Promise(done => setTimeout(() => done(window.looks), 50));";
    assert_eq!(guest.asks_page(comes_back, Vec::new()).await, 0);
    guest.reads("state", "Being given back").await;
    // Once they have done so, it is seen without a touch what becomes of it.
    guest.touches("choose").await;
    let moves_on = "document.activeElement.blur()";
    guest.asks_page(moves_on, Vec::new()).await;
    guest
        .reads("meaning", "€9.00 went back to the card that paid.")
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

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_is_told_that_the_rules_have_changed_and_pays_by_those_of_their_seats() {
    let keeps = |version, kept: &str| {
        with_refund_rules(version, &format!("until_minutes = 60\nkept = \"{kept}\""))
    };
    let house = House::open_with(Engine::Sqlite, &keeps(1, "1.00")).await;
    let Sides { theirs, .. } = house.until_both_sell().await;
    let publishes = async |programme: &str, words: &str| {
        let world = &house.world;
        let import = world.import_with(programme, Consent::Given).await;
        import.expect("it is meant so");
        until(words, || async {
            let page = client().get(format!("{}{SHOWTIME}?lang=en", house.hub.url()));
            let page = page.send().await.ok()?.text().await.ok()?;
            page.contains(words).then_some(())
        })
        .await;
    };
    let guest = at_home(&house, PHONE, "?lang=en").await;
    guest.reads("rules", "€1.00 of each ticket is kept.").await;
    // Between the page and the seats.
    publishes(&keeps(2, "2.50"), "€2.50 of each ticket is kept.").await;
    let [first, _] = two(&theirs);
    chooses(&guest, &[&first]).await;
    guest
        .reads("notice", "The rules for giving tickets back have changed.")
        .await;
    let changed = "have changed since you opened this page:";
    guest.reads("back-rules", changed).await;
    guest
        .finds_nothing_in_the_way("rules that have changed, over the seats")
        .await;
    // Between the seats and the card: those of the seats hold.
    publishes(&keeps(3, "5.00"), "€5.00 of each ticket is kept.").await;
    guest.touches("pay").await;
    guest.sees("screen-card").await;
    guest
        .reads("back-rules", "19:15. €2.50 of each ticket is kept.")
        .await;
    guest.reads("back-rules", changed).await;
    guest
        .finds_nothing_in_the_way("rules that have changed, beside the card")
        .await;
    guest.touches("pay-now").await;
    until_the_tickets_are_open(&guest).await;
    guest
        .reads("back-rules", "€2.50 of each ticket is kept; the rest")
        .await;
    guest.leaves().await;

    // Where nothing is to be paid there is no card to read them beside.
    let free = keeps(4, "1.00").replace("adult        10.00", "adult         0.00");
    publishes(&free, "€1.00 of each ticket is kept.").await;
    let guest = at_home(&house, LANDSCAPE, "?lang=de").await;
    let seat = theirs.last().unwrap();
    chooses(&guest, &[seat]).await;
    guest
        .reads("back-rules", "19:15 Uhr zurückgegeben werden.")
        .await;
    guest
        .finds_nothing_in_the_way("rules of a booking that costs nothing")
        .await;
    guest.leaves().await;
}
