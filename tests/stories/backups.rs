//! A backup is a copy that knows that it is one: what is put back from it sells nothing of what may be sold, and a hub hears from its boxes
//! what it has forgotten.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use appliance::backup;
use appliance::control::Order;
use appliance_api::Status;
use cloud_hub::payments::protocol::{Charge, ChargeState};
use counter_api::{Sale, SeatState, TenderState};
use database::IfNewer;
use service::Clock;
use tests::engine::Engine;
use tests::payment_provider::Sums;
use tests::world::{Hub, Left, World, until};

use crate::forgotten::{buy, release, until_it_has_recovered};

const STOPPED: (u16, &str) = (503, "selling_stopped");

/// Only its owner may read it, and nothing half written lies beside it.
fn is_private_and_alone(file: &Path) {
    let mode = file.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let beside = fs::read_dir(file.parent().unwrap()).unwrap();
    let names: Vec<PathBuf> = beside.map(|file| file.unwrap().path()).collect();
    assert_eq!(names, [file]);
}

#[tokio::test]
async fn a_hub_that_was_put_back_from_a_backup_is_told_what_it_has_forgotten() {
    let (mut hub, provider) = Hub::start_with_payments(Engine::Sqlite).await;
    hub.expects_error("the database cannot prove that it has all that it answered");
    hub.expects_error("the hub's data is not what was answered last");
    hub.expects_error("money was taken of which this side knows nothing");
    // The broker says so of a box that begins its line anew.
    hub.expects_error("Duplicate client_id");
    hub.expects_error("router-drop");
    let mut world = World::open_on(Clock::system()).await;
    world.expects_error("the link is refused");
    world.leaves(Left::Events);
    world.enrol(&hub).await;
    let home = hub.guest("metropol").await;
    let lobby = world.clerk().await;
    until("the hub knows the showtime", || async {
        let map = home.get("/api/v1/showtimes/tomorrow/seats").await;
        (map.status == 200).then_some(())
    })
    .await;
    buy(&home, &lobby, "D4").await;
    // What is being paid at the moment of the backup is paid once, and its guest has one set of tickets.
    let paying = home.hold("tomorrow", &["C1", "C2"]).await;
    paying.begin_with("card_never").await.expect(202);
    let waits = |sums: &Sums| {
        let of = |charge: &&Charge| charge.state == ChargeState::Waiting;
        sums.charges.iter().find(of).map(|it| it.reference.clone())
    };
    let sums = provider.wait_until(|sums| waits(sums).is_some()).await;
    let payment = waits(&sums).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("friday.backup");
    let named = file.to_str().unwrap();
    let said = hub.order(&["backup", named]);
    assert!(said.contains("knows that it is a backup"), "{said}");
    is_private_and_alone(&file);
    let again = hub.try_order(&["backup", named]).unwrap_err();
    assert!(again.contains("written over nothing"), "{again}");
    let used = hub.try_order(&["restore", named]).unwrap_err();
    assert!(used.contains("another process uses"), "{used}");

    let forgotten = buy(&home, &lobby, "D5").await;
    provider.decide(&payment, true);
    assert_eq!(paying.outcome().await, TenderState::Approved);
    let before = paying.sale().await;
    until("the box has heard of it", || async {
        (lobby.sees("tomorrow", "C1").await == SeatState::Sold).then_some(())
    })
    .await;
    lobby.hold("tomorrow", &["D8"]).await.cash(5_000).await;
    hub.kill();
    let newer = hub.try_order(&["restore", named]).unwrap_err();
    assert!(newer.contains("is newer than"), "{newer}");
    world.stop().await;
    let said = hub.order(&["restore", named, "--over-newer"]);
    assert!(said.contains("is kept as"), "{said}");
    hub.start_again().await;
    // Not before its box has told it.
    for seat in ["D5", "D6", "D8"] {
        assert_eq!(home.ask_for("tomorrow", &[seat]).await.problem(), STOPPED);
    }
    let cases = hub.order(&["cases"]);
    assert!(cases.contains("cinema metropol"), "{cases}");

    world.restart().await;
    until_it_has_recovered(&hub).await;
    let lobby = world.again(&lobby);
    for seat in ["D4", "D5", "D8"] {
        assert_ne!(
            home.ask_for("tomorrow", &[seat]).await.status,
            201,
            "{seat}"
        );
        assert_ne!(
            lobby.ask_for("tomorrow", &[seat]).await.status,
            201,
            "{seat}"
        );
    }
    assert_eq!(paying.outcome().await, TenderState::Approved);
    let again = paying.sale().await;
    let ids = |sale: &Sale| {
        let tickets = sale.tickets.iter().map(|it| it.id.clone());
        (sale.id.clone(), tickets.collect::<Vec<_>>())
    };
    assert_eq!(ids(&again), ids(&before), "no second set of tickets");
    let next = buy(&home, &lobby, "D6").await;
    assert_ne!(next.receipt_number, forgotten.receipt_number);
    // What was made whole is no backup any more.
    hub.kill();
    hub.start_again().await;
    let cases = hub.order(&["cases"]);
    assert!(!cases.contains("cinema metropol"), "{cases}");
    buy(&home, &lobby, "D7").await;
    hub.kill();
    world.stop().await;
    let evidence = tests::proving::evidence(&[&hub.data(), world.folder()]);
    assert_eq!(tests::proving::found(&evidence), [""; 0]);
}

#[tokio::test]
async fn a_hub_on_a_server_says_by_what_it_is_backed_up() {
    let hub = Hub::start_on(Engine::Postgres).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("friday.backup");
    for order in ["backup", "restore"] {
        let refused = hub.try_order(&[order, file.to_str().unwrap()]).unwrap_err();
        assert!(refused.contains("pg_dump"), "{refused}");
    }
    assert!(!file.exists());
}

#[tokio::test]
async fn a_box_that_was_put_back_from_a_backup_sells_nothing() {
    let mut world = World::open_on(Clock::system()).await;
    world.expects_error("cannot prove that it has all that it answered");
    let clerk = world.clerk().await;
    let early = clerk.hold("tomorrow", &["D4"]).await.cash(5_000).await;

    let data = world.folder().to_owned();
    let backups = backup::of(&data);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("friday.backup");
    let said = backups.back_up(&file).unwrap();
    assert!(said.contains("knows that it is a backup"), "{said}");
    is_private_and_alone(&file);
    let late = clerk.hold("tomorrow", &["D5"]).await.cash(5_000).await;
    let used = backups.put_back(&file, IfNewer::SetAside).unwrap_err();
    assert!(used.to_string().contains("another process uses"), "{used}");
    world.stop().await;
    let newer = backups.put_back(&file, IfNewer::Refuse).unwrap_err();
    assert!(newer.to_string().contains("is newer than"), "{newer}");
    world.restart().await;
    assert_eq!(
        world.again(&clerk).sees("tomorrow", "D5").await,
        SeatState::Sold
    );
    world.stop().await;
    // Half a backup is none.
    let half = folder.path().join("half.backup");
    let bytes = fs::read(&file).unwrap();
    fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    let refused = backups.put_back(&half, IfNewer::SetAside).unwrap_err();
    assert!(refused.to_string().contains("damaged"), "{refused}");

    let said = backups.put_back(&file, IfNewer::SetAside).unwrap();
    assert!(said.contains("is kept as"), "{said}");
    for _ in 0..2 {
        world.restart().await;
        let clerk = world.again(&clerk);
        assert_eq!(clerk.ask_for("tomorrow", &["D5"]).await.problem(), STOPPED);
        let status: Status = clerk.get("/api/v1/status").await.expect(200).body();
        assert_eq!(status.out_of_service.as_deref(), Some("F09"));
        let said = world.order(Order::Status).await.unwrap();
        assert!(said.contains("it is a backup that was put back"), "{said}");
        world.stop().await;
    }
    // A person takes it as it is: what was sold before is there, and no number is given twice.
    world.restart().await;
    let reason = "head office knows what was sold".to_owned();
    let set_back = false;
    let said = world.order(Order::AcceptLoss { reason, set_back }).await;
    assert!(said.unwrap().contains("passed over"));
    release(&world, "tomorrow").await;
    let clerk = world.again(&clerk);
    assert_eq!(clerk.sees("tomorrow", "D4").await, SeatState::Sold);
    let next = clerk.hold("tomorrow", &["D6"]).await.cash(5_000).await;
    for known in [&early, &late] {
        assert_ne!(next.receipt_number, known.receipt_number);
    }
    world.restart().await;
    assert_eq!(world.counts("foyer_selling_stopped").await, 0);
}
