//! Four languages, and prices as each of them writes them.

use tests::world::World;

use crate::guest::Guest;
use tests::chromium::PORTRAIT;

#[tokio::test(flavor = "multi_thread")]
async fn every_language_speaks_from_the_first_screen_to_the_ticket() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    let cases = [
        ("de", "A1", "10,00 € bezahlen", "Nehmen Sie Ihre Tickets"),
        ("es", "A2", "Pagar 10,00 €", "Recoja sus entradas"),
        ("fr", "A3", "Payer 10,00 €", "Prenez vos billets"),
        ("en", "A4", "Pay €10.00", "Take your tickets"),
    ];
    for (language, seat, pay, done) in cases {
        guest.touches("language").await;
        guest.touches(&format!("language-{language}")).await;
        guest.finds(&format!("html[lang='{language}']")).await;
        guest.touches("time-tonight").await;
        guest.touches(&format!("seat-{seat}")).await;
        guest.reads("pay", pay).await;
        guest.touches("pay").await;
        guest.reads("done-title", done).await;
        guest.touches("finished").await;
        guest.sees("screen-attract").await;
        guest.finds("html[lang='en']").await;
    }
    guest.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_age_rated_film_says_so_and_offers_no_tickets_for_the_too_young() {
    let world = World::open().await;
    let guest = Guest::arrives(&world, PORTRAIT).await;
    let tomorrow = guest.finds("[data-testid^='day-']:nth-of-type(2)").await;
    tomorrow.click().await.expect("a touch");
    guest.touches("time-tomorrow").await;
    guest
        .reads("age-words", "FSK 16: admission from age 16")
        .await;
    guest.touches("seat-A1").await;
    guest.touches("kind-A1").await;
    guest.sees("choose-adult").await;
    guest.sees_no_more("choose-child").await;
    guest.leaves().await;
}
