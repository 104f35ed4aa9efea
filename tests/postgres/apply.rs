//! The hub applies what a box tells while another process sells the hub's own seats of the same showtime; both write the hub's stream to
//! that cinema.

use appliance::control::Order;
use box_office::Custodian;
use database::{Database, Error, Scope, params};
use service::Clock;
use tests::engine::{Engine, HubDatabase};
use tests::one_counter::{How, OneCounter};
use tests::world::{Hub, PROGRAMME, Seller, World, until};

use crate::{number, wrong};

/// The hub's seats are in the first two rows, the cinema's in the next two.
const ROWS: [[char; 2]; 2] = [['A', 'B'], ['C', 'D']];

/// How many seats either has.
const SEATS: i64 = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_beside_events_that_are_applied_is_whole_and_so_are_they() {
    let hub = Hub::start_on(Engine::Postgres).await;
    let world = World::open_on(Clock::system()).await;
    // A box does not keep the hub's sales.
    world.expects_error("the hub told what only a cinema tells");
    let order = Order::Enrol {
        code: hub.code("metropol"),
        hub: hub.url(),
    };
    world.order(order).await.unwrap();
    let HubDatabase::Server(_, url) = hub.database() else {
        panic!("it is on a server");
    };
    let database = hub.database().open().unwrap();
    until("the hub knows the showtime", || async {
        let known = "SELECT COUNT(*) FROM showtime WHERE id = 'tomorrow'";
        (number(&database, known).await == 1).then_some(())
    })
    .await;
    give_to_the_hub(&database).await;
    let at_the_hub = Custodian::Hub;
    let online = OneCounter::start(
        url,
        How {
            side: at_the_hub,
            ..How::AT_A_CINEMA
        },
    );

    let (guest, clerk) = (online.till("guest-1"), world.clerk().await);
    tokio::join!(
        sell(&guest, ROWS[0]),
        sell(&clerk, ROWS[1]),
        tell_new_versions(&world)
    );
    until("the hub has heard of every sale", || async {
        let told = "SELECT COUNT(*) FROM told_sale";
        (number(&database, told).await == SEATS).then_some(())
    })
    .await;
    assert_eq!(wrong(&database).await, [""; 0]);
    for (words, sql, wanted) in [
        (
            "sold by the hub",
            "SELECT COUNT(*) FROM ticket WHERE live = 1 AND seller = 'hub'",
            SEATS,
        ),
        (
            "sold by the cinema",
            "SELECT COUNT(*) FROM told_ticket WHERE disputed = 0",
            SEATS,
        ),
        ("for a person", "SELECT COUNT(*) FROM dispute", 0),
        (
            "streams with gaps",
            "SELECT COUNT(*) FROM stream WHERE direction = 'down' AND seq <> \
             (SELECT COUNT(*) FROM event WHERE event.place > (stream.id << 40) AND event.place <= (stream.id << 40) + stream.seq)",
            0,
        ),
    ] {
        assert_eq!(number(&database, sql).await, wanted, "{words}");
    }
}

/// Sells every seat of these rows, one after the other.
async fn sell(seller: &Seller, rows: [char; 2]) {
    for seat in rows.into_iter().flat_map(seats_of) {
        seller.hold("tomorrow", &[&seat]).await.cash(5_000).await;
    }
}

/// The hub answers each new version of a film.
async fn tell_new_versions(world: &World) {
    let first = "id = \"metropolis\"\nversion = 1";
    for version in 2..10 {
        let next = format!("id = \"metropolis\"\nversion = {version}");
        world
            .import(&PROGRAMME.replace(first, &next))
            .await
            .unwrap();
    }
}

fn seats_of(row: char) -> impl Iterator<Item = String> {
    (1..=8).map(move |seat| format!("{row}{seat}"))
}

/// Custody of its rows, as a cinema will give it.
async fn give_to_the_hub(database: &Database) {
    let given = database.write(Scope::of("cinema", "metropol"), |tx| {
        for (place, seat) in (0_i64..).zip(ROWS[0].into_iter().flat_map(seats_of)) {
            tx.execute(
                "INSERT INTO seat (showtime, place, seat, epoch) \
                 SELECT key, CAST($1 AS BIGINT), CAST($2 AS TEXT), 1 FROM showtime WHERE id = 'tomorrow'",
                params![place, seat],
            )?;
        }
        Ok::<_, Error>(())
    });
    given.await.unwrap();
}
