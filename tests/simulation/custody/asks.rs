//! With the line up it looks like one pool: whoever wants seats that the other side has gets them by an ask, and they go home unsold.

use std::time::Duration;

use super::*;

/// What nobody waits longer for: the answer, and the seats on their way.
const AT_MOST: Duration = Duration::from_secs(6);

impl Both {
    /// The rows A to C are the hub's.
    async fn shared(seed: u64) -> Self {
        let both = Self::open(seed).await;
        for row in ["A", "B", "C"] {
            let seats = (1..=8).map(|seat| format!("{row}{seat}"));
            let seats: Vec<_> = seats.collect();
            let seats: Vec<&str> = seats.iter().map(String::as_str).collect();
            both.box_gives(&seats).await.unwrap();
        }
        both.settle_down().await;
        both
    }

    /// Who has these seats, as both sides know it.
    async fn epochs_of(&self, seats: &[&str]) -> Vec<u32> {
        let (cinema, hub) = (
            epochs(self.house.cinema.app.database()).await,
            epochs(self.house.hub.app.database()).await,
        );
        let of = |known: &BTreeMap<String, u32>| {
            let epoch = |seat: &&str| known.get(*seat).copied().unwrap_or(0);
            seats.iter().map(epoch).collect::<Vec<_>>()
        };
        assert_eq!(of(&cinema), of(&hub));
        of(&cinema)
    }

    async fn nothing_is_wrong(&self) {
        for database in [
            self.house.cinema.app.database(),
            self.house.hub.app.database(),
        ] {
            assert_eq!(count(database, "SELECT COUNT(*) FROM case_file").await, 0);
            assert_eq!(count(database, "SELECT COUNT(*) FROM kept_grant").await, 0);
        }
    }

    /// A guest at home changes, or gives up, what they hold.
    async fn at_home_again(&mut self, method: &str, held: &Answer, seats: &[&str]) -> Answer {
        let path = match method {
            "PUT" => format!("/holds/{}/seats", id(held)),
            _ => format!("/holds/{}", id(held)),
        };
        let request = self.request(method, &path, &choices(seats));
        meanwhile(&self.house, answered(&self.online, request)).await
    }

    /// The same in the lobby.
    async fn in_the_lobby_again(&mut self, method: &str, held: &Answer, seats: &[&str]) -> Answer {
        let path = match method {
            "PUT" => format!("/api/v1/holds/{}/seats", id(held)),
            _ => format!("/api/v1/holds/{}", id(held)),
        };
        let wish = choices(seats);
        let asked = self.lobby.ask_in_vain(&self.house, method, &path, &wish);
        meanwhile(&self.house, asked).await
    }
}

impl Both {
    /// A guest in the lobby asks while the hub does nothing at all.
    async fn in_the_lobby_without_the_hub(&mut self, seats: &[&str]) -> Answer {
        let path = "/api/v1/showtimes/tomorrow/holds";
        let (wish, house) = (choices(seats), &self.house);
        let mut asked = pin!(self.lobby.ask_in_vain(house, "POST", path, &wish));
        loop {
            if let Some(answer) = asked.as_mut().now_or_never() {
                return answer;
            }
            let now = house.clock.monotonic();
            if house.cinema.hand.step(0, now).await.is_none() {
                house.clock.advance(Duration::from_millis(100));
            }
        }
    }
}

fn id(held: &Answer) -> &str {
    held.1["id"].as_str().unwrap()
}

const OUT_OF_REACH: (u16, &str) = (409, "seats_out_of_reach");
const TAKEN: (u16, &str) = (409, "seats_taken");

#[tokio::test]
async fn with_the_line_up_each_side_sells_what_the_other_has_and_it_goes_home_unsold() {
    let mut both = Both::shared(5).await;
    let began = both.house.clock.monotonic();
    let lobby = both.in_the_lobby(&["A1", "A2", "D1", "D2"]).await;
    let home = both.at_home(&["E1", "E2", "B1", "B2"]).await;
    assert_eq!((lobby.0, home.0), (201, 201), "{lobby:?} {home:?}");
    let took = both.house.clock.monotonic() - began;
    assert!(took < Duration::from_secs(1), "{took:?}");
    both.settle_down().await;
    let seats = ["A1", "A2", "D1", "E1", "E2", "B1"];
    assert_eq!(both.epochs_of(&seats).await, [2, 2, 0, 1, 1, 1]);
    // What somebody holds is nobody else's, on either side.
    assert_eq!(problem(&both.at_home(&["A1", "A2"]).await), TAKEN);
    assert_eq!(problem(&both.in_the_lobby(&["E1", "E2"]).await), TAKEN);
    // Of several it is said which, and the others are free to everybody as before.
    let path = "/api/v1/cinemas/metropol/showtimes/tomorrow/seats";
    both.page_at_the_hub(path).await;
    let some = both.at_home(&["D2", "D3", "D4"]).await;
    assert_eq!(problem(&some), TAKEN);
    assert_eq!(some.1["seats"], json!(["D2"]), "{some:?}");
    let map = both.page_at_the_hub(path).await;
    for (seat, state) in [("D2", "held"), ("D3", "free"), ("D4", "free")] {
        let shown = format!(r#"{{"seat":"{seat}","state":"{state}"}}"#);
        assert!(map.contains(&shown), "{shown}: {map}");
    }

    // A choice within a hold asks as well; what is not wanted any more goes home.
    let lobby_now = both
        .in_the_lobby_again("PUT", &lobby, &["A1", "A2", "C1", "C2"])
        .await;
    assert_eq!(lobby_now.0, 200, "{lobby_now:?}");
    let home_now = both.at_home_again("PUT", &home, &["B1", "B2"]).await;
    assert_eq!(home_now.0, 200, "{home_now:?}");
    both.settle_down().await;
    let seats = ["A1", "C1", "C2", "E1", "E2", "B1"];
    assert_eq!(both.epochs_of(&seats).await, [2, 2, 2, 2, 2, 1]);

    // Given back unsold, and lapsed.
    let left = both.in_the_lobby_again("DELETE", &lobby, &[]).await;
    assert_eq!(left.0, 204, "{left:?}");
    both.settle_down().await;
    let seats = ["A1", "A2", "C1", "C2", "D1"];
    assert_eq!(both.epochs_of(&seats).await, [3, 3, 3, 3, 0]);
    let home = both.at_home(&["F1", "F2"]).await;
    assert_eq!(home.0, 201, "{home:?}");
    both.house.clock.advance(Duration::from_secs(16 * 60));
    both.settle_down().await;
    assert_eq!(both.epochs_of(&["F1", "F2"]).await, [2, 2]);
    both.nothing_is_wrong().await;
}

#[tokio::test]
async fn a_line_that_is_cut_is_out_of_reach_at_once_and_a_silent_end_within_the_deadline() {
    let mut both = Both::shared(6).await;
    both.house.network.cut();
    let began = both.house.clock.monotonic();
    assert_eq!(
        problem(&both.in_the_lobby(&["A1", "A2"]).await),
        OUT_OF_REACH
    );
    assert_eq!(problem(&both.at_home(&["D1", "D2"]).await), OUT_OF_REACH);
    assert_eq!(both.house.clock.monotonic(), began, "at once");
    both.house.network.mend();
    both.settle_down().await;
    assert_eq!(both.in_the_lobby(&["A1", "A2"]).await.0, 201);

    let began = both.house.clock.monotonic();
    let answer = both.in_the_lobby_without_the_hub(&["B1", "B2"]).await;
    assert_eq!(problem(&answer), OUT_OF_REACH);
    let took = both.house.clock.monotonic() - began;
    assert!(
        took <= AT_MOST && took >= Duration::from_secs(2),
        "{took:?}"
    );
    // It hears of the ask too late, and what it gave is custody all the same.
    both.settle_down().await;
    both.epochs_of(&["B1", "B2"]).await;
    both.nothing_is_wrong().await;
}

#[tokio::test]
async fn if_two_groups_collide_the_guest_at_the_cinema_wins() {
    for (seed, holds_before) in [(7, false), (8, true), (9, false), (10, true)] {
        let mut both = Both::shared(seed).await;
        let wish = ["A1", "A2", "D1", "D2"];
        let before = match holds_before {
            true => Some(both.at_home(&["A1", "A2"]).await),
            false => None,
        };
        let request = match &before {
            Some(held) => {
                let path = format!("/holds/{}/seats", id(held));
                both.request("PUT", &path, &choices(&wish))
            }
            None => both.request("POST", "/showtimes/tomorrow/holds", &choices(&wish)),
        };
        let (house, online) = (&both.house, &both.online);
        let (path, seats) = ("/api/v1/showtimes/tomorrow/holds", choices(&wish));
        let lobby = both.lobby.ask_in_vain(house, "POST", path, &seats);
        let home = answered(online, request);
        let together = futures_util::future::join(lobby, home);
        let (lobby, home) = meanwhile(house, together).await;
        assert_eq!(lobby.0, 201, "{seed}: {lobby:?}");
        assert!(home.0 == 409 || home.0 == 404, "{seed}: {home:?}");
        both.settle_down().await;
        assert_eq!(both.epochs_of(&wish).await, [2, 2, 0, 0]);
        let open = "SELECT COUNT(*) FROM hold WHERE state = 'open'";
        assert_eq!(
            count(both.house.hub.app.database(), open).await,
            0,
            "{seed}"
        );
        both.nothing_is_wrong().await;
    }
}

#[tokio::test]
async fn what_was_asked_for_stays_where_it_is_while_the_line_is_down() {
    let mut both = Both::shared(9).await;
    let held = both.in_the_lobby(&["A1", "A2"]).await;
    assert_eq!(held.0, 201, "{held:?}");
    both.settle_down().await;
    both.house.network.cut();
    both.settle_down().await;
    let given_back = both.in_the_lobby_again("DELETE", &held, &[]).await;
    assert_eq!(given_back.0, 204, "{given_back:?}");
    let again = both.in_the_lobby(&["A1", "A2"]).await;
    assert_eq!(again.0, 201, "nobody else could sell them: {again:?}");
    both.house.network.mend();
    both.settle_down().await;
    assert_eq!(both.epochs_of(&["A1", "A2"]).await, [2, 2]);
    both.nothing_is_wrong().await;
}
