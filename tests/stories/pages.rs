//! Pages and maps as browsers get them: one policy for what they may do, and nothing from a cache that is not so any more.

use tests::world::{PROGRAMME, World, client};

#[tokio::test]
async fn every_page_is_sent_with_the_one_policy() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["A1"]).await;
    let ticket = held.cash(20_00).await.tickets.remove(0);
    let page = format!("/tickets/{}", ticket.id);
    let pages = [
        "/kiosk",
        "/readyz",
        "/nowhere",
        "/api/v1/films/metropolis/poster.svg",
        &page,
    ];
    for path in pages {
        let answer = world.stranger().get(path).await;
        let policies: Vec<_> = answer
            .headers
            .iter()
            .filter(|(name, _)| name == "content-security-policy")
            .collect();
        assert_eq!(policies.len(), 1, "{path}");
        assert_eq!(policies[0].1, bundle::CONTENT_SECURITY_POLICY, "{path}");
        assert!(
            !answer.text.contains("<style") && !answer.text.contains("style="),
            "{path}"
        );
    }
    assert!(!bundle::CONTENT_SECURITY_POLICY.contains("unsafe-inline"));
    let style = world.stranger().get("/tickets/page.css").await.expect(200);
    assert_eq!(
        style.header("content-type"),
        Some("text/css; charset=utf-8")
    );
    assert!(
        clerk
            .get(&page)
            .await
            .expect(200)
            .text
            .contains("href=\"/tickets/page.css\"")
    );
}

#[tokio::test]
async fn an_old_etag_never_answers_for_new_seats() {
    let world = World::open().await;
    let url = format!("{}/api/v1/showtimes/tonight/seats", world.url());
    let ask = async |known: &str| {
        let asked = client().get(&url).header("if-none-match", known).send();
        let answer = asked.await.unwrap();
        let etag = answer.headers()["etag"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), etag)
    };
    let (_, first) = ask("none").await;
    assert_eq!(ask(&first).await, (304, first.clone()));
    let other_room = PROGRAMME
        .replacen("layout_version = 1", "layout_version = 2", 1)
        .replacen("A | ssssssss\n", "A | sssssss\n", 1);
    world.import(&other_room).await.unwrap();
    let (status, second) = ask(&first).await;
    assert_eq!(status, 200, "{first} and {second}");
    assert_ne!(first, second);
}
