//! A card terminal without the terminal: speaks the protocol of `appliance::terminal::protocol`, outlives a killed box, keeps what
//! it took in a journal file of its own, and approves, declines, dawdles or vanishes as it is told.
//!
//! It is told over the same port, one JSON object a line, answered with [`Till`]:
//!
//! ```text
//! {"control":"next","behaviour":{"approve":{"after_ms":0}}}     for the next payment; several wait in turn
//! {"control":"always","behaviour":"never_answer"}               for all without a behaviour of their own
//! {"control":"decide","reference":"7f..","approve":true}        the guest of a waiting payment makes up their mind
//! {"control":"refunds","behaviour":"wait"}                      for what is to be given back, until told otherwise
//! {"control":"till"}                                            nothing but the answer
//! ```

mod book;
mod page;
mod script;
mod server;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use appliance::terminal::Payment;
use box_office::TenderId;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use self::book::Book;
pub use self::book::Entry;
use self::script::Script;
pub use self::script::{Cut, Question};

/// What the terminal does with a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// Takes the money.
    Approve {
        /// How long guest and bank take, in milliseconds.
        after_ms: u64,
    },
    /// Refuses the card.
    Decline {
        /// How long guest and bank take, in milliseconds.
        after_ms: u64,
    },
    /// Takes the money at once and says so late.
    AnswerLate {
        /// How late, in milliseconds.
        after_ms: u64,
    },
    /// Waits for ever; the guest decides at the terminal's page, by a control request, or by a cancellation.
    NeverAnswer,
    /// Takes the money and breaks the connection instead of saying so.
    Vanish,
    /// Breaks the connection before it has understood anything.
    VanishBefore,
}

/// What the terminal does when it is to give money back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundBehaviour {
    /// Gives it back and says so.
    GiveBack,
    /// Waits with it until it is told otherwise.
    Wait,
    /// Breaks the connection, and waits with it until it is told otherwise.
    WaitAlone,
    /// Gives it back and breaks the connection instead of saying so.
    Vanish,
}

impl RefundBehaviour {
    fn waits(self) -> bool {
        match self {
            Self::Wait | Self::WaitAlone => true,
            Self::GiveBack | Self::Vanish => false,
        }
    }
}

/// What the terminal has taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Till {
    /// Everything that was ever taken, in minor units, given back or not.
    pub captured_minor: i64,
    /// What was given back.
    pub refunded_minor: i64,
    /// How many refunds were asked for and wait.
    pub refunds_waiting: u64,
    /// Every payment, in the order in which it began.
    pub payments: Vec<Entry>,
}

/// A request of a test to the terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "control", rename_all = "snake_case", deny_unknown_fields)]
pub enum Control {
    /// How to treat the next payment.
    Next {
        /// So.
        behaviour: Behaviour,
    },
    /// How to treat all others.
    Always {
        /// So.
        behaviour: Behaviour,
    },
    /// What to do with money that is to be given back.
    Refunds {
        /// So.
        behaviour: RefundBehaviour,
    },
    /// The guest of a waiting payment decides.
    Decide {
        /// Which payment.
        reference: TenderId,
        /// Whether they pay.
        approve: bool,
    },
    /// What was taken?
    Till,
}

/// A running terminal; it ends when this is dropped.
#[derive(Debug)]
pub struct CardTerminalSimulator {
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
    book: Mutex<Book>,
    script: Mutex<Script>,
    /// Counts what happened, so that others can wait for something to happen.
    changes: watch::Sender<u64>,
}

impl CardTerminalSimulator {
    /// A terminal at free ports of the loopback address, without a journal.
    ///
    /// # Panics
    /// There is no free port.
    #[expect(
        clippy::expect_used,
        reason = "a test cannot go on without its terminal"
    )]
    pub async fn start() -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self::start_at(any, any, None).await.expect("a free port")
    }

    /// A terminal at `address` with its web page at `page`, which remembers what stands in `journal` and writes on there.
    ///
    /// # Errors
    /// A port is taken, or the journal cannot be read.
    pub async fn start_at(
        address: SocketAddr,
        page: SocketAddr,
        journal: Option<PathBuf>,
    ) -> io::Result<Self> {
        let book = Book::open(journal)?;
        let (listener, pages) = (
            TcpListener::bind(address).await?,
            TcpListener::bind(page).await?,
        );
        let shared = Arc::new(Shared {
            book: Mutex::new(book),
            script: Mutex::default(),
            changes: watch::Sender::new(0),
        });
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let terminal = Self {
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
        Ok(terminal)
    }

    /// Host and port that it takes payments at.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The address of its web page.
    pub fn page(&self) -> String {
        format!("http://{}/", self.page)
    }

    /// Does this with the next payment; several are done in turn.
    pub fn next(&self, behaviour: Behaviour) {
        self.shared.control(Control::Next { behaviour });
    }

    /// Does this with every payment that has no behaviour of its own; at first it approves at once.
    pub fn always(&self, behaviour: Behaviour) {
        self.shared.control(Control::Always { behaviour });
    }

    /// Does this when money is to be given back; at first it is given back at once.
    pub fn refunds(&self, behaviour: RefundBehaviour) {
        self.shared.control(Control::Refunds { behaviour });
    }

    /// The guest of a waiting payment decides.
    pub fn decide(&self, reference: &TenderId, approve: bool) {
        self.shared.control(Control::Decide {
            reference: reference.clone(),
            approve,
        });
    }

    /// Somebody works at the terminal itself: this has become of a payment.
    pub fn becomes(&self, reference: &TenderId, payment: Payment) {
        self.shared
            .change(|book| book.become_of(reference, payment));
    }

    /// Says this to every such question, whatever its book says, and does nothing; until [`CardTerminalSimulator::say_the_truth`].
    pub fn say(&self, question: Question, payment: Payment) {
        self.shared.script().say(question, payment);
        self.shared.change(|_| ());
    }

    /// Says what its book says.
    pub fn say_the_truth(&self) {
        self.shared.script().say_the_truth();
    }

    /// Cuts the next such question off.
    pub fn cut(&self, question: Question, cut: Cut) {
        self.shared.script().cut(question, cut);
    }

    /// Holds no question that has not come yet.
    pub fn hold_nothing(&self) {
        self.shared.script().hold_nothing();
    }

    /// Gives the answers that it keeps.
    pub fn let_go(&self) {
        self.shared.script().let_go();
        self.shared.change(|_| ());
    }

    /// How many questions it has ever held.
    pub fn held(&self) -> u64 {
        self.shared.script().held()
    }

    /// Waits until it has held so many questions.
    pub async fn wait_until_held(&self, count: u64) {
        let mut changes = self.shared.changes.subscribe();
        while self.held() < count && changes.changed().await.is_ok() {}
    }

    /// What it has taken.
    pub fn till(&self) -> Till {
        self.shared.book().till()
    }

    /// Waits until `condition` holds of what it has taken.
    pub async fn wait_until(&self, condition: impl Fn(&Till) -> bool) -> Till {
        let mut changes = self.shared.changes.subscribe();
        loop {
            let till = self.till();
            if condition(&till) || changes.changed().await.is_err() {
                return till;
            }
        }
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
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the book and tells everybody who waits.
    fn change<T>(&self, change: impl FnOnce(&mut Book) -> T) -> T {
        let result = change(&mut self.book());
        self.changes.send_modify(|changes| *changes += 1);
        result
    }

    fn control(&self, control: Control) -> Till {
        self.change(|book| {
            match control {
                Control::Next { behaviour } => book.next(behaviour),
                Control::Always { behaviour } => book.always(behaviour),
                Control::Refunds { behaviour } => book.set_refunds(behaviour),
                Control::Decide { reference, approve } => book.decide(&reference, approve),
                Control::Till => {}
            }
            book.till()
        })
    }
}
