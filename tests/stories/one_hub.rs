//! Two hubs over one PostgreSQL database, each a program with a data folder of its own: one has the database, and the other says so and
//! waits.

use std::future::ready;
use std::path::Path;
use std::sync::mpsc::channel;

use cloud_hub::migrations::POSTGRES_MIGRATIONS;
use counter_api::{HoldState, SeatState, TenderState};
use database::{Database, Error, Options, Scope, WhileItRuns};
use postgres_server::Server;
use service::Clock;
use tests::engine::Engine;
use tests::load::appliance_process::{Site, free_address};
use tests::load::connection::Connection;
use tests::tools::program;
use tests::world::{House, Sides, until};

use crate::hand_over::is_proved;

fn site(folder: &Path, url: &str) -> Site {
    let broker = free_address();
    let settings = format!("[database]\nurl = \"{url}\"\n[broker]\nlisten = \"{broker}\"\n");
    Site::new(folder, program("cloud-hub"), &settings).unwrap()
}

async fn until_logged(folder: &Path, words: &str) {
    until(words, || async {
        let log = std::fs::read_to_string(folder.join("appliance.log")).unwrap();
        log.contains(words).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_second_hub_says_who_has_the_database_and_waits_for_its_end() {
    let (server, clock) = (Server::shared(), Clock::system());
    let url = server.database();
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [first, second] = [0, 1].map(|which| site(folders[which].path(), &url));
    let running = first.start(&[]).unwrap();
    first.ready(&clock).await.unwrap();

    // Whoever stands by has the keys of the one that it stands by.
    std::fs::create_dir_all(second.data()).unwrap();
    for file in ["frame.key", "ticket.key", "database.name"] {
        std::fs::copy(first.data().join(file), second.data().join(file)).unwrap();
    }
    let mut waiting = second.start(&[]).unwrap();
    let who = format!(" on {} at the server itself since ", first.data().display());
    until_logged(folders[1].path(), &who).await;
    until_logged(folders[1].path(), "another process has the data of the hub").await;
    assert!(waiting.runs());
    assert!(Connection::open(second.address).await.is_err(), "it waits");
    running.stop().unwrap();
    second.ready(&clock).await.unwrap();
    assert!(waiting.runs());
    waiting.stop().unwrap();
}

#[tokio::test]
async fn a_hub_that_finds_another_in_its_place_ends() {
    let (server, folder) = (Server::shared(), tempfile::tempdir().unwrap());
    let url = server.database();
    let hub = site(folder.path(), &url);
    let mut running = hub.start(&[]).unwrap();
    hub.ready(&Clock::system()).await.unwrap();

    let database = Database::connect(&url, POSTGRES_MIGRATIONS, Options::default()).unwrap();
    let (let_go, gate) = channel::<()>();
    let next = database.write(Scope::Nothing, move |tx| {
        let lock = "SELECT CAST(pg_advisory_xact_lock(7079, 1) AS TEXT)";
        tx.query(lock, &[], |_| Ok(()))?;
        // Whoever let go is gone, which is as good.
        let _ = gate.recv();
        Ok::<_, Error>(())
    });
    let ends = async {
        // Once the next one waits, it has the lock before the hub can take it again.
        let cut = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_locks \
            WHERE classid = 7079 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
            AND EXISTS (SELECT 1 FROM pg_locks AS next WHERE next.classid = 7079 AND NOT next.granted \
                AND next.database = pg_locks.database)";
        until("the hub's connection is cut", || async {
            let cut = database.read(|db| db.first(cut, &[], |row| row.get::<i64>(0)));
            let cut: Result<_, Error> = cut.await;
            (cut.unwrap() == Some(1)).then_some(())
        })
        .await;
        until("the hub ends", || ready((!running.runs()).then_some(()))).await;
        drop(let_go);
    };
    let (next, ()) = tokio::join!(next, ends);
    next.unwrap();
    until_logged(folder.path(), "another process has taken the database").await;
}

fn charges(house: &House) -> usize {
    house.provider.as_ref().unwrap().sums().charges.len()
}

/// Guests at home buy while the machine of their hub loses its power, again and again: another with its keys goes on in its place, with their
/// sessions, holds and payments, and the lobby has a line to it.
#[tokio::test]
async fn either_of_two_hubs_is_killed_and_the_other_sells_on() {
    let mut house = House::open(Engine::Postgres).await;
    let Sides {
        home,
        lobby,
        ours,
        theirs,
    } = house.until_both_sell().await;
    let clerk = house.world.clerk().await;
    let mut other = house.hub.standing_by();
    for turn in 0..3 {
        other.waits().await;
        let of_hub = [0, 1].map(|nth| theirs[2 * turn + nth].as_str());
        let of_box = [0, 1].map(|nth| ours[2 * turn + nth].as_str());
        let choosing = home.hold("tomorrow", &[of_hub[0]]).await;
        // The money is taken, and the one who is told so is another.
        let payer = house.hub.guest("metropol").await;
        let paying = payer.hold("tomorrow", &[of_hub[1]]).await;
        paying.begin_with("card_late_500").await.expect(202);
        until("the provider has taken it", || async {
            (charges(&house) > 2 * turn).then_some(())
        })
        .await;
        let sold_meanwhile = clerk.hold("tomorrow", &[of_box[0]]).await;
        std::mem::swap(&mut house.hub, &mut other);
        other.kill();
        sold_meanwhile.cash(5_000).await;

        house.hub.ready().await;
        assert_eq!(choosing.look().await.state, HoldState::Open);
        assert_eq!(paying.outcome().await, TenderState::Approved);
        assert_eq!(paying.sale().await.tickets.len(), 1);
        assert_eq!(
            choosing.pay_with("card_approve").await,
            TenderState::Approved
        );
        until("the hub has its line to the box", || async {
            let seen = payer.sees("tomorrow", of_box[1]).await;
            (seen == SeatState::Free).then_some(())
        })
        .await;
        payer.ask_for("tomorrow", &[of_box[1]]).await.expect(201);
        for seat in of_hub {
            assert_eq!(
                lobby.ask_for("tomorrow", &[seat]).await.status,
                409,
                "{seat}"
            );
        }
        // Whoever comes back finds that it has been replaced, and waits in turn.
        std::fs::write(other.log(), "").unwrap();
        other.begin_again();
    }
    other.waits().await;
    other.kill();
    assert_eq!(charges(&house), 6, "each guest paid once");
    let mut house = house.comes_to_rest().await;
    house.world.stop().await;
    house.hub.kill();
    is_proved(&house, WhileItRuns::Refused);
}
