//! The hub's counter: a guest at home sees what a cinema has told, over the same API below another base path; it sells in a later issue.

use appliance::control::Consent;
use counter_api::{SeatMap, SeatState, ShowtimeState, ShowtimeWithLayout};
use service::Clock;
use tests::engine::Engine;
use tests::world::{Hub, PROGRAMME, World, until};

async fn enrolled(world: &World, hub: &Hub) {
    world.enrol(hub).await;
}

async fn state(hub: &Hub, showtime: &str, seat: &str) -> Option<SeatState> {
    let path = format!("/api/v1/cinemas/metropol/showtimes/{showtime}/seats");
    let map: SeatMap = hub.get(&path).await?;
    let found = map.seats.into_iter().find(|now| now.seat.as_str() == seat);
    found.map(|now| now.state)
}

tests::on_both_engines!(the_hub_shows_the_seats_as_it_has_heard_of_them);

async fn the_hub_shows_the_seats_as_it_has_heard_of_them(engine: Engine) {
    let hub = Hub::start_on(engine).await;
    let world = World::open_on(Clock::system()).await;
    let guest = world.guest().await;
    guest.hold("tomorrow", &["D4"]).await.card().await;
    enrolled(&world, &hub).await;

    until("the hub has heard of the sale before it", || async {
        (state(&hub, "tomorrow", "D4").await == Some(SeatState::Sold)).then_some(())
    })
    .await;
    // The cinema has it: with the line up it is asked for, so that it is free at home too.
    until("a free seat of the cinema is free at home", || async {
        (state(&hub, "tomorrow", "D1").await == Some(SeatState::Free)).then_some(())
    })
    .await;
    guest.hold("tomorrow", &["D1"]).await.card().await;
    until("the hub hears of the next sale", || async {
        (state(&hub, "tomorrow", "D1").await == Some(SeatState::Sold)).then_some(())
    })
    .await;

    let path = "/api/v1/cinemas/metropol/showtimes/tomorrow";
    let at_the_hub: ShowtimeWithLayout = hub.get(path).await.unwrap();
    let at_the_box: ShowtimeWithLayout = world
        .stranger()
        .get("/api/v1/showtimes/tomorrow")
        .await
        .expect(200)
        .body();
    assert_eq!(at_the_hub.layout, at_the_box.layout);
    assert_eq!(at_the_hub.film, at_the_box.film);
    // With the line up what the box has is asked for: to a guest at home it is free.
    until("what is free at the box is free at the hub", || async {
        let at_the_hub: ShowtimeWithLayout = hub.get(path).await?;
        let (there, here) = (&at_the_hub.showtime, &at_the_box.showtime);
        (there.seats_free == here.seats_free && there.state == here.state).then_some(())
    })
    .await;
    assert_eq!(
        hub.get::<SeatMap>("/api/v1/cinemas/odeon/showtimes/tomorrow/seats")
            .await,
        None
    );

    let tomorrow = "id = \"tomorrow\"\n";
    let cancelled = PROGRAMME.replace(tomorrow, &format!("{tomorrow}status = \"cancelled\"\n"));
    world.import_with(&cancelled, Consent::Given).await.unwrap();
    until("the hub hears that it does not take place", || async {
        let showtime: ShowtimeWithLayout = hub.get(path).await?;
        (showtime.showtime.state == ShowtimeState::Cancelled).then_some(())
    })
    .await;
}
