//! A showtime goes to another room: what each side makes of it that has not heard all, has heard it late, or takes another's place.

use appliance::control::{Consent, Order};
use appliance::printer::memory::MemoryPrinter;
use appliance::terminal::memory::MemoryTerminal;
use box_office::{AuditoriumId, SeatId, ShowtimeStatus};
use counter::custody::{self, Told, Transfer};
use counter::programme::{self, Hearing};
use counter::{Counter, Fault, history};
use counter_api::SeatDeed;
use database::{Database, Error};
use mailbox::{StreamKey, outbox, stream};
use service::process::Process as _;
use sync_agent::Network;
use tests::simulation::side::{Around, Side, random, seeds};
use tests::world::PROGRAMME;
use wire::enrolment::{FormerProgramme, FormerShowtime, Succession};
use wire::event::{
    AuditoriumDescribed, SeatAtEpoch, ShowtimeCancelled, ShowtimeChanged, ShowtimeMoved,
};
use wire::{Body, Generation, Life, Meaning, Nonce};

use super::{Both, choices, count, epochs, metropol, tomorrow};
use crate::door::Evening;

/// A room without the first's seat A8, with none of the others at the place that it has there, and with rows of its own.
const HALL: [&str; 7] = [
    "Z | ssssssss",
    "F | wc    ssss",
    "E | <><><><>",
    "D | pppppppp",
    "C | ssssssss",
    "B | ssssssss",
    "A | sssssss",
];

/// The programme with a hall of these rows, and `tomorrow` in this room.
pub fn with_a_hall(rows: &[&str], room: &str) -> String {
    let hall = format!(
        "[[auditorium]]\nid = \"hall\"\nname = \"Hall\"\nlayout_version = 1\nfocus_row = \"D\"\nseats = '''\n{}\n'''\n\n",
        rows.join("\n")
    );
    let with_hall = PROGRAMME.replacen("[[film]]", &format!("{hall}[[film]]"), 1);
    let (before, after) = with_hall.split_once("id = \"tomorrow\"").unwrap();
    let after = after.replacen("\"screen-1\"", &format!("\"{room}\""), 1);
    format!("{before}id = \"tomorrow\"{after}")
}

/// The cinema puts `tomorrow` into this room.
pub async fn put(both: &Both, room: &str) {
    let programme = with_a_hall(&HALL, room);
    let consent = Consent::Given;
    let import = Order::Import { programme, consent };
    both.house.cinema.order(import).await;
}

/// A counter and its database.
type One<'a> = (&'a Counter, &'a Database);

fn the_box(both: &Both) -> One<'_> {
    let app = &both.house.cinema.app;
    (app.counter(), app.database())
}

fn the_hub(both: &Both) -> One<'_> {
    let app = &both.house.hub.app;
    (app.counter(), app.database())
}

/// The last of the cinema's events of this type.
async fn told_last(both: &Both, kind: &'static str) -> Body {
    let (counter, database) = the_box(both);
    let at = counter.here().unwrap();
    let read = database.read(move |db| {
        let own = stream::find(db, at.stream())?.unwrap();
        outbox::all_of_after(db, own, kind, 0)
    });
    let events: Result<Vec<_>, mailbox::Error> = read.await;
    match events.unwrap().pop().unwrap().meaning() {
        Meaning::Known(body) => (**body).clone(),
        Meaning::MayBeSkipped | Meaning::UpdateNeeded => panic!("{kind} is known"),
    }
}

/// The cinema has moved `tomorrow` to the hall while the line is cut: what it tells of the hall, and of the move.
async fn moved_in_a_cut(both: &Both) -> (AuditoriumDescribed, ShowtimeMoved) {
    both.house.network.cut();
    put(both, "hall").await;
    let Body::AuditoriumDescribed(hall) = told_last(both, "auditorium_described").await else {
        panic!("the hall is described");
    };
    let Body::ShowtimeMoved(moved) = told_last(both, "showtime_moved").await else {
        panic!("it is moved");
    };
    (hall, moved)
}

/// The hub hears these events of the programme in one delivery; why it does not sell what each tells of.
async fn hub_hears(both: &Both, told: &[Body]) -> Vec<Option<&'static str>> {
    let hub = &both.house.hub.app;
    let (acting, told, now) = (hub.counter().clone(), told.to_vec(), both.house.clock.now());
    let heard = hub
        .database()
        .write(counter::scope(&metropol()), move |tx| {
            let (mut hearing, mut withheld) = (Hearing::default(), Vec::new());
            for body in &told {
                withheld.push(hearing.hear(tx, (&metropol(), now), body)?);
            }
            hearing.finish(tx, &acting, &metropol())?;
            Ok::<_, Fault>(withheld)
        });
    heard.await.unwrap()
}

/// A side is given a seat of `tomorrow` under the name that it has in this room.
async fn given(
    (counter, database): One<'_>,
    room: &str,
    (seat, epoch): (&str, u64),
) -> Vec<String> {
    let (acting, room) = (counter.clone(), room.parse::<AuditoriumId>().unwrap());
    let seats = [SeatAtEpoch {
        seat: seat.parse().unwrap(),
        epoch,
    }];
    let received = database.write(counter::scope(&metropol()), move |tx| {
        let told = Transfer {
            showtime: &tomorrow(),
            auditorium: Some(&room),
            plan: 1,
            seats: &seats,
        };
        custody::receive(tx, &acting, &metropol(), told)
    });
    received.await.unwrap()
}

/// How many seats wait for what names them.
async fn waiting(database: &Database) -> i64 {
    count(database, "SELECT COUNT(*) FROM kept_grant").await
}

/// The room and the state of `tomorrow`.
async fn stands(database: &Database) -> (String, String) {
    let read = database.read(|db| {
        let sql = "SELECT auditorium, state FROM showtime WHERE id = 'tomorrow'";
        db.first(sql, &[], |row| Ok((row.get(0)?, row.get(1)?)))
    });
    let stands: Result<Option<_>, Error> = read.await;
    stands.unwrap().unwrap()
}

fn named(room: &str, state: &str) -> (String, String) {
    (room.to_owned(), state.to_owned())
}

/// The rooms that the history of a seat of `tomorrow` says the showtime has left.
async fn rooms_left((counter, database): One<'_>, seat: &str) -> Vec<String> {
    let at = counter.at(&metropol()).unwrap();
    let seat: SeatId = seat.parse().unwrap();
    let read = database
        .read(move |db| history::of_seat(db, &at, (&tomorrow(), &seat), Vec::new(), &|_| None));
    let told = read.await.unwrap().happenings.into_iter();
    let moved = told.filter(|it| it.deed == SeatDeed::Moved);
    moved.map(|it| it.words).collect()
}

#[tokio::test]
async fn a_hub_that_could_not_go_along_understands_what_it_is_told_and_goes_later() {
    let mut both = Both::open(61).await;
    both.box_gives(&["A1", "A2"]).await.unwrap();
    both.settle_down().await;
    let (hall, moved) = moved_in_a_cut(&both).await;
    let app = both.house.hub.app.clone();
    let hub = (app.counter(), app.database());
    // Of the hall it has heard nothing.
    let withheld = hub_hears(&both, &[moved.clone().into()]).await;
    assert_eq!(withheld, [Some("told_incompletely")]);
    assert_ne!(both.at_home(&["A1"]).await.0, 201);
    assert_eq!(rooms_left(hub, "A1").await, [""; 0], "it is where it was");
    assert_eq!(given(hub, "hall", ("B1", 1)).await, [""; 0]);
    assert_eq!(waiting(hub.1).await, 0);
    assert_eq!(epochs(hub.1).await["B1"], 1);

    let again = ShowtimeChanged(moved.showtime.clone());
    assert_eq!(
        hub_hears(&both, &[hall.into(), again.into()]).await,
        [None; 2]
    );
    assert_eq!(stands(hub.1).await, named("hall", "open"));
    assert_eq!(both.at_home(&["A1", "A2", "B1"]).await.0, 201);
    let left = rooms_left(hub, "A1").await;
    assert!(
        left.len() == 1 && left[0].contains("from screen-1"),
        "{left:?}"
    );
}

#[tokio::test]
async fn what_is_cancelled_goes_nowhere() {
    let both = Both::open(62).await;
    both.box_gives(&["A1", "A2"]).await.unwrap();
    both.settle_down().await;
    let (hall, moved) = moved_in_a_cut(&both).await;
    let cancelled = ShowtimeCancelled {
        showtime: tomorrow(),
        reason: String::new(),
    };
    let told = [cancelled.into(), hall.into(), moved.into()];
    assert_eq!(hub_hears(&both, &told).await, [None; 3]);
    let database = both.house.hub.app.database();
    assert_eq!(stands(database).await, named("screen-1", "cancelled"));
    let where_they_were = "SELECT COUNT(*) FROM seat WHERE place < 2 AND seat IN ('A1', 'A2')";
    assert_eq!(count(database, where_they_were).await, 2);
}

/// A hub that has forgotten one move hears of the next: what was told under the names in between is of the same seats.
#[tokio::test]
async fn the_room_that_was_left_is_known_though_the_move_to_it_is_forgotten() {
    let both = Both::open(63).await;
    both.box_gives(&["A1", "A2"]).await.unwrap();
    both.settle_down().await;
    let (hall, moved) = moved_in_a_cut(&both).await;
    assert_eq!((moved.former.as_str(), moved.former_plan), ("screen-1", 1));
    put(&both, "screen-2").await;
    let Body::ShowtimeMoved(moved) = told_last(&both, "showtime_moved").await else {
        panic!("it is moved");
    };
    assert_eq!((moved.former.as_str(), moved.former_plan), ("hall", 1));
    let told = [hall.into(), moved.into()];
    assert_eq!(hub_hears(&both, &told).await, [None; 2]);
    let hub = the_hub(&both);
    assert_eq!(given(hub, "hall", ("B1", 1)).await, [""; 0]);
    assert_eq!(waiting(hub.1).await, 0);
    assert_eq!(epochs(hub.1).await["B1"], 1);
}

#[tokio::test]
async fn the_history_names_each_room_that_was_left() {
    let both = Both::open(64).await;
    both.box_gives(&["A1", "A2"]).await.unwrap();
    both.settle_down().await;
    for (room, left) in [("hall", "screen-1"), ("screen-1", "hall")] {
        put(&both, room).await;
        both.settle_down().await;
        for one in [the_box(&both), the_hub(&both)] {
            let rooms = rooms_left(one, "A1").await;
            let names_it = rooms.len() == 1 && rooms[0].contains(&format!("from {left} "));
            assert!(names_it, "{rooms:?}");
        }
    }
}

/// A box that may take the place of the one in this house, with a database of this name and a programme that has `tomorrow` in this room.
async fn next_box(both: &Both, name: &str, room: &str) -> Side<appliance::App> {
    let around = Around {
        clock: both.house.clock.clone(),
        random: random(60, 0),
        database: both.house.folder.path().join(name),
        seeds: seeds(5),
        network: Network::new(random(60, 1)),
        power: None,
    };
    let (printer, terminal) = (MemoryPrinter::default(), MemoryTerminal::default());
    let next = around.cinema((&printer, &terminal)).await;
    let (programme, consent) = (with_a_hall(&HALL, room), Consent::Given);
    next.order(Order::Import { programme, consent }).await;
    next
}

/// What the hub knows of `tomorrow`, for the next box.
async fn known_at_the_hub(both: &Both) -> FormerShowtime {
    let hub = &both.house.hub.app;
    let (acting, ends_at) = (hub.counter().clone(), both.house.clock.now());
    let knows = hub
        .database()
        .write(counter::scope(&metropol()), move |tx| {
            let told = Told {
                showtime: tomorrow(),
                has_begun: false,
                ends_at,
                tickets: Vec::new(),
            };
            custody::for_successor(tx, &acting, &metropol(), vec![told])
        });
    knows.await.unwrap().remove(0)
}

/// It takes the place; gives what is told of its programme.
async fn takes_place(
    next: &Side<appliance::App>,
    former: &FormerShowtime,
    programme: FormerProgramme,
) -> String {
    let at = next.app.counter().here().unwrap();
    let succession = Succession {
        before: 1,
        head: (0, "00".repeat(32)),
        ticket_keys: Vec::new(),
        showtimes: vec![former.clone()],
        programme,
    };
    let generation = Generation(Life {
        number: 1,
        random: Nonce::from([6; 16]),
    });
    let down = StreamKey::down(metropol(), generation);
    let taking = next.app.database().write(at.scope(), move |tx| {
        programme::take_place(tx, &at, (&succession, &down))
    });
    taking.await.unwrap().words()
}

#[tokio::test]
async fn the_next_box_knows_the_rooms_before_and_what_was_left_there() {
    let both = Both::open(65).await;
    both.box_gives(&["A1", "A8"]).await.unwrap();
    both.settle_down().await;
    both.hub_gives(&["A8"]).await.unwrap();
    both.settle_down().await;
    put(&both, "hall").await;
    both.settle_down().await;
    let former = known_at_the_hub(&both).await;
    let a8: SeatId = "A8".parse().unwrap();
    assert_eq!(former.left, [(a8, 2, 0)]);

    let next = next_box(&both, "next.db", "hall").await;
    takes_place(&next, &former, FormerProgramme::default()).await;
    let next = (next.app.counter(), next.app.database());
    for told in [("A1", 2), ("A8", 2)] {
        assert_eq!(given(next, "screen-1", told).await, [""; 0]);
    }
    assert_eq!(waiting(next.1).await, 0, "they have these names");
    assert_eq!(epochs(next.1).await["A1"], 2);
}

#[tokio::test]
async fn what_was_left_is_one_seat_where_the_file_has_a_room_with_it() {
    let both = Both::open(66).await;
    both.box_gives(&["A1", "A8"]).await.unwrap();
    both.settle_down().await;
    both.hub_gives(&["A8"]).await.unwrap();
    both.settle_down().await;
    put(&both, "hall").await;
    both.settle_down().await;
    let former = known_at_the_hub(&both).await;
    let next = next_box(&both, "next.db", "screen-1").await;
    takes_place(&next, &former, FormerProgramme::default()).await;
    let database = next.app.database();
    let in_doubt =
        "SELECT COUNT(*) FROM seat WHERE seat = 'A8' AND epoch = 2 AND state = 'quarantine'";
    assert_eq!(count(database, in_doubt).await, 1);
    let left = "SELECT COUNT(*) FROM seat_before";
    assert_eq!(count(database, left).await, 0);
}

#[tokio::test]
async fn what_the_box_before_has_cancelled_stays_so_in_whatever_room() {
    let both = Both::open(67).await;
    both.box_gives(&["A1", "A2"]).await.unwrap();
    both.settle_down().await;
    put(&both, "hall").await;
    both.settle_down().await;
    let former = known_at_the_hub(&both).await;
    let Body::ShowtimeMoved(moved) = told_last(&both, "showtime_moved").await else {
        panic!("it is moved");
    };
    let mut cancelled = moved.showtime;
    if let Some(selling) = &mut cancelled.selling {
        selling.status = ShowtimeStatus::Cancelled;
    }
    let of = |rooms: Vec<AuditoriumDescribed>| FormerProgramme {
        rooms,
        showtimes: vec![cancelled.clone()],
        ..FormerProgramme::default()
    };
    let Body::AuditoriumDescribed(hall) = told_last(&both, "auditorium_described").await else {
        panic!("the hall is described");
    };
    for (rooms, room) in [(vec![hall], "hall"), (Vec::new(), "screen-1")] {
        let next = next_box(&both, room, "screen-1").await;
        let said = takes_place(&next, &former, of(rooms)).await;
        assert!(said.contains("it was cancelled, which is final"), "{said}");
        assert_eq!(stands(next.app.database()).await, named(room, "cancelled"));
    }
}

/// What the cinema is told that putting `tomorrow` into a hall of these rows would bring about.
async fn told_of_kinds(both: &Both, row: (&str, &str)) -> Vec<String> {
    let rows = HALL.map(|it| if it == row.0 { row.1 } else { it });
    let (programme, consent) = (with_a_hall(&rows, "hall"), Consent::OnlyTell);
    let import = Order::Import { programme, consent };
    let told = both.house.cinema.order(import).await;
    let of_kinds = told.lines().filter(|it| it.contains("of another kind"));
    of_kinds.map(|it| it.trim().to_owned()).collect()
}

#[tokio::test]
async fn whoever_bought_at_home_and_a_pair_that_is_parted_are_told_of() {
    let mut evening = Evening::open(68).await;
    evening.buy_at_home(&["A1"]).await;
    evening.both.hub_gives(&["A8"]).await.unwrap();
    evening.both.settle_down().await;
    let wish = choices(&["E3", "E4"]);
    let held = (evening.both).ask_the_box("/showtimes/tomorrow/holds", &wish);
    assert_eq!(held.await.0, 201);
    let same = ("A | sssssss", "A | sssssss");
    assert_eq!(told_of_kinds(&evening.both, same).await, [""; 0]);
    let premium = ("A | sssssss", "A | ppppppp");
    let told = told_of_kinds(&evening.both, premium).await;
    let names_it = told.len() == 1 && told[0].starts_with("tomorrow: seat A1 of it");
    assert!(names_it, "not what is with the hub and not sold: {told:?}");
    let parted = ("E | <><><><>", "E | s<><><>s");
    let told = told_of_kinds(&evening.both, parted).await;
    let names_them = told.len() == 1 && told[0].starts_with("tomorrow: seats E3, E4 of it");
    assert!(names_them, "{told:?}");
}
