//! Hand-over codes at a box that does not know all that they name, that is stopped, or that hears of it by the line first.

use box_office::custody::CustodyRefusal;
use wire::{Generation, HandOver, Hash, Incarnation};

use super::*;

impl Both {
    /// What a code says that the hub has made of these seats.
    fn code(&self, showtime: &str, plan: u32, seats: &[(&str, u64)]) -> HandOver {
        let (cinema, hub) = self.lives();
        let seats = seats.iter().map(|(seat, epoch)| SeatAtEpoch {
            seat: seat.parse().unwrap(),
            epoch: *epoch,
        });
        HandOver {
            cinema: metropol(),
            incarnation: cinema,
            generation: hub,
            showtime: showtime.parse().unwrap(),
            auditorium: "screen-1".parse().unwrap(),
            plan,
            seats: seats.collect(),
        }
    }

    fn lives(&self) -> (Incarnation, Generation) {
        let of = |counter: &counter::Counter, cinema: &CinemaId| {
            counter.at(cinema).unwrap().stream().life
        };
        (
            Incarnation(of(self.house.cinema.app.counter(), &metropol())),
            Generation(of(self.house.hub.app.counter(), &metropol())),
        )
    }

    /// Somebody scans it at the box: how many seats are taken, wait, are known, and do not fit.
    async fn scans(&self, code: &HandOver) -> Result<[usize; 4], CustodyRefused> {
        let (acting, code) = (self.house.cinema.app.counter().clone(), code.clone());
        let (_, hub) = self.lives();
        let database = self.house.cinema.app.database();
        let scanning = database.write(counter::scope(&metropol()), move |tx| {
            custody::scan(tx, &acting, &metropol(), (&code, Hash::from([1; 32])), hub)
        });
        let scanned = scanning.await?;
        Ok([
            scanned.taken,
            scanned.waiting,
            scanned.known,
            scanned.out_of_turn,
        ])
    }
}

/// What the box has listed that came by a code and not by the stream.
async fn ahead(both: &Both) -> i64 {
    let database = both.house.cinema.app.database();
    count(database, "SELECT COUNT(*) FROM scanned_grant").await
}

#[tokio::test]
async fn a_code_is_ahead_of_the_stream_which_changes_nothing_more() {
    let mut both = Both::open(21).await;
    both.box_gives(&["A1", "A2", "A3"]).await.unwrap();
    both.settle_down().await;
    both.house.network.cut();
    both.hub_gives(&["A1", "A2"]).await.unwrap();
    let code = both.code("tomorrow", 1, &[("A1", 2), ("A2", 2)]);
    assert_eq!(both.scans(&code).await, Ok([2, 0, 0, 0]));
    assert_eq!(both.scans(&code).await, Ok([0, 0, 2, 0]), "twice is once");
    assert_eq!(ahead(&both).await, 2);
    assert_eq!(both.in_the_lobby(&["A1", "A2"]).await.0, 201);
    both.hub_gives(&["A3"]).await.unwrap();
    both.house.network.mend();
    both.settle_down().await;
    assert_eq!(ahead(&both).await, 0, "the stream has come by");
    let (cinema, hub) = (
        both.house.cinema.app.database(),
        both.house.hub.app.database(),
    );
    assert_eq!(epochs(cinema).await, epochs(hub).await);
    let late = both.code("tomorrow", 1, &[("A3", 2)]);
    assert_eq!(
        both.scans(&late).await,
        Ok([0, 0, 1, 0]),
        "it came by the line"
    );
    assert_eq!(ahead(&both).await, 0);
    for database in [cinema, hub] {
        assert_eq!(count(database, "SELECT COUNT(*) FROM case_file").await, 0);
    }
}

#[tokio::test]
async fn what_a_code_names_that_is_not_known_waits_until_it_is() {
    let both = Both::open(22).await;
    both.house.network.cut();
    // Nobody has given it; what counts is that nothing of it is lost.
    let code = both.code("later", 1, &[("A1", 2), ("A2", 2)]);
    assert_eq!(both.scans(&code).await, Ok([0, 2, 0, 0]));
    assert_eq!(both.scans(&code).await, Ok([0, 0, 2, 0]));
    let another_plan = both.code("tomorrow", 2, &[("A1", 2)]);
    assert_eq!(both.scans(&another_plan).await, Ok([0, 1, 0, 0]));
    let no_seat = both.code("tomorrow", 1, &[("Z99", 2)]);
    assert_eq!(both.scans(&no_seat).await, Ok([0, 1, 0, 0]));
    let cinema = both.house.cinema.app.database().clone();
    assert_eq!(count(&cinema, "SELECT COUNT(*) FROM kept_grant").await, 4);
    both.imports_another_showtime().await;
    let waiting = "SELECT COUNT(*) FROM kept_grant WHERE showtime = 'later'";
    assert_eq!(count(&cinema, waiting).await, 0);
    // It was tried as soon as the showtime was known: epoch 2 comes after 1, which the box has never given.
    let cases = both.house.cinema.order(Order::Cases).await;
    assert!(cases.contains("seat metropol/later/A1"), "{cases}");
    both.house.network.mend();
}

#[tokio::test]
async fn a_stopped_box_and_one_in_another_life_scan_nothing() {
    let both = Both::open(23).await;
    both.box_gives(&["A1"]).await.unwrap();
    both.settle_down().await;
    both.house.network.cut();
    both.hub_gives(&["A1"]).await.unwrap();
    let code = both.code("tomorrow", 1, &[("A1", 2)]);
    let cinema = both.house.cinema.app.database().clone();
    freeze(&cinema, true).await;
    let stopped = Err(CustodyRefused::Custody(CustodyRefusal::Stopped));
    assert_eq!(both.scans(&code).await, stopped);
    freeze(&cinema, false).await;
    let mut of_another_box = code.clone();
    of_another_box.incarnation.0.number += 1;
    let mut of_another_hub = code.clone();
    of_another_hub.generation.0.random = wire::Nonce::from([9; 16]);
    for other in [of_another_box, of_another_hub] {
        let old = Err(CustodyRefused::Custody(CustodyRefusal::OldCode));
        assert_eq!(both.scans(&other).await, old);
    }
    assert_eq!(ahead(&both).await, 0);
    assert_eq!(both.scans(&code).await, Ok([1, 0, 0, 0]));
    let out_of_turn = both.code("tomorrow", 1, &[("A1", 6), ("B1", 2)]);
    assert_eq!(both.scans(&out_of_turn).await, Ok([0, 0, 0, 2]));
    both.house.network.mend();
}

#[tokio::test]
async fn half_a_love_seat_is_handed_over_with_the_other() {
    let both = Both::open(71).await;
    both.box_gives(&["E1", "E2", "E3", "E4"]).await.unwrap();
    both.settle_down().await;
    both.house.network.cut();
    let at = (both.house.hub.app.counter().at(&metropol())).unwrap();
    let wanted = custody::Wanted::Named(named(&["E2"]));
    let hub = both.house.hub.app.database();
    let giving = hub.write(counter::scope(&metropol()), move |tx| {
        custody::hand_over(tx, &at, &tomorrow(), &wanted)
    });
    assert_eq!(giving.await.unwrap(), 2);
    let epochs = epochs(hub).await;
    assert_eq!(["E1", "E2", "E3"].map(|seat| epochs[seat]), [2, 2, 1]);
}
