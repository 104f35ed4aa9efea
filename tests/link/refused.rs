//! Who is not the box is refused by the hub, each with a code and words of its own, in its log and on head office's page; and nothing
//! is changed by it.

use hub_api::{HeadOffice, LinkState};
use sync_agent::Happening;
use tests::engine::Engine;
use wire::{Event, Notice, Refusal};

use crate::adversary::{flood, frame, own_up, publish, retain, up};
use crate::cinema::FRAME_SEED;
use crate::site::{Pipe, Site, enrolled, received};

fn is_refused(picture: &HeadOffice, cinema: &str, code: &str, words: &str) -> bool {
    picture.refused.iter().any(|contact| {
        (contact.cinema.as_str(), contact.code.as_str()) == (cinema, code)
            && contact.reason.contains(words)
    })
}

tests::on_both_engines!(unknown_wrongly_signed_and_revoked_boxes_are_refused_and_change_nothing);

async fn unknown_wrongly_signed_and_revoked_boxes_are_refused_and_change_nothing(engine: Engine) {
    let site = Site::new(engine, Pipe::Mosquitto);
    let mut mosquitto = site.mosquitto();
    let mut hub = site.hub();
    site.until("the hub's start", |_| true).await;
    let mut cinema = enrolled(&site, site.folder.path()).await;
    cinema.schedule().await;
    cinema.connect().await;
    cinema.sell(5).await;
    let before = site
        .until("the sales have come", |picture| received(picture) == 6)
        .await;
    let session = cinema.session_after(0).await;
    let events: Vec<_> = cinema.written().await;
    let events = [Event::decode(events[5].clone()).unwrap()];

    let good = frame(&cinema, session, FRAME_SEED, &events);
    let mut broken = good.clone();
    *broken.last_mut().unwrap() ^= 1;
    let of_another = frame(&cinema, session, [9; 32], &events);
    publish(&site, &up("rex", "box-9"), &good);
    publish(&site, &own_up(), &broken);
    publish(&site, &own_up(), &of_another);
    publish(&site, &own_up(), b"no frame at all");
    let after = site
        .until("all four are refused", |picture| {
            is_refused(picture, "rex", "unknown_box", "no such box")
                && is_refused(picture, "metropol", "wrong_signature", "signature is wrong")
                && is_refused(picture, "metropol", "unknown_key", "is unknown")
                && is_refused(picture, "metropol", "unreadable", "cannot be read")
        })
        .await;
    assert_eq!((after.cases.len(), after.cinemas.len()), (0, 1));
    let (metropol, as_before) = (&after.cinemas[0], &before.cinemas[0]);
    assert_eq!(
        metropol.link.state,
        LinkState::Up,
        "the box is not disturbed"
    );
    assert_eq!(metropol.link.received, as_before.link.received);
    assert_eq!(metropol.today, as_before.today);

    site.revoke();
    cinema.sell(1).await;
    let revoked = site
        .until("the revoked box is refused", |picture| {
            is_refused(picture, "metropol", "revoked_key", "has been revoked")
        })
        .await;
    assert_eq!(revoked.cinemas[0].link.state, LinkState::Refused);
    assert_eq!(
        received(&revoked),
        6,
        "what it sold afterwards did not come"
    );
    cinema
        .until("the box learns that it was revoked", |happening| {
            matches!(
                happening,
                Happening::Notice(Notice::RefusedByPeer(Refusal::RevokedKey(_)))
            )
            .then_some(())
        })
        .await;
    let log = site.hub_logged();
    for code in [
        "unknown_box",
        "wrong_signature",
        "unknown_key",
        "unreadable",
        "revoked_key",
    ] {
        assert!(log.contains(code), "{code} is in the hub's log:\n{log}");
    }
    cinema.disconnect().await;
    hub.kill();
    mosquitto.kill();
}

#[tokio::test]
async fn a_message_that_is_far_too_large_cuts_nobody_off() {
    let site = Site::new(Engine::Sqlite, Pipe::Mosquitto);
    let mut mosquitto = site.mosquitto();
    let far_too_large = vec![b'x'; 4 * 1024 * 1024];
    let mut hub = site.hub();
    site.until("the hub's start", |_| true).await;
    retain(&site, "foyer/v1/rex/box-9/presence", &far_too_large);
    let mut cinema = enrolled(&site, site.folder.path()).await;
    cinema.schedule().await;
    cinema.connect().await;
    cinema.sell(5).await;
    site.until("the sales have come", |picture| received(picture) == 6)
        .await;
    publish(&site, &own_up(), &far_too_large);
    cinema.sell(1).await;
    let after = site
        .until("the next has come", |picture| received(picture) == 7)
        .await;
    assert_eq!(after.cinemas[0].link.state, LinkState::Up);
    let log = site.hub_logged();
    assert_eq!(log.matches("the broker is reached").count(), 1, "{log}");
    cinema.disconnect().await;
    hub.kill();
    mosquitto.kill();
}

/// Lines that the hub may write however much junk comes: fifty of each of a few kinds, and some from its own life.
const FEW_LINES: usize = 300;

#[tokio::test]
async fn junk_fills_no_log() {
    let site = Site::new(Engine::Sqlite, Pipe::Mosquitto);
    let mut mosquitto = site.mosquitto();
    let mut hub = site.hub();
    site.until("the hub's start", |_| true).await;
    let mut cinema = enrolled(&site, site.folder.path()).await;
    cinema.schedule().await;
    cinema.connect().await;
    cinema.sell(5).await;
    site.until("the sales have come", |picture| received(picture) == 6)
        .await;
    let unknown: Vec<_> = (0..3_000).map(|n| up("rex", &format!("box-{n}"))).collect();
    let own = vec![own_up(); 500];
    for _ in 0..3 {
        flood(&site, &unknown, b"junk");
        flood(&site, &own, b"junk");
        flood(&site, &own, &vec![b'x'; wire::LARGEST_MESSAGE + 1]);
    }
    cinema.sell(1).await;
    site.until("the next has come", |picture| received(picture) == 7)
        .await;
    let log = site.hub_logged();
    let lines = log.lines().count();
    assert!(
        lines < FEW_LINES,
        "{lines} lines, the last:\n{:?}",
        log.lines().last()
    );
    for kind in ["a contact is refused", "too large to be read"] {
        assert!(log.contains(kind), "{kind} is in the hub's log");
    }
    cinema.disconnect().await;
    hub.kill();
    mosquitto.kill();
}
