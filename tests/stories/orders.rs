//! An order on the guest's phone: one page with every ticket of it, under the address that the settings say.

use tests::world::World;

const REACHED_BY_PHONES: &str = "[http]\npublic = \"https://box.example\"\n";

#[tokio::test]
async fn one_page_has_every_ticket_of_the_order() {
    let world = World::open_with(REACHED_BY_PHONES).await;
    let clerk = world.clerk().await;
    let sale = clerk.hold("tonight", &["A1", "A2"]).await.cash(20_00).await;
    let other = clerk.hold("tonight", &["B1"]).await.cash(10_00).await;

    let page = sale.page.expect("phones reach the box");
    assert_eq!(page, format!("https://box.example/orders/{}", sale.id));
    let path = page.trim_start_matches("https://box.example");
    let text = world.stranger().get(path).await.expect(200).text;
    assert_eq!(text.matches("<svg").count(), 2, "a code for each ticket");
    for (words, times) in [
        ("<h1>Metropolis</h1>", 2),
        ("Mon 23 Nov 2026, 20:15", 2),
        ("<dd>Screen 1</dd>", 2),
        ("<dd>A</dd>", 2),
        ("<dd>B</dd>", 0),
        ("<script", 0),
    ] {
        assert_eq!(text.matches(words).count(), times, "{words}");
    }
    let picture = format!("/api/v1/sales/{}/page.svg", sale.id);
    let picture = world.stranger().get(&picture).await.expect(200);
    assert_eq!(picture.header("content-type"), Some("image/svg+xml"));

    // Two orders of one minute have nothing in common that could be counted on.
    let differing = sale.id.as_str().chars().zip(other.id.as_str().chars());
    assert!(differing.filter(|(a, b)| a != b).count() >= 8);
}

#[tokio::test]
async fn nobody_comes_from_an_order_to_another() {
    let world = World::open_with(REACHED_BY_PHONES).await;
    let clerk = world.clerk().await;
    let sale = clerk.hold("tonight", &["A1"]).await.cash(10_00).await;
    let ticket = &sale.tickets[0];
    let guesses = [
        &*sale.receipt_number,
        &sale.collection_code,
        ticket.id.as_str(),
        sale.hold.as_str(),
    ];
    for guess in guesses {
        for path in [
            format!("/orders/{guess}"),
            format!("/api/v1/sales/{guess}/page.svg"),
        ] {
            let answer = world.stranger().get(&path).await;
            assert_eq!(answer.problem(), (404, "unknown_ticket"), "{path}");
        }
    }
}

#[tokio::test]
async fn without_an_address_the_codes_themselves_are_kept() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let sale = clerk.hold("tonight", &["A1"]).await.cash(10_00).await;
    assert_eq!(sale.page, None);
    let picture = format!("/api/v1/sales/{}/page.svg", sale.id);
    world.stranger().get(&picture).await.expect(404);
    let ticket = &sale.tickets[0];
    assert_eq!(
        (&*ticket.film, &*ticket.auditorium_name, &*ticket.starts_at),
        ("Metropolis", "Screen 1", "2026-11-23T20:15:00+01:00")
    );
}
