//! What a box signs and the hub cannot take: events of a later version halt the stream, another history is kept beside it, and what
//! contradicts is shown to a person.

use hub_api::LinkState;
use mailbox::{StreamKey, inbox};
use tests::engine::Engine;
use wire::event::{PaidTender, SaleSettled, ShowtimeCancelled, TenderWay};
use wire::{Body, Event, Meaning, Position};

use crate::adversary::{frame, own_up, publish};
use crate::cinema::{Cinema, FRAME_SEED, address, incarnation, sale};
use crate::site::{Pipe, Site, enrolled, received};

fn cancelled(after: &Position) -> Event {
    let body = Body::from(ShowtimeCancelled {
        showtime: "s1".parse().unwrap(),
        reason: "another history".into(),
    });
    Event::after(after, "other".parse().unwrap(), 0, &body).unwrap()
}

/// The same of a type that only a later version knows.
fn of_a_later_version(after: &Position) -> Event {
    let mut bytes = cancelled(after).bytes().to_vec();
    let known = b"showtime_cancelled";
    let place = bytes
        .windows(known.len())
        .position(|window| window == known)
        .unwrap();
    bytes[place + known.len() - 1] = b'D';
    let later = Event::decode(bytes).unwrap();
    assert_eq!(*later.meaning(), Meaning::UpdateNeeded);
    later
}

async fn last_two(cinema: &Cinema) -> [Event; 2] {
    let written = cinema.written().await;
    let [.., before, last] = &written[..] else {
        panic!("two events are written")
    };
    [before, last].map(|bytes| Event::decode(bytes.clone()).unwrap())
}

tests::on_both_engines!(
    what_is_not_understood_is_shown_even_after_a_restart_and_another_history_is_kept
);

async fn what_is_not_understood_is_shown_even_after_a_restart_and_another_history_is_kept(
    engine: Engine,
) {
    let site = Site::new(engine, Pipe::Embedded);
    let mut hub = site.hub();
    site.until("the hub's start", |_| true).await;
    let mut cinema = enrolled(&site, site.folder.path()).await;
    cinema.schedule().await;
    cinema.connect().await;
    cinema.sell(2).await;
    site.until("the sales have come", |picture| received(picture) == 3)
        .await;

    let session = cinema.session_after(0).await;
    let [_, last] = last_two(&cinema).await;
    let later = of_a_later_version(&last.position());
    let halting = frame(&cinema, session, FRAME_SEED, &[later]);
    publish(&site, &own_up(), &halting);
    let says_so = |picture: &hub_api::HeadOffice| {
        let link = &picture.cinemas[0].link;
        let words = link.attention.as_deref().unwrap_or_default();
        link.state == LinkState::UpdateNeeded && words.contains("event 4, a \"showtime_cancelleD\"")
    };
    site.until("the page says that the hub is too old", says_so)
        .await;
    hub.kill();
    hub = site.hub();
    let picture = site
        .until("the hub is there again", |picture| {
            !picture.cinemas.is_empty()
        })
        .await;
    assert!(says_so(&picture), "{picture:#?}");
    let session = cinema.session_after(session).await;
    cinema.sell(1).await;
    site.until("what is understood goes on", |picture| {
        received(picture) == 4 && picture.cinemas[0].link.state == LinkState::Up
    })
    .await;

    let [before, last] = last_two(&cinema).await;
    let other = cancelled(&before.position());
    assert_eq!(other.seq(), last.seq());
    // Another history of the first event, of which the link knows only that it has one, and another one of the last.
    let first = cancelled(&Position::START);
    for history in [&first, &other] {
        let forked = frame(&cinema, session, FRAME_SEED, std::slice::from_ref(history));
        publish(&site, &own_up(), &forked);
    }
    let picture = site
        .until("the other history is refused", |picture| {
            picture
                .refused
                .iter()
                .any(|contact| contact.code == "forked")
        })
        .await;
    assert_eq!(picture.cinemas[0].link.state, LinkState::Refused);
    assert!(
        !picture.cinemas[0]
            .today
            .showtimes
            .iter()
            .any(|showtime| showtime.cancelled)
    );
    cinema.disconnect().await;
    hub.kill();
    let key = StreamKey::up(address().cinema, incarnation());
    let database = site.hub_database();
    let kept = database.read(move |snapshot| inbox::forks(snapshot, &key));
    let kept = kept.await.unwrap();
    let mut last: Vec<_> = kept.iter().map(|fork| fork.last).collect();
    last.sort_by_key(|position| position.seq);
    assert_eq!(last, [first.position(), other.position()]);
}

tests::on_both_engines!(a_sale_that_contradicts_is_shown_and_all_else_is_kept);

/// The same contradictions to what came in the same frame, and to what came before it.
async fn a_sale_that_contradicts_is_shown_and_all_else_is_kept(engine: Engine) {
    let site = Site::new(engine, Pipe::Embedded);
    let mut hub = site.hub();
    site.until("the hub's start", |_| true).await;
    let mut cinema = enrolled(&site, site.folder.path()).await;
    cinema.schedule().await;
    let day = cinema.clock.now().to_string()[..10].to_owned();
    let first = paid(sale(1, &day), "tender-1");
    cinema.push(contradicting(&first, 10)).await;
    cinema.connect().await;
    site.until("the first have come", |picture| received(picture) == 8)
        .await;
    cinema.push(contradicting(&first, 20)).await;
    let picture = site
        .until("all have come", |picture| received(picture) == 15)
        .await;

    let shown = |number: u64| {
        [
            format!(
                "unknown_showtime: the sale sale-{} is for the unknown showtime s2",
                number + 1
            ),
            format!(
                "sum_differs: the tickets of the sale sale-{} do not add up to its total",
                number + 2
            ),
            format!(
                "seat_sold_twice: seat F1 of s1 has two tickets; the later is ticket-{}",
                number + 3
            ),
            "ticket_told_twice: the ticket ticket-1 was told before".to_owned(),
            "payment_told_twice: the payment tender-1 paid another sale before".to_owned(),
            "sale_told_twice: the sale sale-1 was told before".to_owned(),
        ]
    };
    let mut wanted: Vec<_> = shown(10).into_iter().chain(shown(20)).collect();
    // The second time the first sale is the last one's brother.
    wanted.push("sale_told_twice: the sale sale-1 was told before".to_owned());
    wanted.sort();
    let mut seen: Vec<_> = picture
        .cases
        .iter()
        .map(|case| format!("{}: {}", case.code, case.words))
        .collect();
    seen.sort();
    assert_eq!(seen, wanted);
    let of_a_seat = picture.cases.iter();
    let mut of_a_seat = of_a_seat.filter(|case| case.code == "seat_sold_twice");
    let named = &of_a_seat.next().expect("it is among them").facts;
    let named: Vec<_> = named
        .iter()
        .map(|fact| (&*fact.what, &*fact.name))
        .collect();
    assert_eq!(named[..2], [("showtime", "s1"), ("seat", "F1")]);
    let today = &picture.cinemas[0].today;
    assert_eq!((today.sold.sales, today.sold.tickets), (11, 11));
    cinema.disconnect().await;
    hub.kill();
    let database = site.hub_database();
    let sold = database.read(|snapshot| {
        let sold = "SELECT showtime || ' ' || seats FROM told_seats_sold ORDER BY showtime";
        snapshot.query(sold, &[], |row| row.get::<String>(0))
    });
    assert_eq!(sold.await, Ok(vec!["s1 5".to_owned(), "s2 2".to_owned()]));
}

fn paid(mut sale: SaleSettled, tender: &str) -> SaleSettled {
    let amount = sale.total;
    sale.tenders.push(PaidTender {
        id: tender.parse().unwrap(),
        way: TenderWay::Cash,
        amount,
        given: None,
        slip: None,
    });
    sale
}

/// `first`, and after it sales of which each contradicts in a way of its own; their numbers come after `number`.
fn contradicting(first: &SaleSettled, number: u64) -> Vec<Body> {
    let [mut unknown, mut sum, mut seat, mut ticket] =
        [1, 2, 3, 4].map(|next| sale(number + next, &first.day));
    unknown.showtime = "s2".parse().unwrap();
    sum.total = 1300;
    seat.tickets[0].seat = first.tickets[0].seat.clone();
    ticket.tickets[0].id = first.tickets[0].id.clone();
    let tender = paid(sale(number + 5, &first.day), first.tenders[0].id.as_str());
    [
        first.clone(),
        unknown,
        sum,
        seat,
        ticket,
        tender,
        first.clone(),
    ]
    .map(Body::from)
    .into()
}
