//! Streams are pruned on a server as in a file.

use database::{Database, Options, Scope, Snapshot};
use mailbox::outbox::{self, Chain, Draft, Look};
use mailbox::prune::{self, DAY_MS, Piece, Retention};
use mailbox::{Error, StreamId, StreamKey, inbox, stream};
use postgres_server::Server;
use wire::event::ShowtimeCancelled;
use wire::frame::sign_frame;
use wire::{
    Body, CinemaId, Context, Event, Frame, Frames, Generation, Incarnation, Keys, Nonce,
    OldestCopy, Position, SecretKey, Stream,
};

use cloud_hub::migrations::POSTGRES_MIGRATIONS;

const RETENTION: Retention = Retention {
    writes: Stream::Down,
    kept_ms: 90 * DAY_MS,
    copies_ms: 35 * DAY_MS,
};

/// How many events each stream has.
const EVENTS: u64 = 300;

fn cinema() -> CinemaId {
    "metropol".parse().unwrap()
}

fn context() -> Context {
    Context {
        cinema: cinema(),
        incarnation: Incarnation::first(Nonce::from([1; 16])),
        generation: Generation::first(Nonce::from([2; 16])),
        session: 1,
    }
}

fn body() -> Body {
    Body::from(ShowtimeCancelled {
        showtime: "s1".parse().unwrap(),
        reason: "power cut".to_owned(),
    })
}

/// What the hub writes, all of it acknowledged, and what it has heard in frames of one event each.
async fn both_streams(database: &Database) -> [StreamId; 2] {
    let key = SecretKey::<Frames>::from_seed(cinema(), &[1; 32]);
    let mut head = Position::START;
    let mut frames = Vec::new();
    for number in 0..EVENTS {
        let id = format!("event-{number}").parse().unwrap();
        let event = Event::after(&head, id, 0, &body()).unwrap();
        head = event.position();
        let bytes = sign_frame(&key, Stream::Up, &context(), &[event]).unwrap();
        let keys = Keys::valid([key.public().clone()]);
        frames.push(Frame::parse(bytes).unwrap().verify(&keys).unwrap());
    }
    let writing = database.write(Scope::Nothing, move |tx| {
        let (up, down) = (
            StreamKey::up(cinema(), context().incarnation),
            StreamKey::down(cinema(), context().generation),
        );
        let (own, others) = (stream::open(tx, &down)?, stream::open(tx, &up)?);
        let draft = |number| Draft {
            id: format!("own-{number}").parse().unwrap(),
            body: body(),
        };
        let drafts: Vec<_> = (0..EVENTS).map(draft).collect();
        let written = outbox::push(tx, own, 0, &drafts, None)?;
        outbox::acknowledge(tx, own, written)?;
        for frame in &frames {
            inbox::apply(tx, &up, frame, 0, |_, _, _| {
                Ok::<_, Error>(inbox::Heard::Done)
            })?;
        }
        Ok::<_, Error>([own, others])
    });
    writing.await.unwrap()
}

/// What is removed of each stream on this day, piece by piece.
async fn pieces(database: &Database, streams: [StreamId; 2], day: i64) -> [Vec<u64>; 2] {
    let mut removed = [Vec::new(), Vec::new()];
    for (stream, removed) in streams.into_iter().zip(&mut removed) {
        loop {
            let stepping = database.write(Scope::Nothing, move |tx| {
                prune::step(tx, stream, RETENTION, day * DAY_MS)
            });
            match stepping.await.unwrap() {
                Piece::Removed(events) => removed.push(events),
                Piece::Nothing => break,
                Piece::Broken { after } => panic!("after {after}"),
            }
        }
    }
    removed
}

#[tokio::test]
async fn streams_on_a_server_are_pruned_as_those_in_a_file() {
    let server = Server::shared();
    let database = Database::connect(&server.database(), POSTGRES_MIGRATIONS, Options::default());
    let database = database.unwrap();
    let streams = both_streams(&database).await;
    let [own, others] = streams;
    let due = |day: i64| move |db: &mut Snapshot<'_>| prune::due(db, RETENTION, day * DAY_MS);
    assert_eq!(database.read(due(1)).await.unwrap().len(), 2);
    assert_eq!(pieces(&database, streams, 1).await, [[0_u64; 0]; 2]);
    assert_eq!(database.read(due(2)).await.unwrap(), []);
    assert_eq!(pieces(&database, streams, 50).await, [[0_u64; 0]; 2]);
    let keeping = database.read(move |db| prune::keeping(db, own, others));
    let oldest = keeping.await.unwrap().oldest_copy;
    assert_eq!((oldest.written, oldest.applied), (EVENTS, EVENTS));

    let (written, applied) = (280, 290);
    let told = Some(OldestCopy { written, applied });
    let hearing = database.write(Scope::Nothing, move |tx| prune::hear(tx, own, others, told));
    hearing.await.unwrap();
    let removed = pieces(&database, streams, 91).await;
    assert_eq!(removed, [vec![256, 34], vec![256, 24]]);
    let checking = database.write(Scope::Nothing, move |tx| {
        outbox::check(tx, own, Look::Whole)
    });
    assert_eq!(checking.await, Ok(Chain::Whole));
    let loading = database.read(move |db| outbox::after(db, own, 290));
    assert_eq!(loading.await.unwrap().len(), 10);
    let (after, pruned) = (289, 290);
    let in_vain = database.read(move |db| outbox::after(db, own, after));
    assert_eq!(in_vain.await, Err(Error::NotKept { after, pruned }));
    let frames = database.read(move |db| inbox::frames(db, others, 280, 1_000));
    assert_eq!(frames.await.unwrap().len(), 20);
}
