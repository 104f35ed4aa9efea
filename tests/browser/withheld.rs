//! What the hub does not sell, head office sees, with the reason.

use rusqlite::Connection;
use service::Clock;
use tests::engine::HubDatabase;
use tests::world::{Hub, PROGRAMME, World};

use crate::guest::Guest;
use tests::chromium::{LANDSCAPE, PHONE};

/// As the hub keeps it of what was told incompletely, or whose content it refused.
const WITHHELD: &str = "UPDATE told_showtime SET withheld = CASE id WHEN 'tonight' THEN 'content_refused' ELSE 'told_incompletely' END \
    WHERE film = 'metropolis'";

#[tokio::test(flavor = "multi_thread")]
async fn head_office_reads_why_the_hub_does_not_sell_a_showtime() {
    let hub = Hub::start().await;
    let world = World::without_programme_on(Clock::system()).await;
    let tonight = PROGRAMME.replacen("time = \"20:15\"", "time = \"28:45\"", 1);
    world
        .import(&tonight)
        .await
        .expect("the programme is right");
    world.enrol(&hub).await;
    let office = Guest::at_head_office(&hub, LANDSCAPE).await;
    office.reads("showtime-tonight", "0 of").await;
    office.leaves().await;

    let HubDatabase::File(file) = hub.database() else {
        panic!("it is a file");
    };
    let stored = Connection::open(file).unwrap();
    assert!(stored.execute(WITHHELD, []).unwrap() > 1);
    for size in [LANDSCAPE, PHONE] {
        let office = Guest::at_head_office(&hub, size).await;
        office
            .reads("showtime-tonight", "Not online: other film or prices")
            .await;
        let findings = office.serious_findings().await;
        assert!(findings.is_empty(), "{findings:#?}");
        office.leaves().await;
    }
}
