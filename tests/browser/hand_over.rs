//! The line is cut, and somebody of head office hands seats over on their phone: which, how many, what that means, and the code.

use serde_json::{Value, json};
use service::Clock;
use tests::payment_provider::{PaymentProvider, SECRET};
use tests::world::{Hub, PROGRAMME, World, until};

use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PHONE};

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_hands_seats_over_by_a_code_on_a_phone() {
    let provider = PaymentProvider::start().await;
    let sections = format!(
        "[payments]\nsandbox = \"{}\"\nwebhook_secret = \"{SECRET}\"\n",
        provider.url()
    );
    let hub = Hub::start_and(tests::engine::Engine::Sqlite, &sections).await;
    let mut world = World::without_programme_on(Clock::system()).await;
    world.import(PROGRAMME).await.expect("it is right");
    world.enrol(&hub).await;
    let office = Guest::at_head_office(&hub, PHONE).await;
    let free = until("the hub has seats to hand over", || async {
        let all: Value = hub
            .get("/api/v1/head-office/cinemas/metropol/hand-over")
            .await?;
        let showtimes = all["showtimes"].as_array()?;
        let tomorrow = showtimes.iter().find(|it| it["showtime"] == "tomorrow")?;
        tomorrow["free"].as_u64().filter(|free| *free > 4)
    })
    .await;
    office.sees_no_more("hand-over").await;
    world.stop().await;
    office.touches("hand-over").await;
    office
        .reads("hand-over-tomorrow", &format!("{free} free online"))
        .await;
    office.touches("hand-over-tomorrow").await;
    // Whoever only looks hands over nothing.
    let gives = office.sees("give-seats").await;
    assert!(!gives.is_enabled().await.expect("it is there"));
    office.types("hand-over-count", "2").await;
    office
        .reads("hand-over-warning", "2 seats are not sold online")
        .await;
    office.reads("give-seats", "Hand over 2 seats").await;
    let findings = office.serious_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    office.touches("give-seats").await;
    office
        .reads("handed-over", "2 seats are handed over.")
        .await;
    office.reads("hand-over-code", "Code 1 of 1: 2 seats").await;
    office.reads("hand-over-text", "FOYER H1:").await;
    until("the picture is drawn", || async {
        let drawn = "const it = document.querySelector('.hand-over-code img'); \
            return it.complete && it.naturalWidth > 0 && it.getBoundingClientRect().width > 250";
        (office.asks_page(drawn, vec![]).await == json!(true)).then_some(())
    })
    .await;
    let findings = office.serious_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    let beside = "return [...document.querySelectorAll('dialog *')].filter(part => \
        part.getBoundingClientRect().right > innerWidth + 1).length";
    assert_eq!(office.asks_page(beside, vec![]).await, json!(0));
    office.touches("close-hand-over").await;
    office.sees_no_more("hand-over-sheet").await;

    // Whoever closed it too early sees the code again, and gives nothing more.
    office.touches("hand-over").await;
    office.reads("hand-over-tomorrow", "2 on their way").await;
    office.touches("hand-over-tomorrow").await;
    office.touches("show-codes").await;
    office.reads("hand-over-code", "Code 1 of 1: 2 seats").await;
    office.sees_no_more("handed-over").await;
    office.leaves().await;
    let german = Guest::at_head_office_in(&hub, LANDSCAPE, "de").await;
    german.touches("hand-over").await;
    german.reads("hand-over-tomorrow", "2 unterwegs").await;
    german.leaves().await;
}
