//! The first minute: a program is started and given an order at once, in either order, and both are served.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use service::Clock;
use tests::load::appliance_process::{Site, free_address};
use tests::load::connection::Connection;
use tests::load::hall::{CINEMA, Hall};
use tests::load::programme_at_box::OnSale;
use tests::tools;
use tests::world::until;

/// Each race is run so often: what is lost one time in ten is seen seven times in eight.
const TIMES: usize = 20;

/// A week: its import takes about as long as the start of a box.
const HALL: Hall = Hall { rooms: 1, days: 7 };

#[tokio::test]
async fn an_order_given_while_a_box_starts_is_done_by_it() {
    for time in 0..TIMES {
        let folder = tempfile::tempdir().unwrap();
        let site = site(folder.path());
        let running = site.start(&[]).unwrap();
        if time % 2 == 0 {
            until("the port takes connections", || async {
                Connection::open(site.address).await.ok()
            })
            .await;
        }
        site.import(&HALL.programme()).unwrap();
        sells(&site).await;
        running.stop().unwrap();
    }
}

#[tokio::test]
async fn a_box_that_starts_beside_a_running_order_waits_for_it() {
    for _ in 0..TIMES {
        let folder = tempfile::tempdir().unwrap();
        let site = site(folder.path());
        let order = import(folder.path());
        until("the order has the database", || async {
            site.data().join("appliance.db").exists().then_some(())
        })
        .await;
        let running = site.start(&[]).unwrap();
        sells(&site).await;
        let order = order.wait_with_output().unwrap();
        assert!(order.status.success(), "{order:?}");
        running.stop().unwrap();
    }
}

#[tokio::test]
async fn a_hub_and_its_order_wait_for_one_another_too() {
    for _ in 0..TIMES {
        let folder = tempfile::tempdir().unwrap();
        let broker = format!("[broker]\nlisten = \"{}\"\n", free_address());
        let site = Site::new(folder.path(), tools::program("cloud-hub"), &broker).unwrap();
        let mut running = site.start(&[]).unwrap();
        let code = site.command(&["enrol", CINEMA]).unwrap();
        assert_eq!(code.len(), "ABCD-EFGH-JKLM".len(), "{code}");
        site.ready(&Clock::system()).await.unwrap();
        assert!(running.runs());
        running.stop().unwrap();
    }
}

/// Somebody has the data, and is no box: whoever comes says that they wait, and goes on when the data is free.
#[tokio::test]
async fn whoever_waits_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(folder.path());
    let somebody = hold_the_data(&site);
    let mut running = site.start(&[]).unwrap();
    let waits = "another process has the data of the box";
    until("the box says that it waits", || async {
        log(folder.path()).contains(waits).then_some(())
    })
    .await;
    assert!(
        Connection::open(site.address).await.is_err(),
        "a port that takes connections is ready"
    );
    drop(somebody);
    site.ready(&Clock::system()).await.unwrap();
    assert!(running.runs());
    running.stop().unwrap();
}

#[tokio::test]
async fn a_second_box_on_the_same_data_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(folder.path());
    let mut first = site.start(&[]).unwrap();
    site.ready(&Clock::system()).await.unwrap();
    let begin = Clock::system();
    let second = site.command(&[]).unwrap_err().to_string();
    assert!(second.contains("the box runs already"), "{second}");
    assert!(begin.monotonic() < Duration::from_secs(10), "it waited");
    assert!(first.runs());
    site.import(&HALL.programme()).unwrap();
    sells(&site).await;
    first.stop().unwrap();
}

fn site(folder: &Path) -> Site {
    Site::new(folder, tools::program("appliance"), "").unwrap()
}

/// The box is ready and knows the programme.
async fn sells(site: &Site) {
    site.ready(&Clock::system()).await.unwrap();
    let mut connection = Connection::open(site.address).await.unwrap();
    OnSale::ask(&mut connection).await.unwrap();
}

/// An order that runs beside whatever else there is.
fn import(folder: &Path) -> Child {
    let programme = folder.join("programme.toml");
    std::fs::write(&programme, HALL.programme()).unwrap();
    Command::new(tools::program("appliance"))
        .arg("--config")
        .arg(folder.join("appliance.toml"))
        .arg("import")
        .arg(programme)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn hold_the_data(site: &Site) -> File {
    std::fs::create_dir_all(site.data()).unwrap();
    let lock = File::create(site.data().join("appliance.db")).unwrap();
    lock.lock().unwrap();
    lock
}

fn log(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("appliance.log")).unwrap()
}
