//! One idempotency key for two wishes at once, at two counters: it serves one of them.

use postgres_server::Server;
use tests::one_counter::{How, OneCounter};
use tests::world::{PROGRAMME, choices};

use crate::TwoCounters;

/// A second showtime in the same room.
const LATE: &str = r#"
[[showtime]]
id = "late"
film = "fight-club"
auditorium = "screen-1"
price_book = "standard"
days = "today+1"
time = "23:30"
language = "en"
"#;

/// How often it is tried.
const TIMES: usize = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_never_holds_seats_of_two_showtimes_of_a_cinema() {
    let programme = format!("{PROGRAMME}{LATE}");
    let cinema = TwoCounters::with(How::AT_A_CINEMA, &programme).await;
    let [here, there] = &cinema.counters;
    let paths = [
        "/api/v1/showtimes/tomorrow/holds",
        "/api/v1/showtimes/late/holds",
    ];
    fight(here, there, paths).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_never_holds_seats_of_two_cinemas() {
    let server = Server::shared();
    let url = server.database();
    // Each knows no cinema yet when it is given its own.
    let filling =
        ["metropol", "odeon"].map(|cinema| (cinema, OneCounter::start(&url, How::AT_A_CINEMA)));
    for (cinema, counter) in &filling {
        counter
            .import(&PROGRAMME.replace("id = \"metropol\"", &format!("id = \"{cinema}\"")))
            .await;
    }
    drop(filling);
    let [here, there] = [(); 2].map(|()| OneCounter::start(&url, How::AT_A_CINEMA));
    let paths = ["metropol", "odeon"]
        .map(|cinema| format!("/api/v1/cinemas/{cinema}/showtimes/tomorrow/holds"));
    fight(&here, &there, [&paths[0], &paths[1]]).await;
}

async fn fight(here: &OneCounter, there: &OneCounter, paths: [&str; 2]) {
    for time in 0..TIMES {
        let seat = format!("{}{}", ['A', 'B', 'C', 'D'][time / 8], 1 + time % 8);
        let key = format!("one-key-{time}");
        let [one, other] = [(here, paths[0]), (there, paths[1])]
            .map(|(counter, path)| (counter.till("till-1"), path));
        let wish = choices(&[&seat]);
        let (one, other) = tokio::join!(
            one.0.post(one.1, &key, &wish),
            other.0.post(other.1, &key, &wish),
        );
        let (won, lost) = if one.status == 201 {
            (one, other)
        } else {
            (other, one)
        };
        assert_eq!(won.status, 201, "{} / {}", won.text, lost.text);
        assert_eq!(lost.problem(), (422, "idempotency_key_reused"));
    }
}
