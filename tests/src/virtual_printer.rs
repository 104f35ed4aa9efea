//! A ticket printer without the printer: speaks ESC/POS over TCP as a network printer at port 9100 does, runs out of paper, hangs
//! and dies on demand, and keeps what it printed as a document that a test reads and a web page shows as a picture.

mod command;
pub mod document;
mod mechanism;
mod page;
mod picture;
mod server;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

pub use self::document::{Document, Element, Span};
pub use self::mechanism::State;
use self::mechanism::{Mechanism, Mishap};

/// A running printer; it ends when this is dropped.
#[derive(Debug)]
pub struct VirtualPrinter {
    address: SocketAddr,
    page: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
    tasks: TaskTracker,
    _stops_when_dropped: DropGuard,
}

/// What connection, page and handle share.
#[derive(Debug)]
struct Shared {
    mechanism: Mutex<Mechanism>,
    /// Counts what happened, so that others can wait for something to happen.
    changes: watch::Sender<u64>,
}

impl VirtualPrinter {
    /// A printer at free ports of the loopback address.
    ///
    /// # Panics
    /// There is no free port.
    #[expect(
        clippy::expect_used,
        reason = "a test cannot go on without its printer"
    )]
    pub async fn start() -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self::start_at(any, any).await.expect("a free port")
    }

    /// A printer at `address` with its web page at `page`.
    ///
    /// # Errors
    /// One of them is taken.
    pub async fn start_at(address: SocketAddr, page: SocketAddr) -> io::Result<Self> {
        let (listener, pages) = (
            TcpListener::bind(address).await?,
            TcpListener::bind(page).await?,
        );
        let shared = Arc::new(Shared {
            mechanism: Mutex::default(),
            changes: watch::Sender::new(0),
        });
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let printer = Self {
            address: listener.local_addr()?,
            page: pages.local_addr()?,
            shared: Arc::clone(&shared),
            stop: stop.clone(),
            tasks: tasks.clone(),
            _stops_when_dropped: stop.clone().drop_guard(),
        };
        tasks.spawn(server::serve(listener, Arc::clone(&shared), stop.clone()));
        tasks.spawn(page::serve(pages, shared, stop));
        Ok(printer)
    }

    /// Host and port that it prints from: `127.0.0.1:9100`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The address of its web page.
    pub fn page(&self) -> String {
        format!("http://{}/", self.page)
    }

    /// What it printed so far, oldest first; the last one may still lie under the head, uncut.
    pub fn papers(&self) -> Vec<Document> {
        self.shared.mechanism().papers()
    }

    /// Waits until `count` papers have been cut, and gives all.
    pub async fn papers_cut(&self, count: usize) -> Vec<Document> {
        let mut changes = self.shared.changes.subscribe();
        loop {
            let papers = self.papers();
            if papers.iter().filter(|paper| paper.cut).count() >= count
                || changes.changed().await.is_err()
            {
                return papers;
            }
        }
    }

    /// Puts it into a state; [`State::Ready`] mends everything, and it goes on with what lies in its memory.
    pub fn set(&self, state: State) {
        self.shared.change(|mechanism| mechanism.set(state));
    }

    /// The paper ends after so many more lines.
    pub fn run_out_after(&self, lines: u32) {
        self.shared
            .change(|mechanism| mechanism.run_out_after(lines));
    }

    /// Its power fails for a moment after so many more bytes of jobs: the connection breaks, and what it had not printed is lost.
    pub fn fail_after(&self, bytes: usize) {
        self.shared
            .change(|mechanism| mechanism.suffer(bytes, Mishap::PowerFails));
    }

    /// It hangs after so many more bytes of jobs.
    pub fn hang_after(&self, bytes: usize) {
        self.shared
            .change(|mechanism| mechanism.suffer(bytes, Mishap::Hangs));
    }

    /// Waits until it is in `state`.
    pub async fn is(&self, state: State) {
        let mut changes = self.shared.changes.subscribe();
        while self.shared.mechanism().state() != state && changes.changed().await.is_ok() {}
    }

    /// It prints, and the connection breaks instead of its next answer that says so.
    pub fn lose_next_answer(&self) {
        self.shared.change(Mechanism::lose_next_answer);
    }

    /// Takes bytes and neither prints nor answers, until it is set to [`State::Ready`].
    pub fn hang(&self) {
        self.set(State::Hung);
    }

    /// Waits until it has ended, which it does by itself only when its port fails.
    pub async fn ended(&self) {
        self.stop.cancelled().await;
    }

    /// Ends it and waits until its ports are free.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Shared {
    fn mechanism(&self) -> MutexGuard<'_, Mechanism> {
        self.mechanism
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the mechanism and tells everybody who waits.
    fn change<T>(&self, change: impl FnOnce(&mut Mechanism) -> T) -> T {
        let result = change(&mut self.mechanism());
        self.changes.send_modify(|changes| *changes += 1);
        result
    }
}
