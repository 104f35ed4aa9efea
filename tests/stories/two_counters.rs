//! Two counters, one house: guests at home and in the lobby buy the same showtime, with the line up and with the line down.

use std::time::Duration;

use appliance::control::Order;
use appliance_api::Status;
use counter_api::{BestAvailable, IfCut, SeatState, ShowtimeWithLayout, TenderState};
use serde_json::json;
use service::Clock;
use tests::chaos::stored;
use tests::engine::Engine;
use tests::world::{House, PROGRAMME, Seller, Sides, free, new_key, until};

/// How many seats the programme says are free.
async fn seats_free(seller: &Seller) -> usize {
    let path = "/api/v1/showtimes/tomorrow";
    let shown: ShowtimeWithLayout = seller.get(path).await.expect(200).body();
    usize::try_from(shown.showtime.seats_free).unwrap()
}

tests::on_both_engines!(both_sell_what_is_theirs_through_a_cut);

async fn both_sell_what_is_theirs_through_a_cut(engine: Engine) {
    let house = House::open(engine).await;
    let Sides {
        home,
        lobby,
        ours,
        theirs,
    } = house.until_both_sell().await;
    assert!(
        theirs.len() >= 4 && ours.len() > theirs.len(),
        "{theirs:?} {ours:?}"
    );
    let all = ours.len() + theirs.len();
    assert_eq!(seats_free(&lobby).await, all);

    house.until_cut(&lobby).await;
    until("each shows only what it can sell", || async {
        let free = (free(&lobby).await, free(&home).await);
        (free.0 == ours && free.1 == theirs).then_some(())
    })
    .await;
    assert_eq!(seats_free(&lobby).await, ours.len());
    let away = lobby.sees("tomorrow", &theirs[0]).await;
    assert_eq!(away, SeatState::OutOfReach);
    let refused = lobby.ask_for("tomorrow", &[&theirs[0]]).await;
    assert_eq!(refused.problem(), OUT_OF_REACH);
    let refused = home.ask_for("tomorrow", &[&ours[0]]).await;
    assert_eq!(refused.problem(), OUT_OF_REACH);

    let chosen = [theirs[0].as_str(), theirs[1].as_str()];
    let at_home = home.hold("tomorrow", &chosen).await;
    assert_eq!(
        at_home.pay_with("card_approve").await,
        TenderState::Approved
    );
    let bought_at_home = at_home.sale().await;
    let in_the_lobby = lobby.hold("tomorrow", &[&ours[0], &ours[1]]).await;
    in_the_lobby.card().await;
    assert_eq!(in_the_lobby.sale().await.tickets.len(), 2);
    assert_eq!(bought_at_home.tickets.len(), 2);

    house.cable.put_in();
    until("each hears what the other has sold", || async {
        let seen = [
            lobby.sees("tomorrow", chosen[0]).await,
            home.sees("tomorrow", &ours[0]).await,
        ];
        (seen == [SeatState::Sold, SeatState::Sold]).then_some(())
    })
    .await;
}

tests::on_both_engines!(a_hub_that_sells_no_more_gives_every_free_seat_back);

async fn a_hub_that_sells_no_more_gives_every_free_seat_back(engine: Engine) {
    let mut house = House::open(engine).await;
    let Sides {
        home,
        lobby,
        ours,
        theirs,
    } = house.until_both_sell().await;
    let held = home.hold("tomorrow", &[&theirs[0], &theirs[1]]).await;
    assert_eq!(held.pay_with("card_approve").await, TenderState::Approved);
    house.hub.kill();
    house.hub.leaves_out("payments");
    house.hub.start_again().await;
    let sold = &theirs[..2];
    let file = house.world.folder().join("appliance.db");
    until("all but what was sold is the cinema's", || async {
        let (_, there) = stored::allotted(&file, "tomorrow").unwrap()?;
        let left: Vec<&String> = there.iter().filter(|seat| !sold.contains(seat)).collect();
        left.is_empty().then_some(())
    })
    .await;
    assert_eq!(seats_free(&lobby).await, ours.len() + theirs.len() - 2);
}

/// Seats side by side in somebody's list.
fn pair(seats: &[String], from: usize) -> [&str; 2] {
    [&seats[from], &seats[from + 1]]
}

pub(crate) const OUT_OF_REACH: (u16, &str) = (409, "seats_out_of_reach");
const TAKEN: (u16, &str) = (409, "seats_taken");

tests::on_both_engines!(with_the_line_up_each_sells_what_the_other_has);

async fn with_the_line_up_each_sells_what_the_other_has(engine: Engine) {
    let house = House::open(engine).await;
    let Sides {
        home,
        lobby,
        ours,
        theirs,
    } = house.until_both_sell().await;
    let (from_them, from_us) = (pair(&theirs, 0), pair(&ours, 0));

    // What is not sold is not asked for.
    let seats = from_them.map(|seat| json!({ "seat": seat, "ticket_kind": "for-nobody" }));
    let body = json!({ "seats": seats });
    let path = "/api/v1/showtimes/tomorrow/holds";
    let refused = lobby.post(path, &new_key(), &body).await;
    assert_eq!(refused.status, 422, "{:?}", refused.json);
    let file = house.world.folder().join("appliance.db");
    let (_, there) = stored::allotted(&file, "tomorrow").unwrap().unwrap();
    assert_eq!(there, theirs);

    // Two touches are one: both are answered with the one hold.
    let body = json!({ "seats": pair(&theirs, 4).map(|seat| json!({ "seat": seat })) });
    let key = new_key();
    let (one, other) = tokio::join!(lobby.post(path, &key, &body), lobby.post(path, &key, &body));
    assert_eq!(one.expect(201).json["id"], other.expect(201).json["id"]);

    let in_the_lobby = lobby.hold("tomorrow", &from_them).await;
    in_the_lobby.card().await;
    assert_eq!(in_the_lobby.sale().await.tickets.len(), 2);
    let at_home = home.hold("tomorrow", &from_us).await;
    assert_eq!(
        at_home.pay_with("card_approve").await,
        TenderState::Approved
    );
    assert_eq!(at_home.sale().await.tickets.len(), 2);
    // Whoever has not heard of it yet is told that somebody was faster.
    let refused = home.ask_for("tomorrow", &from_them).await;
    assert_eq!(refused.problem(), TAKEN);
    let refused = lobby.ask_for("tomorrow", &from_us).await;
    assert_eq!(refused.problem(), TAKEN);

    let unsold = pair(&theirs, 2);
    let held = lobby.hold("tomorrow", &unsold).await;
    let refused = home.ask_for("tomorrow", &unsold).await;
    assert_eq!(refused.problem(), TAKEN);
    assert_eq!(home.sees("tomorrow", unsold[0]).await, SeatState::Held);
    lobby.delete(&held.path("")).await.expect(204);
    until("what was not bought is home again", || async {
        (home.sees("tomorrow", unsold[0]).await == SeatState::Free).then_some(())
    })
    .await;
    home.hold("tomorrow", &unsold).await;

    // What is proposed is of either side: each proposal is other seats, until none is left that nobody has.
    let left = free(&lobby).await;
    let mut proposed = Vec::new();
    for nth in 0.. {
        let path = format!("/api/v1/showtimes/tomorrow/best-available?count=2&nth={nth}");
        let best: BestAvailable = lobby.get(&path).await.expect(200).body();
        proposed.extend(best.seats.iter().map(ToString::to_string));
        if !best.more {
            break;
        }
    }
    assert!(
        proposed.iter().all(|seat| left.contains(seat)),
        "{proposed:?} of {left:?}"
    );
    assert!(
        proposed.iter().any(|seat| theirs.contains(seat)),
        "{proposed:?} of {theirs:?}"
    );
    assert!(
        proposed.iter().any(|seat| ours.contains(seat)),
        "{proposed:?} of {ours:?}"
    );
}

#[tokio::test]
async fn a_line_that_is_cut_is_out_of_reach_at_once_and_a_silent_hub_within_the_deadline() {
    let house = House::open(Engine::Sqlite).await;
    let Sides { lobby, theirs, .. } = house.until_both_sell().await;
    let clock = Clock::system();
    let asking = async |from: usize| {
        let began = clock.monotonic();
        let refused = lobby.ask_for("tomorrow", &pair(&theirs, from)).await;
        assert_eq!(refused.problem(), OUT_OF_REACH);
        clock.monotonic() - began
    };
    house.hub.stands_still(true);
    let took = asking(0).await;
    house.hub.stands_still(false);
    let deadline = Duration::from_secs(2);
    assert!(took >= deadline && took < 2 * deadline, "{took:?}");

    house.until_cut(&lobby).await;
    let took = asking(2).await;
    assert!(took < deadline / 2, "{took:?}");
}

/// What a cut would leave, as somebody is told.
async fn if_cut(seller: &Seller) -> Option<IfCut> {
    let status: Status = seller.get("/api/v1/status").await.expect(200).body();
    status.if_cut
}

/// The showtime `tonight` is the only one of the business day, and late enough for every hour at which this is tried.
fn only_tonight() -> String {
    let later = PROGRAMME.replacen("time = \"20:15\"", "time = \"28:50\"", 1);
    // Where the day is about to end, the cinema is where it is not.
    let hour_utc = Clock::system().now().as_second() / 3_600 % 24;
    let later = match (1..6).contains(&hour_utc) {
        true => later.replacen("Europe/Berlin", "America/New_York", 1),
        false => later,
    };
    let (tonight, others) = later.split_at(later.find("id = \"strict\"").unwrap());
    format!(
        "{tonight}{}",
        others.replace("days = \"today\"", "days = \"today+1\"")
    )
}

tests::on_both_engines!(what_a_cut_would_leave_is_told_on_both_sides);

async fn what_a_cut_would_leave_is_told_on_both_sides(engine: Engine) {
    let house = House::open_with(engine, &only_tonight()).await;
    let Sides { home, lobby, .. } = house.until_both_sell().await;
    let clerk = house.world.clerk().await;
    let file = house.world.folder().join("appliance.db");
    let at_hub = async || house.hub.sees("metropol").await.and_then(|it| it.if_cut);
    let is_told = async |lobby: usize, online: usize| {
        let left = Some(IfCut {
            lobby: lobby as u64,
            online: online as u64,
        });
        (if_cut(&clerk).await, at_hub().await) == (left, left)
    };
    let (ours, theirs) = until("both have seats of tonight, and say so", || async {
        let (ours, theirs) = stored::allotted(&file, "tonight").unwrap()?;
        let said = !theirs.is_empty() && is_told(ours.len(), theirs.len()).await;
        said.then_some((ours, theirs))
    })
    .await;
    assert_eq!(if_cut(&lobby).await, None, "guests are not told");
    let said = house.world.order(Order::Status).await.unwrap();
    let line = format!(
        "if the line drops now: {} seats here, {} online",
        ours.len(),
        theirs.len()
    );
    assert!(said.contains(&line), "{said}");

    let held = lobby.hold("tonight", &[&ours[0], &ours[1]]).await;
    let now = if_cut(&clerk).await.unwrap();
    assert_eq!(now.lobby, ours.len() as u64 - 2, "held is not free");
    assert_eq!(
        at_hub().await.unwrap().lobby,
        ours.len() as u64,
        "a hold is not told"
    );
    held.card().await;
    let sold = home.hold("tonight", &[&theirs[0]]).await;
    assert_eq!(sold.pay_with("card_approve").await, TenderState::Approved);
    until("each hears what the other has sold", || async {
        (is_told(ours.len() - 2, theirs.len() - 1).await).then_some(())
    })
    .await;
}

/// Somebody who closes their browser has asked all the same.
#[tokio::test]
async fn what_was_asked_for_by_a_guest_who_left_goes_home() {
    let house = House::open(Engine::Sqlite).await;
    let Sides { lobby, theirs, .. } = house.until_both_sell().await;
    let wanted = pair(&theirs, 0);
    house.hub.stands_still(true);
    let asking = lobby.ask_for("tomorrow", &wanted);
    let left = tokio::time::timeout(Duration::from_millis(300), asking).await;
    assert!(left.is_err(), "the hub does not answer yet");
    house.hub.stands_still(false);
    let file = house.world.folder().join("appliance.db");
    let are_with_the_hub = |there: bool| {
        let (file, wanted) = (&file, &wanted);
        until("they go to and fro", move || async move {
            let (_, theirs) = stored::allotted(file, "tomorrow").unwrap()?;
            let all = wanted.map(|seat| theirs.iter().any(|of| of == seat));
            (all == [there; 2]).then_some(())
        })
    };
    are_with_the_hub(false).await;
    are_with_the_hub(true).await;
}
