//! An order on the guest's phone: one page with every ticket of it, under the address that the settings say.

use counter_api::{Hold, Sale};
use serde_json::json;
use tests::world::{World, choices};

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
        ("1 / 2", 1),
        ("2 / 2", 1),
        ("Monday, 23 November 2026, 20:15", 2),
        ("<dd>Screen 1</dd>", 2),
        ("<dd>A</dd>", 2),
        ("<dd>B</dd>", 0),
        ("<script", 0),
        ("<dt>Total</dt><dd>€20.00</dd>", 1),
        (
            &format!("<dt>Collection code</dt><dd>{}</dd>", sale.collection_code),
            1,
        ),
    ] {
        assert_eq!(text.matches(words).count(), times, "{words}");
    }
    let one = format!("/tickets/{}", sale.tickets[0].id);
    let one = world.stranger().get(&one).await.expect(200).text;
    assert!(
        !one.contains(&sale.collection_code),
        "a ticket is given away alone"
    );
    let path = format!("/api/v1/sales/{}/page.svg", sale.id);
    let picture = clerk.get(&path).await.expect(200);
    assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
    let elsewhere = world.guest().await.get(&path).await;
    assert_eq!(elsewhere.problem(), (404, "unknown_sale"));
    world.stranger().get(&path).await.expect(401);

    // Two orders of one minute have nothing in common that could be counted on.
    let differing = sale.id.as_str().chars().zip(other.id.as_str().chars());
    assert!(differing.filter(|(a, b)| a != b).count() >= 8);
}

#[tokio::test]
async fn an_order_speaks_the_language_of_its_guest() {
    let check = async |tag: Option<&str>, said: [&str; 6]| {
        let world = World::open_with(REACHED_BY_PHONES).await;
        let clerk = world.clerk().await;
        let mut wish = choices(&["A1"]);
        if let Some(tag) = tag {
            wish["language"] = json!(tag);
        }
        let held = clerk.post("/api/v1/showtimes/tonight/holds", "a", &wish);
        let hold: Hold = held.await.expect(201).body();
        let settle = format!("/api/v1/holds/{}/settle", hold.id);
        let given = json!({"cash_given_minor": 1000});
        let sale: Sale = clerk.post(&settle, "b", &given).await.expect(200).body();
        let order = format!("/orders/{}", sale.id);
        let ticket = format!("/tickets/{}", sale.tickets[0].id);
        for path in [order, ticket] {
            let page = world.stranger().get(&path).await.expect(200).text;
            for words in said {
                assert!(page.contains(words), "{words}: {page}");
            }
        }
    };
    check(
        None,
        [
            "lang=\"en\"",
            "Monday, 23 November 2026, 20:15",
            "<dt>Screen</dt>",
            "<dt>Row</dt>",
            "<dt>Seat</dt>",
            "at the door",
        ],
    )
    .await;
    check(
        Some("de-AT"),
        [
            "lang=\"de\"",
            "Montag, 23. November 2026, 20:15",
            "<dt>Saal</dt>",
            "<dt>Reihe</dt>",
            "<dt>Platz</dt>",
            "am Einlass",
        ],
    )
    .await;
    check(
        Some("es"),
        [
            "lang=\"es\"",
            "lunes, 23 de noviembre de 2026, 20:15",
            "<dt>Sala</dt>",
            "<dt>Fila</dt>",
            "<dt>Butaca</dt>",
            "en la entrada",
        ],
    )
    .await;
    check(
        Some("fr-FR"),
        [
            "lang=\"fr\"",
            "lundi 23 novembre 2026, 20:15",
            "<dt>Salle</dt>",
            "<dt>Rang</dt>",
            "<dt>Place</dt>",
            "à l’entrée",
        ],
    )
    .await;
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
        let page = world.stranger().get(&format!("/orders/{guess}")).await;
        assert_eq!(page.problem(), (404, "unknown_ticket"), "{guess}");
        let picture = format!("/api/v1/sales/{guess}/page.svg");
        let picture = clerk.get(&picture).await;
        assert_eq!(picture.problem(), (404, "unknown_sale"), "{guess}");
    }
}

#[tokio::test]
async fn without_an_address_the_codes_themselves_are_kept() {
    let world = World::open().await;
    let clerk = world.clerk().await;
    let sale = clerk.hold("tonight", &["A1"]).await.cash(10_00).await;
    assert_eq!(sale.page, None);
    let picture = format!("/api/v1/sales/{}/page.svg", sale.id);
    let picture = clerk.get(&picture).await;
    assert_eq!(picture.problem(), (404, "no_page"));
    let ticket = &sale.tickets[0];
    assert_eq!(
        (&*ticket.film, &*ticket.auditorium_name, &*ticket.starts_at),
        ("Metropolis", "Screen 1", "2026-11-23T20:15:00+01:00")
    );
}
