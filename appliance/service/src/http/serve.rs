//! The socket: takes connections up to a limit, cuts those that never finish the head of a request or never take what they are sent, and
//! lets the others end well when the process stops.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::connections::{Connections, Place};
use super::sending::Sending;
use crate::Metrics;

/// How long open requests may go on after shutdown has begun: a sale takes milliseconds, a slow device some seconds.
const LAST_REQUESTS: Duration = Duration::from_secs(5);

/// The pause after the system gave no connection, as when it has no more file descriptors: others must end first.
const PAUSE_AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// Open connections, unless the settings say otherwise: a browser opens six, so this serves a lobby of eighty screens and stays
/// well below the 1024 files that a process may commonly have open.
pub const MOST_CONNECTIONS: u32 = 512;

/// Open connections of one address, unless the settings say otherwise: forty screens may stand behind one, and two are needed to take
/// all places.
pub const CONNECTIONS_PER_ADDRESS: u32 = 256;

/// Seconds in which some of what is sent must be taken, unless the settings say otherwise: a screen that sleeps takes what it is sent, a
/// line that was cut needs some repeats.
pub const WRITE_SECONDS: u64 = 30;

/// Seconds for the head of a request, unless the settings say otherwise. It is one packet; the time also bounds how long an idle
/// connection is kept, and screens that poll every few seconds should not have to open a new one each time.
pub const HEAD_SECONDS: u64 = 30;

/// What the socket bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Door {
    /// Open connections; for a further one somebody who idles makes room.
    pub most_connections: u32,
    /// Those of one address.
    pub connections_per_address: u32,
    /// How long the head of a request may take, and an idle connection may last.
    pub head_within: Duration,
    /// How long nothing of what is sent may be taken.
    pub taken_within: Duration,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            most_connections: MOST_CONNECTIONS,
            connections_per_address: CONNECTIONS_PER_ADDRESS,
            head_within: Duration::from_secs(HEAD_SECONDS),
            taken_within: Duration::from_secs(WRITE_SECONDS),
        }
    }
}

/// Serves `router` until `shutdown`, then takes no new connection and lets the open requests end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    door: Door,
    metrics: &Metrics,
    shutdown: CancellationToken,
) {
    let (most, of_one) = (door.most_connections, door.connections_per_address);
    let places = Connections::new(most as usize, of_one as usize);
    places.show(metrics);
    let (connections, cut) = (TaskTracker::new(), CancellationToken::new());
    loop {
        let next = async {
            let (stream, from) = next(&listener).await;
            (stream, places.enter(from.ip()).await)
        };
        let (stream, place) = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            connection = next => connection,
        };
        let (router, shutdown, cut) = (router.clone(), shutdown.clone(), cut.clone());
        connections.spawn(async move {
            tokio::select! {
                biased;
                () = converse(stream, &place, router, door, shutdown) => {}
                () = place.cut.cancelled() => {}
                () = cut.cancelled() => {}
            }
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(LAST_REQUESTS, connections.wait())
        .await
        .is_err()
    {
        tracing::warn!("some connections did not end in time and were cut");
        cut.cancel();
    }
}

/// The next connection; trouble of one that came and went is nobody's.
async fn next(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(connection) => return connection,
            Err(error) if is_the_callers(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(PAUSE_AFTER_TROUBLE).await;
            }
        }
    }
}

fn is_the_callers(error: &io::Error) -> bool {
    [
        io::ErrorKind::ConnectionRefused,
        io::ErrorKind::ConnectionAborted,
        io::ErrorKind::ConnectionReset,
    ]
    .contains(&error.kind())
}

/// Answers the requests of one connection until it ends.
async fn converse(
    stream: TcpStream,
    place: &Place,
    router: Router,
    door: Door,
    shutdown: CancellationToken,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection was gone before it was served");
        return;
    }
    let caller = place.guest.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(caller.clone());
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(door.head_within)
        .serve_connection(
            TokioIo::new(Sending::new(stream, door.taken_within)),
            service,
        );
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}
