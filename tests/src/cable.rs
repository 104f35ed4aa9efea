//! The cable between a box and a hub's broker, which can be pulled and put in again.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A cable: whatever connects to its near end is connected to the far one, while it is in.
#[derive(Debug)]
pub struct Cable {
    near: SocketAddr,
    is_in: Arc<watch::Sender<bool>>,
    /// Ended with the cable.
    _forwarding: JoinSet<()>,
}

impl Cable {
    /// A cable that leads to this address, and is in.
    ///
    /// # Panics
    /// No port is free.
    pub async fn to(far: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("a free port");
        let near = listener.local_addr().expect("it listens");
        let is_in = Arc::new(watch::Sender::new(true));
        let mut forwarding = JoinSet::new();
        let state = is_in.subscribe();
        forwarding.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((from, _)) = listener.accept().await {
                connections.spawn(forward(from, far, state.clone()));
                while connections.try_join_next().is_some() {}
            }
        });
        Self {
            near,
            is_in,
            _forwarding: forwarding,
        }
    }

    /// Where it is connected to.
    pub fn near(&self) -> SocketAddr {
        self.near
    }

    /// It is pulled: what is connected breaks, and nothing connects.
    pub fn pull(&self) {
        self.is_in.send_replace(false);
    }

    /// It is put in again.
    pub fn put_in(&self) {
        self.is_in.send_replace(true);
    }
}

async fn forward(mut from: TcpStream, far: SocketAddr, mut is_in: watch::Receiver<bool>) {
    if !*is_in.borrow() {
        return;
    }
    let Ok(mut to) = TcpStream::connect(far).await else {
        return;
    };
    tokio::select! {
        biased;
        _ = is_in.wait_for(|is_in| !is_in) => {}
        _ = copy_bidirectional(&mut from, &mut to) => {}
    }
}
