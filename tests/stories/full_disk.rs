//! A disk that fills while the box sells: nothing new begins, what is open ends well, nothing is lost, and selling goes on once
//! there is room.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use appliance_api::Status;
use counter_api::{HoldState, SeatState};
use serde_json::json;
use tempfile::TempDir;
use tests::card_terminal::Behaviour;
use tests::world::{Answer, Held, Seller, World, choices, new_key, until};

const MIB: u64 = 1024 * 1024;

/// How large the small disk is, in MiB: the box's data and its log take a few.
const SMALL: u64 = 64;

/// What the box keeps free on the small disk, in MiB.
const RESERVE: u64 = 32;

/// A place for the box's data that can be filled up.
struct Disk {
    folder: PathBuf,
    /// What the box shall keep free, in MiB.
    reserve: u64,
    mounted: bool,
    _parent: TempDir,
}

impl Disk {
    /// A disk of its own, if this is root; else the disk of the temporary files with a reserve just below what is free on it.
    fn small() -> Self {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().to_owned();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={SMALL}m"), "tmpfs"])
            .arg(&folder)
            .output();
        let mounted = mount.is_ok_and(|output| output.status.success());
        let reserve = if mounted {
            RESERVE
        } else {
            free(&folder) / MIB - 2 * RESERVE
        };
        Self {
            folder,
            reserve,
            mounted,
            _parent: parent,
        }
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }

    /// Leaves so many bytes free.
    fn fill_up_to(&self, left: u64) {
        let ballast = File::options()
            .create(true)
            .append(true)
            .open(self.ballast())
            .unwrap();
        let size = ballast.metadata().unwrap().len() + free(&self.folder).saturating_sub(left);
        rustix::fs::fallocate(&ballast, rustix::fs::FallocateFlags::empty(), 0, size).unwrap();
    }

    fn make_room(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.mounted {
            // Lazily: the box's last files may still be open. What is left goes with the process.
            let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
        }
    }
}

/// The free bytes of the disk that `folder` is on.
fn free(folder: &Path) -> u64 {
    let disk = rustix::fs::statvfs(folder).unwrap();
    disk.f_bavail * disk.f_frsize
}

#[tokio::test]
async fn a_disk_that_fills_stops_new_holds_and_loses_nothing() {
    let disk = Disk::small();
    let data = tempfile::tempdir_in(&disk.folder).unwrap();
    let world = World::open_in(data, &format!("keep_free_mebibytes = {}", disk.reserve)).await;
    let (clerk, guest) = (world.clerk().await, world.guest().await);
    let first = clerk.hold("tonight", &["A1", "A2"]).await.cash(20_00).await;
    let (by_cash, by_card, given_up) = (
        clerk.hold("tonight", &["B1", "B2"]).await,
        guest.hold("tonight", &["C1", "C2"]).await,
        clerk.hold("tonight", &["D1", "D2"]).await,
    );

    disk.fill_up_to((disk.reserve - RESERVE / 2) * MIB);
    let key = new_key();
    let wish = choices(&["A5", "A6"]);
    let ask = || clerk.post("/api/v1/showtimes/tonight/holds", &key, &wish);
    let refused = ask().await;
    assert_eq!(refused.problem(), (507, "disk_full"));
    assert!(
        refused.json["detail"]
            .as_str()
            .unwrap()
            .contains("What is open can be finished")
    );
    assert_eq!(clerk.sees("tonight", "A5").await, SeatState::Free);
    let status: Status = guest.get("/api/v1/status").await.expect(200).body();
    assert_eq!(status.out_of_service.as_deref(), Some("F02"));

    let second = by_cash.cash(20_00).await;
    by_card.card().await;
    let third = by_card.sale().await;
    clerk.delete(&given_up.path("")).await.expect(204);
    assert_eq!(given_up.look().await.state, HoldState::Ended);
    world.printer.papers_cut(6).await;

    disk.make_room();
    ask().await.expect(201);
    let status: Status = guest.get("/api/v1/status").await.expect(200).body();
    assert_eq!(status.out_of_service, None);
    for (sale, device) in [(first, &clerk), (second, &clerk), (third, &guest)] {
        let path = format!("/api/v1/sales/{}", sale.id);
        let kept = device.get(&path).await.expect(200).json;
        assert_eq!(kept["tickets"].as_array().unwrap().len(), 2);
    }
}

/// Pays coin by coin: what fits into pages that the log has already is settled even on a full disk; then there is no more. Gives how many
/// coins there were, and what the last was answered.
async fn coins_until_full(clerk: &Seller, held: &Held) -> (i64, Answer) {
    let (path, coin) = (
        held.path("/tenders"),
        json!({ "cash": { "given_minor": 1 } }),
    );
    for sold in 0..10_000 {
        let more = clerk.post(&path, &new_key(), &coin).await;
        if more.status != 201 {
            return (sold, more);
        }
        assert_eq!(held.look().await.state, HoldState::Open);
    }
    panic!("the disk never fills")
}

#[tokio::test]
async fn a_full_disk_is_said_once_however_long_a_payment_waits_for_room() {
    let disk = Disk::small();
    if !disk.mounted {
        return;
    }
    let data = tempfile::tempdir_in(&disk.folder).unwrap();
    let world = World::open_in(data, "keep_free_mebibytes = 1").await;
    world.expects_error("the disk is full");
    let (clerk, guest) = (world.clerk().await, world.guest().await);
    let (coins, paying) = (
        clerk.hold("tonight", &["B1", "B2"]).await,
        guest.hold("tonight", &["C1", "C2"]).await,
    );
    world.terminal.next(Behaviour::NeverAnswer);
    paying.begin_card().await.expect(202);
    let asked = world.terminal.wait_until(|till| !till.payments.is_empty());
    let till = asked.await;
    disk.fill_up_to(0);
    coins_until_full(&clerk, &coins).await;
    world.terminal.decide(&till.payments[0].reference, true);
    let begun = world.clock.monotonic();
    until("it is tried again and again", || async {
        world.wait(Duration::from_secs(1));
        (world.counts("foyer_selling_held_up_tries_total").await >= 8).then_some(())
    })
    .await;
    let took = world.clock.monotonic() - begun;
    assert!(took > Duration::from_secs(30), "8 tries in {took:?}");
    assert_eq!(world.counts("foyer_selling_held_up").await, 1);
    assert!(world.counts("foyer_database_commits_failed").await >= 8);
    for words in ["a payment cannot go on", "a commit failed"] {
        assert_eq!(world.errors_with(words), 1, "{words}");
    }
    assert!(world.errors_with("the disk is full") <= 4);

    disk.make_room();
    until("the payment goes on", || async {
        world.wait(Duration::from_secs(1));
        paying.look().await.sale
    })
    .await;
    assert_eq!(world.counts("foyer_selling_held_up").await, 0);
    coins.cash(2_000).await;
}

#[tokio::test]
async fn a_disk_without_a_single_byte_refuses_in_words_and_the_sale_is_made_once_there_is_room() {
    let disk = Disk::small();
    let data = tempfile::tempdir_in(&disk.folder).unwrap();
    let mut world = World::open_in(data, "keep_free_mebibytes = 1").await;
    let clerk = world.clerk().await;
    let held = clerk.hold("tonight", &["B1", "B2"]).await;
    if disk.mounted {
        world.expects_error("the disk is full");
        disk.fill_up_to(0);
        let refused = clerk.ask_for("tonight", &["A1"]).await;
        assert_eq!(refused.problem(), (507, "disk_full"));
        let (sold, full) = coins_until_full(&clerk, &held).await;
        assert_eq!(full.problem(), (507, "disk_full"), "after {sold} coins");
        assert_eq!(held.look().await.basket.paid.minor, sold);
        disk.make_room();
        assert_eq!(
            held.look().await.basket.paid.minor,
            sold,
            "nothing came afterwards"
        );
    }
    let sale = held.cash(20_00).await;
    world.restart().await;
    let clerk = world.again(&clerk);
    let path = format!("/api/v1/sales/{}", sale.id);
    let kept = clerk.get(&path).await.expect(200).json;
    assert_eq!(kept["tickets"].as_array().unwrap().len(), 2);
    clerk.hold("tonight", &["A5", "A6"]).await;
}
