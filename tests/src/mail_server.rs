//! A mail server that delivers nothing: takes mails by SMTP as a provider's server does, refuses, hangs and hangs up on demand, and keeps
//! what it took, so that a test reads it and a web page shows it. It knows neither TLS nor passwords.

mod inbox;
mod mail;
mod page;
mod server;
mod session;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use self::inbox::Inbox;
pub use self::mail::{Mail, Part};
pub use self::page::Summary;

/// How the server treats what comes, also on connections that are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// Takes every mail.
    #[default]
    Takes,
    /// Knows no recipient: `550 5.1.1`.
    RefusesRecipient,
    /// Answers `451 4.3.0` when it has heard all of a mail, and keeps nothing.
    NotNow,
    /// Answers `421` to whoever connects or says anything, and hangs up.
    TooBusy,
    /// Keeps the mail, and hangs up instead of saying so.
    CutsBeforeItsAnswer,
    /// Hangs up as soon as the mail itself begins, and keeps nothing.
    CutsInTheMiddle,
    /// Hears all of a mail, keeps nothing and is silent. Once its mood changes it does what it does then; who hangs up before is forgotten.
    SaysNothing,
}

/// A running mail server; it ends when this is dropped.
#[derive(Debug)]
pub struct MailServer {
    address: SocketAddr,
    page: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
    tasks: TaskTracker,
    _stops_when_dropped: DropGuard,
}

/// What connections, page and handle share.
#[derive(Debug)]
struct Shared {
    inbox: Mutex<Inbox>,
    /// Counts what happened, so that others can wait for something to happen.
    changes: watch::Sender<u64>,
}

impl MailServer {
    /// A server at free ports of the loopback address.
    ///
    /// # Panics
    /// There is no free port.
    #[expect(
        clippy::expect_used,
        reason = "a test cannot go on without its mail server"
    )]
    pub async fn start() -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self::start_at(any, any).await.expect("a free port")
    }

    /// A server at `address` with its web page at `page`.
    ///
    /// # Errors
    /// One of them is taken.
    pub async fn start_at(address: SocketAddr, page: SocketAddr) -> io::Result<Self> {
        let (listener, pages) = (
            TcpListener::bind(address).await?,
            TcpListener::bind(page).await?,
        );
        let shared = Arc::new(Shared {
            inbox: Mutex::default(),
            changes: watch::Sender::new(0),
        });
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let server = Self {
            address: listener.local_addr()?,
            page: pages.local_addr()?,
            shared: Arc::clone(&shared),
            stop: stop.clone(),
            tasks: tasks.clone(),
            _stops_when_dropped: stop.clone().drop_guard(),
        };
        tasks.spawn(server::serve(
            listener,
            Arc::clone(&shared),
            stop.clone(),
            tasks.clone(),
        ));
        tasks.spawn(page::serve(pages, shared, stop));
        Ok(server)
    }

    /// Host and port that it takes mails at: `127.0.0.1:9325`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The address of its web page.
    pub fn page(&self) -> String {
        format!("http://{}/", self.page)
    }

    /// What it has taken so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.inbox().mails().cloned().collect()
    }

    /// Waits until it has taken `count` mails, and gives all.
    pub async fn mails_taken(&self, count: usize) -> Vec<Mail> {
        self.wait_until(|mails| mails.len() >= count).await
    }

    /// Waits until `condition` holds of what it has taken.
    pub async fn wait_until(&self, condition: impl Fn(&[Mail]) -> bool) -> Vec<Mail> {
        let mut changes = self.shared.changes.subscribe();
        loop {
            let mails = self.mails();
            if condition(&mails) || changes.changed().await.is_err() {
                return mails;
            }
        }
    }

    /// Treats what comes so from now on.
    pub fn set(&self, mood: Mood) {
        self.shared.set(mood);
    }

    /// How it treats what comes.
    pub fn mood(&self) -> Mood {
        self.shared.inbox().mood()
    }

    /// How many mails it has heard to their end and is silent about, [`Mood::SaysNothing`].
    pub fn waiting(&self) -> usize {
        self.shared.inbox().waiting()
    }

    /// Waits until it is silent about `count` mails.
    pub async fn wait_until_silent(&self, count: usize) {
        let mut changes = self.shared.changes.subscribe();
        while self.waiting() < count && changes.changed().await.is_ok() {}
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
    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, mood: Mood) {
        self.inbox().set(mood);
        self.tell();
    }

    /// Wakes everybody who waits.
    fn tell(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }
}
