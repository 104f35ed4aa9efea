//! What a guest reads before choosing: from which price, what a film is about, and who is admitted only beside a parent.

use counter_api::{DayProgramme, FilmOnDay, ShowtimeWithLayout};
use service::Clock;
use tests::engine::Engine;
use tests::world::{Hub, PROGRAMME, World, until};

const SYNOPSIS: &str = "synopsis = { en = \"A city, above and below.\", de = \"Eine Stadt, oben und unten.\", \
    es = \"Una ciudad, arriba y abajo.\", fr = \"Une ville, en haut et en bas.\" }";

/// Metropolis admits from 12, from 6 beside a parent.
fn from_twelve() -> String {
    PROGRAMME
        .replacen(
            "age_rating = \"0\"",
            &format!("age_rating = \"12\"\n{SYNOPSIS}"),
            1,
        )
        .replacen(
            "{ name = \"16\"",
            "{ name = \"12\", from_age = 12, accompanied_from_age = 6 }, { name = \"16\"",
            1,
        )
}

async fn open(programme: &str) -> World {
    let world = World::without_programme("").await;
    let imported = world.import(programme).await;
    imported.expect("the programme is right");
    world
}

async fn metropolis(world: &World) -> FilmOnDay {
    let guest = world.stranger();
    let day: DayProgramme = guest.get("/api/v1/programme").await.expect(200).body();
    let mut films = day.films.into_iter();
    films
        .find(|on_day| on_day.film.id.as_str() == "metropolis")
        .expect("it is on")
}

async fn kinds(world: &World) -> Vec<(String, Option<u8>)> {
    let path = "/api/v1/showtimes/tonight";
    let showtime: ShowtimeWithLayout = world.stranger().get(path).await.expect(200).body();
    let kinds = showtime.ticket_kinds.into_iter();
    kinds
        .map(|kind| (kind.id.to_string(), kind.accompanied_from))
        .collect()
}

#[tokio::test]
async fn a_film_says_from_which_price_and_what_it_is_about() {
    let world = open(&from_twelve()).await;
    let on_day = metropolis(&world).await;
    // A companion's place costs nothing, and nobody begins with it.
    let price = on_day.price_from.expect("it is on sale");
    assert_eq!(price.to_string(), "10.00 EUR");
    let tonight = &on_day.showtimes[0];
    assert_eq!(tonight.price_from, price);
    let about = &on_day.film.synopsis;
    assert_eq!(about["de"], "Eine Stadt, oben und unten.");
    assert_eq!(about.len(), 4);

    // What nobody can buy has no price to begin with.
    let closed = PROGRAMME.replace("time = \"20:", "status = \"closed\"\ntime = \"20:");
    let world = open(&closed).await;
    assert_eq!(metropolis(&world).await.price_from, None);
}

#[tokio::test]
async fn the_price_book_says_whether_children_beside_a_parent_have_tickets() {
    let world = open(&from_twelve()).await;
    let rating = metropolis(&world).await.film.age_rating.expect("rated");
    assert_eq!(
        (rating.from_age, rating.accompanied_from_age),
        (12, Some(6))
    );
    let adult = ("adult".to_owned(), None);
    assert_eq!(
        kinds(&world).await,
        [adult.clone(), ("child".to_owned(), Some(6))]
    );

    let only_alone = from_twelve().replacen("max_age = 11", "max_age = 11\naccompanied = false", 1);
    let world = open(&only_alone).await;
    assert_eq!(kinds(&world).await, [adult]);
    let guest = world.guest().await;
    let path = "/api/v1/showtimes/tonight/holds";
    let child = serde_json::json!({"seats": [{"seat": "A1", "ticket_kind": "child"}]});
    let refused = guest.post(path, "a", &child).await;
    assert_eq!(refused.problem(), (422, "ticket_kind_not_sold"));
}

tests::on_both_engines!(the_hub_tells_guests_at_home_the_same);

async fn the_hub_tells_guests_at_home_the_same(engine: Engine) {
    let hub = Hub::start_on(engine).await;
    let world = World::without_programme_on(Clock::system()).await;
    let rated = "age_rating = \"16\"";
    let trailer = "trailer = \"https://films.example/metropolis?lang=de&hd\"";
    let with_all = PROGRAMME.replacen(rated, &format!("{rated}\n{SYNOPSIS}\n{trailer}"), 1);
    world.import(&with_all).await.expect("it is right");
    world.enrol(&hub).await;
    let path = "/api/v1/cinemas/metropol/showtimes/tomorrow";
    let told: ShowtimeWithLayout =
        until("the hub has heard it", || async { hub.get(path).await }).await;
    let path = "/api/v1/showtimes/tomorrow";
    let here: ShowtimeWithLayout = world.stranger().get(path).await.expect(200).body();
    assert_eq!(told.film, here.film);
    assert_eq!(told.film.synopsis.len(), 4);
    let address = told.film.trailer.expect("it has one");
    let page = format!("/cinemas/metropol/films/{}?lang=en", told.film.id);
    let page = crate::storefront::page(&hub, &page).await;
    let link = format!(
        "href=\"{}\" target=\"_blank\"",
        address.replace('&', "&amp;")
    );
    assert!(page.contains(&link), "{page}");
}
