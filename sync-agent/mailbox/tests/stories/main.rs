//! What either end of the link may rely on, told through the public interface alone.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod checking;
mod contradicting;
mod equality;
mod pruning;
mod reading;
mod sessions;
mod writing;

use std::future::Future;
use std::pin::pin;
use std::task::{Context as Polling, Poll, Waker};

use box_office::CinemaId;
use database::{Database, Migration, Options, Place, Scope, Snapshot, Tx, params};
use mailbox::inbox::{Applied, Heard};
use mailbox::{
    CHECKED_MIGRATION, Error, KINDS_MIGRATION, MIGRATION, PRUNED_MIGRATION, StreamId, StreamKey,
    WAITING_MIGRATION, inbox, outbox, stream,
};
use wire::event::ShowtimeCancelled;
use wire::frame::sign_frame;
use wire::{
    Body, Context, Event, Frame, Frames, Generation, Incarnation, Keys, Nonce, Position, SecretKey,
    Stream, Verified,
};

const MIGRATIONS: &[Migration] = &[
    MIGRATION,
    WAITING_MIGRATION,
    CHECKED_MIGRATION,
    PRUNED_MIGRATION,
    Migration {
        name: "what the reader was told",
        sql: "CREATE TABLE told (seq INTEGER PRIMARY KEY, reason TEXT NOT NULL) STRICT;",
    },
];

#[test]
fn every_table_is_sound() {
    let migrations = [
        MIGRATION,
        WAITING_MIGRATION,
        KINDS_MIGRATION,
        CHECKED_MIGRATION,
        PRUNED_MIGRATION,
    ];
    assert_eq!(database::problems(&migrations).unwrap(), [""; 0]);
}

/// An inline database answers at the first look.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Polling::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("an inline database waits for nobody"),
    }
}

pub(crate) fn cinema() -> CinemaId {
    "metropol".parse().unwrap()
}

pub(crate) fn secret() -> SecretKey<Frames> {
    SecretKey::from_seed(cinema(), &[1; 32])
}

/// The session of this number, of a box in this incarnation.
pub(crate) fn context(incarnation: u8, session: u64) -> Context {
    Context {
        cinema: cinema(),
        incarnation: Incarnation::first(Nonce::from([incarnation; 16])),
        generation: Generation::first(Nonce::from([9; 16])),
        session,
    }
}

pub(crate) fn up(incarnation: u8) -> StreamKey {
    StreamKey::up(cinema(), context(incarnation, 1).incarnation)
}

/// The frame of `events`, signed by the box in this incarnation.
pub(crate) fn frame_of(incarnation: u8, events: &[Event]) -> Frame<Verified> {
    let context = context(incarnation, 1);
    let bytes = sign_frame(&secret(), Stream::Up, &context, events).unwrap();
    verified(bytes)
}

pub(crate) fn verified(bytes: Vec<u8>) -> Frame<Verified> {
    let public = secret().public().clone();
    Frame::parse(bytes)
        .unwrap()
        .verify(&Keys::valid([public]))
        .unwrap()
}

/// Events that follow `head`, each with one of these reasons.
pub(crate) fn events_after(mut head: Position, reasons: &[&str]) -> Vec<Event> {
    let mut events = Vec::new();
    for reason in reasons {
        let id = format!("event-{}-{reason}", head.seq + 1).parse().unwrap();
        let event = Event::after(&head, id, 7, &saying(reason)).unwrap();
        head = event.position();
        events.push(event);
    }
    events
}

pub(crate) fn saying(reason: &str) -> Body {
    Body::from(ShowtimeCancelled {
        showtime: "s1".parse().unwrap(),
        reason: reason.to_owned(),
    })
}

/// An event that is to be written.
pub(crate) fn draft(id: &str, body: impl Into<Body>) -> outbox::Draft {
    outbox::Draft {
        id: id.parse().unwrap(),
        body: body.into(),
    }
}

/// The side that writes the stream.
pub(crate) struct Writer {
    pub(crate) database: Database,
    pub(crate) stream: StreamId,
}

impl Writer {
    pub(crate) fn new() -> Self {
        let database = empty();
        let stream =
            at_once(database.write(Scope::Nothing, |tx| stream::open(tx, &up(1)))).unwrap();
        Self { database, stream }
    }

    pub(crate) fn push(&self, reason: &str) -> Position {
        let (stream, reason) = (self.stream, reason.to_owned());
        self.write(move |tx| {
            let draft = draft(&format!("id-{reason}"), saying(&reason));
            outbox::push(tx, stream, 7, &[draft], None)
        })
        .unwrap()
    }

    pub(crate) fn after(&self, seq: u64) -> Vec<Event> {
        let stream = self.stream;
        self.read(move |snapshot| outbox::after(snapshot, stream, seq))
    }

    pub(crate) fn acknowledge(&self, position: Position) -> outbox::Acknowledged {
        let stream = self.stream;
        self.write(move |tx| outbox::acknowledge(tx, stream, position))
            .unwrap()
    }

    pub(crate) fn acknowledged(&self) -> Position {
        let stream = self.stream;
        self.read(move |snapshot| outbox::acknowledged(snapshot, stream))
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        at_once(self.database.write(Scope::Nothing, work))
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Snapshot<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        at_once(self.database.read(work)).unwrap()
    }
}

/// The side that reads the stream, and writes down what it was told.
pub(crate) struct Reader {
    pub(crate) database: Database,
    pub(crate) stream: StreamId,
}

impl Reader {
    pub(crate) fn new() -> Self {
        let Writer { database, stream } = Writer::new();
        Self { database, stream }
    }

    pub(crate) fn apply(&self, frame: &Frame<Verified>) -> Applied {
        let frame = frame.clone();
        let applied = self.database.write(Scope::Nothing, move |tx| {
            inbox::apply(tx, &up(1), &frame, 8, write_down)
        });
        at_once(applied).unwrap()
    }

    pub(crate) fn keep_stray(&self, frame: &Frame<Verified>) {
        let frame = frame.clone();
        let kept = self.database.write(Scope::Nothing, move |tx| {
            inbox::keep_stray(tx, &up(1), &frame, 8)
        });
        at_once(kept).unwrap();
    }

    pub(crate) fn told(&self) -> Vec<String> {
        let told = self.database.read(|snapshot| {
            snapshot.query("SELECT reason FROM told ORDER BY seq", &[], |row| {
                row.get(0)
            })
        });
        at_once(told).unwrap()
    }

    pub(crate) fn position(&self) -> Position {
        let stream = self.stream;
        self.read(move |snapshot| inbox::position(snapshot, stream))
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Snapshot<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        at_once(self.database.read(work)).unwrap()
    }

    /// Every event of the journal's frames of a stream.
    pub(crate) fn journal(&self, stream: StreamId) -> Vec<Event> {
        let frames = self.read(move |snapshot| inbox::frames(snapshot, stream, 0, 10_000));
        let mut events = Vec::new();
        for stored in frames {
            let frame = verified(stored.bytes);
            let brought = (stored.first..=stored.last).collect::<Vec<_>>();
            events.extend(
                frame
                    .events()
                    .iter()
                    .filter(|event| brought.contains(&event.seq()))
                    .cloned(),
            );
        }
        events
    }
}

pub(crate) fn write_down(tx: &mut Tx<'_>, event: &Event, body: &Body) -> Result<Heard, Error> {
    let Body::ShowtimeCancelled(ShowtimeCancelled { reason, .. }) = body else {
        return Ok(Heard::Done);
    };
    tx.execute(
        "INSERT INTO told (seq, reason) VALUES ($1, $2)",
        params![event.seq(), reason],
    )?;
    Ok(Heard::Done)
}

fn empty() -> Database {
    Database::inline(&Place::Memory, MIGRATIONS, Options::default()).unwrap()
}
