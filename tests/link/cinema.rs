//! A box's end of the link with a real database, without the rest of a box: it writes events and applies the hub's.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use box_office::EventId;
use database::{Database, Options, Place};
use mailbox::{Scope, Snapshot, Tx, inbox, outbox};
use service::{Clock, Lifecycle, Machine, Random};
use sync_agent::{
    Address, Applies, Asks, BoxEnd, BoxIdentity, Desk, Happening, Transport, Written,
};
use tokio_util::sync::CancellationToken;
use wire::event::{Receipt, SaleSettled, ShowtimeScheduled, SoldTicket};
use wire::{
    Body, CustodyHashes, Delivery, End, Event, Frame, Generation, Incarnation, Keys, Nonce, Reply,
    SecretKey, Wish,
};

/// How long a condition may take to come true.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The seed of the box's key for frames.
pub const FRAME_SEED: [u8; 32] = [1; 32];

/// The life of the box.
pub fn incarnation() -> Incarnation {
    Incarnation::first(Nonce::from([3; 16]))
}

pub fn address() -> Address {
    Address {
        cinema: "metropol".parse().unwrap(),
        device: "box-1".parse().unwrap(),
    }
}

/// Remembers what happened; the events of the other side need no more than to be kept.
#[derive(Default)]
pub struct Remembers {
    pub happened: Mutex<Vec<Happening>>,
    pub asked: Mutex<Vec<Wish>>,
    /// The last event that it has applied.
    pub applied: Mutex<u64>,
    /// How often the hub has compared custody with what the box has said of it.
    pub compared: Mutex<u64>,
}

impl Applies for Remembers {
    type Batch = ();

    fn begin(&self, _: &mut Tx<'_>, _: &Delivery) -> Result<Option<()>, mailbox::Error> {
        Ok(Some(()))
    }

    fn apply(
        &self,
        _: &mut Tx<'_>,
        (): &mut (),
        event: &Event,
        _: &Body,
    ) -> Result<(), mailbox::Error> {
        *self.applied.lock().unwrap() = event.seq();
        Ok(())
    }

    fn finish(&self, _: &mut Tx<'_>, (): ()) -> Result<(), mailbox::Error> {
        Ok(())
    }

    fn custody(
        &self,
        _: &mut Snapshot<'_>,
        (up, down): (u64, u64),
    ) -> Result<Option<CustodyHashes>, mailbox::Error> {
        // Some more is written before it is sent: what it says is of the middle of a frame.
        let up = up - up % 7;
        Ok(Some(CustodyHashes {
            up,
            down,
            codes: 0,
            showtimes: Vec::new(),
            scanned: Vec::new(),
        }))
    }

    fn compare(&self, _: &mut Tx<'_>, said: &CustodyHashes) -> Result<(), mailbox::Error> {
        let applied = *self.applied.lock().unwrap();
        assert_eq!(
            applied, said.up,
            "neither more nor less than the box had written"
        );
        *self.compared.lock().unwrap() += 1;
        Ok(())
    }

    fn answer(&self, _: &mut Tx<'_>, wish: &Wish) -> Result<Reply, mailbox::Error> {
        self.asked.lock().unwrap().push(wish.clone());
        Ok(Reply::Given)
    }

    fn note(&self, happening: Happening) {
        self.happened.lock().unwrap().push(happening);
    }
}

/// A cinema's end of the link: its database stays while its task comes and goes.
pub struct Cinema {
    pub database: Database,
    pub clock: Clock,
    pub random: Random,
    pub hub: Keys,
    pub generation: Generation,
    pub transport: Transport,
    pub remembers: Arc<Remembers>,
    life: Lifecycle,
    written: Written,
    sold: u64,
}

pub fn database(folder: Option<&Path>) -> Database {
    let migrations = [
        mailbox::MIGRATION,
        mailbox::WAITING_MIGRATION,
        mailbox::KINDS_MIGRATION,
        mailbox::PRUNED_MIGRATION,
    ];
    match folder {
        Some(folder) => {
            Database::open(&folder.join("box.db"), &migrations, Options::default()).unwrap()
        }
        None => Database::inline(&Place::Memory, &migrations, Options::default()).unwrap(),
    }
}

impl Cinema {
    pub fn new(
        database: Database,
        clock: Clock,
        random: Random,
        hub: Keys,
        generation: Generation,
        transport: Transport,
    ) -> Self {
        let life = Lifecycle::new(CancellationToken::new());
        let (remembers, written) = (Arc::default(), Written::default());
        Self {
            database,
            clock,
            random,
            hub,
            generation,
            transport,
            remembers,
            life,
            written,
            sold: 0,
        }
    }

    pub async fn desk(&self) -> Desk<Remembers> {
        let lives = (incarnation(), self.generation);
        let opening = Desk::open(
            self.database.clone(),
            self.clock.clone(),
            End::Box,
            address().cinema,
            lives,
            Arc::clone(&self.remembers),
        );
        opening.await.unwrap()
    }

    /// Starts the link's task.
    pub async fn connect(&mut self) {
        self.life = Lifecycle::new(CancellationToken::new());
        let identity = BoxIdentity {
            address: address(),
            frame_seed: FRAME_SEED,
            hub: self.hub.clone(),
            incarnation: incarnation(),
            generation: self.generation,
        };
        let machine = Machine {
            clock: self.clock.clone(),
            random: self.random.clone(),
            lifecycle: self.life.clone(),
            ..Machine::system(CancellationToken::new())
        };
        let (transport, post) = (self.transport.clone(), self.desk().await);
        let (written, asks) = (self.written.clone(), Asks::default());
        BoxEnd::new(identity, transport, post, written, asks, machine).start();
    }

    /// Stops the link's task; the cinema goes on selling.
    pub async fn disconnect(&self) {
        self.life.shutdown().cancel();
        assert!(self.life.drain().await);
    }

    /// Writes events, whatever they say.
    pub async fn push(&self, bodies: Vec<Body>) {
        let own = self.desk().await.own();
        let drafts: Vec<_> = bodies
            .into_iter()
            .map(|body| outbox::Draft {
                id: EventId::from_bits(self.random.bytes()),
                body,
            })
            .collect();
        let now = self.clock.now().as_millisecond();
        let pushing = self.database.write(Scope::Nothing, move |tx| {
            outbox::push(tx, own, now, &drafts, None)
        });
        pushing.await.unwrap();
        self.written.tell();
    }

    /// Puts a showtime into the programme.
    pub async fn schedule(&self) {
        self.push(vec![showtime(self.clock.now().as_millisecond()).into()])
            .await;
    }

    /// Sells single seats.
    pub async fn sell(&mut self, count: u64) {
        let day = self.clock.now().to_string()[..10].to_owned();
        let sales = (0..count).map(|_| {
            self.sold += 1;
            sale(self.sold, &day).into()
        });
        let sales = sales.collect();
        self.push(sales).await;
    }

    /// Waits until something has happened to the link.
    pub async fn until<T>(&self, what: &str, wanted: impl Fn(&Happening) -> Option<T>) -> T {
        let mut looks = tokio::time::interval(Duration::from_millis(20));
        let waiting = async {
            loop {
                looks.tick().await;
                let found = self.remembers.happened.lock().unwrap();
                if let Some(found) = found.iter().find_map(&wanted) {
                    return found;
                }
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(_) => panic!("{what} did not happen"),
        }
    }

    /// The number of a session that was opened after the one of this number.
    pub async fn session_after(&self, number: u64) -> u64 {
        let opened = |happening: &Happening| {
            if let Happening::Opened { session, .. } = happening {
                (*session > number).then_some(*session)
            } else {
                None
            }
        };
        self.until("a session", opened).await
    }

    pub fn sold(&self) -> u64 {
        self.sold
    }

    /// The exact bytes of every event that the cinema wrote.
    pub async fn written(&self) -> Vec<Vec<u8>> {
        let own = self.desk().await.own();
        let read = self.database.read(move |snapshot| {
            let mut events: Vec<Vec<u8>> = Vec::new();
            loop {
                let more = outbox::after(snapshot, own, events.len() as u64)?;
                if more.is_empty() {
                    return Ok::<_, mailbox::Error>(events);
                }
                events.extend(more.iter().map(|event| event.bytes().to_vec()));
            }
        });
        read.await.unwrap()
    }

    /// How many of them the hub has acknowledged.
    pub async fn acknowledged(&self) -> u64 {
        let own = self.desk().await.own();
        self.database
            .read(move |snapshot| outbox::acknowledged(snapshot, own))
            .await
            .unwrap()
            .seq
    }
}

/// The exact bytes of every event in the journal of a stream, whose frames must all be signed by one of `keys`.
pub async fn journal(database: &Database, key: mailbox::StreamKey, keys: Keys) -> Vec<Vec<u8>> {
    let frames = database.read(move |snapshot| {
        let stream = mailbox::stream::find(snapshot, &key)?.ok_or(mailbox::Error::NoSuchStream)?;
        inbox::frames(snapshot, stream, 0, u32::MAX)
    });
    let frames = frames.await.unwrap();
    let mut events = Vec::new();
    for stored in frames {
        let frame = Frame::parse(stored.bytes).unwrap().verify(&keys).unwrap();
        let brought = frame
            .events()
            .iter()
            .filter(|event| (stored.first..=stored.last).contains(&event.seq()));
        events.extend(brought.map(|event| event.bytes().to_vec()));
    }
    events
}

/// The keys of the box.
pub fn box_keys() -> Keys {
    Keys::valid([SecretKey::from_seed(address().cinema, &FRAME_SEED)
        .public()
        .clone()])
}

fn showtime(now: i64) -> ShowtimeScheduled {
    ShowtimeScheduled {
        showtime: "s1".parse().unwrap(),
        film: "stalker".parse().unwrap(),
        film_version: 1,
        auditorium: "screen-1".parse().unwrap(),
        plan: 1,
        day: "2026-11-23".into(),
        start: now,
        film_start: now,
        end: now,
        sales_end: now,
        book: "standard".parse().unwrap(),
        book_version: 1,
        language: "ru".into(),
        subtitles: None,
        format: "2D".into(),
        audio_description: false,
        seats: 100_000,
        selling: None,
    }
}

/// A sale of one seat, paid with nothing.
pub fn sale(number: u64, day: &str) -> SaleSettled {
    SaleSettled {
        sale: format!("sale-{number}").parse().unwrap(),
        receipt: Receipt { series: 1, number },
        showtime: "s1".parse().unwrap(),
        device: "kiosk-1".parse().unwrap(),
        time: 0,
        day: day.to_owned(),
        currency: "EUR".parse().unwrap(),
        total: 1200,
        tax: 79,
        tickets: vec![SoldTicket {
            id: format!("ticket-{number}").parse().unwrap(),
            seat: format!("F{number}").parse().unwrap(),
            plan: 1,
            epoch: 0,
            edition: 1,
            kind: "adult".parse().unwrap(),
            price: 1200,
            tax: 79,
            taken_over: false,
        }],
        tenders: Vec::new(),
    }
}
