//! A payment provider without money: the sandbox that a hub takes the cards of guests at home with, in demo and tests. It speaks
//! `cloud_hub::payments::protocol`, outlives a killed hub, keeps what it took in a book of its own on the disk, and does what the card that
//! it is given is named after:
//!
//! | card | what it does |
//! |---|---|
//! | `card_approve` | takes the money |
//! | `card_not_enough_money`, `card_expired`, `card_not_confirmed`, `card_refused` | is declined for that reason |
//! | `card_step` | wants the guest at a page of their bank, who says yes or no there |
//! | `card_late_5000` | takes the money at once, and says so so many milliseconds later |
//! | `card_twice` | takes the money, and tells it twice |
//! | `card_vanish` | takes the money, and answers with an error |
//! | `card_never` | never answers: the bank is waited for until somebody decides at the provider's page, or it is cancelled |
//!
//! How it tells of changes is told over the same port: `POST /control` with a [`Delivery`].

mod book;
mod pages;
mod server;
mod stand_in;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use box_office::TenderId;
use cloud_hub::payments::protocol::{Charge, Part, RefundRequest};
use cloud_hub::payments::signature;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use self::book::Book;
pub use self::book::Card;
pub use self::stand_in::InProcess;
pub use crate::telling::Delivery;
use crate::telling::Telling;

/// What demo and tests sign with where nobody says otherwise.
pub const SECRET: &str = "sandbox secret, known to everybody";

/// What the provider has taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Everything that was ever taken, in minor units, given back or not.
    pub captured_minor: i64,
    /// What was given back.
    pub refunded_minor: i64,
    /// Every charge, in the order in which it began.
    pub charges: Vec<Charge>,
    /// How many changes were heard by whoever is told of them, each time it is told counted.
    pub told: u64,
}

/// A running provider; it ends when this is dropped.
#[derive(Debug)]
pub struct PaymentProvider {
    address: SocketAddr,
    shared: Arc<Shared>,
    tasks: TaskTracker,
    stop: CancellationToken,
    _stops_when_dropped: DropGuard,
}

/// What requests and handle share.
#[derive(Debug)]
struct Shared {
    book: Mutex<Book>,
    telling: Telling,
    /// Counts what happened, so that others can wait for something to happen.
    changes: watch::Sender<u64>,
    /// Its own address, as browsers have it.
    origin: String,
}

impl PaymentProvider {
    /// A provider at a free port of the loopback address, without a book on the disk, which tells nobody.
    ///
    /// # Panics
    /// There is no free port.
    #[expect(
        clippy::expect_used,
        reason = "a test cannot go on without its provider"
    )]
    pub async fn start() -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self::start_at(any, None, SECRET)
            .await
            .expect("a free port")
    }

    /// A provider at `address`, which remembers what stands in `book`, writes on there, and signs with `secret`.
    ///
    /// # Errors
    /// The port is taken, or the book cannot be read.
    pub async fn start_at(
        address: SocketAddr,
        book: Option<PathBuf>,
        secret: &str,
    ) -> io::Result<Self> {
        let book = Book::open(book)?;
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let shared = Arc::new(Shared {
            book: Mutex::new(book),
            telling: Telling::new((signature::HEADER, secret), tasks.clone(), stop.clone()),
            changes: watch::Sender::new(0),
            origin: format!("http://{address}"),
        });
        tasks.spawn(server::serve(listener, Arc::clone(&shared), stop.clone()));
        Ok(Self {
            address,
            shared,
            tasks,
            stop: stop.clone(),
            _stops_when_dropped: stop.drop_guard(),
        })
    }

    /// Its address, as `http://127.0.0.1:9300`; the page with its book as well.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Tells this address of changes from now on.
    pub fn tells(&self, address: &str) {
        self.shared.telling.to(address);
    }

    /// Tells of changes like this from now on.
    pub fn delivers(&self, delivery: Delivery) {
        self.shared.telling.by(delivery);
    }

    /// The guest, or the bank, decides about a charge that waits.
    pub fn decide(&self, reference: &TenderId, approve: bool) {
        self.shared.decide(reference, approve);
    }

    /// A person gives all of a charge back by hand, who has signed in here.
    pub fn give_back(&self, reference: &TenderId, amount_minor: i64) {
        let asked = RefundRequest { amount_minor };
        let given = self.shared.change(|book| book.refund(reference, &asked));
        if let Ok(Some((_, event))) = given {
            self.shared.telling.tell(event.as_ref(), 1);
        }
    }

    /// The same of the price of one ticket.
    pub fn give_back_part(&self, reference: &TenderId, part: Part) {
        let given = self.shared.change(|book| book.refund_part(reference, part));
        if let Ok(Some((_, event))) = given {
            self.shared.telling.tell(event.as_ref(), 1);
        }
    }

    /// What it has taken.
    pub fn sums(&self) -> Sums {
        self.shared.sums()
    }

    /// Waits until `condition` holds of what it has taken and told.
    pub async fn wait_until(&self, condition: impl Fn(&Sums) -> bool) -> Sums {
        loop {
            let (mut changes, mut told) =
                (self.shared.changes.subscribe(), self.shared.telling.told());
            let sums = self.sums();
            if condition(&sums) {
                return sums;
            }
            tokio::select! { _ = changes.changed() => {} _ = told.changed() => {} }
        }
    }

    /// Waits until it has ended, which it does by itself only when its port fails.
    pub async fn ended(&self) {
        self.stop.cancelled().await;
    }

    /// Ends it and waits until its port is free.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Shared {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the book and wakes everybody who waits.
    fn change<T>(&self, change: impl FnOnce(&mut Book) -> T) -> T {
        let result = change(&mut self.book());
        self.changes.send_modify(|changes| *changes += 1);
        result
    }

    fn decide(&self, reference: &TenderId, approve: bool) {
        let event = self.change(|book| book.decide(reference, approve));
        self.telling.tell(event.as_ref(), 1);
    }

    fn sums(&self) -> Sums {
        let (book, told) = (self.book(), *self.telling.told().borrow());
        let (captured_minor, refunded_minor) = book.sums();
        Sums {
            captured_minor,
            refunded_minor,
            charges: book.all().to_vec(),
            told,
        }
    }
}
