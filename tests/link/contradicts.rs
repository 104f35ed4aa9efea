//! What a box signs and the hub cannot take: events of a later version halt the stream, another history is kept beside it.

use hub_api::LinkState;
use mailbox::{StreamKey, inbox};
use tests::engine::Engine;
use wire::event::ShowtimeCancelled;
use wire::{Body, Event, Meaning, Position};

use crate::adversary::{frame, own_up, publish};
use crate::cinema::{Cinema, FRAME_SEED, address, incarnation};
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
        link.state == LinkState::UpdateNeeded
            && words.contains("event 4 is a \"showtime_cancelleD\"")
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
