//! A counter in the test's own process, whose background work stands still but for the steps that the test takes.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use counter::{Counter, Ports, checkout};
use database::Database;
use service::http::{Door, serve};
use service::{ByHand, Clock, Lifecycle, Machine};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{How, open, router};
use crate::world::Seller;

/// A counter at a cinema, on a database with a hub's tables, on either engine.
#[derive(Debug)]
pub struct Here {
    /// What is served.
    pub counter: Counter,
    machine: Machine,
    hand: ByHand,
    url: String,
    serving: Lifecycle,
}

impl Here {
    /// Opens it by this clock, with these rooms above it.
    ///
    /// # Panics
    /// It cannot be opened.
    pub async fn open(database: &Database, clock: &Clock, ports: Arc<dyn Ports>) -> Self {
        let (lifecycle, hand) = Lifecycle::by_hand();
        let machine = Machine {
            clock: clock.clone(),
            lifecycle,
            ..Machine::system(CancellationToken::new())
        };
        let counter = open(How::AT_A_CINEMA, database.clone(), machine.clone(), ports);
        let counter = counter.await.expect("the counter opens");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let shutdown = machine.lifecycle.shutdown().clone();
        let serving = Lifecycle::new(shutdown.clone());
        let routes = router(&counter, &machine);
        let metrics = machine.metrics.clone();
        serving.run("serving", async move {
            serve(listener, routes, Door::default(), &metrics, shutdown).await;
        });
        Self {
            counter,
            machine,
            hand,
            url: format!("http://{address}"),
            serving,
        }
    }

    /// A till of this name.
    pub fn till(&self, name: &str) -> Seller {
        Seller::new(self.url.clone(), Some(name.to_owned()))
    }

    /// Does what has come due in checkout, and asks outside what is to be asked.
    pub async fn run_due(&self) {
        let now = self.machine.clock.monotonic();
        checkout::run_due(self.counter.clone(), now).await;
        while self.hand.step(0, now).await.is_some() {}
    }

    /// Begins to do what has come due in checkout and goes no further than to its first wait, as a step does that fails there.
    pub fn break_off(&self) {
        let now = self.machine.clock.monotonic();
        let step = pin!(checkout::run_due(self.counter.clone(), now));
        let _ = step.poll(&mut Context::from_waker(Waker::noop()));
    }

    /// Ends it.
    ///
    /// # Panics
    /// It does not end.
    pub async fn end(self) {
        self.serving.shutdown().cancel();
        assert!(self.serving.drain().await, "it is served until it ends");
        counter::close(&self.counter).await.expect("it is closed");
    }
}
